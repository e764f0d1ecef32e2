// The text of a list request that its page tokens are sealed to.
#ifndef TWOTIER_COMMON_RPC_QUERY_H_
#define TWOTIER_COMMON_RPC_QUERY_H_

#include <string>

#include "google/protobuf/message.h"

namespace twotier::rpc {

// Everything of `request` that must stay the same from page to page: all fields but `page_size` and
// `page_token`. Equal requests give equal text within one release.
std::string QueryText(const google::protobuf::Message& request);

// Appends the same bytes for equal messages, also when they hold maps.
void AppendDeterministic(const google::protobuf::Message& message, std::string& bytes);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_QUERY_H_
