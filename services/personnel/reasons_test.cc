// Every reason personnel's code answers with stands in its contract, and the other way round.

#include "tests/support/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "twotier/personnel/v1/errors.pb.h"

namespace twotier::personnel {
namespace {

TEST(ReasonsTest, CodeAndContractAgree) {
  EXPECT_THAT(testing_support::ReasonsOutOfStep("personnel", *v1::PersonnelReason_descriptor(),
                                                "PERSONNEL_REASON_"),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace twotier::personnel
