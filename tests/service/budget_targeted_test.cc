// Targeted money goes back to who gave it before the year ends.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/service/budget_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::kLonely;
using Day = absl::CivilDay;

class TargetedTest : public DecisionsTest {
 protected:
  // 100 for flood relief, allocated to a unit.
  std::string FundTargeted(const std::string& unit) {
    std::vector<v1::AccountKey> keys;
    for (const v1::Stage stage : {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED,
                                  v1::STAGE_ALLOCATED, v1::STAGE_PAID}) {
      keys.push_back(Key(unit, stage));
      keys.back().set_purpose("flood");
    }
    const auto names = Open("48", keys);
    const auto posted =
        Post("fund-targeted", {PostOf(names[0], names[1], 100), PostOf(names[1], names[2], 100),
                               PostOf(names[2], names[3], 100)});
    EXPECT_TRUE(posted.ok()) << posted.status();
    return names[3];
  }
  // The province's, handed to a commune and allocated there.
  std::string GiveToCommune(int64_t amount_vnd) {
    std::vector<v1::AccountKey> keys = {
        Key(kDaNang, v1::STAGE_SOURCE), Key(kDaNang, v1::STAGE_ESTIMATE),
        Key(kDaNang, v1::STAGE_APPROVED), Key(kHaiChau, v1::STAGE_APPROVED),
        Key(kHaiChau, v1::STAGE_ALLOCATED)};
    for (v1::AccountKey& key : keys) key.set_purpose("flood");
    const auto names = Open("48", keys);
    std::vector<v1::Transfer> transfers;
    for (size_t i = 1; i < names.size(); ++i) {
      transfers.push_back(PostOf(names[i - 1], names[i], amount_vnd));
    }
    const auto posted = Post("give-to-commune", transfers);
    EXPECT_TRUE(posted.ok()) << posted.status();
    return names.back();
  }
  v1::ReturnTargetedMoneyRequest Returning(const std::string& unit, const std::string& account,
                                           int64_t amount_vnd) {
    v1::ReturnTargetedMoneyRequest request;
    *request.mutable_decision() = Decision(unit, v1::BODY_COMMITTEE, Day(2026, 11, 2));
    request.set_account(account);
    request.set_amount_vnd(amount_vnd);
    request.set_request_id(RequestId());
    return request;
  }
  absl::StatusOr<v1::ReturnTargetedMoneyResponse> Return(
      const v1::ReturnTargetedMoneyRequest& request) {
    return server_.Call(&Stub::ReturnTargetedMoney, request);
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(TargetedTest);

TEST_P(TargetedTest, ACommunesGoesBackToItsProvince) {
  const std::string account = GiveToCommune(100);
  v1::ReturnTargetedMoneyRequest request = Returning(kHaiChau, account, 40);
  request.set_validate_only(true);
  ASSERT_TRUE(Return(request).ok());
  EXPECT_EQ(AvailableOf(account), 100);
  const auto returned = Return(Returning(kHaiChau, account, 40));
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_THAT(returned->account(), ::testing::HasSubstr("2027.approved."));
  EXPECT_THAT(returned->account(), ::testing::EndsWith(".flood"));  // Its purpose goes with it.
  EXPECT_EQ(AvailableOf(account), 60);
  EXPECT_EQ(AvailableOf(returned->account()), 40);
  const absl::Status beyond = Return(Returning(kHaiChau, account, 61)).status();
  EXPECT_EQ(ReasonOf(beyond), "REPAYS_TOO_MUCH");
  EXPECT_EQ(MetadataOf(beyond, "owed_vnd"), "60");
}

TEST_P(TargetedTest, WhatACommuneHasOfItsOwnForThePurposeStays) {
  const std::string account = FundTargeted(kHaiChau);  // 100 of its own.
  const absl::Status own = Return(Returning(kHaiChau, account, 1)).status();
  EXPECT_EQ(ReasonOf(own), "REPAYS_TOO_MUCH");
  EXPECT_EQ(MetadataOf(own, "owed_vnd"), "0");
  GiveToCommune(30);
  EXPECT_EQ(MetadataOf(Return(Returning(kHaiChau, account, 31)).status(), "owed_vnd"), "30");
  const auto returned = Return(Returning(kHaiChau, account, 30));
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(AvailableOf(returned->account()), 30);
  EXPECT_EQ(AvailableOf(account), 100);
}

TEST_P(TargetedTest, AProvincesGoesBackToTheCentreWhoseLedgerIsNamed) {
  const std::string account = FundTargeted(kDaNang);
  GiveFromCentre("provinces/48/accounts/2027.approved.province48.x.x.x.x.flood", "flood", 40,
                 Day(2026, 11, 2));
  v1::ReturnTargetedMoneyRequest request = Returning(kDaNang, account, 40);
  const absl::Status unnamed = Return(request).status();
  EXPECT_EQ(ReasonOf(unnamed), "LEDGER_NOT_NAMED");
  EXPECT_EQ(MetadataOf(unnamed, "ledgers"), "provinces/00");
  request.set_request_id(RequestId());
  request.set_return_to("provinces/00");
  const auto returned = Return(request);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->account(), "provinces/00/accounts/2027.approved.x.x.x.x.x.flood");
  EXPECT_EQ(AvailableOf(returned->account()), 40);
  // What else is there is the province's own.
  v1::ReturnTargetedMoneyRequest more = Returning(kDaNang, account, 1);
  more.set_return_to("provinces/00");
  const absl::Status own = Return(more).status();
  EXPECT_EQ(ReasonOf(own), "REPAYS_TOO_MUCH");
  EXPECT_EQ(MetadataOf(own, "owed_vnd"), "0");
}

TEST_P(TargetedTest, WhatCameLateIsCarriedOverThoughACommuneHadItForAWhile) {
  SetDay(Day(2028, 1, 20));
  std::vector<v1::AccountKey> keys = {
      Key(kDaNang, v1::STAGE_APPROVED), Key(kDaNang, v1::STAGE_ALLOCATED),
      Key(kHaiChau, v1::STAGE_APPROVED), Key(kHaiChau, v1::STAGE_ALLOCATED)};
  for (v1::AccountKey& key : keys) key.set_purpose("flood");
  const auto names = Open("48", keys);
  const auto post = [this](Day day, const std::string& id,
                           const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    SetDate(request.mutable_effective_date(), day);
    const auto posted = Post(request);
    ASSERT_TRUE(posted.ok()) << posted.status();
  };
  GiveFromCentre(names[0], "flood", 100, Day(2027, 10, 10));
  post(Day(2027, 10, 15), "given",
       {PostOf(names[0], names[2], 100), PostOf(names[2], names[3], 40)});
  post(Day(2027, 11, 5), "back", {PostOf(names[2], names[0], 60), PostOf(names[3], names[0], 40)});
  post(Day(2027, 11, 10), "own", {PostOf(names[0], names[1], 100)});
  v1::CloseBudgetYearRequest request;
  *request.mutable_decision() = Decision(kDaNang, v1::BODY_COMMITTEE, Day(2028, 1, 15));
  request.set_return_to("provinces/00");
  request.set_request_id(RequestId());
  const auto closed = server_.Call(&Stub::CloseBudgetYear, request);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->carried_vnd(), 100);
}

TEST_P(TargetedTest, WhoDecidesUntilWhenAndOfWhat) {
  const std::string account = FundTargeted(kHaiChau);
  v1::ReturnTargetedMoneyRequest request = Returning(kHaiChau, account, 1);
  request.mutable_decision()->set_body(v1::BODY_HEAD_OF_UNIT);
  EXPECT_EQ(ReasonOf(Return(request).status()), "BODY_NOT_COMPETENT");
  SetDay(Day(2028, 2, 1));
  request = Returning(kHaiChau, account, 1);
  SetDate(request.mutable_decision()->mutable_effective_date(), Day(2028, 2, 1));
  EXPECT_EQ(ReasonOf(Return(request).status()), "TOO_LATE_IN_YEAR");

  const auto accounts = Open("48", {Key(kHaiChau, v1::STAGE_ALLOCATED)});
  for (const std::string& other :
       {accounts[0], std::string("provinces/48/accounts/2027.paid.commune20194.x.x.x.x.flood"),
        std::string("provinces/48/accounts/2027.allocated.commune20194.x.x.x.x.contingency"),
        std::string("provinces/48/accounts/2026.allocated.commune20194.x.x.x.x.flood"),
        std::string("provinces/48/accounts/2027.allocated.commune20195.x.x.x.x.flood")}) {
    EXPECT_THAT(FieldsOf(Return(Returning(kHaiChau, other, 1)).status()), ElementsAre("account"))
        << other;
  }
  EXPECT_THAT(FieldsOf(Return(Returning(kHaiChau, account, 0)).status()),
              ElementsAre("amount_vnd"));
}

TEST_P(TargetedTest, OnlyAUnitOfTheLedgerGivesAndTheProvincesTakes) {
  struct Case {
    const char* parent;
    const char* unit;
    const char* account;
    const char* reason;
    const char* named;
  };
  for (const Case& each :
       {// Nobody of the province is there to take it.
        Case{"provinces/99", kLonely, "provinces/99/accounts/2027.allocated.commune99001.x.x.x.x.y",
             "UNIT_NOT_FOUND", "99"},
        Case{"provinces/48", "units/nowhere",
             "provinces/48/accounts/2027.allocated.nowhere.x.x.x.x.y", "UNIT_NOT_FOUND",
             "units/nowhere"},
        Case{"provinces/48", kLonely, "provinces/48/accounts/2027.allocated.commune99001.x.x.x.x.y",
             "UNIT_OUTSIDE_PROVINCE", kLonely}}) {
    v1::ReturnTargetedMoneyRequest request = Returning(each.unit, each.account, 1);
    request.mutable_decision()->set_parent(each.parent);
    const absl::Status refused = Return(request).status();
    EXPECT_EQ(ReasonOf(refused), each.reason) << each.account << ": " << refused;
    EXPECT_EQ(MetadataOf(refused, "unit"), each.named) << each.account;
  }
}

}  // namespace
}  // namespace twotier::budget::testing
