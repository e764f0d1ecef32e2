// Statements of the Treasury, their lines, and what they were found to be. Errors of all functions:
// those of db::Tx.
#ifndef TWOTIER_SERVICES_BUDGET_STORE_TREASURY_STORE_H_
#define TWOTIER_SERVICES_BUDGET_STORE_TREASURY_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/budget/treasury_file.h"

namespace twotier::budget::store {

// Whose statements.
struct TreasuryBooks {
  std::string province_code = {};
  std::string unit = {};
  int budget_year = 0;
};

struct StatementHead {
  std::string id = {};
  StatementPeriod period = {};
  int64_t lines = 0;
  std::string sha256 = {};
  absl::Time imported = {};
};

// A line of a journal, as matches name it.
struct EntryId {
  std::string book = {};  // Province in whose book it stands.
  std::string journal = {};
  int64_t line = 0;

  friend auto operator<=>(const EntryId&, const EntryId&) = default;
};

struct MatchRow {
  std::string line_id = {};  // Empty: the entry was explained alone.
  EntryId entry = {};        // Without journal: the line was.
  int rule = 0;              // Of the contract's MatchRule.
  std::string act = {};
  std::string text = {};
  absl::Time matched = {};
};

// nullopt: no such file was imported.
absl::StatusOr<std::optional<StatementHead>> FindStatement(db::Tx& tx, const TreasuryBooks& books,
                                                           absl::string_view sha256);
absl::StatusOr<std::vector<StatementHead>> LoadStatements(db::Tx& tx, const TreasuryBooks& books);
absl::Status InsertStatement(db::Tx& tx, const TreasuryBooks& books, const StatementHead& head);

// All lines of the unit and year, in order of day and id.
absl::StatusOr<std::vector<StatementLine>> LoadTreasuryLines(db::Tx& tx,
                                                             const TreasuryBooks& books);
// A line of the unit in whatever year.
absl::StatusOr<std::optional<StatementLine>> FindTreasuryLine(db::Tx& tx,
                                                              const TreasuryBooks& books,
                                                              absl::string_view line_id);
absl::Status InsertTreasuryLine(db::Tx& tx, const TreasuryBooks& books,
                                absl::string_view statement_id, const StatementLine& line);
// Counts a line of the unit among those of the year.
absl::Status TakeTreasuryLine(db::Tx& tx, const TreasuryBooks& books, absl::string_view line_id);

absl::StatusOr<std::vector<MatchRow>> LoadMatches(db::Tx& tx, const TreasuryBooks& books);
absl::Status InsertMatch(db::Tx& tx, const TreasuryBooks& books, const MatchRow& match);

// Ids of the accounts of payments of the unit and year, in order.
absl::StatusOr<std::vector<std::string>> LoadPaidAccounts(db::Tx& tx, const TreasuryBooks& books);

}  // namespace twotier::budget::store

#endif  // TWOTIER_SERVICES_BUDGET_STORE_TREASURY_STORE_H_
