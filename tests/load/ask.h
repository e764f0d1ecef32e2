// One waiting call through a generated stub, as the principal the tests use.
#ifndef TWOTIER_TESTS_LOAD_ASK_H_
#define TWOTIER_TESTS_LOAD_ASK_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace twotier::load {

// Longer than any answer takes.
inline constexpr absl::Duration kAskDeadline = absl::Seconds(20);

// Ask(stub, &RoutingService::Stub::GetDossier, request). The error has the code and message of the
// answer.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Ask(Stub& stub,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                          Response*),
                             const Request& request, absl::Duration deadline = kAskDeadline) {
  grpc::ClientContext context;
  context.AddMetadata("x-twotier-principal", "load");
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (status.ok()) return response;
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

// The stub of `Service` at `address`.
template <typename Service>
std::unique_ptr<typename Service::Stub> StubOf(const std::string& address) {
  return Service::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
}

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_ASK_H_
