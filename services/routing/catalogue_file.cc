#include "services/routing/catalogue_file.h"

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/text.h"

// Its reader thread would only pay for files larger than what a request may carry.
#define CSV_IO_NO_THREAD
#include "libfccp/csv.h"

namespace twotier::routing {
namespace {

constexpr size_t kNameBytesMax = 4096;  // The longest name has 1,509 bytes.
constexpr int kMinutesOfDay = 24 * 60;
constexpr int64_t kFeeMax = 1'000'000'000'000;  // A thousand billion đồng: a misplaced figure.

using ProcedureColumns = std::array<absl::string_view, 19>;
constexpr ProcedureColumns kProcedureColumns = {
    "code",          "name",         "field",
    "ministry",      "level",        "line",
    "body_title",    "former_level", "proven",
    "term_value",    "term_unit",    "term_cases",
    "cutoff_minute", "fee_vnd",      "online_level",
    "boundary",      "acts",         "decentralisation_acts",
    "known_from"};

using CalendarColumns = std::array<absl::string_view, 7>;
constexpr CalendarColumns kCalendarColumns = {"date", "kind",       "province_code", "name",
                                              "act",  "known_from", "certainty"};

// One row under its names.
template <size_t N>
class RowReader {
 public:
  RowReader(absl::string_view file, int line, const std::array<absl::string_view, N>& columns,
            const std::array<std::string, N>& cells, error::Violations& violations)
      : file_(file), line_(line), columns_(columns), cells_(cells), violations_(violations) {}

  const std::string& operator[](absl::string_view column) const {
    return cells_[std::find(columns_.begin(), columns_.end(), column) - columns_.begin()];
  }
  int line() const { return line_; }
  void Wrong(absl::string_view column, absl::string_view description) const {
    violations_.Add(absl::StrCat(file_, ":", line_, ":", column), description);
  }
  std::string Text(absl::string_view column, bool required) const {
    const std::string& cell = (*this)[column];
    if (required && cell.empty()) Wrong(column, "must not be empty");
    if (cell.size() > kNameBytesMax) {
      Wrong(column, absl::StrCat("must be at most ", kNameBytesMax, " bytes long"));
    }
    return cell;
  }
  std::optional<int64_t> Number(absl::string_view column, int64_t max) const {
    const std::string& cell = (*this)[column];
    if (cell.empty()) return std::nullopt;
    int64_t value = 0;
    if (!absl::SimpleAtoi(cell, &value) || value < 0 || value > max) {
      Wrong(column, absl::StrCat("must be empty or a whole number from 0 to ", max));
      return std::nullopt;
    }
    return value;
  }
  absl::CivilDay Day(absl::string_view column) const {
    absl::CivilDay day;
    const std::string& cell = (*this)[column];
    if (cell.size() != 10 || !absl::ParseCivilTime(cell, &day)) {
      Wrong(column, "must be a date YYYY-MM-DD");
    }
    return day;
  }
  // One of `words`, whose positions are the numbers of the enumeration; the first word is "".
  template <typename E, size_t M>
  E OneOf(absl::string_view column, const std::array<absl::string_view, M>& words) const {
    const auto found = std::find(words.begin(), words.end(), (*this)[column]);
    if (found == words.end()) {
      Wrong(column, absl::StrCat("must be empty or one of ",
                                 absl::StrJoin(words.begin() + 1, words.end(), ", ")));
      return E{};
    }
    return static_cast<E>(found - words.begin());
  }

 private:
  const absl::string_view file_;
  const int line_;
  const std::array<absl::string_view, N>& columns_;
  const std::array<std::string, N>& cells_;
  error::Violations& violations_;
};

template <size_t N, size_t... I>
void ReadRows(absl::string_view file, const std::string& content,
              const std::array<absl::string_view, N>& columns, error::Violations& violations,
              const std::function<void(const RowReader<N>&)>& use, std::index_sequence<I...>) {
  io::CSVReader<N, io::trim_chars<>, io::double_quote_escape<',', '"'>> reader(
      std::string(file), content.data(), content.data() + content.size());
  try {
    reader.read_header(io::ignore_no_column, std::string(columns[I])...);
  } catch (const std::exception&) {
    violations.Add(absl::StrCat(file, ":1:header"),
                   absl::StrCat("must name these columns: ", absl::StrJoin(columns, ",")));
    return;
  }
  for (int rows = 0;; ++rows) {
    if (rows == kCatalogueRowsMax) {
      violations.Add(file, absl::StrCat("must have at most ", kCatalogueRowsMax, " rows"));
      return;
    }
    std::array<std::string, N> cells;
    try {
      if (!reader.read_row(cells[I]...)) return;
    } catch (const std::exception&) {
      violations.Add(absl::StrCat(file, ":", reader.get_file_line(), ":row"),
                     absl::StrCat("must have ", N, " cells, with quotes closed in their cell"));
      continue;
    }
    use(RowReader<N>(file, static_cast<int>(reader.get_file_line()), columns, cells, violations));
  }
}

template <size_t N>
void ForEachRow(absl::string_view file, absl::string_view content,
                const std::array<absl::string_view, N>& columns, error::Violations& violations,
                const std::function<void(const RowReader<N>&)>& use) {
  if (!text::IsCleanUtf8(content)) {
    violations.Add(file, "must be UTF-8 without U+0000");
    return;
  }
  // The reader looks one byte past a last line that has no end of its own.
  std::string ended(content);
  if (ended.empty() || ended.back() != '\n') ended.push_back('\n');
  ReadRows(file, ended, columns, violations, use, std::make_index_sequence<N>());
}

bool IsProcedureCode(absl::string_view code) {
  return code.size() == 8 && code[1] == '.' && absl::ascii_isdigit(code[0]) &&
         std::all_of(code.begin() + 2, code.end(), [](char c) { return absl::ascii_isdigit(c); });
}

std::vector<std::string> Acts(absl::string_view cell) {
  return absl::StrSplit(cell, ';', absl::SkipEmpty());
}

std::optional<Term> TermOf(const RowReader<19>& row) {
  constexpr std::array<absl::string_view, 5> kUnits = {"", "WORKING_DAY", "CALENDAR_DAY", "HOUR",
                                                       "IMMEDIATE"};
  Term term;
  term.unit = row.OneOf<TermUnit>("term_unit", kUnits);
  if (const auto cutoff = row.Number("cutoff_minute", kMinutesOfDay)) {
    term.cutoff_minute = static_cast<int>(*cutoff);
  }
  const std::string& value = row["term_value"];
  const bool counted = term.unit != TermUnit::kUnknown && term.unit != TermUnit::kImmediate;
  if (counted != !value.empty()) {
    row.Wrong("term_value", "must be given for WORKING_DAY, CALENDAR_DAY and HOUR, and only there");
    return std::nullopt;
  }
  if (counted) {
    const auto parsed = ParseTermValue(value);
    if (!parsed || (parsed->half && term.unit == TermUnit::kCalendarDay)) {
      row.Wrong("term_value", absl::StrCat("must be a number from 0 to ", kTermValueMax,
                                           ", with .5 only for WORKING_DAY and HOUR"));
      return std::nullopt;
    }
    term.value = parsed->value;
    term.half = parsed->half;
  }
  if (term.unit == TermUnit::kUnknown) {
    if (term.cutoff_minute) row.Wrong("cutoff_minute", "must be empty where no term is known");
    return std::nullopt;
  }
  return term;
}

Procedure ProcedureOf(const RowReader<19>& row) {
  constexpr std::array<absl::string_view, 6> kLevels = {
      "", "MINISTRY", "PROVINCE", "COMMUNE", "PROVINCE_OR_COMMUNE", "MINISTRY_OR_LOCAL"};
  constexpr std::array<absl::string_view, 5> kLines = {"", "LOCAL", "POLICE", "MILITARY",
                                                       "CENTRAL_VERTICAL"};
  constexpr std::array<absl::string_view, 2> kBoundaries = {"", "FREE"};
  Procedure procedure;
  procedure.code = row["code"];
  if (!IsProcedureCode(procedure.code)) row.Wrong("code", "must be a code d.dddddd");
  procedure.display_name = row.Text("name", true);
  procedure.field = row.Text("field", false);
  procedure.ministry = row.Text("ministry", true);
  procedure.level = row.OneOf<Level>("level", kLevels);
  procedure.line = row.OneOf<Line>("line", kLines);
  procedure.body_title = row.Text("body_title", false);
  procedure.former_level = row.Text("former_level", false);
  const std::string& proven = row["proven"];
  if (proven != "0" && proven != "1") row.Wrong("proven", "must be 0 or 1");
  procedure.proven = proven == "1";
  procedure.term = TermOf(row);
  procedure.term_cases = row.Text("term_cases", false);
  procedure.fee_vnd = row.Number("fee_vnd", kFeeMax);
  procedure.online_level = row.Text("online_level", false);
  procedure.boundary = row.OneOf<Boundary>("boundary", kBoundaries);
  procedure.acts = Acts(row.Text("acts", false));
  procedure.decentralisation_acts = Acts(row.Text("decentralisation_acts", false));
  procedure.known_from = row.Day("known_from");
  return procedure;
}

calendar::Entry EntryOf(const RowReader<7>& row) {
  calendar::Entry entry;
  entry.date = row.Day("date");
  const auto kind = calendar::KindOf(row["kind"]);
  if (!kind) {
    row.Wrong("kind",
              "must be one of statutory, in_lieu, swapped_off, makeup_work, ordinary, proposed");
  }
  entry.kind = kind.value_or(calendar::EntryKind::kStatutory);
  entry.province_code = row["province_code"];
  entry.name = row.Text("name", true);
  entry.act = row.Text("act", false);
  entry.known_from = row.Day("known_from");
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
                   error::Violations& violations) {
  const std::string member = absl::StrReplaceAll(violation.field, {{"].", "]:"}});
  const std::string field = NamedByLine(member, lines, absl::StrCat(kCalendarFile, ":"));
  violations.Add(field == member ? std::string(kCalendarFile) : field,
                 NamedByLine(violation.description, lines, "line "));
}

}  // namespace

std::vector<Procedure> ReadProcedures(absl::string_view content, error::Violations& violations) {
  std::vector<Procedure> procedures;
  absl::flat_hash_map<std::string, size_t> seen;
  ForEachRow<19>(kProceduresFile, content, kProcedureColumns, violations,
                 [&](const RowReader<19>& row) {
                   procedures.push_back(ProcedureOf(row));
                   if (!seen.emplace(procedures.back().code, procedures.size()).second) {
                     row.Wrong("code", "must not stand in the file twice");
                   }
                 });
  return procedures;
}

std::shared_ptr<const calendar::Calendar> ReadCalendar(absl::string_view content,
                                                       error::Violations& violations) {
  std::vector<calendar::Entry> entries;
  std::vector<int> lines;  // Of each entry.
  ForEachRow<7>(kCalendarFile, content, kCalendarColumns, violations, [&](const RowReader<7>& row) {
    entries.push_back(EntryOf(row));
    lines.push_back(row.line());
  });
  if (!violations.empty()) return nullptr;
  if (entries.empty()) {
    violations.Add(kCalendarFile, "must have rows");
    return nullptr;
  }
  const auto [first, last] = std::minmax_element(
      entries.begin(), entries.end(),
      [](const calendar::Entry& a, const calendar::Entry& b) { return a.date < b.date; });
  absl::StatusOr<std::shared_ptr<const calendar::Calendar>> built = calendar::Calendar::Build(
      entries,
      {static_cast<int>(first->date.year()), static_cast<int>(last->date.year()), std::nullopt});
  if (built.ok()) return *std::move(built);
  for (const error::FieldViolation& violation : error::FieldViolationsOf(built.status())) {
    AddOfCalendar(violation, lines, violations);
  }
  if (violations.empty()) violations.Add(kCalendarFile, built.status().message());
  return nullptr;
}

}  // namespace twotier::routing
