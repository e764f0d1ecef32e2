#include "services/budget/reference_file.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/calendar/calendar_file.h"
#include "common/csv_cells.h"

namespace twotier::budget {
namespace {

constexpr size_t kTextBytesMax = 512;  // The longest note has 180 bytes.
constexpr int kYearMin = 2017;         // First budget year of the law of 2015.
constexpr int kYearMax = 2100;         // A later year is a slip of the pen.
constexpr int kDaysMax = 366;
constexpr int64_t kLimitMax = 1000;
constexpr int kPercentMax = 100;

constexpr absl::string_view kNames[] = {
    calendar::kCalendarFile, kBudgetStepsFile,  kCarryOverFile,
    kClassificationFile,     kCompetenciesFile, kLimitsFile,
    kRelationCodesFile,      kSharedTaxesFile,  kTreasurySegmentsFile};

constexpr absl::string_view kClassificationColumns[] = {
    "segment",          "code", "parent", "name", "nature", "first_budget_year",
    "last_budget_year", "act",  "proven", "note"};
constexpr absl::string_view kSegmentColumns[] = {"position", "segment", "name", "digits",
                                                 "act",      "proven",  "note"};
constexpr absl::string_view kRelationColumns[] = {
    "relation_code", "unit_code", "holder", "first_date", "act", "proven", "note"};
constexpr absl::string_view kTaxColumns[] = {"budget_year",
                                             "unit_code",
                                             "tax",
                                             "central_percent",
                                             "province_percent",
                                             "commune_percent",
                                             "basis",
                                             "applies",
                                             "act",
                                             "article",
                                             "note"};
constexpr absl::string_view kStepColumns[] = {"step",
                                              "first_budget_year",
                                              "last_budget_year",
                                              "province_code",
                                              "phase",
                                              "kind",
                                              "level",
                                              "body",
                                              "what",
                                              "limit",
                                              "year_offset",
                                              "month_day",
                                              "days",
                                              "after",
                                              "act",
                                              "article",
                                              "proven",
                                              "note"};
constexpr absl::string_view kCompetencyColumns[] = {
    "matter",           "level", "body",    "told",   "first_budget_year",
    "last_budget_year", "act",   "article", "proven", "note"};
constexpr absl::string_view kLimitColumns[] = {
    "limit",   "value",  "unit", "first_budget_year", "last_budget_year", "act",
    "article", "proven", "note"};
constexpr absl::string_view kCarryColumns[] = {
    "category", "first_budget_year", "last_budget_year", "act", "article", "proven", "what",
    "note"};

constexpr Word<int> kNoYes[] = {{"0", 1}, {"1", 2}};
constexpr Word<Segment> kSegments[] = {
    {"LEVEL", Segment::kLevel},  {"CHAPTER", Segment::kChapter},
    {"TYPE", Segment::kType},    {"TYPE_ITEM", Segment::kTypeItem},
    {"ITEM", Segment::kItem},    {"SUB_ITEM", Segment::kSubItem},
    {"SOURCE", Segment::kSource}};
constexpr Word<Nature> kNatures[] = {{"EQUIPMENT", Nature::kEquipment},
                                     {"REPAIR", Nature::kRepair}};
constexpr Word<int> kBases[] = {{"REMAINING", 1}, {"NAMED", 2}};
constexpr Word<Phase> kPhases[] = {{"PREPARATION", Phase::kPreparation},
                                   {"EXECUTION", Phase::kExecution},
                                   {"CLOSING", Phase::kClosing},
                                   {"ACCOUNTS", Phase::kAccounts}};
constexpr Word<StepKind> kKinds[] = {{"DUTY", StepKind::kDuty},
                                     {"RIGHT", StepKind::kRight},
                                     {"EVENT", StepKind::kEvent},
                                     {"BOUNDARY", StepKind::kBoundary}};
constexpr Word<StepLimit> kStepLimits[] = {{"NONE", StepLimit::kNone},
                                           {"BEFORE", StepLimit::kBefore},
                                           {"BY", StepLimit::kBy},
                                           {"CALENDAR_DAYS", StepLimit::kCalendarDays},
                                           {"WORKING_DAYS", StepLimit::kWorkingDays},
                                           {"NOT_AFTER", StepLimit::kNotAfter}};
// 0 is for "empty"; the offset is one less than two below.
constexpr Word<int> kYearOffsets[] = {{"-1", 1}, {"0", 2}, {"1", 3}};
constexpr int kYearOffsetShift = 2;

// The words of an enumeration whose names are those of the contract: value 0 is none.
template <typename E>
std::vector<Word<E>> WordsOf(E last) {
  std::vector<Word<E>> words;
  for (int i = 1; i <= static_cast<int>(last); ++i) {
    words.push_back({NameOf(static_cast<E>(i)), static_cast<E>(i)});
  }
  return words;
}

bool YesOf(CsvCells& cells) { return cells.OneOf<int>(kNoYes, /*required=*/true) == 2; }

// A year; 0 when empty or wrong.
int YearOf(CsvCells& cells, bool required) {
  const std::optional<int64_t> year = cells.Count(required);
  if (!year) return 0;
  if (*year >= kYearMin && *year <= kYearMax) return static_cast<int>(*year);
  cells.Wrong(absl::StrCat("must be a year from ", kYearMin, " to ", kYearMax));
  return 0;
}

YearSpan YearsOf(CsvCells& cells) {
  YearSpan years;
  years.first = YearOf(cells, /*required=*/true);
  if (const int last = YearOf(cells, /*required=*/false); last != 0) years.last = last;
  if (years.last < years.first) cells.Wrong("must not be before first_budget_year");
  return years;
}

bool AllDigits(absl::string_view text, size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// The last three of most files: where a rule stands and whether that was read.
Source SourceOf(CsvCells& cells, bool with_article) {
  Source source;
  source.act = cells.Text(/*required=*/false);
  if (with_article) source.article = cells.Text(/*required=*/false);
  source.proven = YesOf(cells);
  if (source.proven && source.act.empty()) cells.Wrong("must be 0 where no act is named");
  return source;
}

ClassificationCode CodeOf(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kClassificationColumns, kTextBytesMax, errors);
  ClassificationCode code;
  code.segment = cells.OneOf<Segment>(kSegments, /*required=*/true);
  code.code = cells.Code(DigitsOf(code.segment), /*required=*/true);
  const Segment parent = ParentOf(code.segment);
  code.parent = cells.Text(/*required=*/parent != Segment::kUnknown);
  if (parent == Segment::kUnknown && !code.parent.empty()) {
    cells.Wrong("must be empty: codes of this segment have no parent");
  }
  code.display_name = cells.Text(/*required=*/true);
  code.nature = cells.OneOf<Nature>(kNatures, /*required=*/false);
  code.years = YearsOf(cells);
  code.source = SourceOf(cells, /*with_article=*/false);
  code.source.note = cells.Text(/*required=*/false);
  return code;
}

// The date of a step, or nothing where its limit is no date.
void ReadDate(CsvCells& cells, BudgetStep& step) {
  const int offset = cells.OneOf<int>(kYearOffsets, /*required=*/false);
  step.year_offset = offset - kYearOffsetShift;
  const std::string text = cells.Text(/*required=*/false);
  const bool dated = step.limit == StepLimit::kBefore || step.limit == StepLimit::kBy;
  if (!dated) step.year_offset = 0;
  if (dated != (offset != 0)) cells.Wrong("year_offset", "must be given for BEFORE and BY only");
  if (!dated) {
    if (!text.empty()) cells.Wrong("must be given for BEFORE and BY only");
    return;
  }
  absl::CivilDay day;  // In a common year: 29 February is no date of a law.
  if (!absl::ParseCivilTime(absl::StrCat(kYearMin + 1, "-", text), &day) ||
      !AllDigits(absl::StrCat(text.substr(0, 2), text.substr(text.size() - 2)), 4)) {
    cells.Wrong("must be MM-DD");
    return;
  }
  step.month = day.month();
  step.day = day.day();
}

BudgetStep StepOf(const CsvRow& row, RowErrors& errors) {
  static const auto& levels = *new auto(WordsOf(Level::kCommune));
  static const auto& bodies = *new auto(WordsOf(Body::kEveryone));
  CsvCells cells(row, kStepColumns, kTextBytesMax, errors);
  BudgetStep step;
  step.id = cells.Text(/*required=*/true);
  step.years = YearsOf(cells);
  step.province_code = cells.Code(2, /*required=*/false);
  step.phase = cells.OneOf<Phase>(kPhases, /*required=*/true);
  step.kind = cells.OneOf<StepKind>(kKinds, /*required=*/true);
  step.level = cells.OneOf<Level>(levels, /*required=*/true);
  step.body = cells.OneOf<Body>(bodies, /*required=*/true);
  step.what = cells.Text(/*required=*/true);
  step.limit = cells.OneOf<StepLimit>(kStepLimits, /*required=*/true);
  ReadDate(cells, step);
  const bool counted =
      step.limit == StepLimit::kCalendarDays || step.limit == StepLimit::kWorkingDays;
  const std::optional<int64_t> days = cells.Count(counted, kDaysMax);
  if (days && !counted) cells.Wrong("must be given for CALENDAR_DAYS and WORKING_DAYS only");
  step.days = static_cast<int>(days.value_or(0));
  step.after = cells.Text(/*required=*/counted || step.limit == StepLimit::kNotAfter);
  step.source = SourceOf(cells, /*with_article=*/true);
  step.source.note = cells.Text(/*required=*/false);
  return step;
}

TaxShare ShareOf(const CsvRow& row, RowErrors& errors) {
  static constexpr Word<SharedTax> kTaxes[] = {
      {"VAT_CIT_SCT_PIT", SharedTax::kVatCitSctPit},
      {"ENVIRONMENT_TAX", SharedTax::kEnvironmentTax},
      {"MINERAL_WATER_CENTRAL_LICENCE", SharedTax::kMineralWaterCentralLicence},
      {"LAND_USE_INDIVIDUAL", SharedTax::kLandUseIndividual},
      {"LAND_USE_ORGANISATION", SharedTax::kLandUseOrganisation},
      {"LAND_RENT_LOCAL_TAX_OFFICE", SharedTax::kLandRentLocalTaxOffice},
      {"LAND_RENT_PROVINCE_TAX_OFFICE", SharedTax::kLandRentProvinceTaxOffice}};
  CsvCells cells(row, kTaxColumns, kTextBytesMax, errors);
  TaxShare share;
  share.budget_year = YearOf(cells, /*required=*/true);
  share.unit_code = cells.Code(5, /*required=*/true);
  share.tax = cells.OneOf<SharedTax>(kTaxes, /*required=*/true);
  int sum = 0;
  for (int* percent : {&share.central_percent, &share.province_percent, &share.commune_percent}) {
    *percent = static_cast<int>(cells.Count(/*required=*/true, kPercentMax).value_or(0));
    sum += *percent;
  }
  if (sum != kPercentMax) cells.Wrong(absl::StrCat("must make the three add up to 100, not ", sum));
  share.named = cells.OneOf<int>(kBases, /*required=*/true) == 2;
  share.applies = YesOf(cells);
  share.source.act = cells.Text(/*required=*/true);
  share.source.article = cells.Text(/*required=*/false);
  share.source.note = cells.Text(/*required=*/!share.applies);
  share.source.proven = true;
  return share;
}

}  // namespace

absl::Span<const absl::string_view> ReferenceFileNames() { return kNames; }

std::vector<BudgetStep> ReadBudgetSteps(absl::string_view content, RowErrors& errors) {
  std::vector<BudgetStep> steps;
  std::vector<RowPlace> places;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kBudgetStepsFile, content, kStepColumns, errors, complete)) {
    steps.push_back(StepOf(row, errors));
    places.push_back(row.place);
  }
  // What a row means beside others can be told of rows that can be read.
  if (!errors.empty()) return steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (const std::string wrong = WrongAmong(steps, i); !wrong.empty()) {
      errors.Add(places[i], steps[i].after.empty() ? "step" : "after", wrong);
    }
  }
  return steps;
}

std::vector<CarryRule> ReadCarryOver(absl::string_view content, RowErrors& errors) {
  static const auto& categories = *new auto(WordsOf(CarryCategory::kScience));
  std::vector<CarryRule> rules;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kCarryOverFile, content, kCarryColumns, errors, complete)) {
    CsvCells cells(row, kCarryColumns, kTextBytesMax, errors);
    CarryRule rule;
    rule.category = cells.OneOf<CarryCategory>(categories, /*required=*/true);
    rule.years = YearsOf(cells);
    rule.source = SourceOf(cells, /*with_article=*/true);
    rule.what = cells.Text(/*required=*/true);
    rule.source.note = cells.Text(/*required=*/false);
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<ClassificationCode> ReadClassification(absl::string_view content, RowErrors& errors) {
  std::vector<ClassificationCode> codes;
  std::vector<RowPlace> places;
  bool complete = true;
  for (const CsvRow& row :
       ReadCsv(kClassificationFile, content, kClassificationColumns, errors, complete)) {
    codes.push_back(CodeOf(row, errors));
    places.push_back(row.place);
  }
  if (!errors.empty()) return codes;
  for (size_t i = 0; i < codes.size(); ++i) {
    const std::string wrong = WrongAmong(codes, i);
    if (!wrong.empty()) errors.Add(places[i], "code", wrong);
  }
  return codes;
}

std::vector<Competency> ReadCompetencies(absl::string_view content, RowErrors& errors) {
  static const auto& matters = *new auto(WordsOf(Matter::kTargetedReturn));
  static const auto& levels = *new auto(WordsOf(Level::kCommune));
  static const auto& bodies = *new auto(WordsOf(Body::kEveryone));
  std::vector<Competency> competencies;
  bool complete = true;
  for (const CsvRow& row :
       ReadCsv(kCompetenciesFile, content, kCompetencyColumns, errors, complete)) {
    CsvCells cells(row, kCompetencyColumns, kTextBytesMax, errors);
    Competency rule;
    rule.matter = cells.OneOf<Matter>(matters, /*required=*/true);
    rule.level = cells.OneOf<Level>(levels, /*required=*/true);
    rule.body = cells.OneOf<Body>(bodies, /*required=*/true);
    rule.told = cells.OneOf<Body>(bodies, /*required=*/false);
    rule.years = YearsOf(cells);
    rule.source = SourceOf(cells, /*with_article=*/true);
    rule.source.note = cells.Text(/*required=*/false);
    competencies.push_back(std::move(rule));
  }
  return competencies;
}

// Figures of the reserve fund, which no rule ever read: databases hold files that have them.
constexpr absl::string_view kRetiredLimits[] = {"RESERVE_FUND_MAX", "RESERVE_USE_MAX",
                                                "PROVINCE_SURPLUS_TO_RESERVE"};

std::vector<LimitRule> ReadLimits(absl::string_view content, RowErrors& errors) {
  static const auto& limits = *new auto(WordsOf(Limit::kDayOffMovesLimit));
  static constexpr absl::string_view kPercent = "PERCENT";
  static constexpr Word<absl::string_view> kUnits[] = {
      {kPercent, kPercent}, {"MONTHS", "MONTHS"}, {"YES_NO", "YES_NO"}};
  std::vector<LimitRule> rules;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kLimitsFile, content, kLimitColumns, errors, complete)) {
    if (absl::c_linear_search(kRetiredLimits, row.cells[0])) continue;
    CsvCells cells(row, kLimitColumns, kTextBytesMax, errors);
    LimitRule rule;
    rule.limit = cells.OneOf<Limit>(limits, /*required=*/true);
    rule.value = cells.Count(/*required=*/true, kLimitMax).value_or(0);
    rule.unit = std::string(cells.OneOf<absl::string_view>(kUnits, /*required=*/true));
    if (rule.unit == kPercent && rule.value > kPercentMax) cells.Wrong("value", "must be 0 to 100");
    rule.years = YearsOf(cells);
    for (const LimitRule& other : rules) {
      if (other.limit == rule.limit && other.years.Meets(rule.years)) {
        cells.Wrong("limit", "must not stand in the file twice for one year");
      }
    }
    rule.source = SourceOf(cells, /*with_article=*/true);
    rule.source.note = cells.Text(/*required=*/false);
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<RelationCode> ReadRelationCodes(absl::string_view content, RowErrors& errors) {
  std::vector<RelationCode> codes;
  std::set<std::string> seen;
  bool complete = true;
  for (const CsvRow& row :
       ReadCsv(kRelationCodesFile, content, kRelationColumns, errors, complete)) {
    CsvCells cells(row, kRelationColumns, kTextBytesMax, errors);
    RelationCode code;
    code.code = cells.Code(RelationCode::kDigits, /*required=*/true);
    if (!seen.insert(code.code).second) cells.Wrong("must not stand in the file twice");
    code.unit_code = cells.Code(5, /*required=*/true);
    code.holder = cells.Text(/*required=*/true);
    code.first_day = cells.Day(/*required=*/true).value_or(absl::CivilDay());
    code.source = SourceOf(cells, /*with_article=*/false);
    code.source.note = cells.Text(/*required=*/false);
    codes.push_back(std::move(code));
  }
  return codes;
}

std::vector<TaxShare> ReadSharedTaxes(absl::string_view content, RowErrors& errors) {
  std::vector<TaxShare> shares;
  std::set<std::tuple<int, std::string, SharedTax>> seen;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kSharedTaxesFile, content, kTaxColumns, errors, complete)) {
    shares.push_back(ShareOf(row, errors));
    const TaxShare& share = shares.back();
    if (!seen.insert({share.budget_year, share.unit_code, share.tax}).second) {
      errors.Add(row.place, "tax", "must not stand in the file twice for one unit and year");
    }
  }
  return shares;
}

std::vector<TreasurySegment> ReadTreasurySegments(absl::string_view content, RowErrors& errors) {
  std::vector<TreasurySegment> segments;
  int64_t digits = 0;
  bool complete = true;
  for (const CsvRow& row :
       ReadCsv(kTreasurySegmentsFile, content, kSegmentColumns, errors, complete)) {
    CsvCells cells(row, kSegmentColumns, kTextBytesMax, errors);
    TreasurySegment segment;
    const int64_t position = cells.Count(/*required=*/true).value_or(0);
    if (position != static_cast<int64_t>(segments.size()) + 1) {
      cells.Wrong("must count the rows from 1");
    }
    segment.name = cells.Text(/*required=*/true);
    segment.display_name = cells.Text(/*required=*/true);
    segment.digits =
        static_cast<int>(cells.Count(/*required=*/true, TreasuryLayout::kDigitsMax).value_or(0));
    digits += segment.digits;
    if (segment.digits == 0 || digits > TreasuryLayout::kDigitsMax) {
      cells.Wrong(absl::StrCat("must be above 0 and not make more than ",
                               TreasuryLayout::kDigitsMax, " digits in all"));
    }
    segment.source = SourceOf(cells, /*with_article=*/false);
    segment.source.note = cells.Text(/*required=*/false);
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::shared_ptr<Reference> ReadReference(const ReferenceFiles& files, RowErrors& errors) {
  for (const absl::string_view name : kNames) {
    if (files.find(name) == files.end()) errors.AddFile(name, "must be there");
  }
  if (!errors.empty()) return nullptr;
  const auto content = [&files](absl::string_view name) -> const std::string& {
    return files.find(name)->second;
  };
  auto reference = std::make_shared<Reference>();
  // The calendar goes first: its reader looks at the rows only where nothing is wrong before it.
  reference->calendar = calendar::ReadCalendar(content(calendar::kCalendarFile), errors);
  reference->carry_rules = ReadCarryOver(content(kCarryOverFile), errors);
  reference->competencies = ReadCompetencies(content(kCompetenciesFile), errors);
  reference->limits = Limits(ReadLimits(content(kLimitsFile), errors));
  reference->relation_codes = ReadRelationCodes(content(kRelationCodesFile), errors);
  reference->tax_shares = ReadSharedTaxes(content(kSharedTaxesFile), errors);
  reference->treasury =
      TreasuryLayout(ReadTreasurySegments(content(kTreasurySegmentsFile), errors));
  RowErrors of_codes;  // Their rows are compared only where each can be read by itself.
  reference->classification =
      Classification(ReadClassification(content(kClassificationFile), of_codes));
  RowErrors of_steps;
  reference->steps = BudgetSteps(ReadBudgetSteps(content(kBudgetStepsFile), of_steps));
  for (const RowErrors* each : {&of_codes, &of_steps}) {
    for (const error::FieldViolation& wrong : each->all()) {
      errors.AddFile(wrong.field, wrong.description);
    }
  }
  if (!errors.empty()) return nullptr;
  return reference;
}

}  // namespace twotier::budget
