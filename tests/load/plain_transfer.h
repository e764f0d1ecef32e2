// The yardstick of a ledger on PostgreSQL: a transfer as one writes it without a ledger, in libpq.
#ifndef TWOTIER_TESTS_LOAD_PLAIN_TRANSFER_H_
#define TWOTIER_TESTS_LOAD_PLAIN_TRANSFER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace twotier::load {

struct PlainLoad {
  int accounts = 0;  // Beside the pool.
  bool hot = false;  // Everybody takes from the pool; else each from an account of its own choice.
  int connections = 32;  // More wait for each other's commits than pgbench's 8, and share them.
  absl::Duration duration = absl::Seconds(2);
};

// Makes tables of accounts and transfers at `url`, and fills the accounts.
absl::Status PreparePlainTransfers(absl::string_view url, int accounts);

// Transfers a second: BEGIN, SELECT ... FOR UPDATE of both accounts in the order of their ids,
// check, two UPDATEs, an INSERT, COMMIT; each statement prepared, each connection a thread.
absl::StatusOr<double> RunPlainTransfers(absl::string_view url, const PlainLoad& load);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_PLAIN_TRANSFER_H_
