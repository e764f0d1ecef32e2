#include "services/budget/treasury_file.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/csv_cells.h"
#include "common/errors.h"

namespace twotier::budget {
namespace {

constexpr size_t kTextBytesMax = 1024;
constexpr size_t kIdBytesMax = 64;
constexpr size_t kReferenceBytesMax = 256;  // As ids of journals have.

constexpr absl::string_view kColumns[] = {"line_id",   "value_date",    "direction", "amount_vnd",
                                          "reference", "treasury_code", "text"};
constexpr Word<Direction> kDirections[] = {{"OUT", Direction::kOut}, {"IN", Direction::kIn}};

StatementLine LineOf(const CsvRow& row, const StatementPeriod& period, const TreasuryLayout& layout,
                     RowErrors& errors) {
  CsvCells cells(row, kColumns, kTextBytesMax, errors);
  StatementLine line;
  line.item.id = cells.Text(/*required=*/true);
  if (line.item.id.size() > kIdBytesMax)
    cells.Wrong(absl::StrCat("must have at most ", kIdBytesMax, " bytes"));
  if (const auto day = cells.Day(/*required=*/true)) {
    line.item.day = *day;
    if (*day < period.first || period.last < *day) {
      cells.Wrong(absl::StrCat("must lie between ", absl::FormatCivilTime(period.first), " and ",
                               absl::FormatCivilTime(period.last)));
    }
  }
  line.item.direction = cells.OneOf<Direction>(kDirections, /*required=*/true);
  const auto amount = cells.Count(/*required=*/true);
  if (amount == 0) cells.Wrong("must be above 0");
  line.item.amount_vnd = amount.value_or(0);
  line.item.reference = cells.Text(/*required=*/false);
  if (line.item.reference.size() > kReferenceBytesMax) {
    cells.Wrong(absl::StrCat("must have at most ", kReferenceBytesMax, " bytes"));
  }
  const std::string code = cells.Text(/*required=*/false);
  if (!code.empty()) {
    const auto parsed = layout.Parse(code);
    if (parsed.ok()) {
      line.treasury_code = TreasuryLayout::Format(*parsed);
    } else {
      cells.Wrong(error::FieldViolationsOf(parsed.status())[0].description);
    }
  }
  line.text = cells.Text(/*required=*/false);
  return line;
}

}  // namespace

std::vector<StatementRow> ReadStatementFile(absl::string_view content,
                                            const StatementPeriod& period,
                                            const TreasuryLayout& layout, RowErrors& errors) {
  std::vector<StatementRow> rows;
  std::set<std::string> seen;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kStatementFile, content, kColumns, errors, complete)) {
    rows.push_back({LineOf(row, period, layout, errors), row.place});
    if (!seen.insert(rows.back().line.item.id).second) {
      errors.Add(row.place, "line_id", "must not stand in the file twice");
    }
  }
  if (errors.empty() && rows.empty()) errors.AddFile(kStatementFile, "must have lines");
  if (rows.size() > kStatementLinesMax) {
    errors.AddFile(kStatementFile,
                   absl::StrCat("must have at most ", kStatementLinesMax, " lines"));
  }
  return rows;
}

}  // namespace twotier::budget
