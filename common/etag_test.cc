#include "common/etag.h"

#include <gtest/gtest.h>

#include "common/errors.h"

namespace twotier {
namespace {

TEST(EtagTest, IsTheQuotedVersion) {
  EXPECT_EQ(EtagOf(7), "\"7\"");
  EXPECT_TRUE(CheckEtag("\"7\"", 7).ok());
}

TEST(EtagTest, AnyOtherIsStaleAndTellsTheCurrentOne) {
  for (const char* given : {"\"6\"", "7", "", "\"07\"", "W/\"7\""}) {
    const absl::Status status = CheckEtag(given, 7);
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << given;
    const auto reason = error::ReasonOf(status);
    ASSERT_TRUE(reason.has_value());
    EXPECT_EQ(reason->reason, "STALE_ETAG");
    EXPECT_EQ(reason->metadata, (error::Metadata{{"current_etag", "\"7\""}}));
  }
}

}  // namespace
}  // namespace twotier
