// Streams pull one message at a time and end cleanly, whoever ends them.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "tests/service/spine_fixture.h"

namespace twotier::spine {
namespace {

using Code = absl::StatusCode;

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    server_.hooks().on_wake = [this](std::function<void()> wake) {
      absl::MutexLock lock(&mutex_);
      wakes_.push_back(std::move(wake));
    };
  }

  void WakeAll() {
    std::vector<std::function<void()>> wakes;
    {
      absl::MutexLock lock(&mutex_);
      wakes = wakes_;
    }
    for (const auto& wake : wakes) wake();
  }

  std::unique_ptr<grpc::ClientReader<v1::FollowResponse>> Follow(grpc::ClientContext& context,
                                                                 int count,
                                                                 const Caller& caller = {}) {
    Identify(context, caller);
    v1::FollowRequest request;
    request.set_count(count);
    return server_.stub().Follow(&context, request);
  }

  static absl::Status End(grpc::ClientReader<v1::FollowResponse>& reader) {
    return rpc::FromGrpcStatus(reader.Finish());
  }

  double Handled(const std::string& code) {
    return server_.Metric(
        "grpc_server_handled_total",
        {{"grpc_type", "server_stream"}, {"grpc_method", "Follow"}, {"grpc_code", code}});
  }

  // The stream's end reaches the server after the client has it.
  void AwaitNoSources() {
    while (server_.hooks().sources > 0) std::this_thread::yield();
  }

  absl::Mutex mutex_;
  std::vector<std::function<void()>> wakes_;
  SpineServer server_;
};

TEST_F(WatchTest, SendsWhatTheSourceHasAndEndsWithIt) {
  server_.hooks().follow_ends = absl::OkStatus();
  grpc::ClientContext context;
  const auto reader = Follow(context, 100);
  v1::FollowResponse response;
  int expected = 0;
  while (reader->Read(&response)) EXPECT_EQ(response.number(), expected++);
  EXPECT_EQ(expected, 100);
  EXPECT_TRUE(End(*reader).ok());
  EXPECT_EQ(server_.Metric("grpc_server_msg_sent_total", {{"grpc_method", "Follow"}}), 100);
  EXPECT_EQ(Handled("OK"), 1);
  AwaitNoSources();
}

TEST_F(WatchTest, PassesTheSameChainAsAUnaryCall) {
  const struct {
    Caller caller;
    int count;
    Code code;
    const char* reason;
  } cases[] = {
      {{.principal = ""}, 1, Code::kUnauthenticated, "NO_IDENTITY"},
      {{.permissions = "x"}, 1, Code::kPermissionDenied, "PERMISSION_MISSING"},
      {{}, -1, Code::kInvalidArgument, "MALFORMED_REQUEST"},
  };
  for (const auto& [caller, count, code, reason] : cases) {
    grpc::ClientContext context;
    const auto reader = Follow(context, count, caller);
    v1::FollowResponse response;
    EXPECT_FALSE(reader->Read(&response));
    const absl::Status status = End(*reader);
    EXPECT_EQ(status.code(), code);
    EXPECT_EQ(Reason(status), reason);
  }
  EXPECT_EQ(Handled("Unauthenticated"), 1);
}

TEST_F(WatchTest, WaitsUntilItIsWoken) {
  grpc::ClientContext context;
  const auto reader = Follow(context, 1);
  v1::FollowResponse response;
  ASSERT_TRUE(reader->Read(&response));
  server_.hooks().follow_ends =
      error::WithReason(Code::kResourceExhausted, "too far behind", "SLOW_CONSUMER");
  WakeAll();
  EXPECT_FALSE(reader->Read(&response));
  const absl::Status status = End(*reader);
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_EQ(Reason(status), "SLOW_CONSUMER");
  AwaitNoSources();
  WakeAll();  // The stream is gone: nothing must happen.
}

// A consumer that does not read holds one message and what the transport has room for, however much
// there is.
TEST_F(WatchTest, ASlowConsumerIsNotBufferedFor) {
  constexpr int kMessages = 1000;
  server_.hooks().padding_bytes = 64 << 10;
  server_.hooks().follow_ends = absl::OkStatus();
  grpc::ClientContext context;
  const auto reader = Follow(context, kMessages);
  v1::FollowResponse response;
  ASSERT_TRUE(reader->Read(&response));
  // A second, fast stream runs to its end meanwhile: time enough for the first to be pulled, were
  // it pulled.
  {
    const auto other = v1::SpineService::NewStub(
        grpc::CreateChannel(server_.address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext fast;
    Identify(fast);
    v1::FollowRequest request;
    request.set_count(kMessages);
    const auto fast_reader = other->Follow(&fast, request);
    while (fast_reader->Read(&response)) {
    }
    EXPECT_TRUE(fast_reader->Finish().ok());
  }
  EXPECT_LT(server_.hooks().pulled, kMessages + kMessages / 2);
  int read = 1;
  while (reader->Read(&response)) ++read;
  EXPECT_EQ(read, kMessages);
  EXPECT_TRUE(End(*reader).ok());
}

TEST_F(WatchTest, ACancelledStreamGivesItsSourceBack) {
  grpc::ClientContext context;
  const auto reader = Follow(context, 1);
  v1::FollowResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  EXPECT_EQ(End(*reader).code(), Code::kCancelled);
  AwaitNoSources();
  EXPECT_EQ(Handled("Canceled"), 1);
}

TEST_F(WatchTest, CancellingAndWakingAtTheSameTimeIsSafe) {
  constexpr int kStreams = 200;
  std::atomic<bool> stop{false};
  std::thread waker([&] {
    while (!stop) WakeAll();
  });
  for (int i = 0; i < kStreams; ++i) {
    grpc::ClientContext context;
    const auto reader = Follow(context, 3);
    v1::FollowResponse response;
    for (int read = 0; read < i % 4; ++read) reader->Read(&response);
    context.TryCancel();
    EXPECT_EQ(End(*reader).code(), Code::kCancelled);
  }
  AwaitNoSources();
  stop = true;
  waker.join();
  EXPECT_EQ(server_.Metric("grpc_server_started_total", {{"grpc_method", "Follow"}}),
            server_.Metric("grpc_server_handled_total", {{"grpc_method", "Follow"}}));
}

// One open stream that got its first message, among very many.
class OpenStream final : public grpc::ClientReadReactor<v1::FollowResponse> {
 public:
  OpenStream(v1::SpineService::Stub& stub, absl::BlockingCounter& first,
             absl::BlockingCounter& ended)
      : first_(first), ended_(ended) {
    Identify(context_);
    request_.set_count(1);
    stub.async()->Follow(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!std::exchange(begun_, true)) first_.DecrementCount();
    if (ok) StartRead(&response_);
  }
  void OnDone(const grpc::Status& status) override {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED) << status.error_message();
    ended_.DecrementCount();
  }

 private:
  absl::BlockingCounter& first_;
  absl::BlockingCounter& ended_;
  grpc::ClientContext context_;
  v1::FollowRequest request_;
  v1::FollowResponse response_;
  bool begun_ = false;
};

TEST(ManyStreamsTest, TenThousandAreServedAndOneMoreThanTheLimitIsRefused) {
  constexpr int kStreams = 10'000;
  constexpr int kPerConnection = 1000;
  SpineServer server(Settings{.streams_max = kStreams});
  absl::BlockingCounter first(kStreams);
  absl::BlockingCounter ended(kStreams);
  std::vector<std::unique_ptr<v1::SpineService::Stub>> stubs;
  std::vector<std::unique_ptr<OpenStream>> streams;
  for (int i = 0; i < kStreams; ++i) {
    if (i % kPerConnection == 0) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
      stubs.push_back(v1::SpineService::NewStub(grpc::CreateCustomChannel(
          server.address(), grpc::InsecureChannelCredentials(), arguments)));
    }
    streams.push_back(std::make_unique<OpenStream>(*stubs.back(), first, ended));
  }
  first.Wait();
  EXPECT_EQ(server.hooks().sources, kStreams);

  grpc::ClientContext context;
  Identify(context);
  const auto refused = server.stub().Follow(&context, v1::FollowRequest());
  const absl::Status status = rpc::FromGrpcStatus(refused->Finish());
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_EQ(Reason(status), "TOO_MANY_STREAMS");
  EXPECT_TRUE(error::RetryAfterOf(status).has_value());

  for (const auto& stream : streams) stream->Cancel();
  ended.Wait();
}

TEST_F(WatchTest, ADrainEndsStreamsWithAReason) {
  grpc::ClientContext context;
  const auto reader = Follow(context, 1);
  v1::FollowResponse response;
  ASSERT_TRUE(reader->Read(&response));
  std::thread drain([this] { server_.server().Drain(); });
  EXPECT_FALSE(reader->Read(&response));
  const absl::Status status = End(*reader);
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(Reason(status), "SHUTTING_DOWN");
  EXPECT_TRUE(error::RetryAfterOf(status).has_value());
  drain.join();
}

}  // namespace
}  // namespace twotier::spine
