// Runs of twotierctl's commands in this process.
#ifndef TWOTIER_TESTS_SUPPORT_CTL_H_
#define TWOTIER_TESTS_SUPPORT_CTL_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/session.h"

namespace twotier::testing_support {

// What one run gave.
struct CtlRun {
  absl::Status status = {};
  std::string out = {};
  std::string err = {};
};

// Adds commands to the program, as ctl::AddUnitCommands does.
using CtlNoun = void (*)(CLI::App& app, ctl::Command& chosen);

struct CtlOptions {
  std::vector<CtlNoun> nouns;
  ctl::SessionOptions session = {};
  bool json = false;
};

// `arguments` begin with the noun. A command line that is wrong ends the test, as CLI11 throws.
CtlRun RunCtl(const CtlOptions& options, std::vector<std::string> arguments);

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_CTL_H_
