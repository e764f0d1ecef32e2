#include "common/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/csv_cells.h"
#include "rapidcheck/gtest.h"

namespace twotier {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kColumns[] = {"code", "name", "note"};

// What reading `content` gives: rows as text, and the fields that are wrong.
struct Outcome {
  std::vector<std::string> rows;  // "line:cell|cell|cell"
  std::vector<std::string> wrong;
  bool complete = true;
};

Outcome Read(absl::string_view content) {
  Outcome outcome;
  RowErrors errors;
  for (const CsvRow& row : ReadCsv("t.csv", content, kColumns, errors, outcome.complete)) {
    outcome.rows.push_back(absl::StrCat(row.place.row, ":", absl::StrJoin(row.cells, "|")));
  }
  for (const auto& violation : errors.all()) outcome.wrong.push_back(violation.field);
  EXPECT_EQ(outcome.complete, outcome.wrong.empty());
  return outcome;
}

TEST(ReadCsv, TakesColumnsInAnyOrderAndCellsAsTheyStand) {
  const Outcome outcome = Read(
      "name,note,code\r\n"
      "\"Thủ tục, cấp\",\"gọi là \"\"mới\"\"\",00001\r\n"
      " a ,,2");
  EXPECT_THAT(outcome.rows, ElementsAre("2:00001|Thủ tục, cấp|gọi là \"mới\"", "3:2| a |"));
  EXPECT_THAT(outcome.wrong, IsEmpty());
}

TEST(ReadCsv, NamesTheLineOfEveryWrongRowAndReturnsTheOthers) {
  const Outcome outcome = Read(
      "code,name,note\n"
      "1,a\n"
      "2,b,,\n"
      "3,c,d\n"
      "\n"
      "4,\"e,f\n"
      "5,g,h\n");
  EXPECT_THAT(outcome.rows, ElementsAre("4:3|c|d", "7:5|g|h"));
  EXPECT_THAT(outcome.wrong,
              ElementsAre("t.csv:2:row", "t.csv:3:row", "t.csv:5:row", "t.csv:6:row"));
}

TEST(ReadCsv, RefusesAnotherHeaderWhole) {
  for (const char* header : {"", "\n", "code,name\n", "code,name,note,more\n", "code,name,name\n",
                             "code,name,Note\n", "\"code,name,note\n"}) {
    const Outcome outcome = Read(absl::StrCat(header, "1,a,b\n"));
    EXPECT_THAT(outcome.rows, IsEmpty()) << header;
    EXPECT_THAT(outcome.wrong, ElementsAre("t.csv:1:header")) << header;
  }
}

TEST(ReadCsv, RefusesBytesThatAreNotText) {
  EXPECT_THAT(Read("code,name,note\n1,\xC3\x28,b\n").wrong, ElementsAre("t.csv"));
  EXPECT_THAT(Read(absl::string_view("code,name,note\n1,\0,b\n", 21)).wrong, ElementsAre("t.csv"));
}

// The library behind the reader gives such a line again and again: reading it would never end.
TEST(ReadCsv, ALineThatIsTooLongEndsTheReading) {
  for (const size_t bytes : {kCsvLineBytesMax + 1, size_t{1} << 20, size_t{3} << 20}) {
    const std::string line(bytes, 'x');
    const Outcome outcome = Read(absl::StrCat("code,name,note\n1,a,b\n", line, "\n2,c,d\n"));
    EXPECT_THAT(outcome.rows, IsEmpty());
    EXPECT_THAT(outcome.wrong, ElementsAre("t.csv:3:row"));
    EXPECT_THAT(Read(line).wrong, ElementsAre("t.csv:1:row"));
  }
  const std::string longest(kCsvLineBytesMax - 4, 'x');
  EXPECT_THAT(Read(absl::StrCat("code,name,note\n1,", longest, ",b\n")).rows, SizeIs(1));
}

TEST(ReadCsv, LimitsTheNumberOfRows) {
  std::string content = "code,name,note\n";
  for (int i = 0; i < kCsvRowsMax; ++i) absl::StrAppend(&content, "1,a,b\n");
  EXPECT_THAT(Read(content).rows, SizeIs(kCsvRowsMax));
  const Outcome outcome = Read(absl::StrCat(content, "1,a,b\n"));
  EXPECT_THAT(outcome.rows, IsEmpty());
  EXPECT_THAT(outcome.wrong, ElementsAre("t.csv"));
}

RC_GTEST_PROP(ReadCsv, ReadsBackWhateverCellsWereWritten, ()) {
  const auto letter = rc::gen::element<std::string>("a", "đ", ",", "\"", " ", "\r", "1");
  const auto cell = rc::gen::map(rc::gen::container<std::vector<std::string>>(letter),
                                 [](const auto& letters) { return absl::StrJoin(letters, ""); });
  const auto rows = *rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::container<std::vector<std::string>>(std::size(kColumns), cell));
  std::string content = "code,name,note\n";
  for (const std::vector<std::string>& row : rows) {
    absl::StrAppend(
        &content,
        absl::StrJoin(
            row, ",",
            [](std::string* out, const std::string& text) {
              absl::StrAppend(out, "\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
            }),
        "\n");
  }
  RowErrors errors;
  bool complete = true;
  const std::vector<CsvRow> read = ReadCsv("t.csv", content, kColumns, errors, complete);
  RC_ASSERT(complete);
  RC_ASSERT(read.size() == rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(read[i].cells == rows[i]);
    RC_ASSERT(read[i].place.row == static_cast<int>(i) + 2);
  }
}

// Reads one cell with `read`; gives what is wrong with it.
template <typename ReadCell>
std::string WrongOf(const std::string& cell, ReadCell read) {
  constexpr absl::string_view kOne[] = {"cell"};
  const CsvRow row{{"t.csv", 2}, {cell}};
  RowErrors errors;
  CsvCells cells(row, kOne, /*text_bytes_max=*/4, errors);
  read(cells);
  EXPECT_EQ(cells.ok(), errors.empty()) << cell;
  if (errors.empty()) return "";
  EXPECT_EQ(errors.all()[0].field, "t.csv:2:cell") << cell;
  return errors.all()[0].description;
}

TEST(CsvCells, SaysWhatACellMustBe) {
  const auto text = [](CsvCells& cells) { cells.Text(/*required=*/true); };
  EXPECT_EQ(WrongOf("abcd", text), "");
  EXPECT_EQ(WrongOf("", text), "must not be empty");
  EXPECT_EQ(WrongOf("abcde", text), "must have at most 4 bytes");
  EXPECT_EQ(WrongOf("ab ", text), "must not begin or end with a space");

  const auto code = [](CsvCells& cells) { cells.Code(2, /*required=*/true); };
  EXPECT_EQ(WrongOf("01", code), "");
  for (const char* cell : {"", "1", "001", "0x"}) {
    EXPECT_EQ(WrongOf(cell, code), "must be 2 digits; leading zeros belong to a code") << cell;
  }

  const auto day = [](CsvCells& cells) { cells.Day(/*required=*/true); };
  EXPECT_EQ(WrongOf("2026-02-28", day), "");
  for (const char* cell : {"", "2026-02-30", "2026-2-28", "28/02/2026"}) {
    EXPECT_EQ(WrongOf(cell, day), "must be a date YYYY-MM-DD") << cell;
  }

  const auto count = [](CsvCells& cells) { cells.Count(/*required=*/false, 10); };
  EXPECT_EQ(WrongOf("", count), "");
  EXPECT_EQ(WrongOf("10", count), "");
  for (const char* cell : {"11", "-1", "1.5", "ten"}) {
    EXPECT_EQ(WrongOf(cell, count), "must be a whole number from 0 to 10") << cell;
  }

  const auto degrees = [](CsvCells& cells) { cells.Micros(90); };
  EXPECT_EQ(WrongOf("-21.02", degrees), "");
  for (const char* cell : {"90.1", "nan", "north"}) {
    EXPECT_EQ(WrongOf(cell, degrees), "must be degrees from -90 to 90") << cell;
  }

  constexpr Word<int> kWords[] = {{"no", 1}, {"yes", 2}};
  const auto word = [&](CsvCells& cells) { cells.OneOf<int>(kWords, /*required=*/true); };
  const auto maybe = [&](CsvCells& cells) { cells.OneOf<int>(kWords, /*required=*/false); };
  EXPECT_EQ(WrongOf("yes", word), "");
  EXPECT_EQ(WrongOf("", word), "must be one of no, yes");
  EXPECT_EQ(WrongOf("", maybe), "");
  EXPECT_EQ(WrongOf("YES", maybe), "must be empty or one of no, yes");
}

TEST(CsvCells, ReadsCellAfterCell) {
  constexpr absl::string_view kMany[] = {"name", "day", "count", "longitude", "answer"};
  const CsvRow row{{"t.csv", 2}, {"a", "2026-11-24", "7", "105.85", "yes"}};
  RowErrors errors;
  CsvCells cells(row, kMany, /*text_bytes_max=*/4, errors);
  constexpr Word<int> kWords[] = {{"no", 1}, {"yes", 2}};
  EXPECT_EQ(cells.Text(true), "a");
  EXPECT_EQ(cells.Day(true), absl::CivilDay(2026, 11, 24));
  EXPECT_EQ(cells.Count(true), 7);
  EXPECT_EQ(cells.Micros(180), 105'850'000);
  EXPECT_EQ(cells.OneOf<int>(kWords, true), 2);
  EXPECT_TRUE(cells.ok());
}

}  // namespace
}  // namespace twotier
