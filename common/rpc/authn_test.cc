#include "common/rpc/authn.h"

#include <gtest/gtest.h>

namespace twotier::rpc {
namespace {

TEST(DevelopmentAuthenticatorTest, NeedsALoopbackAddress) {
  for (const char* address : {"127.0.0.1:7401", "127.8.9.1:0", "[::1]:7401", "localhost:7401",
                              "unix:/run/twotier.sock"}) {
    EXPECT_TRUE(CreateDevelopmentAuthenticator(address).ok()) << address;
  }
  for (const char* address :
       {"0.0.0.0:7401", "[::]:7401", "10.0.0.1:7401", "127.0.0.1.example.org:7401", "127.0.0.1",
        "127.0.0.256:1", "127.0.1:1", "", ":7401", "example.org:7401", "localhost.example.org:1"}) {
    EXPECT_EQ(CreateDevelopmentAuthenticator(address).status().code(),
              absl::StatusCode::kFailedPrecondition)
        << address;
  }
}

}  // namespace
}  // namespace twotier::rpc
