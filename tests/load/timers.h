// Dossiers that are all due at one instant while others are handed in.
#ifndef TWOTIER_TESTS_LOAD_TIMERS_H_
#define TWOTIER_TESTS_LOAD_TIMERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/load/report.h"
#include "tests/load/workload.h"

namespace twotier::load {

struct TimersOptions {
  std::string name;  // Rows begin with it.
  std::string engine;
  std::string database;          // URL of an empty one.
  std::string registry_address;  // Of a register with the national data.
  std::string source_dir;
  int dossiers = 0;
  absl::Duration duration;  // Of the load.
};

// Rows, in the order: seconds from the instant until the service has set off all of them; lag, the
// latest of them by its own account; the load while nothing is due, and while they are set off:
// half as many submissions a second as the service takes.
//
// On a routing service in this process, whose clock is the real one put forward. Its alarms rest as
// long as in production. DEADLINE_EXCEEDED when they are not set off within minutes; INTERNAL when
// one is set off more than once.
absl::StatusOr<std::vector<Row>> MeasureTimers(const TimersOptions& options,
                                               const Workload& workload);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_TIMERS_H_
