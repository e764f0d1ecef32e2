// What becomes of centers when a change of units is taken back.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "services/registry/domain/carried_centers.h"
#include "services/registry/domain/center_versions.h"
#include "services/registry/domain/refusals.h"

namespace twotier::registry {
namespace {

bool Has(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

class Returner {
 public:
  Returner(const UnitTree& with, const UnitTree& without, const ChangeEvent& event)
      : with_(with),
        without_(without),
        event_(event),
        sources_(SourcesOf(event)),
        targets_(TargetsOf(event)) {}

  absl::StatusOr<std::vector<CenterHistory>> Run(absl::Span<const CenterHistory> centers) {
    served_before_ = ServedOn(centers, event_.effective - 1);
    std::vector<CenterHistory> returned(centers.begin(), centers.end());
    for (CenterHistory& center : returned) Return(center);
    TakeOverAgain(centers, returned);
    CoverSources(returned);
    for (CenterHistory& center : returned) JoinEqualNeighbours(center.versions);
    Refusals refusals;
    for (const CenterHistory& center : returned) CheckFounded(center, refusals);
    RETURN_IF_ERROR(refusals.ToStatus());
    return ChangedCenters(centers, std::move(returned), kCenterReturned);
  }

 private:
  // A source that centers of the province lost by the event: it ends, or goes on in another one.
  bool IsTaken(const std::string& unit_id, absl::string_view province_code) const {
    if (!Has(sources_, unit_id)) return false;
    const UnitVersion* unit = UnitOn(with_, unit_id, event_.effective);
    return unit == nullptr || unit->province_code != province_code;
  }

  // A unit that a center which had it not on the day before can have by the event alone.
  bool IsGiven(const CenterVersion& was, const std::string& unit_id) const {
    if (IsFounded(event_, unit_id)) return true;
    if (was.kind == CenterKind::kProvincial) {
      const UnitVersion* before = UnitOn(without_, unit_id, event_.effective);
      const UnitVersion* after = UnitOn(with_, unit_id, event_.effective);
      const bool moved =
          before != nullptr && after != nullptr && before->province_code != after->province_code;
      if (moved || !served_before_.contains(unit_id)) return true;
    }
    return std::any_of(event_.edges.begin(), event_.edges.end(), [&](const ChangeEdge& edge) {
      return edge.target_id == unit_id && !GoesOn(event_, edge.source_id) &&
             Has(was.served_unit_ids, edge.source_id);
    });
  }

  void Return(CenterHistory& center) const {
    const CenterVersion* found = VersionOn(center, event_.effective - 1);
    const std::optional<CenterVersion> was =
        found == nullptr ? std::nullopt : std::optional<CenterVersion>(*found);
    for (CenterVersion& version : center.versions) {
      if (version.valid.end <= event_.effective) continue;
      Rename(version);
      if (was.has_value()) Return(center, *was, version);
      RunFromHere(center, version);
    }
  }

  // A later version may be run by a unit that is not there, or elsewhere, without the event: then
  // by one that it serves, best by one that would have become that unit.
  void RunFromHere(const CenterHistory& center, CenterVersion& version) const {
    if (version.state == CenterState::kClosed || version.served_unit_ids.empty()) return;
    const UnitVersion* unit =
        UnitOn(without_, version.unit_id, std::max(version.valid.first, event_.effective));
    if (unit != nullptr && unit->province_code == center.province_code) return;
    std::string chosen = version.served_unit_ids.front();
    for (const ChangeEdge& edge : event_.edges) {
      if (edge.target_id == version.unit_id && Has(version.served_unit_ids, edge.source_id)) {
        chosen = edge.source_id;
      }
    }
    version.unit_id = chosen;
  }

  // `was` is what the center was the day before.
  void Return(const CenterHistory& center, const CenterVersion& was, CenterVersion& version) const {
    const bool closed = IsClosedByEvent(center, was, version);
    const bool chosen =
        Has(targets_, version.unit_id) || Has(version.served_unit_ids, version.unit_id);
    if (closed || version.state != CenterState::kClosed) ReturnServed(center, was, version);
    const bool reopens = closed && !version.served_unit_ids.empty();
    if (reopens) version.state = was.state;
    if (IsTaken(was.unit_id, center.province_code) && (chosen || reopens)) {
      version.unit_id = was.unit_id;
    }
    if (version.valid.first != event_.effective) return;
    // Nothing is left of the event at its date: nothing changes there.
    CenterVersion same = version;
    same.valid = was.valid;
    same.origin = was.origin;
    same.act = was.act;
    if (same != was) return;
    version.origin = was.origin;
    version.act = was.act;
  }

  // By an event, this one or a later one: who else closes a center names a successor, or says why
  // there is none.
  bool IsClosedByEvent(const CenterHistory& center, const CenterVersion& was,
                       const CenterVersion& version) const {
    return version.state == CenterState::kClosed && was.state != CenterState::kClosed &&
           version.successor_id.empty() && !was.served_unit_ids.empty() &&
           std::none_of(
               center.overrides.begin(), center.overrides.end(), [&](const CenterOverride& made) {
                 return event_.effective <= made.effective && made.effective <= version.valid.first;
               });
  }

  void ReturnServed(const CenterHistory& center, const CenterVersion& was,
                    CenterVersion& version) const {
    const std::vector<std::string> carried = version.served_unit_ids;
    UnitIds served(carried.begin(), carried.end());
    for (const std::string& target : targets_) {
      if (!Has(was.served_unit_ids, target) && IsGiven(was, target)) served.erase(target);
    }
    for (const std::string& unit_id : was.served_unit_ids) {
      if (!IsTaken(unit_id, center.province_code)) continue;
      // A later version that has nothing of what the unit became had lost it already.
      bool divided_here = false;
      bool kept = false;
      for (const ChangeEdge& edge : event_.edges) {
        const UnitVersion* target = UnitOn(with_, edge.target_id, event_.effective);
        if (edge.source_id != unit_id || target == nullptr ||
            target->province_code != center.province_code) {
          continue;
        }
        divided_here = true;
        kept = kept || Has(carried, edge.target_id);
      }
      if (kept || !divided_here) served.insert(unit_id);
    }
    version.served_unit_ids.assign(served.begin(), served.end());
  }

  // A center that was named after its unit has its old name again.
  void Rename(CenterVersion& version) const {
    const UnitVersion* before = UnitOn(without_, version.unit_id, event_.effective);
    const UnitVersion* after = UnitOn(with_, version.unit_id, event_.effective);
    if (before == nullptr || after == nullptr || before->full_name == after->full_name) return;
    if (version.display_name == DisplayName(version.kind, after->full_name)) {
      version.display_name = DisplayName(version.kind, before->full_name);
    }
  }

  // Centers that are closed or suspended from the event's date on hand over what they serve with
  // the event; without it they hand over what they have got back.
  void TakeOverAgain(absl::Span<const CenterHistory> carried,
                     std::vector<CenterHistory>& centers) const {
    struct Handover {
      const CenterHistory* from;
      CenterVersion version;
    };
    std::vector<Handover> handovers;
    for (const CenterHistory& center : centers) {
      for (const CenterVersion& version : center.versions) {
        if (event_.effective <= version.valid.first && !version.successor_id.empty()) {
          handovers.push_back({&center, version});
        }
      }
    }
    std::stable_sort(handovers.begin(), handovers.end(), [](const auto& a, const auto& b) {
      return a.version.valid.first < b.version.valid.first;
    });
    for (const Handover& handover : handovers) {
      const CenterHistory* from = handover.from;
      const CenterVersion& version = handover.version;
      const CenterVersion* before = VersionOn(*from, version.valid.first - 1);
      if (before == nullptr) continue;
      const std::vector<std::string> served = before->served_unit_ids;
      for (size_t i = 0; i < centers.size(); ++i) {
        if (centers[i].province_code != from->province_code ||
            centers[i].id != version.successor_id) {
          continue;
        }
        ChangeDuring(centers[i], version.valid, version.act, [&](CenterVersion& successor) {
          const absl::CivilDay day = std::max(successor.valid.first, version.valid.first);
          const CenterVersion* with_event = VersionOn(carried[i], day);
          for (const std::string& unit_id : served) {
            if (with_event != nullptr && IsCarriedBy(*with_event, unit_id)) {
              Serve(successor, {unit_id});
            }
          }
        });
      }
    }
  }

  // True when the version serves the source, or a unit that it goes to.
  bool IsCarriedBy(const CenterVersion& version, const std::string& source) const {
    return Has(sources_, source) &&
           (Has(version.served_unit_ids, source) ||
            std::any_of(event_.edges.begin(), event_.edges.end(), [&](const ChangeEdge& edge) {
              return edge.source_id == source && Has(version.served_unit_ids, edge.target_id);
            }));
  }

  static void Serve(CenterVersion& version, const std::vector<std::string>& unit_ids) {
    if (version.state == CenterState::kClosed) return;
    UnitIds served(version.served_unit_ids.begin(), version.served_unit_ids.end());
    served.insert(unit_ids.begin(), unit_ids.end());
    version.served_unit_ids.assign(served.begin(), served.end());
  }

  // Lets the provincial center serve what would be left to nobody.
  void CoverSources(std::vector<CenterHistory>& centers) const {
    std::set<absl::CivilDay> days = {event_.effective};
    for (const CenterHistory& center : centers) {
      for (const CenterVersion& version : center.versions) {
        if (event_.effective < version.valid.first) days.insert(version.valid.first);
      }
    }
    for (auto day = days.begin(); day != days.end(); ++day) {
      const DateRange range{*day, std::next(day) == days.end() ? kNoEnd : *std::next(day)};
      const UnitIds served = ServedOn(centers, *day);
      for (const std::string& source : sources_) {
        const UnitVersion* unit = UnitOn(without_, source, *day);
        if (unit == nullptr || !served_before_.contains(source) || served.contains(source)) {
          continue;
        }
        CenterHistory* provincial = ProvincialCenterOn(centers, unit->province_code, *day);
        if (provincial == nullptr) continue;
        ChangeDuring(*provincial, range, event_.act,
                     [&](CenterVersion& version) { Serve(version, {source}); });
      }
    }
  }

  void CheckFounded(const CenterHistory& center, Refusals& refusals) const {
    for (const CenterVersion& version : center.versions) {
      if (version.valid.end <= event_.effective || version.state == CenterState::kClosed) continue;
      for (const std::string& unit_id : event_.founded_ids) {
        if (version.unit_id != unit_id && !Has(version.served_unit_ids, unit_id)) continue;
        const std::string day = absl::FormatCivilTime(version.valid.first);
        refusals.Add("LATER_CHANGE_PLANNED", unit_id,
                     absl::StrCat("is to have provinces/", center.province_code, "/centers/",
                                  center.id, " from ", day),
                     {{"planned_date", day}});
      }
    }
  }

  const UnitTree& with_;
  const UnitTree& without_;
  const ChangeEvent& event_;
  const std::vector<std::string> sources_;
  const std::vector<std::string> targets_;
  UnitIds served_before_;  // On the day before.
};

}  // namespace

absl::StatusOr<std::vector<CenterHistory>> ReturnCenters(const UnitTree& with,
                                                         const UnitTree& without,
                                                         absl::Span<const CenterHistory> centers,
                                                         const ChangeEvent& event) {
  return Returner(with, without, event).Run(centers);
}

}  // namespace twotier::registry
