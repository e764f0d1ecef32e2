#include "common/rpc/validate.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"

namespace twotier::rpc {
namespace {

using common::v1::Constraint;
using common::v1::Format;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What is looked at in one field.
struct FieldPlan {
  const FieldDescriptor* field = nullptr;
  FieldDescriptor::CppType type = FieldDescriptor::CPPTYPE_INT32;
  bool repeated = false;
  bool required = false;
  bool is_text = false;  // `string`, as opposed to `bytes`.
  uint32_t bytes_max = kBytesMaxDefault;
  int items_max = static_cast<int>(kItemsMaxDefault);
  Format format = common::v1::FORMAT_UNSPECIFIED;
  std::string resource;
  const MessagePlan* message = nullptr;
};

// Where the walk stands, linked towards the root and on the stack: a path becomes text only when it
// is wrong.
struct Place {
  const Place* parent = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;  // Of a repeated field.

  std::string Text() const {
    if (field == nullptr) return "";
    const std::string before = parent->Text();
    return absl::StrCat(before, before.empty() ? "" : ".", field->name(),
                        index < 0 ? "" : absl::StrCat("[", index, "]"));
  }
};

absl::string_view FormatText(Format format) {
  switch (format) {
    case common::v1::FORMAT_UUID:
      return "must be a UUID, for example 123e4567-e89b-12d3-a456-426614174000";
    case common::v1::FORMAT_UNIT_CODE:
      return "must be the code of a unit: 2 digits (province), 3 (district) or 5 (commune)";
    case common::v1::FORMAT_PROCEDURE_CODE:
      return "must be a procedure code, for example 1.004194";
    case common::v1::FORMAT_PROVINCE_CODE:
      return "must be the code of a province: 2 digits";
    case common::v1::FORMAT_SHA256:
      return "must be a SHA-256 in 64 lower-case hexadecimal digits";
    default:
      return "has an unknown form";
  }
}

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(text[i])) return false;
  }
  return true;
}

// `d.dddddd`, then any number of `.tail` of letters and digits.
bool IsProcedureCode(absl::string_view text) {
  if (text.size() < 8 || !absl::ascii_isdigit(text[0]) || text[1] != '.') return false;
  if (!AllDigits(text.substr(2, 6))) return false;
  const absl::string_view tail = text.substr(8);
  if (tail.empty()) return true;
  if (tail[0] != '.') return false;
  for (const absl::string_view part : absl::StrSplit(tail.substr(1), '.')) {
    if (part.empty() || !std::all_of(part.begin(), part.end(), absl::ascii_isalnum)) return false;
  }
  return true;
}

bool IsSha256(absl::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

bool IsSegment(absl::string_view segment) {
  return !segment.empty() && std::all_of(segment.begin(), segment.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
  });
}

// Cuts the text before the first '/' off `rest`.
absl::string_view TakeSegment(absl::string_view& rest) {
  const size_t slash = rest.find('/');
  const absl::string_view segment = rest.substr(0, slash);
  rest = slash == absl::string_view::npos ? absl::string_view() : rest.substr(slash + 1);
  return segment;
}

}  // namespace

struct MessagePlan {
  std::vector<FieldPlan> fields;
  // Messages of well-known types are checked as a whole.
  enum class Whole { kNo, kDate, kTimestamp } whole = Whole::kNo;
};

namespace {

class Walk {
 public:
  explicit Walk(error::Violations& violations) : violations_(violations) {}

  void Visit(const MessagePlan& plan, const Message& message, const Place& at) {
    if (plan.whole == MessagePlan::Whole::kDate) return VisitDate(plan, message, at);
    if (plan.whole == MessagePlan::Whole::kTimestamp) return VisitTimestamp(plan, message, at);
    const Reflection& reflection = *message.GetReflection();
    for (const FieldPlan& field : plan.fields) {
      const Place place{&at, field.field, -1};
      if (field.repeated) {
        VisitRepeated(field, message, reflection, place);
      } else {
        VisitSingular(field, message, reflection, place);
      }
    }
  }

 private:
  void Add(const Place& at, absl::string_view description) {
    violations_.Add(at.Text(), description);
  }

  void VisitSingular(const FieldPlan& plan, const Message& message, const Reflection& reflection,
                     const Place& at) {
    switch (plan.type) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = reflection.GetStringReference(message, plan.field, &scratch);
        if (!text.empty()) return VisitText(plan, text, at);
        break;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (reflection.HasField(message, plan.field)) {
          return Visit(*plan.message, reflection.GetMessage(message, plan.field), at);
        }
        break;
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection.GetEnumValue(message, plan.field);
        if (value != 0) return VisitEnum(plan, value, at);
        break;
      }
      default:
        if (reflection.HasField(message, plan.field)) return;
        break;
    }
    if (plan.required) Add(at, "is required");
  }

  void VisitRepeated(const FieldPlan& plan, const Message& message, const Reflection& reflection,
                     const Place& at) {
    const int size = reflection.FieldSize(message, plan.field);
    if (size == 0) {
      if (plan.required) Add(at, "is required");
      return;
    }
    if (size > plan.items_max) {
      return Add(at, absl::StrCat("has ", size, " elements; the most is ", plan.items_max));
    }
    Place element = at;
    for (int i = 0; i < size; ++i) {
      element.index = i;
      if (plan.type == FieldDescriptor::CPPTYPE_STRING) {
        std::string scratch;
        const std::string& text =
            reflection.GetRepeatedStringReference(message, plan.field, i, &scratch);
        if (text.empty()) {
          Add(element, "is empty");
        } else {
          VisitText(plan, text, element);
        }
      } else if (plan.type == FieldDescriptor::CPPTYPE_MESSAGE) {
        Visit(*plan.message, reflection.GetRepeatedMessage(message, plan.field, i), element);
      } else if (plan.type == FieldDescriptor::CPPTYPE_ENUM) {
        VisitEnum(plan, reflection.GetRepeatedEnumValue(message, plan.field, i), element);
      }
    }
  }

  void VisitText(const FieldPlan& plan, absl::string_view text, const Place& at) {
    if (text.size() > plan.bytes_max) {
      return Add(at, absl::StrCat("has ", text.size(), " bytes; the most is ", plan.bytes_max));
    }
    if (!plan.is_text) return;
    // PostgreSQL cannot store it, and C interfaces cut it off.
    if (text.find('\0') != absl::string_view::npos) return Add(at, "contains U+0000");
    if (plan.format != common::v1::FORMAT_UNSPECIFIED && !HasFormat(plan.format, text)) {
      Add(at, FormatText(plan.format));
    }
    if (!plan.resource.empty() && !MatchesResource(plan.resource, text)) {
      Add(at, absl::StrCat("must be a resource name of the form ",
                           absl::StrReplaceAll(plan.resource, {{"|", " or "}})));
    }
  }

  void VisitEnum(const FieldPlan& plan, int value, const Place& at) {
    if (plan.field->enum_type()->FindValueByNumber(value) == nullptr) {
      Add(at, absl::StrCat("has the unknown value ", value));
    }
  }

  void VisitDate(const MessagePlan& plan, const Message& message, const Place& at) {
    const Reflection& reflection = *message.GetReflection();
    const int year = reflection.GetInt32(message, plan.fields[0].field);
    const int month = reflection.GetInt32(message, plan.fields[1].field);
    const int day = reflection.GetInt32(message, plan.fields[2].field);
    if (year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31) {
      const absl::CivilDay date(year, month, day);  // 31 April becomes 1 May.
      if (date.month() == month && date.day() == day) return;
    }
    Add(at, absl::StrCat("must be a full calendar date; ", year, "-", month, "-", day, " is none"));
  }

  // What google/protobuf/timestamp.proto allows.
  void VisitTimestamp(const MessagePlan& plan, const Message& message, const Place& at) {
    constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01.
    constexpr int64_t kEndSecond = 253'402'300'800;    // 10000-01-01.
    const Reflection& reflection = *message.GetReflection();
    const int64_t seconds = reflection.GetInt64(message, plan.fields[0].field);
    const int32_t nanos = reflection.GetInt32(message, plan.fields[1].field);
    if (seconds < kFirstSecond || seconds >= kEndSecond || nanos < 0 || nanos >= 1'000'000'000) {
      Add(at, "must be an instant of the years 1 to 9999, with 0 to 999,999,999 nanoseconds");
    }
  }

  error::Violations& violations_;
};

// Says what does not fit between a field and its constraint.
std::string ConstraintProblem(const FieldDescriptor& field, const Constraint& constraint) {
  const bool text = field.type() == FieldDescriptor::TYPE_STRING;
  const bool bytes = field.type() == FieldDescriptor::TYPE_BYTES;
  if (constraint.bytes_max() != 0 && !text && !bytes) return "bytes_max on a field that is no text";
  if (constraint.items_max() != 0 && !field.is_repeated()) {
    return "items_max on a field that is not repeated";
  }
  if (constraint.format() != common::v1::FORMAT_UNSPECIFIED && !text) {
    return "format on a field that is no text";
  }
  if (!constraint.resource().empty() && !text) return "resource on a field that is no text";
  if (constraint.required() && field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL &&
      !field.has_presence()) {
    return "required on a bool, whose absence cannot be told from false";
  }
  for (absl::string_view pattern : absl::StrSplit(constraint.resource(), '|')) {
    while (!pattern.empty()) {
      const absl::string_view segment = TakeSegment(pattern);
      if (segment != "*" && !IsSegment(segment)) return "a resource pattern with an odd segment";
    }
  }
  return "";
}

FieldPlan PlanOf(const FieldDescriptor& field) {
  const Constraint& constraint = field.options().GetExtension(common::v1::constraint);
  FieldPlan plan;
  plan.field = &field;
  plan.type = field.cpp_type();
  plan.repeated = field.is_repeated();
  plan.required = constraint.required();
  plan.is_text = field.type() == FieldDescriptor::TYPE_STRING;
  if (constraint.bytes_max() != 0) plan.bytes_max = constraint.bytes_max();
  if (constraint.items_max() != 0) plan.items_max = static_cast<int>(constraint.items_max());
  plan.format = constraint.format();
  plan.resource = constraint.resource();
  return plan;
}

// False when no value of this field can be wrong: its visit is saved.
bool CanBeWrong(const FieldPlan& plan) {
  if (plan.repeated) return true;
  switch (plan.type) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
    case FieldDescriptor::CPPTYPE_ENUM:
      return true;
    default:
      return plan.required;
  }
}

}  // namespace

Validator::Validator() = default;
Validator::~Validator() = default;

const MessagePlan* Validator::Plan(const Descriptor& message, std::vector<std::string>& problems) {
  std::unique_ptr<MessagePlan>& slot = plans_[&message];
  if (slot != nullptr)
    return slot.get();  // Also while it is being made: messages may be recursive.
  slot = std::make_unique<MessagePlan>();
  MessagePlan* plan = slot.get();
  if (message.full_name() == "google.type.Date") plan->whole = MessagePlan::Whole::kDate;
  if (message.full_name() == "google.protobuf.Timestamp") {
    plan->whole = MessagePlan::Whole::kTimestamp;
  }
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const Constraint& constraint = field.options().GetExtension(common::v1::constraint);
    std::string problem = ConstraintProblem(field, constraint);
    if (!problem.empty()) {
      problems.push_back(absl::StrCat(field.full_name(), " has ", problem));
    }
    FieldPlan field_plan = PlanOf(field);
    if (plan->whole == MessagePlan::Whole::kNo && !CanBeWrong(field_plan)) continue;
    if (field.message_type() != nullptr) {
      field_plan.message = Plan(*field.message_type(), problems);
    }
    plan->fields.push_back(std::move(field_plan));
  }
  return plan;
}

void CheckConstraints(const MessagePlan& plan, const Message& message,
                      error::Violations& violations) {
  Walk(violations).Visit(plan, message, Place());
}

bool HasFormat(Format format, absl::string_view text) {
  switch (format) {
    case common::v1::FORMAT_UUID:
      return IsUuid(text);
    case common::v1::FORMAT_UNIT_CODE:
      return (text.size() == 2 || text.size() == 3 || text.size() == 5) && AllDigits(text);
    case common::v1::FORMAT_PROCEDURE_CODE:
      return IsProcedureCode(text);
    case common::v1::FORMAT_PROVINCE_CODE:
      return text.size() == 2 && AllDigits(text);
    case common::v1::FORMAT_SHA256:
      return IsSha256(text);
    default:
      return true;
  }
}

namespace {

// One pattern without alternatives.
bool MatchesPattern(absl::string_view pattern, absl::string_view name) {
  absl::string_view before;
  while (!pattern.empty() && !name.empty()) {
    const absl::string_view expected = TakeSegment(pattern);
    const bool last = name.find('/') == absl::string_view::npos;
    const absl::string_view segment = TakeSegment(name);
    if (last != pattern.empty()) return false;
    if (expected == "*") {
      if (!IsSegment(segment)) return false;
      if (before == "provinces" && !HasFormat(common::v1::FORMAT_PROVINCE_CODE, segment))
        return false;
    } else if (segment != expected) {
      return false;
    }
    before = expected;
  }
  return pattern.empty() && name.empty();
}

}  // namespace

bool MatchesResource(absl::string_view patterns, absl::string_view name) {
  const size_t end = patterns.find('|');
  if (MatchesPattern(patterns.substr(0, end), name)) return true;
  return end != absl::string_view::npos && MatchesResource(patterns.substr(end + 1), name);
}

}  // namespace twotier::rpc
