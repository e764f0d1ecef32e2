// The metric families of a service beside those that dashboards and alerts rest on.
#ifndef TWOTIER_TESTS_SUPPORT_METRIC_FAMILIES_H_
#define TWOTIER_TESTS_SUPPORT_METRIC_FAMILIES_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "prometheus/registry.h"

namespace twotier::testing_support {

// "NAME TYPE" of each family with a series whose name begins with `prefix`; types are called as in
// the text that is scraped.
std::set<std::string> MetricFamiliesOf(const prometheus::Registry& registry,
                                       absl::string_view prefix);

// The lines of tests/fixtures/`file`, without comments: whoever changes a family changes them, and
// what rests on it. The process ends when there is no such file.
std::set<std::string> KnownMetricFamilies(absl::string_view file);

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_METRIC_FAMILIES_H_
