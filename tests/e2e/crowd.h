// Many callers at once who repeat whatever was not answered, while servers come and go.
#ifndef TWOTIER_TESTS_E2E_CROWD_H_
#define TWOTIER_TESTS_E2E_CROWD_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "tests/load/ask.h"
#include "tests/load/fleet.h"

namespace twotier::e2e {

// Thread-safe.
class Crowd {
 public:
  // Does one thing and notes what was acknowledged.
  using Step = std::function<absl::Status()>;

  // `start` makes the step of each caller, in the caller's thread; it is repeated until Stop. The
  // first failure ends its caller and is reported.
  Crowd(int count, const std::function<Step(int caller)>& start);
  ~Crowd() { Stop().IgnoreError(); }

  // Waits until `more` further steps are done. DEADLINE_EXCEEDED when that takes longer than a
  // running server needs, also on a busy machine; the failure of a caller.
  absl::Status WaitForMore(int64_t more);

  // Lets every caller finish what it began, and waits for that. The first failure, if any.
  absl::Status Stop();

 private:
  void Run(const Step& step);

  std::atomic<bool> stopping_{false};
  absl::Mutex mutex_;
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

// Kills the server, starts it again and lets the crowd go on, `kills` times, and ends the crowd.
// `between`: how many steps are done between two kills. OK when every caller got through.
absl::Status KillUnder(Crowd& crowd, load::Server& server, int kills, int64_t between);

// A channel of its own for each caller, which comes back soon after its server does.
std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address);

// Repeats the call until it is answered: while it ends with UNAVAILABLE or DEADLINE_EXCEEDED.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Insist(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, std::atomic<int64_t>& repeated) {
  // Shorter than a killed server stays away, so that repeats are exercised.
  constexpr absl::Duration kCallDeadline = absl::Seconds(5);
  // A caller's pause before it repeats, as any client makes one: without it, it would do nothing
  // but fail while the server is away.
  constexpr absl::Duration kPause = absl::Milliseconds(20);
  // Five minutes of a server that is away.
  constexpr int kRepeatsMax = 15'000;
  for (int i = 0;; ++i) {
    absl::StatusOr<Response> response = load::Ask(stub, method, request, kCallDeadline);
    const bool may_be_repeated =
        absl::IsUnavailable(response.status()) || absl::IsDeadlineExceeded(response.status());
    if (!may_be_repeated || i == kRepeatsMax) return response;
    ++repeated;
    absl::SleepFor(kPause);
  }
}

}  // namespace twotier::e2e

#endif  // TWOTIER_TESTS_E2E_CROWD_H_
