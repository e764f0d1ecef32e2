#include "tools/verify/ledger_rows.h"

#include <memory>

#include "common/status_macros.h"
#include "tools/verify/connect.h"

namespace twotier::verify {
namespace {

// Rows of one answer: a national ledger must not be held in memory as rows of text.
constexpr int64_t kPage = 5000;

constexpr db::Statement kReversed{
    "verify_ledger_reversed",
    "SELECT province_code, reverses FROM ledger_transfer WHERE reverses <> '' AND line = 1"
    " AND result = 0 AND (province_code, reverses) > ($1, $2)"
    " ORDER BY province_code, reverses LIMIT $3"};

constexpr db::Statement kAccounts{
    "verify_ledger_accounts",
    "SELECT province_code, account_id, unit, limit_kind, opened_day, closed_day, debits_posted,"
    " debits_pending, credits_posted, credits_pending FROM ledger_account"
    " WHERE (province_code, account_id) > ($1, $2) ORDER BY province_code, account_id LIMIT $3"};

constexpr db::Statement kTransfers{
    "verify_ledger_transfers",
    "SELECT t.province_code, t.journal, t.line, t.kind, t.debit_province, t.debit_account,"
    " t.credit_province, t.credit_account, t.amount, t.effective_day, t.hold_journal, t.hold_line,"
    " t.expiry_day, t.reverses, t.act, t.text, t.subject, t.version, t.recorded_us, t.result,"
    " CASE WHEN e.version IS NULL THEN 0 ELSE 1 END FROM ledger_transfer t LEFT JOIN event e"
    " ON e.province_code = t.province_code AND e.subject = t.subject AND e.version = t.version"
    " WHERE (t.province_code, t.journal, t.line) > ($1, $2, $3)"
    " ORDER BY t.province_code, t.journal, t.line LIMIT $4"};

constexpr db::Statement kHolds{
    "verify_ledger_holds",
    "SELECT province_code, journal, line, debit_province, debit_account, credit_province,"
    " credit_account, amount, remaining, effective_day, expiry_day, ended FROM ledger_hold"
    " WHERE (province_code, journal, line) > ($1, $2, $3)"
    " ORDER BY province_code, journal, line LIMIT $4"};

constexpr db::Statement kRefusals{"verify_ledger_refusals",
                                  "SELECT province_code, refused_journal, why FROM ledger_refusal"
                                  " WHERE (province_code, refused_journal) > ($1, $2)"
                                  " ORDER BY province_code, refused_journal LIMIT $3"};

struct ReversedRow {
  JournalKey key;
};

ReversedRow ReversedOf(const db::Row& row) { return {{row.Text(0), row.Text(1)}}; }

LedgerAccountRow AccountOf(const db::Row& row) {
  return {.key = {row.Text(0), row.Text(1)},
          .unit = row.Text(2),
          .limit = row.Int(3),
          .opened_day = row.Int(4),
          .closed_day = row.OptInt(5),
          .debits_posted = row.Int(6),
          .debits_pending = row.Int(7),
          .credits_posted = row.Int(8),
          .credits_pending = row.Int(9)};
}

LedgerTransferRow TransferOf(const db::Row& row) {
  return {.key = {row.Text(0), row.Text(1), row.Int(2)},
          .kind = row.Int(3),
          .debit = {row.Text(4), row.Text(5)},
          .credit = {row.Text(6), row.Text(7)},
          .amount = row.Int(8),
          .effective_day = row.Int(9),
          .hold_journal = row.Text(10),
          .hold_line = row.Int(11),
          .expiry_day = row.Int(12),
          .reverses = row.Text(13),
          .act = row.Text(14),
          .text = row.Text(15),
          .subject = row.Text(16),
          .version = row.Int(17),
          .recorded_us = row.Int(18),
          .result = row.Int(19),
          .told = row.Bool(20)};
}

LedgerHoldRow HoldOf(const db::Row& row) {
  return {.key = {row.Text(0), row.Text(1), row.Int(2)},
          .debit = {row.Text(3), row.Text(4)},
          .credit = {row.Text(5), row.Text(6)},
          .amount = row.Int(7),
          .remaining = row.Int(8),
          .effective_day = row.Int(9),
          .expiry_day = row.Int(10),
          .ended = row.Int(11)};
}

LedgerRefusalRow RefusalOf(const db::Row& row) {
  return {.key = {row.Text(0), row.Text(1)}, .why = row.Int(2)};
}

// Visits every row of a table, page by page. `values` makes a query's values of the last key.
template <typename Row, typename Values>
absl::Status ReadTable(db::Tx& tx, const db::Statement& statement, Row (*read)(const db::Row&),
                       const std::function<void(const Row&)>& visit, const Values& values) {
  Row last;
  for (;;) {
    const std::vector<db::Value> bound = values(last);
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(statement, bound));
    for (const db::Row& row : rows) {
      last = read(row);
      visit(last);
    }
    if (rows.size() < static_cast<size_t>(kPage)) return absl::OkStatus();
  }
}

template <typename Row>
std::vector<db::Value> AfterPair(const Row& last) {
  return {last.key.first, last.key.second, kPage};
}

template <typename Row>
std::vector<db::Value> AfterLine(const Row& last) {
  return {std::get<0>(last.key), std::get<1>(last.key), std::get<2>(last.key), kPage};
}

}  // namespace

absl::Status ReadLedger(absl::string_view url, const LedgerVisitor& visitor) {
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Connection> connection, ConnectReadOnly(url));
  RETURN_IF_ERROR(connection->Begin(db::Access::kRead, {}));
  connection->StartUnit(/*singly=*/true);
  const auto reversed = [&](const ReversedRow& row) { visitor.reversed(row.key); };
  RETURN_IF_ERROR(
      ReadTable<ReversedRow>(*connection, kReversed, ReversedOf, reversed, AfterPair<ReversedRow>));
  RETURN_IF_ERROR(ReadTable<LedgerAccountRow>(*connection, kAccounts, AccountOf, visitor.account,
                                              AfterPair<LedgerAccountRow>));
  RETURN_IF_ERROR(ReadTable<LedgerTransferRow>(*connection, kTransfers, TransferOf,
                                               visitor.transfer, AfterLine<LedgerTransferRow>));
  RETURN_IF_ERROR(ReadTable<LedgerHoldRow>(*connection, kHolds, HoldOf, visitor.hold,
                                           AfterLine<LedgerHoldRow>));
  RETURN_IF_ERROR(ReadTable<LedgerRefusalRow>(*connection, kRefusals, RefusalOf, visitor.refusal,
                                              AfterPair<LedgerRefusalRow>));
  return connection->Commit();
}

}  // namespace twotier::verify
