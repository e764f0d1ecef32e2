#include "services/registry/domain/resolution.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::registry {
namespace {

// Keeps one version of each unit, the last one.
std::vector<VersionRef> OnePerUnit(std::vector<VersionRef> refs) {
  std::sort(refs.begin(), refs.end(), [](VersionRef a, VersionRef b) {
    return a.unit != b.unit ? a.unit < b.unit : a.version > b.version;
  });
  refs.erase(std::unique(refs.begin(), refs.end(),
                         [](VersionRef a, VersionRef b) { return a.unit == b.unit; }),
             refs.end());
  return refs;
}

// How to refuse what means several units, and what the caller may state to mean one.
struct Ambiguity {
  absl::string_view reason;
  absl::string_view mend;
};

constexpr Ambiguity kAmbiguousName{"AMBIGUOUS_NAME", "a date (`from_date`), district or province"};
constexpr Ambiguity kAmbiguousCode{"AMBIGUOUS_CODE", "a date (`from_date`)"};

// Chooses the queried version out of `found`, or says why it cannot.
void Choose(const UnitTree& tree, absl::string_view what, std::optional<absl::CivilDay> from_day,
            Ambiguity ambiguity, std::vector<VersionRef> found, Resolution& resolution) {
  found = OnePerUnit(std::move(found));
  if (found.empty()) {
    resolution.status = UnitNotFound(what, from_day);
    return;
  }
  if (found.size() == 1) {
    resolution.queried = found[0];
    return;
  }
  const size_t all = found.size();
  if (found.size() > kCandidatesMax) found.resize(kCandidatesMax);
  const std::string names = absl::StrJoin(found, ",", [&](std::string* out, VersionRef ref) {
    absl::StrAppend(out, "units/", tree.unit(ref.unit).id);
  });
  resolution.status = error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("\"", what, "\" means ", all, " units; state ", ambiguity.mend),
      ambiguity.reason, {{"candidates", names}, {"candidate_count", absl::StrCat(all)}});
  resolution.candidates = std::move(found);
}

// Units that `text` may mean. What is written with diacritics is taken at its word when a unit has
// exactly that name; otherwise diacritics do not matter.
std::vector<VersionRef> FindByText(const UnitTree& tree, absl::string_view text,
                                   std::optional<absl::CivilDay> from_day) {
  const std::vector<PlacePart> parts = ParsePlaceText(text);
  std::vector<VersionRef> found;
  if (parts.empty()) return found;
  for (const std::string& name : parts[0].names) {
    for (const VersionRef ref : tree.WithName(name)) {
      const UnitVersion& version = tree.version(ref);
      if (from_day.has_value() && !version.valid.Contains(*from_day)) continue;
      const DateRange during =
          from_day.has_value() ? DateRange{*from_day, *from_day + 1} : version.valid;
      if (!LiesIn(tree, ref, during, absl::MakeConstSpan(parts).subspan(1))) continue;
      found.push_back(ref);
    }
  }
  if (parts[0].exact.empty()) return found;
  std::vector<VersionRef> exact;
  for (const VersionRef ref : found) {
    if (absl::EndsWith(parts[0].exact, ExactName(tree.version(ref).short_name))) {
      exact.push_back(ref);
    }
  }
  return exact.empty() ? found : exact;
}

void FindQueried(const UnitTree& tree, const UnitQuery& query, Resolution& resolution) {
  if (!query.text.empty()) {
    Choose(tree, query.text, query.from_day, kAmbiguousName,
           FindByText(tree, query.text, query.from_day), resolution);
    return;
  }
  std::vector<VersionRef> found;
  if (!query.unit_id.empty()) {
    if (const std::optional<uint32_t> unit = tree.Find(query.unit_id); unit.has_value()) {
      const std::optional<VersionRef> ref =
          query.from_day.has_value() ? tree.On(*unit, *query.from_day) : tree.Last(*unit);
      if (ref.has_value()) found.push_back(*ref);
    }
    Choose(tree, absl::StrCat("units/", query.unit_id), query.from_day, {}, std::move(found),
           resolution);
    return;
  }
  for (const VersionRef ref : tree.WithCode(query.code)) {
    if (!query.from_day.has_value() || tree.version(ref).valid.Contains(*query.from_day)) {
      found.push_back(ref);
    }
  }
  Choose(tree, query.code, query.from_day, kAmbiguousCode, std::move(found), resolution);
}

}  // namespace

// The levels bound the recursion.
bool LiesIn(const UnitTree& tree, VersionRef ref, DateRange during,
            absl::Span<const PlacePart> parts) {
  if (parts.empty()) return true;
  const std::optional<uint32_t> parent = tree.Find(tree.version(ref).parent_id);
  if (!parent.has_value()) return false;
  for (uint32_t v = 0; v < tree.unit(*parent).versions.size(); ++v) {
    const VersionRef above{*parent, v};
    const DateRange& valid = tree.version(above).valid;
    if (!valid.Overlaps(during)) continue;
    const bool named =
        std::any_of(parts[0].names.begin(), parts[0].names.end(),
                    [&](const std::string& name) { return tree.HasName(above, name); });
    const DateRange both{std::max(valid.first, during.first), std::min(valid.end, during.end)};
    if (LiesIn(tree, above, both, named ? parts.subspan(1) : parts)) return true;
  }
  return false;
}

absl::Status CheckDay(absl::CivilDay day) {
  if (kDataBegins <= day) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kOutOfRange,
      absl::StrCat("the register knows nothing before ", absl::FormatCivilTime(kDataBegins)),
      "DATE_BEFORE_DATA", {{"data_begins", absl::FormatCivilTime(kDataBegins)}});
}

absl::Status UnitNotFound(absl::string_view what, std::optional<absl::CivilDay> as_of) {
  const std::string date = as_of.has_value() ? absl::FormatCivilTime(*as_of) : "any date";
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no unit \"", what, "\" on ", date), "UNIT_NOT_FOUND",
                           {{"as_of", date}});
}

Resolution Resolve(const UnitTree& tree, const UnitQuery& query, absl::CivilDay to_day) {
  Resolution resolution;
  resolution.status = CheckDay(to_day);
  if (resolution.status.ok() && query.from_day.has_value()) {
    resolution.status = CheckDay(*query.from_day);
  }
  if (resolution.status.ok()) FindQueried(tree, query, resolution);
  if (!resolution.status.ok()) return resolution;

  const DateRange& valid = tree.version(resolution.queried).valid;
  // Without a date the query stands at the end of its version nearest to the date resolved to.
  const absl::CivilDay from =
      query.from_day.value_or(to_day < valid.first ? valid.first : std::min(valid.end - 1, to_day));
  Walked walked = Walk(tree, resolution.queried, from, to_day);
  resolution.results = std::move(walked.results);
  resolution.discriminator = walked.discriminator;
  return resolution;
}

}  // namespace twotier::registry
