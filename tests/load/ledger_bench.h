// The rows of the ledger: PostJournal and BatchCreateTransfers of a budget service.
#ifndef TWOTIER_TESTS_LOAD_LEDGER_BENCH_H_
#define TWOTIER_TESTS_LOAD_LEDGER_BENCH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/load/fleet.h"
#include "tests/load/measure.h"
#include "tests/load/report.h"

namespace twotier::load {

struct LedgerBenchOptions {
  Places places = {};
  std::string registry_address = {};  // Of a register with the national data.
  std::string engine = {};
  std::string database = {};  // URL of an empty one for the service ...
  std::string comparison =
      {};  // ... and, on PostgreSQL, of another one for what it is compared with.
  int pgbench_scale = 50;
  Settings settings = {};
  // Whether a row is to be measured; says so.
  std::function<bool(const std::string& name, const std::string& reference)> wanted = nullptr;
};

// On SQLite, PostJournal beside the echo, from one hot account beside from all alike, and batches
// of 8,000 beside raw inserts. On PostgreSQL, PostJournal from one hot account and from all alike,
// each beside the plain transfer of the same kind (plain_transfer.h), beside pgbench, and hot
// beside uniform.
absl::StatusOr<std::vector<Row>> MeasureLedger(const LedgerBenchOptions& options);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_LEDGER_BENCH_H_
