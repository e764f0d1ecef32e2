#include "tests/service/budget_commands.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"

namespace twotier::budget::testing {

Shown RunCommand(const BudgetServer& server, std::vector<std::string> arguments,
                 const std::string& principal) {
  CLI::App app;
  ctl::Command chosen;
  ctl::AddBudgetCommands(app, chosen);
  std::reverse(arguments.begin(), arguments.end());  // As CLI11 takes them.
  app.parse(arguments);
  ctl::Session session(
      {.services = {{"budget", v1::BudgetService::service_full_name(), server.address()}},
       .principal = principal});
  std::ostringstream out, err;
  Shown shown{.status = chosen({.session = &session, .out = &out, .err = &err})};
  if (!shown.status.ok()) err << ctl::Describe(shown.status);
  shown.out = out.str();
  shown.err = err.str();
  return shown;
}

std::string FileOf(const std::string& content) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", RequestId(), ".csv");
  std::ofstream file(path);
  file << content;
  EXPECT_TRUE(file.flush().good()) << path;
  return path;
}

}  // namespace twotier::budget::testing
