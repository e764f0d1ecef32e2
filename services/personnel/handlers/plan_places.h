// The places of quotas that a plan needs in the units that it fills.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_PLACES_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_PLACES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/db.h"
#include "services/personnel/domain/appointment.h"
#include "services/personnel/handlers/plan_check.h"
#include "services/personnel/handlers/plan_facts.h"
#include "services/personnel/store/plan_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {

// Places that a line holds before the plan's day: not those that the person has already, in the
// same unit, or of the same line of quota where places go along.
std::vector<store::QuotaSlot> SlotsToHold(const store::Plan& plan, const Appointment& left,
                                          const Appointment& taken);
// What `line` holds, in order of its holds, also where its person has left meanwhile. Errors: those
// of db::Tx.
absl::StatusOr<std::vector<store::QuotaSlot>> SlotsHeld(const store::Plan& plan,
                                                        const store::PlanLine& line, db::Tx& tx);

// What the quotas lack today of the places that `lines`, all of the plan's, are still to hold:
// `QUOTA_EXCEEDED` and `QUOTA_NOT_GRANTED`, in order of the units and lines of quota. Errors: those
// of the stores.
absl::StatusOr<std::vector<PlanConflict>> FindLackingPlaces(
    const store::Plan& plan, const std::vector<store::PlanLine>& lines, const PlanFacts& facts,
    db::Tx& tx);

// Name of an appointment of the plan's province.
std::string AppointmentOf(const store::Plan& plan, absl::string_view id);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_PLAN_PLACES_H_
