#include "services/budget/domain/credit_line.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget {
namespace {

constexpr int64_t kMonthsOfYear = 12;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// The same day of the month, or the month's last one where it has no such day.
absl::CivilDay MonthsLater(absl::CivilDay day, int64_t months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

absl::Status CheckAmount(int64_t asked_vnd, int64_t max_vnd) {
  if (asked_vnd <= max_vnd) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the law lets the line be ", max_vnd, " at most, asked are ", asked_vnd),
      "CREDIT_ABOVE_LIMIT",
      {{"asked_vnd", absl::StrCat(asked_vnd)}, {"max_vnd", absl::StrCat(max_vnd)}});
}

absl::Status CheckTerm(absl::CivilDay last_day, absl::CivilDay max) {
  if (last_day <= max) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the line may last until ", Text(max), ", not until ", Text(last_day)),
      "CREDIT_TERM_TOO_LONG", {{"last_day", Text(last_day)}, {"last_day_max", Text(max)}});
}

// In the year itself its estimate pays; an advance on it would be spending beyond the estimate.
absl::Status CheckAhead(const CreditRequest& request) {
  const absl::CivilDay last_day = absl::CivilDay(request.budget_year, 1, 1) - 1;
  if (request.decided <= last_day) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("an advance on ", request.budget_year, " was possible until ", Text(last_day)),
      "TOO_LATE_IN_YEAR",
      {{"act", "ADVANCE"}, {"date", Text(request.decided)}, {"last_day", Text(last_day)}});
}

}  // namespace

absl::StatusOr<CreditTerms> TermsOf(const CreditRequest& request, const Limits& limits) {
  const int year = request.budget_year;
  CreditTerms terms{request.amount_vnd, request.last_day};
  switch (request.kind) {
    case CreditKind::kProvisional: {
      ASSIGN_OR_RETURN(const int64_t percent,
                       limits.ValueOf(Limit::kProvisionalMonthlyPercent, year));
      terms.max_vnd = PercentDown(request.base_vnd / kMonthsOfYear, percent);
      terms.last_day = absl::CivilDay(absl::CivilMonth(year, request.month) + 1) - 1;
      break;
    }
    case CreditKind::kAdvance: {
      RETURN_IF_ERROR(CheckAhead(request));
      ASSIGN_OR_RETURN(const int64_t percent, limits.ValueOf(Limit::kAdvanceMaxPercent, year));
      terms.max_vnd = PercentDown(request.base_vnd, percent);
      RETURN_IF_ERROR(CheckTerm(request.last_day, absl::CivilDay(year, 12, 31)));
      break;
    }
    case CreditKind::kLoan: {
      if (request.level != Level::kCommune) {
        return error::WithReason(absl::StatusCode::kFailedPrecondition,
                                 "a province lends to communes only", "CREDIT_WRONG_LEVEL",
                                 {{"level", std::string(NameOf(request.level))}});
      }
      ASSIGN_OR_RETURN(const int64_t months, limits.ValueOf(Limit::kCommuneLoanMonths, year));
      RETURN_IF_ERROR(CheckTerm(request.last_day, MonthsLater(request.decided, months)));
      break;
    }
    case CreditKind::kUnknown:
      return absl::InvalidArgumentError("a credit line has a kind");
  }
  RETURN_IF_ERROR(CheckAmount(request.amount_vnd, terms.max_vnd));
  return terms;
}

absl::Status CheckProvisionalItem(const ClassificationCode& item) {
  if (item.nature == Nature::kOther && !item.code.empty()) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      item.code.empty()
          ? "a line without sub-item is not paid while the estimate is not decided"
          : absl::StrCat("item ", item.code, " is not paid while the estimate is not decided"),
      "NOT_WHILE_PROVISIONAL", {{"item", item.code}});
}

}  // namespace twotier::budget
