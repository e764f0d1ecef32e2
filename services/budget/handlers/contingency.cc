#include "services/budget/handlers/contingency.h"

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/domain/contingency.h"
#include "services/budget/handlers/contingency_totals.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/estimate.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kMonthsOfQuarter = 3;

EstimateTotals TotalsOf(const v1::EstimateTotals& totals, Level level) {
  return {level, totals.revenue_vnd(), totals.expenditure_vnd(), totals.balancing_paid_out_vnd(),
          totals.targeted_received_vnd()};
}

// Of what has no contingency yet.
absl::StatusOr<ContingencyRange> RangeFor(const Acting& acting, db::Tx& tx,
                                          const AccountKey& approved) {
  ASSIGN_OR_RETURN(const ApprovedTotals totals,
                   TotalsWithoutContingency(tx, approved, acting.place.level));
  return ContingencyRangeOf({.level = acting.place.level,
                             .expenditure_vnd = totals.expenditure_vnd,
                             .balancing_paid_out_vnd = totals.balancing_paid_out_vnd,
                             .targeted_received_vnd = totals.targeted_received_vnd},
                            acting.reference().limits, acting.budget_year);
}

// The step that reports what was used on the decision's day.
std::optional<absl::CivilDay> ReportBy(const Acting& acting) {
  const int quarter = (acting.effective_day.month() - 1) / kMonthsOfQuarter + 1;
  const std::string id = absl::StrCat(absl::AsciiStrToLower(NameOf(acting.place.level)),
                                      "-contingency-report-q", quarter);
  const StepQuestion question = acting.question();
  const BudgetSteps& steps = acting.reference().steps;
  if (steps.Find(id, question.budget_year, question.province_code) == nullptr) return std::nullopt;
  return DatedStepOf(steps, *acting.reference().calendar, question, {}, {id, 1}).last_day;
}

}  // namespace

absl::StatusOr<v1::SetContingencyResponse> SetContingency(const Env& env, const Call& call,
                                                          const v1::SetContingencyRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(Acting acting, ActingOf(env, call, request.decision(), tx));
  RETURN_IF_ERROR(RuleFor(acting, Matter::kEstimate, request.decision().body()).status());
  const EstimateTotals totals = TotalsOf(request.totals(), acting.place.level);
  const AccountKey approved = acting.Key(Stage::kApproved, Line(), "");
  ASSIGN_OR_RETURN(const ApprovedTotals approved_totals,
                   ApprovedTotalsOf(tx, approved, acting.place.level));
  RETURN_IF_ERROR(CheckAsApproved(totals, approved_totals));
  RETURN_IF_ERROR(CheckNoDeficit(totals));
  ASSIGN_OR_RETURN(const ContingencyRange range, RangeFor(acting, tx, approved));
  RETURN_IF_ERROR(CheckContingency(range, request.contingency_vnd()));

  const AccountKey contingency = acting.Key(Stage::kAllocated, Line(), kContingencyPurpose);
  ASSIGN_OR_RETURN(const int64_t set_vnd, ContingencySet(tx, contingency));
  if (set_vnd > 0) {
    return error::WithReason(absl::StatusCode::kAlreadyExists,
                             "the contingency is set; reverse its journal to set another one",
                             "CONTINGENCY_SET", {{"account", NameOf(contingency)}});
  }
  acting.decision.revenue_vnd = totals.revenue_vnd;
  acting.decision.expenditure_vnd = totals.expenditure_vnd;
  acting.decision.balancing_paid_out_vnd = totals.balancing_paid_out_vnd;
  acting.decision.targeted_received_vnd = totals.targeted_received_vnd;
  Events events(env, call, tx);
  v1::SetContingencyResponse response;
  response.set_base_vnd(range.base_vnd);
  response.set_min_vnd(range.min_vnd);
  response.set_max_vnd(range.max_vnd);
  response.set_account(NameOf(contingency));
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "contingency.set", "contingency",
                {approved, contingency},
                {PostLine(approved, contingency, request.contingency_vnd(), "contingency")}));
  return response;
}

void ValidateSetContingency(const v1::SetContingencyRequest& request,
                            error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  CheckPositive(request.contingency_vnd(), "contingency_vnd", violations);
  const v1::EstimateTotals& totals = request.totals();
  CheckPositive(totals.expenditure_vnd(), "totals.expenditure_vnd", violations);
  for (const auto& [field, amount] :
       {std::pair("totals.revenue_vnd", totals.revenue_vnd()),
        std::pair("totals.balancing_paid_out_vnd", totals.balancing_paid_out_vnd()),
        std::pair("totals.targeted_received_vnd", totals.targeted_received_vnd())}) {
    if (amount < 0) violations.Add(field, "must not be negative");
  }
}

absl::StatusOr<v1::UseContingencyResponse> UseContingency(const Env& env, const Call& call,
                                                          const v1::UseContingencyRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const Acting acting, ActingOf(env, call, request.decision(), tx));
  ASSIGN_OR_RETURN(const Competency* rule,
                   RuleFor(acting, Matter::kContingencyUse, request.decision().body()));
  RETURN_IF_ERROR(acting.CheckInTime(YearAct::kPayment));
  const AccountKey contingency = acting.Key(Stage::kAllocated, Line(), kContingencyPurpose);
  const AccountKey line = acting.Key(Stage::kAllocated, LineOf(request.line()), "");
  Events events(env, call, tx);
  v1::UseContingencyResponse response;
  ASSIGN_OR_RETURN(*response.mutable_journal(),
                   PostLines(env, call, events, tx, acting, "contingency.used", request.text(),
                             {contingency, line},
                             {PostLine(contingency, line, request.amount_vnd(), request.text())}));
  response.set_told(static_cast<v1::Body>(rule->told));
  if (const auto report_by = ReportBy(acting)) {
    ToProto(*report_by, response.mutable_report_by());
  }
  return response;
}

void ValidateUseContingency(const v1::UseContingencyRequest& request,
                            error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  CheckLine(request.line(), "line", violations);
  CheckPositive(request.amount_vnd(), "amount_vnd", violations);
}

absl::StatusOr<v1::AdjustEstimateResponse> AdjustEstimate(const Env& env, const Call& call,
                                                          const v1::AdjustEstimateRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(Acting acting, ActingOf(env, call, request.decision(), tx));
  const auto matter = static_cast<Matter>(request.matter());
  AccountKey to = acting.Key(Stage::kAllocated, LineOf(request.to_line()), request.purpose());
  const AccountKey from =
      acting.Key(Stage::kAllocated, LineOf(request.from_line()), request.purpose());
  if (!request.to_unit().empty() && request.to_unit() != from.unit) {
    to.unit = request.to_unit();
    // Money that goes from one unit to another is the province's to move.
    acting.place.level = Level::kProvince;
  }
  ASSIGN_OR_RETURN(const Competency* rule, RuleFor(acting, matter, request.decision().body()));
  RETURN_IF_ERROR(acting.CheckInTime(matter == Matter::kUnitAdjustment ? YearAct::kUnitAdjustment
                                                                       : YearAct::kDecision));
  const AccountKey between =
      acting.Key(Stage::kAdjusted, LineOf(request.from_line()), request.purpose());
  for (const auto& [debit, credit] : {std::pair(from, between), std::pair(between, to)}) {
    RETURN_IF_ERROR(CheckReserved(credit));
    RETURN_IF_ERROR(CheckStep(debit, credit));
  }
  Events events(env, call, tx);
  v1::AdjustEstimateResponse response;
  const std::string text(NameOf(matter));
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "estimate.adjusted", text, {from, between, to},
                {PostLine(from, between, request.amount_vnd(), text),
                 PostLine(between, to, request.amount_vnd(), text)}));
  response.set_told(static_cast<v1::Body>(rule->told));
  return response;
}

void ValidateAdjustEstimate(const v1::AdjustEstimateRequest& request,
                            error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  CheckLine(request.from_line(), "from_line", violations);
  CheckLine(request.to_line(), "to_line", violations);
  CheckPositive(request.amount_vnd(), "amount_vnd", violations);
  const bool within = request.matter() == v1::MATTER_UNIT_ADJUSTMENT;
  if (!within && request.matter() != v1::MATTER_ADJUSTMENT) {
    violations.Add("matter", "must be MATTER_ADJUSTMENT or MATTER_UNIT_ADJUSTMENT");
  }
  const bool same_unit =
      request.to_unit().empty() || request.to_unit() == request.decision().unit();
  if (within && !same_unit) violations.Add("to_unit", "must be the unit that gives");
}

}  // namespace twotier::budget::handlers
