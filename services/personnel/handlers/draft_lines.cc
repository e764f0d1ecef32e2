#include "services/personnel/handlers/draft_lines.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "common/status_macros.h"
#include "services/personnel/handlers/plans.h"

namespace twotier::personnel::handlers {
namespace {

using store::Plan;
using store::PlanLine;
using store::StaffOfUnit;

// Persons in units that the plan empties, with the appointment that each would leave.
absl::StatusOr<std::map<std::string, std::string>> InEmptiedUnits(const Plan& plan, db::Tx& tx) {
  std::map<std::string, std::string> left;
  for (const std::string& unit : plan.emptied_units) {
    ASSIGN_OR_RETURN(const std::vector<StaffOfUnit> staff, StaffToMove(plan, unit, tx));
    for (const StaffOfUnit& one : staff) left[one.person] = one.appointment_id;
  }
  return left;
}

}  // namespace

absl::StatusOr<std::vector<StaffOfUnit>> StaffToMove(const Plan& plan, const std::string& unit,
                                                     db::Tx& tx) {
  ASSIGN_OR_RETURN(std::vector<StaffOfUnit> staff,
                   store::ListStaff(tx, plan.province_code, unit, plan.effective_day));
  std::erase_if(staff, [&](const StaffOfUnit& one) {
    return !IsMain(one.kind) || one.first >= plan.effective_day;
  });
  return staff;
}

absl::StatusOr<std::vector<PlanLine>> CurrentLines(const Plan& plan, db::Tx& tx) {
  ASSIGN_OR_RETURN(std::vector<PlanLine> stored, AllLines(tx, plan));
  if (plan.state != store::PlanState::kDraft) return stored;
  ASSIGN_OR_RETURN(auto emptied, InEmptiedUnits(plan, tx));
  std::vector<PlanLine> lines;
  // Of units that go on, or of nobody there any more. All of them where it is not known which units
  // the plan empties: it was drafted before that was asked.
  std::vector<PlanLine> others;
  for (PlanLine& line : stored) {
    const auto found = emptied.find(line.person);
    if (found == emptied.end()) {
      others.push_back(std::move(line));
      continue;
    }
    line.appointment_id = std::move(found->second);
    emptied.erase(found);
    lines.push_back(std::move(line));
  }
  if (!others.empty()) {
    ASSIGN_OR_RETURN(const std::set<std::string> staying, store::WhoseLinesStand(tx, plan));
    std::erase_if(others, [&](const PlanLine& line) { return !staying.contains(line.person); });
    std::move(others.begin(), others.end(), std::back_inserter(lines));
  }
  for (auto& [person, appointment_id] : emptied) {
    PlanLine& came = lines.emplace_back();
    came.person = person;
    came.appointment_id = std::move(appointment_id);
  }
  std::sort(lines.begin(), lines.end(),
            [](const PlanLine& a, const PlanLine& b) { return a.person < b.person; });
  return lines;
}

absl::Status KeepLines(Plan& plan, const std::vector<PlanLine>& lines, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<PlanLine> stored, AllLines(tx, plan));
  std::map<std::string, const PlanLine*> kept;
  for (const PlanLine& line : lines) kept[line.person] = &line;
  for (const PlanLine& before : stored) {
    const auto now = kept.find(before.person);
    if (now == kept.end()) {
      RETURN_IF_ERROR(store::DeleteLine(tx, plan, before.person));
    } else if (now->second->appointment_id != before.appointment_id) {
      RETURN_IF_ERROR(store::UpdateLine(tx, plan, *now->second));
    }
  }
  plan.people = static_cast<int64_t>(lines.size());
  plan.placed = plan.people;
  return absl::OkStatus();
}

}  // namespace twotier::personnel::handlers
