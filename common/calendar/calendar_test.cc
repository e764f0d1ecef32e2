#include "common/calendar/calendar.h"

#include <algorithm>
#include <random>
#include <string>

#include "common/calendar/testing.h"
#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"

namespace twotier::calendar {
namespace {

using Day = absl::CivilDay;

std::shared_ptr<const Calendar> Published(std::vector<Entry> more = {},
                                          std::optional<Day> known_on = std::nullopt) {
  std::vector<Entry> entries = PublishedEntriesForTest();
  entries.insert(entries.end(), more.begin(), more.end());
  return Calendar::Build(entries, {.first_year = 2025, .last_year = 2027, .known_on = known_on})
      .value();
}

TEST(CalendarTest, PublishedYearsHaveTheirKnownNumberOfWorkingDays) {
  const auto calendar = Published();
  EXPECT_EQ(*calendar->WorkingDaysBetween(Day(2025, 1, 1), Day(2026, 1, 1), "48"),
            (CountResult{250, false}));
  EXPECT_EQ(*calendar->WorkingDaysBetween(Day(2026, 1, 1), Day(2027, 1, 1), "48"),
            (CountResult{249, false}));
  EXPECT_TRUE(calendar->WorkingDaysBetween(Day(2027, 1, 1), Day(2028, 1, 1), "48")->provisional);
}

TEST(CalendarTest, CountsDaysAcrossHolidaysAndSwaps) {
  const auto calendar = Published();
  const struct {
    Day from;
    int count;
    Day due;
  } cases[] = {
      {Day(2026, 2, 13), 1, Day(2026, 2, 23)},    // Friday before Tết Bính Ngọ.
      {Day(2026, 2, 12), 2, Day(2026, 2, 23)},    // One day before Tết, one after.
      {Day(2026, 2, 17), 1, Day(2026, 2, 23)},    // Received on the first day of Tết.
      {Day(2026, 8, 21), 1, Day(2026, 8, 22)},    // The Saturday that is worked for 31 August.
      {Day(2026, 8, 28), 1, Day(2026, 9, 3)},     // 31 August off, then National Day.
      {Day(2026, 8, 20), 6, Day(2026, 8, 27)},    // 21, 22, 24, 25, 26, 27.
      {Day(2026, 11, 23), 1, Day(2026, 11, 25)},  // Culture Day, 24 November.
      {Day(2026, 1, 9), 1, Day(2026, 1, 10)},     // The Saturday that is worked for 2 January.
      {Day(2025, 4, 29), 1, Day(2025, 5, 5)},     // 30 April, 1 May, 2 May swapped, weekend.
      {Day(2026, 4, 24), 1, Day(2026, 4, 28)},    // Hùng Kings on a Sunday: Monday off in lieu.
      {Day(2026, 3, 7), 1, Day(2026, 3, 9)},      // Received on an ordinary Saturday.
      {Day(2026, 3, 7), 0, Day(2026, 3, 7)},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(*calendar->AddWorkingDays(c.from, c.count, "48"), (DayResult{c.due, false}))
        << absl::FormatCivilTime(c.from) << " + " << c.count;
  }
}

TEST(CalendarTest, ProposedDaysCountAsOrdinaryAndMakeTheResultProvisional) {
  const auto calendar = Published();
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2027, 2, 8), "48"));
  EXPECT_EQ(*calendar->AddWorkingDays(Day(2027, 2, 2), 1, "48"),
            (DayResult{Day(2027, 2, 3), false}));
  EXPECT_EQ(*calendar->AddWorkingDays(Day(2027, 2, 2), 2, "48"),
            (DayResult{Day(2027, 2, 4), true}));
  EXPECT_EQ(*calendar->AddWorkingDays(Day(2027, 2, 12), 1, "48"),
            (DayResult{Day(2027, 2, 15), false}));
  EXPECT_EQ(*calendar->WorkingDaysBetween(Day(2027, 2, 1), Day(2027, 2, 4), "48"),
            (CountResult{3, false}));
  EXPECT_EQ(*calendar->WorkingDaysAfterUntil(Day(2027, 2, 1), Day(2027, 2, 4), "48"),
            (CountResult{3, true}));
}

TEST(CalendarTest, LaterKnowledgeReplacesEarlier) {
  const Entry decided{
      .date = Day(2027, 2, 8), .kind = EntryKind::kStatutory, .known_from = Day(2026, 12, 1)};
  const Entry withdrawn{
      .date = Day(2026, 8, 31), .kind = EntryKind::kOrdinary, .known_from = Day(2026, 7, 1)};
  const auto calendar = Published({decided, withdrawn});
  EXPECT_FALSE(*calendar->IsWorkingDay(Day(2027, 2, 8), ""));
  EXPECT_FALSE(calendar->WorkingDaysBetween(Day(2027, 2, 8), Day(2027, 2, 9), "")->provisional);
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2026, 8, 31), ""));
}

TEST(CalendarTest, AProposalDoesNotUndoWhatWasDecidedBefore) {
  const Entry proposal{
      .date = Day(2026, 9, 1), .kind = EntryKind::kProposed, .known_from = Day(2026, 8, 1)};
  const auto calendar = Published({proposal});
  EXPECT_FALSE(*calendar->IsWorkingDay(Day(2026, 9, 1), ""));
  EXPECT_TRUE(calendar->AddWorkingDays(Day(2026, 8, 28), 1, "")->provisional);
}

TEST(CalendarTest, AnswersAsItWasKnownOnADay) {
  // Culture Day was not known in June 2026.
  EXPECT_TRUE(*Published({}, Day(2026, 6, 30))->IsWorkingDay(Day(2026, 11, 24), ""));
  EXPECT_FALSE(*Published({}, Day(2026, 7, 1))->IsWorkingDay(Day(2026, 11, 24), ""));
}

TEST(CalendarTest, AProvinceHasItsOwnDays) {
  const Entry local{.date = Day(2026, 3, 10),
                    .kind = EntryKind::kStatutory,
                    .province_code = "66",
                    .known_from = Day(2026, 1, 1)};
  const Entry worked{.date = Day(2026, 11, 24),
                     .kind = EntryKind::kOrdinary,
                     .province_code = "66",
                     .known_from = Day(2026, 1, 1)};
  const auto calendar = Published({local, worked});
  EXPECT_FALSE(*calendar->IsWorkingDay(Day(2026, 3, 10), "66"));
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2026, 3, 10), "48"));
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2026, 3, 10), ""));
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2026, 11, 24), "66"));
  EXPECT_FALSE(*calendar->IsWorkingDay(Day(2026, 9, 2), "66"));
  EXPECT_EQ(*calendar->AddWorkingDays(Day(2026, 3, 9), 1, "66"),
            (DayResult{Day(2026, 3, 11), false}));
}

TEST(CalendarTest, AProvincesProposalLeavesTheNationalDecisionStanding) {
  const auto proposed = [](Day date) {
    return Entry{.date = date,
                 .kind = EntryKind::kProposed,
                 .province_code = "66",
                 .known_from = Day(2026, 8, 1)};
  };
  // A national holiday, a national make-up Saturday, and a day that nothing is decided of.
  const auto calendar = Published(
      {proposed(Day(2026, 9, 2)), proposed(Day(2026, 8, 22)), proposed(Day(2026, 10, 6))});
  EXPECT_FALSE(*calendar->IsWorkingDay(Day(2026, 9, 2), "66"));
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2026, 8, 22), "66"));
  EXPECT_TRUE(*calendar->IsWorkingDay(Day(2026, 10, 6), "66"));
  for (const Day day : {Day(2026, 9, 2), Day(2026, 8, 22), Day(2026, 10, 6)}) {
    EXPECT_TRUE(calendar->WorkingDaysBetween(day, day + 1, "66")->provisional);
    EXPECT_FALSE(calendar->WorkingDaysBetween(day, day + 1, "48")->provisional);
  }
}

TEST(CalendarTest, SaysWhereItEnds) {
  const auto calendar = Published();
  const auto reason_of = [](const absl::Status& status) {
    const auto reason = error::ReasonOf(status);
    return reason ? reason->reason : "";
  };
  for (const absl::Status& status :
       {calendar->AddWorkingDays(Day(2027, 12, 31), 1, "").status(),
        calendar->AddWorkingDays(Day(2027, 1, 1), 300, "").status(),
        calendar->IsWorkingDay(Day(2024, 12, 31), "").status(),
        calendar->IsWorkingDay(Day(2028, 1, 1), "").status(),
        calendar->WorkingDaysBetween(Day(2027, 1, 1), Day(2028, 1, 2), "").status(),
        calendar->WorkingDaysAfterUntil(Day(2027, 1, 1), Day(2028, 1, 1), "").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(reason_of(status), "CALENDAR_ENDS") << status;
  }
  EXPECT_EQ(calendar->AddWorkingDays(Day(2027, 12, 30), 1, "")->day, Day(2027, 12, 31));
  EXPECT_EQ(calendar->WorkingDaysBetween(Day(2027, 12, 31), Day(2028, 1, 1), "")->days, 1);
}

TEST(CalendarTest, GoesOnUndecidedByTheBaseWeekBehindWhatWasPublished) {
  // An entry of a year behind the last one is not looked at.
  std::vector<Entry> entries = PublishedEntriesForTest();
  entries.push_back({.date = Day(2028, 1, 3), .name = "Nghỉ", .known_from = Day(2026, 1, 1)});
  const auto open =
      Calendar::Build(entries, {.first_year = 2025, .last_year = 2027, .undecided_years = 2});
  ASSERT_TRUE(open.ok()) << open.status();
  const Calendar& calendar = **open;
  EXPECT_EQ(calendar.last_day(), Day(2029, 12, 31));
  // Friday 31 December 2027 is the last day that is known; Monday is the third of January.
  EXPECT_EQ(calendar.AddWorkingDays(Day(2027, 12, 30), 1, "48").value(),
            (DayResult{.day = Day(2027, 12, 31), .provisional = false}));
  EXPECT_EQ(calendar.AddWorkingDays(Day(2027, 12, 30), 2, "48").value(),
            (DayResult{.day = Day(2028, 1, 3), .provisional = true}));
  EXPECT_EQ(calendar.WorkingDaysBetween(Day(2028, 1, 1), Day(2029, 1, 1), "").value(),
            (CountResult{.days = 260, .provisional = true}));
  EXPECT_FALSE(calendar.WorkingDaysBetween(Day(2027, 12, 31), Day(2028, 1, 1), "")->provisional);
  EXPECT_EQ(error::ReasonOf(calendar.AddWorkingDays(Day(2029, 12, 31), 1, "").status())->reason,
            "CALENDAR_ENDS");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Calendar::Build({}, {.first_year = 2025, .last_year = 2027, .undecided_years = 48})
          .status()));
}

TEST(CalendarTest, RefusesWrongArguments) {
  const auto calendar = Published();
  EXPECT_TRUE(absl::IsInvalidArgument(calendar->AddWorkingDays(Day(2026, 1, 1), -1, "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      calendar->AddWorkingDays(Day(2026, 1, 1), Calendar::kTermDaysMax + 1, "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      calendar->WorkingDaysBetween(Day(2026, 1, 2), Day(2026, 1, 1), "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      calendar->WorkingDaysAfterUntil(Day(2026, 1, 2), Day(2026, 1, 1), "").status()));
}

TEST(CalendarTest, NamesEveryWrongEntry) {
  const Entry day{.date = Day(2026, 3, 10), .known_from = Day(2026, 1, 1)};
  Entry weekday_makeup = day;
  weekday_makeup.kind = EntryKind::kMakeupWork;
  weekday_makeup.province_code = "01";
  Entry wrong_code = day;
  wrong_code.province_code = "H1";
  const auto built = Calendar::Build({day, day, weekday_makeup, wrong_code},
                                     {.first_year = 2027, .last_year = 2026});
  ASSERT_TRUE(absl::IsInvalidArgument(built.status()));
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(built.status())) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, testing::UnorderedElementsAre("last_year", "entries[1].date",
                                                    "entries[2].kind", "entries[3].province_code"));
}

TEST(CalendarTest, KnowsTheNamesOfItsKinds) {
  EXPECT_EQ(KindOf("makeup_work"), EntryKind::kMakeupWork);
  EXPECT_EQ(KindOf("ordinary"), EntryKind::kOrdinary);
  EXPECT_EQ(KindOf("holiday"), std::nullopt);
}

// The same questions answered by walking day by day over the entries, without any table.
class DayByDay {
 public:
  explicit DayByDay(const std::vector<Entry>& entries) : entries_(entries) {}

  bool Working(Day day, const std::string& province, bool* undecided) const {
    // Decisions are those of the province, if it made one.
    const bool own = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) {
      return e.date == day && e.province_code == province && e.kind != EntryKind::kProposed;
    });
    const absl::Weekday weekday = absl::GetWeekday(day);
    bool working = weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
    const bool base = working;
    // A place's last word is its proposal; a province that decided looks at its own alone.
    *undecided = ProposedLast(day, province) || (!own && ProposedLast(day, ""));
    Day latest_decided;
    bool any_decided = false;
    for (const Entry& e : entries_) {
      if (e.date != day || e.province_code != (own ? province : "")) continue;
      if (e.kind == EntryKind::kProposed) continue;
      if (any_decided && e.known_from < latest_decided) continue;
      any_decided = true;
      latest_decided = e.known_from;
      working = e.kind == EntryKind::kOrdinary ? base : e.kind == EntryKind::kMakeupWork;
    }
    return working;
  }

  CountResult Between(Day from, Day to, const std::string& province) const {
    CountResult result;
    for (Day day = from; day < to; ++day) {
      bool undecided = false;
      if (Working(day, province, &undecided)) ++result.days;
      result.provisional |= undecided;
    }
    return result;
  }

  std::optional<DayResult> Add(Day day, int count, const std::string& province, Day last) const {
    DayResult result{.day = day};
    while (count > 0) {
      if (++result.day > last) return std::nullopt;
      bool undecided = false;
      if (Working(result.day, province, &undecided)) --count;
      result.provisional |= undecided;
    }
    return result;
  }

 private:
  bool ProposedLast(Day day, const std::string& place) const {
    const Entry* last = nullptr;
    for (const Entry& e : entries_) {
      if (e.date != day || e.province_code != place) continue;
      if (last == nullptr || e.known_from > last->known_from) last = &e;
    }
    return last != nullptr && last->kind == EntryKind::kProposed;
  }

  const std::vector<Entry>& entries_;
};

std::vector<Entry> RandomEntries() {
  const int count = *rc::gen::inRange(0, 60);
  std::vector<Entry> entries;
  std::set<std::tuple<Day, std::string, Day>> seen;
  for (int i = 0; i < count; ++i) {
    Entry entry;
    entry.date = Day(2025, 1, 1) + *rc::gen::inRange(0, 731);
    entry.kind = static_cast<EntryKind>(*rc::gen::inRange(0, 6));
    entry.province_code = *rc::gen::element(std::string(), std::string("01"), std::string("48"));
    entry.known_from = Day(2024, 1, 1) + *rc::gen::inRange(0, 3);
    const absl::Weekday weekday = absl::GetWeekday(entry.date);
    const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
    if (entry.kind == EntryKind::kMakeupWork && !weekend) continue;
    if (!seen.emplace(entry.date, entry.province_code, entry.known_from).second) continue;
    entries.push_back(entry);
  }
  return entries;
}

TEST(CalendarProperty, AgreesWithCountingDayByDay) {
  const bool holds = rc::check("every answer equals a day-by-day count", [] {
    const std::vector<Entry> entries = RandomEntries();
    const DayByDay oracle(entries);
    const auto calendar = Calendar::Build(entries, {.first_year = 2025, .last_year = 2026}).value();
    for (int i = 0; i < 10; ++i) {
      const Day from = Day(2025, 1, 1) + *rc::gen::inRange(0, 730);
      const Day to = std::min(from + *rc::gen::inRange(0, 200), calendar->last_day() + 1);
      const int count = *rc::gen::inRange(0, 300);
      const std::string province =
          *rc::gen::element(std::string("01"), std::string("48"), std::string("91"), std::string());
      bool undecided = false;
      RC_ASSERT(*calendar->IsWorkingDay(from, province) ==
                oracle.Working(from, province, &undecided));
      RC_ASSERT(*calendar->WorkingDaysBetween(from, to, province) ==
                oracle.Between(from, to, province));
      const auto expected = oracle.Add(from, count, province, calendar->last_day());
      const auto actual = calendar->AddWorkingDays(from, count, province);
      RC_ASSERT(actual.ok() == expected.has_value());
      if (expected.has_value()) RC_ASSERT(*actual == *expected);
      if (!actual.ok() || count == 0) continue;
      // The day that ends a term lies as many working days after its start as the term has.
      RC_ASSERT(calendar->WorkingDaysAfterUntil(from, actual->day, province)->days == count);
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace twotier::calendar
