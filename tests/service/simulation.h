// Runs lives of dossiers against a routing service on a clock that is moved from instant to
// instant.
#ifndef TWOTIER_TESTS_SERVICE_SIMULATION_H_
#define TWOTIER_TESTS_SERVICE_SIMULATION_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/service/dossier_lives.h"
#include "tests/service/routing_server.h"

namespace twotier::routing::testing {

struct SimulationOptions {
  uint64_t seed = 1;
  int lives = 0;
  // Days of submission, [first, end).
  absl::CivilDay first;
  absl::CivilDay end;
  Mix mix = {};
  int callers = 64;  // Calls at a time.
};

// Steps that come at one instant are taken by several callers at a time, after the service has
// looked at the due dates of that instant. Of one life only one step comes at an instant.
class Simulation {
 public:
  // Country and server outlive it.
  Simulation(const Country& country, RoutingServer& server, const SimulationOptions& options);

  // Goes on until nothing is left to come before `until`, and moves the clock there; with
  // absl::InfiniteFuture(), until every dossier has ended. INTERNAL names the life whose step was
  // refused, or did not do what the model says, or for which nobody was competent.
  absl::Status Run(absl::Time until);

  // What the callers know of the dossiers. One that is not answered waits, as far as they know.
  const std::vector<Known>& known() const { return known_; }
  int64_t calls() const { return calls_; }

 private:
  absl::Status MoveTo(absl::Time now);
  absl::Status TakeSteps(const std::vector<int>& lives, absl::Time now);
  absl::Status TakeStep(int life, absl::Time now);
  absl::Status Submit(int life);

  RoutingServer& server_;
  const SimulationOptions options_;
  std::vector<std::unique_ptr<Life>> lives_;
  std::vector<Known> known_;                    // Parallel.
  std::map<absl::Time, std::vector<int>> due_;  // Lives by the instant of their next step.
  std::atomic<int64_t> calls_ = 0;
};

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_SIMULATION_H_
