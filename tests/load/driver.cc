#include "tests/load/driver.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace twotier::load {
namespace {

// Longer than any answer takes, so that a call that hangs ends the run with an error instead of
// never.
constexpr absl::Duration kCallDeadline = absl::Seconds(20);
constexpr absl::Duration kConnectDeadline = absl::Seconds(10);
// How long an open loop sleeps at most before it looks for answers again.
constexpr int64_t kPollNanos = 50'000;
constexpr char kPrincipal[] = "bench";

enum class Phase { kWarmUp, kMeasure, kStop };

int64_t NowNanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

void SleepUntil(int64_t nanos) {
  const timespec until{nanos / 1'000'000'000, nanos % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

// What the threads of one run share.
struct Run {
  std::atomic<Phase> phase{Phase::kWarmUp};
  absl::Notification failed;
  std::atomic<bool> has_failed{false};

  // The first failure ends the run.
  void Fail() {
    phase = Phase::kStop;
    if (!has_failed.exchange(true)) failed.Notify();
  }
};

// One caller with the call it has under way.
struct Slot {
  std::unique_ptr<Caller> caller;
  grpc::GenericStub* stub = nullptr;
  std::optional<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer answer;
  grpc::Status status;
  int64_t due = 0;
};

// A thread, its completion queue and its share of the callers.
class Worker {
 public:
  Worker(Run& run, std::vector<std::unique_ptr<Slot>> slots)
      : run_(run), slots_(std::move(slots)) {}

  void RunClosed() {
    for (const auto& slot : slots_) Begin(*slot, NowNanos());
    for (size_t under_way = slots_.size(); under_way > 0;) {
      Slot& slot = Wait();
      End(slot);
      if (run_.phase == Phase::kStop) {
        --under_way;
      } else {
        Begin(slot, NowNanos());
      }
    }
  }

  // Sends `per_second` calls, each when it is due, and takes the answers in between. One thread
  // does both: two that hand calls to each other cost more than the servers do, and what is
  // measured then is the client's own queue.
  void RunOpen(double per_second) {
    std::vector<Slot*> idle;
    for (const auto& slot : slots_) idle.push_back(slot.get());
    const int64_t begin = NowNanos();
    int64_t due = begin;
    for (int64_t n = 0; run_.phase != Phase::kStop || idle.size() < slots_.size();) {
      while (run_.phase != Phase::kStop && !idle.empty() && due <= NowNanos()) {
        Begin(*idle.back(), due);
        idle.pop_back();
        due = begin + static_cast<int64_t>(static_cast<double>(++n) * 1e9 / per_second);
      }
      bool answered = false;
      while (Slot* slot = Poll()) {
        End(*slot);
        idle.push_back(slot);
        answered = true;
      }
      if (!answered) SleepUntil(std::min(std::max(due, NowNanos()), NowNanos() + kPollNanos));
    }
  }

  const Histogram& latency() const { return latency_; }
  const std::map<std::string, int64_t>& failures() const { return failures_; }

 private:
  void Begin(Slot& slot, int64_t due) {
    slot.due = due;
    NextCall call = slot.caller->Next();
    slot.context.emplace();
    slot.context->set_deadline(absl::ToChronoTime(absl::Now() + kCallDeadline));
    slot.context->AddMetadata("x-twotier-principal", kPrincipal);
    slot.reader = slot.stub->PrepareUnaryCall(&*slot.context, *call.method, call.request, &queue_);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.answer, &slot.status, &slot);
  }

  Slot& Wait() {
    void* tag;
    bool ok;
    queue_.Next(&tag, &ok);
    return *static_cast<Slot*>(tag);
  }

  // The next answer that is there; null: none is.
  Slot* Poll() {
    void* tag = nullptr;
    bool ok = false;
    constexpr auto kAtOnce = std::chrono::system_clock::time_point();  // Long past: no waiting.
    const auto got = queue_.AsyncNext(&tag, &ok, kAtOnce);
    return got == grpc::CompletionQueue::GOT_EVENT ? static_cast<Slot*>(tag) : nullptr;
  }

  void End(Slot& slot) {
    const int64_t took = NowNanos() - slot.due;
    if (!slot.status.ok()) {
      Fail(absl::StrCat("code ", slot.status.error_code(), ": ", slot.status.error_message()));
    } else if (absl::Status judged = slot.caller->Check(slot.answer); !judged.ok()) {
      Fail(absl::StrCat("wrong answer: ", judged.message()));
    } else if (run_.phase == Phase::kMeasure) {
      latency_.Record(took);
    }
    slot.answer.Clear();
    slot.reader.reset();  // Lives in the call, which ends with the context.
  }

  void Fail(const std::string& what) {
    // Different texts kept; there are few kinds of failure, and the run ends at the first one.
    constexpr size_t kKindsMax = 20;
    if (failures_.size() < kKindsMax || failures_.contains(what)) ++failures_[what];
    run_.Fail();
  }

  Run& run_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Slot>> slots_;
  Histogram latency_;
  std::map<std::string, int64_t> failures_;
};

absl::StatusOr<std::vector<std::unique_ptr<grpc::GenericStub>>> Connect(
    const LoadOptions& options) {
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < options.connections; ++i) {
    for (const std::string& address : options.addresses) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL,
                       1);  // Else the channels share a connection.
      auto channel =
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
      if (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + kConnectDeadline))) {
        return absl::UnavailableError(absl::StrCat("cannot connect to ", address));
      }
      stubs.push_back(std::make_unique<grpc::GenericStub>(std::move(channel)));
    }
  }
  return stubs;
}

// Lets the run warm up, measures, and stops it. Returns the measured time.
absl::StatusOr<absl::Duration> Control(const LoadOptions& options, Run& run) {
  const auto stop = [&run](absl::Status status) {
    run.phase = Phase::kStop;
    return status;
  };
  if (run.failed.WaitForNotificationWithTimeout(options.warm_up)) return absl::ZeroDuration();
  if (absl::Status status = options.at_begin(); !status.ok()) return stop(status);
  const absl::Time begin = absl::Now();
  Phase expected = Phase::kWarmUp;  // Unless a failure has stopped the run meanwhile.
  run.phase.compare_exchange_strong(expected, Phase::kMeasure);
  run.failed.WaitForNotificationWithTimeout(options.duration);
  run.phase = Phase::kStop;
  const absl::Duration took = absl::Now() - begin;
  if (absl::Status status = options.at_end(); !status.ok()) return status;
  return took;
}

std::vector<std::thread> Launch(const LoadOptions& options,
                                const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<std::thread> threads;
  for (const auto& worker : workers) {
    if (options.rate == 0) {
      threads.emplace_back([&worker] { worker->RunClosed(); });
    } else {
      const double share = options.rate / static_cast<double>(workers.size());
      threads.emplace_back([&worker, share] { worker->RunOpen(share); });
    }
  }
  return threads;
}

}  // namespace

absl::StatusOr<LoadResult> RunLoad(const LoadOptions& options) {
  ASSIGN_OR_RETURN(const auto stubs, Connect(options));
  Run run;
  std::vector<std::vector<std::unique_ptr<Slot>>> shares(options.threads);
  for (int i = 0; i < options.in_flight; ++i) {
    auto slot = std::make_unique<Slot>();
    ASSIGN_OR_RETURN(slot->caller, options.make_caller(i));
    slot->stub = stubs[i % stubs.size()].get();
    shares[i % shares.size()].push_back(std::move(slot));
  }
  std::vector<std::unique_ptr<Worker>> workers;
  for (auto& share : shares) workers.push_back(std::make_unique<Worker>(run, std::move(share)));

  std::vector<std::thread> threads = Launch(options, workers);
  const absl::StatusOr<absl::Duration> took = Control(options, run);
  for (std::thread& thread : threads) thread.join();
  RETURN_IF_ERROR(took.status());

  LoadResult result;
  std::map<std::string, int64_t> failures;
  for (const auto& worker : workers) {
    result.latency.Add(worker->latency());
    for (const auto& [what, count] : worker->failures()) failures[what] += count;
  }
  if (!failures.empty()) {
    return absl::InternalError(
        absl::StrCat("calls failed: ", absl::StrJoin(failures, "; ", absl::PairFormatter(" x "))));
  }
  result.calls = result.latency.count();
  result.per_second = static_cast<double>(result.calls) / absl::ToDoubleSeconds(*took);
  return result;
}

}  // namespace twotier::load
