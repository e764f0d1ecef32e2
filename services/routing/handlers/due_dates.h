// Due dates that are computed again when the calendar decides days that they rest on.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_DUE_DATES_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_DUE_DATES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/routing/handlers/env.h"
#include "services/routing/snapshot.h"

namespace twotier::routing::handlers {

// What became of the due dates that were looked at.
struct Recomputed {
  int moved = 0;      // To another date.
  int confirmed = 0;  // The same date, which is provisional no longer.
  // Names of dossiers that stay as they are, and why: `CALENDAR_ENDS`, or a timeline that cannot be
  // read (`CHAIN_BROKEN`, `UNREADABLE_ROW`).
  std::vector<std::pair<std::string, absl::Status>> failed;
};

// Computes the due dates of dossiers again from their timelines, on the calendar of `snapshot`.
// What changes is an entry of the timeline each, and an alarm whose time has come already is set
// off. Errors: those of db::Tx.
absl::StatusOr<Recomputed> RecomputeDueDates(const Env& env, const Call& call,
                                             const Snapshot& snapshot,
                                             absl::string_view province_code,
                                             const std::vector<std::string>& codes, db::Tx& tx);

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_DUE_DATES_H_
