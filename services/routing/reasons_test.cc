// Every reason routing's code answers with stands in its contract, and the other way round.

#include "tests/support/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "twotier/routing/v1/errors.pb.h"

namespace twotier::routing {
namespace {

TEST(ReasonsTest, CodeAndContractAgree) {
  EXPECT_THAT(testing_support::ReasonsOutOfStep("routing", *v1::RoutingReason_descriptor(),
                                                "ROUTING_REASON_", {"common/calendar"}),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace twotier::routing
