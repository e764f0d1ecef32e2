// Reads a statement of the Treasury (docs/treasury_statement.md). Every wrong cell is reported as
// `statement.csv:row:column`, where rows are lines of the file and the header is line 1.
#ifndef TWOTIER_SERVICES_BUDGET_TREASURY_FILE_H_
#define TWOTIER_SERVICES_BUDGET_TREASURY_FILE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/csv.h"
#include "services/budget/domain/reconciliation.h"
#include "services/budget/domain/treasury_code.h"

namespace twotier::budget {

inline constexpr absl::string_view kStatementFile = "statement.csv";
// A unit has some hundred payments a month; a province's departments together some thousand.
inline constexpr size_t kStatementLinesMax = 10'000;

// A line of a statement.
struct StatementLine {
  CashItem item;              // Its id is that of the line.
  std::string treasury_code;  // With dots; empty: not given.
  std::string text;

  friend bool operator==(const StatementLine&, const StatementLine&) = default;
};

// The period that the lines must lie in; both days belong to it.
struct StatementPeriod {
  absl::CivilDay first;
  absl::CivilDay last;
};

// A line and the row it stands in.
struct StatementRow {
  StatementLine line;
  RowPlace place;
};

// What is returned beside errors is of no use.
std::vector<StatementRow> ReadStatementFile(absl::string_view content,
                                            const StatementPeriod& period,
                                            const TreasuryLayout& layout, RowErrors& errors);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_TREASURY_FILE_H_
