// The register of administrative units and public administrative service centers.

#include <string>

#include "absl/flags/flag.h"
#include "common/server/main.h"
#include "services/registry/registry.h"
#include "twotier/registry/v1/registry_service.pb.h"

ABSL_FLAG(std::string, reference_data_dir, "",
          "Folder with the files that services/registry/data/README.md describes. They are "
          "imported at start, unless exactly these files were imported before. Empty: nothing is "
          "imported.");

int main(int argc, char** argv) {
  using twotier::registry::Registry;
  return twotier::server::Main(
      argc, argv,
      {.service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
           "twotier.registry.v1.RegistryService"),
       .defaults = {.listen = "127.0.0.1:7401",
                    .metrics_listen = "127.0.0.1:9401",
                    .database = "sqlite:registry.db"},
       .migrations = twotier::registry::Migrations(),
       .build = [](const twotier::server::Parts& parts)
           -> absl::StatusOr<std::unique_ptr<twotier::server::Service>> {
         return Registry::Create(parts, absl::GetFlag(FLAGS_reference_data_dir));
       }});
}
