#include "services/routing/handlers/due_dates.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/alarm.h"
#include "services/routing/domain/dossier_clock.h"
#include "services/routing/domain/dossier_steps.h"
#include "services/routing/domain/rerouting.h"
#include "services/routing/handlers/entries.h"
#include "services/routing/store/alarm_store.h"
#include "services/routing/store/dossier_store.h"

namespace twotier::routing::handlers {
namespace {

using Timeline = std::vector<std::pair<std::string, v1::DossierEventBody>>;

absl::StatusOr<Timeline> ReadTimeline(const Dossier& dossier,
                                      const std::vector<feed::StoredEvent>& events) {
  const std::string name = dossier.Name();
  RETURN_IF_ERROR(feed::VerifyTimeline(events, name, dossier.version, dossier.chain_hash));
  Timeline timeline;
  for (const feed::StoredEvent& event : events) {
    v1::DossierEventBody body;
    if (!body.ParseFromString(event.event.body)) {
      return error::WithReason(absl::StatusCode::kDataLoss,
                               absl::StrCat("an entry of ", name, " cannot be read"),
                               "UNREADABLE_ROW", {{"subject", name}});
    }
    timeline.emplace_back(event.event.kind, std::move(body));
  }
  return timeline;
}

bool Is(const v1::Body& body, const v1::Body& other) {
  return body.unit() == other.unit() && body.title() == other.title();
}

// Reads the moves of a clock off a timeline.
class Moves {
 public:
  Moves(const Timeline& timeline, const Dossier& dossier) {
    ToProto(dossier.body, &home_);
    for (const auto& [kind, body] : timeline) {
      if (kind != kEntryKindRerouted) continue;
      home_ = body.rerouting().from().competent_body();
      break;
    }
    for (const auto& [kind, body] : timeline) Take(kind, body);
  }

  const std::vector<ClockMove>& all() const { return moves_; }

 private:
  using Kind = ClockMove::Kind;

  void Take(const std::string& kind, const v1::DossierEventBody& body) {
    const absl::Time time = absl::FromUnixMicros(body.time_us());
    const auto is = [&, &kind = kind](Step step) { return kind == EntryKindOf(step); };
    if (is(Step::kAccept) && body.has_competent_body()) home_ = body.competent_body();
    if (is(Step::kAccept)) moves_.push_back({Kind::kStarted, time});
    if (is(Step::kExtendDueDate)) {
      moves_.push_back({Kind::kExtended, time, absl::FromUnixMicros(body.due_time_us())});
    }
    if (is(Step::kRequestSupplement) || (is(Step::kRequestPayment) && StopsClock(body))) {
      moves_.push_back({Kind::kStopped, time});
    }
    const bool paid = is(Step::kConfirmPayment) || is(Step::kCancelPaymentRequest);
    if (is(Step::kProvideSupplement) || (paid && body.state() == v1::DOSSIER_STATE_IN_PROGRESS)) {
      moves_.push_back({Kind::kWentOn, time});
    }
    if (kind == kEntryKindImported) TakeImported(body.imported());
    if (kind == kEntryKindRerouted) home_ = body.rerouting().to().competent_body();
    if (!is(Step::kForward)) return;
    const bool home = Is(body.forwarded_to(), home_);
    if (home || !away_) moves_.push_back({home ? Kind::kWentOn : Kind::kStopped, time});
    away_ = !home;
  }

  // Entries from before it was recorded say nothing of when the fee was due: it did stop the clock.
  static bool StopsClock(const v1::DossierEventBody& body) {
    const v1::FeeDue due_at = body.payment().due_at();
    return due_at == v1::FEE_DUE_UNSPECIFIED || due_at == v1::FEE_DUE_AT_SUPPLEMENT;
  }

  // What another system told of the clock.
  void TakeImported(const v1::ImportedRecord& told) {
    if (!told.has_accept_time()) return;
    moves_.push_back({Kind::kStarted, FromProto(told.accept_time())});
    for (const v1::ClockPause& pause : told.pauses()) {
      moves_.push_back({Kind::kStopped, FromProto(pause.start_time())});
      if (pause.has_end_time()) {
        moves_.push_back({Kind::kWentOn, FromProto(pause.end_time())});
      } else {
        away_ = pause.kind() == v1::PAUSE_KIND_OTHER_AGENCY;
      }
    }
  }

  v1::Body home_;  // The competent body at the time.
  bool away_ = false;
  std::vector<ClockMove> moves_;
};

absl::StatusOr<Recount> RecountOf(const calendar::Calendar& calendar, const Dossier& dossier,
                                  const std::vector<feed::StoredEvent>& events) {
  ASSIGN_OR_RETURN(const Timeline timeline, ReadTimeline(dossier, events));
  return DueAfterMoves(calendar, dossier.term, Moves(timeline, dossier).all(),
                       dossier.province_code);
}

// Writes a dossier whose due date is another one, or certain, now.
absl::Status Store(db::Tx& tx, const Call& call, const Dossier& before, Dossier dossier,
                   int64_t calendar_version, int ordinal) {
  v1::DossierEventBody body = EntryBody(call, dossier, /*note=*/"");
  v1::DueDateRecomputation* recomputation = body.mutable_recomputation();
  recomputation->set_previous_due_time_us(absl::ToUnixMicros(*before.due_time));
  recomputation->set_calendar_version(calendar_version);
  recomputation->set_provisional(dossier.due_provisional);
  if (dossier.first_due_time) {
    recomputation->set_first_due_time_us(absl::ToUnixMicros(*dossier.first_due_time));
  }
  RETURN_IF_ERROR(StoreWithEntry(
      tx, call, dossier, kEntryKindRecomputed, body,
      [&] { return store::UpdateDossier(tx, dossier, before.version); }, ordinal));
  if (before.due_time == dossier.due_time) return absl::OkStatus();
  const std::optional<Alarm> alarm = AlarmAtOnce(dossier, call.now);
  return alarm ? store::InsertAlarm(tx, *alarm).status() : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Recomputed> RecomputeDueDates(const Env& env, const Call& call,
                                             const Snapshot& snapshot,
                                             absl::string_view province_code,
                                             const std::vector<std::string>& codes, db::Tx& tx) {
  Recomputed result;
  for (const std::string& code : codes) {
    ASSIGN_OR_RETURN(const std::optional<Dossier> before,
                     store::LoadDossier(tx, province_code, code));
    // Ended meanwhile.
    if (!before || !before->due_provisional || HolderOf(*before) == ClockHolder::kNobody) continue;
    ASSIGN_OR_RETURN(const std::vector<feed::StoredEvent> events,
                     feed::ListEvents(tx, province_code, before->Name(), 0, kTimelineEntriesMax));
    const absl::StatusOr<Recount> recount = RecountOf(*snapshot.calendar, *before, events);
    if (!recount.ok()) {
      result.failed.emplace_back(before->Name(), recount.status());
      continue;
    }
    Dossier dossier = *before;
    if (!Recompute(dossier, *recount)) continue;
    ++(dossier.due_time == before->due_time ? result.confirmed : result.moved);
    RETURN_IF_ERROR(Store(tx, call, *before, std::move(dossier), snapshot.calendar_version,
                          result.moved + result.confirmed - 1));
  }
  if (result.moved + result.confirmed > 0) env.appended();
  return result;
}

}  // namespace twotier::routing::handlers
