#include "services/budget/treasury_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/budget/reference_testing.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHeader[] = "line_id,value_date,direction,amount_vnd,reference,treasury_code,text\n";

std::vector<StatementRow> Read(const std::string& rows, RowErrors& errors) {
  const StatementPeriod march{absl::CivilDay(2027, 3, 1), absl::CivilDay(2027, 3, 31)};
  return ReadStatementFile(absl::StrCat(kHeader, rows), march, NationalReferenceForTest()->treasury,
                           errors);
}

std::vector<std::string> FieldsOf(const RowErrors& errors) {
  std::vector<std::string> fields;
  for (const auto& violation : errors.all()) fields.push_back(violation.field);
  return fields;
}

TEST(StatementFile, ALineIsReadAsItStands) {
  RowErrors errors;
  const auto rows = Read(
      "17,2027-03-31,OUT,18500000,UNC-1,0112346950412345672019480534100000201113000,\"Giấy, "
      "mực\"\n",
      errors);
  ASSERT_THAT(FieldsOf(errors), IsEmpty());
  ASSERT_EQ(rows.size(), 1u);
  StatementLine expected;
  expected.item = {"17", Direction::kOut, 18500000, absl::CivilDay(2027, 3, 31), "UNC-1"};
  expected.treasury_code = "01.1234.6950.4.1234567.20194.805.341.00000.2011.13.000";
  expected.text = "Giấy, mực";
  EXPECT_EQ(rows[0].line, expected);
  EXPECT_EQ(rows[0].place.row, 2);
}

TEST(StatementFile, EveryWrongCellIsNamed) {
  RowErrors errors;
  Read(
      "1,2027-03-01,OUT,1,,,\n"
      "1,2027-02-28,OUT,0,,123,\n"
      ",2027-04-01,BACK,-5,,,\n"
      "2,2027-13-01,IN,9223372036854775808,,,\n",
      errors);
  EXPECT_THAT(FieldsOf(errors),
              ElementsAre("statement.csv:3:value_date", "statement.csv:3:amount_vnd",
                          "statement.csv:3:treasury_code", "statement.csv:3:line_id",
                          "statement.csv:4:line_id", "statement.csv:4:value_date",
                          "statement.csv:4:direction", "statement.csv:4:amount_vnd",
                          "statement.csv:5:value_date", "statement.csv:5:amount_vnd"));
}

TEST(StatementFile, HasLinesAndNotTooMany) {
  RowErrors none;
  Read("", none);
  EXPECT_THAT(FieldsOf(none), ElementsAre("statement.csv"));
  std::string rows;
  for (size_t i = 0; i <= kStatementLinesMax; ++i) {
    absl::StrAppend(&rows, i, ",2027-03-01,OUT,1,,,\n");
  }
  RowErrors many;
  Read(rows, many);
  EXPECT_THAT(FieldsOf(many), ElementsAre("statement.csv"));
}

}  // namespace
}  // namespace twotier::budget
