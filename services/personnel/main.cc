#include <string>

#include "absl/flags/flag.h"
#include "common/server/main.h"
#include "google/protobuf/descriptor.h"
#include "services/personnel/personnel.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

ABSL_FLAG(std::string, registry_target, "127.0.0.1:7401",
          "Address of the registry whose units are followed; empty: none is.");

ABSL_FLAG(std::string, reference_data_dir, "",
          "Directory of the service's reference data, imported at start; empty: nothing is.");

int main(int argc, char** argv) {
  twotier::server::Description description;
  description.service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      twotier::personnel::v1::PersonnelService::service_full_name());
  description.defaults = {"127.0.0.1:7403", "127.0.0.1:9403", "sqlite:personnel.db"};
  description.migrations = twotier::personnel::PersonnelMigrations();
  description.build = [](const twotier::server::Parts& parts) {
    return twotier::personnel::BuildPersonnel(
        parts, {absl::GetFlag(FLAGS_registry_target), absl::GetFlag(FLAGS_reference_data_dir)});
  };
  return twotier::server::Main(argc, argv, description);
}
