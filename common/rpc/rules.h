// The rules of a service, read once from its descriptor. A server with a wrong rule does not start.
#ifndef TWOTIER_COMMON_RPC_RULES_H_
#define TWOTIER_COMMON_RPC_RULES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/database.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "twotier/common/v1/rule.pb.h"

namespace twotier::rpc {

// A field: "name", "dossier.center", "transfers.debit_account".
class FieldPath {
 public:
  // INVALID_ARGUMENT when `path` does not lead from `message` to a text field. Fields on the way
  // and the last one may be repeated when `repeated_allowed`.
  static absl::StatusOr<FieldPath> Find(const google::protobuf::Descriptor& message,
                                        absl::string_view path, bool repeated_allowed);

  // All values in `message`, in the order of the messages that hold them; none when a message on
  // the way is absent. Views into `message`.
  std::vector<absl::string_view> Values(const google::protobuf::Message& message) const;

  // The value of a singular path; empty when absent.
  absl::string_view Value(const google::protobuf::Message& message) const;

 private:
  void Collect(const google::protobuf::Message& message, size_t depth,
               std::vector<absl::string_view>& values) const;

  std::vector<const google::protobuf::FieldDescriptor*> fields_;
};

// One of a rule's bump_fields.
struct BumpField {
  FieldPath path;
  std::string root;  // Aggregate of the province that a value lies in; empty: the value names it.
};

// One RPC as the dispatcher sees it.
struct MethodRule {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  common::v1::Kind kind = common::v1::KIND_UNSPECIFIED;
  std::string permission;
  std::vector<FieldPath> scope;  // None or one.
  std::vector<BumpField> bumps;
  std::vector<db::Key> roots;
  const google::protobuf::FieldDescriptor* request_id = nullptr;     // KIND_WRITE only.
  const google::protobuf::FieldDescriptor* validate_only = nullptr;  // KIND_WRITE only.
  const google::protobuf::FieldDescriptor* read_field = nullptr;     // KIND_MEMORY only.
};

// Reads the rules of all methods. FAILED_PRECONDITION lists every problem, one a line: no rule, no
// permission, KIND_WRITE without `request_id` (text) or `validate_only` (bool), unknown or non-text
// scope and bump fields, bumps of a method that does not write, a `read_field` of another kind than
// KIND_MEMORY or whose absence cannot be told, a KIND_WRITE response that can hold a `sensitive`
// field, a kind that does not fit the streaming of the method, client streaming.
absl::StatusOr<std::vector<MethodRule>> ReadRules(
    const google::protobuf::ServiceDescriptor& service);

// Province of a resource name "provinces/48/...": "48". Empty when the name is of another form.
absl::string_view ProvinceOf(absl::string_view resource_name);

// True when the call runs in a read-only transaction: KIND_READ, or KIND_MEMORY with `read_field`
// set in `request`.
bool ReadsDatabase(const MethodRule& rule, const google::protobuf::Message& request);

// Aggregates a request bumps, in the order of the rule, without repetition.
std::vector<db::Key> KeysOf(const MethodRule& rule, const google::protobuf::Message& request);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_RULES_H_
