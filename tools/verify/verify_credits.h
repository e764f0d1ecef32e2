// Adds up again what was drawn and repaid on credit lines.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_CREDITS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_CREDITS_H_

#include "absl/status/status.h"
#include "common/db/connection.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks, in a transaction that has begun, at
//   drawn    what was drawn on a line is what was paid from its account; what was drawn on one
//   whose
//            unit was followed is what the lines of those who follow say together
//   repaid   what units repaid is what went from their money to where such lines are filled from.
//            Units that follow one another are looked at together: which of them repaid a part of
//            what is owed for another one, no journal says
// Errors: those of the engine; violations are no error.
absl::Status VerifyCredits(db::Connection& connection, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_CREDITS_H_
