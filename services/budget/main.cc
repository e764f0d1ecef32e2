#include <cstddef>
#include <string>

#include "absl/flags/flag.h"
#include "common/server/main.h"
#include "google/protobuf/descriptor.h"
#include "services/budget/budget.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"

ABSL_FLAG(std::string, registry_target, "127.0.0.1:7401",
          "Address of the registry whose units are followed; empty: none is.");
ABSL_FLAG(std::string, reference_data_dir, "",
          "Directory of the service's reference data, imported at start; empty: nothing is.");
ABSL_FLAG(std::string, personnel_target, "",
          "Address of personnel, whose staff norms may ask for; empty: none is asked.");

// Units of a batch on PostgreSQL. All journals of a province take one lane, and each of its batches
// waits for the disk once: as many go together as are usually in flight, as on SQLite. (Dossiers
// spread over all lanes and gain nothing by it.)
constexpr size_t kBatchMaxPostgres = 256;

int main(int argc, char** argv) {
  twotier::server::Description description;
  description.service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      twotier::budget::v1::BudgetService::service_full_name());
  description.defaults = {"127.0.0.1:7404", "127.0.0.1:9404", "sqlite:budget.db"};
  description.migrations = twotier::budget::BudgetMigrations();
  description.database.batch_max_postgres = kBatchMaxPostgres;
  description.build = [](const twotier::server::Parts& parts) {
    return twotier::budget::BuildBudget(
        parts, {.registry_target = absl::GetFlag(FLAGS_registry_target),
                .reference_data_dir = absl::GetFlag(FLAGS_reference_data_dir),
                .personnel_target = absl::GetFlag(FLAGS_personnel_target)});
  };
  return twotier::server::Main(argc, argv, description);
}
