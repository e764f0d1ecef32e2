// Every step of the chain refuses with its own code and details, and every refusal is counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/service/spine_fixture.h"

namespace twotier::spine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Code = absl::StatusCode;

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

class ChainTest : public ::testing::Test {
 protected:
  double Handled(const std::string& code) {
    return server_.Metric("grpc_server_handled_total",
                          {{"grpc_type", "unary"},
                           {"grpc_service", "twotier.testing.v1.SpineService"},
                           {"grpc_method", "Echo"},
                           {"grpc_code", code}});
  }

  SpineServer server_;
};

TEST_F(ChainTest, AnswersFromMemoryWithIdentityAndTrace) {
  grpc::ClientContext context;
  Identify(context);
  context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  v1::EchoResponse response;
  ASSERT_TRUE(server_.stub().Echo(&context, GoodEcho(), &response).ok());
  EXPECT_EQ(response.text(), "hello");
  EXPECT_EQ(response.principal(), "officer");
  EXPECT_EQ(response.trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(Handled("OK"), 1);
  const prometheus::Labels echo = {{"grpc_method", "Echo"}};
  EXPECT_EQ(server_.Metric("grpc_server_started_total", echo), 1);
  EXPECT_EQ(server_.Metric("grpc_server_msg_received_total", echo), 1);
  EXPECT_EQ(server_.Metric("grpc_server_msg_sent_total", echo), 1);
  EXPECT_EQ(server_.Metric("grpc_server_handling_seconds", echo), 1);
}

TEST_F(ChainTest, RefusesACallerWithoutIdentity) {
  const absl::Status status = Echo(server_, GoodEcho(), {.principal = ""});
  EXPECT_EQ(status.code(), Code::kUnauthenticated);
  EXPECT_EQ(Reason(status), "NO_IDENTITY");
  EXPECT_EQ(Handled("Unauthenticated"), 1);
  EXPECT_EQ(server_.Metric("grpc_server_msg_sent_total", {{"grpc_method", "Echo"}}), 0);
}

TEST_F(ChainTest, RefusesAnEmptyProvinceListInsteadOfReadingItAsNationwide) {
  EXPECT_EQ(Echo(server_, GoodEcho(), {.provinces = ","}).code(), Code::kUnauthenticated);
}

TEST_F(ChainTest, RefusesAMissingPermission) {
  const absl::Status status = Echo(server_, GoodEcho(), {.permissions = "spine.read,other"});
  EXPECT_EQ(status.code(), Code::kPermissionDenied);
  EXPECT_EQ(Reason(status), "PERMISSION_MISSING");
  EXPECT_EQ(error::ReasonOf(status)->metadata, (error::Metadata{{"permission", "spine.echo"}}));
  EXPECT_EQ(Handled("PermissionDenied"), 1);
  EXPECT_TRUE(Echo(server_, GoodEcho(), {.permissions = "spine.read,spine.echo"}).ok());
}

// Permission comes before validation: who may not call does not learn what a good request looks
// like.
TEST_F(ChainTest, PermissionIsCheckedBeforeTheRequest) {
  EXPECT_EQ(Echo(server_, v1::EchoRequest(), {.permissions = "none"}).code(),
            Code::kPermissionDenied);
}

TEST_F(ChainTest, WhatIsNationalMayBeReadFromAnyProvince) {
  EXPECT_TRUE(Echo(server_, GoodEcho(), {.provinces = "01"}).ok());
}

TEST_F(ChainTest, RefusesToActInAnotherProvince) {
  const absl::Status status = PutNote(server_, GoodPut(), {.provinces = "01,79"});
  EXPECT_EQ(status.code(), Code::kPermissionDenied);
  EXPECT_EQ(Reason(status), "OUT_OF_SCOPE");
  EXPECT_EQ(error::ReasonOf(status)->metadata, (error::Metadata{{"province_code", "48"}}));
  const absl::Status own = PutNote(server_, GoodPut(), {.provinces = "01,48"});
  EXPECT_EQ(Reason(own), "DATABASE_AWAY") << "came past the scope, to the absent database";
}

TEST_F(ChainTest, RefusesANameWithoutProvinceToWhoIsBoundToOne) {
  v1::PutNoteRequest request = GoodPut();
  request.mutable_note()->set_name("notes/n1");
  EXPECT_EQ(Reason(PutNote(server_, request, {.provinces = "48"})), "OUT_OF_SCOPE");
  EXPECT_EQ(PutNote(server_, request).code(), Code::kInvalidArgument);
}

TEST_F(ChainTest, RefusesANationalChangeToWhoIsBoundToAProvince) {
  v1::PutNationalRequest request;
  request.set_request_id(RequestId(1));
  grpc::ClientContext context;
  Identify(context, {.provinces = "48"});
  v1::PutNationalResponse response;
  EXPECT_EQ(Reason(rpc::FromGrpcStatus(server_.stub().PutNational(&context, request, &response))),
            "OUT_OF_SCOPE");
}

TEST_F(ChainTest, ReportsDeclaredAndSemanticViolationsTogether) {
  v1::EchoRequest request;
  request.set_text(std::string("a\0b", 3));
  request.set_code("12");
  request.set_name("centers/1");
  request.set_number(-1);
  request.add_items()->set_title("much too long");
  const absl::Status status = Echo(server_, request);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(status), "MALFORMED_REQUEST");
  EXPECT_THAT(Fields(status),
              UnorderedElementsAre("text", "name", "colour", "items[0].title", "number"));
  EXPECT_EQ(Handled("InvalidArgument"), 1);
}

TEST_F(ChainTest, RefusesAMessageAboveTheLimit) {
  v1::EchoRequest request = GoodEcho();
  request.set_content(std::string(9 << 20, 'x'));
  EXPECT_EQ(Echo(server_, request).code(), Code::kResourceExhausted);
  request.set_content(std::string(4 << 20, 'x'));
  EXPECT_TRUE(Echo(server_, request).ok());
}

TEST_F(ChainTest, AnswersThatThereIsNoDatabase) {
  const absl::Status status = GetNote(server_, "provinces/48/notes/n1");
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(Reason(status), "DATABASE_AWAY");
}

TEST_F(ChainTest, ExhaustedMemoryRefusesTheCallAndNotTheProcess) {
  server_.hooks().in_memory = [] { throw std::bad_alloc(); };
  const absl::Status status = Echo(server_, GoodEcho());
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_EQ(Reason(status), "OUT_OF_MEMORY");
  server_.hooks().in_memory = [] { throw std::length_error("too long"); };
  EXPECT_EQ(Reason(Echo(server_, GoodEcho())), "BROKEN_INVARIANT");
  server_.hooks().in_memory = nullptr;
  EXPECT_TRUE(Echo(server_, GoodEcho()).ok());
}

TEST_F(ChainTest, LogsOneLineForEachCallAndNothingOfItsContent) {
  v1::EchoRequest request = GoodEcho();
  request.set_text("Nguyễn Thị Bí Mật");
  ASSERT_TRUE(Echo(server_, request).ok());
  request.set_code("Bí Mật");
  ASSERT_FALSE(Echo(server_, request).ok());
  const std::string text = server_.LogText();
  EXPECT_THAT(text, Not(HasSubstr("Bí Mật")));
  std::vector<google::protobuf::Struct> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    google::protobuf::Struct parsed;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &parsed).ok()) << line;
    if (parsed.fields().at("event").string_value() == "rpc") lines.push_back(parsed);
  }
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].fields().at("method").string_value(), "twotier.testing.v1.SpineService/Echo");
  EXPECT_EQ(lines[0].fields().at("code").string_value(), "OK");
  EXPECT_EQ(lines[0].fields().at("principal").string_value(), "officer");
  EXPECT_GT(lines[0].fields().at("ms").number_value(), 0);
  EXPECT_EQ(lines[1].fields().at("code").string_value(), "INVALID_ARGUMENT");
  EXPECT_EQ(lines[1].fields().at("reason").string_value(), "MALFORMED_REQUEST");
}

TEST(DispatcherTest, DoesNotStartWithAWrongContract) {
  prometheus::Registry metrics;
  FakeClock clock(absl::UnixEpoch());
  const auto authenticator = rpc::CreateDevelopmentAuthenticator("localhost:1");
  ASSERT_TRUE(authenticator.ok());
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "twotier.testing.v1.WrongService");
  const absl::Status status =
      rpc::Dispatcher::Create(
          service, {.clock = &clock, .authenticator = authenticator->get(), .metrics = &metrics})
          .status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("NoRule has no rule"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("required_bool"));
}

}  // namespace
}  // namespace twotier::spine
