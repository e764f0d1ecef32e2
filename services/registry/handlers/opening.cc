#include "services/registry/handlers/opening.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/registry/convert_operations.h"
#include "services/registry/handlers/events.h"
#include "services/registry/handlers/province_change.h"
#include "services/registry/store/opening_store.h"
#include "services/registry/store/province_store.h"

namespace twotier::registry::handlers {
namespace {

// The hours of the center named, which stands on `day`, with the etag that was read.
absl::StatusOr<OpeningHours> LoadForChange(db::Tx& tx, absl::string_view name,
                                           absl::string_view etag, absl::CivilDay day) {
  const absl::string_view province_code = SegmentOf(name, 1);
  const absl::string_view center_id = SegmentOf(name, 3);
  RETURN_IF_ERROR(CheckDay(day));
  ASSIGN_OR_RETURN(const Province province, store::LoadProvince(tx, province_code));
  RETURN_IF_ERROR(RequireCenter(province, center_id, day).status());
  ASSIGN_OR_RETURN(OpeningHours hours, store::LoadOpeningHours(tx, province_code, center_id));
  RETURN_IF_ERROR(CheckEtag(etag, hours.version));
  return hours;
}

absl::Status Write(db::Tx& tx, const Call& call, const OpeningHours& before, OpeningHours& hours,
                   const google::type::Date& date, absl::string_view act, absl::string_view kind) {
  ++hours.version;
  hours.last_change = std::string(kind);
  RETURN_IF_ERROR(store::WriteOpeningHours(tx, before, hours));
  Events events(tx, call, ChangeBody(call, &date, act, {}));
  return events.Append(hours.province_code, OpeningHoursName(hours.province_code, hours.center_id),
                       hours.version, kind);
}

void CheckIntervals(absl::string_view field,
                    const google::protobuf::RepeatedPtrField<v1::DayInterval>& intervals,
                    error::Violations& violations) {
  const std::string wrong = WrongIntervals(ToIntervals(intervals));
  if (!wrong.empty()) violations.Add(field, wrong);
}

void FillInstant(const Opening& opening, bool operating, v1::GetOpeningResponse& response) {
  response.set_open(operating && opening.open);
  // Hours of a center that does not operate say nothing of when it opens.
  if (!operating) return;
  if (opening.since) SetTime(*opening.since, response.mutable_since_time());
  if (opening.until) SetTime(*opening.until, response.mutable_until_time());
}

}  // namespace

absl::StatusOr<v1::SetOpeningHoursResponse> SetOpeningHours(
    const Env&, const Call& call, const v1::SetOpeningHoursRequest& request, db::Tx& tx) {
  const absl::CivilDay day = ToDay(request.effective_date());
  ASSIGN_OR_RETURN(const OpeningHours before,
                   LoadForChange(tx, request.name(), request.etag(), day));
  OpeningHours hours = before;
  WeeklyHours week;
  week.valid = {day, kNoEnd};
  week.act = request.act().number();
  for (const v1::WeekdayHours& open : request.days()) {
    week.days[open.weekday() - v1::WEEKDAY_MONDAY] = ToIntervals(open.intervals());
  }
  RETURN_IF_ERROR(SetWeek(hours, std::move(week)));
  RETURN_IF_ERROR(Write(tx, call, before, hours, request.effective_date(), request.act().number(),
                        "opening_hours.set"));
  v1::SetOpeningHoursResponse response;
  *response.mutable_opening_hours() = ToProto(hours);
  return response;
}

void ValidateSetOpeningHours(const v1::SetOpeningHoursRequest& request,
                             error::Violations& violations) {
  CheckAct(request, violations);
  bool seen[v1::Weekday_ARRAYSIZE] = {};
  for (int i = 0; i < request.days_size(); ++i) {
    const v1::WeekdayHours& open = request.days(i);
    const std::string at = absl::StrCat("days[", i, "]");
    CheckIntervals(absl::StrCat(at, ".intervals"), open.intervals(), violations);
    if (!v1::Weekday_IsValid(open.weekday())) continue;
    if (std::exchange(seen[open.weekday()], true)) {
      violations.Add(absl::StrCat(at, ".weekday"), "must be named once");
    }
  }
}

absl::StatusOr<v1::SetOpeningExceptionResponse> SetOpeningException(
    const Env&, const Call& call, const v1::SetOpeningExceptionRequest& request, db::Tx& tx) {
  const absl::CivilDay day = ToDay(request.date());
  ASSIGN_OR_RETURN(const OpeningHours before,
                   LoadForChange(tx, request.name(), request.etag(), day));
  OpeningHours hours = before;
  SetException(hours, {day, ToIntervals(request.intervals()), request.note()}, request.remove());
  RETURN_IF_ERROR(
      Write(tx, call, before, hours, request.date(), "", "opening_hours.exception_set"));
  v1::SetOpeningExceptionResponse response;
  *response.mutable_opening_hours() = ToProto(hours);
  return response;
}

void ValidateSetOpeningException(const v1::SetOpeningExceptionRequest& request,
                                 error::Violations& violations) {
  CheckIntervals("intervals", request.intervals(), violations);
}

absl::StatusOr<v1::GetOpeningResponse> GetOpening(const Env& env, const Call& call,
                                                  const v1::GetOpeningRequest& request,
                                                  db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const absl::string_view province_code = SegmentOf(request.name(), 1);
  const absl::string_view center_id = SegmentOf(request.name(), 3);
  const absl::Time instant = request.has_time() ? ToTime(request.time()) : call.now;
  const absl::CivilDay day = request.has_date() ? ToDay(request.date()) : VietnamDay(instant);
  RETURN_IF_ERROR(CheckDay(day));
  const auto center = snapshot->FindCenter(CenterName(province_code, center_id));
  const auto ref = center.has_value() ? snapshot->CenterOn(*center, day) : std::nullopt;
  if (!ref.has_value()) return CenterNotFound(CenterName(province_code, center_id), day);

  v1::GetOpeningResponse response;
  SetKnowledge(request, response);
  SetDate(day, response.mutable_date());
  const bool operating = snapshot->center(*ref).state() == v1::CENTER_STATE_OPERATING;
  response.set_operating(operating);
  OpeningHours none;
  none.province_code = std::string(province_code);
  none.center_id = std::string(center_id);
  const OpeningHours* hours = snapshot->operations().FindHours(province_code, center_id);
  if (hours == nullptr) hours = &none;
  *response.mutable_opening_hours() = ToProto(*hours);
  const auto intervals = IntervalsOn(*hours, day);
  if (!intervals.has_value()) return response;
  response.set_known(true);
  SetIntervals(*intervals, response.mutable_intervals());
  if (request.has_date()) {
    response.set_open(operating && !intervals->empty());
  } else {
    FillInstant(OpeningAt(*hours, instant), operating, response);
  }
  return response;
}

void ValidateGetOpening(const v1::GetOpeningRequest& request, error::Violations& violations) {
  // 9999-12-31, the last date there is.
  constexpr int64_t kSecondsMax = 253'402'214'400;
  if (request.has_time() && request.has_date()) {
    violations.Add("time", "at most one of time and date may be set");
  }
  if (request.time().seconds() < 0 || request.time().seconds() > kSecondsMax ||
      request.time().nanos() < 0 || request.time().nanos() > 999'999'999) {
    violations.Add("time", "must lie between 1970 and 9999");
  }
}

}  // namespace twotier::registry::handlers
