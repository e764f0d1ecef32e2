// The rows of personnel: TransferCivilServant, and the national report.
#ifndef TWOTIER_TESTS_LOAD_STAFF_BENCH_H_
#define TWOTIER_TESTS_LOAD_STAFF_BENCH_H_

#include <vector>

#include "absl/status/statusor.h"
#include "tests/load/report.h"
#include "tests/load/service_bench.h"

namespace twotier::load {

// People of all provinces who are transferred from one commune to another and back: on SQLite
// beside the echo, on PostgreSQL beside pgbench.
absl::StatusOr<std::vector<Row>> MeasureTransfers(const ServiceBenchOptions& options);

// GetStaffing of the country that `twotierctl staff generate` makes, one call at a time.
absl::StatusOr<std::vector<Row>> MeasureStaffing(const ServiceBenchOptions& options);

// 10,080 people of 84 communes of Ho Chi Minh City moved by one plan to its other 84, on a service
// in this process: how long each step takes, and how long others wait while it is put in force.
// Proven by `staff verify` at the end.
absl::StatusOr<std::vector<Row>> MeasurePlan(const ServiceBenchOptions& options);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_STAFF_BENCH_H_
