#include "common/rpc/rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace twotier::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;

// Path of the first `sensitive` field that `message` can hold; empty when there is none.
std::string FindSensitive(const Descriptor& message, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&message).second) return "";
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.options().GetExtension(common::v1::sensitive)) return field.full_name();
    if (field.message_type() == nullptr) continue;
    std::string found = FindSensitive(*field.message_type(), seen);
    if (!found.empty()) return found;
  }
  return "";
}

// Reads one rule and says everything that is wrong with it.
class RuleReader {
 public:
  RuleReader(const MethodDescriptor& method, std::vector<std::string>& problems)
      : method_(method),
        rule_(method.options().GetExtension(common::v1::rule)),
        problems_(problems) {
    read_.descriptor = &method;
    read_.kind = rule_.kind();
    read_.permission = rule_.permission();
  }

  MethodRule Read() {
    if (!method_.options().HasExtension(common::v1::rule)) {
      Problem("has no rule");
      return read_;
    }
    if (rule_.permission().empty()) Problem("has no permission");
    CheckStreaming();
    if (!rule_.scope_field().empty()) {
      AddPath("scope_field", rule_.scope_field(), false, read_.scope);
    }
    ReadBumps();
    ReadReadField();
    if (rule_.kind() == common::v1::KIND_WRITE) ReadWrite();
    return read_;
  }

 private:
  void Problem(absl::string_view what) {
    problems_.push_back(absl::StrCat(method_.full_name(), " ", what));
  }

  void CheckStreaming() {
    if (method_.client_streaming()) Problem("streams from the client, which no kind allows");
    if (rule_.kind() == common::v1::KIND_UNSPECIFIED) {
      Problem("has no kind");
    } else if ((rule_.kind() == common::v1::KIND_WATCH) != method_.server_streaming()) {
      Problem(method_.server_streaming() ? "streams to the client but is not KIND_WATCH"
                                         : "is KIND_WATCH but does not stream");
    }
  }

  void AddPath(absl::string_view what, const std::string& path, bool repeated_allowed,
               std::vector<FieldPath>& paths) {
    absl::StatusOr<FieldPath> found =
        FieldPath::Find(*method_.input_type(), path, repeated_allowed);
    if (found.ok()) {
      paths.push_back(*std::move(found));
    } else {
      Problem(absl::StrCat("has a wrong ", what, ": ", found.status().message()));
    }
  }

  void ReadBumps() {
    const bool bumps = !rule_.bump_fields().empty() || !rule_.bump_roots().empty();
    if (bumps && rule_.kind() != common::v1::KIND_WRITE) {
      Problem("bumps aggregates but does not write");
    }
    for (const std::string& field : rule_.bump_fields()) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(field, absl::MaxSplits(':', 1));
      std::vector<FieldPath> found;
      AddPath("bump_field", parts.first, true, found);
      if (!found.empty()) read_.bumps.push_back({std::move(found.front()), parts.second});
    }
    for (const std::string& root : rule_.bump_roots()) read_.roots.push_back({"", root});
  }

  void ReadReadField() {
    if (rule_.read_field().empty()) return;
    if (rule_.kind() != common::v1::KIND_MEMORY) Problem("has a read_field but is not KIND_MEMORY");
    read_.read_field = method_.input_type()->FindFieldByName(rule_.read_field());
    if (read_.read_field == nullptr || !read_.read_field->has_presence()) {
      Problem("has a read_field that is no field whose absence can be told");
    }
  }

  void ReadWrite() {
    const Descriptor& request = *method_.input_type();
    read_.request_id = request.FindFieldByName("request_id");
    if (read_.request_id == nullptr || read_.request_id->is_repeated() ||
        read_.request_id->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      Problem("is KIND_WRITE but its request has no text field request_id");
    } else {
      const auto& constraint = read_.request_id->options().GetExtension(common::v1::constraint);
      if (!constraint.required() || constraint.format() != common::v1::FORMAT_UUID) {
        Problem("is KIND_WRITE but its request_id is not a required UUID");
      }
    }
    read_.validate_only = request.FindFieldByName("validate_only");
    if (read_.validate_only == nullptr || read_.validate_only->is_repeated() ||
        read_.validate_only->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) {
      Problem("is KIND_WRITE but its request has no bool field validate_only");
    }
    std::set<const Descriptor*> seen;
    const std::string sensitive = FindSensitive(*method_.output_type(), seen);
    if (!sensitive.empty()) {
      Problem(absl::StrCat("is KIND_WRITE but its response can hold the sensitive field ",
                           sensitive, ", which the request log would keep"));
    }
  }

  const MethodDescriptor& method_;
  const common::v1::Rule& rule_;
  std::vector<std::string>& problems_;
  MethodRule read_;
};

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Find(const Descriptor& message, absl::string_view path,
                                          bool repeated_allowed) {
  FieldPath found;
  const Descriptor* at = &message;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field = at == nullptr ? nullptr : at->FindFieldByName(std::string(name));
    if (field == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(message.full_name(), " has no field ", path));
    }
    if (!found.fields_.empty() && found.fields_.back()->is_repeated() && !repeated_allowed) {
      return absl::InvalidArgumentError(absl::StrCat(path, " goes through a repeated field"));
    }
    found.fields_.push_back(field);
    at = field->message_type();
  }
  const FieldDescriptor& last = *found.fields_.back();
  if (last.type() != FieldDescriptor::TYPE_STRING) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a text field"));
  }
  if (last.is_repeated() && !repeated_allowed) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is repeated"));
  }
  return found;
}

std::vector<absl::string_view> FieldPath::Values(const Message& message) const {
  std::vector<absl::string_view> values;
  Collect(message, 0, values);
  return values;
}

void FieldPath::Collect(const Message& message, size_t depth,
                        std::vector<absl::string_view>& values) const {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = fields_[depth];
  const bool last = depth + 1 == fields_.size();
  // Text fields of generated messages are std::string: the scratch is never used.
  std::string scratch;
  if (field->is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (last) {
        values.push_back(reflection.GetRepeatedStringReference(message, field, i, &scratch));
      } else {
        Collect(reflection.GetRepeatedMessage(message, field, i), depth + 1, values);
      }
    }
  } else if (last) {
    values.push_back(reflection.GetStringReference(message, field, &scratch));
  } else if (reflection.HasField(message, field)) {
    Collect(reflection.GetMessage(message, field), depth + 1, values);
  }
}

absl::string_view FieldPath::Value(const Message& message) const {
  const std::vector<absl::string_view> values = Values(message);
  return values.empty() ? absl::string_view() : values.front();
}

absl::StatusOr<std::vector<MethodRule>> ReadRules(
    const google::protobuf::ServiceDescriptor& service) {
  std::vector<MethodRule> rules;
  std::vector<std::string> problems;
  for (int i = 0; i < service.method_count(); ++i) {
    rules.push_back(RuleReader(*service.method(i), problems).Read());
  }
  if (problems.empty()) return rules;
  return absl::FailedPreconditionError(absl::StrJoin(problems, "\n"));
}

absl::string_view ProvinceOf(absl::string_view resource_name) {
  constexpr absl::string_view kPrefix = "provinces/";
  constexpr size_t kEnd = kPrefix.size() + 2;  // Two digits.
  if (!absl::StartsWith(resource_name, kPrefix) || resource_name.size() < kEnd) return "";
  if (resource_name.size() > kEnd && resource_name[kEnd] != '/') return "";
  const absl::string_view code = resource_name.substr(kPrefix.size(), 2);
  return absl::ascii_isdigit(code[0]) && absl::ascii_isdigit(code[1]) ? code : "";
}

bool ReadsDatabase(const MethodRule& rule, const Message& request) {
  if (rule.kind == common::v1::KIND_READ) return true;
  return rule.read_field != nullptr && request.GetReflection()->HasField(request, rule.read_field);
}

std::vector<db::Key> KeysOf(const MethodRule& rule, const Message& request) {
  std::vector<db::Key> keys;
  const auto add = [&keys](absl::string_view province_code, absl::string_view name) {
    const auto same = [&](const db::Key& other) {
      return other.province_code == province_code && other.name == name;
    };
    if (std::any_of(keys.begin(), keys.end(), same)) return;
    keys.push_back({std::string(province_code), std::string(name)});
  };
  for (const BumpField& field : rule.bumps) {
    for (const absl::string_view value : field.path.Values(request)) {
      if (value.empty()) continue;  // An optional reference that was not given.
      add(ProvinceOf(value), field.root.empty() ? value : absl::string_view(field.root));
    }
  }
  for (const db::Key& root : rule.roots) add(root.province_code, root.name);
  return keys;
}

}  // namespace twotier::rpc
