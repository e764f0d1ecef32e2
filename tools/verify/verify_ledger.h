// Proves on a database what must hold of every account, journal and hold, with other code than the
// ledger's: everything is added up again from the rows.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_LEDGER_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_LEDGER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Checks the ledger of the database at `url`:
//   balance    of each unit of measure, debits equal credits, posted and pending
//   totals     the running totals of an account are what its transfers add up to
//   limit      no account is beyond its limit, now or at the end of any day, below zero, or holds
//              anything after it was closed
//   journal    lines count from 1, say the same of their journal, stand or failed together, and a
//              failed one has its refusal
//   transfer   has two accounts of one unit, an amount above 0, and is effective while they are
//              open
//   hold       what is left is its amount less what followed it; how it ended is what followed last
//   reversal   mirrors a journal of its book that stands, line by line from the last, and is the
//              only one
//   told       the feed has the event that a journal names; not when `told` is false
// Errors: those of ReadLedger; violations are no error.
absl::StatusOr<Report> VerifyLedger(absl::string_view url, bool told = true);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_LEDGER_H_
