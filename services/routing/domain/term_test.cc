#include "services/routing/domain/term.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/calendar/testing.h"
#include "common/clock.h"
#include "services/routing/domain/dossier_clock.h"

namespace twotier::routing {
namespace {

using enum TermUnit;

Term Of(int value, TermUnit unit, bool half = false, std::optional<int> cutoff = std::nullopt) {
  return {value, half, unit, cutoff};
}

TEST(NeverLater, ComparesWhatNoCalendarCanChange) {
  const Term at_once = Of(0, kImmediate);
  const Term at_once_until_15 = Of(0, kImmediate, false, 900);
  const struct {
    Term term;
    Term other;
    bool never_later;
  } cases[] = {
      {Of(5, kWorkingDay), Of(5, kWorkingDay), true},
      {Of(5, kWorkingDay), Of(5, kWorkingDay, true), true},
      {Of(5, kWorkingDay, true), Of(5, kWorkingDay), false},
      {Of(70, kWorkingDay), Of(140, kWorkingDay), true},
      // Five working days are a week, unless a holiday makes them more.
      {Of(5, kWorkingDay), Of(7, kCalendarDay), false},
      {Of(5, kCalendarDay), Of(5, kWorkingDay), true},
      {Of(6, kCalendarDay), Of(5, kWorkingDay), false},
      {Of(4, kHour), Of(8, kHour), true},
      {Of(8, kHour, true), Of(8, kHour), false},
      // Received at midnight, seventeen hours end with the office hours of the day after.
      {Of(17, kHour), Of(1, kWorkingDay), true},
      {Of(18, kHour), Of(1, kWorkingDay), false},
      {Of(41, kHour), Of(2, kCalendarDay), true},
      {Of(1, kWorkingDay), Of(100, kHour), false},
      {at_once, Of(1, kWorkingDay), true},
      {at_once, Of(0, kWorkingDay, true), false},
      {at_once, Of(8, kHour), false},
      {at_once, at_once_until_15, true},
      {at_once_until_15, at_once, false},
      {Of(3, kWorkingDay), Of(3, kWorkingDay, false, 900), true},
      {Of(3, kWorkingDay, false, 900), Of(3, kWorkingDay), false},
      {Of(3, kWorkingDay, false, 960), Of(3, kWorkingDay, false, 900), true},
      {Term(), Of(3, kWorkingDay), false},
      {Of(3, kWorkingDay), Term(), false},
  };
  for (const auto& [term, other, never_later] : cases) {
    EXPECT_EQ(NeverLater(term, other), never_later) << TextOf(term) << " and " << TextOf(other);
  }
}

rc::Gen<Term> AnyTerm() {
  return rc::gen::exec([] {
    Term term;
    term.unit = *rc::gen::element(kWorkingDay, kCalendarDay, kHour, kImmediate);
    if (term.unit != kImmediate) term.value = *rc::gen::inRange(1, term.unit == kHour ? 60 : 8);
    if (term.unit == kWorkingDay || term.unit == kHour) term.half = *rc::gen::arbitrary<bool>();
    if (term.unit != kHour && *rc::gen::arbitrary<bool>()) {
      term.cutoff_minute = *rc::gen::inRange(600, 1200);
    }
    return term;
  });
}

// On the national calendar of two years, at any minute of any day.
RC_GTEST_PROP(NeverLater, HoldsForEveryReception, ()) {
  static const auto calendar = calendar::Calendar::Build(calendar::PublishedEntriesForTest(),
                                                         {.first_year = 2025, .last_year = 2027})
                                   .value();
  const Term term = *AnyTerm();
  const Term other = *AnyTerm();
  RC_PRE(NeverLater(term, other));
  for (int i = 0; i < 20; ++i) {
    const absl::CivilDay day = absl::CivilDay(2025, 1, 1) + *rc::gen::inRange(0, 2 * 365);
    const absl::Time received =
        absl::FromCivil(day, VietnamTimeZone()) + absl::Minutes(*rc::gen::inRange(0, 24 * 60));
    const auto due = DueOf(*calendar, term, received, "48");
    const auto other_due = DueOf(*calendar, other, received, "48");
    RC_ASSERT(due.ok() && other_due.ok());
    RC_ASSERT(due->time <= other_due->time);
  }
}

std::vector<TermStep> Steps(std::vector<Term> terms) {
  std::vector<TermStep> steps;
  for (const Term& term : terms) steps.push_back({"Phòng Hộ tịch", term});
  return steps;
}

TEST(AddUp, EveryUnitIsAddedUpByItself) {
  const struct {
    std::vector<Term> steps;
    Term term;
    bool adds_up;
    const char* sum;
  } cases[] = {
      {{Of(0, kWorkingDay, true), Of(2, kWorkingDay), Of(0, kWorkingDay, true)},
       Of(3, kWorkingDay),
       true,
       "3 working days"},
      {{Of(1, kWorkingDay), Of(1, kWorkingDay, true)},
       Of(2, kWorkingDay),
       false,
       "2.5 working days"},
      {{Of(0, kImmediate), Of(2, kWorkingDay)}, Of(2, kWorkingDay), true, "2 working days"},
      // Eight hours are no day, and no part of one.
      {{Of(2, kWorkingDay), Of(8, kHour)}, Of(3, kWorkingDay), false, "2 working days and 8 hours"},
      {{Of(2, kWorkingDay), Of(8, kHour)}, Of(2, kWorkingDay), false, "2 working days and 8 hours"},
      {{Of(5, kCalendarDay)}, Of(5, kWorkingDay), false, "5 calendar days"},
      {{Of(4, kHour), Of(1, kHour, true)}, Of(5, kHour, true), true, "5.5 hours"},
      {{Of(0, kImmediate), Of(0, kImmediate)}, Of(0, kImmediate), true, "immediate"},
      {{Of(1, kHour)}, Of(0, kImmediate), false, "1 hour"},
  };
  for (const auto& [terms, term, adds_up, sum] : cases) {
    EXPECT_EQ(AddUp(Steps(terms), term), adds_up) << sum << " and " << TextOf(term);
    EXPECT_EQ(SumText(Steps(terms)), sum);
  }
}

TEST(TextOf, NamesWhatIsPublished) {
  EXPECT_EQ(TextOf(Of(1, kWorkingDay, true)), "1.5 working days");
  EXPECT_EQ(TextOf(Of(1, kCalendarDay)), "1 calendar day");
  EXPECT_EQ(TextOf(Of(0, kImmediate, false, 900)), "immediate, until minute 900");
}

}  // namespace
}  // namespace twotier::routing
