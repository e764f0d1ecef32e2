#include "common/rpc/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"

namespace twotier::rpc {
namespace {

absl::Status Full() {
  absl::Status status = error::WithReason(absl::StatusCode::kFailedPrecondition, "refused",
                                          "NOT_NOW", {{"state", "closed"}, {"allowed", "none"}});
  status = error::WithRetryAfter(status, absl::Milliseconds(1500));
  status = error::WithLocalizedMessage(status, "Trung tâm đã ngừng tiếp nhận");
  status = error::WithPreconditions(status, {{"STATE", "center", "is closed"}});
  return error::WithViolations(status, {{"a.b[1]", "is wrong"}, {"c", "is worse"}});
}

TEST(StatusTest, PutsEveryPayloadIntoItsDetail) {
  const google::rpc::Status wire = ToRpcStatus(Full());
  EXPECT_EQ(wire.code(), 9);
  ASSERT_EQ(wire.details_size(), 5);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(wire.details(0).UnpackTo(&info));
  EXPECT_EQ(wire.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(info.reason(), "NOT_NOW");
  EXPECT_EQ(info.domain(), "twotier.gov.vn");
  EXPECT_EQ(info.metadata().at("state"), "closed");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(wire.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "a.b[1]");
  google::rpc::PreconditionFailure failure;
  ASSERT_TRUE(wire.details(2).UnpackTo(&failure));
  EXPECT_EQ(failure.violations(0).subject(), "center");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(wire.details(3).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
  google::rpc::LocalizedMessage message;
  ASSERT_TRUE(wire.details(4).UnpackTo(&message));
  EXPECT_EQ(message.locale(), "vi");
}

TEST(StatusTest, ComesBackWithEverything) {
  const absl::Status back = FromGrpcStatus(ToGrpcStatus(Full()));
  EXPECT_EQ(back.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(back.message(), "refused");
  EXPECT_EQ(error::ReasonOf(back)->reason, "NOT_NOW");
  EXPECT_EQ(error::ReasonOf(back)->metadata.size(), 2u);
  EXPECT_EQ(error::RetryAfterOf(back), absl::Milliseconds(1500));
  EXPECT_EQ(error::LocalizedMessageOf(back), "Trung tâm đã ngừng tiếp nhận");
  EXPECT_EQ(error::PreconditionsOf(back).size(), 1u);
  EXPECT_EQ(error::FieldViolationsOf(back).size(), 2u);
}

TEST(StatusTest, EveryCodeKeepsItsNumberAndHasALabel) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "x");
    EXPECT_EQ(ToGrpcStatus(status).error_code(), code);
    EXPECT_EQ(static_cast<int>(FromGrpcStatus(ToGrpcStatus(status)).code()), code);
  }
  EXPECT_EQ(CodeLabel(absl::StatusCode::kOk), "OK");
  EXPECT_EQ(CodeLabel(absl::StatusCode::kInvalidArgument), "InvalidArgument");
  EXPECT_EQ(CodeLabel(absl::StatusCode::kUnauthenticated), "Unauthenticated");
  EXPECT_EQ(CodeLabel(static_cast<absl::StatusCode>(99)), "Unknown");
}

TEST(StatusTest, OkHasNoDetailsAndAStrangeCodeIsUnknown) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  google::rpc::Status wire;
  EXPECT_TRUE(FromRpcStatus(wire).ok());
  wire.set_code(4711);
  EXPECT_EQ(FromRpcStatus(wire).code(), absl::StatusCode::kUnknown);
}

// Peers refuse trailers of more than 8 KiB; base64 makes them a third longer.
TEST(StatusTest, StaysBelowTheTrailerLimit) {
  std::vector<error::FieldViolation> violations;
  for (int i = 0; i < 100; ++i) violations.push_back({"field", std::string(200, 'x')});
  const absl::Status status = error::WithViolations(
      absl::InvalidArgumentError(absl::StrCat(std::string(5000, 'y'), "ẵ")), violations);
  const grpc::Status wire = ToGrpcStatus(status);
  EXPECT_EQ(wire.error_message().size(), kMessageBytesMax);
  EXPECT_LT(wire.error_details().size(), 8192u);
  EXPECT_GT(error::FieldViolationsOf(FromGrpcStatus(wire)).size(), 10u);
}

}  // namespace
}  // namespace twotier::rpc
