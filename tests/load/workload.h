// Real requests for the benches, taken from running services: units, procedures and centers of the
// national data.
#ifndef TWOTIER_TESTS_LOAD_WORKLOAD_H_
#define TWOTIER_TESTS_LOAD_WORKLOAD_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/load/calls.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::load {

struct Workload {
  std::shared_ptr<const PreparedCalls> resolve_units;       // One old commune code each.
  std::shared_ptr<const PreparedCalls> get_unit;            // One commune code of today each.
  std::shared_ptr<const PreparedCalls> search_units;        // Old names as people type them.
  std::shared_ptr<const PreparedCalls> get_coverage;        // One date each.
  std::shared_ptr<const PreparedCalls> list_units;          // One page of a province each.
  std::shared_ptr<const PreparedCalls> resolve_competence;  // With explanation.
  std::shared_ptr<const PreparedCalls> submit_dossier;      // Spread over many centers.
  // For each method, an answer of median size: what the echo answers.
  std::map<std::string, std::string> answers;
};

// Asks both services for what the requests are made of, and for an answer of each method. Leaves a
// dossier behind.
absl::StatusOr<Workload> PrepareWorkload(const std::string& registry_address,
                                         const std::string& routing_address);

// Every commune on `as_of` (today when null), page by page of the largest size.
absl::StatusOr<std::vector<registry::v1::Unit>> ListCommunes(
    registry::v1::RegistryService::Stub& registry, const google::type::Date* as_of);

// Submits dossiers to this server and returns requests that get them.
absl::StatusOr<std::shared_ptr<const PreparedCalls>> PrepareGetDossier(
    const std::string& routing_address, const PreparedCalls& submissions);

// Submissions that the service accepts, at most `count`, each at the first center that receives the
// procedure for the unit; the request id is kIdPlaceholder.
absl::StatusOr<std::vector<routing::v1::SubmitDossierRequest>> MakeSubmissions(
    const std::string& registry_address, const std::string& routing_address, int count);

// Writes the answers where echo_server reads them.
absl::Status WriteAnswers(const std::map<std::string, std::string>& answers,
                          const std::string& directory);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_WORKLOAD_H_
