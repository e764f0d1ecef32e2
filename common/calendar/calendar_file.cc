#include "common/calendar/calendar_file.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/csv_cells.h"
#include "common/errors.h"

namespace twotier::calendar {
namespace {

constexpr size_t kTextBytesMax = 1024;  // The longest act named has under 100 bytes.
constexpr absl::string_view kCalendarColumns[] = {"date", "kind",       "province_code", "name",
                                                  "act",  "known_from", "certainty"};

Entry EntryOf(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kCalendarColumns, kTextBytesMax, errors);
  Entry entry;
  entry.date = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  const auto kind = KindOf(cells.Text(/*required=*/false));
  if (!kind) {
    cells.Wrong("must be one of statutory, in_lieu, swapped_off, makeup_work, ordinary, proposed");
  }
  entry.kind = kind.value_or(EntryKind::kStatutory);
  entry.province_code = cells.Text(/*required=*/false);
  entry.name = cells.Text(/*required=*/true);
  entry.act = cells.Text(/*required=*/false);
  entry.known_from = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  return entry;
}

// `text` with its first `entries[i]` replaced by `before` and the line that entry was read from.
std::string NamedByLine(absl::string_view text, const std::vector<int>& lines,
                        absl::string_view before) {
  constexpr absl::string_view kEntry = "entries[";
  const size_t begin = text.find(kEntry);
  const size_t end = text.find(']', begin);
  size_t index = 0;
  if (begin == absl::string_view::npos || end == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(begin + kEntry.size(), end - begin - kEntry.size()), &index) ||
      index >= lines.size()) {
    return std::string(text);
  }
  return absl::StrCat(text.substr(0, begin), before, lines[index], text.substr(end + 1));
}

// A violation of the calendar as one of the file: `entries[i].member` is `file:row:column`, and the
// columns have the names of the members. Whatever is not of an entry is of the file.
void AddOfCalendar(const error::FieldViolation& violation, const std::vector<int>& lines,
                   RowErrors& errors) {
  const std::string member = absl::StrReplaceAll(violation.field, {{"].", "]:"}});
  const std::string field = NamedByLine(member, lines, absl::StrCat(kCalendarFile, ":"));
  errors.AddFile(field == member ? std::string(kCalendarFile) : field,
                 NamedByLine(violation.description, lines, "line "));
}

}  // namespace

std::shared_ptr<const Calendar> ReadCalendar(absl::string_view content, RowErrors& errors) {
  std::vector<Entry> entries;
  std::vector<int> lines;  // Of each entry.
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kCalendarFile, content, kCalendarColumns, errors, complete)) {
    entries.push_back(EntryOf(row, errors));
    lines.push_back(row.place.row);
  }
  if (!errors.empty()) return nullptr;
  if (entries.empty()) {
    errors.AddFile(kCalendarFile, "must have rows");
    return nullptr;
  }
  const auto [first, last] =
      std::minmax_element(entries.begin(), entries.end(),
                          [](const Entry& a, const Entry& b) { return a.date < b.date; });
  absl::StatusOr<std::shared_ptr<const Calendar>> built =
      Calendar::Build(entries, {.first_year = static_cast<int>(first->date.year()),
                                .last_year = static_cast<int>(last->date.year()),
                                .undecided_years = kUndecidedYears});
  if (built.ok()) return *std::move(built);
  for (const error::FieldViolation& violation : error::FieldViolationsOf(built.status())) {
    AddOfCalendar(violation, lines, errors);
  }
  if (errors.empty()) errors.AddFile(kCalendarFile, built.status().message());
  return nullptr;
}

}  // namespace twotier::calendar
