// What becomes of the posts and bodies of a unit that a change has ended.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_ENDED_UNITS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_ENDED_UNITS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/handlers/env.h"

namespace twotier::personnel::handlers {

struct EndedUnit {
  std::string province_code;
  std::string unit;
  absl::CivilDay day;  // First one without it; not behind today.
  std::string act;
};

// What is there beyond the unit's end and can end: posts that nobody holds or is to hold, and
// bodies without others, each with the day on which it does. A post ends with the unit, or with
// whoever held it longer: the caretaker answers for those who are still there.
struct EmptyPlaces {
  std::vector<std::pair<Post, absl::CivilDay>> posts;
  std::vector<std::pair<Body, absl::CivilDay>> bodies;
  bool some_held = false;  // Others cannot end yet.

  bool empty() const { return posts.empty() && bodies.empty(); }
};
// Errors: those of db::Tx.
absl::StatusOr<EmptyPlaces> FindEmptyPlaces(const EndedUnit& ended, absl::CivilDay today,
                                            db::Tx& tx);

// Ends them. `call` is one of its own; it bumps the province. Errors: those of db::Tx.
absl::Status EndEmptyPlaces(const Env& env, const Call& call, const EndedUnit& ended, db::Tx& tx);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_ENDED_UNITS_H_
