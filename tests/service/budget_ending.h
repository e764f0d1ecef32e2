// Units that end while the service runs, for tests.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_ENDING_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_ENDING_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {

inline constexpr char kMerged[] = "units/commune30001";
inline constexpr char kOther[] = "units/commune30002";
inline constexpr char kEvent[] = "changeEvents/e1";
inline constexpr char kReport[] = "changeEvents/e1/successions/budget";
inline constexpr char kAct[] = "2000/NQ-UBTVQH15";

// A unit that follows, and its share of the people where it is known.
struct Part {
  std::string unit;
  std::optional<int> ppm;
};

// A test in which units of Đà Nẵng end.
class EndingTest : public BudgetTest {
 protected:
  // `unit` ends on 3 November 2026 and becomes `parts`.
  void End(const std::vector<std::string>& ended, const std::vector<Part>& parts) {
    std::vector<registry::v1::Resource> resources;
    for (const Part& part : parts) {
      registry::v1::Resource unit =
          testing_support::UnitResource(part.unit, registry::v1::TIER_COMMUNE,
                                        part.unit.substr(part.unit.size() - 5), "Phường Mới");
      registry::v1::Unit* version = unit.mutable_unit()->mutable_versions(0);
      version->set_province_code("48");
      testing_support::SetDate(version->mutable_valid()->mutable_first_date(), 2026, 11, 3);
      resources.push_back(unit);
    }
    registry::v1::Resource change;
    change.set_subject(kEvent);
    change.mutable_change_event()->set_name(kEvent);
    change.mutable_change_event()->mutable_act()->set_number(kAct);
    testing_support::SetDate(change.mutable_change_event()->mutable_effective_date(), 2026, 11, 3);
    for (const std::string& name : ended) {
      registry::v1::Resource old = registry_.Current(name);
      testing_support::SetDate(
          old.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), 2026, 11,
          3);
      for (const Part& part : parts) {
        registry::v1::Succession* step = old.mutable_unit()->add_successions();
        step->set_source(name);
        step->set_target(part.unit);
        testing_support::SetDate(step->mutable_effective_date(), 2026, 11, 3);
        if (part.ppm) step->set_population_ppm(*part.ppm);
      }
      resources.push_back(old);
      change.mutable_change_event()->add_ended_units(name);
    }
    resources.push_back(change);
    registry_.Send(std::move(resources));
  }

  void Tomorrow() { server_.clock().Advance(absl::Hours(24)); }

  std::string AccountOf(const std::string& unit, absl::string_view stage) {
    return absl::StrCat("provinces/48/accounts/2026.", stage, ".", unit.substr(6), ".x.x.x.x.x");
  }
  // Balance; 0 where there is no account yet.
  int64_t Money(const std::string& unit, absl::string_view stage) {
    v1::GetAccountRequest request;
    request.set_name(AccountOf(unit, stage));
    return server_.Call(&Stub::GetAccount, request).ok() ? BalanceOf(request.name()).balance_vnd()
                                                         : 0;
  }
  void AwaitReport(int64_t open, int64_t planned) {
    testing_support::ServiceHost::WaitUntil(
        [&] {
          const auto report = registry_.ReportOf(kReport);
          return report.version() > 0 && report.open() == open && report.planned() == planned;
        },
        absl::StrCat("a report of ", open, " and ", planned));
  }
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_ENDING_H_
