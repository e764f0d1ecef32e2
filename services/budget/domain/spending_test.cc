#include "services/budget/domain/spending.h"

#include <gtest/gtest.h>

#include <string>

#include "common/errors.h"

namespace twotier::budget {
namespace {

AccountKey At(Stage stage, const Line& line = {}, int year = 2027) {
  return {"48", "units/u20194", year, stage, line, ""};
}

ClassificationCode Code(Segment segment, const std::string& code, YearSpan years) {
  ClassificationCode listed;
  listed.segment = segment;
  listed.code = code;
  listed.years = years;
  return listed;
}

std::string CodesMissing(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  if (!reason || reason->reason != "CODE_NOT_LISTED") return "";
  for (const auto& [key, value] : reason->metadata) {
    if (key == "codes") return value;
  }
  return "";
}

TEST(SpendingTest, EveryCodeIsOneOfTheAccountsYear) {
  const YearSpan open{2026, YearSpan::kNoLast};
  // A code may be given to something else later: it stands once for each span of years.
  const Classification classification(
      {Code(Segment::kChapter, "805", open), Code(Segment::kTypeItem, "341", {2026, 2027}),
       Code(Segment::kSubItem, "6001", {2026, 2026}), Code(Segment::kSubItem, "6001", {2028, 2029}),
       Code(Segment::kSource, "12", open), Code(Segment::kType, "342", open)});
  const auto missing = [&](const Line& line, int year) {
    return CodesMissing(CheckCodes(classification, At(Stage::kPaid, line, year)));
  };
  EXPECT_TRUE(CheckCodes(classification, At(Stage::kPaid)).ok());
  EXPECT_TRUE(
      CheckCodes(classification, At(Stage::kPaid, {"805", "341", "6001", "12"}, 2026)).ok());
  EXPECT_TRUE(CheckCodes(classification, At(Stage::kPaid, {"805", "", "6001", ""}, 2029)).ok());
  EXPECT_EQ(missing({"805", "341", "6001", "12"}, 2027), "sub_item 6001");
  EXPECT_EQ(missing({"805", "341", "6001", "12"}, 2030), "item 341,sub_item 6001");
  // A code of another segment is none: 342 is a type here, not an item of one.
  EXPECT_EQ(missing({"341", "342", "0012", "13"}, 2027),
            "chapter 341,item 342,sub_item 0012,source 13");
}

TEST(SpendingTest, PaymentsEndBeforeCorrections) {
  const AccountKey allocated = At(Stage::kAllocated), paid = At(Stage::kPaid);
  EXPECT_EQ(YearActOf(allocated, paid, false), YearAct::kPayment);
  EXPECT_EQ(YearActOf(allocated, paid, true), YearAct::kCorrection);
  EXPECT_EQ(YearActOf(paid, allocated, false), YearAct::kCorrection);
  // Final accounts come after both.
  EXPECT_EQ(YearActOf(paid, At(Stage::kSettled), false), std::nullopt);
  EXPECT_EQ(YearActOf(At(Stage::kApproved), At(Stage::kCancelled), false), std::nullopt);
}

TEST(SpendingTest, WhatNoBodyIsNamedForIsNotDecidedAfterItsDay) {
  const Line line{"805", "341", "", ""}, other{"805", "", "", ""};
  EXPECT_EQ(YearActOf(At(Stage::kEstimate), At(Stage::kApproved), false), YearAct::kDecision);
  EXPECT_EQ(YearActOf(At(Stage::kApproved), At(Stage::kAllocated), false), YearAct::kDecision);
  EXPECT_EQ(YearActOf(At(Stage::kApproved), At(Stage::kAllocated), true), YearAct::kCorrection);
  EXPECT_EQ(YearActOf(At(Stage::kAllocated, line), At(Stage::kAdjusted, line), false),
            YearAct::kUnitAdjustment);
  EXPECT_EQ(YearActOf(At(Stage::kAdjusted, line), At(Stage::kAllocated, other), false),
            YearAct::kUnitAdjustment);
  // What was taken and not given goes back.
  EXPECT_EQ(YearActOf(At(Stage::kAdjusted, line), At(Stage::kAllocated, line), false),
            YearAct::kCorrection);
}

TEST(SpendingTest, WhatApprovesOrHandsOnRestsOnADecision) {
  EXPECT_EQ(DecidedBy(Stage::kEstimate, Stage::kApproved), std::vector{Matter::kEstimate});
  EXPECT_EQ(DecidedBy(Stage::kApproved, Stage::kAllocated),
            (std::vector{Matter::kAllocation, Matter::kAssignment}));
  EXPECT_EQ(
      DecidedBy(Stage::kApproved, Stage::kApproved),
      (std::vector{Matter::kAllocation, Matter::kAssignment, Matter::kSupplementaryEstimate}));
  // What is given back, paid, or lapses carries out what was decided.
  EXPECT_TRUE(DecidedBy(Stage::kSource, Stage::kEstimate).empty());
  EXPECT_TRUE(DecidedBy(Stage::kAllocated, Stage::kApproved).empty());
  EXPECT_TRUE(DecidedBy(Stage::kAllocated, Stage::kPaid).empty());
  EXPECT_TRUE(DecidedBy(Stage::kApproved, Stage::kCancelled).empty());
}

}  // namespace
}  // namespace twotier::budget
