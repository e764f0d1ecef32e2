#include "tools/twotierctl/workload.h"

#include <map>
#include <utility>

namespace twotier::ctl {
namespace {

bool HasEnded(routing::v1::DossierState state) {
  return state == routing::v1::DOSSIER_STATE_NOT_RECEIVED ||
         state == routing::v1::DOSSIER_STATE_WITHDRAWN ||
         state == routing::v1::DOSSIER_STATE_STOPPED ||
         state == routing::v1::DOSSIER_STATE_RETURNED;
}

}  // namespace

std::vector<Workload> WorkloadOf(
    const google::protobuf::RepeatedPtrField<personnel::v1::UnitStaffing>& units,
    const google::protobuf::RepeatedPtrField<routing::v1::CenterDossierCount>& counts,
    const google::protobuf::RepeatedPtrField<registry::v1::Center>& centers) {
  std::map<std::string, Workload> lines;
  for (const personnel::v1::UnitStaffing& unit : units) {
    for (const personnel::v1::GradeLine& grade : unit.grades()) {
      lines[unit.unit()].posts += grade.posts();
      lines[unit.unit()].filled += grade.filled();
    }
  }
  std::map<std::string, std::string> unit_of;
  for (const registry::v1::Center& center : centers) unit_of[center.name()] = center.unit();
  for (const routing::v1::CenterDossierCount& of_center : counts) {
    Workload& line = lines[unit_of[of_center.center()]];
    line.received += of_center.count().total();
    line.overdue += of_center.count().overdue();
    for (const routing::v1::DossierStateCount& of_state : of_center.count().states()) {
      if (!HasEnded(of_state.state())) line.open += of_state.count();
    }
  }
  std::vector<Workload> in_order;
  for (auto& [unit, line] : lines) {
    line.unit = unit;
    in_order.push_back(std::move(line));
  }
  return in_order;
}

}  // namespace twotier::ctl
