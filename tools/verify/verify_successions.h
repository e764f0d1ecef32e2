// Proves that money which followed a unit stayed what it was.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_SUCCESSIONS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_SUCCESSIONS_H_

#include "absl/status/status.h"
#include "common/db/connection.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks, in a transaction that has begun, at
//   succession   a journal by which money follows a unit that ended, or went over to another
//                province, moves it between accounts of one year, stage, line and purpose; only
//                what a credit line had not drawn goes back. What is held anew is held in the book
//                of its accounts.
// Errors: those of the engine; violations are no error.
absl::Status VerifySuccessions(db::Connection& connection, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_SUCCESSIONS_H_
