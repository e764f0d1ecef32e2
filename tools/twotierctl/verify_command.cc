// twotierctl units verify, dossiers verify, budget verify: the independent checkers on a service's
// database.
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "google/protobuf/struct.pb.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/table.h"
#include "tools/verify/verify_dossiers.h"
#include "tools/verify/verify_ledger.h"
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

absl::Status RunVerifyUnits(const Context& context, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyUnits(options.database));
  return Tell(context, report);
}

absl::Status RunVerifyDossiers(const Context& context, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyDossiers(options.database));
  return Tell(context, report);
}

void DeclareDatabase(CLI::App& command, VerifyOptions& options, const std::string& variable) {
  command
      .add_option("--database", options.database,
                  "The service's database, which is only read: sqlite:PATH or postgresql://...")
      ->envname(variable)
      ->required();
}

absl::Status RunVerifyBudget(const Context& context, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyLedger(options.database));
  return Tell(context, report);
}

absl::Status RunVerifyStaff(const Context& context, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyStaff(options.database));
  return Tell(context, report);
}

}  // namespace

void AddVerifyStaff(CLI::App& staff, Command& chosen) {
  AddCommand<VerifyOptions>(
      staff, chosen, "verify", "Count posts, holders and quotas again, with other code",
      [](CLI::App& command, VerifyOptions& options) {
        DeclareDatabase(command, options, "TWOTIER_PERSONNEL_DATABASE");
      },
      RunVerifyStaff);
}

void AddVerifyBudget(CLI::App& budget, Command& chosen) {
  AddCommand<VerifyOptions>(
      budget, chosen, "verify", "Add up the whole ledger again, with other code",
      [](CLI::App& command, VerifyOptions& options) {
        DeclareDatabase(command, options, "TWOTIER_BUDGET_DATABASE");
      },
      RunVerifyBudget);
}

void AddVerifyUnits(CLI::App& units, Command& chosen) {
  AddCommand<VerifyOptions>(
      units, chosen, "verify", "Prove what must hold of units, centers and feed at every date",
      [](CLI::App& command, VerifyOptions& options) {
        DeclareDatabase(command, options, "TWOTIER_REGISTRY_DATABASE");
      },
      RunVerifyUnits);
}

void AddVerifyDossiers(CLI::App& dossiers, Command& chosen) {
  AddCommand<VerifyOptions>(
      dossiers, chosen, "verify", "Prove that each dossier is what its timeline says",
      [](CLI::App& command, VerifyOptions& options) {
        DeclareDatabase(command, options, "TWOTIER_ROUTING_DATABASE");
      },
      RunVerifyDossiers);
}

}  // namespace twotier::ctl
