// A routing service beside a registry that the test plays, and a client of it.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "grpcpp/grpcpp.h"
#include "tests/service/played_registry.h"
#include "tests/service/routing_server.h"
#include "tests/support/database.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::routing::testing {

// Names that the played registry knows.
using testing_support::kAnHai;
using testing_support::kCenter;
using testing_support::kDaNang;
using testing_support::kEnded;
using testing_support::kHaiChau;
using testing_support::kHaNoi;
using testing_support::kHaNoiCenter;
using testing_support::kHoaVang;
using testing_support::kLonely;
using testing_support::kOtherCenter;
using testing_support::kProvincialCenter;
using testing_support::kSuspendedCenter;

using testing_support::MetadataOf;
using testing_support::PlayedRegistry;
using testing_support::ReasonOf;
using testing_support::SetDate;
using testing_support::UnitResource;

// Procedures of the national table.
inline constexpr char kResidence[] = "1.004194";  // Commune, police, 3 working days, bound.
inline constexpr char kBirth[] = "1.001193";      // Commune, within the day until 15:00, bound.
inline constexpr char kCopies[] = "2.000815";     // Commune, within the day, boundary-free.
inline constexpr char kDraft[] = "1.000005";      // A ministry's.
inline constexpr char kByCase[] = "1.000314";     // Its level depends on the case.

v1::SubmitDossierRequest Submission(const std::string& procedure = kResidence,
                                    const std::string& center = kCenter,
                                    const std::string& unit = kHaiChau);

// The residence procedure, which the commune's police decides, given to the chair of one commune.
v1::PublishAssignmentRequest Delegation();
// The country's, by law, for one case of the procedure that depends on it.
v1::PublishAssignmentRequest AssignmentOfCase(const std::string& case_key);

absl::StatusOr<v1::Dossier> Submit(RoutingServer& server, const v1::SubmitDossierRequest& request);

// Requests of the steps with a new id and the dossier's etag.
template <typename Request>
Request StepOf(const v1::Dossier& dossier) {
  Request request;
  request.set_name(dossier.name());
  request.set_etag(dossier.etag());
  request.set_request_id(RequestId());
  return request;
}
// Takes a step on the dossier as it is; returns what it became.
template <typename Request, typename Response>
absl::StatusOr<v1::Dossier> TakeStep(grpc::Status (v1::RoutingService::Stub::*method)(
                                         grpc::ClientContext*, const Request&, Response*),
                                     RoutingServer& server, const v1::Dossier& dossier,
                                     Request request) {
  request.MergeFrom(StepOf<Request>(dossier));
  const absl::StatusOr<Response> response = Invoke(method, server.stub(), request);
  if (!response.ok()) return response.status();
  return response->dossier();
}
absl::StatusOr<v1::Dossier> Accept(RoutingServer& server, const v1::Dossier& dossier);
absl::StatusOr<v1::Dossier> RequestSupplement(RoutingServer& server, const v1::Dossier& dossier);
// Hands it to another body, for thirty days unless told until when.
absl::StatusOr<v1::Dossier> Forward(RoutingServer& server, const v1::Dossier& dossier,
                                    const std::string& unit, const std::string& body_title,
                                    std::optional<absl::Time> answer_by = std::nullopt);
absl::StatusOr<v1::Dossier> ProvideSupplement(RoutingServer& server, const v1::Dossier& dossier);
// Names one post after the other until that is refused, and returns the refusal; `dossier` becomes
// what it was before it.
absl::Status FillTimeline(RoutingServer& server, v1::Dossier& dossier);
absl::StatusOr<v1::Dossier> Complete(RoutingServer& server, const v1::Dossier& dossier);
absl::StatusOr<v1::Dossier> Return(RoutingServer& server, const v1::Dossier& dossier);

// The timeline, checked to chain.
std::vector<v1::TimelineEntry> Timeline(RoutingServer& server, const std::string& name);

// Every engine, with a registry and one server that is ready.
class RoutingTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  explicit RoutingTest(const RoutingServerOptions& options = {});

  testing_support::TestDatabase database_;
  PlayedRegistry registry_;
  RoutingServer server_;
};

#define TWOTIER_ON_EVERY_ENGINE(suite)                                                  \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(testing_support::Engines()), \
                           testing_support::EngineName)

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_FIXTURE_H_
