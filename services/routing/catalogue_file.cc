#include "services/routing/catalogue_file.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/csv_cells.h"

namespace twotier::routing {
namespace {

constexpr size_t kTextBytesMax = 4096;  // The longest name has 1,509 bytes.
constexpr int kMinutesOfDay = 24 * 60;
constexpr int64_t kFeeMax = 1'000'000'000'000;  // A thousand billion đồng: a misplaced figure.

constexpr absl::string_view kProcedureColumns[] = {
    "code",          "name",         "field",
    "ministry",      "level",        "line",
    "body_title",    "former_level", "proven",
    "term_value",    "term_unit",    "term_cases",
    "cutoff_minute", "fee_vnd",      "online_level",
    "boundary",      "acts",         "decentralisation_acts",
    "known_from"};
constexpr absl::string_view kCalendarColumns[] = {"date", "kind",       "province_code", "name",
                                                  "act",  "known_from", "certainty"};

constexpr Word<Level> kLevels[] = {{"MINISTRY", Level::kMinistry},
                                   {"PROVINCE", Level::kProvince},
                                   {"COMMUNE", Level::kCommune},
                                   {"PROVINCE_OR_COMMUNE", Level::kProvinceOrCommune},
                                   {"MINISTRY_OR_LOCAL", Level::kMinistryOrLocal}};
constexpr Word<Line> kLines[] = {{"LOCAL", Line::kLocal},
                                 {"POLICE", Line::kPolice},
                                 {"MILITARY", Line::kMilitary},
                                 {"CENTRAL_VERTICAL", Line::kCentralVertical}};
constexpr Word<TermUnit> kTermUnits[] = {{"WORKING_DAY", TermUnit::kWorkingDay},
                                         {"CALENDAR_DAY", TermUnit::kCalendarDay},
                                         {"HOUR", TermUnit::kHour},
                                         {"IMMEDIATE", TermUnit::kImmediate}};
constexpr Word<Boundary> kBoundaries[] = {{"FREE", Boundary::kFree}};
constexpr Word<int> kNoYes[] = {{"0", 1}, {"1", 2}};

std::vector<std::string> Acts(absl::string_view cell) {
  return absl::StrSplit(cell, ';', absl::SkipEmpty());
}

// The term of four cells: value, unit, cases, cut-off. The cases go to `term_cases`.
std::optional<Term> TermOf(CsvCells& cells, std::string& term_cases) {
  Term term;
  const std::string value = cells.Text(/*required=*/false);
  term.unit = cells.OneOf<TermUnit>(kTermUnits, /*required=*/false);
  term_cases = cells.Text(/*required=*/false);
  if (const auto cutoff = cells.Count(/*required=*/false, kMinutesOfDay)) {
    term.cutoff_minute = static_cast<int>(*cutoff);
  }
  const bool counted = term.unit != TermUnit::kUnknown && term.unit != TermUnit::kImmediate;
  if (counted != !value.empty()) {
    cells.Wrong("term_value",
                "must be given for WORKING_DAY, CALENDAR_DAY and HOUR, and only there");
    return std::nullopt;
  }
  if (counted) {
    const auto parsed = ParseTermValue(value);
    if (!parsed || (parsed->half && term.unit == TermUnit::kCalendarDay)) {
      cells.Wrong("term_value", absl::StrCat("must be a number from 0 to ", kTermValueMax,
                                             ", with .5 only for WORKING_DAY and HOUR"));
      return std::nullopt;
    }
    term.value = parsed->value;
    term.half = parsed->half;
  }
  if (term.unit == TermUnit::kUnknown) {
    if (term.cutoff_minute) cells.Wrong("must be empty where no term is known");
    return std::nullopt;
  }
  return term;
}

Procedure ProcedureOf(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kProcedureColumns, kTextBytesMax, errors);
  Procedure procedure;
  procedure.code = cells.Text(/*required=*/false);
  if (!IsNationalForm(procedure.code)) cells.Wrong("must be a code d.dddddd");
  procedure.display_name = cells.Text(/*required=*/true);
  procedure.field = cells.Text(/*required=*/false);
  procedure.ministry = cells.Text(/*required=*/true);
  procedure.level = cells.OneOf<Level>(kLevels, /*required=*/false);
  procedure.line = cells.OneOf<Line>(kLines, /*required=*/false);
  procedure.body_title = cells.Text(/*required=*/false);
  procedure.former_level = cells.Text(/*required=*/false);
  procedure.proven = cells.OneOf<int>(kNoYes, /*required=*/true) == 2;
  procedure.term = TermOf(cells, procedure.term_cases);
  procedure.fee_vnd = cells.Count(/*required=*/false, kFeeMax);
  procedure.online_level = cells.Text(/*required=*/false);
  procedure.boundary = cells.OneOf<Boundary>(kBoundaries, /*required=*/false);
  procedure.acts = Acts(cells.Text(/*required=*/false));
  procedure.decentralisation_acts = Acts(cells.Text(/*required=*/false));
  procedure.known_from = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  return procedure;
}

calendar::Entry EntryOf(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kCalendarColumns, kTextBytesMax, errors);
  calendar::Entry entry;
  entry.date = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  const auto kind = calendar::KindOf(cells.Text(/*required=*/false));
  if (!kind) {
    cells.Wrong("must be one of statutory, in_lieu, swapped_off, makeup_work, ordinary, proposed");
  }
  entry.kind = kind.value_or(calendar::EntryKind::kStatutory);
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

std::vector<Procedure> ReadProcedures(absl::string_view content, RowErrors& errors) {
  std::vector<Procedure> procedures;
  absl::flat_hash_map<std::string, int> seen;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kProceduresFile, content, kProcedureColumns, errors, complete)) {
    procedures.push_back(ProcedureOf(row, errors));
    if (!seen.emplace(procedures.back().code, row.place.row).second) {
      errors.Add(row.place, "code", "must not stand in the file twice");
    }
  }
  return procedures;
}

std::shared_ptr<const calendar::Calendar> ReadCalendar(absl::string_view content,
                                                       RowErrors& errors) {
  std::vector<calendar::Entry> entries;
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
  const auto [first, last] = std::minmax_element(
      entries.begin(), entries.end(),
      [](const calendar::Entry& a, const calendar::Entry& b) { return a.date < b.date; });
  absl::StatusOr<std::shared_ptr<const calendar::Calendar>> built = calendar::Calendar::Build(
      entries,
      {static_cast<int>(first->date.year()), static_cast<int>(last->date.year()), std::nullopt});
  if (built.ok()) return *std::move(built);
  for (const error::FieldViolation& violation : error::FieldViolationsOf(built.status())) {
    AddOfCalendar(violation, lines, errors);
  }
  if (errors.empty()) errors.AddFile(kCalendarFile, built.status().message());
  return nullptr;
}

}  // namespace twotier::routing
