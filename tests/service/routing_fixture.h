// A routing service beside a registry that the test plays, and a client of it.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/errors.h"
#include "grpcpp/grpcpp.h"
#include "tests/service/routing_server.h"
#include "tests/support/database.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::routing::testing {

// Names that the played registry knows.
inline constexpr char kDaNang[] = "units/province48";
inline constexpr char kHaiChau[] = "units/commune20194";  // Center H48.20194.
inline constexpr char kAnHai[] = "units/commune20195";    // Center H48.20195.
inline constexpr char kHoaVang[] =
    "units/commune20196";                           // No center, and the provincial one serves.
inline constexpr char kEnded[] = "units/old20001";  // Became kHaiChau and kAnHai on 1 July 2025.
inline constexpr char kHaNoi[] = "units/province01";
inline constexpr char kLonely[] = "units/commune99001";  // In a province without any center.
inline constexpr char kProvincialCenter[] = "provinces/48/centers/H48";
inline constexpr char kCenter[] = "provinces/48/centers/H48.20194";
inline constexpr char kOtherCenter[] = "provinces/48/centers/H48.20195";
inline constexpr char kSuspendedCenter[] = "provinces/48/centers/H48.9";
inline constexpr char kHaNoiCenter[] = "provinces/01/centers/H01";

// Procedures of the national table.
inline constexpr char kResidence[] = "1.004194";  // Commune, police, 3 working days, bound.
inline constexpr char kBirth[] = "1.001193";      // Commune, within the day until 15:00, bound.
inline constexpr char kCopies[] = "2.000815";     // Commune, within the day, boundary-free.
inline constexpr char kDraft[] = "1.000005";      // A ministry's.
inline constexpr char kByCase[] = "1.000314";     // Its level depends on the case.

// Plays the registry: sends what it was told to, then waits.
class PlayedRegistry final : public registry::v1::RegistryService::Service {
 public:
  PlayedRegistry();
  ~PlayedRegistry() override;

  std::string address() const;
  // Sends a new state of a center to every follower.
  void SetCenterState(const std::string& center, registry::v1::CenterState state);
  // The same with another organisation id.
  void SetOrganisationId(const std::string& center, const std::string& organisation_id);
  // What SetCenterState sends.
  registry::v1::Resource CenterIn(const std::string& center, registry::v1::CenterState state);
  // A resource as it was sent last.
  registry::v1::Resource Current(const std::string& subject);
  // Sends resources as one group, each in the version after the one that was sent last.
  void Send(std::vector<registry::v1::Resource> resources);
  // What was reported last under a name; version 0: nothing.
  registry::v1::SuccessionReport ReportOf(const std::string& name);
  // Answers the next `count` reports with UNAVAILABLE, or as if another one had come first.
  void RefuseReports(int count, grpc::StatusCode code);
  int reports_asked_for();
  // Ends streams and stops listening.
  void Stop();

  grpc::Status WatchChanges(
      grpc::ServerContext* context, const registry::v1::WatchChangesRequest* request,
      grpc::ServerWriter<registry::v1::WatchChangesResponse>* writer) override;
  grpc::Status GetSuccessionPlan(grpc::ServerContext* context,
                                 const registry::v1::GetSuccessionPlanRequest* request,
                                 registry::v1::GetSuccessionPlanResponse* response) override;
  grpc::Status ReportSuccession(grpc::ServerContext* context,
                                const registry::v1::ReportSuccessionRequest* request,
                                registry::v1::ReportSuccessionResponse* response) override;

 private:
  absl::Mutex mutex_;
  std::vector<registry::v1::Resource> snapshot_ ABSL_GUARDED_BY(mutex_);
  // Groups.
  std::vector<std::vector<registry::v1::Resource>> changes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, registry::v1::SuccessionReport> reports_ ABSL_GUARDED_BY(mutex_);
  int refused_reports_ ABSL_GUARDED_BY(mutex_) = 0;
  grpc::StatusCode refusal_ ABSL_GUARDED_BY(mutex_) = grpc::StatusCode::OK;
  int reports_asked_for_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

v1::SubmitDossierRequest Submission(const std::string& procedure = kResidence,
                                    const std::string& center = kCenter,
                                    const std::string& unit = kHaiChau);

void SetDate(google::type::Date* date, int year, int month, int day);

// A unit of the played registry as of 1 July 2025; its province follows from the code.
registry::v1::Resource UnitResource(const std::string& name, registry::v1::Tier tier,
                                    const std::string& code, const std::string& full_name);

// The residence procedure, which the commune's police decides, given to the chair of one commune.
v1::PublishAssignmentRequest Delegation();

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
absl::StatusOr<v1::Dossier> ProvideSupplement(RoutingServer& server, const v1::Dossier& dossier);
absl::StatusOr<v1::Dossier> Complete(RoutingServer& server, const v1::Dossier& dossier);
absl::StatusOr<v1::Dossier> Return(RoutingServer& server, const v1::Dossier& dossier);

// The timeline, checked to chain.
std::vector<v1::TimelineEntry> Timeline(RoutingServer& server, const std::string& name);

// Reason of a status; empty when it carries none.
std::string ReasonOf(const absl::Status& status);
std::string MetadataOf(const absl::Status& status, absl::string_view key);

// Every engine, with a registry and one server that is ready.
class RoutingTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  RoutingTest();

  testing_support::TestDatabase database_;
  PlayedRegistry registry_;
  RoutingServer server_;
};

#define TWOTIER_ON_EVERY_ENGINE(suite)                                                  \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(testing_support::Engines()), \
                           testing_support::EngineName)

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_FIXTURE_H_
