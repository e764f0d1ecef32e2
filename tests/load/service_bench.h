// What the benches of single services share: their options, and rows beside a reference.
#ifndef TWOTIER_TESTS_LOAD_SERVICE_BENCH_H_
#define TWOTIER_TESTS_LOAD_SERVICE_BENCH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tests/load/fleet.h"
#include "tests/load/measure.h"
#include "tests/load/report.h"

namespace twotier::load {

struct ServiceBenchOptions {
  Places places = {};
  std::string registry_address = {};  // Of a register with the national data.
  std::string engine = {};
  std::string database = {};  // URL of an empty one for the service ...
  std::string comparison =
      {};  // ... and, on PostgreSQL, of another one for what it is compared with.
  int pgbench_scale = 50;
  Settings settings = {};
  // Whether a row is to be measured.
  std::function<bool(const std::string& name, const std::string& reference)> wanted = nullptr;
};

// How a row is called in messages, and what --only is looked for in.
std::string TitleOf(absl::string_view name, absl::string_view engine, absl::string_view reference);

// A base of the benches. Outlived by its options.
class ServiceBench {
 protected:
  explicit ServiceBench(const ServiceBenchOptions& options) : options_(options) {}
  ~ServiceBench() = default;

  // Whether a row is to be measured; says so.
  bool Begins(const std::string& name, const std::string& reference_name) const;
  // Closed loops of what the row is compared with.
  Reference LoopOf(Contender contender) const;
  // Adds the row of `ours`, unless nobody wants it.
  absl::Status Measure(const std::string& name, const std::string& reference_name,
                       const Contender& ours, const Reference& reference);
  // The same beside pgbench on the database for comparisons.
  absl::Status MeasureBesidePgbench(const std::string& name, const Contender& ours);

  const ServiceBenchOptions& options_;
  std::vector<Row> rows_;
};

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_SERVICE_BENCH_H_
