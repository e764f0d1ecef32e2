// What the commands of procedures share.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_PROCEDURE_TEXT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_PROCEDURE_TEXT_H_

#include <string>

#include "CLI/CLI.hpp"
#include "tools/twotierctl/context.h"
#include "twotier/routing/v1/procedure.pb.h"

namespace twotier::ctl {

// "published"; "draft: term_unknown, ministry_only".
std::string StateText(const routing::v1::Procedure& procedure);

// Its term, or "by case".
std::string VersionTermText(const routing::v1::Procedure& procedure);

// The commands that look at versions, among those of `procedures`.
void AddProcedureVersions(CLI::App& procedures, Command& chosen);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_PROCEDURE_TEXT_H_
