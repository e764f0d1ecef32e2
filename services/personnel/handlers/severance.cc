#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/retirement.h"
#include "services/personnel/domain/salary.h"
#include "services/personnel/domain/severance.h"
#include "services/personnel/handlers/staffing.h"

namespace twotier::personnel::handlers {
namespace {

// Ten times the highest salary of the State.
constexpr int64_t kMonthlyMaxVnd = 1'000'000'000;
// Longer than anybody serves.
constexpr int kServiceMonthsMax = 720;

// By coefficients, or as it was given.
int64_t MonthlyOf(const v1::ComputeSeveranceRequest& request) {
  if (request.monthly_vnd() > 0) return request.monthly_vnd();
  // The present salary is the last one that was paid.
  return MonthlySalaryVnd(request.rank_coefficient_hundredths(),
                          request.post_coefficient_hundredths(),
                          FromProto(request.leave_date()) - 1)
      .value_or(0);
}

}  // namespace

absl::StatusOr<v1::ComputeSeveranceResponse> ComputeSeverance(
    const Env&, const Call&, const v1::ComputeSeveranceRequest& request) {
  SeveranceFacts facts;
  facts.rule = static_cast<SeveranceRule>(request.rule());
  facts.departure = static_cast<Departure>(request.departure());
  facts.leaves = FromProto(request.leave_date());
  if (request.has_apparatus_decision_date()) {
    facts.apparatus_decision = FromProto(request.apparatus_decision_date());
  }
  facts.monthly_vnd = MonthlyOf(request);
  facts.service_months = request.service_months();
  if (request.has_birth_date()) {
    facts.pension_from =
        PensionFrom(static_cast<Sex>(request.sex()), FromProto(request.birth_date()));
  }
  ASSIGN_OR_RETURN(const Severance severance, personnel::ComputeSeverance(facts));
  v1::ComputeSeveranceResponse response;
  for (const SeveranceLine& line : severance.lines) {
    v1::SeveranceLine* added = response.add_lines();
    added->set_part(line.part);
    added->set_article(line.article);
    added->set_unit(static_cast<v1::SeveranceUnit>(line.unit));
    added->set_quantity_halves(line.quantity_halves);
    added->set_rate_hundredths(line.rate_hundredths);
    added->set_amount_vnd(line.amount_vnd);
    added->set_note(line.note);
  }
  response.set_total_vnd(severance.total_vnd);
  response.set_monthly_vnd(facts.monthly_vnd);
  response.set_repaid(request.has_hired_again_date() &&
                      MustRepay(facts.leaves, FromProto(request.hired_again_date())));
  return response;
}

void ValidateComputeSeverance(const v1::ComputeSeveranceRequest& request,
                              error::Violations& violations) {
  const int coefficient =
      request.rank_coefficient_hundredths() + request.post_coefficient_hundredths();
  if (request.rank_coefficient_hundredths() < 0 || request.post_coefficient_hundredths() < 0 ||
      coefficient > kCoefficientMaxHundredths) {
    violations.Add(
        "rank_coefficient_hundredths",
        absl::StrCat("must with the post's lie between 0 and ", kCoefficientMaxHundredths));
  }
  if (request.monthly_vnd() < 0 || request.monthly_vnd() > kMonthlyMaxVnd) {
    violations.Add("monthly_vnd", absl::StrCat("must lie between 0 and ", kMonthlyMaxVnd));
  }
  if (request.monthly_vnd() >= 0 && (request.monthly_vnd() == 0) == (coefficient == 0)) {
    violations.Add("monthly_vnd", "must be given, or the coefficients, and not both");
  }
  if (request.service_months() < 0 || request.service_months() > kServiceMonthsMax) {
    violations.Add("service_months", absl::StrCat("must lie between 0 and ", kServiceMonthsMax));
  }
}

}  // namespace twotier::personnel::handlers
