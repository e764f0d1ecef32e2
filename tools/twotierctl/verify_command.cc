// twotierctl units verify, dossiers verify, staff verify, budget verify: the independent checkers
// on a service's database.
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status_macros.h"
#include "google/protobuf/struct.pb.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/table.h"
#include "tools/verify/verify_decisions.h"
#include "tools/verify/verify_dossiers.h"
#include "tools/verify/verify_staff.h"
#include "tools/verify/verify_units.h"

namespace twotier::ctl {
namespace {

// Findings that are printed for people. Whoever has more mends the first ones and looks again;
// --json has them all.
constexpr size_t kPrintedMax = 100;

struct VerifyOptions {
  std::string database;
};

google::protobuf::Value TextValue(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  return value;
}

// {"checked": {RULE: HOW MUCH}, "findings": [{"rule": RULE, "what": TEXT}]}
google::protobuf::Struct ToStruct(const verify::Report& report) {
  google::protobuf::Struct out;
  auto& checked = *(*out.mutable_fields())["checked"].mutable_struct_value()->mutable_fields();
  for (const auto& [rule, how_much] : report.checked) checked[rule] = TextValue(how_much);
  auto& findings = *(*out.mutable_fields())["findings"].mutable_list_value();
  for (const verify::Finding& finding : report.findings) {
    auto& fields = *findings.add_values()->mutable_struct_value()->mutable_fields();
    fields["rule"] = TextValue(finding.rule);
    fields["what"] = TextValue(finding.what);
  }
  return out;
}

void Print(const Context& context, const verify::Report& report) {
  *context.out << Pairs(report.checked);
  for (size_t i = 0; i < report.findings.size() && i < kPrintedMax; ++i) {
    const verify::Finding& finding = report.findings[i];
    *context.out << finding.rule << ": " << Printable(finding.what) << "\n";
  }
  if (report.findings.size() > kPrintedMax) {
    *context.out << "and " << report.findings.size() - kPrintedMax << " more\n";
  }
  if (report.findings.empty()) *context.out << "nothing is wrong\n";
}

absl::Status Tell(const Context& context, const verify::Report& report) {
  if (!context.PrintedAsJson(ToStruct(report))) Print(context, report);
  if (report.findings.empty()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the database breaks rules: ", report.findings.size()));
}

using Checker = absl::StatusOr<verify::Report> (*)(absl::string_view url);

template <Checker kCheck>
absl::Status RunVerify(const Context& context, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const verify::Report report, kCheck(options.database));
  return Tell(context, report);
}

// Adds `verify` to the commands of a noun. `variable` of the environment may name the database.
template <Checker kCheck>
void AddVerify(CLI::App& noun, Command& chosen, const std::string& about,
               const std::string& variable) {
  AddCommand<VerifyOptions>(
      noun, chosen, "verify", about,
      [&variable](CLI::App& command, VerifyOptions& options) {
        command
            .add_option("--database", options.database,
                        "The service's database, which is only read: sqlite:PATH or "
                        "postgresql://...")
            ->envname(variable)
            ->required();
      },
      RunVerify<kCheck>);
}

}  // namespace

void AddVerifyStaff(CLI::App& staff, Command& chosen) {
  AddVerify<verify::VerifyStaff>(staff, chosen,
                                 "Count posts, holders and quotas again, with other code",
                                 "TWOTIER_PERSONNEL_DATABASE");
}

void AddVerifyBudget(CLI::App& budget, Command& chosen) {
  AddVerify<verify::VerifyBudget>(budget, chosen, "Add up the whole ledger again, with other code",
                                  "TWOTIER_BUDGET_DATABASE");
}

void AddVerifyUnits(CLI::App& units, Command& chosen) {
  AddVerify<verify::VerifyUnits>(units, chosen,
                                 "Prove what must hold of units, centers and feed at every date",
                                 "TWOTIER_REGISTRY_DATABASE");
}

void AddVerifyDossiers(CLI::App& dossiers, Command& chosen) {
  AddVerify<verify::VerifyDossiers>(dossiers, chosen,
                                    "Prove that each dossier is what its timeline says",
                                    "TWOTIER_ROUTING_DATABASE");
}

}  // namespace twotier::ctl
