#include "tools/twotierctl/staff_csv.h"

#include <algorithm>
#include <string>

#include "common/csv_cells.h"
#include "tools/twotierctl/format.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

constexpr absl::string_view kColumns[] = {"unit",       "body_kind", "post_kind", "post_number",
                                          "title",      "grade",     "full_name", "national_id",
                                          "birth_date", "sex",       "education", "rank_hundredths",
                                          "kind",       "first_date"};
// The columns from here on speak of the holder; all empty: the post is vacant.
constexpr size_t kHolder = 6;
constexpr size_t kTextBytesMax = 256;

// The enumerator that a cell names as EnumText writes it.
template <typename Enum>
Enum EnumOf(CsvCells& cells, bool required) {
  const std::string text = cells.Text(required);
  if (text.empty()) return Enum{};
  const absl::StatusOr<Enum> value = ParseEnum<Enum>(text);
  if (value.ok() && *value != Enum{}) return *value;
  cells.Wrong(value.ok() ? "must name a value" : value.status().message());
  return Enum{};
}

void ReadHolder(CsvCells& cells, bool held, v1::StaffRow& row) {
  const std::string name = cells.Text(held);
  const std::string id = cells.Code(12, held);
  const auto birth = cells.Day(held);
  const v1::Sex sex = EnumOf<v1::Sex>(cells, held);
  const v1::Education education = EnumOf<v1::Education>(cells, false);
  const auto rank = cells.Count(false, 1'300);
  const v1::AppointmentKind kind = EnumOf<v1::AppointmentKind>(cells, held);
  const auto first = cells.Day(held);
  if (!held) return;
  row.mutable_person()->set_full_name(name);
  row.mutable_person()->set_national_id(id);
  if (birth) *row.mutable_person()->mutable_birth_date() = DateOf(*birth);
  row.mutable_person()->set_sex(sex);
  row.mutable_qualifications()->set_education(education);
  row.mutable_qualifications()->set_rank_coefficient_hundredths(
      static_cast<int32_t>(rank.value_or(0)));
  row.set_appointment_kind(kind);
  if (first) *row.mutable_first_date() = DateOf(*first);
}

}  // namespace

std::vector<StaffLine> ReadStaffLines(absl::string_view file, absl::string_view content,
                                      RowErrors& errors) {
  bool complete = true;
  std::vector<StaffLine> lines;
  for (const CsvRow& cells_row : ReadCsv(file, content, kColumns, errors, complete)) {
    CsvCells cells(cells_row, kColumns, kTextBytesMax, errors);
    StaffLine& line = lines.emplace_back();
    line.line = cells_row.place.row;
    v1::StaffRow& row = line.row;
    row.set_unit(cells.Text(true));
    row.set_body_kind(EnumOf<v1::BodyKind>(cells, true));
    row.set_post_kind(EnumOf<v1::PostKind>(cells, true));
    row.set_post_number(static_cast<int32_t>(cells.Count(true, 10'000).value_or(0)));
    row.set_title(cells.Text(true));
    row.set_grade(EnumOf<v1::Grade>(cells, false));
    const bool held = std::any_of(cells_row.cells.begin() + kHolder, cells_row.cells.end(),
                                  [](const std::string& cell) { return !cell.empty(); });
    ReadHolder(cells, held, row);
  }
  return lines;
}

}  // namespace twotier::ctl
