// Allowances of quotas whose time is over.
#ifndef TWOTIER_TOOLS_VERIFY_FALLEN_ALLOWANCES_H_
#define TWOTIER_TOOLS_VERIFY_FALLEN_ALLOWANCES_H_

#include "absl/status/status.h"
#include "common/db/db.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks in personnel's database at
//   allowance   a quota with more than the steps that have taken effect allow has no free place
// Errors: those of the engine; violations are no error.
absl::Status VerifyFallenAllowances(db::Tx& tx, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_FALLEN_ALLOWANCES_H_
