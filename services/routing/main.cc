#include <string>

#include "absl/flags/flag.h"
#include "common/server/main.h"
#include "google/protobuf/descriptor.h"
#include "services/routing/routing.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

ABSL_FLAG(std::string, registry_target, "127.0.0.1:7401",
          "Address of the registry whose units and centers are followed; empty: none is.");
ABSL_FLAG(std::string, reference_data_dir, "",
          "Directory with procedures.csv and calendar.csv, imported at start; empty: nothing is.");

int main(int argc, char** argv) {
  twotier::server::Description description;
  description.service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      twotier::routing::v1::RoutingService::service_full_name());
  description.defaults = {"127.0.0.1:7402", "127.0.0.1:9402", "sqlite:routing.db"};
  description.migrations = twotier::routing::RoutingMigrations();
  description.build = [](const twotier::server::Parts& parts) {
    return twotier::routing::BuildRouting(
        parts, {absl::GetFlag(FLAGS_registry_target), absl::GetFlag(FLAGS_reference_data_dir)});
  };
  return twotier::server::Main(argc, argv, description);
}
