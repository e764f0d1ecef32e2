// Adds up again what allocation runs gave to units.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_ALLOCATIONS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_ALLOCATIONS_H_

#include "absl/status/status.h"
#include "common/db/connection.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks, in a transaction that has begun, at
//   allocation   a run has as many parts as it says, none below zero, which add up to its total; of
//                one that was posted the journal gives each unit its part and nothing else
// Errors: those of the engine; violations are no error.
absl::Status VerifyAllocations(db::Connection& connection, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_ALLOCATIONS_H_
