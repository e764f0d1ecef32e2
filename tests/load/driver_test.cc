#include "tests/load/driver.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "google/rpc/status.pb.h"
#include "tests/load/calls.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::load {
namespace {

using testing::HasSubstr;
namespace v1 = routing::v1;

// Answers GetDossier, or refuses every call after the first `refuse_after`.
class FakeRouting final : public v1::RoutingService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetDossier(grpc::CallbackServerContext* context,
                                       const v1::GetDossierRequest* request,
                                       v1::GetDossierResponse* response) override {
    auto* reactor = context->DefaultReactor();
    if (++calls > refuse_after) {
      reactor->Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "out of order"));
      return reactor;
    }
    if (!empty_answers) response->mutable_dossier()->set_name(request->name());
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  std::atomic<int64_t> calls = 0;
  int64_t refuse_after = std::numeric_limits<int64_t>::max();
  bool empty_answers = false;
};

class DriverTest : public testing::Test {
 protected:
  DriverTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();

    v1::GetDossierRequest request;
    request.set_name("provinces/48/dossiers/H48-260701-0001");
    auto calls = std::make_shared<PreparedCalls>();
    calls->method = RoutingMethod("GetDossier");
    calls->requests = {request.SerializeAsString()};
    calls->answer_type = &v1::GetDossierResponse::default_instance();
    options_.addresses = {"127.0.0.1:" + std::to_string(port)};
    options_.in_flight = 8;
    options_.connections = 2;
    options_.warm_up = absl::Milliseconds(10);
    options_.duration = absl::Milliseconds(200);
    options_.make_caller = [calls](int caller) {
      return std::make_unique<ReplayCaller>(calls, static_cast<size_t>(caller));
    };
  }

  FakeRouting service_;
  std::unique_ptr<grpc::Server> server_;
  LoadOptions options_;
};

TEST_F(DriverTest, CountsWhatIsAnsweredInAClosedLoop) {
  options_.threads = 2;
  const auto result = RunLoad(options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(result->calls, 0);
  EXPECT_LE(result->calls, service_.calls);
  EXPECT_EQ(result->latency.count(), result->calls);
}

TEST_F(DriverTest, SendsAtTheGivenRateInAnOpenLoop) {
  options_.rate = 100;
  options_.duration = absl::Seconds(1);
  const auto result = RunLoad(options_);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(result->calls, 0);
  EXPECT_LE(service_.calls, 100 * 2);  // Never faster than the rate; slower on a busy machine.
}

TEST_F(DriverTest, OneRefusedCallFailsTheRun) {
  service_.refuse_after = 50;
  const auto result = RunLoad(options_);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("code 14: out of order"));
}

TEST_F(DriverTest, AnAnswerOfTheWrongKindFailsTheRun) {
  service_.empty_answers = true;
  const auto result = RunLoad(options_);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("is empty"));
}

TEST(RequestIdsTest, AreDifferentUuids) {
  RequestIds ids, others;
  const std::string first = ids.Next();
  EXPECT_THAT(first, testing::MatchesRegex(
                         "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(first, ids.Next());
  EXPECT_NE(first, others.Next());
}

}  // namespace
}  // namespace twotier::load
