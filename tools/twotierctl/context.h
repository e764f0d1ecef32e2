// What every command of twotierctl gets, and how commands are added.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_CONTEXT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_CONTEXT_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "tools/twotierctl/session.h"

namespace twotier::ctl {

struct Context {
  Session* session = nullptr;
  bool json = false;          // Answers as JSON instead of tables.
  size_t terminal_width = 0;  // 0: not a terminal.
  bool progress = false;      // Standard error is a terminal: show progress there.
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;

  // Prints an answer as JSON when that was asked for; false: the command prints it for people.
  bool PrintedAsJson(const google::protobuf::Message& message) const;

  // Makes up the request id that a change lacks and shows it: a change whose answer is lost is
  // repeated with the id it had.
  void IdentifyChange(google::protobuf::Message& request) const;
};

// The command that the command line chose. Set by the parser, run after it.
using Command = std::function<absl::Status(const Context&)>;

// Adds a subcommand. `Options` are the command's own; `declare` binds them to flags, `run` does the
// work.
template <class Options>
void AddCommand(CLI::App& parent, Command& chosen, const std::string& name,
                const std::string& about, const std::function<void(CLI::App&, Options&)>& declare,
                absl::Status (*run)(const Context&, const Options&)) {
  CLI::App* app = parent.add_subcommand(name, about);
  auto options = std::make_shared<Options>();
  declare(*app, *options);
  app->callback([&chosen, options, run] {
    chosen = [options, run](const Context& context) { return run(context, *options); };
  });
}

// The flags that every change has.
void DeclareRepeatable(CLI::App& command, std::string& request_id, bool& validate_only);

// How far a budget is spent, among the commands of `budget`.
void AddBudgetExecution(CLI::App& budget, Command& chosen);
void AddBudgetSuccession(CLI::App& budget, Command& chosen);
// The checkers, among the commands of `budget`, of `units` and of `dossiers`.
void AddVerifyBudget(CLI::App& budget, Command& chosen);
void AddVerifyUnits(CLI::App& units, Command& chosen);
void AddVerifyDossiers(CLI::App& dossiers, Command& chosen);
// What takes dossiers over from another system, among the commands of `dossiers`.
void AddImportDossiers(CLI::App& dossiers, Command& chosen);
// Norm sets and allocation runs, among the commands of `budget`.
void AddAllocationCommands(CLI::App& budget, Command& chosen);
// What goes on after a change of centers or units, among the commands of `dossiers`.
void AddReroute(CLI::App& dossiers, Command& chosen);
// What is proven of all competences, among the commands of `route`.
void AddRouteReports(CLI::App& route, Command& chosen);
// The legal year, its reference data and its end, among the commands of `budget`.
void AddBudgetYearCommands(CLI::App& budget, Command& chosen);
// Each adds the commands of one noun.
void AddAssignmentCommands(CLI::App& app, Command& chosen);
void AddBudgetCommands(CLI::App& app, Command& chosen);
// Plans, lists and the checker, among the commands of `staff`.
void AddStaffPlanCommands(CLI::App& staff, Command& chosen);
void AddStaffQuotaCommands(CLI::App& staff, Command& chosen);
void AddGenerateStaff(CLI::App& staff, Command& chosen);
void AddEstimateStaff(CLI::App& staff, Command& chosen);
void AddStaffWorkload(CLI::App& staff, Command& chosen);
void AddImportStaff(CLI::App& staff, Command& chosen);
void AddVerifyStaff(CLI::App& staff, Command& chosen);
void AddStaffCommands(CLI::App& app, Command& chosen);
void AddCallCommands(CLI::App& app, Command& chosen);
void AddUnitCommands(CLI::App& app, Command& chosen);
void AddCenterCommands(CLI::App& app, Command& chosen);
void AddChangeCommands(CLI::App& app, Command& chosen);
void AddSystemCommands(CLI::App& app, Command& chosen);
void AddProcedureCommands(CLI::App& app, Command& chosen);
void AddDossierCommands(CLI::App& app, Command& chosen);
void AddImportCommands(CLI::App& app, Command& chosen);
void AddHealthCommand(CLI::App& app, Command& chosen);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_CONTEXT_H_
