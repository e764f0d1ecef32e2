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

}  // namespace twotier::ctl
