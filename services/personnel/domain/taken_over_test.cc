#include "services/personnel/domain/taken_over.h"

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace twotier::personnel {
namespace {

const absl::CivilDay kFirst(2026, 1, 1);

Quota QuotaIn(const char* province, int64_t granted, int64_t allowance, int64_t distributed) {
  Quota quota;
  quota.counted_in = province;
  quota.granted = granted;
  quota.allowance = allowance;
  quota.distributed = distributed;
  if (allowance > 0) quota.steps = {{kFirst, allowance}};
  return quota;
}

int64_t ToGive(const Quota& quota) { return quota.granted + quota.allowance - quota.distributed; }

TEST(TakenOverTest, AGrantGoesAlongAndWhatWasPlannedLapses) {
  Quota left = QuotaIn("48", 100, 0, 13);
  Quota reached = QuotaIn("01", 0, 0, 0);
  Quota commune = QuotaIn("48", 3, 0, 0);
  commune.planned = {{kFirst, 2027, 5, "15/QĐ-UBND"}};
  EXPECT_EQ(TakeOver(left, reached, commune), (TakenOver{3, 0}));
  EXPECT_EQ(left.granted, 97);
  EXPECT_EQ(left.distributed, 10);
  EXPECT_EQ(reached.granted, 3);
  EXPECT_EQ(reached.distributed, 3);
  EXPECT_EQ(commune.granted, 3);
  EXPECT_EQ(commune.counted_in, "01");
  EXPECT_TRUE(commune.planned.empty());
}

TEST(TakenOverTest, WhatStandsOnAnAllowanceTakesItsStepsAlong) {
  Quota left = QuotaIn("48", 2, 5, 7);
  Quota reached = QuotaIn("01", 10, 0, 4);
  Quota commune = QuotaIn("48", 3, 0, 0);
  EXPECT_EQ(TakeOver(left, reached, commune), (TakenOver{2, 1}));
  EXPECT_EQ(left.granted, 0);
  EXPECT_EQ(AllowanceOn(left.steps, kFirst), 4);
  EXPECT_EQ(AllowanceOn(reached.steps, kFirst), 1);
}

RC_GTEST_PROP(TakenOverTest, NothingIsLostAndNobodyHasLessToGive, ()) {
  const auto granted = *rc::gen::inRange(0, 50);
  const auto allowance = *rc::gen::inRange(0, 50);
  const auto distributed = *rc::gen::inRange(0, granted + allowance + 1);
  Quota left = QuotaIn("48", granted, allowance, distributed);
  Quota reached = QuotaIn("01", *rc::gen::inRange(0, 50), *rc::gen::inRange(0, 50), 0);
  Quota commune = QuotaIn("48", *rc::gen::inRange(0, distributed + 1), 0, 0);
  const Quota left_before = left;
  const Quota reached_before = reached;
  TakeOver(left, reached, commune);
  RC_ASSERT(ToGive(left) == ToGive(left_before));
  RC_ASSERT(ToGive(reached) == ToGive(reached_before));
  RC_ASSERT(left.granted >= 0 && left.allowance >= 0 && left.distributed >= 0);
  RC_ASSERT(left.granted + reached.granted == left_before.granted + reached_before.granted);
  RC_ASSERT(AllowanceOn(left.steps, kFirst) + AllowanceOn(reached.steps, kFirst) ==
            AllowanceOn(left_before.steps, kFirst) + AllowanceOn(reached_before.steps, kFirst));
}

}  // namespace
}  // namespace twotier::personnel
