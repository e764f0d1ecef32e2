// The suite's server processes on loopback, for benches and end-to-end tests.
#ifndef TWOTIER_TESTS_LOAD_FLEET_H_
#define TWOTIER_TESTS_LOAD_FLEET_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/load/process.h"

namespace twotier::load {

inline constexpr char kRegistryService[] = "twotier.registry.v1.RegistryService";
inline constexpr char kRoutingService[] = "twotier.routing.v1.RoutingService";
inline constexpr char kBudgetService[] = "twotier.budget.v1.BudgetService";
inline constexpr char kPersonnelService[] = "twotier.personnel.v1.PersonnelService";

// Where things are.
struct Places {
  std::string bin_dir;     // The binaries of the build.
  std::string source_dir;  // The checkout; services import their data from it.
  std::string work_dir;    // Databases and logs; exists.
};

// A running server that can be ended and started again with the same flags on the same address.
class Server {
 public:
  // Starts it and waits until `health_service` is SERVING; an empty one means the whole server.
  static absl::StatusOr<Server> Start(std::vector<std::string> argv, std::string log_path,
                                      std::string address, std::string health_service);

  const std::string& address() const { return address_; }
  Process& process() { return process_; }
  // From the start of the process to SERVING, the last time.
  absl::Duration start_took() const { return start_took_; }

  void Kill() { process_.Kill(); }
  // After Kill or a termination.
  absl::Status StartAgain();

 private:
  Server(std::vector<std::string> argv, std::string log_path, std::string address,
         std::string health_service, Process process);

  std::vector<std::string> argv_;
  std::string log_path_;
  std::string address_;
  std::string health_service_;
  absl::Duration start_took_;
  Process process_;
};

// `name` tells logs and databases of several servers apart. `database`: "sqlite:PATH" or
// "postgresql://...".
absl::StatusOr<Server> StartRegistry(const Places& places, const std::string& name,
                                     const std::string& database);
absl::StatusOr<Server> StartRouting(const Places& places, const std::string& name,
                                    const std::string& database,
                                    const std::string& registry_address);
absl::StatusOr<Server> StartBudget(const Places& places, const std::string& name,
                                   const std::string& database,
                                   const std::string& registry_address);
absl::StatusOr<Server> StartPersonnel(const Places& places, const std::string& name,
                                      const std::string& database,
                                      const std::string& registry_address);
// `answers_dir` as echo_server reads it.
absl::StatusOr<Server> StartEcho(const Places& places, const std::string& answers_dir);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_FLEET_H_
