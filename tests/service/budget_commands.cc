#include "tests/service/budget_commands.h"

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/twotierctl/failure.h"

namespace twotier::budget::testing {

Shown RunCommand(const BudgetServer& server, std::vector<std::string> arguments,
                 const std::string& principal) {
  Shown shown = testing_support::RunCtl(
      {.nouns = {ctl::AddBudgetCommands},
       .session = {.services = {{"budget", v1::BudgetService::service_full_name(),
                                 server.address()}},
                   .principal = principal}},
      std::move(arguments));
  if (!shown.status.ok()) absl::StrAppend(&shown.err, ctl::Describe(shown.status));
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
