// What the ledger held on a day, as it is known now or was known at an instant; its holds and its
// journals. Statements: statement.h. Errors of all functions: those of db::Tx, and what is named.
#ifndef TWOTIER_COMMON_LEDGER_READS_H_
#define TWOTIER_COMMON_LEDGER_READS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/book.h"
#include "common/ledger/ledger.h"

namespace twotier::ledger {

// Which state is asked for: what is effective on or before `day`, of what was known when the feed
// stood at `known_position`; absent: of what is known now.
struct AsOf {
  absl::CivilDay day = {};
  std::optional<int64_t> known_position = std::nullopt;
};

// Where the feed stood at `instant`: what a journal's event (Journal::subject) had told by then was
// known. OUT_OF_RANGE `NOT_KNOWN_YET` with `known_until` after the feed's watermark, where the
// answer could still change.
absl::StatusOr<int64_t> KnownPositionAt(db::Tx& tx, absl::Time instant);

// Totals of each account, in order; nullopt for one that is not there. An account without transfers
// has a balance, and it is zero. As known now it reads what is effective after the day and takes it
// back; as known then, all that was effective by the day.
absl::StatusOr<std::vector<std::optional<Totals>>> BalancesAt(db::Tx& tx,
                                                              absl::Span<const AccountId> ids,
                                                              const AsOf& as_of);

// An open hold, and the book it is in.
struct OpenHold {
  std::string province_code = {};
  Hold hold = {};
};
// Where a list goes on: after this one. The default: at its beginning.
struct HoldCursor {
  absl::CivilDay expiry_day = {};
  LineId id = {};
};

// Open holds of a book that may be settled no more on `today`, the longest overdue first: what is
// to be posted with kExpire, in slices.
absl::StatusOr<std::vector<OpenHold>> DueHolds(db::Tx& tx, absl::string_view province_code,
                                               absl::CivilDay today, const HoldCursor& after,
                                               int limit);

// Open holds on either side of an account that are in the book `province_code`, by expiry day.
absl::StatusOr<std::vector<OpenHold>> OpenHoldsOf(db::Tx& tx, absl::string_view province_code,
                                                  const AccountId& account, const HoldCursor& after,
                                                  int limit);

// nullopt: there is none.
absl::StatusOr<std::optional<Hold>> FindHold(db::Tx& tx, absl::string_view province_code,
                                             const LineId& id);

// A journal as it was entered, or as it failed.
struct JournalRecord {
  EnteredJournal entered = {};
  absl::Time recorded = {};
  std::string reversed_by = {};  // Journal that undid it; empty: none.
};
// nullopt: there is none. DATA_LOSS `UNREADABLE_ROW`.
absl::StatusOr<std::optional<JournalRecord>> FindJournal(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         const std::string& id);

// The same of several, in order, in one flight.
absl::StatusOr<std::vector<std::optional<JournalRecord>>> FindJournals(
    db::Tx& tx, absl::string_view province_code, absl::Span<const std::string> ids);

// A journal of a book, failed ones too.
struct JournalHead {
  std::string id = {};
  absl::CivilDay effective_day = {};
};
// Those after the id `after`, in byte order of their ids.
absl::StatusOr<std::vector<JournalHead>> ListJournals(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view after, int limit);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_READS_H_
