// Proves on a budget database that what journals rest on is told alike everywhere.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_DECISIONS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_DECISIONS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Checks the database at `url`, the ledger in it (verify_ledger.h), its accounts and events
// (verify_accounts.h), what is kept of contingencies (verify_contingencies.h), credit lines
// (verify_credits.h), allocation runs (verify_allocations.h) and units that leave a ledger
// (verify_successions.h):
//   decision   belongs to a journal, names a body of the contract, and states no amount below zero
//   decided    the event that tells of a journal which stands says the same of it
// Errors: those of VerifyLedger and of the engine; violations are no error.
absl::StatusOr<Report> VerifyBudget(absl::string_view url);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_DECISIONS_H_
