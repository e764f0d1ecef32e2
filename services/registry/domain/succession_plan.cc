#include "services/registry/domain/succession_plan.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/registry/domain/carried_centers.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/retold_centers.h"

namespace twotier::registry {

SuccessionReport OwnReport(const ChangeEvent& event, absl::Span<const CenterHistory> centers) {
  SuccessionReport report;
  report.event_id = event.id;
  report.service = std::string(kOwnService);
  if (event.cancelled) return report;
  const std::vector<std::string> ended = EndedBy(event);
  if (ended.empty()) return report;
  for (const CenterHistory& center : centers) {
    const CenterVersion* before = VersionOn(center, event.effective - 1);
    if (before == nullptr || before->state == CenterState::kClosed ||
        std::find(ended.begin(), ended.end(), before->unit_id) == ended.end()) {
      continue;
    }
    ++report.open;
    if (center.last_change != kCenterCarried && center.last_change != kCenterReturned &&
        center.last_change != kCenterCorrected) {
      ++report.planned;
    } else if (report.unplanned_items.size() < kUnplannedItemsMax) {
      report.unplanned_items.push_back(
          absl::StrCat("provinces/", center.province_code, "/centers/", center.id));
    }
  }
  return report;
}

int64_t Unplanned(absl::Span<const SuccessionReport> reports) {
  int64_t unplanned = 0;
  for (const SuccessionReport& report : reports) unplanned += report.open - report.planned;
  return unplanned;
}

std::string AnswerableUnit(const UnitTree& tree, const ChangeEvent& event, absl::CivilDay today) {
  const std::string& caretaker = event.caretaker_id;
  if (const std::optional<uint32_t> unit = tree.Find(caretaker);
      !unit.has_value() || tree.On(*unit, today).has_value()) {
    return caretaker;
  }
  UnitQuery query;
  query.unit_id = caretaker;
  const Resolution resolution = Resolve(tree, query, today);
  const ResolvedUnit* largest = nullptr;
  for (const ResolvedUnit& result : resolution.results) {
    if (largest == nullptr ||
        largest->population_ppm.value_or(0) < result.population_ppm.value_or(0)) {
      largest = &result;
    }
  }
  return largest == nullptr ? caretaker : tree.unit(largest->unit.unit).id;
}

}  // namespace twotier::registry
