#include "services/registry/domain/carried_centers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_carrier.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/refusals.h"

namespace twotier::registry {
namespace {

class Carriage {
 public:
  Carriage(const UnitTree& after, absl::Span<const CenterHistory> before, const ChangeEvent& event)
      : after_(after),
        before_(before),
        event_(event),
        carrier_(after, event),
        centers_(before.begin(), before.end()) {}

  absl::StatusOr<std::vector<CenterHistory>> Run() {
    for (CenterHistory& center : centers_) Carry(center);
    CoverTargets();
    CoverFallen();
    RETURN_IF_ERROR(refusals_.ToStatus());
    return ChangedCenters(before_, std::move(centers_), kCenterCarried);
  }

 private:
  void Carry(CenterHistory& center) const {
    std::optional<absl::CivilDay> closes;
    ChangeDuring(center.versions, {event_.effective}, event_.act, [&](CenterVersion& version) {
      if (carrier_.Carry(center.province_code, version) && !closes.has_value()) {
        closes = std::max(version.valid.first, event_.effective);
      }
    });
    // What fell by an earlier event comes back as if it had been carried.
    ChangeDuring(center.fallen, {event_.effective}, event_.act,
                 [&](CenterVersion& version) { carrier_.Carry(center.province_code, version); });
    if (closes.has_value()) CloseByLaw(center, *closes, event_.id);
  }

  // Lets the provincial center serve from the day on what nobody serves then, and refuses where
  // there is none but somebody did serve it.
  void Cover(const std::string& unit_id, const std::string& province_code, absl::CivilDay day,
             bool was_served) {
    if (ServedOn(centers_, day).contains(unit_id)) return;
    CenterHistory* provincial = ProvincialCenterOn(centers_, province_code, day);
    if (provincial != nullptr) {
      ChangeDuring(provincial->versions, {day}, event_.act, [&](CenterVersion& version) {
        if (version.state != CenterState::kClosed) AddServed(version, unit_id);
      });
    } else if (was_served) {
      refusals_.Add("UNITS_LEFT_UNCOVERED", unit_id,
                    absl::StrCat("would have no operating center on ", absl::FormatCivilTime(day)));
    }
  }

  void CoverTargets() {
    const UnitIds served_before = ServedOn(before_, event_.effective - 1);
    for (const std::string& target : TargetsOf(event_)) {
      const UnitVersion* unit = UnitOn(after_, target, event_.effective);
      if (unit == nullptr || unit->parent_id.empty()) continue;
      const bool was_served =
          std::any_of(event_.edges.begin(), event_.edges.end(), [&](const ChangeEdge& edge) {
            return edge.target_id == target && served_before.contains(edge.source_id);
          });
      Cover(target, unit->province_code, event_.effective, was_served);
    }
  }

  // Whoever was to stop serving a unit relied on the center that was to serve it instead.
  void CoverFallen() {
    std::vector<CenterHistory> closed;
    for (const CenterHistory& center : centers_) {
      if (center.fallen_by == event_.id) closed.push_back(center);
    }
    if (closed.empty()) return;
    for (const absl::CivilDay day : DaysFrom(before_, event_.effective)) {
      const UnitIds served_before = ServedOn(before_, day);
      for (const CenterHistory& center : closed) {
        const std::vector<CenterVersion> planned = PlannedFrom(center, day);
        if (planned.empty() || day < center.fallen.front().valid.first) continue;
        for (const std::string& unit_id : planned.front().served_unit_ids) {
          const UnitVersion* unit = UnitOn(after_, unit_id, day);
          if (unit == nullptr || unit->province_code != center.province_code) continue;
          Cover(unit_id, unit->province_code, day, served_before.contains(unit_id));
        }
      }
    }
  }

  const UnitTree& after_;
  const absl::Span<const CenterHistory> before_;
  const ChangeEvent& event_;
  const CenterCarrier carrier_;
  std::vector<CenterHistory> centers_;
  Refusals refusals_;
};

}  // namespace

absl::StatusOr<std::vector<CenterHistory>> CarryCenters(const UnitTree& after,
                                                        absl::Span<const CenterHistory> centers,
                                                        const ChangeEvent& event) {
  return Carriage(after, centers, event).Run();
}

}  // namespace twotier::registry
