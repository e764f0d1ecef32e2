#include "services/routing/domain/publication.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/routing/domain/divergence.h"
#include "services/routing/domain/term.h"

namespace twotier::routing {
namespace {

constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

template <typename T>
void TakeOverIf(bool missing, T& mine, const T& theirs) {
  if (missing) mine = theirs;
}

// Level, term and fee: of the whole, or of each case.
void TakeOverTerms(Procedure& content, const Procedure& national) {
  if (content.cases.empty() && !content.term && !national.cases.empty()) {
    content.cases = national.cases;
  }
  for (ProcedureCase& each : content.cases) {
    const ProcedureCase* theirs = national.FindCase(each.key);
    TakeOverIf(!each.fee_vnd, each.fee_vnd, theirs == nullptr ? national.fee_vnd : theirs->fee_vnd);
  }
  if (!content.cases.empty()) return;
  TakeOverIf(content.level == Level::kUnknown && national.proven, content.level, national.level);
  TakeOverIf(!content.fee_vnd, content.fee_vnd, national.fee_vnd);
  if (content.term) return;
  content.term = national.term;
  content.term_cases = national.term_cases;
  TakeOverIf(content.steps.empty(), content.steps, national.steps);
}

void TakeOver(Procedure& content, const Procedure& national) {
  TakeOverIf(content.display_name.empty(), content.display_name, national.display_name);
  TakeOverIf(content.field.empty(), content.field, national.field);
  TakeOverIf(content.ministry.empty(), content.ministry, national.ministry);
  TakeOverIf(content.line == Line::kUnknown, content.line, national.line);
  TakeOverIf(content.body_title.empty(), content.body_title, national.body_title);
  TakeOverIf(content.boundary == Boundary::kUnknown, content.boundary, national.boundary);
  TakeOverIf(content.online_level.empty(), content.online_level, national.online_level);
  TakeOverIf(content.acts.empty(), content.acts, national.acts);
  content.former_level = national.former_level;
  content.decentralisation_acts = national.decentralisation_acts;
  Requirements& mine = content.requirements;
  const Requirements& theirs = national.requirements;
  TakeOverIf(mine.components.empty(), mine.components, theirs.components);
  TakeOverIf(mine.results.empty(), mine.results, theirs.results);
  TakeOverIf(mine.channels.empty(), mine.channels, theirs.channels);
  TakeOverTerms(content, national);
}

absl::Status CheckCode(const CatalogueEntry& entry, absl::string_view province_code) {
  if (province_code.empty() || !entry.national.empty()) return absl::OkStatus();
  for (const auto& [other, periods] : entry.provincial) {
    if (other == province_code) continue;
    return error::WithReason(
        kRefused, absl::StrCat("province ", other, " has minted the code ", entry.code),
        "PROCEDURE_CODE_TAKEN", {{"procedure_code", entry.code}, {"province_code", other}});
  }
  return absl::OkStatus();
}

// The national version of `day`; null when there is none. A province has no version of what the
// country has ended.
absl::StatusOr<const ProcedureVersion*> NationalOn(const CatalogueEntry& entry,
                                                   absl::string_view province_code,
                                                   absl::CivilDay day) {
  const ProcedurePeriod* period = PeriodOn(entry.national, day);
  if (period == nullptr) return nullptr;
  if (period->version != nullptr || province_code.empty()) return period->version;
  return error::WithReason(
      kRefused,
      absl::StrCat("the country has ended procedure ", entry.code, " on ",
                   Text(period->days.first)),
      "PROCEDURE_ENDED", {{"procedure_code", entry.code}, {"end_date", Text(period->days.first)}});
}

// What only the whole content shows.
absl::Status CheckComplete(const Procedure& content) {
  error::Violations violations;
  if (content.display_name.empty()) {
    violations.Add("content.display_name", "must be given for a procedure that is new");
  }
  const std::vector<RequiredComponent>& components = content.requirements.components;
  for (size_t i = 0; i < components.size(); ++i) {
    const std::string& key = components[i].case_key;
    if (key.empty() || content.FindCase(key) != nullptr) continue;
    violations.Add(absl::StrCat("content.requirements.components[", i, "].case_key"),
                   "must be one of the version's cases");
  }
  return violations.empty() ? absl::OkStatus() : violations.ToStatus();
}

absl::Status CheckPublishable(const Procedure& content) {
  const std::vector<DraftReason> reasons = DraftReasonsOf(content);
  if (reasons.empty()) return absl::OkStatus();
  const std::string names = absl::StrJoin(reasons, ",", [](std::string* out, DraftReason reason) {
    absl::StrAppend(out, NameOf(reason));
  });
  return error::WithReason(kRefused, absl::StrCat("the version would be a draft: ", names),
                           "PROCEDURE_NOT_PUBLISHED",
                           {{"procedure_code", content.code}, {"draft_reasons", names}});
}

absl::Status CheckSteps(const std::vector<TermStep>& steps, const Term& term,
                        const std::string& case_key) {
  if (steps.empty() || AddUp(steps, term)) return absl::OkStatus();
  const std::string sum = SumText(steps);
  const std::string whole = TextOf(term);
  return error::WithReason(kRefused,
                           absl::StrCat("term composition does not add up: the steps take ", sum,
                                        ", the term is ", whole),
                           "TERM_STEPS_DIFFER",
                           {{"steps", sum}, {"term", whole}, {"case_key", case_key}});
}

absl::Status CheckCompositions(const Procedure& content) {
  if (content.cases.empty()) return CheckSteps(content.steps, *content.term, "");
  for (const ProcedureCase& each : content.cases) {
    RETURN_IF_ERROR(CheckSteps(each.steps, *each.term, each.key));
  }
  return absl::OkStatus();
}

bool Overlap(const DayRange& a, const DayRange& b) { return a.first < b.end && b.first < a.end; }

// Against every national version that holds on some date of `valid`.
absl::Status CheckAgainstNational(const CatalogueEntry& entry, const Procedure& content,
                                  const DayRange& valid) {
  std::vector<Divergence> all;
  for (const ProcedurePeriod& period : entry.national) {
    if (period.version == nullptr || !Overlap(period.days, valid)) continue;
    for (Divergence& found : DivergencesOf(content, period.version->procedure)) {
      if (std::find(all.begin(), all.end(), found) == all.end()) all.push_back(std::move(found));
    }
  }
  return CheckDivergences(all);
}

std::string NameOf(const ProcedureVersion& version) {
  return absl::StrCat(version.procedure.code, " version ", version.version);
}

// What is published already goes on to hold: a version or an ending that begins while the new one
// would hold is not hidden silently.
absl::Status CheckConflicts(const CatalogueEntry& entry, const Publication& publication) {
  std::vector<error::PreconditionViolation> violations;
  const DayRange& valid = publication.valid;
  const ProcedureVersion* named = nullptr;
  for (const ProcedurePeriod& period : entry.PeriodsIn(publication.province_code)) {
    const ProcedureVersion* version =
        period.set_aside == nullptr ? period.version : period.set_aside;
    if (!Overlap(period.days, valid)) continue;
    const bool ends_later = period.end != nullptr && valid.first < period.end->first &&
                            period.end->province_code == publication.province_code;
    if (ends_later) {
      violations.push_back({"PROCEDURE_END",
                            absl::StrCat(entry.code, " number ", period.end->version),
                            absl::StrCat("ends the procedure on ", Text(period.end->first))});
    }
    const bool hidden = version != nullptr && version != named && !version->act.empty() &&
                        version->province_code == publication.province_code &&
                        valid.first <= version->procedure.known_from;
    if (!hidden) continue;
    named = version;
    violations.push_back({"PROCEDURE_VERSION", NameOf(*version),
                          absl::StrCat("holds from ", Text(period.days.first), " to before ",
                                       Text(period.days.end))});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(kRefused,
                        absl::StrCat("a version from ", Text(valid.first), " to before ",
                                     Text(valid.end), " would hide ", violations[0].subject),
                        "PROCEDURE_VERSIONS_CONFLICT",
                        {{"procedure_code", entry.code}, {"version", violations[0].subject}}),
      violations);
}

}  // namespace

int64_t NextNumber(const CatalogueEntry& entry) {
  const int64_t of_versions = entry.versions.empty() ? 0 : entry.versions.back().version;
  return 1 + std::max(of_versions, entry.ends.empty() ? 0 : entry.ends.back().version);
}

absl::StatusOr<ProcedureVersion> Publish(const CatalogueEntry* entry, Publication publication,
                                         absl::CivilDay today) {
  if (publication.valid.first < today) {
    return error::WithReason(
        kRefused, absl::StrCat("a version cannot hold from ", Text(publication.valid.first)),
        "FIRST_DATE_PAST", {{"today", Text(today)}});
  }
  CatalogueEntry nothing;
  nothing.code = publication.content.code;
  if (entry == nullptr) entry = &nothing;
  RETURN_IF_ERROR(CheckCode(*entry, publication.province_code));
  ASSIGN_OR_RETURN(const ProcedureVersion* national,
                   NationalOn(*entry, publication.province_code, publication.valid.first));
  Procedure& content = publication.content;
  if (national != nullptr) TakeOver(content, national->procedure);
  if (!content.cases.empty()) content.level = LevelOf(content.cases);
  content.proven = content.level != Level::kUnknown;
  content.known_from = publication.valid.first;
  RETURN_IF_ERROR(CheckComplete(content));
  if (!publication.province_code.empty()) {
    RETURN_IF_ERROR(CheckAgainstNational(*entry, content, publication.valid));
  }
  RETURN_IF_ERROR(CheckPublishable(content));
  RETURN_IF_ERROR(CheckCompositions(content));
  RETURN_IF_ERROR(CheckConflicts(*entry, publication));
  ProcedureVersion version;
  version.procedure = std::move(content);
  version.version = NextNumber(*entry);
  version.province_code = publication.province_code;
  version.act = publication.act;
  version.end = publication.valid.end;
  return version;
}

absl::StatusOr<ProcedureEnd> End(const CatalogueEntry& entry, absl::string_view province_code,
                                 absl::CivilDay first, absl::string_view act,
                                 absl::CivilDay today) {
  if (entry.LastNumber(province_code) == 0) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             province_code.empty()
                                 ? absl::StrCat("the country has no procedure ", entry.code)
                                 : absl::StrCat("province ", province_code,
                                                " has no version of its own of ", entry.code),
                             "PROCEDURE_NOT_FOUND", {{"procedure_code", entry.code}});
  }
  bool holds = false;
  for (const ProcedurePeriod& period : entry.PeriodsIn(province_code)) {
    const ProcedureVersion* version =
        period.set_aside == nullptr ? period.version : period.set_aside;
    if (version == nullptr || version->province_code != province_code) continue;
    holds = holds || first < period.days.end;
  }
  if (first < today || !holds) {
    return error::WithReason(
        kRefused, absl::StrCat("procedure ", entry.code, " cannot end on ", Text(first)),
        "END_NOT_ALLOWED", {{"procedure_code", entry.code}, {"today", Text(today)}});
  }
  return ProcedureEnd{std::string(province_code), entry.code, NextNumber(entry), first,
                      std::string(act)};
}

}  // namespace twotier::routing
