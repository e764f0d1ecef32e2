#include "tools/twotierctl/context.h"

#include "tools/twotierctl/format.h"

namespace twotier::ctl {

bool Context::PrintedAsJson(const google::protobuf::Message& message) const {
  if (json) *out << ToJson(message, /*pretty=*/true);
  return json;
}

void Context::IdentifyChange(google::protobuf::Message& request) const {
  if (const std::string id = FillRequestId(request); !id.empty()) {
    *err << "request_id: " << id << "\n";
  }
}

void DeclareRepeatable(CLI::App& command, std::string& request_id, bool& validate_only) {
  command.add_option("--request-id", request_id, "UUID; repeat a call with the id it had");
  command.add_flag("--validate-only", validate_only, "Show the effect, change nothing");
}

}  // namespace twotier::ctl
