// Dossiers beside the staff of the units whose centers received them.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_WORKLOAD_H_
#define TWOTIER_TOOLS_TWOTIERCTL_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "twotier/personnel/v1/staffing.pb.h"
#include "twotier/registry/v1/center.pb.h"
#include "twotier/routing/v1/dossier_statistics.pb.h"

namespace twotier::ctl {

struct Workload {
  std::string unit;  // Empty: of centers that are not among those given.
  int64_t posts = 0;
  int64_t filled = 0;
  int64_t received = 0;
  int64_t open = 0;     // Of those received: not ended yet.
  int64_t overdue = 0;  // Of those open.

  // Dossiers received for each post that is filled, in tenths, rounded down; 0 without such a post.
  int64_t TenthsAPost() const { return filled == 0 ? 0 : received * 10 / filled; }
};

// One line for each unit that has posts or dossiers, in order of the units. `counts` may hold
// several periods: their numbers add up.
std::vector<Workload> WorkloadOf(
    const google::protobuf::RepeatedPtrField<personnel::v1::UnitStaffing>& units,
    const google::protobuf::RepeatedPtrField<routing::v1::CenterDossierCount>& counts,
    const google::protobuf::RepeatedPtrField<registry::v1::Center>& centers);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_WORKLOAD_H_
