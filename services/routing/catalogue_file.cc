#include "services/routing/catalogue_file.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/calendar/term.h"
#include "common/csv_cells.h"

namespace twotier::routing {
namespace {

constexpr size_t kTextBytesMax = 4096;  // The longest name has 1,509 bytes.
constexpr int kMinutesOfDay = 24 * 60;

constexpr absl::string_view kProcedureColumns[] = {
    "code",          "name",         "field",
    "ministry",      "level",        "line",
    "body_title",    "former_level", "proven",
    "term_value",    "term_unit",    "term_cases",
    "cutoff_minute", "fee_vnd",      "online_level",
    "boundary",      "acts",         "decentralisation_acts",
    "known_from"};

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
    const int value_max = term.unit == TermUnit::kHour ? calendar::kTermHoursMax : kTermValueMax;
    if (!parsed || parsed->value > value_max ||
        (parsed->half && term.unit == TermUnit::kCalendarDay)) {
      cells.Wrong("term_value", absl::StrCat("must be a number from 0 to ", value_max,
                                             ", with .5 only for WORKING_DAY and HOUR"));
      return std::nullopt;
    }
    // The national table has some that last nothing: what is due when it is received is no term.
    if (parsed->value == 0 && !parsed->half) return std::nullopt;
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
  procedure.fee_vnd = cells.Count(/*required=*/false, kFeeMaxVnd);
  procedure.online_level = cells.Text(/*required=*/false);
  procedure.boundary = cells.OneOf<Boundary>(kBoundaries, /*required=*/false);
  procedure.acts = Acts(cells.Text(/*required=*/false));
  procedure.decentralisation_acts = Acts(cells.Text(/*required=*/false));
  procedure.known_from = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  return procedure;
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

}  // namespace twotier::routing
