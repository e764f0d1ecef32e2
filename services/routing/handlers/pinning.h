// Which version of its procedure a dossier is under.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_PINNING_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_PINNING_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/handlers/env.h"

namespace twotier::routing::handlers {

// Pins a dossier to the version that the transaction sees in force on the day of valid reception,
// and gives it to the body that decides by it: the clock begins then, and with the rules of that
// day. Where no version is in force that has a term for it, or nobody decides by it here, it keeps
// the version and the body it was handed in under. `rules` is what is in memory; null when the
// transaction sees another catalogue, or other units. Errors: those of LoadForSubmission;
// UNAVAILABLE of ResolveBody.
absl::Status Pin(const Env& env, db::Tx& tx, absl::CivilDay day,
                 const std::shared_ptr<const Snapshot>& rules, Dossier& dossier);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_PINNING_H_
