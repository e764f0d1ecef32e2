// All that a unit has of contingencies is held against all that these were set of, and its revenue
// against all that was approved for it, also what came from units that ended.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_ending.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::SetDate;

class ContingencySuccessionTest : public EndingTest {
 protected:
  // Accounts of estimate, approved and allocated money of a unit that is approved so much.
  void Approve(const std::string& unit, int64_t amount_vnd) {
    const std::vector<std::string> names =
        Open("48", {Key(unit, v1::STAGE_SOURCE), Key(unit, v1::STAGE_ESTIMATE),
                    Key(unit, v1::STAGE_APPROVED), Key(unit, v1::STAGE_ALLOCATED)});
    const auto posted =
        Post(absl::StrCat("approve-", unit.substr(6)),
             {PostOf(names[0], names[1], amount_vnd), PostOf(names[1], names[2], amount_vnd)});
    ASSERT_TRUE(posted.ok()) << posted.status();
  }
  // Of 10,000 that Hải Châu was approved.
  void SetContingency(int64_t amount_vnd) {
    v1::SetContingencyRequest set;
    v1::BudgetDecision& decision = *set.mutable_decision();
    decision.set_parent("provinces/48");
    decision.set_unit(kHaiChau);
    decision.set_budget_year(2026);
    decision.set_body(v1::BODY_COUNCIL);
    decision.mutable_act()->set_number("7/NQ-HĐND");
    SetDate(decision.mutable_effective_date(), 2026, 11, 2);
    set.mutable_totals()->set_revenue_vnd(10'000);
    set.mutable_totals()->set_expenditure_vnd(10'000);
    set.set_contingency_vnd(amount_vnd);
    set.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::SetContingency, set);
    ASSERT_TRUE(response.ok()) << response.status();
  }
  absl::Status GiveBack(const std::string& unit, const std::string& id, int64_t amount_vnd) {
    v1::PostJournalRequest request =
        JournalOf(id, {PostOf(AccountOf(unit, "approved"), province_, amount_vnd)});
    SetDate(request.mutable_effective_date(), 2026, 11, unit == kHaiChau ? 2 : 3);
    return Post(request).status();
  }

  const std::string province_ = Open("48", {Key(kDaNang, v1::STAGE_APPROVED)})[0];
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(ContingencySuccessionTest);

TEST_P(ContingencySuccessionTest, AMergedUnitGivesNothingBackFromUnderWhatCame) {
  Approve(kHaiChau, 10'000);
  Approve(kAnHai, 2'000);
  SetContingency(500);
  EXPECT_EQ(ReasonOf(GiveBack(kHaiChau, "before", 1)), "CONTINGENCY_OUT_OF_RANGE");
  // What is assigned within the unit stays its expenditure, wherever it is when the unit ends.
  ASSERT_TRUE(Post("assign", {PostOf(AccountOf(kHaiChau, "approved"),
                                     AccountOf(kHaiChau, "allocated"), 4'000)})
                  .ok());
  End({kHaiChau, kAnHai}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);
  EXPECT_TRUE(GiveBack(kMerged, "within", 2'000).ok());
  const absl::Status beyond = GiveBack(kMerged, "beyond", 1);
  EXPECT_EQ(ReasonOf(beyond), "CONTINGENCY_OUT_OF_RANGE") << beyond;
  EXPECT_EQ(MetadataOf(beyond, "asked_vnd"), "500");
  EXPECT_EQ(MetadataOf(beyond, "base_vnd"), "9999");
}

TEST_P(ContingencySuccessionTest, WhatCameIsCoveredByTheRevenueOnce) {
  // 40 of its own and 60 from its province; 70 are handed out, so 30 come as approved money.
  Approve(kHaiChau, 40);
  Approve(kDaNang, 60);
  ASSERT_TRUE(
      Post("given", {PostOf(AccountOf(kDaNang, "approved"), AccountOf(kHaiChau, "approved"), 60),
                     PostOf(AccountOf(kHaiChau, "approved"), AccountOf(kHaiChau, "allocated"), 70)})
          .ok());
  End({kHaiChau}, {{kMerged, std::nullopt}});
  Tomorrow();
  AwaitReport(0, 0);
  const std::vector<std::string> names =
      Open("48", {Key(kMerged, v1::STAGE_SOURCE), Key(kMerged, v1::STAGE_ESTIMATE)});
  const auto approve = [&](const std::string& id, int64_t revenue_vnd) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(names[0], names[1], 70), PostOf(names[1], AccountOf(kMerged, "approved"), 70)});
    SetDate(request.mutable_effective_date(), 2026, 11, 3);
    request.set_revenue_vnd(revenue_vnd);
    request.set_supplements_vnd(30);
    return Post(request).status();
  };
  EXPECT_EQ(ReasonOf(approve("beyond", 99)), "COMMUNE_DEFICIT");
  const absl::Status within = approve("within", 100);
  EXPECT_TRUE(within.ok()) << within;
}

TEST_P(ContingencySuccessionTest, ADividedOneLeavesEachItsPartOfContingencyAndEstimate) {
  Approve(kHaiChau, 10'000);
  SetContingency(400);
  End({kHaiChau}, {{kMerged, 250'000}, {kOther, 750'000}});
  Tomorrow();
  AwaitReport(0, 0);
  // 100 of 2,500, and 300 of 7,500.
  for (const auto& [unit, spare_vnd, base] :
       {std::tuple(kMerged, 500, "1999"), std::tuple(kOther, 1'500, "5999")}) {
    EXPECT_TRUE(GiveBack(unit, absl::StrCat("within-", base), spare_vnd).ok());
    const absl::Status beyond = GiveBack(unit, absl::StrCat("beyond-", base), 1);
    EXPECT_EQ(ReasonOf(beyond), "CONTINGENCY_OUT_OF_RANGE") << beyond;
    EXPECT_EQ(MetadataOf(beyond, "base_vnd"), base);
  }
}

}  // namespace
}  // namespace twotier::budget::testing
