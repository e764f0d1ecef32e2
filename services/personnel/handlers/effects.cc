#include "services/personnel/handlers/effects.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "common/clock.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {

std::vector<store::QuotaSlot> SlotsOf(const Appointment& appointment) {
  std::vector<store::QuotaSlot> slots;
  if (TakesQuota(appointment.kind) && appointment.quota_kind != QuotaKind::kNone) {
    slots.push_back({appointment.province_code, appointment.unit, appointment.quota_kind});
  }
  if (appointment.vice_chair && HoldsPost(appointment.kind)) {
    slots.push_back({appointment.province_code, appointment.unit, QuotaKind::kViceChair});
  }
  return slots;
}

bool TookEffect(const Appointment& appointment, const Post& post) {
  if (!SlotsOf(appointment).empty()) {
    return appointment.quota_state != QuotaState::kHeld &&
           appointment.quota_state != QuotaState::kFollows;
  }
  return !HoldsPost(appointment.kind) || post.holder == appointment.id;
}

bool EndWasWritten(const Appointment& appointment, const Post& post) {
  if (appointment.quota_state != QuotaState::kNone) {
    return appointment.quota_state == QuotaState::kReleased;
  }
  return !HoldsPost(appointment.kind) || post.holder != appointment.id;
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
  const bool held = stored.appointment.quota_state == QuotaState::kHeld;
  return Begins(stored, post, held ? SlotsOf(stored.appointment) : std::vector<store::QuotaSlot>());
}

absl::Status Effects::Begins(store::StoredAppointment& stored, const Post& post,
                             const std::vector<store::QuotaSlot>& held) {
  Appointment& appointment = stored.appointment;
  int64_t line = stored.hold.line;
  for (const store::QuotaSlot& slot : SlotsOf(appointment)) {
    if (std::find(held.begin(), held.end(), slot) != held.end()) {
      moves_.Settle(slot, stored.hold_book, {stored.hold.journal, line++});
    } else {
      moves_.Take(slot);
    }
  }
  if (!SlotsOf(appointment).empty()) appointment.quota_state = QuotaState::kUsed;
  if (!HoldsPost(appointment.kind)) return absl::OkStatus();
  seats_.push_back({post, appointment.id, std::nullopt});
  return absl::OkStatus();
}

absl::Status Effects::Ends(store::StoredAppointment& stored, const Post& post) {
  Appointment& appointment = stored.appointment;
  const bool took_effect = TookEffect(appointment, post);
  if (!took_effect) {
    NeverBegins(stored);
  } else if (appointment.quota_state == QuotaState::kUsed) {
    for (const store::QuotaSlot& slot : SlotsOf(appointment)) moves_.Release(slot);
    appointment.quota_state = QuotaState::kReleased;
    RETURN_IF_ERROR(HoldForFollowers(appointment));
  }
  if (IsMain(appointment.kind) && LeavesService(appointment.end_reason)) {
    RETURN_IF_ERROR(
        LeaveService(appointment.person, appointment.valid.end, appointment.end_reason));
  }
  if (!HoldsPost(appointment.kind) || !took_effect) return absl::OkStatus();
  seats_.push_back({post, appointment.id, appointment.valid.end});
  return absl::OkStatus();
}

void Effects::Carries(const Appointment& ended, const Appointment& begun) {
  for (const store::QuotaSlot& to : SlotsOf(begun)) {
    for (const store::QuotaSlot& from : SlotsOf(ended)) {
      if (from.kind == to.kind && from != to) moves_.Carry(from, to);
    }
  }
}

void Effects::Stays(const Appointment& ended, const Appointment& begun) {
  stay_[ended.Name()] = begun.Name();
}

void Effects::NeverBegins(store::StoredAppointment& stored) {
  Appointment& appointment = stored.appointment;
  taken_back_.insert(appointment.Name());
  if (appointment.quota_state == QuotaState::kHeld) {
    LetsGo(SlotsOf(appointment), stored.hold_book, stored.hold);
  }
  if (appointment.quota_state != QuotaState::kNone) {
    appointment.quota_state = QuotaState::kReleased;
  }
}

void Effects::LetsGo(const std::vector<store::QuotaSlot>& held, const std::string& book,
                     const ledger::LineId& first) {
  int64_t line = first.line;
  for (const store::QuotaSlot& slot : held) moves_.Void(slot, book, {first.journal, line++});
}

void Effects::Holds(store::StoredAppointment& stored) {
  if (SlotsOf(stored.appointment).empty()) return;
  stored.appointment.quota_state = QuotaState::kHeld;
  holders_.push_back({&stored, {}, HoldSlots(stored.appointment)});
}

absl::StatusOr<std::vector<store::StoredAppointment>> Effects::FollowersOf(
    const Appointment& ended) {
  const std::string name = ended.Name();
  if (followers_ == nullptr) return store::LoadFollowers(tx_, name);
  std::vector<store::StoredAppointment> found;
  for (const store::StoredAppointment& stored : *followers_) {
    if (stored.hold.journal == name) found.push_back(stored);
  }
  return found;
}

absl::Status Effects::HoldForFollowers(const Appointment& ended) {
  ASSIGN_OR_RETURN(std::vector<store::StoredAppointment> followers, FollowersOf(ended));
  const auto stays = stay_.find(ended.Name());
  for (store::StoredAppointment& stored : followers) {
    if (taken_back_.contains(stored.appointment.Name())) continue;
    if (stays != stay_.end()) {
      stored.hold.journal = stays->second;
      return store::SetFollowed(tx_, stored);
    }
    const size_t hold = HoldSlots(stored.appointment);
    holders_.push_back({nullptr, std::move(stored), hold});
    return absl::OkStatus();  // One place, one follower.
  }
  return absl::OkStatus();
}

// Who retired or died is appointed no more. Who resigned or was dismissed may be: whether enough
// time has passed is for the signer to say. What was paid for leaving may be due back then.
absl::Status Effects::LeaveService(absl::string_view name, absl::CivilDay day, EndReason reason) {
  ASSIGN_OR_RETURN(Person person, RequirePerson(tx_, name));
  person.left = day;
  if (StateAfter(reason) != PersonState::kActive) person.state = StateAfter(reason);
  ++person.version;
  return store::UpdatePerson(tx_, person);
}

// Whoever leaves goes before anybody comes.
absl::Status Effects::WriteSeats() {
  RETURN_IF_ERROR(CountSeats());
  if (followers_ != nullptr) return absl::OkStatus();
  for (const Seat& seat : seats_) {
    if (!seat.vacant_since) continue;
    RETURN_IF_ERROR(store::ClearHolder(tx_, seat.post, seat.appointment_id, *seat.vacant_since));
  }
  for (const Seat& seat : seats_) {
    if (seat.vacant_since) continue;
    RETURN_IF_ERROR(store::SetHolder(tx_, seat.post, seat.appointment_id));
  }
  return absl::OkStatus();
}

absl::Status Effects::CountSeats() {
  // By line of quota and grade of a unit: who comes and who goes cancels out.
  std::map<std::tuple<std::string, std::string, QuotaKind, int>, store::UnitCount> filled;
  for (const Seat& seat : seats_) {
    const Post& post = seat.post;
    store::UnitCount& count =
        filled[{post.province_code, post.unit, QuotaOf(post.kind), post.grade}];
    count.province_code = post.province_code;
    count.unit = post.unit;
    count.quota_kind = QuotaOf(post.kind);
    count.grade = post.grade;
    const int more = seat.vacant_since ? -1 : 1;
    count.filled += more;
    if (IsKeyPost(post.kind)) count.key_filled += more;
  }
  std::vector<store::UnitCount> changed;
  for (auto& [key, count] : filled) {
    if (count.filled != 0 || count.key_filled != 0) changed.push_back(std::move(count));
  }
  return store::AddToCounts(tx_, changed);
}

absl::StatusOr<std::vector<v1::QuotaChange>> Effects::Finish(const QuotaMoves::Journal& journal) {
  ASSIGN_OR_RETURN(QuotaMoves::Posted posted, moves_.Post(call_, journal, tx_));
  for (Holder& holder : holders_) {
    store::StoredAppointment& stored = holder.stored == nullptr ? holder.followed : *holder.stored;
    stored.hold_book = journal.book;
    stored.hold = posted.holds[holder.hold];
    if (holder.stored == nullptr) RETURN_IF_ERROR(store::SetHeld(tx_, stored));
  }
  RETURN_IF_ERROR(WriteSeats());
  return std::move(posted.changes);
}

}  // namespace twotier::personnel::handlers
