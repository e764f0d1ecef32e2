// The salary estimate of a province's staff on its way into the budget, by the real processes.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/e2e/suite.h"
#include "tests/load/ask.h"
#include "tests/load/process.h"
#include "tests/load/staff_calls.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

using budget::v1::BudgetService;
using personnel::v1::PersonnelService;

constexpr int kYear = 2027;

class StaffTest : public SuiteTest {
 protected:
  void SetUp() override {
    SuiteTest::SetUp();
    auto staff =
        load::StartPersonnel(places_, "personnel", DatabaseOf("personnel"), registry_->address());
    ASSERT_TRUE(staff.ok()) << staff.status();
    personnel_ = *std::move(staff);
    auto money = load::StartBudget(places_, "budget", DatabaseOf("budget"), registry_->address());
    ASSERT_TRUE(money.ok()) << money.status();
    budget_ = *std::move(money);
    const auto filled = load::PrepareStaff(registry_->address(), personnel_->address(), 34);
    ASSERT_TRUE(filled.ok()) << filled.status();
  }

  std::string DatabaseOf(const std::string& name) const {
    return absl::StrCat("sqlite:", places_.work_dir, "/", name, ".db");
  }
  absl::Status HandOver() {
    auto process = load::Process::Start(
        {absl::StrCat(places_.bin_dir, "/twotierctl"),
         absl::StrCat("--personnel=", personnel_->address()),
         absl::StrCat("--budget=", budget_->address()), "staff", "estimate", "--province", "48",
         "--year", absl::StrCat(kYear), "--post", "--act", "12/BC-SNV", "--date", "2026-06-15"},
        absl::StrCat(places_.work_dir, "/estimate.log"));
    return process.ok() ? process->Wait() : process.status();
  }

  std::optional<load::Server> personnel_, budget_;
};

TEST_F(StaffTest, TheEstimateStandsInTheBudgetOnce) {
  const auto personnel = load::StubOf<PersonnelService>(personnel_->address());
  personnel::v1::EstimateSalariesRequest ask;
  ask.set_parent("provinces/48");
  ask.set_year(kYear);
  const auto told = load::Ask(*personnel, &PersonnelService::Stub::EstimateSalaries, ask);
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_GT(told->lines_size(), 1);
  ASSERT_TRUE(HandOver().ok());
  EXPECT_TRUE(HandOver().ok()) << "the same estimate again is the same journal";

  const auto budget = load::StubOf<BudgetService>(budget_->address());
  budget::v1::GetJournalRequest journal;
  journal.set_name(absl::StrCat("provinces/48/journals/salaries-", kYear));
  const auto entered = load::Ask(*budget, &BudgetService::Stub::GetJournal, journal);
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_NE(entered->journal().text().find(absl::StrCat("revision ", told->revision())),
            std::string::npos)
      << entered->journal().text();
  ASSERT_EQ(entered->journal().entries_size(), told->lines_size());
  for (int i = 0; i < told->lines_size(); ++i) {
    EXPECT_EQ(entered->journal().entries(i).amount_vnd(), told->lines(i).yearly_vnd());
  }
}

}  // namespace
}  // namespace twotier::e2e
