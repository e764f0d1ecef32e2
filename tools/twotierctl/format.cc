#include "tools/twotierctl/format.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"

namespace twotier::ctl {
namespace {

namespace pb = ::google::protobuf;

// "CompetenceLevel" gives "COMPETENCE_LEVEL_".
std::string PrefixOf(const pb::EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return prefix + "_";
}

std::string ShortName(const pb::EnumValueDescriptor& value) {
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), PrefixOf(*value.type())));
}

}  // namespace

std::string DateText(const google::type::Date& date) {
  if (date.year() == 0) return "";
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

absl::StatusOr<google::type::Date> ParseDate(absl::string_view text) {
  absl::CivilDay day;
  // The length keeps out forms that Abseil also reads, such as "2025-7-1".
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no date; write year, month and day as 2025-07-01"));
  }
  return DateOf(day);
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<google::protobuf::Timestamp> ParseInstant(absl::string_view text) {
  absl::Time instant;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &instant, &error) ||
      instant == absl::InfiniteFuture() || instant == absl::InfinitePast()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no instant; write it with its zone as 2026-11-22T14:05:00+07:00"));
  }
  google::protobuf::Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(instant));
  time.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(instant - absl::FromUnixSeconds(time.seconds()))));
  return time;
}

std::string RangeText(const twotier::common::v1::DateRange& range) {
  const std::string first = DateText(range.first_date());
  std::string last;
  if (range.end_date().year() != 0) {
    last = absl::FormatCivilTime(DayOf(range.end_date()) - 1);
  }
  if (first.empty() && last.empty()) return "";
  if (last.empty()) return absl::StrCat("from ", first);
  if (first.empty()) return absl::StrCat("until ", last);
  return absl::StrCat(first, " to ", last);
}

std::string InstantText(const pb::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::FixedTimeZone(7 * 60 * 60));
}

std::string TermText(const twotier::routing::v1::Term& term) {
  namespace v1 = twotier::routing::v1;
  if (term.unit() == v1::TERM_UNIT_UNSPECIFIED) return "not known";
  if (term.unit() == v1::TERM_UNIT_IMMEDIATE) return "immediate";
  std::string unit = EnumText(term.unit());
  for (char& c : unit) {
    if (c == '_') c = ' ';
  }
  const bool one = term.value() == 1 && !term.half();
  return absl::StrCat(term.value(), term.half() ? ".5" : "", " ", unit, one ? "" : "s");
}

std::string EnumText(const pb::EnumDescriptor& type, int value) {
  const pb::EnumValueDescriptor* descriptor = type.FindValueByNumber(value);
  return descriptor == nullptr ? absl::StrCat(value) : ShortName(*descriptor);
}

absl::StatusOr<int> ParseEnum(const pb::EnumDescriptor& type, absl::string_view text) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const pb::EnumValueDescriptor& value = *type.value(i);
    if (text == ShortName(value) || text == value.name()) return value.number();
    if (value.number() != 0) names.push_back(ShortName(value));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is none of ", absl::StrJoin(names, ", ")));
}

std::string ToJson(const pb::Message& message, bool pretty) {
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string json;
  if (const auto status = pb::util::MessageToJsonString(message, &json, options); !status.ok()) {
    // An Any of a type this program does not know has no JSON form.
    return message.ShortDebugString();
  }
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

}  // namespace twotier::ctl
