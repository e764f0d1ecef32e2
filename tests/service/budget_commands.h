// Runs of twotierctl's commands on money, in this process.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_COMMANDS_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_COMMANDS_H_

#include <string>
#include <vector>

#include "tests/service/budget_fixture.h"
#include "tests/support/ctl.h"

namespace twotier::budget::testing {

// What a run shows; `err` with the failure, as a person reads it.
using Shown = testing_support::CtlRun;
// `arguments` begin with "budget".
Shown RunCommand(const BudgetServer& server, std::vector<std::string> arguments,
                 const std::string& principal = "dev");

// A file of the test's own with this content; its path.
std::string FileOf(const std::string& content);

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_COMMANDS_H_
