// The rows of a register's database, as they stand there.
//
// This is the checker's own reading: it shares no code with services/registry, so that a mistake
// there is not made here too.
#ifndef TWOTIER_TOOLS_VERIFY_REGISTER_ROWS_H_
#define TWOTIER_TOOLS_VERIFY_REGISTER_ROWS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/verify/event_chain.h"

namespace twotier::verify {

// "No end is known" of a range of dates, 9999-12-31, and of a row that still holds.
inline constexpr int64_t kNoEndDay = 2932896;
inline constexpr int64_t kStillHolds = std::numeric_limits<int64_t>::max();

// Versions of a record between which a row was believed: from `since`, before `until`.
struct Belief {
  int64_t since = 0;
  int64_t until = kStillHolds;
  bool Holds() const { return until == kStillHolds; }
  bool At(int64_t version) const { return since <= version && version < until; }
};

struct UnitRow {
  std::string id;
  int64_t first_day = 0;
  int64_t end_day = 0;
  Belief belief;
  int64_t tier = 0;  // 1 province, 2 district, 3 commune.
  int64_t type = 0;  // 8: an area that belonged to no commune.
  std::string code;
  std::string parent_id;
  std::string province_code;
};

struct StepRow {
  std::string source_id;
  std::string target_id;
  int64_t day = 0;
  Belief belief;
  // Parts per million of the source; absent: not known.
  std::optional<int64_t> population_ppm;
  std::optional<int64_t> area_ppm;
};

// A change of units that a call recorded.
struct ChangeRow {
  std::string id;
  Belief belief;
  int64_t day = 0;
  std::string caretaker_id;  // Empty where no unit ends.
  bool cancelled = false;
};

struct ChangeEdgeRow {
  std::string event_id;
  std::string source_id;
  std::string target_id;
  bool target_founded = false;
};

struct CenterRow {
  std::string province_code;
  std::string id;
  int64_t first_day = 0;
  int64_t end_day = 0;
  Belief belief;
  int64_t kind = 0;   // 1: the provincial center, which does not count for a commune.
  int64_t state = 0;  // 3: operating.
};

struct ServedRow {
  std::string province_code;
  std::string center_id;
  int64_t first_day = 0;  // Of the version of the center.
  std::string unit_id;
  Belief belief;
};

struct RegisterRows {
  std::vector<UnitRow> units;      // By id, first day, since.
  std::vector<StepRow> steps;      // By source, day, target, since.
  std::vector<ChangeRow> changes;  // By id, since.
  std::vector<ChangeEdgeRow> change_edges;
  std::vector<CenterRow> centers;  // By province, id, first day, since.
  std::vector<ServedRow> served;
  std::vector<EventRow> events;  // By province, subject, version.
  int64_t head_position = 0;
  int64_t head_known_us = 0;
};

// Reads everything in one read-only transaction. Errors: those of ConnectReadOnly, DATA_LOSS (the
// feed has no head), those of the engine.
absl::StatusOr<RegisterRows> ReadRegisterRows(absl::string_view url);

// "2025-07-01" of a day since 1970-01-01.
std::string DayText(int64_t day);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_REGISTER_ROWS_H_
