// Decisions on budgets, for tests.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_DECISIONS_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_DECISIONS_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/clock.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {

// A test that sets its day.
class DecisionsTest : public BudgetTest {
 protected:
  // Nine in the morning in Vietnam.
  void SetDay(absl::CivilDay day) {
    server_.clock().Set(absl::FromCivil(absl::CivilHour(day) + 9, VietnamTimeZone()));
  }
  static void SetDate(google::type::Date* out, absl::CivilDay day) {
    testing_support::SetDate(out, static_cast<int>(day.year()), day.month(), day.day());
  }
  static v1::BudgetDecision Decision(const std::string& unit, v1::Body body, absl::CivilDay day,
                                     int year = 2027) {
    v1::BudgetDecision decision;
    decision.set_parent("provinces/48");
    decision.set_unit(unit);
    decision.set_budget_year(year);
    decision.set_body(body);
    decision.mutable_act()->set_number("7/QĐ-UBND");
    SetDate(decision.mutable_effective_date(), day);
    return decision;
  }
  static std::vector<std::string> FieldsOf(const absl::Status& status) {
    std::vector<std::string> fields;
    for (const auto& violation : error::FieldViolationsOf(status)) {
      fields.push_back(violation.field);
    }
    return fields;
  }
  // What the account can still pay.
  int64_t AvailableOf(const std::string& account) { return BalanceOf(account).available_vnd(); }
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_DECISIONS_H_
