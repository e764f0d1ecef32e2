#include "services/personnel/handlers/watch.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/watch_source.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"

namespace twotier::personnel::handlers {
namespace {

using Response = v1::WatchChangesResponse;

bool ReadContent(const feed::Event& event, v1::PersonnelChange* change) {
  if (absl::StartsWith(event.kind, "order.")) {
    return change->mutable_order()->ParseFromString(event.body);
  }
  if (absl::StartsWith(event.kind, "post.")) {
    return change->mutable_post()->ParseFromString(event.body);
  }
  if (absl::StartsWith(event.kind, "body.")) {
    return change->mutable_body()->ParseFromString(event.body);
  }
  if (absl::StartsWith(event.kind, "quota.")) {
    return change->mutable_quota()->ParseFromString(event.body);
  }
  if (absl::StartsWith(event.kind, "plan.")) {
    return change->mutable_plan()->ParseFromString(event.body);
  }
  if (absl::StartsWith(event.kind, "figures.")) {
    return change->mutable_figures()->ParseFromString(event.body);
  }
  return true;
}

absl::StatusOr<bool> FillGroup(absl::string_view province_code, const feed::Group& group,
                               std::string token, Response* out) {
  for (const feed::StoredEvent& stored : group.events) {
    const feed::Event& event = stored.event;
    if (!province_code.empty() && event.province_code != province_code) continue;
    v1::PersonnelChange* change = out->add_changes();
    change->set_subject(event.subject);
    change->set_version(event.version);
    change->set_kind(event.kind);
    if (ReadContent(event, change)) continue;
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("an event of ", event.subject, " cannot be read"),
                             "UNREADABLE_ROW", {{"subject", event.subject}});
  }
  out->set_resume_token(std::move(token));
  return out->changes_size() > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::WatchSource<Response>>> WatchChanges(
    const Env& env, const Call&, const v1::WatchChangesRequest& request) {
  feed::WatchMapping<Response> mapping;
  mapping.snapshot = nullptr;  // Persons and appointments are asked for, not sent.
  mapping.snapshot_end = [](std::string token, Response* out) {
    out->set_resume_token(std::move(token));
  };
  mapping.group = [province_code = ProvinceCodeOf(request.parent())](
                      const feed::Group& group, std::string token, Response* out) {
    return FillGroup(province_code, group, std::move(token), out);
  };
  mapping.heartbeat = [](absl::Time known_time, std::string token, Response* out) {
    ToProto(known_time, out->mutable_known_time());
    out->set_resume_token(std::move(token));
  };
  return feed::GroupWatchSource<Response>::Create(*env.hub, request.resume_token(),
                                                  std::move(mapping));
}

}  // namespace twotier::personnel::handlers
