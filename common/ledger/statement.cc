#include "common/ledger/statement.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/ledger/reads.h"
#include "common/ledger/store.h"
#include "common/ledger/tables.h"
#include "common/status_macros.h"

namespace twotier::ledger {
namespace {

// The lines of one side. $1, $2: the account; $3: the end of the period; $4 to $8: the line after
// which it goes on. The first comparison is what an index is asked for.
#define TWOTIER_LEDGER_LINES(side, is_debit, other, known, reversal_known)             \
  "SELECT t.effective_day, t.recorded_us, t.province_code, t.journal, t.line, t.kind," \
  " " is_debit " AS is_debit, t." other                                                \
  "_province AS other_province,"                                                       \
  " t." other                                                                          \
  "_account AS other_account, t.amount, t.hold_journal, t.hold_line, t.reverses,"      \
  " t.act, t.text, t.line_text,"                                                       \
  " (SELECT r.journal FROM ledger_transfer r WHERE r.province_code = t.province_code"  \
  " AND r.reverses = t.journal AND r.reverses <> '' AND r.line = 1 AND r.result = "    \
  "0" reversal_known                                                                   \
  ") AS reversed_by"                                                                   \
  " FROM ledger_transfer t WHERE t." side "_province = $1 AND t." side                 \
  "_account = $2"                                                                      \
  " AND t.effective_day >= $4 AND t.effective_day < $3 AND t.result = 0"               \
  " AND (t.effective_day, t.recorded_us, t.province_code, t.journal, t.line)"          \
  " > ($4, $5, $6, $7, $8)" known

#define TWOTIER_LEDGER_LINES_ORDER \
  " ORDER BY effective_day, recorded_us, province_code, journal, line LIMIT $9"

constexpr db::Statement kLines{
    "ledger_statement_lines",
    TWOTIER_LEDGER_LINES("debit", "1", "credit", "", "") " UNION ALL " TWOTIER_LEDGER_LINES(
        "credit", "0", "debit", "", "") TWOTIER_LEDGER_LINES_ORDER};

constexpr db::Statement kLinesAsKnown{
    "ledger_statement_lines_as_known",
    TWOTIER_LEDGER_LINES(
        "debit", "1", "credit", TWOTIER_LEDGER_KNOWN("t", "$10"),
        TWOTIER_LEDGER_KNOWN(
            "r", "$10")) " UNION ALL " TWOTIER_LEDGER_LINES("credit", "0", "debit",
                                                            TWOTIER_LEDGER_KNOWN("t", "$10"),
                                                            TWOTIER_LEDGER_KNOWN("r", "$10"))
        TWOTIER_LEDGER_LINES_ORDER};

StatementLine ReadLine(const db::Row& row) {
  return {.province_code = row.Text(2),
          .id = {row.Text(3), row.Int(4)},
          .kind = static_cast<Kind>(row.Int(5)),
          .effective_day = ToDay(row.Int(0)),
          .recorded = absl::FromUnixMicros(row.Int(1)),
          .is_debit = row.Bool(6),
          .other = {row.Text(7), row.Text(8)},
          .amount = row.Int(9),
          .hold = {row.Text(10), row.Int(11)},
          .reverses = row.Text(12),
          .reversed_by = row.OptText(16).value_or(""),
          .act = row.Text(13),
          .text = row.Text(14),
          .line_text = row.Text(15)};
}

void AddTotals(Sha256& digest, const Totals& totals) {
  for (const int64_t total : {totals.debits_posted, totals.debits_pending, totals.credits_posted,
                              totals.credits_pending}) {
    digest.Number(static_cast<uint64_t>(total));
  }
}

std::string HashOfHead(const StatementQuery& query, const Account& account, const Totals& opening) {
  Sha256 digest;
  digest.Prefixed(account.id.province_code);
  digest.Prefixed(account.id.id);
  digest.Prefixed(account.unit);
  digest.Number(static_cast<uint64_t>(ToColumn(query.from_day)));
  digest.Number(static_cast<uint64_t>(ToColumn(query.until_day)));
  AddTotals(digest, opening);
  return digest.Finish();
}

std::string HashOfLine(const std::string& before, const StatementLine& line) {
  Sha256 digest;
  digest.Bytes(before);
  digest.Prefixed(line.province_code);
  digest.Prefixed(line.id.journal);
  digest.Prefixed(line.other.province_code);
  digest.Prefixed(line.other.id);
  digest.Prefixed(line.hold.journal);
  digest.Prefixed(line.reverses);
  digest.Prefixed(line.act);
  digest.Prefixed(line.text);
  digest.Prefixed(line.line_text);
  for (const int64_t number :
       {line.id.line, static_cast<int64_t>(line.kind), ToColumn(line.effective_day),
        absl::ToUnixMicros(line.recorded), int64_t{line.is_debit}, line.amount, line.hold.line}) {
    digest.Number(static_cast<uint64_t>(number));
  }
  AddTotals(digest, line.after);
  return digest.Finish();
}

// Before the first line of the period.
absl::StatusOr<StatementCursor> Begin(db::Tx& tx, const StatementQuery& query,
                                      const Account& account) {
  ASSIGN_OR_RETURN(const std::vector<std::optional<Totals>> opening,
                   BalancesAt(tx, {query.account}, {query.from_day - 1, query.known_position}));
  StatementCursor cursor{.effective_day = query.from_day,
                         .recorded_us = std::numeric_limits<int64_t>::min(),
                         .totals = *opening[0]};
  cursor.hash = HashOfHead(query, account, cursor.totals);
  return cursor;
}

absl::StatusOr<db::Rows> QueryLines(db::Tx& tx, const StatementQuery& query,
                                    const StatementCursor& after, int limit) {
  std::vector<db::Value> values{query.account.province_code,
                                query.account.id,
                                ToColumn(query.until_day),
                                ToColumn(after.effective_day),
                                after.recorded_us,
                                after.province_code,
                                after.id.journal,
                                after.id.line,
                                limit};
  if (!query.known_position.has_value()) return tx.Query(kLines, values);
  values.emplace_back(*query.known_position);
  return tx.Query(kLinesAsKnown, values);
}

}  // namespace

absl::StatusOr<StatementPage> ReadStatement(db::Tx& tx, const StatementQuery& query,
                                            const std::optional<StatementCursor>& after,
                                            int lines_max) {
  ASSIGN_OR_RETURN(const std::optional<Account> account, FindAccount(tx, query.account));
  if (!account.has_value()) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("there is no account ", query.account.id),
                             "ACCOUNT_UNKNOWN", {{"account", query.account.id}});
  }
  StatementCursor at;
  if (after.has_value()) {
    at = *after;
  } else {
    ASSIGN_OR_RETURN(at, Begin(tx, query, *account));
  }
  ASSIGN_OR_RETURN(const db::Rows rows, QueryLines(tx, query, at, lines_max + 1));
  StatementPage page{.account = *account, .opening = at.totals};
  for (const db::Row& row : rows) {
    if (page.lines.size() == static_cast<size_t>(lines_max)) break;
    StatementLine line = ReadLine(row);
    AddLine(line.kind, line.is_debit, line.amount, at.totals);
    line.after = at.totals;
    at.hash = HashOfLine(at.hash, line);
    page.lines.push_back(std::move(line));
  }
  page.closing = at.totals;
  page.hash = at.hash;
  if (rows.size() > page.lines.size()) {
    const StatementLine& last = page.lines.back();
    at.effective_day = last.effective_day;
    at.recorded_us = absl::ToUnixMicros(last.recorded);
    at.province_code = last.province_code;
    at.id = last.id;
    page.next = std::move(at);
  }
  return page;
}

}  // namespace twotier::ledger
