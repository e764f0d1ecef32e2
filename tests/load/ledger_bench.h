// The rows of the ledger: PostJournal and BatchCreateTransfers of a budget service.
#ifndef TWOTIER_TESTS_LOAD_LEDGER_BENCH_H_
#define TWOTIER_TESTS_LOAD_LEDGER_BENCH_H_

#include <vector>

#include "absl/status/statusor.h"
#include "tests/load/report.h"
#include "tests/load/service_bench.h"

namespace twotier::load {

// On SQLite, PostJournal beside the echo, from one hot account beside from all alike, and batches
// of 8,000 beside raw inserts. On PostgreSQL, PostJournal from one hot account and from all alike,
// each beside the plain transfer of the same kind (plain_transfer.h), beside pgbench, and hot
// beside uniform.
absl::StatusOr<std::vector<Row>> MeasureLedger(const ServiceBenchOptions& options);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_LEDGER_BENCH_H_
