#include "services/registry/domain/center_story.h"

#include <algorithm>
#include <utility>

#include "services/registry/domain/center_carrier.h"

namespace twotier::registry {
namespace {

// Whatever a change of units makes another one of rests on its act.
void Mark(const CenterVersion& before, const ChangeEvent& change, Site& site) {
  if (*site.plan == before) return;
  site.plan->origin = Origin::kRecorded;
  site.plan->act = change.act;
  site.touched_by = change.id;
}

const CenterVersion* PlanOn(const CenterHistory& center, absl::CivilDay day) {
  if (center.fallen.empty() || day < center.fallen.front().valid.first) {
    return VersionOn(center, day);
  }
  for (const CenterVersion& version : center.fallen) {
    if (version.valid.Contains(day)) return &version;
  }
  return nullptr;
}

}  // namespace

CenterVersion Undated(CenterVersion version) {
  version.valid = {};
  return version;
}

UnitIds ServedBy(const Sites& sites) {
  UnitIds served;
  for (const Site& site : sites) {
    if (!site.Operates()) continue;
    served.insert(site.plan->served_unit_ids.begin(), site.plan->served_unit_ids.end());
  }
  return served;
}

Site* ProvincialSite(Sites& sites) {
  const auto found = std::find_if(sites.begin(), sites.end(), [](const Site& site) {
    return site.Operates() && site.plan->kind == CenterKind::kProvincial;
  });
  return found == sites.end() ? nullptr : &*found;
}

std::optional<size_t> CenterStory::Find(absl::string_view id) const {
  for (size_t i = 0; i < centers_.size(); ++i) {
    if (centers_[i].id == id) return i;
  }
  return std::nullopt;
}

const UnitVersion* CenterStory::UnitHere(const std::string& unit_id, absl::CivilDay day) const {
  const UnitVersion* unit = UnitOn(tree_, unit_id, day);
  return unit != nullptr && unit->province_code == code_ ? unit : nullptr;
}

Site CenterStory::On(size_t center, absl::CivilDay day) const {
  const CenterHistory& history = centers_[center];
  Site site;
  const CenterVersion* version = PlanOn(history, day);
  if (version == nullptr) return site;
  site.plan = Undated(*version);
  if (!history.fallen.empty() && history.fallen.front().valid.first <= day) {
    site.closed_by = history.fallen_by;
  }
  if (version->state != CenterState::kSuspended) return site;
  const std::optional<size_t> successor = Find(version->successor_id);
  if (!successor.has_value()) return site;
  const absl::CivilDay since = SuspendedSince(history, *version);
  if (const CenterVersion* before = VersionOn(centers_[*successor], since - 1)) {
    site.own = {before->served_unit_ids.begin(), before->served_unit_ids.end()};
  }
  for (const ChangeEvent* change : changes_) {
    if (since <= change->effective && change->effective <= day) {
      site.own = UnitsAfter(*change, site.own);
    }
  }
  return site;
}

void CenterStory::ByLaw(absl::CivilDay day, Sites& sites) const {
  for (Site& site : sites) site.touched_by.clear();
  for (const ChangeEvent* change : changes_) {
    if (change->effective != day) continue;
    const CenterCarrier carrier(tree_, *change);
    for (Site& site : sites) {
      site.own = UnitsAfter(*change, site.own);
      if (!site.plan.has_value()) continue;
      const CenterVersion before = *site.plan;
      const bool closes = carrier.Carry(code_, *site.plan);
      if (closes && site.closed_by.empty()) site.closed_by = change->id;
      Mark(before, *change, site);
    }
  }
  Cover(day, sites);
}

void CenterStory::Cover(absl::CivilDay day, Sites& sites) const {
  Site* provincial = ProvincialSite(sites);
  if (provincial == nullptr) return;
  const UnitIds served = ServedBy(sites);
  for (const ChangeEvent* change : changes_) {
    if (change->effective != day) continue;
    const CenterVersion before = *provincial->plan;
    for (const std::string& target : TargetsOf(*change)) {
      const UnitVersion* unit = UnitHere(target, day);
      if (unit == nullptr || unit->parent_id.empty() || served.contains(target)) continue;
      AddServed(*provincial->plan, target);
    }
    Mark(before, *change, *provincial);
  }
}

void CenterStory::CoverFallen(absl::CivilDay day, const Sites& decided, Sites& sites) const {
  Site* provincial = ProvincialSite(sites);
  if (provincial == nullptr) return;
  UnitIds served;
  for (size_t i = 0; i < decided.size(); ++i) {
    if (!decided[i].Operates() || &sites[i] == provincial) continue;
    served.insert(decided[i].plan->served_unit_ids.begin(), decided[i].plan->served_unit_ids.end());
  }
  for (const ChangeEvent* change : changes_) {
    const CenterVersion before = *provincial->plan;
    for (const Site& site : decided) {
      if (site.closed_by != change->id || !site.plan.has_value()) continue;
      for (const std::string& unit_id : site.plan->served_unit_ids) {
        if (UnitHere(unit_id, day) == nullptr || served.contains(unit_id)) continue;
        AddServed(*provincial->plan, unit_id);
      }
    }
    Mark(before, *change, *provincial);
  }
}

std::vector<CenterStory::Handover> CenterStory::HandoversOf(const Sites& by_law,
                                                            const Sites& decided) const {
  std::vector<Handover> handovers;
  for (size_t i = 0; i < by_law.size(); ++i) {
    if (!by_law[i].plan.has_value() || !decided[i].plan.has_value()) continue;
    const CenterVersion& was = *by_law[i].plan;
    const CenterVersion& is = *decided[i].plan;
    const bool resumes =
        was.state == CenterState::kSuspended && is.state == CenterState::kOperating;
    const bool leaves = (is.state == CenterState::kSuspended || is.state == CenterState::kClosed) &&
                        (is.state != was.state || is.successor_id != was.successor_id);
    if (!resumes && !leaves) continue;
    const std::optional<size_t> other = Find(resumes ? was.successor_id : is.successor_id);
    if (other.has_value() && by_law[*other].plan.has_value()) {
      handovers.push_back({i, *other, resumes});
    }
  }
  // Who hands over also hands over what it takes on the same day: it was asked last.
  std::vector<Handover> ordered;
  while (!handovers.empty()) {
    const auto takes_no_more = [&](const Handover& one) {
      return std::none_of(handovers.begin(), handovers.end(), [&](const Handover& other) {
        return !other.back && other.to == one.from;
      });
    };
    auto next = std::find_if(handovers.begin(), handovers.end(), takes_no_more);
    if (next == handovers.end()) next = handovers.begin();
    ordered.push_back(*next);
    handovers.erase(next);
  }
  return ordered;
}

std::optional<size_t> CenterStory::StandIn(const Site& by_law, const Site& decided) const {
  if (!by_law.plan.has_value() || !decided.plan.has_value()) return std::nullopt;
  const CenterVersion& plan = *decided.plan;
  const bool is_away = plan.state == CenterState::kSuspended || plan.state == CenterState::kClosed;
  if (!is_away || plan.state != by_law.plan->state) return std::nullopt;
  return Find(plan.successor_id);
}

Partners CenterStory::HandOver(const Sites& by_law, const Sites& decided, Sites& sites) const {
  Partners partners;
  for (const auto& [from, to, back] : HandoversOf(by_law, decided)) {
    if (!sites[from].plan.has_value() || !sites[to].plan.has_value()) continue;
    partners.emplace(from, to);
    partners.emplace(to, from);
    CenterVersion& successor = *sites[to].plan;
    if (back) {
      const std::vector<std::string>& served = by_law[from].plan->served_unit_ids;
      const UnitIds& own = by_law[from].own;
      std::erase_if(successor.served_unit_ids, [&](const std::string& unit_id) {
        return std::binary_search(served.begin(), served.end(), unit_id) && !own.contains(unit_id);
      });
      continue;
    }
    const std::vector<std::string>& own = by_law[to].plan->served_unit_ids;
    sites[from].own = {own.begin(), own.end()};
    const std::vector<std::string> taken = sites[from].plan->served_unit_ids;
    for (const std::string& unit_id : taken) AddServed(successor, unit_id);
    // Whoever stands in for the successor since an earlier day takes it too.
    size_t away = to;
    for (size_t n = 0; n < sites.size(); ++n) {
      const std::optional<size_t> next = StandIn(by_law[away], decided[away]);
      if (!next.has_value() || !sites[*next].plan.has_value()) break;
      for (const std::string& unit_id : taken) AddServed(*sites[*next].plan, unit_id);
      partners.emplace(*next, from);
      away = *next;
    }
  }
  return partners;
}

}  // namespace twotier::registry
