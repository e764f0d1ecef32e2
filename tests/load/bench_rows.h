// Which rows a bench has, and the processes that it measures for them.
#ifndef TWOTIER_TESTS_LOAD_BENCH_ROWS_H_
#define TWOTIER_TESTS_LOAD_BENCH_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/load/fleet.h"
#include "tests/load/measure.h"
#include "tests/load/report.h"

namespace twotier::load {

struct Volumes {
  int64_t stored = 1'000'000;  // Dossiers in the full database.
  int pgbench_scale = 50;
  int watchers = 10'000;
  int due_at_once = 10'000;
  absl::Duration due_at_once_load = absl::Seconds(8);  // Before it, and again while they fire.
  int lives = 0;                                       // Of the national day; 0: there is none.
  // The whole country's staff, which takes a minute to make; else only where --only asks for it.
  bool country_of_staff = true;
  bool plan = false;  // Of ten thousand people: a minute for each engine.
};

struct BenchOptions {
  Places places;
  std::string postgres_url;  // Of a superuser.
  Settings settings;
  Volumes volumes;
  std::string only;    // Part of the titles of the rows that are measured; empty: all.
  std::string beside;  // Binaries of another build: dossier rows beside it, and nothing else.
};

// Measures, and adds to `rows` what it found, also when it fails in the end.
absl::Status RunBench(BenchOptions options, std::vector<Row>& rows);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_BENCH_ROWS_H_
