#include "tools/twotierctl/table.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace twotier::ctl {
namespace {

// "Trúc Bạch" composed, and with every mark as a combining character.
constexpr char kComposed[] = "Tr\u00FAc B\u1EA1ch";
constexpr char kCombining[] = "Tru\u0301c Ba\u0323ch";

TEST(DisplayWidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("ward"), 4u);
  EXPECT_EQ(DisplayWidth(kComposed), 9u);
  EXPECT_EQ(DisplayWidth(kCombining), 9u);
  EXPECT_EQ(DisplayWidth("đ"), 1u);
  EXPECT_EQ(DisplayWidth("漢字"), 4u);
}

TEST(PrintableTest, ReplacesWhatWouldSteerTheTerminal) {
  EXPECT_EQ(Printable("Phường Ba Đình"), "Phường Ba Đình");
  EXPECT_EQ(Printable("a\x1b[2Jb\n"), "a\uFFFD[2Jb\uFFFD");
  EXPECT_EQ(Printable("a\xff z"), "a\uFFFD z");
}

TEST(TruncatedTest, CutsBetweenCharactersAndMarksTheCut) {
  EXPECT_EQ(Truncated(kComposed, 9), kComposed);
  EXPECT_EQ(Truncated("Phường Ba Đình", 7), "Phường…");
  EXPECT_EQ(Truncated("Phường Ba Đình", 1), "…");
  EXPECT_EQ(Truncated("Phường Ba Đình", 0), "");
  EXPECT_EQ(Truncated(kCombining, 4), "Tru\u0301…");
}

TEST(TableTest, AlignsColumnsOfComposedAndCombiningText) {
  Table table({"NAME", "CODE"});
  table.Add({kComposed, "00004"});
  table.Add({kCombining, "00008"});
  table.Add({"Ea Kly", "24484"});
  EXPECT_EQ(table.Text(), absl::StrCat("NAME       CODE\n",      //
                                       kComposed, "  00004\n",   //
                                       kCombining, "  00008\n",  //
                                       "Ea Kly     24484\n"));
}

TEST(TableTest, TruncatesTheLastColumnToTheTerminal) {
  Table table({"CODE", "NAME"});
  table.Add({"1.004873", "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân"});
  EXPECT_EQ(table.Text(30),
            "CODE      NAME\n"
            "1.004873  Thủ tục cấp Giấy xá…\n");
}

TEST(TableTest, LeavesNoSpaceAtTheEndOfALine) {
  Table table({"A", "B"});
  table.Add({"x", ""});
  table.Add({"long"});
  EXPECT_EQ(table.Text(), "A     B\nx\nlong\n");
}

TEST(PairsTest, AlignsValuesAndLeavesEmptyOnesOut) {
  EXPECT_EQ(Pairs({{"code", "00004"}, {"population", ""}, {"tên", "Ba Đình"}}),
            "code  00004\ntên   Ba Đình\n");
}

}  // namespace
}  // namespace twotier::ctl
