// Two small provinces with centers, whose units and centers a test changes as calls do.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_COUNTRY_TESTING_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_COUNTRY_TESTING_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/registry/domain/carried_centers.h"
#include "services/registry/domain/center_cancellation.h"
#include "services/registry/domain/center_life.h"
#include "services/registry/domain/change_plan.h"
#include "services/registry/domain/retold_centers.h"
#include "services/registry/domain/testing.h"

namespace twotier::registry::testing {

inline constexpr absl::CivilDay kBegin(2025, 7, 1);
inline constexpr absl::CivilDay kDay(2027, 1, 1);
inline constexpr absl::CivilDay kToday(2026, 11, 22);

inline CenterVersion SiteFor(CenterKind kind, const std::string& unit,
                             std::vector<std::string> served, DateRange valid = {kBegin, kNoEnd}) {
  CenterVersion version;
  version.valid = valid;
  version.kind = kind;
  version.state = CenterState::kOperating;
  version.unit_id = unit;
  version.served_unit_ids = std::move(served);
  version.origin = Origin::kDerived;
  return version;
}

// A register of TwoProvinces with a provincial center of each, C1 to C4, and D9.
class Country {
 public:
  Country() {
    Add("48", "P", SiteFor(CenterKind::kProvincial, "uP", {"uP"}), "Tỉnh P");
    Add("01", "Q", SiteFor(CenterKind::kProvincial, "uQ", {"uQ"}), "Tỉnh Q");
    Add("01", "D9", SiteFor(CenterKind::kCommune, "u9", {"u9"}), "Xã 9");
    for (const std::string n : {"1", "2", "3", "4"}) {
      Add("48", "C" + n, SiteFor(CenterKind::kCommune, "u" + n, {"u" + n}), "Xã " + n);
    }
  }

  CenterHistory& center(const std::string& id) {
    for (CenterHistory& center : centers_) {
      if (center.id == id) return center;
    }
    std::abort();
  }
  const std::vector<CenterHistory>& centers() const { return centers_; }

  // Units that a center serves; "closed" where it is.
  std::vector<std::string> Served(const std::string& id, absl::CivilDay day) {
    const CenterVersion* version = VersionOn(center(id), day);
    if (version->state == CenterState::kClosed) return {"closed"};
    return version->served_unit_ids;
  }

  ChangeEvent Apply(std::vector<std::string> sources, std::vector<ChangeTarget> targets,
                    std::vector<ChangeEdge> edges, const std::string& id = "e1") {
    const UnitTree before = UnitTree::Build(units_).value();
    const ChangeRequest request{
        id, "act " + id, kDay, sources, targets, edges, targets.empty() ? "" : targets[0].unit_id};
    const PlannedChange planned = PlanChange(before, request).value();
    Write(planned.units);
    Write(CarryCenters(UnitTree::Build(units_).value(), centers_, planned.event).value());
    events_.push_back(planned.event);
    return planned.event;
  }

  void Cancel(const ChangeEvent& event) {
    const UnitTree with = UnitTree::Build(units_).value();
    const PlannedChange planned = PlanCancellation(with, {}, event, kToday).value();
    Write(planned.units);
    std::erase_if(units_, [](const UnitHistory& unit) { return unit.versions.empty(); });
    const auto returned =
        ReturnCenters(with, UnitTree::Build(units_).value(), centers_, events_, event);
    ASSERT_TRUE(returned.ok()) << returned.status();
    Write(*returned);
    std::erase_if(events_, [&](const ChangeEvent& other) { return other.id == event.id; });
  }

  // The province as a call sees it.
  Province province(const std::string& code) const {
    Province province;
    province.code = code;
    for (const UnitHistory& unit : units_) {
      for (const UnitVersion& version : unit.versions) {
        province.units.push_back({unit.id, unit.tier, version.type, version.code, version.full_name,
                                  version.province_code, version.valid});
      }
    }
    for (const CenterHistory& center : centers_) {
      if (center.province_code == code) province.centers.push_back(center);
    }
    province.models = {code, 1, {}};
    province.changes = events_;
    return province;
  }
  void Put(const Province& province) { Write(province.centers); }
  void Add(const CenterHistory& center) { centers_.push_back(center); }

  // Takes a step of a center of province 48.
  absl::Status Step(const std::string& id, CenterStep step, const std::string& successor,
                    absl::CivilDay day) {
    Province changed = province("48");
    const absl::Status status = TakeCenterStep(changed, id, step, successor, {day, "5/QĐ", ""});
    if (status.ok()) Put(changed);
    return status;
  }
  void Close(const std::string& id, const std::string& successor, absl::CivilDay day) {
    const absl::Status closed = Step(id, CenterStep::kClose, successor, day);
    ASSERT_TRUE(closed.ok()) << closed;
  }
  absl::Status CancelChange(const std::string& id, absl::CivilDay day) {
    Province changed = province("48");
    const UnitTree tree = UnitTree::Build(units_).value();
    const absl::Status status = CancelCenterChange(changed, tree, id, {day, "", ""}, kToday);
    if (status.ok()) Put(changed);
    return status;
  }

  // True when nothing differs but the numbers of records.
  bool Same(const std::vector<CenterHistory>& other) const {
    for (size_t i = 0; i < centers_.size(); ++i) {
      if (centers_[i].versions != other[i].versions || centers_[i].fallen != other[i].fallen) {
        return false;
      }
    }
    return true;
  }

 private:
  void Add(const std::string& province, const std::string& id, CenterVersion version,
           const std::string& name) {
    version.display_name = DisplayName(version.kind, name);
    version.organisation_id = id;
    centers_.push_back({province, id, 1, {std::move(version)}});
  }

  template <typename Record>
  static void WriteTo(std::vector<Record>& all, const std::vector<Record>& changed) {
    for (const Record& record : changed) {
      const auto at = std::find_if(all.begin(), all.end(),
                                   [&](const Record& old) { return old.id == record.id; });
      if (at == all.end()) {
        all.push_back(record);
      } else {
        *at = record;
      }
    }
  }
  void Write(const std::vector<UnitHistory>& changed) { WriteTo(units_, changed); }
  void Write(const std::vector<CenterHistory>& changed) { WriteTo(centers_, changed); }

  std::vector<UnitHistory> units_ = TwoProvinces();
  std::vector<CenterHistory> centers_;
  std::vector<ChangeEvent> events_;
};

inline ChangeTarget Goes(const std::string& id) {
  ChangeTarget target;
  target.unit_id = id;
  return target;
}

inline ChangeTarget Renamed(const std::string& id, const std::string& name) {
  ChangeTarget target = Goes(id);
  target.full_name = target.short_name = name;
  return target;
}

inline ChangeTarget Moved(const std::string& id, const std::string& parent) {
  ChangeTarget target = Goes(id);
  target.parent_id = parent;
  return target;
}

inline ChangeTarget Founded(const std::string& id, const std::string& code) {
  return {id, true, code, UnitType::kWard, "Phường " + id, id, "uP", {}, {}, {}};
}

inline ChangeEdge From(const std::string& source, const std::string& target,
                       std::optional<int64_t> people = std::nullopt) {
  return {source, target, Relation::kUnspecified, people};
}

}  // namespace twotier::registry::testing

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_COUNTRY_TESTING_H_
