// The published calendar of 2025 to 2027, for tests.
#ifndef TWOTIER_COMMON_CALENDAR_TESTING_H_
#define TWOTIER_COMMON_CALENDAR_TESTING_H_

#include <vector>

#include "common/calendar/calendar.h"

namespace twotier::calendar {

inline std::vector<Entry> PublishedEntriesForTest() {
  using Day = absl::CivilDay;
  constexpr EntryKind kOff = EntryKind::kStatutory;
  constexpr EntryKind kMakeup = EntryKind::kMakeupWork;
  constexpr EntryKind kSwapped = EntryKind::kSwappedOff;
  constexpr EntryKind kInLieu = EntryKind::kInLieu;
  constexpr EntryKind kProposed = EntryKind::kProposed;
  const Day code(2021, 1, 1), notice2025(2024, 12, 31), swap2026(2025, 12, 31);
  const Day notice2026(2025, 10, 16), culture(2026, 7, 1), proposal(2026, 9, 22);
  const struct {
    Day date;
    EntryKind kind;
    Day known_from;
  } kRows[] = {
      {Day(2025, 1, 1), kOff, code},
      {Day(2025, 1, 27), kOff, notice2025},
      {Day(2025, 1, 28), kOff, notice2025},
      {Day(2025, 1, 29), kOff, notice2025},
      {Day(2025, 1, 30), kOff, notice2025},
      {Day(2025, 1, 31), kOff, notice2025},
      {Day(2025, 4, 7), kOff, code},
      {Day(2025, 4, 26), kMakeup, notice2025},
      {Day(2025, 4, 30), kOff, code},
      {Day(2025, 5, 1), kOff, code},
      {Day(2025, 5, 2), kSwapped, notice2025},
      {Day(2025, 9, 1), kOff, notice2025},
      {Day(2025, 9, 2), kOff, code},
      {Day(2026, 1, 1), kOff, code},
      {Day(2026, 1, 2), kSwapped, swap2026},
      {Day(2026, 1, 10), kMakeup, swap2026},
      {Day(2026, 2, 16), kOff, notice2026},
      {Day(2026, 2, 17), kOff, notice2026},
      {Day(2026, 2, 18), kOff, notice2026},
      {Day(2026, 2, 19), kOff, notice2026},
      {Day(2026, 2, 20), kOff, notice2026},
      {Day(2026, 4, 26), kOff, code},
      {Day(2026, 4, 27), kInLieu, code},
      {Day(2026, 4, 30), kOff, code},
      {Day(2026, 5, 1), kOff, code},
      {Day(2026, 8, 22), kMakeup, notice2026},
      {Day(2026, 8, 31), kSwapped, notice2026},
      {Day(2026, 9, 1), kOff, notice2026},
      {Day(2026, 9, 2), kOff, code},
      {Day(2026, 11, 24), kOff, culture},
      {Day(2027, 1, 1), kOff, code},
      {Day(2027, 2, 4), kProposed, proposal},
      {Day(2027, 2, 5), kProposed, proposal},
      {Day(2027, 2, 8), kProposed, proposal},
      {Day(2027, 2, 9), kProposed, proposal},
      {Day(2027, 2, 10), kProposed, proposal},
      {Day(2027, 2, 11), kProposed, proposal},
      {Day(2027, 2, 12), kProposed, proposal},
      {Day(2027, 4, 16), kOff, code},
      {Day(2027, 4, 30), kOff, code},
      {Day(2027, 5, 3), kInLieu, code},
      {Day(2027, 9, 1), kProposed, proposal},
      {Day(2027, 9, 2), kOff, code},
      {Day(2027, 9, 3), kProposed, proposal},
      {Day(2027, 11, 24), kOff, culture},
  };
  std::vector<Entry> entries;
  for (const auto& row : kRows) {
    entries.push_back(Entry{.date = row.date, .kind = row.kind, .known_from = row.known_from});
  }
  return entries;
}

}  // namespace twotier::calendar

#endif  // TWOTIER_COMMON_CALENDAR_TESTING_H_
