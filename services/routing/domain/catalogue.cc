#include "services/routing/domain/catalogue.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"

namespace twotier::routing {
namespace {

constexpr int kRankCode = 0;
constexpr int kRankBeginning = 1;
constexpr int kRankSideBySide = 2;
constexpr int kRankEveryWord = 3;

// True when `words` stands in `name` at the beginning of a word.
bool BeginsAWord(absl::string_view name, absl::string_view words) {
  for (size_t at = name.find(words); at != absl::string_view::npos; at = name.find(words, at + 1)) {
    if (at == 0 || name[at - 1] == ' ') return true;
  }
  return false;
}

std::optional<int> RankOf(absl::string_view name, absl::string_view query,
                          const std::vector<absl::string_view>& words) {
  for (absl::string_view word : words) {
    if (!BeginsAWord(name, word)) return std::nullopt;
  }
  if (absl::StartsWith(name, query)) return kRankBeginning;
  return BeginsAWord(name, query) ? kRankSideBySide : kRankEveryWord;
}

}  // namespace

const ProcedureVersion* CatalogueEntry::On(absl::CivilDay day) const {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->procedure.known_from <= day) return &*it;
  }
  return nullptr;
}

DayRange CatalogueEntry::ValidOf(const ProcedureVersion& version) const {
  DayRange valid{version.procedure.known_from, kNoEnd};
  for (const ProcedureVersion& later : versions) {
    if (later.version > version.version) {
      valid.end = std::min(valid.end, later.procedure.known_from);
    }
  }
  valid.end = std::max(valid.end, valid.first);
  return valid;
}

absl::CivilDay CatalogueEntry::KnownFrom() const {
  absl::CivilDay first = kNoEnd;
  for (const ProcedureVersion& version : versions) {
    first = std::min(first, version.procedure.known_from);
  }
  return first;
}

bool CatalogueEntry::Routed(const ProcedureVersion& version, absl::CivilDay day) const {
  return version.published() ||
         (version.depends_on_case() &&
          std::any_of(assignments.begin(), assignments.end(),
                      [day](const Assignment& a) { return a.valid.Contains(day); }));
}

std::vector<std::string> CatalogueEntry::CasesOn(absl::CivilDay day) const {
  std::set<std::string> cases;
  for (const Assignment& assignment : assignments) {
    if (assignment.valid.Contains(day) && !assignment.case_key.empty()) {
      cases.insert(assignment.case_key);
    }
  }
  return {cases.begin(), cases.end()};
}

std::shared_ptr<const Catalogue> Catalogue::Of(std::vector<ProcedureVersion> versions,
                                               std::vector<Assignment> assignments) {
  std::sort(versions.begin(), versions.end(),
            [](const ProcedureVersion& a, const ProcedureVersion& b) {
              return std::tie(a.procedure.code, a.version) < std::tie(b.procedure.code, b.version);
            });
  auto result = std::make_shared<Catalogue>();
  for (ProcedureVersion& version : versions) {
    auto& entry = result->entries_[version.procedure.code];
    if (entry == nullptr) {
      entry = std::make_unique<CatalogueEntry>();
      entry->code = version.procedure.code;
      result->ordered_.push_back(entry.get());
    }
    version.deciding_body = DecidingBodyOf(version.procedure);
    entry->versions.push_back(std::move(version));
  }
  std::sort(assignments.begin(), assignments.end(), [](const Assignment& a, const Assignment& b) {
    return std::tie(a.province_code, a.id) < std::tie(b.province_code, b.id);
  });
  for (Assignment& assignment : assignments) {
    const auto it = result->entries_.find(assignment.procedure_code);
    if (it == result->entries_.end()) continue;
    DeriveBodies(assignment);
    it->second->assignments.push_back(std::move(assignment));
  }
  return result;
}

const CatalogueEntry* Catalogue::Find(absl::string_view code) const {
  const auto it = entries_.find(code);
  return it == entries_.end() ? nullptr : it->second.get();
}

absl::StatusOr<const ProcedureVersion*> Catalogue::VersionOn(absl::string_view code,
                                                             absl::CivilDay as_of) const {
  const CatalogueEntry* entry = Find(code);
  if (entry == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no procedure has the code ", code),
                             "PROCEDURE_NOT_FOUND", {{"procedure_code", std::string(code)}});
  }
  const ProcedureVersion* version = entry->On(as_of);
  if (version == nullptr) {
    const std::string known_from = absl::FormatCivilTime(entry->KnownFrom());
    return error::WithReason(
        absl::StatusCode::kOutOfRange,
        absl::StrCat("nothing is known of procedure ", code, " before ", known_from),
        "NOT_KNOWN_THEN", {{"procedure_code", std::string(code)}, {"known_from", known_from}});
  }
  return version;
}

std::vector<CatalogueHit> Catalogue::Search(const CatalogueQuery& query,
                                            const std::optional<CatalogueCursor>& after,
                                            size_t limit) const {
  const std::vector<absl::string_view> words =
      absl::StrSplit(query.folded_words, ' ', absl::SkipEmpty());
  std::vector<CatalogueHit> hits;
  for (const CatalogueEntry* entry : ordered_) {
    const ProcedureVersion* version = entry->On(query.as_of);
    if (version == nullptr) continue;
    if (query.level && version->procedure.level != *query.level) continue;
    if (query.published && version->published() != *query.published) continue;
    const std::optional<int> rank = entry->code == query.code
                                        ? kRankCode
                                        : RankOf(version->folded_name, query.folded_words, words);
    if (!rank) continue;
    if (after && std::tie(*rank, entry->code) <= std::tie(after->rank, after->code)) continue;
    hits.push_back({*rank, entry, version});
  }
  // Entries come in order of code, so a stable sort by rank is all the order there is.
  std::stable_sort(hits.begin(), hits.end(),
                   [](const CatalogueHit& a, const CatalogueHit& b) { return a.rank < b.rank; });
  if (hits.size() > limit) hits.resize(limit);
  return hits;
}

}  // namespace twotier::routing
