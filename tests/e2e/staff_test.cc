// The salary estimate of a province's staff on its way into the budget, by the real processes.
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/suite.h"
#include "tests/load/ask.h"
#include "tests/load/calls.h"
#include "tests/load/process.h"
#include "tests/load/staff_calls.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

using budget::v1::BudgetService;
using personnel::v1::PersonnelService;

constexpr int kYear = 2027;
constexpr char kParent[] = "provinces/48";
constexpr char kFirst[] = "salaries-2027";

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
    auto filled = load::PrepareStaff(registry_->address(), personnel_->address(), 34);
    ASSERT_TRUE(filled.ok()) << filled.status();
    commuters_ = filled->commuters;
    AwaitKnown();
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

  personnel::v1::EstimateSalariesResponse Estimate() {
    personnel::v1::EstimateSalariesRequest ask;
    ask.set_parent(kParent);
    ask.set_year(kYear);
    const auto stub = load::StubOf<PersonnelService>(personnel_->address());
    const auto told = load::Ask(*stub, &PersonnelService::Stub::EstimateSalaries, ask);
    EXPECT_TRUE(told.ok()) << told.status();
    return told.value_or(personnel::v1::EstimateSalariesResponse());
  }
  // Somebody moves to another commune: what units need changes, what all need does not.
  void MoveSomebody() {
    size_t number = 0;
    while (!absl::StartsWith(commuters_->at(number).appointment, kParent)) ++number;
    load::TransferCaller caller(commuters_, number, /*judge=*/true);
    personnel::v1::TransferCivilServantRequest request;
    ASSERT_TRUE(request.ParseFromString(load::ToBytes(caller.Next().request)));
    const auto stub = load::StubOf<PersonnelService>(personnel_->address());
    const auto moved = load::Ask(*stub, &PersonnelService::Stub::TransferCivilServant, request);
    ASSERT_TRUE(moved.ok()) << moved.status();
    const absl::Status there = caller.Check(load::ToBuffer(moved->SerializeAsString()));
    ASSERT_TRUE(there.ok()) << there;
    AwaitKnown();
  }
  // Something happens that costs nothing: an estimate is of a newer revision.
  void OutdateEstimate() {
    const auto provinces = load::ListProvinces(registry_->address());
    ASSERT_TRUE(provinces.ok()) << provinces.status();
    personnel::v1::GrantQuotaRequest request;
    request.set_parent(kParent);
    for (const load::ProvinceUnits& province : *provinces) {
      if (province.Name() == kParent) request.set_unit(province.unit);
    }
    request.set_quota_kind(personnel::v1::QUOTA_KIND_PART_TIMER);
    request.set_posts(1);
    request.set_year(kYear);
    request.mutable_act()->set_number("15/QĐ-UBND");
    request.set_request_id(load::RequestIds().Next());
    const auto stub = load::StubOf<PersonnelService>(personnel_->address());
    const auto granted = load::Ask(*stub, &PersonnelService::Stub::GrantQuota, request);
    ASSERT_TRUE(granted.ok()) << granted.status();
    AwaitKnown();
  }
  // Until an estimate counts everything that was answered so far: its revision then stays.
  void AwaitKnown() {
    const absl::Time answered = absl::Now();
    const auto known = [&] {
      const google::protobuf::Timestamp at = Estimate().as_known_at();
      return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
    };
    while (known() < answered) ASSERT_LT(absl::Now(), answered + absl::Minutes(1));
  }
  // What the accounts of the year's estimates hold together.
  int64_t Estimated() {
    budget::v1::GetBalancesRequest request;
    request.set_parent(kParent);
    request.mutable_filter()->set_year(kYear);
    request.mutable_filter()->set_stage(budget::v1::STAGE_ESTIMATE);
    request.set_page_size(1000);
    const auto stub = load::StubOf<BudgetService>(budget_->address());
    const auto balances = load::Ask(*stub, &BudgetService::Stub::GetBalances, request);
    EXPECT_TRUE(balances.ok()) << balances.status();
    int64_t sum = 0;
    if (!balances.ok()) return sum;
    for (const auto& one : balances->balances()) sum += one.balance().balance_vnd();
    return sum;
  }
  absl::StatusOr<budget::v1::GetJournalResponse> Find(const std::string& journal) {
    budget::v1::GetJournalRequest get;
    get.set_name(absl::StrCat(kParent, "/journals/", journal));
    const auto stub = load::StubOf<BudgetService>(budget_->address());
    return load::Ask(*stub, &BudgetService::Stub::GetJournal, get);
  }
  budget::v1::Journal Journal(const std::string& id) {
    const auto entered = Find(id);
    EXPECT_TRUE(entered.ok()) << entered.status();
    return entered.ok() ? entered->journal() : budget::v1::Journal();
  }

  std::optional<load::Server> personnel_, budget_;
  std::shared_ptr<load::Commuters> commuters_;
};

// Whether `journal` is the estimate.
void ExpectEntered(const budget::v1::Journal& journal,
                   const personnel::v1::EstimateSalariesResponse& told) {
  EXPECT_NE(journal.text().find(absl::StrCat("revision ", told.revision())), std::string::npos)
      << journal.text();
  ASSERT_EQ(journal.entries_size(), told.lines_size());
  for (int i = 0; i < told.lines_size(); ++i) {
    EXPECT_EQ(journal.entries(i).amount_vnd(), told.lines(i).yearly_vnd());
  }
  EXPECT_EQ(journal.reversed_by(), "");
}

TEST_F(StaffTest, TheEstimateStandsInTheBudgetOnce) {
  const personnel::v1::EstimateSalariesResponse told = Estimate();
  ASSERT_GT(told.lines_size(), 1);
  ASSERT_TRUE(HandOver().ok());
  EXPECT_TRUE(HandOver().ok()) << "the same estimate again is the same journal";
  ExpectEntered(Journal(kFirst), told);
}

TEST_F(StaffTest, ANewerEstimateOfTheSameAmountsChangesNothing) {
  ASSERT_TRUE(HandOver().ok());
  const int64_t revision = Estimate().revision();
  OutdateEstimate();
  ASSERT_GT(Estimate().revision(), revision);
  EXPECT_TRUE(HandOver().ok());
  EXPECT_EQ(Journal(kFirst).reversed_by(), "");
  EXPECT_EQ(Find(absl::StrCat(kFirst, "-v2")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(StaffTest, ANewerEstimateTakesThePlaceOfTheOneThatStands) {
  ASSERT_TRUE(HandOver().ok());
  const int64_t estimated = Estimated();
  ASSERT_GT(estimated, 0);
  MoveSomebody();
  ASSERT_TRUE(HandOver().ok());
  const std::string second = absl::StrCat(kFirst, "-v2");
  EXPECT_EQ(Journal(kFirst).reversed_by(),
            absl::StrCat(kParent, "/journals/", kFirst, "-reversed"));
  ExpectEntered(Journal(second), Estimate());
  EXPECT_EQ(Estimated(), estimated) << "the staff is the same, and one estimate stands";
  EXPECT_TRUE(HandOver().ok());
  EXPECT_EQ(Journal(second).reversed_by(), "");

  // Interrupted after the reversal: the same command goes on from there.
  MoveSomebody();
  budget::v1::ReverseJournalRequest reverse;
  reverse.set_name(absl::StrCat(kParent, "/journals/", second));
  reverse.set_journal_id(absl::StrCat(second, "-reversed"));
  *reverse.mutable_effective_date() = Journal(second).effective_date();
  reverse.mutable_act()->set_number("12/BC-SNV");
  reverse.set_reason("Thay");
  reverse.set_request_id(load::RequestIds().Next());
  const auto stub = load::StubOf<BudgetService>(budget_->address());
  const auto reversed = load::Ask(*stub, &BudgetService::Stub::ReverseJournal, reverse);
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  EXPECT_EQ(Estimated(), 0);
  ASSERT_TRUE(HandOver().ok());
  ExpectEntered(Journal(absl::StrCat(kFirst, "-v3")), Estimate());
  EXPECT_EQ(Estimated(), estimated);
}

}  // namespace
}  // namespace twotier::e2e
