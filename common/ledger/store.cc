#include "common/ledger/store.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/ledger/book.h"
#include "common/ledger/load.h"
#include "common/ledger/tables.h"
#include "common/status_macros.h"

namespace twotier::ledger {
namespace {

// Whoever was faster is noticed by the number of rows, on both engines.
constexpr db::Statement kInsertAccount{
    "ledger_insert_account",
    "INSERT INTO ledger_account (province_code, account_id, unit, limit_kind, opened_day,"
    " closed_day, version, debits_posted, debits_pending, credits_posted, credits_pending)"
    " VALUES ($1, $2, $3, $4, $5, NULL, 1, 0, 0, 0, 0) ON CONFLICT DO NOTHING"};

constexpr db::Statement kCloseAccount{
    "ledger_close_account",
    "UPDATE ledger_account SET closed_day = $3, version = version + 1"
    " WHERE province_code = $1 AND account_id = $2 AND version = $4"};

// Adds instead of setting: what was read may be older than what a batch mate has written since. The
// constraints of the table keep the limit whatever that was.
constexpr db::Statement kAddToAccount{
    "ledger_add_to_account",
    "UPDATE ledger_account SET debits_posted = debits_posted + $3,"
    " debits_pending = debits_pending + $4, credits_posted = credits_posted + $5,"
    " credits_pending = credits_pending + $6"
    " WHERE province_code = $1 AND account_id = $2 AND closed_day IS NULL"};

// The same of several accounts, which are different ones: a journal of one line has two, what moves
// between two that hold places has four.
#define TWOTIER_LEDGER_ADD_TO_ACCOUNTS(rows)                                 \
  "UPDATE ledger_account SET debits_posted = debits_posted + added.column3," \
  " debits_pending = debits_pending + added.column4,"                        \
  " credits_posted = credits_posted + added.column5,"                        \
  " credits_pending = credits_pending + added.column6 FROM (VALUES " rows    \
  ") AS added"                                                               \
  " WHERE ledger_account.province_code = added.column1"                      \
  " AND ledger_account.account_id = added.column2 AND closed_day IS NULL"
constexpr db::Statement kAddToTwo{
    "ledger_add_to_two_accounts",
    TWOTIER_LEDGER_ADD_TO_ACCOUNTS("($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12)")};
constexpr db::Statement kAddToFour{
    "ledger_add_to_four_accounts",
    TWOTIER_LEDGER_ADD_TO_ACCOUNTS("($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12),"
                                   " ($13, $14, $15, $16, $17, $18),"
                                   " ($19, $20, $21, $22, $23, $24)")};

constexpr db::Statement kInsertTransfer{
    "ledger_insert_transfer",
    "INSERT INTO ledger_transfer (province_code, " TWOTIER_LEDGER_TRANSFER_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
    " $19, $20, $21) ON CONFLICT DO NOTHING"};

constexpr db::Statement kInsertRefusal{
    "ledger_insert_refusal",
    "INSERT INTO ledger_refusal (province_code, refused_journal, why, refused_line, "
    "account_province,"
    " account_id, field, available, asked, held) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT DO NOTHING"};

constexpr db::Statement kInsertHold{
    "ledger_insert_hold",
    "INSERT INTO ledger_hold (province_code, " TWOTIER_LEDGER_HOLD_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING"};

constexpr db::Statement kUpdateHold{
    "ledger_update_hold",
    "UPDATE ledger_hold SET remaining = $4, ended = $5"
    " WHERE province_code = $1 AND journal = $2 AND line = $3 AND remaining = $6 AND ended = 0"};

// The same of eight different ones: a plan of staff settles thousands.
constexpr size_t kHoldsTogether = 8;
#define TWOTIER_LEDGER_HOLD_ROW(a, b, c, d, e, f) \
  "($" #a ", $" #b ", $" #c ", $" #d ", $" #e ", $" #f ")"
constexpr db::Statement kUpdateEightHolds{
    "ledger_update_eight_holds",
    "UPDATE ledger_hold SET remaining = changed.column4, ended = changed.column5 FROM (VALUES "
    // Province, journal, line, what remains, how it ended, what remained before.
    TWOTIER_LEDGER_HOLD_ROW(1, 2, 3, 4, 5, 6) ", " TWOTIER_LEDGER_HOLD_ROW(7, 8, 9, 10, 11, 12)
    ", " TWOTIER_LEDGER_HOLD_ROW(13, 14, 15, 16, 17, 18)
    ", " TWOTIER_LEDGER_HOLD_ROW(19, 20, 21, 22, 23, 24)
    ", " TWOTIER_LEDGER_HOLD_ROW(25, 26, 27, 28, 29, 30)
    ", " TWOTIER_LEDGER_HOLD_ROW(31, 32, 33, 34, 35, 36)
    ", " TWOTIER_LEDGER_HOLD_ROW(37, 38, 39, 40, 41, 42)
    ", " TWOTIER_LEDGER_HOLD_ROW(43, 44, 45, 46, 47, 48)
    ") AS changed WHERE ledger_hold.province_code = changed.column1"
    " AND ledger_hold.journal = changed.column2 AND ledger_hold.line = changed.column3"
    " AND ledger_hold.remaining = changed.column6 AND ledger_hold.ended = 0"};

absl::Status Refused(absl::string_view reason, const AccountId& id, error::Metadata more = {}) {
  error::Metadata metadata{{"account", id.id}};
  metadata.insert(metadata.end(), more.begin(), more.end());
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("account ", id.id, ": ", reason), reason,
                           std::move(metadata));
}

// What a refusal leaves of a journal that has no lines of its own.
Line ReversalPlaceholder() { return {.kind = Kind::kReversal}; }

absl::Status InsertTransfer(db::Tx& tx, const Context& context, const Journal& journal,
                            const Line& line, int64_t number, int64_t result) {
  return tx.Write(kInsertTransfer, {context.province_code,
                                    journal.id,
                                    number,
                                    static_cast<int64_t>(line.kind),
                                    line.debit.province_code,
                                    line.debit.id,
                                    line.credit.province_code,
                                    line.credit.id,
                                    line.amount,
                                    ToColumn(journal.effective_day),
                                    line.hold.journal,
                                    line.hold.line,
                                    ToColumn(line.expiry_day),
                                    journal.reverses,
                                    journal.act,
                                    journal.text,
                                    line.text,
                                    journal.subject,
                                    journal.version,
                                    absl::ToUnixMicros(context.now),
                                    result});
}

absl::Status InsertFailed(db::Tx& tx, const Context& context, const Journal& journal,
                          const Outcome& outcome) {
  const Refusal& refusal = *outcome.refusal;
  RETURN_IF_ERROR(tx.Write(kInsertRefusal,
                           {context.province_code, journal.id, static_cast<int64_t>(refusal.why),
                            refusal.line, refusal.account.province_code, refusal.account.id,
                            refusal.field, refusal.available, refusal.asked, refusal.held}));
  if (journal.lines.empty()) {
    return InsertTransfer(tx, context, journal, ReversalPlaceholder(), 1,
                          static_cast<int64_t>(refusal.why));
  }
  int64_t number = 0;
  for (const Line& line : journal.lines) {
    ++number;
    RETURN_IF_ERROR(InsertTransfer(tx, context, journal, line, number,
                                   static_cast<int64_t>(*WhyOfLine(outcome, number))));
  }
  return absl::OkStatus();
}

absl::Status InsertJournal(db::Tx& tx, const Context& context, const Journal& journal,
                           const Outcome& outcome) {
  if (outcome.repeated) return absl::OkStatus();
  if (!outcome.ok()) {
    return IsRemembered(outcome.refusal->why) ? InsertFailed(tx, context, journal, outcome)
                                              : absl::OkStatus();
  }
  int64_t number = 0;
  for (const Line& line : outcome.lines) {
    RETURN_IF_ERROR(InsertTransfer(tx, context, journal, line, ++number, /*result=*/0));
  }
  return absl::OkStatus();
}

absl::Status InsertHold(db::Tx& tx, const Context& context, const Hold& hold) {
  return tx.Write(
      kInsertHold,
      {context.province_code, hold.id.journal, hold.id.line, hold.debit.province_code,
       hold.debit.id, hold.credit.province_code, hold.credit.id, hold.amount, hold.remaining,
       ToColumn(hold.effective_day), ToColumn(hold.expiry_day), static_cast<int64_t>(hold.end)});
}

// One, or kHoldsTogether.
absl::Status UpdateHolds(db::Tx& tx, const Context& context,
                         absl::Span<const Book::ChangedHold> holds) {
  absl::InlinedVector<db::Value, 6> values;
  for (const Book::ChangedHold& changed : holds) {
    const Hold& hold = *changed.hold;
    values.insert(values.end(),
                  {context.province_code, hold.id.journal, hold.id.line, hold.remaining,
                   static_cast<int64_t>(hold.end), *changed.remaining_before});
  }
  return tx.Write(holds.size() == 1 ? kUpdateHold : kUpdateEightHolds, db::Values(values),
                  static_cast<int64_t>(holds.size()));
}

absl::Status WriteHolds(db::Tx& tx, const Context& context, const Book& book) {
  std::vector<Book::ChangedHold> known;
  for (const Book::ChangedHold& changed : book.ChangedHolds()) {
    if (changed.remaining_before.has_value()) {
      known.push_back(changed);
    } else {
      RETURN_IF_ERROR(InsertHold(tx, context, *changed.hold));
    }
  }
  absl::Span<const Book::ChangedHold> left = known;
  while (!left.empty()) {
    const size_t width = left.size() >= kHoldsTogether ? kHoldsTogether : 1;
    RETURN_IF_ERROR(UpdateHolds(tx, context, left.first(width)));
    left.remove_prefix(width);
  }
  return absl::OkStatus();
}

// One, two or four.
absl::Status AddToAccounts(db::Tx& tx, absl::Span<const Book::ChangedAccount> accounts) {
  absl::InlinedVector<db::Value, 24> values;
  for (const Book::ChangedAccount& changed : accounts) {
    const AccountId& id = changed.account->id;
    const Totals& added = changed.added;
    values.insert(values.end(), {id.province_code, id.id, added.debits_posted, added.debits_pending,
                                 added.credits_posted, added.credits_pending});
  }
  const db::Statement& statement = accounts.size() == 4   ? kAddToFour
                                   : accounts.size() == 2 ? kAddToTwo
                                                          : kAddToAccount;
  return tx.Write(statement, db::Values(values), static_cast<int64_t>(accounts.size()));
}

absl::Status WriteTotals(db::Tx& tx, const Context& context, const Book& book) {
  const std::vector<Book::ChangedAccount> accounts = book.ChangedAccounts();
  absl::Span<const Book::ChangedAccount> left = accounts;
  while (!left.empty()) {
    const size_t width = left.size() >= 4 ? 4 : left.size() >= 2 ? 2 : 1;
    RETURN_IF_ERROR(AddToAccounts(tx, left.first(width)));
    left.remove_prefix(width);
  }
  return WriteHolds(tx, context, book);
}

absl::Status CheckSize(absl::Span<const Journal> journals) {
  size_t lines = 0;
  for (const Journal& journal : journals) lines += std::max<size_t>(journal.lines.size(), 1);
  if (lines <= kLinesMax) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kInternal,
                           absl::StrCat(lines, " lines in one call, at most ", kLinesMax),
                           "BROKEN_INVARIANT");
}

}  // namespace

absl::Status OpenAccounts(db::Tx& tx, absl::Span<const Account> accounts) {
  std::vector<AccountId> ids;
  ids.reserve(accounts.size());
  for (const Account& account : accounts) ids.push_back(account.id);
  ASSIGN_OR_RETURN(const std::vector<std::optional<Account>> found, FindAccounts(tx, ids));
  absl::flat_hash_set<AccountId> taken;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!found[i].has_value() && taken.insert(ids[i]).second) continue;
    return absl::AlreadyExistsError(absl::StrCat("account ", ids[i].id, " exists"));
  }
  for (const Account& account : accounts) {
    RETURN_IF_ERROR(tx.Write(kInsertAccount,
                             {account.id.province_code, account.id.id, account.unit,
                              static_cast<int64_t>(account.limit), ToColumn(account.opened_day)}));
  }
  return absl::OkStatus();
}

absl::Status OpenAccount(db::Tx& tx, const Account& account) {
  return OpenAccounts(tx, absl::MakeSpan(&account, 1));
}

absl::Status CloseAccount(db::Tx& tx, const Account& account, absl::CivilDay closed_day) {
  if (account.closed_day.has_value()) return Refused("ACCOUNT_CLOSED", account.id);
  const int64_t held = account.totals.debits_pending + account.totals.credits_pending;
  if (held != 0) return Refused("HOLDS_OPEN", account.id, {{"held", absl::StrCat(held)}});
  return tx.Write(kCloseAccount,
                  {account.id.province_code, account.id.id, ToColumn(closed_day), account.version});
}

absl::Status ReopenAccount(db::Tx& tx, const Account& account) {
  if (!account.closed_day.has_value()) return Refused("ACCOUNT_NOT_CLOSED", account.id);
  return tx.Write(kCloseAccount,
                  {account.id.province_code, account.id.id, std::nullopt, account.version});
}

namespace {

absl::StatusOr<std::vector<Outcome>> PostAll(db::Tx& tx, const Context& context,
                                             absl::Span<const Journal> journals,
                                             std::vector<ChangedAccount>* changed) {
  RETURN_IF_ERROR(CheckSize(journals));
  ASSIGN_OR_RETURN(Book book, LoadBook(tx, context, journals));
  for (const Journal& journal : journals) {
    RETURN_IF_ERROR(InsertJournal(tx, context, journal, book.Post(journal)));
  }
  RETURN_IF_ERROR(WriteTotals(tx, context, book));
  if (changed != nullptr) {
    for (const Book::ChangedAccount& account : book.ChangedAccounts()) {
      changed->push_back({*account.account, account.added});
    }
  }
  return std::move(book).TakeOutcomes();
}

}  // namespace

absl::StatusOr<std::vector<Outcome>> Post(db::Tx& tx, const Context& context,
                                          absl::Span<const Journal> journals) {
  return PostAll(tx, context, journals, nullptr);
}

absl::StatusOr<Outcome> Post(db::Tx& tx, const Context& context, const Journal& journal) {
  ASSIGN_OR_RETURN(std::vector<Outcome> outcomes, Post(tx, context, absl::MakeSpan(&journal, 1)));
  return std::move(outcomes[0]);
}

absl::StatusOr<Outcome> Post(db::Tx& tx, const Context& context, const Journal& journal,
                             std::vector<ChangedAccount>& changed) {
  ASSIGN_OR_RETURN(std::vector<Outcome> outcomes,
                   PostAll(tx, context, absl::MakeSpan(&journal, 1), &changed));
  return std::move(outcomes[0]);
}

}  // namespace twotier::ledger
