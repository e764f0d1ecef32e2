// Checks a request against the constraints its contract declares. What to look at is worked out
// once per message type, so that a call only walks its fields.
#ifndef TWOTIER_COMMON_RPC_VALIDATE_H_
#define TWOTIER_COMMON_RPC_VALIDATE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "twotier/common/v1/rule.pb.h"

namespace twotier::rpc {

// Limits of a field whose constraint does not state its own (rule.proto).
inline constexpr uint32_t kBytesMaxDefault = 1024;
inline constexpr uint32_t kItemsMaxDefault = 1000;

struct MessagePlan;

// Plans of all message types that requests of one service reach. Immutable once built; thread-safe.
class Validator {
 public:
  Validator();
  ~Validator();

  // Makes the plan of `message` and of every message it can hold. Appends one line to `problems`
  // for every constraint that does not fit its field. Returns a pointer that lives as long as this
  // object.
  const MessagePlan* Plan(const google::protobuf::Descriptor& message,
                          std::vector<std::string>& problems);

 private:
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

// Adds every violation of a declared constraint, with its path ("components[2].title").
void CheckConstraints(const MessagePlan& plan, const google::protobuf::Message& message,
                      error::Violations& violations);

// The lexical forms, also for other readers of the same values.
bool HasFormat(common::v1::Format format, absl::string_view text);

// True when `name` matches `patterns`, for example "provinces/*/centers/*": `*` is one segment of
// letters, digits and `-._~`; after "provinces" it is two digits. `|` parts patterns of which one
// must match.
bool MatchesResource(absl::string_view patterns, absl::string_view name);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_VALIDATE_H_
