#include "services/routing/handlers/alarms.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/handlers/places.h"
#include "services/routing/store/alarm_store.h"
#include "services/routing/store/rerouting_store.h"

namespace twotier::routing::handlers {
namespace {

constexpr absl::string_view kMethod = "ListAlarms";

std::string CursorText(const Alarm& alarm) {
  return absl::StrCat(absl::ToUnixMicros(alarm.fired), "|", static_cast<int>(alarm.kind), "|",
                      alarm.code);
}

absl::Status ReadCursor(absl::string_view text, store::AlarmQuery& query) {
  if (text.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('|', 2));
  int64_t fired_us = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &fired_us) ||
      !absl::SimpleAtoi(parts[1], &query.after_kind)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  query.after_fired = absl::FromUnixMicros(fired_us);
  query.after_code = parts[2];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListAlarmsResponse> ListAlarms(const Env& env, const Call&,
                                                  const v1::ListAlarmsRequest& request,
                                                  db::Tx& tx) {
  const std::string sealed_query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(kMethod, sealed_query, request.page_token()));
  store::AlarmQuery query;
  query.center = request.center();
  query.kind = static_cast<AlarmKind>(request.kind());
  if (request.has_after_time()) {
    // Everything of that very microsecond lies before.
    query.after_fired = FromProto(request.after_time()) + absl::Microseconds(1);
  }
  RETURN_IF_ERROR(ReadCursor(cursor, query));
  query.limit = size + 1;  // One more than the page tells whether there is another page.
  // A center may have dossiers of a province that was merged.
  std::vector<std::string> provinces = {
      std::string(absl::StripPrefix(request.parent(), "provinces/"))};
  if (!query.center.empty()) {
    ASSIGN_OR_RETURN(provinces, store::ProvincesIn(tx, provinces.front()));
  }
  ASSIGN_OR_RETURN(std::vector<Alarm> alarms, store::ListAlarms(tx, query, provinces));
  v1::ListAlarmsResponse response;
  if (alarms.size() > static_cast<size_t>(size)) {
    alarms.pop_back();
    response.set_next_page_token(env.pages->Seal(kMethod, sealed_query, CursorText(alarms.back())));
  }
  for (const Alarm& alarm : alarms) {
    v1::Alarm* out = response.add_alarms();
    out->set_dossier(alarm.DossierName());
    out->set_kind(static_cast<v1::AlarmKind>(alarm.kind));
    ToProto(alarm.due, out->mutable_due_time());
    ToProto(alarm.fired, out->mutable_fire_time());
    out->set_center(alarm.center);
  }
  return response;
}

void ValidateListAlarms(const v1::ListAlarmsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  CheckCenterIn(request.parent(), request.center(), "center", violations);
}

}  // namespace twotier::routing::handlers
