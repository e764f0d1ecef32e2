#include "services/budget/domain/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/errors.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;

constexpr char kCommune[] = "units/commune";
constexpr char kOther[] = "units/other";
const Line kWide{"805", "341"};
const Line kNarrow{"805", "341", "6001", "12"};
const Line kElsewhere{"805", "072"};

AccountKey At(Stage stage, const char* unit = kCommune, int year = 2027, const Line& line = kWide,
              const char* purpose = "") {
  return {"48", unit, year, stage, line, purpose};
}

std::string Why(const AccountKey& debit, const AccountKey& credit) {
  const auto reason = error::ReasonOf(CheckStep(debit, credit));
  return reason ? reason->reason : "";
}

TEST(ChainTest, LeadsFromTheEstimateToTheFinalAccounts) {
  const Stage way[] = {Stage::kSource,   Stage::kEstimate,  Stage::kApproved, Stage::kAllocated,
                       Stage::kAdjusted, Stage::kAllocated, Stage::kPaid,     Stage::kSettled};
  for (size_t i = 1; i < std::size(way); ++i) EXPECT_EQ(Why(At(way[i - 1]), At(way[i])), "");
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kCarriedOver)), "");
  EXPECT_EQ(Why(At(Stage::kCarriedOver), At(Stage::kAllocated, kCommune, 2028)), "");
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kCancelled)), "");
}

TEST(ChainTest, NothingIsPaidThatWasNotAllocated) {
  for (const Stage from : {Stage::kSource, Stage::kEstimate, Stage::kApproved, Stage::kAdjusted,
                           Stage::kSettled, Stage::kCarriedOver, Stage::kCancelled}) {
    EXPECT_EQ(Why(At(from), At(Stage::kPaid)), "STEP_NOT_ALLOWED") << NameOf(from);
  }
  EXPECT_THAT(StagesAfter(Stage::kEstimate, Mover::kTransfer), ElementsAre(Stage::kApproved));
  EXPECT_THAT(StagesAfter(Stage::kSettled, Mover::kTransfer), ElementsAre());
}

TEST(ChainTest, AYearsMoneyStaysInItButForWhatIsCarriedOver) {
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kPaid, kCommune, 2028)), "WRONG_YEAR");
  EXPECT_EQ(Why(At(Stage::kCarriedOver), At(Stage::kAllocated)), "WRONG_YEAR");
}

TEST(ChainTest, OnlyWhoGivesMayNameAnotherUnit) {
  EXPECT_EQ(Why(At(Stage::kApproved), At(Stage::kAllocated, kOther)), "");
  EXPECT_EQ(Why(At(Stage::kApproved), At(Stage::kApproved, kOther)), "");
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kAdjusted, kOther)), "");
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kPaid, kOther)), "WRONG_UNIT");
  EXPECT_EQ(Why(At(Stage::kEstimate), At(Stage::kApproved, kOther)), "WRONG_UNIT");
}

// Why a mover may not take the step, between budgets of these levels.
std::string WhyNot(Mover mover, const Holder& debit, const Holder& credit) {
  const auto reason = error::ReasonOf(CheckMover(mover, debit, credit));
  return reason ? reason->reason : "";
}

TEST(ChainTest, OnlyADecisionOfItsOwnBringsAllocatedMoneyToAnotherUnit) {
  const AccountKey allocated = At(Stage::kAllocated), adjusted = At(Stage::kAdjusted);
  const AccountKey others = At(Stage::kAllocated, kOther),
                   others_adjusted = At(Stage::kAdjusted, kOther);
  const auto commune = [](const AccountKey& key) { return Holder{key, Level::kCommune}; };
  const auto why = [&](const AccountKey& debit, const AccountKey& credit) {
    return WhyNot(Mover::kTransfer, commune(debit), commune(credit));
  };
  EXPECT_EQ(why(allocated, adjusted), "");
  EXPECT_EQ(why(adjusted, allocated), "");
  EXPECT_EQ(why(allocated, others_adjusted), "WRONG_UNIT");
  EXPECT_EQ(why(adjusted, others), "WRONG_UNIT");
  // A unit of the same name in another ledger is another one.
  AccountKey elsewhere = allocated;
  elsewhere.province_code = "01";
  EXPECT_EQ(why(adjusted, elsewhere), "WRONG_UNIT");
}

TEST(ChainTest, ApprovedMoneyGoesDownAndBackAndNeverAside) {
  const AccountKey mine = At(Stage::kApproved), others = At(Stage::kApproved, kOther);
  const AccountKey spent = At(Stage::kAllocated, kOther);
  const auto why = [&](const AccountKey& from, Level from_level, const AccountKey& to,
                       Level level) {
    return WhyNot(Mover::kTransfer, {from, from_level}, {to, level});
  };
  EXPECT_EQ(why(mine, Level::kProvince, others, Level::kCommune), "");
  EXPECT_EQ(why(mine, Level::kProvince, spent, Level::kCommune), "");
  EXPECT_EQ(why(mine, Level::kCommune, others, Level::kProvince), "");
  EXPECT_EQ(why(mine, Level::kCommune, spent, Level::kProvince), "WRONG_UNIT");
  for (const Level level : {Level::kCommune, Level::kProvince}) {
    EXPECT_EQ(why(mine, level, others, level), "WRONG_UNIT");
    EXPECT_EQ(why(mine, level, spent, level), "WRONG_UNIT");
  }
  AccountKey elsewhere = others;
  elsewhere.province_code = "01";
  EXPECT_EQ(why(mine, Level::kProvince, elsewhere, Level::kCommune), "WRONG_UNIT");
  const AccountKey central{"00", "", 2027, Stage::kApproved, kWide, ""};
  EXPECT_EQ(why(central, Level::kNation, mine, Level::kProvince), "");
  EXPECT_EQ(why(central, Level::kNation, mine, Level::kCommune), "WRONG_UNIT");
}

TEST(ChainTest, WhatWasAllocatedGoesBackToTheBudgetAbove) {
  const AccountKey allocated = At(Stage::kAllocated), approved = At(Stage::kApproved, kOther);
  const auto why = [&](Level from, const AccountKey& to, Level level) {
    return WhyNot(Mover::kTransfer, {allocated, from}, {to, level});
  };
  EXPECT_EQ(why(Level::kCommune, At(Stage::kApproved), Level::kCommune), "");
  EXPECT_EQ(why(Level::kCommune, approved, Level::kProvince), "");
  EXPECT_EQ(why(Level::kCommune, approved, Level::kCommune), "WRONG_UNIT");
  AccountKey other_province = approved;
  other_province.province_code = "01";
  EXPECT_EQ(why(Level::kCommune, other_province, Level::kProvince), "WRONG_UNIT");
  EXPECT_EQ(why(Level::kProvince, other_province, Level::kProvince), "WRONG_UNIT");
  const AccountKey central{"00", "", 2027, Stage::kApproved, kWide, ""};
  EXPECT_EQ(why(Level::kProvince, central, Level::kNation), "");
  EXPECT_EQ(why(Level::kCommune, central, Level::kNation), "WRONG_UNIT");
}

TEST(ChainTest, OnlyWhoClosesTheYearCarriesOver) {
  const AccountKey allocated = At(Stage::kAllocated), carried = At(Stage::kCarriedOver);
  const AccountKey next = At(Stage::kAllocated, kCommune, 2028);
  for (const Mover mover : {Mover::kTransfer, Mover::kRun}) {
    EXPECT_EQ(WhyNot(mover, {allocated}, {carried}), "STEP_NOT_ALLOWED");
    EXPECT_EQ(WhyNot(mover, {carried}, {next}), "STEP_NOT_ALLOWED");
  }
  EXPECT_EQ(WhyNot(Mover::kTransfer, {carried}, {At(Stage::kCancelled)}), "");
  EXPECT_THAT(StagesAfter(Stage::kAllocated, Mover::kTransfer),
              ElementsAre(Stage::kApproved, Stage::kAdjusted, Stage::kPaid, Stage::kCancelled));
}

TEST(ChainTest, ARunDividesApprovedMoneyOfWhoseItIs) {
  const auto why = [](const AccountKey& debit, Level level, const AccountKey& credit) {
    return WhyNot(Mover::kRun, {debit, level}, {credit, Level::kCommune});
  };
  const AccountKey approved = At(Stage::kApproved, kOther);
  EXPECT_EQ(why(approved, Level::kProvince, At(Stage::kApproved)), "");
  EXPECT_EQ(why(approved, Level::kProvince, At(Stage::kAllocated)), "");
  EXPECT_EQ(why(approved, Level::kProvince, At(Stage::kCancelled)), "STEP_NOT_ALLOWED");
  EXPECT_EQ(why(At(Stage::kApproved), Level::kCommune, At(Stage::kAllocated)), "WRONG_UNIT");
  const std::pair<Stage, Stage> not_a_runs[] = {{Stage::kSource, Stage::kEstimate},
                                                {Stage::kEstimate, Stage::kApproved},
                                                {Stage::kAllocated, Stage::kApproved},
                                                {Stage::kAllocated, Stage::kAdjusted},
                                                {Stage::kAllocated, Stage::kPaid}};
  for (const auto& [from, to] : not_a_runs) {
    EXPECT_EQ(why(At(from), Level::kProvince, At(to)), "STEP_NOT_ALLOWED") << NameOf(from);
  }
}

TEST(ChainTest, APaymentIsOfItsLineOrAPartOfIt) {
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kPaid, kCommune, 2027, kNarrow)), "");
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kPaid, kCommune, 2027, kElsewhere)), "WRONG_LINE");
  EXPECT_EQ(Why(At(Stage::kAllocated, kCommune, 2027, kNarrow), At(Stage::kPaid)), "WRONG_LINE");
  EXPECT_EQ(Why(At(Stage::kPaid, kCommune, 2027, kNarrow), At(Stage::kAllocated)), "");
  EXPECT_EQ(Why(At(Stage::kPaid), At(Stage::kAllocated, kCommune, 2027, kNarrow)), "WRONG_LINE");
  EXPECT_EQ(Why(At(Stage::kPaid), At(Stage::kSettled, kCommune, 2027, kNarrow)), "WRONG_LINE");
  EXPECT_EQ(Why(At(Stage::kAllocated), At(Stage::kAdjusted, kCommune, 2027, kElsewhere)), "");
}

TEST(ChainTest, TargetedMoneyKeepsItsPurposeOnEveryWay) {
  const AccountKey targeted = At(Stage::kAllocated, kCommune, 2027, kWide, "flood");
  EXPECT_EQ(Why(targeted, At(Stage::kPaid, kCommune, 2027, kWide, "flood")), "");
  EXPECT_EQ(Why(targeted, At(Stage::kPaid)), "WRONG_PURPOSE");
  EXPECT_EQ(Why(targeted, At(Stage::kAdjusted, kCommune, 2027, kWide, "school")), "WRONG_PURPOSE");
  EXPECT_EQ(Why(At(Stage::kApproved), At(Stage::kAllocated, kCommune, 2027, kWide, "flood")), "");
}

TEST(ChainTest, SomePurposesMoveByRulesOfTheirOwn) {
  for (const char* purpose : {"contingency", "credit-advance"}) {
    const auto reason =
        error::ReasonOf(CheckReserved(At(Stage::kAllocated, kCommune, 2027, kWide, purpose)));
    ASSERT_TRUE(reason.has_value()) << purpose;
    EXPECT_EQ(reason->reason, "PURPOSE_RESERVED");
  }
  EXPECT_TRUE(CheckReserved(At(Stage::kAllocated, kCommune, 2027, kWide, "credits")).ok());
}

}  // namespace
}  // namespace twotier::budget
