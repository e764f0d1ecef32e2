#include "tests/load/fleet.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace twotier::load {
namespace {

// Covers the first import of the national data on a busy machine.
constexpr absl::Duration kServingTimeout = absl::Seconds(60);

absl::StatusOr<Server> StartService(const Places& places, const std::string& binary,
                                    const std::string& health_service, const std::string& name,
                                    const std::string& database,
                                    const std::vector<std::string>& more) {
  ASSIGN_OR_RETURN(const std::string listen, FreeAddress());
  ASSIGN_OR_RETURN(const std::string metrics_listen, FreeAddress());
  std::vector<std::string> argv = {
      absl::StrCat(places.bin_dir, "/", binary), absl::StrCat("--listen=", listen),
      absl::StrCat("--metrics_listen=", metrics_listen), absl::StrCat("--database=", database)};
  argv.insert(argv.end(), more.begin(), more.end());
  return Server::Start(std::move(argv), absl::StrCat(places.work_dir, "/", name, ".log"), listen,
                       health_service);
}

std::string DataOf(const Places& places, const std::string& binary) {
  return absl::StrCat("--reference_data_dir=", places.source_dir, "/services/", binary, "/data");
}

std::string Following(const std::string& registry_address) {
  return absl::StrCat("--registry_target=", registry_address);
}

}  // namespace

Server::Server(std::vector<std::string> argv, std::string log_path, std::string address,
               std::string health_service, Process process)
    : argv_(std::move(argv)),
      log_path_(std::move(log_path)),
      address_(std::move(address)),
      health_service_(std::move(health_service)),
      process_(std::move(process)) {}

absl::StatusOr<Server> Server::Start(std::vector<std::string> argv, std::string log_path,
                                     std::string address, std::string health_service) {
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(Process process, Process::Start(argv, log_path));
  RETURN_IF_ERROR(WaitServing(address, health_service, kServingTimeout));
  Server server(std::move(argv), std::move(log_path), std::move(address), std::move(health_service),
                std::move(process));
  server.start_took_ = absl::Now() - begin;
  return server;
}

absl::Status Server::StartAgain() {
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(process_, Process::Start(argv_, log_path_));
  RETURN_IF_ERROR(WaitServing(address_, health_service_, kServingTimeout));
  start_took_ = absl::Now() - begin;
  return absl::OkStatus();
}

absl::StatusOr<Server> StartRegistry(const Places& places, const std::string& name,
                                     const std::string& database) {
  return StartService(places, "registry", kRegistryService, name, database,
                      {DataOf(places, "registry")});
}

absl::StatusOr<Server> StartRouting(const Places& places, const std::string& name,
                                    const std::string& database,
                                    const std::string& registry_address) {
  return StartService(places, "routing", kRoutingService, name, database,
                      {DataOf(places, "routing"), Following(registry_address)});
}

absl::StatusOr<Server> StartBudget(const Places& places, const std::string& name,
                                   const std::string& database,
                                   const std::string& registry_address) {
  return StartService(places, "budget", kBudgetService, name, database,
                      {DataOf(places, "budget"), Following(registry_address)});
}

absl::StatusOr<Server> StartPersonnel(const Places& places, const std::string& name,
                                      const std::string& database,
                                      const std::string& registry_address) {
  return StartService(places, "personnel", kPersonnelService, name, database,
                      {Following(registry_address)});
}

absl::StatusOr<Server> StartEcho(const Places& places, const std::string& answers_dir) {
  ASSIGN_OR_RETURN(const std::string listen, FreeAddress());
  return Server::Start(
      {absl::StrCat(places.bin_dir, "/echo_server"), absl::StrCat("--address=", listen),
       absl::StrCat("--answers=", answers_dir)},
      absl::StrCat(places.work_dir, "/echo.log"), listen, "");
}

}  // namespace twotier::load
