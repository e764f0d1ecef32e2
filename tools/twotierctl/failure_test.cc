#include "tools/twotierctl/failure.h"

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"
#include "gtest/gtest.h"

namespace twotier::ctl {
namespace {

google::rpc::Status Malformed() {
  google::rpc::Status status;
  status.set_code(3);
  status.set_message("2 fields are malformed");
  google::rpc::ErrorInfo info;
  info.set_reason("MALFORMED_REQUEST");
  info.set_domain("twotier.gov.vn");
  (*info.mutable_metadata())["method"] = "SubmitDossier";
  status.add_details()->PackFrom(info);
  google::rpc::BadRequest request;
  auto* first = request.add_field_violations();
  first->set_field("center");
  first->set_description("is required");
  auto* second = request.add_field_violations();
  second->set_field("applicant.full_name");
  second->set_description("is required");
  status.add_details()->PackFrom(request);
  return status;
}

TEST(DescribeTest, ShowsReasonMetadataAndEveryFieldViolation) {
  EXPECT_EQ(Describe(FromService(Malformed())),
            "INVALID_ARGUMENT MALFORMED_REQUEST: 2 fields are malformed\n"
            "  method  SubmitDossier\n"
            "  center:               is required\n"
            "  applicant.full_name:  is required\n");
}

TEST(DescribeTest, ReadsTheDetailsThatGrpcCarries) {
  const grpc::Status wire(grpc::StatusCode::INVALID_ARGUMENT, "2 fields are malformed",
                          Malformed().SerializeAsString());
  EXPECT_EQ(Describe(FromService(wire)), Describe(FromService(Malformed())));
}

TEST(DescribeTest, ShowsPreconditionsRetryAndLocalizedMessage) {
  google::rpc::Status status;
  status.set_code(8);
  status.set_message("the queue is full");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(250000000);
  status.add_details()->PackFrom(retry);
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type("COUNT");
  violation->set_subject("wards");
  violation->set_description("687 published, 686 counted");
  status.add_details()->PackFrom(failure);
  google::rpc::LocalizedMessage message;
  message.set_locale("vi");
  message.set_message("Hệ thống đang bận");
  status.add_details()->PackFrom(message);
  EXPECT_EQ(Describe(FromService(status)),
            "RESOURCE_EXHAUSTED: the queue is full\n"
            "  try again after  250ms\n"
            "  COUNT wards:  687 published, 686 counted\n"
            "  message (vi)  Hệ thống đang bận\n");
}

TEST(DescribeTest, ShowsAMessageWithoutDetails) {
  EXPECT_EQ(Describe(absl::NotFoundError("no file x.csv")), "NOT_FOUND: no file x.csv\n");
}

TEST(FromServiceTest, SurvivesDetailsThatCannotBeRead) {
  const grpc::Status wire(grpc::StatusCode::INTERNAL, "broken", "\xff\xff\xff");
  EXPECT_EQ(Describe(FromService(wire)), "INTERNAL: broken\n");
}

TEST(ExitCodeTest, TellsWhoIsAtFault) {
  const auto of = [](int code) {
    google::rpc::Status status;
    status.set_code(code);
    return ExitCodeOf(FromService(status));
  };
  EXPECT_EQ(of(0), kDone);
  EXPECT_EQ(of(3), kRefused);        // INVALID_ARGUMENT
  EXPECT_EQ(of(9), kRefused);        // FAILED_PRECONDITION
  EXPECT_EQ(of(10), kRefused);       // ABORTED
  EXPECT_EQ(of(7), kNotPermitted);   // PERMISSION_DENIED
  EXPECT_EQ(of(16), kNotPermitted);  // UNAUTHENTICATED
  EXPECT_EQ(of(14), kTryLater);      // UNAVAILABLE
  EXPECT_EQ(of(15), kServerFault);   // DATA_LOSS
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("no such file")), kLocalFault);
}

}  // namespace
}  // namespace twotier::ctl
