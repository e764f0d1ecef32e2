// Every reason budget's code answers with stands in its contract, and the other way round.

#include "tests/support/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "twotier/budget/v1/errors.pb.h"

namespace twotier::budget {
namespace {

TEST(ReasonsTest, CodeAndContractAgree) {
  EXPECT_THAT(
      testing_support::ReasonsOutOfStep("budget", *v1::BudgetReason_descriptor(), "BUDGET_REASON_",
                                        {"common/ledger", "common/calendar"}),
      ::testing::IsEmpty());
}

}  // namespace
}  // namespace twotier::budget
