#include "services/registry/domain/retold_centers.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_story.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/refusals.h"

namespace twotier::registry {
namespace {

std::vector<std::string> Without(const std::vector<std::string>& ids,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> left;
  absl::c_set_difference(ids, others, std::back_inserter(left));
  return left;
}

std::vector<const ChangeEvent*> NotCancelled(absl::Span<const ChangeEvent> recorded,
                                             absl::string_view without) {
  std::vector<const ChangeEvent*> changes;
  for (const ChangeEvent& change : recorded) {
    if (!change.cancelled && change.id != without) changes.push_back(&change);
  }
  return changes;
}

// What is left out when the story is told again.
struct LeftOut {
  const ChangeEvent* change = nullptr;  // Or:
  size_t center = 0;                    // What was decided of it on the first day.
};

// Tells the story of one province twice.
class Retelling {
 public:
  // `told` and `again` are of the same centers.
  Retelling(CenterStory told, CenterStory again, const UnitTree& told_units,
            const UnitTree& again_units, const std::vector<CenterHistory>& centers,
            absl::CivilDay from, LeftOut left_out)
      : told_(std::move(told)),
        again_(std::move(again)),
        told_units_(told_units),
        again_units_(again_units),
        centers_(centers),
        from_(from),
        left_out_(left_out) {}

  void Run(Refusals& refusals) {
    refusals_ = &refusals;
    std::set<absl::CivilDay> days = DaysFrom(centers_, from_);
    days.insert(from_);
    for (const ChangeEvent* change : told_.changes()) {
      if (from_ <= change->effective) days.insert(change->effective);
    }
    Sites as_told;
    for (size_t i = 0; i < centers_.size(); ++i) as_told.push_back(told_.On(i, from_ - 1));
    served_before_ = ServedBy(as_told);
    Sites as_retold = as_told;
    for (const absl::CivilDay day : days) {
      Tell(day, as_told, as_retold);
      lines_[day] = Swept(day, as_told, as_retold);
    }
    for (size_t i = 0; i < centers_.size(); ++i) result_.centers.push_back(Written(i));
  }

  WithoutDecision& result() { return result_; }

 private:
  // Comes from the day before to `day`.
  void Tell(absl::CivilDay day, Sites& as_told, Sites& as_retold) {
    day_ = day;
    Sites expected = as_told;
    told_.ByLaw(day, expected);
    Sites is = Recorded(expected);
    const Sites by_law = expected;
    told_partners_ = told_.HandOver(by_law, is, expected);
    told_.CoverFallen(day, is, expected);
    Sites next = as_retold;
    again_.ByLaw(day, next);
    const Sites again_by_law = next;
    decided_.clear();
    for (size_t i = 0; i < is.size(); ++i) {
      is[i].own = expected[i].own;
      Decide(i, expected[i], is[i], next[i]);
    }
    again_partners_ = again_.HandOver(again_by_law, next, next);
    for (size_t i = 0; i < is.size(); ++i) {
      DecideServed(i, expected[i], is[i], next[i]);
      DecideAct(i, expected[i], is[i], next[i]);
      if (as_retold[i].closed_by.empty()) SpareDecided(next[i]);
    }
    again_.CoverFallen(day, next, next);
    for (Site& site : next) {
      if (!site.plan.has_value() || site.plan->served_unit_ids.empty()) continue;
      if (again_.UnitHere(site.plan->unit_id, day) != nullptr) continue;
      site.plan->unit_id = site.plan->served_unit_ids.front();
    }
    for (const auto& [i, partner] : again_partners_) {
      // Who takes over or gives back does so under the act of the other one's decision.
      if (!decided_.contains(partner) || !is[partner].plan.has_value()) continue;
      if (next[i].plan == again_by_law[i].plan || !next[i].plan.has_value()) continue;
      if (next[i].plan->act != again_by_law[i].plan->act || IsLater(is[i], next[i])) continue;
      next[i].plan->act = is[partner].plan->act;
      next[i].plan->origin = Origin::kRecorded;
    }
    if (day == from_ && left_out_.change == nullptr) Explain(by_law);
    for (size_t i = 0; i < is.size(); ++i) {
      if (FallsToday(i)) is[i].plan = told_.On(i, day_).plan;
    }
    as_told = std::move(is);
    as_retold = std::move(next);
  }

  // The sites as they are recorded for the day; `by_law` tells which of those that are closed were
  // closed by a change of units, and what they would be else.
  Sites Recorded(const Sites& by_law) const {
    Sites sites;
    for (size_t i = 0; i < centers_.size(); ++i) {
      Site site = told_.On(i, day_);
      if (site.closed_by.empty() && site.plan.has_value() && !by_law[i].closed_by.empty() &&
          IsClosedByLaw(centers_[i], *site.plan)) {
        site.closed_by = by_law[i].closed_by;
        site.plan->state = by_law[i].plan->state;
        site.plan->successor_id = by_law[i].plan->successor_id;
        site.plan->served_unit_ids = by_law[i].plan->served_unit_ids;
      } else if (FallsToday(i)) {
        // What was decided since of the center that closes is not in what fell.
        CenterVersion closed = Undated(*VersionOn(centers_[i], day_));
        closed.state = site.plan->state;
        closed.successor_id = site.plan->successor_id;
        closed.served_unit_ids = site.plan->served_unit_ids;
        site.plan = std::move(closed);
      }
      sites.push_back(std::move(site));
    }
    return sites;
  }

  bool FallsToday(size_t i) const {
    return !centers_[i].fallen.empty() && centers_[i].fallen.front().valid.first == day_;
  }

  // Who else closes a center names a successor, or says why there is none.
  bool IsClosedByLaw(const CenterHistory& center, const CenterVersion& plan) const {
    return plan.state == CenterState::kClosed && plan.successor_id.empty() &&
           std::none_of(center.overrides.begin(), center.overrides.end(),
                        [&](const CenterOverride& made) { return made.effective == day_; });
  }

  bool IsLeftOut(size_t i) const {
    return left_out_.change == nullptr && left_out_.center == i && day_ == from_;
  }

  // Notes that a fact of the center was decided on the day; false when it is not to be.
  bool IsDecided(size_t i, CenterFact fact) {
    decided_.insert(i);
    if (left_out_.change != nullptr || left_out_.center != i) return true;
    if (day_ == from_) {
      result_.undone.insert(fact);
      return false;
    }
    if (result_.undone.contains(fact) && !result_.decided_again.has_value()) {
      result_.decided_again = day_;
    }
    return true;
  }

  void Decide(size_t i, const Site& expected, const Site& is, Site& next) {
    if (!is.plan.has_value()) {
      next.plan.reset();
      return;
    }
    if (!expected.plan.has_value() || !next.plan.has_value()) {
      Found(i, is, next);
      return;
    }
    const CenterVersion& decided = *is.plan;
    CenterVersion& plan = *next.plan;
    for (const CenterFact fact : Differences(*expected.plan, decided)) {
      // Who is left without a unit here is run by one that it serves.
      const bool by_served = told_.UnitHere(expected.plan->unit_id, day_) == nullptr &&
                             absl::c_linear_search(decided.served_unit_ids, decided.unit_id);
      if (fact == CenterFact::kUnit && by_served) continue;
      if (!IsDecided(i, fact)) continue;
      if (fact == CenterFact::kUnit && again_.UnitHere(decided.unit_id, day_) == nullptr) continue;
      TakeFact(fact, decided, plan);
      if (fact == CenterFact::kName) plan.display_name = NameOf(decided, plan);
    }
  }

  // A name that was made of kind and unit is made of what these are now.
  std::string NameOf(const CenterVersion& decided, const CenterVersion& plan) const {
    const UnitVersion* was = UnitOn(told_units_, decided.unit_id, day_);
    const UnitVersion* is = UnitOn(again_units_, plan.unit_id, day_);
    if (was == nullptr || is == nullptr ||
        decided.display_name != DisplayName(decided.kind, was->full_name)) {
      return decided.display_name;
    }
    return DisplayName(decided.kind, is->full_name);
  }

  // The center begins.
  void Found(size_t i, const Site& is, Site& next) {
    decided_.insert(i);
    next.plan = is.plan;
    if (left_out_.change == nullptr) return;
    for (const std::string& unit_id : left_out_.change->founded_ids) {
      const auto& served = is.plan->served_unit_ids;
      if (is.plan->unit_id != unit_id && !absl::c_linear_search(served, unit_id)) continue;
      const std::string date = absl::FormatCivilTime(day_);
      refusals_->Add("LATER_CHANGE_PLANNED", unit_id,
                     absl::StrCat("is to have provinces/", centers_[i].province_code, "/centers/",
                                  centers_[i].id, " from ", date),
                     {{"planned_date", date}});
    }
  }

  // The units that `source` became by the change that is left out.
  std::vector<std::string> TargetsHere(const std::string& source) const {
    std::vector<std::string> targets;
    if (left_out_.change == nullptr) return targets;
    for (const ChangeEdge& edge : left_out_.change->edges) {
      if (edge.source_id == source && told_.UnitHere(edge.target_id, day_) != nullptr) {
        targets.push_back(edge.target_id);
      }
    }
    return targets;
  }

  void DecideServed(size_t i, const Site& expected, const Site& is, Site& next) {
    if (!next.plan.has_value()) return;
    CenterVersion& plan = *next.plan;
    if (expected.plan.has_value() && is.plan.has_value() &&
        is.plan->state != CenterState::kClosed) {
      const auto& before = expected.plan->served_unit_ids;
      const auto& after = is.plan->served_unit_ids;
      const std::vector<std::string> added = Without(after, before);
      const std::vector<std::string> removed = Without(before, after);
      if ((!added.empty() || !removed.empty()) && IsDecided(i, CenterFact::kServed)) {
        for (const std::string& unit_id : added) {
          if (again_.UnitHere(unit_id, day_) != nullptr) AddServed(plan, unit_id);
        }
        std::erase_if(plan.served_unit_ids, [&](const std::string& unit_id) {
          return absl::c_linear_search(removed, unit_id) || IsGone(unit_id, before, removed);
        });
      }
    }
    if (plan.state == CenterState::kClosed) plan.served_unit_ids.clear();
  }

  // True where a change of units of the day was decided after the hand-over: its act is recorded.
  static bool IsLater(const Site& is, const Site& next) {
    return !next.touched_by.empty() && is.plan.has_value() && is.plan->act == next.plan->act;
  }

  // The law does not close whom a decision of the day gives other units, or closes.
  static void SpareDecided(Site& next) {
    if (!next.plan.has_value()) return;
    const bool closes = next.plan->state == CenterState::kClosed;
    if (closes || !next.plan->served_unit_ids.empty()) next.closed_by.clear();
  }

  // True where the center was to lose all that the unit became: then it loses the unit.
  bool IsGone(const std::string& unit_id, const std::vector<std::string>& before,
              const std::vector<std::string>& removed) const {
    if (absl::c_linear_search(before, unit_id)) return false;
    bool any = false;
    for (const std::string& target : TargetsHere(unit_id)) {
      if (!absl::c_linear_search(before, target)) continue;
      if (!absl::c_linear_search(removed, target)) return false;
      any = true;
    }
    return any;
  }

  void DecideAct(size_t i, const Site& expected, const Site& is, Site& next) {
    if (!expected.plan.has_value() || !is.plan.has_value() || !next.plan.has_value()) return;
    if (is.plan->act == expected.plan->act && is.plan->origin == expected.plan->origin) return;
    if (IsLeftOut(i)) return;
    // Who only took over, or gave back, has the act of the other one.
    const bool alone = !decided_.contains(i) && told_partners_.contains(i);
    if (alone && !again_partners_.contains(i)) return;
    next.plan->act = is.plan->act;
    next.plan->origin = is.plan->origin;
  }

  // Why the center of the decision changes on its day where nothing was decided of it.
  void Explain(const Sites& by_law) {
    result_.by_change = by_law[left_out_.center].touched_by;
    const auto partner = told_partners_.find(left_out_.center);
    if (partner != told_partners_.end()) result_.by_center = centers_[partner->second].id;
  }

  // The sites of the day, with nobody left out by the change that is: those serve a unit that
  // served what it was to become, else the provincial center does.
  Sites Swept(absl::CivilDay day, const Sites& as_told, const Sites& as_retold) const {
    Sites sites = as_retold;
    if (left_out_.change == nullptr) return sites;
    const ChangeEvent& change = *left_out_.change;
    for (const std::string& source : SourcesOf(change)) {
      if (!served_before_.contains(source) || again_.UnitHere(source, day) == nullptr ||
          ServedBy(sites).contains(source)) {
        continue;
      }
      std::vector<std::string> carried = TargetsHere(source);
      carried.push_back(source);
      std::vector<Site*> heirs;
      for (size_t i = 0; i < sites.size(); ++i) {
        if (!sites[i].Operates() || !as_told[i].Operates()) continue;
        const auto& served = as_told[i].plan->served_unit_ids;
        if (absl::c_any_of(carried, [&](const std::string& unit_id) {
              return absl::c_linear_search(served, unit_id);
            })) {
          heirs.push_back(&sites[i]);
        }
      }
      if (heirs.empty()) heirs.push_back(ProvincialSite(sites));
      for (Site* heir : heirs) {
        if (heir == nullptr) continue;
        AddServed(*heir->plan, source);
        heir->plan->origin = Origin::kRecorded;
        heir->plan->act = change.act;
      }
    }
    return sites;
  }

  // The center as it is told again.
  CenterHistory Written(size_t i) const {
    CenterHistory center = centers_[i];
    std::optional<absl::CivilDay> closes;
    std::string closed_by;
    if (!center.fallen.empty() && center.fallen.front().valid.first < from_) {
      closes = center.fallen.front().valid.first;
      closed_by = center.fallen_by;
    }
    std::vector<CenterVersion> versions;
    for (CenterVersion& version : PlannedFrom(center, absl::CivilDay::min())) {
      if (from_ <= version.valid.first) break;
      version.valid.end = std::min(version.valid.end, from_);
      versions.push_back(std::move(version));
    }
    for (auto line = lines_.begin(); line != lines_.end(); ++line) {
      const Site& site = line->second[i];
      if (!site.plan.has_value()) continue;
      versions.push_back(*site.plan);
      const auto next = std::next(line);
      versions.back().valid = {line->first, next == lines_.end() ? kNoEnd : next->first};
      if (closes.has_value() || site.closed_by.empty()) continue;
      closes = line->first;
      closed_by = site.closed_by;
    }
    center.versions = std::move(versions);
    center.fallen.clear();
    center.fallen_by.clear();
    if (closes.has_value()) CloseByLaw(center, *closes, closed_by);
    JoinEqualNeighbours(center.versions);
    return center;
  }

  const CenterStory told_;
  const CenterStory again_;
  const UnitTree& told_units_;
  const UnitTree& again_units_;
  const std::vector<CenterHistory>& centers_;
  const absl::CivilDay from_;
  const LeftOut left_out_;
  Refusals* refusals_ = nullptr;
  UnitIds served_before_;
  absl::CivilDay day_;        // That is being told.
  std::set<size_t> decided_;  // Centers of which something was decided for it.
  Partners told_partners_;    // Of the day.
  Partners again_partners_;
  std::map<absl::CivilDay, Sites> lines_;
  WithoutDecision result_;
};

// Provinces of the units before and after.
std::set<std::string> ProvincesOf(const UnitTree& with, const UnitTree& without,
                                  const ChangeEvent& event) {
  std::set<std::string> codes;
  const auto add = [&](const UnitTree& tree, const std::string& unit_id) {
    if (const UnitVersion* unit = UnitOn(tree, unit_id, event.effective)) {
      codes.insert(unit->province_code);
    }
  };
  for (const ChangeEdge& edge : event.edges) {
    add(without, edge.source_id);
    add(with, edge.target_id);
  }
  return codes;
}

}  // namespace

absl::StatusOr<std::vector<CenterHistory>> ReturnCenters(const UnitTree& with,
                                                         const UnitTree& without,
                                                         absl::Span<const CenterHistory> centers,
                                                         absl::Span<const ChangeEvent> recorded,
                                                         const ChangeEvent& event) {
  std::vector<CenterHistory> returned;
  Refusals refusals;
  for (const std::string& code : ProvincesOf(with, without, event)) {
    std::vector<CenterHistory> before;
    for (const CenterHistory& center : centers) {
      if (center.province_code != code) continue;
      before.push_back(center);
      JoinEqualNeighbours(before.back().versions);
    }
    Retelling retelling(CenterStory(with, NotCancelled(recorded, ""), code, before),
                        CenterStory(without, NotCancelled(recorded, event.id), code, before), with,
                        without, before, event.effective, {.change = &event});
    retelling.Run(refusals);
    absl::c_move(ChangedCenters(before, std::move(retelling.result().centers), kCenterReturned),
                 std::back_inserter(returned));
  }
  RETURN_IF_ERROR(refusals.ToStatus());
  return returned;
}

WithoutDecision TakeBackDecision(const UnitTree& tree, absl::Span<const CenterHistory> centers,
                                 absl::Span<const ChangeEvent> recorded, absl::string_view id,
                                 absl::CivilDay day) {
  const std::vector<CenterHistory> before(centers.begin(), centers.end());
  LeftOut left_out;
  while (before[left_out.center].id != id) ++left_out.center;
  const std::string code = before[left_out.center].province_code;
  const CenterStory story(tree, NotCancelled(recorded, ""), code, before);
  Retelling retelling(story, story, tree, tree, before, day, left_out);
  Refusals refusals;
  retelling.Run(refusals);
  WithoutDecision& result = retelling.result();
  for (size_t i = 0; i < before.size(); ++i) {
    // Equal neighbours that were stored as two are no difference.
    std::vector<CenterVersion> joined = before[i].versions;
    JoinEqualNeighbours(joined);
    if (joined == result.centers[i].versions) result.centers[i].versions = before[i].versions;
  }
  return std::move(result);
}

}  // namespace twotier::registry
