#include "services/personnel/handlers/plan_places.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/personnel/handlers/effects.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/lookups.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;

}  // namespace

std::vector<store::QuotaSlot> SlotsToHold(const Plan& plan, const Appointment& left,
                                          const Appointment& taken) {
  const std::vector<store::QuotaSlot> before = SlotsOf(left);
  std::vector<store::QuotaSlot> slots;
  for (const store::QuotaSlot& slot : SlotsOf(taken)) {
    const bool keeps = std::any_of(before.begin(), before.end(), [&](const store::QuotaSlot& from) {
      return plan.carries_places ? from.kind == slot.kind : from == slot;
    });
    if (!keeps) slots.push_back(slot);
  }
  return slots;
}

absl::StatusOr<std::vector<store::QuotaSlot>> SlotsHeld(const Plan& plan, const PlanLine& line,
                                                        db::Tx& tx) {
  if (line.hold.line == 0) return std::vector<store::QuotaSlot>();
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, line.post));
  ASSIGN_OR_RETURN(const store::StoredAppointment left,
                   RequireAppointment(tx, AppointmentOf(plan, line.appointment_id)));
  return SlotsToHold(plan, left.appointment, NewAppointment(plan, line, post, &left));
}

absl::StatusOr<std::vector<PlanConflict>> FindLackingPlaces(const Plan& plan,
                                                            const std::vector<PlanLine>& lines,
                                                            const PlanFacts& facts, db::Tx& tx) {
  std::map<store::QuotaSlot, int64_t> asked;
  for (const PlanLine& line : lines) {
    const Post* post = facts.FindPost(line.post);
    const store::StoredAppointment* left = facts.FindLeft(line);
    if (line.held || post == nullptr || left == nullptr) continue;
    const Appointment taken = NewAppointment(plan, line, *post, left);
    for (const store::QuotaSlot& slot : SlotsToHold(plan, left->appointment, taken)) ++asked[slot];
  }
  std::vector<PlanConflict> lacking;
  for (const auto& [slot, places] : asked) {
    ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, slot));
    absl::Status found = NotGranted(slot);
    if (quota) {
      ASSIGN_OR_RETURN(const store::QuotaRow row, store::LoadRow(tx, *quota));
      found = CheckAvailable(row.balance, places, slot.unit, NameOf(slot.kind));
    }
    const std::optional<error::Reason> reason = error::ReasonOf(found);
    if (reason) lacking.push_back({"", reason->reason, std::string(found.message())});
  }
  return lacking;
}

std::string AppointmentOf(const Plan& plan, absl::string_view id) {
  return absl::StrCat("provinces/", plan.province_code, "/appointments/", id);
}

}  // namespace twotier::personnel::handlers
