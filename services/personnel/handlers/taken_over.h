// Grants of communes that have gone over to another province (docs/adr/0030).
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_TAKEN_OVER_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_TAKEN_OVER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/units/units.h"

namespace twotier::personnel::handlers {

// Units that lay in one province and lie in another on `today`, since two tiers began.
std::vector<std::string> UnitsThatWentOver(const units::Units& units, absl::CivilDay today);

// Codes of the provinces that TakeOverGrants writes in, first that under which the unit is kept;
// empty: its quotas are all counted where it lies. Errors: those of db::Tx and the stores.
absl::StatusOr<std::vector<std::string>> ProvincesToTakeOver(const units::Units& units,
                                                             absl::string_view unit,
                                                             absl::CivilDay today, db::Tx& tx);

// Counts the quotas of a unit in the province in which it lies today, with what the one that it
// left has granted it: the places go from one grant of the centre to the other. The provinces are
// keys of the unit of work. FAILED_PRECONDITION `QUOTA_NOT_GRANTED` where that province has no unit
// today; errors of db::Tx and the stores.
absl::Status TakeOverGrants(const units::Units& units, const Call& call, absl::string_view unit,
                            db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_TAKEN_OVER_H_
