#include "services/registry/domain/counts.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::registry {
namespace {

// What a word of published_counts.csv counts. `type` kUnspecified: any type of the level.
struct CountWord {
  absl::string_view what;
  Tier tier;
  UnitType type;
};

constexpr CountWord kWords[] = {
    {"provinces", Tier::kProvince, UnitType::kUnspecified},
    {"centrally_run_cities", Tier::kProvince, UnitType::kCentrallyRunCity},
    {"districts", Tier::kDistrict, UnitType::kUnspecified},
    {"communes_of_any_type", Tier::kCommune, UnitType::kUnspecified},
    {"communes", Tier::kCommune, UnitType::kCommune},
    {"wards", Tier::kCommune, UnitType::kWard},
    {"townships", Tier::kCommune, UnitType::kTownship},
    {"special_zones", Tier::kCommune, UnitType::kSpecialZone},
};

const CountWord* FindWord(absl::string_view what) {
  for (const CountWord& word : kWords) {
    if (word.what == what) return &word;
  }
  return nullptr;
}

}  // namespace

std::optional<int64_t> CountUnits(const UnitTree& tree, absl::string_view what,
                                  absl::CivilDay day) {
  const CountWord* word = FindWord(what);
  if (word == nullptr) return std::nullopt;
  int64_t count = 0;
  for (const UnitHistory& unit : tree.units()) {
    if (unit.tier != word->tier) continue;
    for (const UnitVersion& version : unit.versions) {
      if (!version.valid.Contains(day) || version.type == UnitType::kUnassignedArea) continue;
      if (word->type == UnitType::kUnspecified || version.type == word->type) ++count;
    }
  }
  return count;
}

void CheckCountWords(const std::vector<PublishedCount>& counts, RowErrors& errors) {
  for (const PublishedCount& count : counts) {
    if (count.what == kCommuneCenters) {
      if (count.binding) {
        errors.Add(count.place, "binding", "must be no: centers are derived, not published");
      }
    } else if (FindWord(count.what) == nullptr) {
      errors.Add(count.place, "what", "is not a word of services/registry/data/README.md");
    }
  }
}

std::string NameOf(const PublishedCount& count) {
  return absl::StrCat(count.what, " on ", absl::FormatCivilTime(count.day));
}

std::vector<CheckedCount> CheckCounts(const UnitTree& tree,
                                      const std::vector<PublishedCount>& counts) {
  std::vector<CheckedCount> checked;
  for (const PublishedCount& count : counts) {
    const std::optional<int64_t> counted = CountUnits(tree, count.what, count.day);
    if (!count.binding || !counted.has_value()) continue;
    checked.push_back({NameOf(count), count.count, *counted});
  }
  return checked;
}

absl::Status RequireCounts(const std::vector<CheckedCount>& counts,
                           absl::Span<const std::string> released) {
  std::vector<error::PreconditionViolation> violations;
  for (const CheckedCount& count : counts) {
    if (count.published == count.counted) continue;
    violations.push_back(
        {"PUBLISHED_COUNT", count.what,
         absl::StrCat("published ", count.published, ", in the data ", count.counted)});
  }
  for (const std::string& name : released) {
    violations.push_back(
        {"PUBLISHED_COUNT", name, "binds in the register; a data set may restate it, not free it"});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat(violations.size(), " published counts are not met, first: ",
                                     violations[0].subject, ": ", violations[0].description),
                        "COUNTS_DIFFER"),
      violations);
}

}  // namespace twotier::registry
