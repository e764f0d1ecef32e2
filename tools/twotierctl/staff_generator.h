// Posts and people for a demonstration: made up, marked as such, the same on every machine.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_STAFF_GENERATOR_H_
#define TWOTIER_TOOLS_TWOTIERCTL_STAFF_GENERATOR_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "twotier/personnel/v1/staff_import.pb.h"
#include "twotier/registry/v1/unit.pb.h"

namespace twotier::ctl {

// The communes of today began, and with them everybody's post.
inline constexpr absl::CivilDay kReformDay(2025, 7, 1);
// Posts of one commune: the frame of 09/CV-BCD (council chair and vice chair, committee chair, two
// vice chairs) and the offices of Decree 150/2025 Art. 15, 32 in all.
inline constexpr int kPostsOfCommune = 32;
// Of those, posts of vice chairs of the committee, below the pool of 2.5 on average.
inline constexpr int kViceChairsOfCommune = 2;
// Posts of a province that sign: chairs of Council and Committee.
inline constexpr int kPostsOfProvince = 2;

// The staff of a commune or a province. `number` is its place among all units of its tier: names,
// ages and the few vacancies (one post in fifty) follow from it.
std::vector<personnel::v1::StaffRow> SyntheticStaff(const registry::v1::Unit& unit, int number);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_STAFF_GENERATOR_H_
