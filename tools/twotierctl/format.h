// How values of the contracts are written for people: dates, instants, enum values, terms.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_FORMAT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_FORMAT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "twotier/common/v1/types.pb.h"
#include "twotier/routing/v1/procedure.pb.h"

namespace twotier::ctl {

// "2025-07-01"; "" for a date that is not set.
std::string DateText(const google::type::Date& date);

// Reads "2025-07-01". INVALID_ARGUMENT for anything else.
absl::StatusOr<google::type::Date> ParseDate(absl::string_view text);

// A date of the contracts as a day of the calendar, and back.
absl::CivilDay DayOf(const google::type::Date& date);
google::type::Date DateOf(absl::CivilDay day);

// "2025-07-01 to 2026-04-29", both days included; "from 2025-07-01"; "until 2025-06-30"; "" without
// both ends.
std::string RangeText(const twotier::common::v1::DateRange& range);

// "2026-11-22 14:05" on the clock of Việt Nam, which has been UTC+7 without daylight saving since
// 1975.
std::string InstantText(const google::protobuf::Timestamp& time);

// Reads "2026-11-22T14:05:00+07:00" (RFC 3339). INVALID_ARGUMENT for anything else.
absl::StatusOr<google::protobuf::Timestamp> ParseInstant(absl::string_view text);

// "3 working days", "1.5 working days", "immediate"; "not known" for a term that is not set.
std::string TermText(const twotier::routing::v1::Term& term);

// The value's name without the prefix of its enum, in lower case: TIER_COMMUNE becomes "commune".
std::string EnumText(const google::protobuf::EnumDescriptor& type, int value);

template <class Enum>
std::string EnumText(Enum value) {
  return EnumText(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

// Reads what EnumText writes, or the full name. INVALID_ARGUMENT names the values there are.
absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, absl::string_view text);

template <class Enum>
absl::StatusOr<Enum> ParseEnum(absl::string_view text) {
  const absl::StatusOr<int> number = ParseEnum(*google::protobuf::GetEnumDescriptor<Enum>(), text);
  if (!number.ok()) return number.status();
  return static_cast<Enum>(*number);
}

// JSON with the field names of the contract; on one line unless `pretty`.
std::string ToJson(const google::protobuf::Message& message, bool pretty);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_FORMAT_H_
