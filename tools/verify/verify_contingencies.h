// Adds up again what a budget database keeps of estimates that have a contingency.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_CONTINGENCIES_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_CONTINGENCIES_H_

#include "absl/status/status.h"
#include "common/db/connection.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks, in a transaction that has begun, at
//   contingency   what is kept of an estimate is what its lines in the ledger add up to; of a unit
//                 that neither ended nor follows one that did
// Errors: those of the engine; violations are no error.
absl::Status VerifyContingencies(db::Connection& connection, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_CONTINGENCIES_H_
