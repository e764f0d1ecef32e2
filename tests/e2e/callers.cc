#include "tests/e2e/callers.h"

#include <memory>
#include <utility>

#include "common/status_macros.h"
#include "tests/load/calls.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::e2e {

using routing::v1::RoutingService;

Callers::Callers(std::vector<std::string> addresses,
                 std::vector<routing::v1::SubmitDossierRequest> submissions, int count)
    : addresses_(std::move(addresses)),
      submissions_(std::move(submissions)),
      crowd_(count, [this](int caller) { return Start(caller); }) {}

Crowd::Step Callers::Start(int caller) {
  auto first = static_cast<size_t>(caller);
  const std::shared_ptr<RoutingService::Stub> stub =
      RoutingService::NewStub(ConnectTo(addresses_[first % addresses_.size()]));
  const auto ids = std::make_shared<load::RequestIds>();
  return [this, stub, ids, next = first]() mutable -> absl::Status {
    Acknowledged acknowledged;
    acknowledged.request = submissions_[next++ % submissions_.size()];
    acknowledged.request.set_request_id(ids->Next());
    ASSIGN_OR_RETURN(auto submitted, Insist(*stub, &RoutingService::Stub::SubmitDossier,
                                            acknowledged.request, repeated_));
    acknowledged.submitted = submitted.dossier();
    routing::v1::AcceptDossierRequest accept;
    accept.set_name(acknowledged.submitted.name());
    accept.set_etag(acknowledged.submitted.etag());
    accept.set_request_id(ids->Next());
    ASSIGN_OR_RETURN(auto accepted,
                     Insist(*stub, &RoutingService::Stub::AcceptDossier, accept, repeated_));
    acknowledged.accepted = accepted.dossier();
    absl::MutexLock lock(&mutex_);
    acknowledged_.push_back(std::move(acknowledged));
    return absl::OkStatus();
  };
}

}  // namespace twotier::e2e
