#include "tools/twotierctl/context.h"

#include "tools/twotierctl/format.h"

namespace twotier::ctl {

bool Context::PrintedAsJson(const google::protobuf::Message& message) const {
  if (json) *out << ToJson(message, /*pretty=*/true);
  return json;
}

}  // namespace twotier::ctl
