// What the end of a year is told to let go on, account by account.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kHaiChau;
using Day = absl::CivilDay;

class CarryOverTest : public DecisionsTest {
 protected:
  void SetUp() override {
    SetDay(Day(2028, 1, 20));
    accounts_ = Fund(kHaiChau, 10'000);
    v1::AccountKey roads = Key(kHaiChau, v1::STAGE_ALLOCATED);
    roads.set_purpose("z-roads");
    roads_ = Open("48", {roads})[0];  // The last one in order of account.
    v1::PostJournalRequest request = JournalOf(
        "roads", {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 70),
                  PostOf(accounts_[v1::STAGE_ESTIMATE], accounts_[v1::STAGE_APPROVED], 70),
                  PostOf(accounts_[v1::STAGE_APPROVED], roads_, 70)});
    SetDate(request.mutable_effective_date(), Day(2027, 3, 1));
    const auto posted = Post(request);
    ASSERT_TRUE(posted.ok()) << posted.status();
  }
  // Closes one account, and lets it go on by a category.
  v1::CloseBudgetYearRequest Closing(const std::string& account) {
    v1::CloseBudgetYearRequest request;
    *request.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2028, 1, 15));
    request.set_accounts_max(1);
    request.add_carry_overs()->set_account(account);
    request.mutable_carry_overs(0)->set_category(v1::CARRY_CATEGORY_INVESTMENT);
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::CloseBudgetYearResponse> Close(const v1::CloseBudgetYearRequest& request) {
    return server_.Call(&Stub::CloseBudgetYear, request);
  }

  std::map<v1::Stage, std::string> accounts_;
  std::string roads_;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(CarryOverTest);

TEST_P(CarryOverTest, WhatIsNamedIsSettledByTheCallThatNamesIt) {
  const auto part = Close(Closing(roads_));
  ASSERT_TRUE(part.ok()) << part.status();
  ASSERT_EQ(part->settlements_size(), 1);
  EXPECT_EQ(part->settlements(0).account(), roads_);
  EXPECT_EQ(part->carried_vnd(), 70);
  const absl::Status again = Close(Closing(roads_)).status();
  EXPECT_EQ(ReasonOf(again), "ACCOUNT_CLOSED");
  EXPECT_EQ(MetadataOf(again, "account"), roads_);
  v1::CloseBudgetYearRequest more = Closing(roads_);
  *more.add_carry_overs() = more.carry_overs(0);
  more.mutable_carry_overs(1)->set_account(accounts_[v1::STAGE_ALLOCATED]);
  EXPECT_THAT(FieldsOf(Close(more).status()), ElementsAre("carry_overs"));
}

TEST_P(CarryOverTest, ANameThatIsMisspeltLetsNothingLapse) {
  const std::string misspelt = absl::StrCat(roads_, "-2");
  const absl::Status refused = Close(Closing(misspelt)).status();
  EXPECT_EQ(ReasonOf(refused), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(MetadataOf(refused, "account"), misspelt);
  EXPECT_EQ(AvailableOf(roads_), 70);
}

}  // namespace
}  // namespace twotier::budget::testing
