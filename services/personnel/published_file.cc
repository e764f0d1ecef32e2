#include "services/personnel/published_file.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/csv_cells.h"
#include "services/personnel/domain/quota.h"

namespace twotier::personnel {
namespace {

constexpr size_t kTextBytesMax = 256;       // The longest note has 110 bytes.
constexpr int64_t kValueMax = 100'000'000;  // As many people as there are.

constexpr absl::string_view kColumns[] = {"province_code", "unit_code", "staff",    "measure",
                                          "value",         "as_of",     "last_day", "quota_kind",
                                          "document",      "source",    "proven",   "note"};

constexpr Word<PublishedStaff> kStaff[] = {
    {"COMMUNE_STAFF", PublishedStaff::kCommuneStaff},
    {"COMMUNE_OFFICE_STAFF", PublishedStaff::kCommuneOfficeStaff},
    {"DEPARTMENT_STAFF", PublishedStaff::kDepartmentStaff},
    {"PART_TIMERS", PublishedStaff::kPartTimers},
    {"PUBLIC_EMPLOYEES", PublishedStaff::kPublicEmployees},
    {"ALL_STAFF", PublishedStaff::kAllStaff},
    {"ALL_STAFF_OF_COMMUNES", PublishedStaff::kAllStaffOfCommunes},
    {"CONTRACTS", PublishedStaff::kContracts},
    {"EDUCATION_CONTRACTS", PublishedStaff::kEducationContracts},
    {"DEPARTMENT_EDUCATION_CONTRACTS", PublishedStaff::kDepartmentEducationContracts},
    {"COUNCIL_CHAIRS", PublishedStaff::kCouncilChairs},
    {"COUNCIL_VICE_CHAIRS", PublishedStaff::kCouncilViceChairs},
    {"COMMITTEE_CHAIRS", PublishedStaff::kCommitteeChairs},
    {"COMMITTEE_VICE_CHAIRS", PublishedStaff::kCommitteeViceChairs},
    {"OFFICE_HEADS", PublishedStaff::kOfficeHeads},
    {"OFFICE_DEPUTY_HEADS", PublishedStaff::kOfficeDeputyHeads},
    {"LEADERSHIP_POSTS", PublishedStaff::kLeadershipPosts},
    {"PROFESSIONAL_POSTS", PublishedStaff::kProfessionalPosts}};
constexpr Word<PublishedMeasure> kMeasures[] = {{"QUOTA", PublishedMeasure::kQuota},
                                                {"FORMER_QUOTA", PublishedMeasure::kFormerQuota},
                                                {"FRAME", PublishedMeasure::kFrame},
                                                {"RESERVE", PublishedMeasure::kReserve},
                                                {"PRESENT", PublishedMeasure::kPresent},
                                                {"POSTS", PublishedMeasure::kPosts},
                                                {"VACANT", PublishedMeasure::kVacant},
                                                {"SURPLUS", PublishedMeasure::kSurplus},
                                                {"SHORTAGE", PublishedMeasure::kShortage},
                                                {"UNITS_ABOVE", PublishedMeasure::kUnitsAbove},
                                                {"UNITS_SHORT", PublishedMeasure::kUnitsShort},
                                                {"KINDS", PublishedMeasure::kKinds}};
// The pool of vice chairs follows from the number of communes and is not published.
constexpr Word<QuotaKind> kQuotaKinds[] = {{"CIVIL_SERVANT", QuotaKind::kCivilServant},
                                           {"PUBLIC_EMPLOYEE", QuotaKind::kPublicEmployee},
                                           {"PART_TIMER", QuotaKind::kPartTimer}};
constexpr Word<int> kNoYes[] = {{"0", 1}, {"1", 2}};

PublishedFigure FigureOf(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kColumns, kTextBytesMax, errors);
  PublishedFigure figure;
  figure.province_code = cells.Code(2, /*required=*/false);
  figure.unit_code = cells.Code(5, /*required=*/false);
  figure.staff = cells.OneOf<PublishedStaff>(kStaff, /*required=*/true);
  figure.measure = cells.OneOf<PublishedMeasure>(kMeasures, /*required=*/true);
  figure.value = cells.Count(/*required=*/true, kValueMax).value_or(0);
  figure.as_of = cells.Day(/*required=*/true).value_or(absl::CivilDay());
  figure.last_day = cells.Day(/*required=*/false);
  figure.quota_kind = cells.OneOf<QuotaKind>(kQuotaKinds, /*required=*/false);
  figure.document = cells.Text(/*required=*/true);
  figure.source = cells.Text(/*required=*/true);
  figure.proven = cells.OneOf<int>(kNoYes, /*required=*/true) == 2;
  figure.note = cells.Text(/*required=*/false);
  if (figure.quota_kind != QuotaKind::kNone && figure.value > kPostsMax) {
    cells.Wrong("value", absl::StrCat("must not be above ", kPostsMax, " where it is granted"));
  }
  return figure;
}

}  // namespace

std::vector<PublishedFigure> ReadPublishedFigures(absl::string_view content, RowErrors& errors) {
  std::vector<PublishedFigure> figures;
  std::vector<RowPlace> places;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(kPublishedFiguresFile, content, kColumns, errors, complete)) {
    figures.push_back(FigureOf(row, errors));
    places.push_back(row.place);
  }
  // What a row means beside others can be told of rows that can be read.
  if (!errors.empty()) return figures;
  for (const WrongFigure& wrong : WrongAmong(figures)) {
    errors.Add(places[wrong.index], wrong.column, wrong.what);
  }
  return figures;
}

}  // namespace twotier::personnel
