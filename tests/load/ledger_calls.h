// Requests for the benches of the ledger: one provincial pool that feeds its communes.
#ifndef TWOTIER_TESTS_LOAD_LEDGER_CALLS_H_
#define TWOTIER_TESTS_LOAD_LEDGER_CALLS_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/load/calls.h"

namespace twotier::load {

// Transfers of one call of BatchCreateTransfers: as many as it takes.
inline constexpr int kBatchTransfers = 8000;

struct LedgerCalls {
  // PostJournal of one transfer. Hot: each from the pool to a commune. Uniform: from the account of
  // a commune to what it has paid.
  std::shared_ptr<const PreparedCalls> hot;
  std::shared_ptr<const PreparedCalls> uniform;
  // BatchCreateTransfers, from the pool to the communes in turn.
  std::shared_ptr<const PreparedCalls> batch;
  int communes = 0;
  // For each method, an answer: what the echo answers.
  std::map<std::string, std::string> answers;
};

// Opens the accounts of the 168 communes of Ho Chi Minh City and of its pool at a budget service,
// fills them, and posts one of each.
absl::StatusOr<LedgerCalls> PrepareLedger(const std::string& registry_address,
                                          const std::string& budget_address);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_LEDGER_CALLS_H_
