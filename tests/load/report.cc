#include "tests/load/report.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace twotier::load {
namespace {

constexpr char kLine[] = "%-36s %-8s %9s %-7s %-22s %9s %6s %8s %8s %8s %7s %6s\n";

// Three digits are more than a bench repeats.
double Rounded(double value) {
  if (value == 0) return 0;
  const double scale = std::pow(10, 3 - std::ceil(std::log10(std::fabs(value))));
  return scale < 1 ? std::round(value) : std::round(value * scale) / scale;
}

std::string Cell(double value, absl::string_view unit) {
  if (value == 0) return "-";
  return unit == "ratio" ? absl::StrFormat("%.2f", value) : absl::StrCat(Rounded(value));
}

}  // namespace

std::string ToJson(const std::vector<Row>& rows) {
  google::protobuf::Struct report;
  auto& list = *(*report.mutable_fields())["rows"].mutable_list_value();
  for (const Row& row : rows) {
    auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
    const auto text = [&fields](const char* key, const std::string& value) {
      if (!value.empty()) fields[key].set_string_value(value);
    };
    const auto number = [&fields](const char* key, double value) {
      if (value != 0) fields[key].set_number_value(Rounded(value));
    };
    text("name", row.name);
    text("engine", row.engine);
    number("value", row.value);
    text("unit", row.unit);
    text("reference", row.reference);
    number("reference_value", row.reference_value);
    number("ratio", row.ratio());
    number("p50_us", row.p50_us);
    number("p99_us", row.p99_us);
    number("cpu_us_per_call", row.cpu_us_per_call);
    number("rss_mb", row.rss_mb);
    number("in_flight", row.in_flight);
  }
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  // Never fails on a message built above.
  (void)google::protobuf::util::MessageToJsonString(report, &json, options);
  return json;
}

std::string ToTable(const std::vector<Row>& rows) {
  std::string table =
      absl::StrFormat(kLine, "name", "engine", "value", "unit", "reference", "value", "ratio",
                      "p50 us", "p99 us", "cpu us", "rss MB", "flight");
  for (const Row& row : rows) {
    absl::StrAppendFormat(&table, kLine, row.name, row.engine, Cell(row.value, ""), row.unit,
                          row.reference.empty() ? "-" : row.reference,
                          Cell(row.reference_value, ""), Cell(row.ratio(), "ratio"),
                          Cell(row.p50_us, ""), Cell(row.p99_us, ""), Cell(row.cpu_us_per_call, ""),
                          Cell(row.rss_mb, ""), Cell(row.in_flight, ""));
  }
  return table;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

}  // namespace twotier::load
