// Units that end, or go over to another province, while the service runs, for tests.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_ENDING_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_ENDING_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {

inline constexpr char kMerged[] = "units/commune30001";
inline constexpr char kOther[] = "units/commune30002";
inline constexpr char kEvent[] = "changeEvents/e1";
inline constexpr char kAct[] = "2000/NQ-UBTVQH15";

// A unit that follows, and its share of the people where it is known.
struct Part {
  std::string unit;
  std::optional<int> ppm;
};

// A test in which units of Đà Nẵng end or go over, on days of November 2026.
class EndingTest : public BudgetTest {
 protected:
  void TearDown() override { testing_support::ExpectSound(verify::VerifyBudget(database_.url())); }

  // Units end on `day` and become `parts`, of the province `province_code`, by the event of that
  // name.
  void End(const std::vector<std::string>& ended, const std::vector<Part>& parts, int day = 3,
           const std::string& province_code = "48", const std::string& event = kEvent) {
    std::vector<registry::v1::Resource> resources;
    for (const Part& part : parts) {
      if (part.unit == testing_support::kHaNoi) continue;  // It is there.
      registry::v1::Resource unit =
          testing_support::UnitResource(part.unit, registry::v1::TIER_COMMUNE,
                                        part.unit.substr(part.unit.size() - 5), "Phường Mới");
      registry::v1::Unit* version = unit.mutable_unit()->mutable_versions(0);
      version->set_province_code(province_code);
      SetNovember(day, version->mutable_valid()->mutable_first_date());
      resources.push_back(unit);
    }
    registry::v1::Resource change = ChangeOf(event, day);
    for (const std::string& name : ended) {
      registry::v1::Resource old = registry_.Current(name);
      SetNovember(day, Newest(old)->mutable_valid()->mutable_end_date());
      for (const Part& part : parts) {
        registry::v1::Succession* step = old.mutable_unit()->add_successions();
        step->set_source(name);
        step->set_target(part.unit);
        SetNovember(day, step->mutable_effective_date());
        if (part.ppm) step->set_population_ppm(*part.ppm);
      }
      resources.push_back(old);
      change.mutable_change_event()->add_ended_units(name);
    }
    resources.push_back(change);
    registry_.Send(std::move(resources));
  }

  // Units go on in another province from `day` on, by the event of that name.
  void GoOver(const std::vector<std::string>& units, const std::string& province_code,
              const std::string& event = kEvent, int day = 3) {
    std::vector<registry::v1::Resource> resources;
    registry::v1::Resource change = ChangeOf(event, day);
    change.mutable_change_event()->add_kinds(registry::v1::CHANGE_KIND_REPARENT);
    for (const std::string& name : units) {
      registry::v1::Resource unit = registry_.Current(name);
      registry::v1::Unit after = *Newest(unit);
      SetNovember(day, Newest(unit)->mutable_valid()->mutable_end_date());
      after.mutable_valid()->Clear();
      SetNovember(day, after.mutable_valid()->mutable_first_date());
      after.set_province_code(province_code);
      *unit.mutable_unit()->add_versions() = after;
      resources.push_back(unit);
      registry::v1::Succession* edge = change.mutable_change_event()->add_edges();
      edge->set_source(name);
      edge->set_target(name);
    }
    resources.push_back(change);
    registry_.Send(std::move(resources));
  }

  // Of `account`, which owes 30 of targeted money and no more, 10 go back. The account that has
  // them.
  std::string ReturnsTenOfThirty(const v1::BudgetDecision& decision, const std::string& account) {
    v1::ReturnTargetedMoneyRequest request;
    *request.mutable_decision() = decision;
    request.set_account(account);
    request.set_amount_vnd(31);
    request.set_request_id(RequestId());
    const absl::Status beyond = server_.Call(&Stub::ReturnTargetedMoney, request).status();
    EXPECT_EQ(ReasonOf(beyond), "REPAYS_TOO_MUCH") << beyond;
    EXPECT_EQ(MetadataOf(beyond, "owed_vnd"), "30");
    request.set_amount_vnd(10);
    request.set_request_id(RequestId());
    const auto returned = server_.Call(&Stub::ReturnTargetedMoney, request);
    EXPECT_TRUE(returned.ok()) << returned.status();
    return returned.ok() ? returned->account() : "";
  }

  void Tomorrow() { server_.clock().Advance(absl::Hours(24)); }

  std::string AccountOf(const std::string& unit, absl::string_view stage,
                        absl::string_view province_code = "48") {
    return absl::StrCat("provinces/", province_code, "/accounts/2026.", stage, ".", unit.substr(6),
                        ".x.x.x.x.x");
  }
  // Balance; 0 where there is no account yet.
  int64_t Money(const std::string& unit, absl::string_view stage,
                absl::string_view province_code = "48") {
    v1::GetAccountRequest request;
    request.set_name(AccountOf(unit, stage, province_code));
    return server_.Call(&Stub::GetAccount, request).ok() ? BalanceOf(request.name()).balance_vnd()
                                                         : 0;
  }
  void AwaitReport(int64_t open, int64_t planned, const std::string& event = kEvent) {
    testing_support::ServiceHost::WaitUntil(
        [&] {
          const auto report = registry_.ReportOf(absl::StrCat(event, "/successions/budget"));
          return report.version() > 0 && report.open() == open && report.planned() == planned;
        },
        absl::StrCat("a report of ", open, " and ", planned));
  }

 private:
  static void SetNovember(int day, google::type::Date* date) {
    testing_support::SetDate(date, 2026, 11, day);
  }
  static registry::v1::Unit* Newest(registry::v1::Resource& unit) {
    return unit.mutable_unit()->mutable_versions(unit.unit().versions_size() - 1);
  }
  static registry::v1::Resource ChangeOf(const std::string& event, int day) {
    registry::v1::Resource change;
    change.set_subject(event);
    change.mutable_change_event()->set_name(event);
    change.mutable_change_event()->mutable_act()->set_number(kAct);
    SetNovember(day, change.mutable_change_event()->mutable_effective_date());
    return change;
  }
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_ENDING_H_
