#include "services/personnel/handlers/due.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/ledger/ledger.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/effects.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/persons.h"
#include "services/personnel/handlers/plans.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/post_store.h"
#include "services/personnel/store/quota_store.h"
#include "twotier/personnel/v1/order.pb.h"

namespace twotier::personnel::handlers {
namespace {

constexpr absl::string_view kInForce = "order.in_force";

// The order whose effect it is: the one that ends, or the one that began, also where that gave an
// end from the start.
const std::string& OrderOf(const Appointment& appointment, store::DueKind kind) {
  const bool ended_later = kind == store::DueKind::kEnd && !appointment.end_order.empty();
  return ended_later ? appointment.end_order : appointment.order;
}

// Counts down what of the order waits; says so when nothing does any more.
absl::Status CountDown(const Call& call, Order& order, absl::CivilDay day, db::Tx& tx) {
  if (order.effective_day != day || order.open_effects == 0) return absl::OkStatus();
  --order.open_effects;
  if (order.open_effects == 0) {
    ++order.version;
    v1::OrderEvent body;
    personnel::ToProto(order, body.mutable_order());
    feed::Event event;
    event.province_code = order.province_code;
    event.subject = order.Name();
    event.version = order.version;
    event.kind = std::string(kInForce);
    event.body = body.SerializeAsString();
    RETURN_IF_ERROR(AppendEvent(tx, call, std::move(event), order.chain_hash));
  }
  return store::UpdateOrder(tx, order);
}

// A change that the registry has cancelled may have taken back the founding of the unit. Whoever
// begins in one that has ended is its caretaker's.
absl::Status CheckFounded(const Env& env, const Appointment& appointment, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const units::UnitRecord* unit = units->FindUnit(appointment.unit);
  const absl::CivilDay first = appointment.valid.first;
  const bool founded =
      unit != nullptr && !unit->versions.empty() && unit->versions.front().valid.first <= first;
  return founded ? absl::OkStatus() : UnitEnded(appointment.unit, first);
}

absl::Status ApplyAppointment(const Env& env, const Call& call, const store::DueEffect& due,
                              db::Tx& tx) {
  ASSIGN_OR_RETURN(std::optional<store::StoredAppointment> stored,
                   store::LoadAppointment(tx, due.province_code, due.subject));
  if (!stored) return absl::OkStatus();
  Appointment& appointment = stored->appointment;
  const bool begins = due.kind == store::DueKind::kBegin;
  const absl::CivilDay day = begins ? appointment.valid.first : appointment.valid.end;
  // What was ended while it waited aside has given its place back, and does not begin any more.
  const bool waits = appointment.quota_state == QuotaState::kHeld ||
                     appointment.quota_state == QuotaState::kFollows;
  const bool over = begins && !waits && appointment.valid.end <= VietnamDay(call.now);
  const bool stands = day == due.day && appointment.end_reason != EndReason::kNeverBegan;
  if (!stands || over) return absl::OkStatus();
  if (begins) {
    // Orders look at this when they are signed. Whatever has got past them begins for nobody.
    ASSIGN_OR_RETURN(const Person person, RequirePerson(tx, appointment.person));
    RETURN_IF_ERROR(CheckActive(person));
    RETURN_IF_ERROR(CheckFounded(env, appointment, tx));
    RETURN_IF_ERROR(ManageWhereAppointed(person, appointment, tx));
  }
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, appointment.post));
  ASSIGN_OR_RETURN(std::optional<Order> order,
                   store::LoadOrder(tx, OrderOf(appointment, due.kind)));
  Effects effects(call, tx);
  RETURN_IF_ERROR(begins ? effects.Begins(*stored, post) : effects.Ends(*stored, post));
  QuotaMoves::Journal journal;
  journal.id = call.new_id;
  journal.subject = OrderOf(appointment, due.kind);
  journal.book = ProvinceCodeOf(journal.subject);
  journal.version = order ? order->version : 1;
  journal.act = order ? order->number : "";
  RETURN_IF_ERROR(effects.Finish(journal).status());
  RETURN_IF_ERROR(store::SetQuotaState(tx, appointment, appointment.quota_state));
  return order ? CountDown(call, *order, due.day, tx) : absl::OkStatus();
}

// The quota that an effect is of, as AllowanceDue names it.
absl::StatusOr<store::QuotaSlot> SlotOf(const store::DueEffect& due) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(due.subject, '|');
  int kind = 0;
  if (absl::SimpleAtoi(parts.second, &kind)) {
    return store::QuotaSlot{due.province_code, parts.first, static_cast<QuotaKind>(kind)};
  }
  return error::WithReason(absl::StatusCode::kDataLoss, "the quota of an effect cannot be read",
                           "UNREADABLE_ROW", {{"subject", due.subject}});
}

// An allowance begins, or has fallen. What begins is free now. Of what has fallen the free places
// are given up now; what is held or used is overdue, and given up as it comes free.
absl::Status ApplyAllowance(const Call& call, const store::DueEffect& due, db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::QuotaSlot slot, SlotOf(due));
  ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, slot));
  if (!quota) return absl::OkStatus();
  const absl::CivilDay today = VietnamDay(call.now);
  ASSIGN_OR_RETURN(store::QuotaRow row, store::LoadRow(tx, *quota));
  const int64_t more = -quota->Overdue(today);
  if (more <= 0) return GiveUpFree(call, row, call.new_id, tx);
  RETURN_IF_ERROR(store::AddAllowance(tx, slot, more));
  RETURN_IF_ERROR(LetOthersTryAgain(quota->counted_in, slot.kind, today, tx));
  return MovePlaces(call, *quota, call.new_id, store::AllowanceAccount(slot),
                    store::FreeAccount(slot), more, tx);
}

absl::Status ApplyGrant(const Env& env, const Call& call, const store::DueEffect& due, db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::QuotaSlot slot, SlotOf(due));
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  return ApplyPlannedGrant(*units, call, slot, tx);
}

absl::Status ApplyPost(const store::DueEffect& due, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::optional<Post> post,
                   store::LoadPost(tx, due.province_code, due.subject));
  if (!post) return absl::OkStatus();
  const bool begins = due.kind == store::DueKind::kPostBegins;
  const bool stands = due.day == (begins ? post->valid.first : post->valid.end);
  return stands ? store::AddToCount(tx, *post, begins ? 1 : -1, 0) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<db::Key>> KeysOf(db::Tx& tx, const store::DueEffect& due) {
  std::set<std::string> provinces;
  if (due.kind == store::DueKind::kBegin || due.kind == store::DueKind::kEnd) {
    ASSIGN_OR_RETURN(const std::optional<store::StoredAppointment> stored,
                     store::LoadAppointment(tx, due.province_code, due.subject));
    if (stored) {
      provinces.insert(ProvinceCodeOf(OrderOf(stored->appointment, due.kind)));
      if (!stored->hold_book.empty()) provinces.insert(stored->hold_book);
    }
  }
  if (due.kind == store::DueKind::kGrant || due.kind == store::DueKind::kAllowance) {
    ASSIGN_OR_RETURN(const store::QuotaSlot slot, SlotOf(due));
    ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, slot));
    if (quota) provinces.insert(quota->counted_in);
  }
  provinces.erase(due.province_code);
  // Its own province picks the lane.
  std::vector<db::Key> keys = {{due.province_code, std::string(ledger::kKeyName)}};
  for (const std::string& code : provinces) {
    if (!code.empty()) keys.push_back({code, std::string(ledger::kKeyName)});
  }
  return keys;
}

absl::Status ApplyDue(const Env& env, const Call& call, const store::DueEffect& due, db::Tx& tx) {
  switch (due.kind) {
    case store::DueKind::kBegin:
    case store::DueKind::kEnd:
      RETURN_IF_ERROR(ApplyAppointment(env, call, due, tx));
      break;
    case store::DueKind::kAllowance:
      RETURN_IF_ERROR(ApplyAllowance(call, due, tx));
      break;
    case store::DueKind::kPostBegins:
    case store::DueKind::kPostEnds:
      RETURN_IF_ERROR(ApplyPost(due, tx));
      break;
    case store::DueKind::kPlan:
      RETURN_IF_ERROR(PutPlanInForce(env, call, due.province_code, due.subject, tx));
      break;
    case store::DueKind::kGrant:
      RETURN_IF_ERROR(ApplyGrant(env, call, due, tx));
      break;
  }
  env.appended();
  return store::DeleteDue(tx, due);
}

}  // namespace twotier::personnel::handlers
