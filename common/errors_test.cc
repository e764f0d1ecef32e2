#include "common/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace twotier::error {
namespace {

TEST(ErrorsTest, AReasonKeepsItsMetadataInOrder) {
  const absl::Status status = WithReason(absl::StatusCode::kFailedPrecondition, "spent",
                                         "QUOTA_EXCEEDED", {{"available", "3"}, {"asked", "5"}});
  const auto reason = ReasonOf(status);
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "QUOTA_EXCEEDED");
  EXPECT_EQ(reason->metadata, (Metadata{{"available", "3"}, {"asked", "5"}}));
}

TEST(ErrorsTest, AStatusWithoutPayloadSaysNothing) {
  const absl::Status status = absl::NotFoundError("no");
  EXPECT_FALSE(ReasonOf(status).has_value());
  EXPECT_FALSE(RetryAfterOf(status).has_value());
  EXPECT_FALSE(LocalizedMessageOf(status).has_value());
  EXPECT_TRUE(FieldViolationsOf(status).empty());
  EXPECT_TRUE(PreconditionsOf(status).empty());
}

TEST(ErrorsTest, AnyTextSurvivesTheStatus) {
  EXPECT_TRUE(rc::check("texts with colons, digits and zero bytes come back", [] {
    Metadata metadata;
    for (const auto& [key, value] :
         *rc::gen::arbitrary<std::vector<std::pair<std::string, std::string>>>()) {
      metadata.emplace_back(key, value);
    }
    const auto reason =
        ReasonOf(WithReason(absl::StatusCode::kInternal, "m", "SOME_REASON", metadata));
    RC_ASSERT(reason.has_value());
    RC_ASSERT(reason->metadata == metadata);
  }));
}

TEST(ErrorsTest, EveryViolationIsReportedUpToTheLimit) {
  Violations violations;
  EXPECT_TRUE(violations.ToStatus().ok());
  violations.Add("a.b", "is missing");
  violations.Add("c[2]", "is too long");
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a.b: is missing (and 1 more)");
  EXPECT_EQ(ReasonOf(status)->reason, "MALFORMED_REQUEST");
  ASSERT_EQ(FieldViolationsOf(status).size(), 2u);
  EXPECT_EQ(FieldViolationsOf(status)[1].field, "c[2]");
  for (size_t i = 0; i < 2 * Violations::kViolationsMax; ++i) violations.Add("f", "x");
  EXPECT_EQ(FieldViolationsOf(violations.ToStatus()).size(), Violations::kViolationsMax);
}

TEST(ErrorsTest, RetryLocalizedMessageAndPreconditionsTravelTogether) {
  absl::Status status = WithReason(absl::StatusCode::kUnavailable, "away", "DATABASE_AWAY");
  status = WithRetryAfter(std::move(status), absl::Milliseconds(250));
  status = WithLocalizedMessage(std::move(status), "Cơ sở dữ liệu tạm thời không phục vụ");
  status = WithPreconditions(std::move(status), {{"COUNT", "wards", "687 expected, 686 found"}});
  EXPECT_EQ(RetryAfterOf(status), absl::Milliseconds(250));
  EXPECT_EQ(LocalizedMessageOf(status), "Cơ sở dữ liệu tạm thời không phục vụ");
  ASSERT_EQ(PreconditionsOf(status).size(), 1u);
  EXPECT_EQ(PreconditionsOf(status)[0].description, "687 expected, 686 found");
  EXPECT_EQ(ReasonOf(status)->reason, "DATABASE_AWAY");
}

TEST(ErrorsTest, ARefusalMaySayThatWhatItWroteStays) {
  const absl::Status refusal =
      WithReason(absl::StatusCode::kFailedPrecondition, "spent", "LIMIT_EXCEEDED");
  EXPECT_FALSE(KeepsWrites(refusal));
  EXPECT_TRUE(KeepsWrites(WithWritesKept(refusal)));
  EXPECT_EQ(ReasonOf(WithWritesKept(refusal))->reason, "LIMIT_EXCEEDED");
  EXPECT_FALSE(KeepsWrites(absl::OkStatus()));
}

}  // namespace
}  // namespace twotier::error
