// Fills a book with what journals touch, and reads journals and holds. Only files of this room
// include it.
#ifndef TWOTIER_COMMON_LEDGER_LOAD_H_
#define TWOTIER_COMMON_LEDGER_LOAD_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/book.h"
#include "common/ledger/ledger.h"
#include "common/ledger/store.h"
#include "common/ledger/tables.h"

namespace twotier::ledger {

inline constexpr db::Statement kLoadHold{"ledger_load_hold",
                                         "SELECT " TWOTIER_LEDGER_HOLD_COLUMNS
                                         " FROM ledger_hold WHERE province_code = $1"
                                         " AND journal = $2 AND line = $3"};

// The rows of one journal in any order, each with the refusal when it failed.
inline constexpr db::Statement kLoadJournal{
    "ledger_load_journal",
    "SELECT " TWOTIER_LEDGER_TRANSFER_COLUMNS
    ", why, refused_line, account_province, account_id, field, available, asked, held"
    " FROM ledger_transfer t LEFT JOIN ledger_refusal r"
    " ON r.province_code = t.province_code AND r.refused_journal = t.journal"
    " WHERE t.province_code = $1 AND t.journal = $2"};

// What kLoadJournal found; at least one row. DATA_LOSS `UNREADABLE_ROW` when a line is missing.
absl::StatusOr<EnteredJournal> ReadJournal(const db::Rows& rows);

// In two flights at most: what the journals name, then the accounts of the holds and journals that
// they name. Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<Book> LoadBook(db::Tx& tx, const Context& context,
                              absl::Span<const Journal> journals);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_LOAD_H_
