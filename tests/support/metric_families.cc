#include "tests/support/metric_families.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "prometheus/metric_family.h"

namespace twotier::testing_support {
namespace {

absl::string_view NameOf(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Summary:
      return "summary";
    case prometheus::MetricType::Histogram:
      return "histogram";
    case prometheus::MetricType::Untyped:
      break;
  }
  return "untyped";
}

}  // namespace

std::set<std::string> MetricFamiliesOf(const prometheus::Registry& registry,
                                       absl::string_view prefix) {
  std::set<std::string> families;
  for (const prometheus::MetricFamily& family : registry.Collect()) {
    if (!absl::StartsWith(family.name, prefix)) continue;
    families.insert(absl::StrCat(family.name, " ", NameOf(family.type)));
  }
  return families;
}

std::set<std::string> KnownMetricFamilies(absl::string_view file) {
  const std::string path = absl::StrCat("tests/fixtures/", file);
  std::ifstream lines(path);
  if (!lines) {
    std::cerr << "cannot read " << path << std::endl;
    std::abort();
  }
  std::set<std::string> families;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#') families.insert(line);
  }
  return families;
}

}  // namespace twotier::testing_support
