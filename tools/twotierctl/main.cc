// twotierctl: the suite at the command line.
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/session.h"

namespace twotier::ctl {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 done; 1 local fault; 2 wrong command line; 3 the service refused; 4 not "
    "permitted;\n"
    "5 try again later; 6 fault of the service. Times are those of Việt Nam.";

struct GlobalOptions {
  std::string registry = "127.0.0.1:7401";
  std::string routing = "127.0.0.1:7402";
  std::string personnel = "127.0.0.1:7403";
  std::string budget = "127.0.0.1:7404";
  std::string principal = "dev";
  int timeout_seconds = 10;
  bool json = false;
};

void Declare(CLI::App& app, GlobalOptions& options) {
  app.add_option("--registry", options.registry, "Address of the registry")
      ->envname("TWOTIER_REGISTRY")
      ->capture_default_str();
  app.add_option("--routing", options.routing, "Address of routing")
      ->envname("TWOTIER_ROUTING")
      ->capture_default_str();
  app.add_option("--personnel", options.personnel, "Address of personnel")
      ->envname("TWOTIER_PERSONNEL")
      ->capture_default_str();
  app.add_option("--budget", options.budget, "Address of budget")
      ->envname("TWOTIER_BUDGET")
      ->capture_default_str();
  app.add_option("--principal", options.principal, "Who calls; believed on loopback only")
      ->envname("TWOTIER_PRINCIPAL")
      ->capture_default_str();
  app.add_option("--timeout-seconds", options.timeout_seconds, "Longest wait for an answer")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_flag("--json", options.json, "Answers as JSON, with the contract's field names");
}

size_t TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

int Main(int argc, char** argv) {
  GlobalOptions options;
  Command chosen;
  CLI::App app("Administrative units, service centers, procedures and dossiers of Việt Nam");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();  // Global flags may also follow the subcommand.
  Declare(app, options);
  AddUnitCommands(app, chosen);
  AddCenterCommands(app, chosen);
  AddChangeCommands(app, chosen);
  AddSystemCommands(app, chosen);
  AddProcedureCommands(app, chosen);
  AddAssignmentCommands(app, chosen);
  AddDossierCommands(app, chosen);
  AddStaffCommands(app, chosen);
  AddBudgetCommands(app, chosen);
  AddImportCommands(app, chosen);
  AddHealthCommand(app, chosen);
  AddCallCommands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }

  Session session(
      {.services = {{"registry", "twotier.registry.v1.RegistryService", options.registry},
                    {"routing", "twotier.routing.v1.RoutingService", options.routing},
                    {"personnel", "twotier.personnel.v1.PersonnelService", options.personnel},
                    {"budget", "twotier.budget.v1.BudgetService", options.budget}},
       .principal = options.principal,
       .timeout = absl::Seconds(options.timeout_seconds)});
  const Context context{.session = &session,
                        .json = options.json,
                        .terminal_width = TerminalWidth(),
                        .progress = isatty(STDERR_FILENO) != 0,
                        .out = &std::cout,
                        .err = &std::cerr};
  const absl::Status status = chosen(context);
  std::cout << std::flush;
  if (!status.ok()) {
    if (options.json) {
      std::cerr << ToJson(ToRpc(status), /*pretty=*/true);
    } else {
      std::cerr << Describe(status);
    }
  }
  return ExitCodeOf(status);
}

}  // namespace
}  // namespace twotier::ctl

int main(int argc, char** argv) { return twotier::ctl::Main(argc, argv); }
