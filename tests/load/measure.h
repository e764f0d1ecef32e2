// How a figure is made: closed loops interleaved with the reference, the median of both, CPU and
// memory of the measured servers, and latencies from a separate open loop (design: how speed is
// measured).
#ifndef TWOTIER_TESTS_LOAD_MEASURE_H_
#define TWOTIER_TESTS_LOAD_MEASURE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/load/driver.h"
#include "tests/load/fleet.h"
#include "tests/load/report.h"

namespace twotier::load {

struct Settings {
  int runs = 5;  // Of which the median counts.
  absl::Duration warm_up = absl::Milliseconds(500);
  absl::Duration duration = absl::Seconds(2);
  int in_flight = 256;
  double open_loop_share = 0.7;  // Of the saturation that the closed loops found.
};

// Servers under one kind of load. The servers are not owned.
struct Contender {
  std::vector<Server*> servers;
  std::function<absl::StatusOr<std::unique_ptr<Caller>>(int caller)> make_caller;
};

// What one closed loop found.
struct Sample {
  double per_second = 0;
  double cpu_us_per_call = 0;
};

// Errors: those of RunLoad, and NOT_FOUND when a server ended meanwhile.
absl::StatusOr<Sample> RunClosedLoop(const Contender& contender, const Settings& settings);

// One run of what a contender is compared with; calls (or transactions) a second.
using Reference = std::function<absl::StatusOr<double>()>;

// Fills the figures of `row`; name, engine and the label of the reference are the caller's.
absl::StatusOr<Row> Compare(Row row, const Contender& contender, const Reference& reference,
                            const Settings& settings);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_MEASURE_H_
