#include "services/registry/changes.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "services/registry/convert_changes.h"
#include "services/registry/domain/past_events.h"
#include "services/registry/domain/succession_plan.h"

namespace twotier::registry {

Changes::Changes(RegisterState& state, const UnitTree& tree)
    : events_(DerivePastEvents(tree, state.change_events)),
      reports_(std::move(state.succession_reports)) {
  events_.insert(events_.end(), std::make_move_iterator(state.change_events.begin()),
                 std::make_move_iterator(state.change_events.end()));
  std::sort(events_.begin(), events_.end(), [](const ChangeEvent& a, const ChangeEvent& b) {
    return std::tie(a.effective, a.id) < std::tie(b.effective, b.id);
  });
  for (size_t i = 0; i < events_.size(); ++i) {
    by_id_.emplace(events_[i].id, i);
    if (events_[i].origin == Origin::kRecorded) recorded_.push_back(i);
  }
  for (const CenterHistory& center : state.centers) {
    if (!center.fallen.empty()) fallen_.push_back(center);
  }
  for (WithdrawnUnit& unit : state.withdrawn) withdrawn_.emplace(unit.id, std::move(unit));
}

const ChangeEvent* Changes::FindEvent(absl::string_view id) const {
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : &events_[it->second];
}

absl::Span<const SuccessionReport> Changes::ReportsOf(absl::string_view event_id) const {
  const auto begin = std::lower_bound(
      reports_.begin(), reports_.end(), event_id,
      [](const SuccessionReport& report, absl::string_view id) { return report.event_id < id; });
  const auto end = std::find_if(begin, reports_.end(), [&](const SuccessionReport& report) {
    return report.event_id != event_id;
  });
  return absl::MakeConstSpan(reports_).subspan(static_cast<size_t>(begin - reports_.begin()),
                                               static_cast<size_t>(end - begin));
}

std::vector<SuccessionReport> Changes::PlanOf(const ChangeEvent& event,
                                              absl::Span<const CenterHistory> centers) const {
  const absl::Span<const SuccessionReport> reported = ReportsOf(event.id);
  std::vector<SuccessionReport> reports(reported.begin(), reported.end());
  SuccessionReport own = OwnReport(event, centers);
  const auto at = std::find_if(reports.begin(), reports.end(), [&](const SuccessionReport& report) {
    return own.service < report.service;
  });
  reports.insert(at, std::move(own));
  return reports;
}

v1::Resource Changes::At(size_t index) const {
  if (index < recorded_.size()) return ToResource(events_[recorded_[index]], fallen_);
  return ToResource(reports_[index - recorded_.size()]);
}

std::optional<v1::Resource> Changes::Find(absl::string_view subject) const {
  if (const auto it = withdrawn_.find(UnitIdOf(subject)); it != withdrawn_.end()) {
    return ToResource(it->second);
  }
  if (SegmentOf(subject, 0) != "changeEvents") return std::nullopt;
  const absl::string_view id = SegmentOf(subject, 1);
  const absl::string_view service = SegmentOf(subject, 3);
  if (service.empty()) {
    const ChangeEvent* event = FindEvent(id);
    if (event == nullptr || event->origin != Origin::kRecorded) return std::nullopt;
    return ToResource(*event, fallen_);
  }
  for (const SuccessionReport& report : ReportsOf(id)) {
    if (report.service == service) return ToResource(report);
  }
  return std::nullopt;
}

}  // namespace twotier::registry
