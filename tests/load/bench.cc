// Measures the suite's main calls beside their references and prints a table; see
// tests/load/README.md.
//
//   bench --bin_dir=build/release/bin --source_dir=. --work_dir=DIR --postgres=URL [--json=FILE]
//         [--quick] [--large] [--lives=N] [--stored=N] [--only=TITLE] [--beside=BIN_DIR]
//
// Ends with 1 when a call failed: a figure that rests on errors is none; and when nothing was
// measured.

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/load/bench_rows.h"
#include "tests/load/report.h"

namespace twotier::load {

// A number that may end with K or M.
struct Count {
  int64_t value = 0;
};

bool AbslParseFlag(absl::string_view text, Count* count, std::string* error) {
  int64_t unit = 1;
  if (absl::ConsumeSuffix(&text, "K")) unit = 1'000;
  if (absl::ConsumeSuffix(&text, "M")) unit = 1'000'000;
  constexpr int64_t kCountMax = 1'000'000'000;
  int64_t number = 0;
  if (absl::SimpleAtoi(text, &number) && number >= 0 && number <= kCountMax / unit) {
    count->value = number * unit;
    return true;
  }
  *error = absl::StrCat("must be a number up to ", kCountMax, ", which may end with K or M");
  return false;
}

std::string AbslUnparseFlag(const Count& count) { return absl::StrCat(count.value); }

}  // namespace twotier::load

ABSL_FLAG(std::string, bin_dir, "build/release/bin", "The binaries to measure.");
ABSL_FLAG(std::string, source_dir, ".", "The checkout.");
ABSL_FLAG(std::string, work_dir, "", "Existing directory, on a disk, for databases and logs.");
ABSL_FLAG(std::string, postgres, "", "URL of a superuser on a server with synchronous_commit=on.");
ABSL_FLAG(std::string, json, "", "File that receives the rows.");
ABSL_FLAG(bool, quick, false, "Single short runs and small volumes: ends within two minutes.");
ABSL_FLAG(bool, large, false,
          "Also a national day, and a plan of 10,080 people: some minutes for each engine.");
ABSL_FLAG(int, lives, 0,
          "Dossiers of the national day; 0: 172,000 with --large, else there is none.");
ABSL_FLAG(twotier::load::Count, stored, {},
          "Dossiers in the full database, as 20000, 500K or 10M; 0: 1,000,000, or 5,000 with "
          "--quick.");
ABSL_FLAG(std::string, only, "",
          "Only rows whose title, as in \"GetDossier (sqlite) beside echo\", contains this.");

ABSL_FLAG(std::string, beside, "",
          "The binaries of another build: dossier rows are compared with it, and nothing else is "
          "measured.");

namespace twotier::load {
namespace {

int Main() {
  Settings settings;
  Volumes volumes;
  if (absl::GetFlag(FLAGS_quick)) {
    settings.runs = 1;
    settings.warm_up = absl::Milliseconds(200);
    settings.duration = absl::Milliseconds(400);
    volumes = {.stored = 5'000,
               .pgbench_scale = 5,
               .watchers = 500,
               .due_at_once = 1'000,
               .due_at_once_load = absl::Seconds(2),
               .country_of_staff = false};
  }
  // 14.5 million dossiers in 84 working days.
  if (absl::GetFlag(FLAGS_large)) volumes.lives = 172'000;
  volumes.plan = absl::GetFlag(FLAGS_large);
  if (absl::GetFlag(FLAGS_lives) > 0) volumes.lives = absl::GetFlag(FLAGS_lives);
  if (const int64_t stored = absl::GetFlag(FLAGS_stored).value; stored > 0) volumes.stored = stored;
  std::vector<Row> rows;
  absl::Status status = RunBench({.places = {.bin_dir = absl::GetFlag(FLAGS_bin_dir),
                                             .source_dir = absl::GetFlag(FLAGS_source_dir),
                                             .work_dir = absl::GetFlag(FLAGS_work_dir)},
                                  .postgres_url = absl::GetFlag(FLAGS_postgres),
                                  .settings = settings,
                                  .volumes = volumes,
                                  .only = absl::GetFlag(FLAGS_only),
                                  .beside = absl::GetFlag(FLAGS_beside)},
                                 rows);
  if (status.ok() && rows.empty()) {
    status = absl::NotFoundError(
        absl::StrCat("no row has a title with \"", absl::GetFlag(FLAGS_only), "\""));
  }
  std::cout << ToTable(rows);
  if (const std::string path = absl::GetFlag(FLAGS_json); !path.empty()) {
    std::ofstream file(path);
    file << ToJson(rows);
    if (!file.flush()) {
      std::cerr << "bench: cannot write " << path << "\n";
      return 1;
    }
  }
  if (status.ok()) return 0;
  std::cerr << "bench: " << status << "\n";
  return 1;
}

}  // namespace
}  // namespace twotier::load

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return twotier::load::Main();
}
