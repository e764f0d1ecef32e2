// A registry that tests play.
#ifndef TWOTIER_TESTS_SERVICE_PLAYED_REGISTRY_H_
#define TWOTIER_TESTS_SERVICE_PLAYED_REGISTRY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "google/type/date.pb.h"
#include "grpcpp/grpcpp.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::testing_support {

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

void SetDate(google::type::Date* date, int year, int month, int day);

// A unit of the played registry as of 1 July 2025; its province follows from the code.
registry::v1::Resource UnitResource(const std::string& name, registry::v1::Tier tier,
                                    const std::string& code, const std::string& full_name);

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

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SERVICE_PLAYED_REGISTRY_H_
