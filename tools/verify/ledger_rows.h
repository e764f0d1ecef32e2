// The rows of a ledger as they stand in a service's database.
#ifndef TWOTIER_TOOLS_VERIFY_LEDGER_ROWS_H_
#define TWOTIER_TOOLS_VERIFY_LEDGER_ROWS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/connection.h"

namespace twotier::verify {

using AccountKey = std::pair<std::string, std::string>;         // Province, id.
using LineKey = std::tuple<std::string, std::string, int64_t>;  // Book, journal, line.
using JournalKey = std::pair<std::string, std::string>;         // Book, journal.

struct LedgerAccountRow {
  AccountKey key;
  std::string unit;
  int64_t limit = 0;  // 1: debits within credits, 2: credits within debits.
  int64_t opened_day = 0;
  std::optional<int64_t> closed_day;
  int64_t debits_posted = 0;
  int64_t debits_pending = 0;
  int64_t credits_posted = 0;
  int64_t credits_pending = 0;
};

struct LedgerTransferRow {
  LineKey key;
  int64_t kind = 0;  // 1 post, 2 hold, 3 settle, 4 void, 5 expire, 6 reversal.
  AccountKey debit;
  AccountKey credit;
  int64_t amount = 0;
  int64_t effective_day = 0;
  std::string hold_journal;
  int64_t hold_line = 0;
  int64_t expiry_day = 0;
  std::string reverses;
  std::string act;
  std::string text;
  std::string subject;
  int64_t version = 0;
  int64_t recorded_us = 0;
  int64_t result = 0;
  bool told = false;  // The feed has the event that it names.
};

struct LedgerHoldRow {
  LineKey key;
  AccountKey debit;
  AccountKey credit;
  int64_t amount = 0;
  int64_t remaining = 0;
  int64_t effective_day = 0;
  int64_t expiry_day = 0;
  int64_t ended = 0;  // 0 open, 1 settled, 2 voided, 3 expired.
};

struct LedgerRefusalRow {
  JournalKey key;
  int64_t why = 0;
};

// Of one committed state: the journals that stand as reversed, then every row once: all accounts,
// all transfers by key, all holds, all refusals.
struct LedgerVisitor {
  std::function<void(const JournalKey&)> reversed;
  std::function<void(const LedgerAccountRow&)> account;
  std::function<void(const LedgerTransferRow&)> transfer;
  std::function<void(const LedgerHoldRow&)> hold;
  std::function<void(const LedgerRefusalRow&)> refusal;
};

// Errors: those of ConnectReadOnly and of the engine.
absl::Status ReadLedger(absl::string_view url, const LedgerVisitor& visitor);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_LEDGER_ROWS_H_
