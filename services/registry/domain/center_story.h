// The centers of one province as they stand on one day, and how they come to the next one.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_STORY_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_STORY_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// A center on one day.
struct Site {
  // What is planned of it; the dates are not used. Absent: it is not there.
  std::optional<CenterVersion> plan;
  // Id of the change of units that closed it for ever, whatever is planned; empty: none did.
  std::string closed_by;
  UnitIds own;             // While it is suspended: what its successor served before it took over.
  std::string touched_by;  // Id of a change of units that changed it on this day.

  bool Operates() const {
    return plan.has_value() && closed_by.empty() && plan->state == CenterState::kOperating;
  }
};

// In the order of the centers.
using Sites = std::vector<Site>;

// A version as a plan.
CenterVersion Undated(CenterVersion version);

// Units that an operating center serves.
UnitIds ServedBy(const Sites& sites);
// Null when no provincial center operates.
Site* ProvincialSite(Sites& sites);

// Who hands over to whom on a day, by position, in both directions.
using Partners = std::map<size_t, size_t>;

// What follows by itself in a province. Everything it is given outlives it.
class CenterStory {
 public:
  // `changes` were not cancelled, and are in order of (date, id).
  CenterStory(const UnitTree& tree, std::vector<const ChangeEvent*> changes,
              absl::string_view province_code, const std::vector<CenterHistory>& centers)
      : tree_(tree), changes_(std::move(changes)), code_(province_code), centers_(centers) {}

  const std::vector<const ChangeEvent*>& changes() const { return changes_; }

  // The center at the end of `day`, as it is recorded.
  Site On(size_t center, absl::CivilDay day) const;

  // What the changes of units of the day make of the sites of the day before.
  void ByLaw(absl::CivilDay day, Sites& sites) const;

  // Adds to `sites` what centers take over and takes from them what they give back, where `decided`
  // differs from `by_law` in its states.
  Partners HandOver(const Sites& by_law, const Sites& decided, Sites& sites) const;

  // Lets the provincial center serve what centers that are closed by law were planned to serve, and
  // nobody else does by what is decided.
  void CoverFallen(absl::CivilDay day, const Sites& decided, Sites& sites) const;

  // The unit, where it lies in the province on the day; else null.
  const UnitVersion* UnitHere(const std::string& unit_id, absl::CivilDay day) const;

 private:
  // By position.
  struct Handover {
    size_t from = 0;
    size_t to = 0;
    bool back = false;  // `from` gets back what `to` took over from it.
  };

  std::vector<Handover> HandoversOf(const Sites& by_law, const Sites& decided) const;
  // Who stands in for a center that is suspended or closed since an earlier day.
  std::optional<size_t> StandIn(const Site& by_law, const Site& decided) const;
  void Cover(absl::CivilDay day, Sites& sites) const;
  std::optional<size_t> Find(absl::string_view id) const;

  const UnitTree& tree_;
  const std::vector<const ChangeEvent*> changes_;
  const absl::string_view code_;
  const std::vector<CenterHistory>& centers_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_STORY_H_
