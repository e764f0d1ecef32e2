#include "services/budget/domain/competence.h"

#include <string>

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

}  // namespace twotier::budget
