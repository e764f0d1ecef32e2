#include "services/budget/domain/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

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
  EXPECT_THAT(StagesAfter(Stage::kEstimate), ElementsAre(Stage::kApproved));
  EXPECT_THAT(StagesAfter(Stage::kSettled), ElementsAre());
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
