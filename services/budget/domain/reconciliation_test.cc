#include "services/budget/domain/reconciliation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/calendar/testing.h"
#include "rapidcheck/gtest.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Day = absl::CivilDay;

constexpr Direction kOut = Direction::kOut;

std::shared_ptr<const calendar::Calendar> CalendarForTest() {
  return calendar::Calendar::Build(calendar::PublishedEntriesForTest(),
                                   {.first_year = 2025, .last_year = 2027})
      .value();
}

Reconciled Paired(const std::vector<CashItem>& lines, const std::vector<CashItem>& entries) {
  const auto result = Reconcile(lines, entries, *CalendarForTest(), "48");
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(Reconciled());
}

std::vector<std::string> Texts(const Reconciled& result) {
  std::vector<std::string> texts;
  for (const Match& match : result.matches) {
    texts.push_back(
        absl::StrCat(match.line, "=", match.entry, " by ", static_cast<int>(match.rule)));
  }
  return texts;
}

TEST(Reconcile, ASurerRuleGoesFirst) {
  // Friday 20 November; Tuesday 24 is a holiday, so Thursday 26 is three working days on.
  const std::vector<CashItem> entries = {{"e1", kOut, 100, Day(2026, 11, 20), "UNC-1"},
                                         {"e2", kOut, 100, Day(2026, 11, 20), "UNC-1"},
                                         {"e3", kOut, 100, Day(2026, 11, 20), ""},
                                         {"e4", Direction::kIn, 100, Day(2026, 11, 20), "UNC-1"}};
  const std::vector<CashItem> lines = {{"l1", kOut, 100, Day(2026, 11, 26), "UNC-1"},
                                       {"l2", kOut, 100, Day(2026, 11, 20), "UNC-1"},
                                       {"l3", kOut, 100, Day(2026, 11, 23), "UNC-9"}};
  const Reconciled result = Paired(lines, entries);
  EXPECT_THAT(Texts(result), ElementsAre("0=1 by 2", "1=0 by 1", "2=2 by 3"));
  EXPECT_THAT(result.open_entries, ElementsAre(3));
  EXPECT_THAT(result.open_lines, IsEmpty());
}

TEST(Reconcile, DaysMayBeThreeWorkingDaysApart) {
  const std::vector<CashItem> entry = {{"e", kOut, 100, Day(2026, 11, 20), "UNC-1"}};
  EXPECT_THAT(Texts(Paired({{"l", kOut, 100, Day(2026, 11, 26), "UNC-1"}}, entry)),
              ElementsAre("0=0 by 2"));
  const Reconciled far = Paired({{"l", kOut, 100, Day(2026, 11, 27), "UNC-1"}}, entry);
  EXPECT_THAT(Texts(far), IsEmpty());
  ASSERT_EQ(far.candidates.size(), 1u);
  EXPECT_FALSE(far.candidates[0].amount_differs);
  EXPECT_THAT(Texts(Paired({{"l", kOut, 100, Day(2026, 11, 17), "UNC-1"}}, entry)),
              ElementsAre("0=0 by 2"));
}

TEST(Reconcile, AnAmountAloneDecidesOnlyWithoutAChoice) {
  const std::vector<CashItem> two = {{"e1", kOut, 100, Day(2026, 11, 20), "A"},
                                     {"e2", kOut, 100, Day(2026, 11, 20), "B"}};
  const Reconciled choice = Paired({{"l1", kOut, 100, Day(2026, 11, 20), ""}}, two);
  EXPECT_THAT(choice.matches, IsEmpty());
  EXPECT_EQ(choice.candidates.size(), 2u);
  const Reconciled rivals =
      Paired({{"l1", kOut, 100, Day(2026, 11, 20), ""}, {"l2", kOut, 100, Day(2026, 11, 20), ""}},
             {two[0]});
  EXPECT_THAT(rivals.matches, IsEmpty());
  EXPECT_THAT(rivals.open_lines, ElementsAre(0, 1));
  // Both have a paper, and not the same one.
  EXPECT_THAT(Paired({{"l1", kOut, 100, Day(2026, 11, 20), "C"}}, two).candidates, IsEmpty());
}

TEST(Reconcile, AChoiceBeyondTheCandidatesIsAChoice) {
  // The seventh entry, on Thursday, is three working days after the first line and before the
  // second: 24 November is a holiday.
  std::vector<CashItem> entries;
  for (int i = 1; i <= 6; ++i) {
    entries.push_back({absl::StrCat("e", i), kOut, 100, Day(2026, 11, 16), ""});
  }
  entries.push_back({"e7", kOut, 100, Day(2026, 11, 19), ""});
  const CashItem first = {"l1", kOut, 100, Day(2026, 11, 16), ""};
  const CashItem second = {"l2", kOut, 100, Day(2026, 11, 25), ""};
  EXPECT_THAT(Paired({first, second}, entries).matches, IsEmpty());
  EXPECT_THAT(Texts(Paired({second}, entries)), ElementsAre("0=6 by 3"));
}

TEST(Reconcile, APaperOfAnotherAmountIsACandidate) {
  const Reconciled result = Paired({{"l1", kOut, 99, Day(2026, 11, 20), "A"}},
                                   {{"e1", kOut, 100, Day(2026, 11, 20), "A"}});
  ASSERT_EQ(result.candidates.size(), 1u);
  EXPECT_TRUE(result.candidates[0].amount_differs);
}

TEST(Reconcile, ADayOutsideTheCalendarIsAnError) {
  EXPECT_FALSE(Reconcile({{"l1", kOut, 100, Day(2031, 11, 20), "A"}},
                         {{"e1", kOut, 100, Day(2031, 11, 21), "A"}}, *CalendarForTest(), "48")
                   .ok());
}

RC_GTEST_PROP(Reconcile, NothingIsMatchedTwiceOrLost, ()) {
  const auto item = [](const char* prefix, int i) {
    return CashItem{absl::StrCat(prefix, i), *rc::gen::element(kOut, Direction::kIn),
                    *rc::gen::inRange<int64_t>(1, 4), Day(2026, 11, *rc::gen::inRange(16, 28)),
                    *rc::gen::element(std::string(), std::string("A"), std::string("B"))};
  };
  std::vector<CashItem> lines, entries;
  const int line_count = *rc::gen::inRange(0, 12), entry_count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < line_count; ++i) lines.push_back(item("l", i));
  for (int i = 0; i < entry_count; ++i) entries.push_back(item("e", i));
  const Reconciled result = Paired(lines, entries);
  std::vector<int> seen_lines(lines.size()), seen_entries(entries.size());
  for (const Match& match : result.matches) {
    ++seen_lines[match.line];
    ++seen_entries[match.entry];
    RC_ASSERT(lines[match.line].amount_vnd == entries[match.entry].amount_vnd);
    RC_ASSERT(lines[match.line].direction == entries[match.entry].direction);
  }
  for (const size_t line : result.open_lines) ++seen_lines[line];
  for (const size_t entry : result.open_entries) ++seen_entries[entry];
  RC_ASSERT(seen_lines == std::vector<int>(lines.size(), 1));
  RC_ASSERT(seen_entries == std::vector<int>(entries.size(), 1));
  // The order of the rows decides nothing.
  std::vector<CashItem> turned(lines.rbegin(), lines.rend());
  RC_ASSERT(Paired(turned, entries).matches.size() == result.matches.size());
}

}  // namespace
}  // namespace twotier::budget
