#include "tests/e2e/callers.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/calls.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

using routing::v1::RoutingService;

// Shorter than a killed server stays away, so that repeats are exercised.
constexpr absl::Duration kCallDeadline = absl::Seconds(5);
// A caller's pause before it repeats, as any client makes one: without it, it would do nothing but
// fail while the server is away.
constexpr absl::Duration kPause = absl::Milliseconds(20);
// Five minutes of a server that is away.
constexpr int kRepeatsMax = 15'000;

std::unique_ptr<RoutingService::Stub> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection for each caller.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return RoutingService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

bool MayBeRepeated(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

// Repeats the call until it is answered.
template <typename Request, typename Response>
absl::StatusOr<Response> Insist(RoutingService::Stub& stub,
                                grpc::Status (RoutingService::Stub::*method)(grpc::ClientContext*,
                                                                             const Request&,
                                                                             Response*),
                                const Request& request, std::atomic<int64_t>& repeated) {
  for (int i = 0;; ++i) {
    absl::StatusOr<Response> response = load::Ask(stub, method, request, kCallDeadline);
    if (response.ok() || !MayBeRepeated(response.status()) || i == kRepeatsMax) return response;
    ++repeated;
    absl::SleepFor(kPause);
  }
}

}  // namespace

Callers::Callers(std::vector<std::string> addresses,
                 std::vector<routing::v1::SubmitDossierRequest> submissions, int count)
    : submissions_(std::move(submissions)) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this, address = addresses[i % addresses.size()], i] {
      Run(address, static_cast<size_t>(i));
    });
  }
}

Callers::~Callers() { Stop().IgnoreError(); }

bool Callers::WaitForMore(int64_t more, absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const size_t enough = acknowledged_.size() + static_cast<size_t>(more);
  const auto done = [this, enough]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return acknowledged_.size() >= enough || !failure_.ok();
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&done), timeout) && failure_.ok();
}

absl::Status Callers::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  absl::MutexLock lock(&mutex_);
  return failure_;
}

void Callers::Run(const std::string& address, size_t first) {
  const auto stub = Connect(address);
  load::RequestIds ids;
  for (size_t i = first; !stopping_; ++i) {
    Acknowledged acknowledged;
    acknowledged.request = submissions_[i % submissions_.size()];
    acknowledged.request.set_request_id(ids.Next());
    const absl::Status status = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(auto submitted, Insist(*stub, &RoutingService::Stub::SubmitDossier,
                                              acknowledged.request, repeated_));
      acknowledged.submitted = submitted.dossier();
      routing::v1::AcceptDossierRequest accept;
      accept.set_name(acknowledged.submitted.name());
      accept.set_etag(acknowledged.submitted.etag());
      accept.set_request_id(ids.Next());
      ASSIGN_OR_RETURN(auto accepted,
                       Insist(*stub, &RoutingService::Stub::AcceptDossier, accept, repeated_));
      acknowledged.accepted = accepted.dossier();
      return absl::OkStatus();
    }();
    absl::MutexLock lock(&mutex_);
    if (!status.ok()) {
      failure_.Update(status);
      return;
    }
    acknowledged_.push_back(std::move(acknowledged));
  }
}

}  // namespace twotier::e2e
