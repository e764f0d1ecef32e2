// The statement of an account: what stood at the beginning of a period, every line in it, and what
// stood at its end, with a hash by which a second run can be compared.
#ifndef TWOTIER_COMMON_LEDGER_STATEMENT_H_
#define TWOTIER_COMMON_LEDGER_STATEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

struct StatementQuery {
  AccountId account = {};
  absl::CivilDay from_day = {};
  absl::CivilDay until_day = {};  // The first day that is not in it.
  // As BalancesAt. A statement as known at an instant never changes any more; one as known now gets
  // what is entered later for days of its period.
  std::optional<int64_t> known_position = std::nullopt;
};

// One line, in the order effective day, instant of recording, book, journal, line: it never
// changes.
struct StatementLine {
  std::string province_code = {};  // Of the book.
  LineId id = {};
  Kind kind = Kind::kPost;
  absl::CivilDay effective_day = {};
  absl::Time recorded = {};
  bool is_debit = false;  // Of the statement's account.
  AccountId other = {};   // The account on the other side.
  int64_t amount = 0;
  LineId hold = {};           // That it follows.
  std::string reverses = {};  // Journal that it undoes.
  // Journal that undid it, as known; shown beside it, not part of the hash.
  std::string reversed_by = {};
  std::string act = {};
  std::string text = {};  // Of the journal.
  std::string line_text = {};
  Totals after = {};
};

// Where a long statement goes on. What it holds is the sum of what came before: give back unchanged
// what came with the page before.
struct StatementCursor {
  absl::CivilDay effective_day = {};
  int64_t recorded_us = 0;
  std::string province_code = {};
  LineId id = {};
  Totals totals = {};
  std::string hash = {};
};

struct StatementPage {
  Account account = {};
  Totals opening = {};  // At the beginning of the page.
  std::vector<StatementLine> lines = {};
  Totals closing = {};  // After its last line.
  // SHA-256, 32 bytes, over the account, the period, what stood at its beginning, and every line up
  // to here: that of the last page is the statement's.
  std::string hash = {};
  std::optional<StatementCursor> next = std::nullopt;  // Absent: this was the last page.
};

// One page of at most `lines_max` lines; `after` absent: the first one. NOT_FOUND `ACCOUNT_UNKNOWN`
// with `account`. Other errors: those of db::Tx.
absl::StatusOr<StatementPage> ReadStatement(db::Tx& tx, const StatementQuery& query,
                                            const std::optional<StatementCursor>& after,
                                            int lines_max);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_STATEMENT_H_
