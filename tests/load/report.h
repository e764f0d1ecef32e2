// The rows of a bench, as JSON for programs and as a table for people.
#ifndef TWOTIER_TESTS_LOAD_REPORT_H_
#define TWOTIER_TESTS_LOAD_REPORT_H_

#include <string>
#include <vector>

namespace twotier::load {

// One figure beside its reference. A field that was not measured is 0 (or empty) and is left out of
// the output.
struct Row {
  std::string name{};    // The RPC, or what else was measured.
  std::string engine{};  // memory, sqlite, postgres.
  double value = 0;
  std::string unit{};       // calls/s, ms, ...
  std::string reference{};  // echo, pgbench, ...; what `reference_value` is the same unit of.
  double reference_value = 0;
  double p50_us = 0;  // Open loop at 70 % of `value`.
  double p99_us = 0;
  double cpu_us_per_call = 0;  // Of the measured server processes.
  double rss_mb = 0;
  int in_flight = 0;

  double ratio() const { return reference_value == 0 ? 0 : value / reference_value; }
};

// {"rows": [{"name": ..., "engine": ..., "value": ..., ...}]}.
std::string ToJson(const std::vector<Row>& rows);

// One line a row under a header.
std::string ToTable(const std::vector<Row>& rows);

// Median; of an even number the mean of the middle two. 0 for nothing.
double Median(std::vector<double> values);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_REPORT_H_
