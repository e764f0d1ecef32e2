#include "services/budget/domain/year_close.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget {
namespace {

constexpr absl::string_view kCategories[] = {"UNSPECIFIED",   "ADDED_AFTER_30_SEPTEMBER",
                                             "INVESTMENT",    "CONTRACTED_PURCHASE",
                                             "SALARY_REFORM", "AUTONOMY",
                                             "SCIENCE"};

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// Ids of the steps that end what may be done, behind the name of the level.
constexpr absl::string_view kLastDays[] = {"-last-change", "-last-payment", "-last-payment",
                                           "-corrections-end"};
constexpr absl::string_view kActs[] = {"UNIT_ADJUSTMENT", "DECISION", "PAYMENT", "CORRECTION"};

absl::StatusOr<absl::CivilDay> LastDayOf(const BudgetSteps& rules,
                                         const calendar::Calendar& calendar,
                                         const StepQuestion& question, absl::string_view end) {
  const std::string id = absl::StrCat(absl::AsciiStrToLower(NameOf(question.level)), end);
  const BudgetStep* step = rules.Find(id, question.budget_year, question.province_code);
  if (step != nullptr) {
    const DatedStep dated = DatedStepOf(rules, calendar, question, {}, {id, 1});
    if (dated.last_day) return *dated.last_day;
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the reference data name no day of ", id, " for ", question.budget_year),
      "LIMIT_NOT_KNOWN", {{"limit", id}, {"budget_year", absl::StrCat(question.budget_year)}});
}

absl::Status CheckHolds(absl::Span<const Remainder> remainders) {
  std::vector<error::PreconditionViolation> open;
  for (const Remainder& remainder : remainders) {
    if (remainder.held_vnd == 0) continue;
    open.push_back({"HOLD", remainder.account,
                    absl::StrCat(remainder.held_vnd, " are held; settle or void them first")});
  }
  if (open.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat(open.size(), " accounts have open holds, first: ", open[0].subject),
          "HOLDS_OPEN", {{"accounts", absl::StrCat(open.size())}}),
      open);
}

absl::Status CheckCategory(CarryCategory category, absl::Span<const CarryRule> rules,
                           int budget_year) {
  const bool known = std::any_of(rules.begin(), rules.end(), [&](const CarryRule& rule) {
    return rule.category == category && rule.years.Has(budget_year);
  });
  if (known) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("nothing is carried over from ", budget_year, " as ", NameOf(category)),
      "CARRY_CATEGORY_NOT_KNOWN",
      {{"category", std::string(NameOf(category))}, {"budget_year", absl::StrCat(budget_year)}});
}

}  // namespace

absl::string_view NameOf(CarryCategory category) {
  return kCategories[static_cast<size_t>(category)];
}

absl::Status CheckYearAct(const BudgetSteps& rules, const calendar::Calendar& calendar,
                          StepQuestion question, YearAct act, absl::CivilDay day) {
  const auto index = static_cast<size_t>(act);
  const absl::CivilDay first_day(question.budget_year, 1, 1);
  if (act == YearAct::kPayment && day < first_day) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("budget year ", question.budget_year, " begins on ", Text(first_day)),
        "TOO_EARLY_IN_YEAR",
        {{"act", std::string(kActs[index])}, {"date", Text(day)}, {"first_day", Text(first_day)}});
  }
  question.today = day;
  ASSIGN_OR_RETURN(const absl::CivilDay last_day,
                   LastDayOf(rules, calendar, question, kLastDays[index]));
  if (day <= last_day) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(kActs[index], " of budget year ", question.budget_year, " was possible until ",
                   Text(last_day)),
      "TOO_LATE_IN_YEAR",
      {{"act", std::string(kActs[index])}, {"date", Text(day)}, {"last_day", Text(last_day)}});
}

absl::StatusOr<absl::CivilDay> LapsesUntil(const BudgetSteps& rules,
                                           const calendar::Calendar& calendar,
                                           const StepQuestion& question) {
  return LastDayOf(rules, calendar, question, "-carry-over-begins");
}

absl::StatusOr<std::vector<Settlement>> Settle(absl::Span<const Remainder> remainders,
                                               absl::Span<const CarryRule> rules, int budget_year,
                                               SupplementByPurpose supplements) {
  RETURN_IF_ERROR(CheckHolds(remainders));
  std::vector<Settlement> settlements;
  for (const Remainder& remainder : remainders) {
    Settlement settled;
    settled.account = remainder.account;
    if (remainder.category != CarryCategory::kNone) {
      settled.category = remainder.category;
      settled.carried_vnd = remainder.category == CarryCategory::kAddedAfterSeptember
                                ? std::min(remainder.available_vnd, remainder.added_late_vnd)
                                : remainder.available_vnd;
    } else if (remainder.added_late_vnd > 0) {
      settled.category = CarryCategory::kAddedAfterSeptember;
      settled.carried_vnd = std::min(remainder.available_vnd, remainder.added_late_vnd);
    }
    if (settled.carried_vnd == 0) settled.category = CarryCategory::kNone;
    if (settled.category != CarryCategory::kNone) {
      RETURN_IF_ERROR(CheckCategory(settled.category, rules, budget_year));
    }
    const int64_t rest = remainder.available_vnd - settled.carried_vnd;
    const auto supplement = supplements.find(remainder.purpose);
    if (supplement != supplements.end()) {
      settled.returned_vnd = std::min(rest, supplement->second);
      supplement->second -= settled.returned_vnd;
    }
    settled.cancelled_vnd = rest - settled.returned_vnd;
    settlements.push_back(std::move(settled));
  }
  return settlements;
}

}  // namespace twotier::budget
