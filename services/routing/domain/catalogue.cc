#include "services/routing/domain/catalogue.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/routing/domain/divergence.h"

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

void DeriveBodies(ProcedureVersion& version) {
  version.deciding_body = DecidingBodyOf(version.procedure);
  version.case_bodies.clear();
  if (version.procedure.cases.empty()) return;
  Procedure of_case = version.procedure;
  for (const ProcedureCase& each : version.procedure.cases) {
    of_case.level = each.level;
    version.case_bodies.push_back(DecidingBodyOf(of_case));
  }
}

// A version or an ending, on the dates it was published for.
struct Layer {
  DayRange days;
  const ProcedureVersion* version = nullptr;
  const ProcedureEnd* end = nullptr;
};

// Layers of the country or of a province, the lowest first.
std::vector<Layer> LayersOf(const CatalogueEntry& entry, absl::string_view province_code) {
  std::vector<Layer> layers;
  std::vector<std::pair<int64_t, Layer>> published;
  for (const ProcedureVersion& version : entry.versions) {
    if (version.province_code != province_code) continue;
    const Layer layer{{version.procedure.known_from, version.end}, &version, nullptr};
    if (version.act.empty()) {
      layers.push_back(layer);
    } else {
      published.emplace_back(version.version, layer);
    }
  }
  for (const ProcedureEnd& end : entry.ends) {
    if (end.province_code != province_code) continue;
    published.emplace_back(end.version, Layer{{end.first, kNoEnd}, nullptr, &end});
  }
  std::sort(published.begin(), published.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [number, layer] : published) layers.push_back(layer);
  return layers;
}

void Append(ProcedurePeriod period, ProcedurePeriods& periods) {
  const bool nothing_yet = period.version == nullptr && periods.empty();
  if (nothing_yet || period.days.first >= period.days.end) return;
  if (!periods.empty()) {
    ProcedurePeriod& last = periods.back();
    if (last.version == period.version && last.end == period.end &&
        last.set_aside == period.set_aside) {
      last.days.end = period.days.end;
      return;
    }
  }
  periods.push_back(period);
}

// What the layers leave to be seen from above.
ProcedurePeriods Flatten(const std::vector<Layer>& layers) {
  std::set<absl::CivilDay> cuts = {kNoEnd};
  for (const Layer& layer : layers) {
    cuts.insert(layer.days.first);
    cuts.insert(layer.days.end);
  }
  ProcedurePeriods periods;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    ProcedurePeriod period{{*cut, *std::next(cut)}};
    for (const Layer& layer : layers) {
      if (!layer.days.Contains(*cut)) continue;
      period.version = layer.version;
      period.end = layer.end;
    }
    Append(period, periods);
  }
  return periods;
}

// What holds in a province that has `own` where the country has `national`.
ProcedurePeriods Over(const ProcedurePeriods& own, const ProcedurePeriods& national) {
  std::set<absl::CivilDay> cuts = {kNoEnd};
  for (const ProcedurePeriods* periods : {&own, &national}) {
    for (const ProcedurePeriod& period : *periods) cuts.insert(period.days.first);
  }
  ProcedurePeriods result;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    const ProcedurePeriod* mine = PeriodOn(own, *cut);
    const ProcedurePeriod* countrys = PeriodOn(national, *cut);
    ProcedurePeriod period;
    if (countrys != nullptr) period = *countrys;
    const bool ended = countrys != nullptr && countrys->version == nullptr;
    if (mine != nullptr && mine->version != nullptr && !ended) {
      const bool allowed =
          countrys == nullptr ||
          DivergencesOf(mine->version->procedure, countrys->version->procedure).empty();
      (allowed ? period.version : period.set_aside) = mine->version;
    } else if (mine != nullptr && countrys == nullptr) {
      period.end = mine->end;
    }
    period.days = {*cut, *std::next(cut)};
    Append(period, result);
  }
  return result;
}

void DerivePeriods(CatalogueEntry& entry) {
  entry.national = Flatten(LayersOf(entry, ""));
  for (const ProcedureVersion& version : entry.versions) {
    const std::string& province = version.province_code;
    if (province.empty() || entry.provincial.contains(province)) continue;
    entry.provincial[province] = Over(Flatten(LayersOf(entry, province)), entry.national);
  }
}

absl::Status OnlyElsewhere(const CatalogueEntry& entry) {
  std::set<std::string> provinces;
  for (const auto& [province, periods] : entry.provincial) provinces.insert(province);
  const std::string names = absl::StrJoin(provinces, ",");
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("only province ", names, " has a procedure ", entry.code),
                           "PROCEDURE_NOT_FOUND",
                           {{"procedure_code", entry.code}, {"province_codes", names}});
}

}  // namespace

const ProcedurePeriod* PeriodOn(const ProcedurePeriods& periods, absl::CivilDay day) {
  for (auto it = periods.rbegin(); it != periods.rend(); ++it) {
    if (it->days.first <= day) return &*it;
  }
  return nullptr;
}

const ProcedurePeriods& CatalogueEntry::PeriodsIn(absl::string_view province_code) const {
  if (provincial.empty() || province_code.empty()) return national;
  const auto own = provincial.find(province_code);
  return own == provincial.end() ? national : own->second;
}

const ProcedureVersion* CatalogueEntry::In(absl::string_view province_code,
                                           absl::CivilDay day) const {
  const ProcedurePeriod* period = PeriodOn(PeriodsIn(province_code), day);
  return period == nullptr ? nullptr : period->version;
}

std::optional<PinnedVersion> CatalogueEntry::PinOn(absl::string_view province_code,
                                                   absl::CivilDay day,
                                                   absl::string_view case_key) const {
  const ProcedureVersion* version = In(province_code, day);
  if (version == nullptr || !Routed(*version, province_code, day)) return std::nullopt;
  const Term* term = version->procedure.TermOf(case_key);
  if (term == nullptr) return std::nullopt;
  return PinnedVersion{version, term};
}

const ProcedureVersion* CatalogueEntry::Shown(absl::string_view province_code,
                                              absl::CivilDay day) const {
  const bool minted = national.empty() && province_code.empty() && !provincial.empty();
  return In(minted ? absl::string_view(provincial.begin()->first) : province_code, day);
}

DayRange CatalogueEntry::ValidOf(const ProcedureVersion& version) const {
  const absl::CivilDay first = version.procedure.known_from;
  DayRange valid{first, first};
  for (const ProcedurePeriod& period : PeriodsIn(version.province_code)) {
    if (period.version != &version) continue;
    if (valid.first == valid.end) valid.first = period.days.first;
    valid.end = period.days.end;
  }
  return valid;
}

std::optional<int64_t> CatalogueEntry::FeeOf(int64_t number, absl::string_view case_key) const {
  for (const ProcedureVersion& version : versions) {
    if (version.version != number || version.act.empty()) continue;
    const ProcedureCase* found = version.procedure.FindCase(case_key);
    return found == nullptr ? version.procedure.fee_vnd : found->fee_vnd;
  }
  return std::nullopt;
}

int64_t CatalogueEntry::LastNumber(absl::string_view province_code) const {
  int64_t last = 0;
  for (const ProcedureVersion& version : versions) {
    if (version.province_code == province_code) last = std::max(last, version.version);
  }
  for (const ProcedureEnd& end : ends) {
    if (end.province_code == province_code) last = std::max(last, end.version);
  }
  return last;
}

std::vector<const Assignment*> CatalogueEntry::AssignmentsIn(
    absl::string_view province_code) const {
  std::vector<const Assignment*> result;
  const auto add = [&](absl::string_view of) {
    auto it = std::lower_bound(
        assignments.begin(), assignments.end(), of,
        [](const Assignment& a, absl::string_view province) { return a.province_code < province; });
    for (; it != assignments.end() && it->province_code == of; ++it) result.push_back(&*it);
  };
  add("");
  if (!province_code.empty()) add(province_code);
  return result;
}

bool CatalogueEntry::Routed(const ProcedureVersion& version, absl::string_view province_code,
                            absl::CivilDay day) const {
  if (version.published() || !version.depends_on_case()) return version.published();
  const std::vector<const Assignment*> here = AssignmentsIn(province_code);
  return std::any_of(here.begin(), here.end(),
                     [day](const Assignment* a) { return a->valid.Contains(day); });
}

std::vector<std::string> CatalogueEntry::CasesOf(const ProcedureVersion& version,
                                                 absl::string_view province_code,
                                                 absl::CivilDay day) const {
  std::vector<std::string> cases;
  for (const ProcedureCase& each : version.procedure.cases) cases.push_back(each.key);
  if (!cases.empty()) return cases;
  cases = CasesOn(province_code, day);
  // Without a case only what is published has an answer to give.
  if (version.published() || cases.empty()) cases.emplace_back();
  return cases;
}

std::vector<std::string> CatalogueEntry::CasesOn(absl::string_view province_code,
                                                 absl::CivilDay day) const {
  std::set<std::string> cases;
  for (const Assignment* assignment : AssignmentsIn(province_code)) {
    if (assignment->valid.Contains(day) && !assignment->case_key.empty()) {
      cases.insert(assignment->case_key);
    }
  }
  return {cases.begin(), cases.end()};
}

std::shared_ptr<const Catalogue> Catalogue::Of(std::vector<ProcedureVersion> versions,
                                               std::vector<Assignment> assignments,
                                               std::vector<ProcedureEnd> ends) {
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
    DeriveBodies(version);
    entry->versions.push_back(std::move(version));
  }
  std::sort(ends.begin(), ends.end(), [](const ProcedureEnd& a, const ProcedureEnd& b) {
    return std::tie(a.code, a.version) < std::tie(b.code, b.version);
  });
  for (ProcedureEnd& end : ends) {
    const auto it = result->entries_.find(end.code);
    if (it != result->entries_.end()) it->second->ends.push_back(std::move(end));
  }
  for (auto& [code, entry] : result->entries_) DerivePeriods(*entry);
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

absl::StatusOr<const CatalogueEntry*> Catalogue::Require(absl::string_view code) const {
  const CatalogueEntry* entry = Find(code);
  if (entry != nullptr) return entry;
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no procedure has the code ", code), "PROCEDURE_NOT_FOUND",
                           {{"procedure_code", std::string(code)}});
}

absl::StatusOr<const ProcedurePeriod*> Catalogue::PeriodOn(absl::string_view code,
                                                           absl::string_view province_code,
                                                           absl::CivilDay as_of) const {
  ASSIGN_OR_RETURN(const CatalogueEntry* entry, Require(code));
  const ProcedurePeriods& periods = entry->PeriodsIn(province_code);
  if (periods.empty()) return OnlyElsewhere(*entry);
  const ProcedurePeriod* period = routing::PeriodOn(periods, as_of);
  if (period == nullptr) {
    const std::string known_from = absl::FormatCivilTime(periods.front().days.first);
    return error::WithReason(
        absl::StatusCode::kOutOfRange,
        absl::StrCat("nothing is known of procedure ", code, " before ", known_from),
        "NOT_KNOWN_THEN", {{"procedure_code", std::string(code)}, {"known_from", known_from}});
  }
  if (period->version != nullptr) return period;
  const std::string end_date = absl::FormatCivilTime(period->days.first);
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("procedure ", code, " ended on ", end_date),
                           "PROCEDURE_ENDED",
                           {{"procedure_code", std::string(code)},
                            {"end_date", end_date},
                            {"act", period->end == nullptr ? "" : period->end->act}});
}

std::vector<CatalogueHit> Catalogue::Search(const CatalogueQuery& query,
                                            const std::optional<CatalogueCursor>& after,
                                            size_t limit) const {
  const std::vector<absl::string_view> words =
      absl::StrSplit(query.folded_words, ' ', absl::SkipEmpty());
  std::vector<CatalogueHit> hits;
  for (const CatalogueEntry* entry : ordered_) {
    const ProcedureVersion* version = query.with_minted
                                          ? entry->Shown(query.province_code, query.as_of)
                                          : entry->In(query.province_code, query.as_of);
    if (version == nullptr) continue;
    if (query.own_only && version->province_code.empty()) continue;
    if (!query.field.empty() && version->procedure.field != query.field) continue;
    if (!query.ministry.empty() && version->procedure.ministry != query.ministry) continue;
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
