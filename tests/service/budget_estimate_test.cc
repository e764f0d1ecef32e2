// What an estimate was approved is what its contingency and its revenue are held against.
#include <gtest/gtest.h>

#include <string>

#include "tests/service/budget_contingency.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using Day = absl::CivilDay;

class EstimateTest : public ContingencyTest {
 protected:
  void SetUp() override { SetDay(Day(2027, 2, 15)); }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(EstimateTest);

TEST_P(EstimateTest, AContingencyIsSetByTheCouncilWithinTheLawAndOnce) {
  FundCommune();
  // 2 to 5 % of 13,000 less the 2,000 that are targeted.
  const absl::Status low = server_.Call(&Stub::SetContingency, Contingency(219)).status();
  EXPECT_EQ(ReasonOf(low), "CONTINGENCY_OUT_OF_RANGE");
  EXPECT_EQ(MetadataOf(low, "base_vnd"), "11000");
  EXPECT_EQ(MetadataOf(low, "min_vnd"), "220");
  EXPECT_EQ(MetadataOf(low, "max_vnd"), "550");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::SetContingency, Contingency(551)).status()),
            "CONTINGENCY_OUT_OF_RANGE");
  v1::SetContingencyRequest chair = Contingency(300);
  chair.mutable_decision()->set_body(v1::BODY_CHAIR);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::SetContingency, chair).status()), "BODY_NOT_COMPETENT");
  v1::SetContingencyRequest deficit = Contingency(300);
  deficit.mutable_totals()->set_revenue_vnd(12'999);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::SetContingency, deficit).status()), "COMMUNE_DEFICIT");
  v1::SetContingencyRequest before = Contingency(300);
  before.mutable_decision()->set_budget_year(2025);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::SetContingency, before).status()),
            "ESTIMATE_NOT_AS_APPROVED");

  v1::SetContingencyRequest request = Contingency(300);
  request.set_validate_only(true);
  const auto shown = server_.Call(&Stub::SetContingency, request);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->max_vnd(), 550);
  const auto set = server_.Call(&Stub::SetContingency, Contingency(300));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(AvailableOf(set->account()), 300);
  const absl::Status again = server_.Call(&Stub::SetContingency, Contingency(250)).status();
  EXPECT_EQ(ReasonOf(again), "CONTINGENCY_SET");
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  // Nobody moves it but by the rules of its own.
  const auto taken = Post("take", {PostOf(set->account(), set->account(), 1)});
  EXPECT_EQ(ReasonOf(taken.status()), "PURPOSE_RESERVED");
}

TEST_P(EstimateTest, AContingencyIsOfWhatTheAccountsWereApproved) {
  FundCommune();
  v1::SetContingencyRequest inflated = Contingency(300);
  inflated.mutable_totals()->set_revenue_vnd(20'000);
  inflated.mutable_totals()->set_expenditure_vnd(20'000);
  const absl::Status refused = server_.Call(&Stub::SetContingency, inflated).status();
  EXPECT_EQ(ReasonOf(refused), "ESTIMATE_NOT_AS_APPROVED");
  EXPECT_EQ(MetadataOf(refused, "total"), "expenditure_vnd");
  EXPECT_EQ(MetadataOf(refused, "stated_vnd"), "20000");
  EXPECT_EQ(MetadataOf(refused, "approved_vnd"), "13000");
  v1::SetContingencyRequest own = Contingency(300);
  own.mutable_totals()->set_targeted_received_vnd(0);
  EXPECT_EQ(MetadataOf(server_.Call(&Stub::SetContingency, own).status(), "total"),
            "targeted_received_vnd");
  // A supplement without purpose is expenditure as any other.
  Supplement("balancing", "", 1'000);
  EXPECT_EQ(
      MetadataOf(server_.Call(&Stub::SetContingency, Contingency(300)).status(), "approved_vnd"),
      "14000");
}

TEST_P(EstimateTest, AProvincesContingencyLeavesOutWhatItHandsDownAndGotForAPurpose) {
  const auto accounts =
      Open("48", {Key(kDaNang, v1::STAGE_SOURCE), Key(kDaNang, v1::STAGE_ESTIMATE),
                  Key(kDaNang, v1::STAGE_APPROVED), Key(kHaiChau, v1::STAGE_APPROVED)});
  v1::AccountKey targeted = Key(kDaNang, v1::STAGE_APPROVED);
  targeted.set_purpose("flood");
  GiveFromCentre(Open("48", {targeted})[0], "flood", 3'000, Day(2026, 11, 2));
  ASSERT_TRUE(Post("fund", {PostOf(accounts[0], accounts[1], 17'000),
                            PostOf(accounts[1], accounts[2], 17'000),
                            PostOf(accounts[2], accounts[3], 7'000)})
                  .ok());
  // What comes back, and what is targeted there too, was not paid out as a balancing supplement.
  ASSERT_TRUE(Post("back", {PostOf(accounts[3], accounts[2], 1'000)}).ok());
  Supplement("targeted", "storm", 500);
  // Nor was the province's own money that it gave for a purpose.
  v1::AccountKey roads = Key(kHaiChau, v1::STAGE_APPROVED);
  roads.set_purpose("roads");
  ASSERT_TRUE(Post("own", {PostOf(accounts[2], Open("48", {roads})[0], 2'000)}).ok());
  v1::SetContingencyRequest request = Contingency(300);
  *request.mutable_decision() = Decision(kDaNang, v1::BODY_COUNCIL, Day(2027, 1, 4));
  request.mutable_totals()->set_revenue_vnd(0);  // A province may borrow.
  request.mutable_totals()->set_expenditure_vnd(20'500);
  request.mutable_totals()->set_balancing_paid_out_vnd(6'000);
  request.mutable_totals()->set_targeted_received_vnd(3'000);
  const auto set = server_.Call(&Stub::SetContingency, request);
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->base_vnd(), 11'500);
  EXPECT_EQ(set->min_vnd(), 230);
}

TEST_P(EstimateTest, ACommuneIsApprovedNoMoreThanTheRevenueOfItsEstimate) {
  auto accounts = FundCommune();  // 13,000 with the supplement.
  const auto approve = [&](const std::string& id, int64_t amount_vnd, int64_t revenue_vnd) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], amount_vnd),
             PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], amount_vnd)});
    request.set_revenue_vnd(revenue_vnd);
    request.set_supplements_vnd(2'000);
    return request;
  };
  const absl::Status beyond = Post(approve("beyond", 101, 13'100)).status();
  EXPECT_EQ(ReasonOf(beyond), "COMMUNE_DEFICIT");
  EXPECT_EQ(MetadataOf(beyond, "revenue_vnd"), "13100");
  EXPECT_EQ(MetadataOf(beyond, "expenditure_vnd"), "13101");
  EXPECT_EQ(MetadataOf(beyond, "available_vnd"), "100");
  EXPECT_EQ(MetadataOf(beyond, "asked_vnd"), "101");
  EXPECT_EQ(ReasonOf(Post(approve("unstated", 1, 0)).status()), "COMMUNE_DEFICIT");
  ASSERT_TRUE(Post(approve("within", 100, 13'100)).ok());
  const auto others = Open("48", {Key(kAnHai, v1::STAGE_SOURCE), Key(kAnHai, v1::STAGE_ESTIMATE),
                                  Key(kAnHai, v1::STAGE_APPROVED)});
  v1::PostJournalRequest both = approve("both", 1, 13'102);
  *both.add_transfers() = PostOf(others[0], others[1], 1);
  *both.add_transfers() = PostOf(others[1], others[2], 1);
  const absl::Status of_two = Post(both).status();
  ASSERT_EQ(ReasonOf(of_two), "MALFORMED_REQUEST") << of_two;
  EXPECT_EQ(error::FieldViolationsOf(of_two)[0].field, "transfers");
  // The same journal once more is what it was, and counts once.
  EXPECT_TRUE(Post(approve("within", 100, 13'100)).ok());
  EXPECT_EQ(ReasonOf(Post(approve("too-much", 1, 13'100)).status()), "COMMUNE_DEFICIT");
}

TEST_P(EstimateTest, SupplementsAreOfTheRevenueOnceTheLedgerHasThem) {
  const auto names = Open("48", {Key(kHaiChau, v1::STAGE_SOURCE), Key(kHaiChau, v1::STAGE_ESTIMATE),
                                 Key(kHaiChau, v1::STAGE_APPROVED)});
  const auto approve = [&](const std::string& id, int64_t amount_vnd, int64_t supplements_vnd) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(names[0], names[1], amount_vnd), PostOf(names[1], names[2], amount_vnd)});
    request.set_revenue_vnd(100);
    request.set_supplements_vnd(supplements_vnd);
    return Post(request).status();
  };
  // 100 of revenue are 40 of the commune's own and 60 that its province is to give.
  const absl::Status ahead = approve("ahead", 100, 60);
  EXPECT_EQ(ReasonOf(ahead), "ESTIMATE_NOT_AS_APPROVED");
  EXPECT_EQ(MetadataOf(ahead, "total"), "supplements_vnd");
  EXPECT_EQ(MetadataOf(ahead, "stated_vnd"), "60");
  EXPECT_EQ(MetadataOf(ahead, "approved_vnd"), "0");
  Supplement("given", "", 60);
  EXPECT_EQ(ReasonOf(approve("unstated", 40, 0)), "ESTIMATE_NOT_AS_APPROVED");
  ASSERT_TRUE(approve("own", 40, 60).ok());
  EXPECT_EQ(ReasonOf(approve("more", 1, 60)), "COMMUNE_DEFICIT");
  // What was given and goes back is revenue no more, and frees none of the commune's own.
  const std::string city = "provinces/48/accounts/2027.approved.province48.x.x.x.x.x";
  ASSERT_TRUE(Post("back", {PostOf(names[2], city, 90)}).ok());
  EXPECT_EQ(ReasonOf(approve("again", 61, 0)), "COMMUNE_DEFICIT");
  EXPECT_TRUE(approve("instead", 60, 0).ok());
}

TEST_P(EstimateTest, WhatGoesBackFromAllocatedMoneyIsNoSupplementEither) {
  auto accounts = Fund(kHaiChau, 40);
  Supplement("given", "", 60);
  const std::string& allocated = accounts[v1::STAGE_ALLOCATED];
  const std::string city = "provinces/48/accounts/2027.approved.province48.x.x.x.x.x";
  ASSERT_TRUE(Post("assigned", {PostOf(accounts[v1::STAGE_APPROVED], allocated, 60)}).ok());
  ASSERT_TRUE(Post("back", {PostOf(allocated, city, 50)}).ok());
  const auto approve = [&](const std::string& id, int64_t amount_vnd, int64_t supplements_vnd) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], amount_vnd),
             PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], amount_vnd)});
    request.set_revenue_vnd(70);
    request.set_supplements_vnd(supplements_vnd);
    return Post(request).status();
  };
  EXPECT_EQ(MetadataOf(approve("before", 20, 60), "approved_vnd"), "10");
  EXPECT_EQ(ReasonOf(approve("beyond", 21, 10)), "COMMUNE_DEFICIT");
  const absl::Status within = approve("within", 20, 10);
  EXPECT_TRUE(within.ok()) << within;
}

}  // namespace
}  // namespace twotier::budget::testing
