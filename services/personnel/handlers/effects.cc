#include "services/personnel/handlers/effects.h"

#include <optional>
#include <utility>

#include "common/clock.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

// An appointment that waits keeps the name of the one whose place it waits for where the others
// keep their hold.
bool Follows(const store::StoredAppointment& stored, const Appointment& before) {
  return stored.appointment.quota_state == QuotaState::kFollows &&
         stored.hold.journal == before.Name();
}

bool LeavesService(EndReason reason) {
  return reason == EndReason::kRetirement || reason == EndReason::kDeath ||
         reason == EndReason::kResignation || reason == EndReason::kDismissal;
}

}  // namespace

std::vector<store::QuotaSlot> SlotsOf(const Appointment& appointment) {
  if (!TakesQuota(appointment.kind) || appointment.quota_kind == QuotaKind::kNone) return {};
  std::vector<store::QuotaSlot> slots = {
      {appointment.province_code, appointment.unit, appointment.quota_kind}};
  if (appointment.vice_chair) {
    slots.push_back({appointment.province_code, appointment.unit, QuotaKind::kViceChair});
  }
  return slots;
}

size_t Effects::HoldSlots(const Appointment& appointment) {
  std::optional<size_t> first;
  for (const store::QuotaSlot& slot : SlotsOf(appointment)) {
    const size_t hold = moves_.Hold(slot);
    if (!first) first = hold;
  }
  return first.value_or(0);
}

absl::Status Effects::Begins(store::StoredAppointment& stored, const Post& post) {
  Appointment& appointment = stored.appointment;
  int64_t line = stored.hold.line;
  for (const store::QuotaSlot& slot : SlotsOf(appointment)) {
    if (appointment.quota_state == QuotaState::kHeld) {
      moves_.Settle(slot, {stored.hold.journal, line++});
    } else {
      moves_.Take(slot);
    }
  }
  if (!SlotsOf(appointment).empty()) appointment.quota_state = QuotaState::kUsed;
  if (!HoldsPost(appointment.kind)) return absl::OkStatus();
  RETURN_IF_ERROR(store::SetHolder(tx_, post, appointment.id, post.vacant_since));
  return store::AddToCount(tx_, post, 0, 1);
}

absl::Status Effects::Ends(store::StoredAppointment& stored, const Post& post) {
  Appointment& appointment = stored.appointment;
  if (appointment.quota_state == QuotaState::kUsed) {
    for (const store::QuotaSlot& slot : SlotsOf(appointment)) moves_.Release(slot);
    appointment.quota_state = QuotaState::kReleased;
    RETURN_IF_ERROR(HoldForFollowers(appointment));
  }
  if (IsMain(appointment.kind) && LeavesService(appointment.end_reason)) {
    RETURN_IF_ERROR(LeaveService(appointment));
  }
  if (!HoldsPost(appointment.kind)) return absl::OkStatus();
  RETURN_IF_ERROR(store::ClearHolder(tx_, post, appointment.id, appointment.valid.end));
  return store::AddToCount(tx_, post, 0, -1);
}

void Effects::NeverBegins(store::StoredAppointment& stored) {
  Appointment& appointment = stored.appointment;
  taken_back_.insert(appointment.Name());
  int64_t line = stored.hold.line;
  if (appointment.quota_state == QuotaState::kHeld) {
    for (const store::QuotaSlot& slot : SlotsOf(appointment)) {
      moves_.Void(slot, {stored.hold.journal, line++});
    }
  }
  if (appointment.quota_state != QuotaState::kNone) {
    appointment.quota_state = QuotaState::kReleased;
  }
}

void Effects::Holds(store::StoredAppointment& stored) {
  if (SlotsOf(stored.appointment).empty()) return;
  stored.appointment.quota_state = QuotaState::kHeld;
  holders_.push_back({&stored, {}, HoldSlots(stored.appointment)});
}

absl::Status Effects::HoldForFollowers(const Appointment& ended) {
  ASSIGN_OR_RETURN(std::vector<store::StoredAppointment> waiting,
                   store::LoadOfPost(tx_, ended.province_code, ended.post));
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> of_person,
                   store::LoadOfPerson(tx_, ended.person));
  waiting.insert(waiting.end(), of_person.begin(), of_person.end());
  for (store::StoredAppointment& stored : waiting) {
    if (!Follows(stored, ended) || taken_back_.contains(stored.appointment.Name())) continue;
    const size_t hold = HoldSlots(stored.appointment);
    holders_.push_back({nullptr, std::move(stored), hold});
    return absl::OkStatus();  // One place, one follower.
  }
  return absl::OkStatus();
}

// Who left is not appointed again unless he resigned; what was paid for leaving may be due back.
absl::Status Effects::LeaveService(const Appointment& ended) {
  ASSIGN_OR_RETURN(Person person, RequirePerson(tx_, ended.person));
  person.left = ended.valid.end;
  if (ended.end_reason == EndReason::kRetirement) person.state = PersonState::kRetired;
  if (ended.end_reason == EndReason::kDeath) person.state = PersonState::kDead;
  ++person.version;
  return store::UpdatePerson(tx_, person);
}

absl::StatusOr<std::vector<v1::QuotaChange>> Effects::Finish(const QuotaMoves::Journal& journal) {
  ASSIGN_OR_RETURN(QuotaMoves::Posted posted, moves_.Post(call_, journal, tx_));
  for (Holder& holder : holders_) {
    store::StoredAppointment& stored = holder.stored == nullptr ? holder.followed : *holder.stored;
    stored.hold_book = journal.book;
    stored.hold = posted.holds[holder.hold];
    if (holder.stored == nullptr) RETURN_IF_ERROR(store::SetHeld(tx_, stored));
  }
  return std::move(posted.changes);
}

}  // namespace twotier::personnel::handlers
