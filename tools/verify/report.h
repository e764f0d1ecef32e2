// What a checker looked at and what it found wrong.
#ifndef TWOTIER_TOOLS_VERIFY_REPORT_H_
#define TWOTIER_TOOLS_VERIFY_REPORT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace twotier::verify {

// One violation of one rule.
struct Finding {
  std::string rule;  // For example "one parent"; one of the rules in Report::checked.
  std::string what;  // Names the unit, the date and what is wrong with them.
};

struct Report {
  // Rules in the order in which they were checked, each with how much was looked at, in words.
  std::vector<std::pair<std::string, std::string>> checked;
  std::vector<Finding> findings;

  void Checked(absl::string_view rule, std::string how_much) {
    checked.emplace_back(std::string(rule), std::move(how_much));
  }
  void Add(absl::string_view rule, std::string what) {
    findings.push_back({std::string(rule), std::move(what)});
  }
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_REPORT_H_
