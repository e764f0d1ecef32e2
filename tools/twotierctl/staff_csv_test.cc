#include "tools/twotierctl/staff_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace twotier::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kHeader =
    "unit,body_kind,post_kind,post_number,title,grade,full_name,national_id,birth_date,sex,"
    "education,rank_hundredths,kind,first_date\n";

std::vector<std::string> WrongCells(absl::string_view rows) {
  RowErrors errors;
  ReadStaffLines("s.csv", absl::StrCat(kHeader, rows), errors);
  std::vector<std::string> fields;
  for (const auto& each : errors.all()) fields.push_back(each.field);
  return fields;
}

TEST(StaffCsvTest, ReadsAPostWithItsHolder) {
  RowErrors errors;
  const std::vector<StaffLine> lines = ReadStaffLines(
      "s.csv",
      absl::StrCat(kHeader, "units/u1,office,head,1,Chánh Văn phòng,expert,Nguyễn Thị Mẫu,",
                   "048190000001,1990-02-03,female,bachelor,399,permanent,2020-07-01\n"),
      errors);
  ASSERT_THAT(errors.all(), IsEmpty());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].line, 2);
  EXPECT_EQ(lines[0].row.title(), "Chánh Văn phòng");
  EXPECT_EQ(lines[0].row.person().national_id(), "048190000001");
  EXPECT_EQ(lines[0].row.person().birth_date().day(), 3);
  EXPECT_EQ(lines[0].row.qualifications().rank_coefficient_hundredths(), 399);
  EXPECT_EQ(lines[0].row.appointment_kind(), personnel::v1::APPOINTMENT_KIND_PERMANENT);
  EXPECT_EQ(lines[0].row.first_date().year(), 2020);
}

TEST(StaffCsvTest, APostIsVacantWhenNothingIsSaidOfAHolder) {
  RowErrors errors;
  const std::vector<StaffLine> lines = ReadStaffLines(
      "s.csv", absl::StrCat(kHeader, "units/u1,office,official,2,Văn thư,,,,,,,,,\n"), errors);
  ASSERT_THAT(errors.all(), IsEmpty());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].row.has_person());
}

TEST(StaffCsvTest, AHolderWithoutANameIsNotTakenForAVacancy) {
  EXPECT_THAT(WrongCells("units/u1,office,official,2,Văn thư,,,048190000001,1990-02-03,female,,,"
                         "permanent,2020-07-01\n"),
              ElementsAre("s.csv:2:full_name"));
}

TEST(StaffCsvTest, NamesEveryWrongCell) {
  EXPECT_THAT(
      WrongCells(",offices,head,x,,expert,Nguyễn Thị Mẫu,48190000001,1990-02-30,,,,kept,\n"),
      ElementsAre("s.csv:2:unit", "s.csv:2:body_kind", "s.csv:2:post_number", "s.csv:2:title",
                  "s.csv:2:national_id", "s.csv:2:birth_date", "s.csv:2:sex", "s.csv:2:kind",
                  "s.csv:2:first_date"));
}

}  // namespace
}  // namespace twotier::ctl
