#include "services/budget/handlers/watch.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/watch_source.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {
namespace {

using Response = v1::WatchChangesResponse;

// Whose body is an EventBody with what journals rest on.
bool TellsOfJournals(const feed::Event& event) {
  return event.kind == kJournalsPosted || absl::StrContains(event.subject, "/journals/");
}

absl::StatusOr<bool> FillGroup(absl::string_view province_code, const feed::Group& group,
                               std::string token, Response* out) {
  v1::EventBody body;
  v1::ChangeGroup* message = out->mutable_group();
  for (const feed::StoredEvent& stored : group.events) {
    const feed::Event& event = stored.event;
    if (!province_code.empty() && event.province_code != province_code) continue;
    v1::Change* change = message->add_changes();
    change->set_subject(event.subject);
    change->set_version(event.version);
    change->set_kind(event.kind);
    change->set_province_code(event.province_code);
    if (!TellsOfJournals(event)) continue;
    if (!body.ParseFromString(event.body)) {
      return error::WithReason(absl::StatusCode::kDataLoss,
                               absl::StrCat("the event of ", event.subject, " cannot be read"),
                               "UNREADABLE_ROW", {{"subject", event.subject}});
    }
    change->mutable_journals()->Swap(body.mutable_journals());
    if (body.has_decision()) change->mutable_decision()->Swap(body.mutable_decision());
  }
  ToProto(group.known_time(), message->mutable_known_time());
  message->set_resume_token(std::move(token));
  return message->changes_size() > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::WatchSource<Response>>> WatchChanges(
    const Env& env, const Call&, const v1::WatchChangesRequest& request) {
  feed::WatchMapping<Response> mapping;
  mapping.snapshot = nullptr;  // What the ledger holds is asked for, not sent.
  mapping.snapshot_end = [](std::string token, Response* out) {
    out->mutable_snapshot_end()->set_resume_token(std::move(token));
  };
  mapping.group = [province_code = std::string(ProvinceCodeOf(request.parent()))](
                      const feed::Group& group, std::string token, Response* out) {
    return FillGroup(province_code, group, std::move(token), out);
  };
  mapping.heartbeat = [](absl::Time known_time, std::string token, Response* out) {
    ToProto(known_time, out->mutable_heartbeat()->mutable_known_time());
    out->mutable_heartbeat()->set_resume_token(std::move(token));
  };
  return feed::GroupWatchSource<Response>::Create(*env.hub, request.resume_token(),
                                                  std::move(mapping));
}

}  // namespace twotier::budget::handlers
