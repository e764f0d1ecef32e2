// What the commands on dossiers share: how a dossier and its documents are named and shown.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_DOSSIER_TEXT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_DOSSIER_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status_macros.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/table.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {

inline constexpr char kComponentHelp[] =
    "Title of an original, or copy:TITLE or electronic:TITLE; may be repeated";

// `provinces/48/dossiers/CODE`, or "48/CODE" for short.
std::string DossierName(const std::string& text);

std::string DueText(const routing::v1::Dossier& dossier);

void PrintDossier(const Context& context, const routing::v1::Dossier& dossier);

// Where dossiers go, why, and which post works on them no more.
Table ReroutedTable(
    const google::protobuf::RepeatedPtrField<routing::v1::ReroutedDossier>& dossiers);

// A document as the command line names it: "Title" is an original on paper, "copy:Title" a copy. A
// lower-case word before a colon must be a kind, so that a misspelt one is no title.
absl::StatusOr<routing::v1::Component> ParseComponent(const std::string& text);

template <class Request>
absl::Status AddComponents(const std::vector<std::string>& components, Request& request) {
  for (const std::string& text : components) {
    ASSIGN_OR_RETURN(*request.add_components(), ParseComponent(text));
  }
  return absl::OkStatus();
}

// Shows the dossier after a change.
template <class Response>
absl::Status PrintChange(const Context& context, const absl::StatusOr<Response>& response) {
  RETURN_IF_ERROR(response.status());
  if (!context.PrintedAsJson(*response)) PrintDossier(context, response->dossier());
  return absl::OkStatus();
}

// The commands that take a step, among those of `dossiers`.
void AddDossierSteps(CLI::App& dossiers, Command& chosen);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_DOSSIER_TEXT_H_
