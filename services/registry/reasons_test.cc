// Every reason the register's code answers with stands in its contract, and the other way round.

#include "tests/support/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "twotier/registry/v1/errors.pb.h"

namespace twotier::registry {
namespace {

TEST(ReasonsTest, CodeAndContractAgree) {
  EXPECT_THAT(testing_support::ReasonsOutOfStep("registry", *v1::RegistryReason_descriptor(),
                                                "REGISTRY_REASON_"),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace twotier::registry
