// Who is in a draft of a plan. People come to its units and leave them while posts are chosen.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_DRAFT_LINES_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_DRAFT_LINES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/db.h"
#include "services/personnel/store/plan_store.h"

namespace twotier::personnel::handlers {

// Errors of all functions: those of db::Tx.

// Whom `plan` moves out of `unit`: main appointments that hold on the day before its own and go on.
absl::StatusOr<std::vector<store::StaffOfUnit>> StaffToMove(const store::Plan& plan,
                                                            const std::string& unit, db::Tx& tx);

// The lines of `plan` in order of the persons. Of a draft they are as they would be signed now: who
// will have left by the plan's day is out, who has another post in the units it empties leaves that
// one, and who came there is in, without a post.
absl::StatusOr<std::vector<store::PlanLine>> CurrentLines(const store::Plan& plan, db::Tx& tx);

// Makes `lines`, which CurrentLines gave and all of which have a post, the lines of `plan`; the
// caller writes the plan.
absl::Status KeepLines(store::Plan& plan, const std::vector<store::PlanLine>& lines, db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_DRAFT_LINES_H_
