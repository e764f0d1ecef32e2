#include "services/budget/store/treasury_store.h"

#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/account.h"

namespace twotier::budget::store {
namespace {

#define TWOTIER_STATEMENT_ROWS                                                \
  "SELECT statement_id, first_day, last_day, lines, sha256, imported_us FROM" \
  " treasury_statement WHERE province_code = $1 AND unit = $2 AND budget_year = $3"

constexpr db::Statement kFindStatement{"budget_find_treasury_statement",
                                       TWOTIER_STATEMENT_ROWS " AND sha256 = $4"};

constexpr db::Statement kLoadStatements{"budget_load_treasury_statements",
                                        TWOTIER_STATEMENT_ROWS " ORDER BY first_day, statement_id"};

constexpr db::Statement kInsertStatement{
    "budget_insert_treasury_statement",
    "INSERT INTO treasury_statement (province_code, statement_id, unit, budget_year, first_day,"
    " last_day, lines, sha256, imported_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

#define TWOTIER_TREASURY_LINES                                                            \
  "SELECT line_id, value_day, direction, amount_vnd, reference, treasury_code, text FROM" \
  " treasury_line WHERE province_code = $1 AND unit = $2"

constexpr db::Statement kLoadLines{"budget_load_treasury_lines", TWOTIER_TREASURY_LINES
                                   " AND budget_year = $3 ORDER BY value_day, line_id"};

constexpr db::Statement kFindLine{"budget_find_treasury_line",
                                  TWOTIER_TREASURY_LINES " AND line_id = $3"};

constexpr db::Statement kInsertLine{
    "budget_insert_treasury_line",
    "INSERT INTO treasury_line (province_code, unit, line_id, budget_year, statement_id, value_day,"
    " direction, amount_vnd, reference, treasury_code, text)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};

constexpr db::Statement kTakeLine{"budget_take_treasury_line",
                                  "UPDATE treasury_line SET budget_year = $4"
                                  " WHERE province_code = $1 AND unit = $2 AND line_id = $3"};

constexpr db::Statement kLoadMatches{
    "budget_load_treasury_matches",
    "SELECT line_id, book, journal, journal_line, rule, act, text, matched_us FROM treasury_match"
    " WHERE province_code = $1 AND unit = $2 AND budget_year = $3"
    " ORDER BY line_id, book, journal, journal_line"};

constexpr db::Statement kInsertMatch{
    "budget_insert_treasury_match",
    "INSERT INTO treasury_match (province_code, unit, budget_year, line_id, book, journal,"
    " journal_line, rule, act, text, matched_us)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};

constexpr db::Statement kPaidAccounts{
    "budget_load_paid_accounts",
    "SELECT account_id FROM budget_account WHERE province_code = $1 AND unit = $2 AND year = $3"
    " AND stage = $4 ORDER BY account_id"};

StatementHead HeadOf(const db::Row& row) {
  return {.id = row.Text(0),
          .period = {DayOfNumber(row.Int(1)), DayOfNumber(row.Int(2))},
          .lines = row.Int(3),
          .sha256 = row.Text(4),
          .imported = absl::FromUnixMicros(row.Int(5))};
}

StatementLine LineOf(const db::Row& row) {
  StatementLine line;
  line.item.id = row.Text(0);
  line.item.day = DayOfNumber(row.Int(1));
  line.item.direction = static_cast<Direction>(row.Int(2));
  line.item.amount_vnd = row.Int(3);
  line.item.reference = row.Text(4);
  line.treasury_code = row.Text(5);
  line.text = row.Text(6);
  return line;
}

}  // namespace

absl::StatusOr<std::optional<StatementHead>> FindStatement(db::Tx& tx, const TreasuryBooks& books,
                                                           absl::string_view sha256) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindStatement, {books.province_code, books.unit,
                                                                  books.budget_year, sha256}));
  if (rows.empty()) return std::nullopt;
  return HeadOf(rows[0]);
}

absl::StatusOr<std::vector<StatementHead>> LoadStatements(db::Tx& tx, const TreasuryBooks& books) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadStatements, {books.province_code, books.unit, books.budget_year}));
  std::vector<StatementHead> heads;
  for (const db::Row& row : rows) heads.push_back(HeadOf(row));
  return heads;
}

absl::Status InsertStatement(db::Tx& tx, const TreasuryBooks& books, const StatementHead& head) {
  return tx.Write(kInsertStatement, {books.province_code, head.id, books.unit, books.budget_year,
                                     DayNumber(head.period.first), DayNumber(head.period.last),
                                     head.lines, head.sha256, absl::ToUnixMicros(head.imported)});
}

absl::StatusOr<std::vector<StatementLine>> LoadTreasuryLines(db::Tx& tx,
                                                             const TreasuryBooks& books) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadLines, {books.province_code, books.unit, books.budget_year}));
  std::vector<StatementLine> lines;
  lines.reserve(rows.size());
  for (const db::Row& row : rows) lines.push_back(LineOf(row));
  return lines;
}

absl::StatusOr<std::optional<StatementLine>> FindTreasuryLine(db::Tx& tx,
                                                              const TreasuryBooks& books,
                                                              absl::string_view line_id) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kFindLine, {books.province_code, books.unit, line_id}));
  if (rows.empty()) return std::nullopt;
  return LineOf(rows[0]);
}

absl::Status InsertTreasuryLine(db::Tx& tx, const TreasuryBooks& books,
                                absl::string_view statement_id, const StatementLine& line) {
  return tx.Write(kInsertLine,
                  {books.province_code, books.unit, line.item.id, books.budget_year, statement_id,
                   DayNumber(line.item.day), static_cast<int>(line.item.direction),
                   line.item.amount_vnd, line.item.reference, line.treasury_code, line.text});
}

absl::Status TakeTreasuryLine(db::Tx& tx, const TreasuryBooks& books, absl::string_view line_id) {
  return tx.Write(kTakeLine, {books.province_code, books.unit, line_id, books.budget_year});
}

absl::StatusOr<std::vector<MatchRow>> LoadMatches(db::Tx& tx, const TreasuryBooks& books) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadMatches, {books.province_code, books.unit, books.budget_year}));
  std::vector<MatchRow> matches;
  matches.reserve(rows.size());
  for (const db::Row& row : rows) {
    matches.push_back({.line_id = row.Text(0),
                       .entry = {row.Text(1), row.Text(2), row.Int(3)},
                       .rule = static_cast<int>(row.Int(4)),
                       .act = row.Text(5),
                       .text = row.Text(6),
                       .matched = absl::FromUnixMicros(row.Int(7))});
  }
  return matches;
}

absl::Status InsertMatch(db::Tx& tx, const TreasuryBooks& books, const MatchRow& match) {
  return tx.Write(kInsertMatch,
                  {books.province_code, books.unit, books.budget_year, match.line_id,
                   match.entry.book, match.entry.journal, match.entry.line, match.rule, match.act,
                   match.text, absl::ToUnixMicros(match.matched)});
}

absl::StatusOr<std::vector<std::string>> LoadPaidAccounts(db::Tx& tx, const TreasuryBooks& books) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kPaidAccounts, {books.province_code, books.unit, books.budget_year,
                                            static_cast<int>(Stage::kPaid)}));
  std::vector<std::string> accounts;
  for (const db::Row& row : rows) accounts.push_back(row.Text(0));
  return accounts;
}

}  // namespace twotier::budget::store
