#include "services/budget/domain/competence.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"

namespace twotier::budget {
namespace {

constexpr absl::string_view kMatters[] = {"UNSPECIFIED",
                                          "NORMS",
                                          "SHARED_TAXES",
                                          "DECENTRALISATION",
                                          "REWARD_RULE",
                                          "ESTIMATE",
                                          "ALLOCATION",
                                          "ACCOUNTS",
                                          "INVESTMENT_PLAN",
                                          "ASSIGNMENT",
                                          "SUPPLEMENTARY_ESTIMATE",
                                          "CONTINGENCY_USE",
                                          "ADJUSTMENT",
                                          "EXTRA_REVENUE",
                                          "UNIT_ADJUSTMENT",
                                          "SPENDING",
                                          "PROVISIONAL_ALLOCATION",
                                          "ADVANCE",
                                          "LOAN_TO_COMMUNE",
                                          "YEAR_CLOSE",
                                          "REOPENING",
                                          "CHANGE_OF_COMMUNE_BUDGET",
                                          "PERIOD_CEILING",
                                          "TARGETED_RETURN"};

}  // namespace

absl::string_view NameOf(Matter matter) { return kMatters[static_cast<size_t>(matter)]; }

absl::StatusOr<const Competency*> CompetencyOf(absl::Span<const Competency> competencies,
                                               const Decision& decision) {
  std::string competent;
  for (const Competency& rule : competencies) {
    if (absl::c_find(decision.matters, rule.matter) == decision.matters.end() ||
        rule.level != decision.level || !rule.years.Has(decision.budget_year)) {
      continue;
    }
    if (rule.body == decision.body) return &rule;
    absl::StrAppend(&competent, competent.empty() ? "" : ",", NameOf(rule.body));
  }
  const std::string matter =
      absl::StrJoin(decision.matters, ",",
                    [](std::string* out, Matter each) { absl::StrAppend(out, NameOf(each)); });
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(matter, " of level ", NameOf(decision.level), " is not decided by ",
                   NameOf(decision.body), " but by ",
                   competent.empty() ? "nobody the reference data name" : competent),
      "BODY_NOT_COMPETENT",
      {{"matter", matter},
       {"level", std::string(NameOf(decision.level))},
       {"body", std::string(NameOf(decision.body))},
       {"competent", competent}});
}

absl::Status CheckCompetentIn(absl::Span<const Competency> competencies, Decision decision,
                              const YearSpan& years) {
  struct Lack {
    YearSpan years;
    absl::Status status;
  };
  std::vector<Lack> lacks;
  for (int year = years.first; year <= years.last; ++year) {
    decision.budget_year = year;
    const absl::Status status = CompetencyOf(competencies, decision).status();
    if (status.ok()) continue;
    // Who decides instead is in the message: years that are told alike are told together.
    const bool goes_on = !lacks.empty() && lacks.back().years.last == year - 1 &&
                         lacks.back().status.message() == status.message();
    if (goes_on) {
      lacks.back().years.last = year;
    } else {
      lacks.push_back({{year, year}, status});
    }
  }
  if (lacks.empty()) return absl::OkStatus();
  std::vector<std::string> spans;
  std::vector<error::PreconditionViolation> preconditions;
  for (const Lack& lack : lacks) {
    const auto& [first, last] = lack.years;
    spans.push_back(first == last ? absl::StrCat(first) : absl::StrCat(first, "-", last));
    preconditions.push_back({"BODY_NOT_COMPETENT", absl::StrCat("budget year ", spans.back()),
                             std::string(lack.status.message())});
  }
  absl::Status status = lacks.front().status;
  error::Reason reason = *error::ReasonOf(status);
  reason.metadata.emplace_back("budget_years", absl::StrJoin(spans, ","));
  status = error::WithReasonAdded(std::move(status), reason.reason, std::move(reason.metadata));
  return error::WithPreconditions(std::move(status), preconditions);
}

}  // namespace twotier::budget
