// The ledger's tables and how their rows are read. Only files of this room include it.
#ifndef TWOTIER_COMMON_LEDGER_TABLES_H_
#define TWOTIER_COMMON_LEDGER_TABLES_H_

#include <cstdint>

#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "common/ledger/book.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

inline int64_t ToColumn(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }
inline absl::CivilDay ToDay(int64_t column) { return absl::CivilDay(1970, 1, 1) + column; }

// Columns in the order in which ReadAccount takes them.
#define TWOTIER_LEDGER_ACCOUNT_COLUMNS                                            \
  "province_code, account_id, unit, limit_kind, opened_day, closed_day, version," \
  " debits_posted, debits_pending, credits_posted, credits_pending"

// Columns in the order in which ReadTransfer takes them.
#define TWOTIER_LEDGER_TRANSFER_COLUMNS                                                  \
  "journal, line, kind, debit_province, debit_account, credit_province, credit_account," \
  " amount, effective_day, hold_journal, hold_line, expiry_day, reverses, act, text,"    \
  " line_text, subject, version, recorded_us, result"

// Columns in the order in which ReadHold takes them.
#define TWOTIER_LEDGER_HOLD_COLUMNS                                                \
  "journal, line, debit_province, debit_account, credit_province, credit_account," \
  " amount, remaining, effective_day, expiry_day, ended"

// Condition on rows of `transfers`, a name of ledger_transfer: their event had its place in the
// feed by `position`.
#define TWOTIER_LEDGER_KNOWN(transfers, position)                                         \
  " AND EXISTS (SELECT 1 FROM event AS told WHERE told.province_code = " transfers        \
  ".province_code AND told.subject = " transfers ".subject AND told.version = " transfers \
  ".version AND told.position <= " position ")"

// What rows of one side of an account add to what is posted and to what is pending. Holds that were
// let go and made again may leave 64 bits before all is added up: what is pending is added up in
// two halves.
#define TWOTIER_LEDGER_SUMS                                                                       \
  "CAST(COALESCE(SUM(CASE WHEN kind IN (1, 3, 6) THEN amount ELSE 0 END), 0) AS BIGINT)"          \
  " AS posted,"                                                                                   \
  " CAST(COALESCE(SUM(CASE WHEN kind = 2 THEN amount / 4294967296"                                \
  " WHEN kind IN (3, 4, 5) THEN -(amount / 4294967296) ELSE 0 END), 0) AS BIGINT) AS pending_4g," \
  " CAST(COALESCE(SUM(CASE WHEN kind = 2 THEN amount % 4294967296"                                \
  " WHEN kind IN (3, 4, 5) THEN -(amount % 4294967296) ELSE 0 END), 0) AS BIGINT) AS pending_1"
// The same as columns, from `first` on: adds them to a side of `totals`.
void ReadSums(const db::Row& row, size_t first, bool is_debit, Totals& totals);

// One row of `ledger_transfer`. What belongs to the journal stands in each of its rows.
struct Transfer {
  Journal journal = {};  // Without lines.
  int64_t number = 0;    // Of the line, from 1.
  Line line = {};
  int64_t recorded_us = 0;
  int64_t result = 0;  // 0, or why it failed.
};

Account ReadAccount(const db::Row& row);
Transfer ReadTransfer(const db::Row& row);
// Of the columns from `first` on.
Hold ReadHold(const db::Row& row, size_t first = 0);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_TABLES_H_
