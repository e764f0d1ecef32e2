// Fills a book with what journals touch. Only files of this room include it.
#ifndef TWOTIER_COMMON_LEDGER_LOAD_H_
#define TWOTIER_COMMON_LEDGER_LOAD_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/book.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

// In two flights at most: what the journals name, then the accounts of the holds and journals that
// they name. Errors: those of db::Tx; DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<Book> LoadBook(db::Tx& tx, const Context& context,
                              absl::Span<const Journal> journals);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_LOAD_H_
