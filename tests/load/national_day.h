// The dossiers that the country hands in on one day, carried to their ends on a clock that is
// moved.
#ifndef TWOTIER_TESTS_LOAD_NATIONAL_DAY_H_
#define TWOTIER_TESTS_LOAD_NATIONAL_DAY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/load/report.h"

namespace twotier::load {

struct NationalDayOptions {
  std::string name;  // Rows begin with it.
  std::string engine;
  std::string database;          // URL of an empty one.
  std::string registry_address;  // Of a register with the national data.
  std::string source_dir;
  int lives = 0;
  uint64_t seed = 1;
};

// Runs them on a routing service in this process, and proves what must hold of them all at the end
// (tests/service/dossier_proof.h). Rows: lives, and calls with the CPU time of this process, which
// is service and callers. Errors: INTERNAL with what does not hold.
absl::StatusOr<std::vector<Row>> MeasureNationalDay(const NationalDayOptions& options);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_NATIONAL_DAY_H_
