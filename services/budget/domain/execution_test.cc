#include "services/budget/domain/execution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "common/errors.h"

namespace twotier::budget {
namespace {

AccountKey At(Stage stage, const char* item, const char* unit = "units/a") {
  return {"48", unit, 2027, stage, {.item = item}};
}

ledger::Totals Holding(int64_t balance, int64_t held = 0) {
  return {.debits_posted = 5, .debits_pending = held, .credits_posted = balance + 5};
}

Execution Sample(const Grouping& grouping) {
  Execution execution(grouping);
  execution.Add(At(Stage::kApproved, "341"), Holding(7), 0);
  execution.Add(At(Stage::kAllocated, "341"), Holding(60, 10), 0);
  execution.Add(At(Stage::kPaid, "341"), Holding(30), 0);
  execution.Add(At(Stage::kSettled, "341"), Holding(10), 0);
  execution.Add(At(Stage::kAllocated, "072"), Holding(100), 0);
  execution.Add(At(Stage::kAllocated, "072", "units/b"), Holding(1), 0);
  execution.Add(At(Stage::kSource, "072"), Holding(-1'000), 0);
  return execution;
}

TEST(ExecutionTest, AddsUpByWhatRowsAreToldApartBy) {
  const Execution by_item = Sample({.item = true});
  ASSERT_EQ(by_item.rows().size(), 2u);
  const Sums& spent = by_item.rows().at({.line = {.item = "341"}});
  EXPECT_EQ(spent.approved, 7);
  EXPECT_EQ(spent.allocated(), 100);
  EXPECT_EQ(spent.held, 10);
  EXPECT_EQ(spent.paid, 40);
  EXPECT_EQ(spent.settled, 10);
  EXPECT_EQ(PaidPpm(spent), 400'000);
  EXPECT_EQ(by_item.rows().at({.line = {.item = "072"}}).allocated(), 101);
  EXPECT_EQ(Sample({.unit = true, .item = true}).rows().size(), 3u);
  EXPECT_EQ(Sample({}).rows().at({}).allocated(), 201);
}

TEST(ExecutionTest, WhatTheYearEndsWasAllocated) {
  Execution execution({.item = true});
  execution.Add(At(Stage::kPaid, "341"), Holding(60), 0);
  execution.Add(At(Stage::kCancelled, "341"), Holding(1'000), 0);  // Some was never allocated.
  execution.AddEnded(At(Stage::kCancelled, "341"), 30, 0);
  execution.AddEnded(At(Stage::kCarriedOver, "341"), 10, 0);
  const Sums& sums = execution.rows().at({.line = {.item = "341"}});
  EXPECT_EQ(sums.allocated(), 100);
  EXPECT_EQ(sums.lapsed, 30);
  EXPECT_EQ(sums.carried, 10);
  EXPECT_EQ(PaidPpm(sums), 600'000);
}

TEST(ExecutionTest, AMonthHasWhatWasPaidInIt) {
  Execution execution({.month = true});
  for (int month = 1; month <= 3; ++month) {
    execution.Add(At(Stage::kPaid, "341"), Holding(int64_t{10} * month * month), month);
  }
  EXPECT_EQ(execution.PaidIn({.month = 1}), 10);
  EXPECT_EQ(execution.PaidIn({.month = 3}), 50);
  EXPECT_EQ(execution.PaidIn({.month = 5}), 0);
}

TEST(ExecutionTest, NothingAllocatedHasNoShare) {
  EXPECT_FALSE(PaidPpm(Sums()).has_value());
  EXPECT_EQ(PaidPpm({.left = 2, .paid = 1}), 333'333);
}

TEST(ExecutionTest, ASumBeyond64BitsIsRefused) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(*Amount(kMost), kMost);
  EXPECT_EQ(error::ReasonOf(Amount(absl::int128(kMost) + 1).status())->reason, "AMOUNT_OVERFLOW");
}

}  // namespace
}  // namespace twotier::budget
