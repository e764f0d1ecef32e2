// The row of allocations: what a national one costs.
#ifndef TWOTIER_TESTS_LOAD_ALLOCATION_BENCH_H_
#define TWOTIER_TESTS_LOAD_ALLOCATION_BENCH_H_

#include <vector>

#include "absl/status/statusor.h"
#include "tests/load/report.h"
#include "tests/load/service_bench.h"

namespace twotier::load {

// SimulateAllocation of every commune of the country by ten criteria, one call at a time: CPU of
// the service.
absl::StatusOr<std::vector<Row>> MeasureAllocation(const ServiceBenchOptions& options);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_ALLOCATION_BENCH_H_
