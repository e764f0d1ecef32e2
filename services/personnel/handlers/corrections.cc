// Corrections of appointments: the dates that an order or a list got wrong, and what rests on them;
// and of what an end has made of a person.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/errors.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/order_work.h"
#include "services/personnel/handlers/orders.h"
#include "services/personnel/handlers/persons.h"
#include "services/personnel/store/due_store.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

absl::Status NotPossible(absl::string_view why, const std::string& appointment,
                         const DayRange& stands) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition, why, "CORRECTION_NOT_POSSIBLE",
                           {{"appointment", appointment},
                            {"first_date", Text(stands.first)},
                            {"end_date", Text(stands.end)}});
}

// Gives `appointment`, to `post`, the dates of the request.
absl::Status MoveDates(const v1::CorrectAppointmentRequest& request, const Post& post,
                       absl::CivilDay today, Appointment& appointment) {
  const DayRange stands = appointment.valid;
  DayRange& valid = appointment.valid;
  const auto refused = [&] {
    return NotPossible("the dates cannot be moved there", appointment.Name(), stands);
  };
  if (request.has_end_date() || request.no_end()) {
    valid.end = request.no_end() ? kNoEnd : personnel::FromProto(request.end_date());
    // What runs is ended by EndAppointment, which knows why.
    const bool possible = stands.end != kNoEnd && (stands.end <= today || valid.end > today);
    if (!possible) return refused();
    if (request.no_end()) appointment.end_reason = EndReason::kUnknown;
  }
  if (request.has_first_date()) {
    // What is in force stays so, and what is to come stays to come: quotas do not move.
    valid.first = personnel::FromProto(request.first_date());
    // What stands aside has not begun, and does so as it was signed.
    const bool waits = stands.end > today && !TookEffect(appointment, post);
    const bool possible =
        stands.first <= today && !waits && valid.first <= today && valid.first >= post.valid.first;
    if (!possible) return refused();
  }
  if (valid == stands) return absl::OkStatus();
  const bool too_long =
      appointment.kind == AppointmentKind::kSeconded && valid.end > SecondmentEndMax(valid.first);
  return valid.first < valid.end && !too_long ? absl::OkStatus() : refused();
}

}  // namespace

absl::Status OrderWork::Correct(const Appointment& before,
                                const store::StoredAppointment& corrected) {
  const Appointment& appointment = corrected.appointment;
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx_, appointment.post));
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> of_post,
                   store::LoadOfPost(tx_, appointment.province_code, appointment.post, over_));
  RETURN_IF_ERROR(CheckConflicts(appointment, of_post));
  if (appointment.valid.end > before.valid.end) {
    const absl::CivilDay from =
        appointment.valid.end > today_ ? std::max(before.valid.end, today_) : before.valid.end;
    RETURN_IF_ERROR(CheckPost(post, {from, appointment.valid.end}));
  }
  Change& change = changes_.emplace_back(Change{corrected, post, false});
  const std::vector<Appointment> of_person = PlainOfPerson();
  // A main appointment that begins later, or ends before, may uncover what rests on it.
  for (const Appointment& other : of_person) {
    if (other.valid.first < other.valid.end) {
      RETURN_IF_ERROR(CheckMainCovers(other, of_person));
    }
  }
  return appointment.valid.end == before.valid.end ? absl::OkStatus() : MoveEnd(before, change);
}

// An end whose day has not been written yet only moves. One that has gives the post, the place and
// the service back where the appointment goes on.
absl::Status OrderWork::MoveEnd(const Appointment& before, Change& change) {
  Appointment& appointment = change.stored.appointment;
  const bool had_ended = before.valid.end <= today_ && EndWasWritten(before, change.post);
  change.goes_on = had_ended && appointment.valid.end > today_;
  appointment.end_order = appointment.valid.end == kNoEnd ? "" : order_.Name();
  RETURN_IF_ERROR(store::DeleteDue(
      tx_, {before.province_code, before.valid.end, store::DueKind::kEnd, before.id}));
  if (had_ended && IsMain(before.kind) && LeavesService(before.end_reason)) {
    RETURN_IF_ERROR(MoveLeave(StateAfter(before.end_reason), change.goes_on));
  }
  if (change.goes_on) {
    RETURN_IF_ERROR(CheckActive(person_));
    // Where it was ended while it stood aside, something waits to begin it still.
    RETURN_IF_ERROR(store::DeleteDue(
        tx_, {before.province_code, before.valid.first, store::DueKind::kBegin, before.id}));
    RETURN_IF_ERROR(effects_.Begins(change.stored, change.post));
  }
  const bool over = had_ended && !change.goes_on;
  // The post may have been somebody's since, and be vacant from a later day on.
  if (over && HoldsPost(appointment.kind) && change.post.vacant_since == before.valid.end) {
    return store::ClearHolder(tx_, change.post, /*holder=*/"", appointment.valid.end);
  }
  if (over || appointment.valid.end == kNoEnd) return absl::OkStatus();
  return AddDue(appointment, store::DueKind::kEnd, appointment.valid.end);
}

absl::Status OrderWork::MoveLeave(PersonState recorded, bool serves_again) {
  const ServiceOnRecord service = ServiceOf(PlainOfPerson(), today_);
  person_.left = service.left;
  if (serves_again && person_.state == recorded) person_.state = service.state;
  ++person_.version;
  return store::UpdatePerson(tx_, person_);
}

absl::Status OrderWork::GiveServiceBack(store::StoredAppointment corrected, const Post& post) {
  Change& change = changes_.emplace_back(Change{std::move(corrected), post, false});
  Appointment& appointment = change.stored.appointment;
  const EndReason wrong = appointment.end_reason;
  if (!IsMain(appointment.kind) || !LeavesService(wrong)) {
    return NotPossible("nobody left the service by it", appointment.Name(), appointment.valid);
  }
  appointment.end_reason = EndReason::kEnteredWrongly;
  return MoveLeave(StateAfter(wrong), /*serves_again=*/true);
}

absl::Status ServeAgain(Person& person, absl::CivilDay today, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> stored,
                   store::LoadOfPerson(tx, person.Name()));
  std::vector<Appointment> of_person;
  for (const store::StoredAppointment& one : stored) {
    const Appointment& appointment = one.appointment;
    if (IsMain(appointment.kind) && StateAfter(appointment.end_reason) == person.state) {
      return NotPossible("an appointment says so", appointment.Name(), appointment.valid);
    }
    of_person.push_back(appointment);
  }
  person.state = PersonState::kActive;
  person.left = ServiceOf(of_person, today).left;
  return absl::OkStatus();
}

absl::StatusOr<v1::CorrectAppointmentResponse> CorrectAppointment(
    const Env& env, const Call& call, const v1::CorrectAppointmentRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(store::StoredAppointment stored, RequireAppointment(tx, request.appointment()));
  Appointment& appointment = stored.appointment;
  const Appointment before = appointment;
  RETURN_IF_ERROR(CheckOf(appointment, request.person()));
  if (appointment.end_reason == EndReason::kNeverBegan) return AppointmentEnded(appointment);
  RETURN_IF_ERROR(CheckEtag(request.etag(), appointment.version));
  const absl::CivilDay today = VietnamDay(call.now);
  OrderWork work(env, call, tx, OrderKind::kCorrect, appointment.province_code, request.form(),
                 today);
  work.set_reason(request.reason());
  RETURN_IF_ERROR(work.Load(request.person(), /*leavers_too=*/true));
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, appointment.post));
  RETURN_IF_ERROR(work.CheckSigned({post}));
  RETURN_IF_ERROR(MoveDates(request, post, today, appointment));
  if (request.verified()) appointment.unverified = false;
  ++appointment.version;
  RETURN_IF_ERROR(request.serves_again() ? work.GiveServiceBack(stored, post)
                                         : work.Correct(before, stored));
  ASSIGN_OR_RETURN(OrderWork::Result result, work.Finish());
  v1::CorrectAppointmentResponse response;
  *response.mutable_order() = std::move(result.order);
  *response.mutable_effect() = std::move(result.effect);
  return response;
}

void ValidateCorrectAppointment(const v1::CorrectAppointmentRequest& request,
                                error::Violations& violations) {
  if (request.has_end_date() && request.no_end()) {
    violations.Add("no_end", "does not go together with `end_date`");
  }
  const bool dates = request.has_first_date() || request.has_end_date() || request.no_end();
  if (request.serves_again() && dates) {
    violations.Add("serves_again", "does not go together with a date");
  }
  if (!dates && !request.serves_again() && !request.verified()) {
    violations.Add("first_date",
                   "must be given, or an end, or what else is to be corrected: nothing is");
  }
}

}  // namespace twotier::personnel::handlers
