// What nobody waits for any more is not begun; what does not fit the queue is refused at once.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "tests/service/spine_fixture.h"
#include "tests/support/held_lane.h"

namespace twotier::spine {
namespace {

using testing_support::HeldLane;
using Code = absl::StatusCode;

class CancelTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  CancelTest() : database_(GetParam().make()) {}

  std::unique_ptr<SpineServer> Start(db::DatabaseOptions options = {}) {
    options.lanes_postgres = 1;  // So that the held lane is everybody's lane.
    return std::make_unique<SpineServer>(
        Settings{.database = &database_, .database_options = options});
  }

  static double Handled(SpineServer& server, const std::string& code) {
    return server.Metric("grpc_server_handled_total",
                         {{"grpc_method", "PutNote"}, {"grpc_code", code}});
  }

  testing_support::TestDatabase database_;
};

TEST_P(CancelTest, ACallWhoseDeadlinePassedInTheQueueIsNotBegun) {
  const auto server = Start();
  {
    const HeldLane held(server->database(), "a");
    grpc::ClientContext context;
    Identify(context);
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
    v1::PutNoteResponse response;
    EXPECT_EQ(server->stub().PutNote(&context, GoodPut(), &response).error_code(),
              grpc::StatusCode::DEADLINE_EXCEEDED);
    // The client's clock runs out first; the lane is let go when the server knows it too.
    while (server->hooks().write_context == nullptr) std::this_thread::yield();
    while (!server->hooks().write_context.load()->IsCancelled()) std::this_thread::yield();
  }
  // One lane: this call is answered after the abandoned one was passed over.
  v1::PutNoteRequest next = GoodPut();
  next.set_request_id(RequestId(2));
  ASSERT_TRUE(PutNote(*server, next).ok());
  EXPECT_EQ(server->hooks().writes, 1);
  EXPECT_EQ(server->RequestsRemembered(), 1);
  // The client's cancellation may reach the server a moment before the server's own clock says so.
  EXPECT_EQ(Handled(*server, "DeadlineExceeded") + Handled(*server, "Canceled"), 1);
}

TEST_P(CancelTest, ACallIsBegunWithinAMinuteHoweverLongItsCallerWouldWait) {
  const auto server = Start();
  for (const std::optional<absl::Duration> patience :
       {std::optional<absl::Duration>(), std::optional(absl::Hours(2))}) {
    grpc::ClientContext context;
    Identify(context);
    if (patience) context.set_deadline(absl::ToChronoTime(absl::Now() + *patience));
    v1::PutNoteResponse response;
    v1::PutNoteRequest request = GoodPut();
    request.set_request_id(RequestId(patience ? 1 : 2));
    ASSERT_TRUE(server->stub().PutNote(&context, request, &response).ok());
    EXPECT_LE(server->hooks().write_deadline.load(), absl::Now() + absl::Minutes(1));
  }
}

TEST_P(CancelTest, ACallThatWasCancelledInTheQueueIsNotBegun) {
  const auto server = Start();
  {
    const HeldLane held(server->database(), "a");
    grpc::ClientContext context;
    Identify(context);
    std::thread caller([&] {
      v1::PutNoteResponse response;
      EXPECT_EQ(server->stub().PutNote(&context, GoodPut(), &response).error_code(),
                grpc::StatusCode::CANCELLED);
    });
    while (server->hooks().write_context == nullptr) std::this_thread::yield();
    context.TryCancel();
    caller.join();
    while (!server->hooks().write_context.load()->IsCancelled()) std::this_thread::yield();
  }
  v1::PutNoteRequest next = GoodPut();
  next.set_request_id(RequestId(2));
  ASSERT_TRUE(PutNote(*server, next).ok());
  EXPECT_EQ(server->hooks().writes, 1);
  EXPECT_EQ(Handled(*server, "Canceled"), 1);
}

TEST_P(CancelTest, AFullQueueRefusesAtOnceWithADelayToWait) {
  db::DatabaseOptions options;
  options.queue_max = 1;
  const auto server = Start(options);
  constexpr int kCallers = 4;
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  {
    const HeldLane held(server->database(), "a");
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&, i] {
        v1::PutNoteRequest request = GoodPut();
        request.set_request_id(RequestId(i));
        const absl::Status status = PutNote(*server, request);
        if (status.ok()) return;
        EXPECT_EQ(status.code(), Code::kResourceExhausted) << status;
        EXPECT_EQ(Reason(status), "QUEUE_FULL");
        EXPECT_GT(error::RetryAfterOf(status).value_or(absl::ZeroDuration()), absl::ZeroDuration());
        ++refused;
      });
    }
    // All but the one that fits are answered while the lane is held.
    while (refused < kCallers - 1) std::this_thread::yield();
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, kCallers - 1);
  EXPECT_EQ(Handled(*server, "ResourceExhausted"), kCallers - 1);
  EXPECT_EQ(server->hooks().writes, 1);
}

// Cancelling at any moment, also while the answer leaves, must not touch what is gone.
TEST_P(CancelTest, CancellingAtAnyMomentIsSafe) {
  const auto server = Start();
  constexpr int kCalls = 300;
  for (int i = 0; i < kCalls; ++i) {
    grpc::ClientContext context;
    Identify(context);
    std::atomic<bool> answered = false;
    std::thread canceller([&, i] {
      // Not beyond the answer: on a busy machine each turn may cost a time slice.
      for (int spin = 0; spin < i * 20 && !answered; ++spin) std::this_thread::yield();
      context.TryCancel();
    });
    v1::PutNoteRequest request = GoodPut();
    request.set_request_id(RequestId(i));
    v1::PutNoteResponse response;
    const grpc::Status status = server->stub().PutNote(&context, request, &response);
    answered = true;
    EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::CANCELLED)
        << status.error_message();
    canceller.join();
  }
  EXPECT_TRUE(GetNote(*server, "provinces/48/notes/n1").ok());
}

TEST(DeadlineTest, AMemoryCallWithoutTimeLeftIsNotBegun) {
  SpineServer server;
  bool ran = false;
  server.hooks().in_memory = [&ran] { ran = true; };
  grpc::ClientContext context;
  Identify(context);
  context.set_deadline(absl::ToChronoTime(absl::Now() - absl::Seconds(1)));
  v1::EchoResponse response;
  EXPECT_EQ(server.stub().Echo(&context, GoodEcho(), &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_FALSE(ran);
}

INSTANTIATE_TEST_SUITE_P(All, CancelTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::spine
