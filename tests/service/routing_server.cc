#include "tests/service/routing_server.h"

#include "absl/strings/str_cat.h"

namespace twotier::routing::testing {

RoutingServer::RoutingServer(const std::string& database, const std::string& registry_target,
                             const RoutingServerOptions& options)
    : ServiceHost({v1::RoutingService::service_full_name(), RoutingMigrations(),
                   [&](const server::Parts& parts) {
                     return BuildRouting(parts, {.registry_target = registry_target,
                                                 .reference_data_dir = absl::StrCat(
                                                     options.source_dir, "/services/routing/data"),
                                                 .alarms_rest = options.alarms_rest});
                   }},
                  database, options.now, options.clock),
      stub_(v1::RoutingService::NewStub(channel())) {}

}  // namespace twotier::routing::testing
