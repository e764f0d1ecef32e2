// Assignments of competence in the database. Errors of all functions: those of db::Tx; DATA_LOSS
// `UNREADABLE_ROW`.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_ASSIGNMENT_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_ASSIGNMENT_STORE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/routing/domain/assignment.h"

namespace twotier::routing::store {

// The newest version of all of them, without what is derived. In order of (province code, id).
absl::StatusOr<std::vector<Assignment>> LoadAssignments(db::Tx& tx);
// Those of one procedure.
absl::StatusOr<std::vector<Assignment>> LoadAssignmentsOf(db::Tx& tx,
                                                          absl::string_view procedure_code);
absl::StatusOr<std::optional<Assignment>> LoadAssignment(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         absl::string_view id);

// Writes `assignment.version`: what the version before said stops to hold.
absl::Status WriteAssignment(db::Tx& tx, const Assignment& assignment, absl::Time now);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_ASSIGNMENT_STORE_H_
