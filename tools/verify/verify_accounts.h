// Compares what a budget database says of its accounts with what its ledger says, and follows the
// chains of its events and the feed.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_ACCOUNTS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_ACCOUNTS_H_

#include "absl/status/status.h"
#include "common/db/connection.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks, in a transaction that has begun, at
//   account       each account of a budget is one of the ledger, which pays no more than it has
//                 received unless an estimate or a ceiling comes from there, and is open in both or
//                 in none; the ledger has no other
//   closed year   the accounts that were closed with a year are closed as long as it is
//   event chain   the events of a subject follow each other without a gap, each with the hash of
//                 the one before and of what it says itself: a ledger forgets none
//   positions     the feed numbers them without a gap (feed_positions.h)
// Errors: those of the engine; violations are no error.
absl::Status VerifyAccounts(db::Connection& connection, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_ACCOUNTS_H_
