// Places people in posts: exact, and the same answer whatever machine or solver finds it.
#ifndef TWOTIER_SERVICES_PERSONNEL_MATCHING_H_
#define TWOTIER_SERVICES_PERSONNEL_MATCHING_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace twotier::personnel {

// A kind of place that somebody fits, and how well.
struct Choice {
  int place = 0;         // Index in MatchProblem::places.
  int preference = 0;    // 0: asked for first; at most kPreferenceMax.
  int64_t distance = 0;  // In any unit, at most kDistanceMax.
};

// People who fit the same places equally well.
struct MatchGroup {
  int people = 0;
  std::vector<Choice> choices;  // In ascending order of `place`, each at most once.
};

// Who is to be placed, and how many posts of each kind are open. Posts of one unit with the same
// demands are one kind of place.
struct MatchProblem {
  std::vector<MatchGroup> groups;
  std::vector<int> places;  // Posts of each kind.
};

// Bounds that keep the sums within 64 bits: the staff of the largest province, kinds of posts of
// all its units, a dozen wishes, and the length of the country in units of 100 m.
inline constexpr int kMatchedPeopleMax = 15'000;
inline constexpr int kMatchedPlacesMax = 20'000;
inline constexpr int kPreferenceMax = 12;
inline constexpr int64_t kDistanceMax = 20'000;

// How many of one group go to one kind of place.
struct Placement {
  int place = 0;  // kUnplaced: none was left that they fit.
  int people = 0;

  friend bool operator==(const Placement&, const Placement&) = default;
};
inline constexpr int kUnplaced = -1;

struct Matching {
  std::vector<std::vector<Placement>> groups;  // Parallel to the problem's; places ascending.
  int64_t unplaced = 0;
  int64_t preference = 0;  // Sum over all who are placed.
  int64_t distance = 0;
};

// The matching that leaves as few as possible unplaced; of those the one with the least sum of
// preferences, then of distances; of those the one that gives the first group as many places of the
// lowest index as it can have, and so on: there is one such matching, and no order of pivots shows
// in it. The optimum is found by a minimum-cost flow (network simplex), whose potentials tell which
// choices stand in any optimum; among these the last rule is applied by rotating flow.
//
// INVALID_ARGUMENT for a problem that is out of bounds or not in the form above; INTERNAL
// `BROKEN_INVARIANT` when the solver fails, which it cannot: everybody may stay unplaced.
absl::StatusOr<Matching> Match(const MatchProblem& problem);

}  // namespace twotier::personnel

#endif  // TWOTIER_SERVICES_PERSONNEL_MATCHING_H_
