#include "common/ledger/reads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/ledger/load.h"
#include "common/ledger/tables.h"
#include "common/status_macros.h"

namespace twotier::ledger {
namespace {

#define TWOTIER_LEDGER_MOVED "SELECT " TWOTIER_LEDGER_SUMS " FROM ledger_transfer t"
#define TWOTIER_LEDGER_BOTH_MOVED \
  "SELECT d.posted, d.pending_4g, d.pending_1, c.posted, c.pending_4g, c.pending_1 FROM ("

constexpr db::Statement kMovedAfter{
    "ledger_moved_after", TWOTIER_LEDGER_BOTH_MOVED TWOTIER_LEDGER_MOVED
    " WHERE debit_province = $1 AND debit_account = $2 AND effective_day > $3 AND result = 0) d"
    " CROSS JOIN (" TWOTIER_LEDGER_MOVED
    " WHERE credit_province = $1 AND credit_account = $2 AND effective_day > $3"
    " AND result = 0) c"};

constexpr db::Statement kMovedAsKnown{
    "ledger_moved_as_known", TWOTIER_LEDGER_BOTH_MOVED TWOTIER_LEDGER_MOVED
    " WHERE debit_province = $1 AND debit_account = $2 AND effective_day <= $3"
    " AND result = 0" TWOTIER_LEDGER_KNOWN(
        "t", "$4") ") d CROSS JOIN (" TWOTIER_LEDGER_MOVED
                   " WHERE credit_province = $1 AND credit_account = $2 AND effective_day <= $3"
                   " AND result = 0" TWOTIER_LEDGER_KNOWN("t", "$4") ") c"};

constexpr db::Statement kDueHolds{"ledger_due_holds",
                                  "SELECT province_code, " TWOTIER_LEDGER_HOLD_COLUMNS
                                  " FROM ledger_hold WHERE province_code = $1 AND expiry_day < $2"
                                  " AND ended = 0 AND (expiry_day, journal, line) > ($3, $4, $5)"
                                  " ORDER BY expiry_day, journal, line LIMIT $6"};

constexpr db::Statement kOpenHolds{
    "ledger_open_holds",
    "SELECT province_code, " TWOTIER_LEDGER_HOLD_COLUMNS
    " FROM ledger_hold WHERE debit_province = $1 AND debit_account = $2 AND province_code = $3"
    " AND ended = 0 AND (expiry_day, journal, line) > ($4, $5, $6)"
    " UNION ALL SELECT province_code, " TWOTIER_LEDGER_HOLD_COLUMNS
    " FROM ledger_hold WHERE credit_province = $1 AND credit_account = $2 AND province_code = $3"
    " AND ended = 0 AND (expiry_day, journal, line) > ($4, $5, $6)"
    " ORDER BY expiry_day, journal, line LIMIT $7"};

constexpr db::Statement kReversedBy{
    "ledger_reversed_by",
    "SELECT journal FROM ledger_transfer WHERE province_code = $1 AND reverses = $2"
    " AND reverses <> '' AND line = 1 AND result = 0"};

constexpr db::Statement kListJournals{
    "ledger_list_journals",
    "SELECT journal, effective_day FROM ledger_transfer"
    " WHERE province_code = $1 AND journal > $2 AND line = 1 ORDER BY journal LIMIT $3"};

// The totals that `row` has moved, from its first column on.
Totals ReadMoved(const db::Row& row) {
  Totals totals;
  ReadSums(row, 0, /*is_debit=*/true, totals);
  ReadSums(row, 3, /*is_debit=*/false, totals);
  return totals;
}

Totals Without(const Totals& totals, const Totals& moved) {
  return {.debits_posted = totals.debits_posted - moved.debits_posted,
          .debits_pending = totals.debits_pending - moved.debits_pending,
          .credits_posted = totals.credits_posted - moved.credits_posted,
          .credits_pending = totals.credits_pending - moved.credits_pending};
}

std::vector<db::BoundStatement> MovedQueries(absl::Span<const AccountId> ids, const AsOf& as_of) {
  std::vector<db::BoundStatement> queries;
  queries.reserve(ids.size());
  const int64_t day = ToColumn(as_of.day);
  for (const AccountId& id : ids) {
    if (as_of.known_position.has_value()) {
      queries.push_back({kMovedAsKnown, {id.province_code, id.id, day, *as_of.known_position}, {}});
    } else {
      queries.push_back({kMovedAfter, {id.province_code, id.id, day}, {}});
    }
  }
  return queries;
}

std::vector<OpenHold> ReadHolds(const db::Rows& rows) {
  std::vector<OpenHold> holds;
  holds.reserve(rows.size());
  for (const db::Row& row : rows) holds.push_back({row.Text(0), ReadHold(row, 1)});
  return holds;
}

}  // namespace

absl::StatusOr<int64_t> KnownPositionAt(db::Tx& tx, absl::Time instant) {
  ASSIGN_OR_RETURN(const feed::Knowledge knowledge, feed::ReadKnowledge(tx));
  if (knowledge.until < instant) {
    const std::string until =
        absl::FormatTime(absl::RFC3339_full, knowledge.until, absl::UTCTimeZone());
    return error::WithReason(absl::StatusCode::kOutOfRange,
                             absl::StrCat("what was known is settled up to ", until, " only"),
                             "NOT_KNOWN_YET", {{"known_until", until}});
  }
  return feed::PositionAt(tx, instant);
}

absl::StatusOr<std::vector<std::optional<Totals>>> BalancesAt(db::Tx& tx,
                                                              absl::Span<const AccountId> ids,
                                                              const AsOf& as_of) {
  ASSIGN_OR_RETURN(const std::vector<std::optional<Account>> accounts, FindAccounts(tx, ids));
  ASSIGN_OR_RETURN(const std::vector<db::Rows> moved, tx.QueryAll(MovedQueries(ids, as_of)));
  std::vector<std::optional<Totals>> balances(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!accounts[i].has_value()) continue;
    const Totals totals = ReadMoved(moved[i][0]);
    balances[i] = as_of.known_position.has_value() ? totals : Without(accounts[i]->totals, totals);
  }
  return balances;
}

absl::StatusOr<std::vector<OpenHold>> DueHolds(db::Tx& tx, absl::string_view province_code,
                                               absl::CivilDay today, const HoldCursor& after,
                                               int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kDueHolds, {province_code, ToColumn(today), ToColumn(after.expiry_day),
                                        after.id.journal, after.id.line, limit}));
  return ReadHolds(rows);
}

absl::StatusOr<std::vector<OpenHold>> OpenHoldsOf(db::Tx& tx, absl::string_view province_code,
                                                  const AccountId& account, const HoldCursor& after,
                                                  int limit) {
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(kOpenHolds, {account.province_code, account.id, province_code,
                            ToColumn(after.expiry_day), after.id.journal, after.id.line, limit}));
  return ReadHolds(rows);
}

absl::StatusOr<std::optional<Hold>> FindHold(db::Tx& tx, absl::string_view province_code,
                                             const LineId& id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadHold, {province_code, id.journal, id.line}));
  if (rows.empty()) return std::optional<Hold>();
  return std::optional<Hold>(ReadHold(rows[0]));
}

absl::StatusOr<std::vector<std::optional<JournalRecord>>> FindJournals(
    db::Tx& tx, absl::string_view province_code, absl::Span<const std::string> ids) {
  std::vector<db::BoundStatement> queries;
  for (const std::string& id : ids) {
    queries.push_back({kLoadJournal, {std::string(province_code), id}, {}});
    queries.push_back({kReversedBy, {std::string(province_code), id}, {}});
  }
  ASSIGN_OR_RETURN(const std::vector<db::Rows> answers, tx.QueryAll(queries));
  std::vector<std::optional<JournalRecord>> records(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    const db::Rows& rows = answers[2 * i];
    const db::Rows& reversal = answers[2 * i + 1];
    if (rows.empty()) continue;
    JournalRecord& record = records[i].emplace();
    record.recorded = absl::FromUnixMicros(ReadTransfer(rows[0]).recorded_us);
    ASSIGN_OR_RETURN(record.entered, ReadJournal(rows));
    if (!reversal.empty()) record.reversed_by = reversal[0].Text(0);
  }
  return records;
}

absl::StatusOr<std::optional<JournalRecord>> FindJournal(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         const std::string& id) {
  ASSIGN_OR_RETURN(std::vector<std::optional<JournalRecord>> records,
                   FindJournals(tx, province_code, {id}));
  return std::move(records[0]);
}

absl::StatusOr<std::vector<JournalHead>> ListJournals(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view after, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListJournals, {province_code, after, limit}));
  std::vector<JournalHead> heads;
  heads.reserve(rows.size());
  for (const db::Row& row : rows) heads.push_back({row.Text(0), ToDay(row.Int(1))});
  return heads;
}

}  // namespace twotier::ledger
