// Decisions on budgets, for tests.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_DECISIONS_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_DECISIONS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/clock.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {

// A test that sets its day, with money of 2027.
class DecisionsTest : public BudgetTest {
 protected:
  static v1::AccountKey Key(const std::string& unit, v1::Stage stage, int year = 2027) {
    return testing::Key(unit, stage, year);
  }
  std::map<v1::Stage, std::string> Fund(const std::string& unit, int64_t amount_vnd) {
    return BudgetTest::Fund(unit, amount_vnd, 2027);
  }
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
  // Gives an account of a province central money for its purpose.
  void GiveFromCentre(const std::string& account, const std::string& purpose, int64_t amount_vnd,
                      absl::CivilDay day) {
    std::vector<v1::AccountKey> keys;
    for (const v1::Stage stage : {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED}) {
      keys.push_back(Key("", stage));
      keys.back().set_purpose(purpose);
    }
    const std::vector<std::string> centre = BudgetTest::Open("00", keys);
    v1::PostJournalRequest request =
        JournalOf("centre-" + purpose, {PostOf(centre[0], centre[1], amount_vnd),
                                        PostOf(centre[1], centre[2], amount_vnd),
                                        PostOf(centre[2], account, amount_vnd)});
    request.set_parent("provinces/00");
    SetDate(request.mutable_effective_date(), day);
    const auto posted = Post(request);
    EXPECT_TRUE(posted.ok()) << posted.status();
  }
  // What the account can still pay.
  int64_t AvailableOf(const std::string& account) { return BalanceOf(account).available_vnd(); }
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_DECISIONS_H_
