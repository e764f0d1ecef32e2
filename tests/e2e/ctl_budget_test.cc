// twotierctl's commands on money against the real services.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "tests/e2e/suite.h"
#include "tests/support/ctl.h"

namespace twotier::e2e {
namespace {

using ::testing::HasSubstr;

constexpr char kUnit[] = "units/u6282011d81a333e6";  // Phường Hải Vân, Đà Nẵng.

class CtlBudgetTest : public SuiteTest {
 protected:
  void SetUp() override {
    SuiteTest::SetUp();
    const auto database = NewDatabase(kSqlite);
    ASSERT_TRUE(database.ok()) << database.status();
    auto budget = load::StartBudget(places_, "budget", *database, registry_->address());
    ASSERT_TRUE(budget.ok()) << budget.status();
    budget_ = *std::move(budget);
    today_ = VietnamDay(absl::Now());
  }

  // What a run of twotierctl shows; the test fails when it fails.
  std::string Run(std::vector<std::string> arguments) {
    const testing_support::CtlRun ran = testing_support::RunCtl(
        {.nouns = {ctl::AddBudgetCommands, ctl::AddCallCommands},
         .session = {.services = {{"registry", load::kRegistryService, registry_->address()},
                                  {"budget", load::kBudgetService, budget_->address()}},
                     .principal = "dev"}},
        std::move(arguments));
    EXPECT_TRUE(ran.status.ok()) << ran.status;
    return ran.out;
  }

  std::string Today() const { return absl::FormatCivilTime(today_); }
  std::string Year() const { return absl::StrCat(today_.year()); }
  // "48/2026.allocated.u….x.x.x.x.x"
  std::string Account(const std::string& stage, const std::string& unit) const {
    return absl::StrCat("48/", Year(), ".", stage, ".", unit.substr(6), ".x.x.x.x.x");
  }
  // Gives the unit allocated money.
  void Fund(const std::string& unit, const std::string& amount) {
    Run({"budget", "open", "48", "--unit", unit, "--year", Year(), "--stage", "source", "--stage",
         "estimate", "--stage", "approved", "--stage", "allocated", "--stage", "paid"});
    const char* const stages[] = {"source", "estimate", "approved", "allocated"};
    for (int i = 1; i < 4; ++i) {
      Run({"budget", "post", "48", absl::StrCat("fund-", i), "--debit",
           Account(stages[i - 1], unit), "--credit", Account(stages[i], unit), "--amount", amount,
           "--date", Today(), "--act", "1/NQ-HĐND", "--body", "council", "--revenue", amount});
    }
  }

  std::optional<load::Server> budget_;
  absl::CivilDay today_;
};

TEST_F(CtlBudgetTest, ShowsWhatIsPaidUnderACeiling) {
  Fund(kUnit, "1000000");
  Run({"call", "budget.GrantPeriodCeiling",
       absl::StrCat(R"({"decision": {"parent": "provinces/48", "unit": ")", kUnit,
                    R"(", "budget_year": )", Year(),
                    R"(, "body": "BODY_FINANCE_OFFICE", "act": {"number": "5/QĐ-STC"},)",
                    R"( "effective_date": {"year": )", today_.year(), R"(, "month": )",
                    today_.month(), R"(, "day": )", today_.day(), R"(}}, "month": )",
                    today_.month(), R"(, "amount_vnd": "300000"})")});
  Run({"budget", "post", "48", "pay-1", "--debit", Account("allocated", kUnit), "--credit",
       Account("paid", kUnit), "--amount", "200000", "--date", Today(), "--act", "UNC-1"});
  const std::string ceilings = Run({"budget", "ceilings", "48", "--unit", kUnit, "--year", Year()});
  EXPECT_THAT(ceilings, HasSubstr(absl::StrCat("month ", today_.month())));
  EXPECT_THAT(ceilings, HasSubstr("300,000"));
  EXPECT_THAT(ceilings, HasSubstr("100,000"));
  const std::string execution =
      Run({"budget", "execution", "48", "--year", Year(), "--unit", kUnit, "--by", "unit"});
  EXPECT_THAT(execution, HasSubstr("200,000"));
  EXPECT_THAT(Run({"budget", "statement", Account("paid", kUnit), "--csv"}), HasSubstr("pay-1"));
}

TEST_F(CtlBudgetTest, ShowsTheLegalYearAndItsReferenceData) {
  EXPECT_THAT(Run({"budget", "calendar", "--province=48", "--unit", kUnit, "--year", "2027"}),
              HasSubstr("2026-12-19"));  // Ten days after the provincial Council's last one.
  EXPECT_THAT(Run({"budget", "classification", "--year", "2027", "--segment", "level"}),
              HasSubstr("Ngân sách cấp xã"));
  EXPECT_THAT(Run({"budget", "taxes", kUnit, "--year", "2026"}), HasSubstr("%"));
  EXPECT_THAT(Run({"budget", "norms", "--province=48"}), HasSubstr("recurrent-2026"));
}

}  // namespace
}  // namespace twotier::e2e
