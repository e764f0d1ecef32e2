#include "services/registry/domain/change_plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/domain/resolution.h"
#include "services/registry/domain/shares.h"
#include "services/registry/domain/unit_type.h"

namespace twotier::registry {
namespace {

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

class Planner {
 public:
  Planner(const UnitTree& tree, const ChangeRequest& request) : tree_(tree), request_(request) {
    for (const ChangeEdge& edge : request.edges) {
      ++out_[edge.source_id];
      in_[edge.target_id].push_back(&edge);
    }
  }

  absl::StatusOr<PlannedChange> Run() {
    RETURN_IF_ERROR(CheckDay(request_.effective - 1));
    RETURN_IF_ERROR(FindSources());
    RETURN_IF_ERROR(refusals_.ToStatus());
    for (const ChangeTarget& target : request_.targets) Build(target);
    CheckCodes();
    CheckCaretaker();
    RETURN_IF_ERROR(refusals_.ToStatus());
    return Finish();
  }

 private:
  // A source of the event as it is the day before.
  struct Source {
    const UnitHistory* unit = nullptr;
    const UnitVersion* version = nullptr;
  };

  bool Divided(const std::string& source_id) const { return out_.at(source_id) > 1; }

  // Nothing comes or goes: the unit only gets another name, type, parent or code.
  bool Alone(const std::string& unit_id) const {
    const auto& in = in_.at(unit_id);
    return in.size() == 1 && in[0]->source_id == unit_id && !Divided(unit_id);
  }

  absl::Status FindSources() {
    std::vector<error::PreconditionViolation> missing;
    for (const std::string& id : request_.source_ids) {
      const std::optional<uint32_t> index = tree_.Find(id);
      if (!index.has_value()) {
        missing.push_back({"UNIT", absl::StrCat("units/", id), "there is no such unit"});
        continue;
      }
      const UnitHistory& unit = tree_.unit(*index);
      const std::optional<VersionRef> ref = tree_.On(*index, request_.effective - 1);
      if (ref.has_value()) {
        AddSource(unit, tree_.version(*ref));
      } else {
        error::Metadata metadata = {{"begins", Text(unit.versions.front().valid.first)}};
        if (unit.versions.back().valid.end != kNoEnd) {
          metadata.emplace_back("ends", Text(unit.versions.back().valid.end));
        }
        refusals_.Add("UNIT_ENDED", id,
                      absl::StrCat("does not exist on ", Text(request_.effective - 1)),
                      std::move(metadata));
      }
    }
    if (missing.empty()) return absl::OkStatus();
    return error::WithPreconditions(UnitNotFound(missing[0].subject, request_.effective - 1),
                                    missing);
  }

  void AddSource(const UnitHistory& unit, const UnitVersion& version) {
    sources_[unit.id] = {&unit, &version};
    if (version.valid.end != kNoEnd) {
      refusals_.Add(
          "LATER_CHANGE_PLANNED", unit.id,
          absl::StrCat("changes on ", Text(version.valid.end), ", which is not before this event"),
          {{"planned_date", Text(version.valid.end)}});
    }
    if (unit.tier == Tier::kProvince && !(in_.contains(unit.id) && Alone(unit.id))) {
      refusals_.Add("PROVINCE_BY_IMPORT", unit.id,
                    "is a province: merged and divided by an import of the new lists alone");
    }
  }

  // The version of a target from the date on.
  void Build(const ChangeTarget& target) {
    UnitVersion after;
    Tier tier = Tier::kCommune;
    if (!target.founded) {
      after = *sources_.at(target.unit_id).version;
      tier = sources_.at(target.unit_id).unit->tier;
      if (!Alone(target.unit_id)) ForgetFigures(after);
    }
    after.valid = {request_.effective, kNoEnd};
    after.change = Relation::kUnspecified;
    after.act = request_.act;
    if (!target.code.empty()) after.code = target.code;
    if (target.type != UnitType::kUnspecified) after.type = target.type;
    if (!target.full_name.empty()) after.full_name = target.full_name;
    if (!target.short_name.empty()) after.short_name = target.short_name;
    if (!target.parent_id.empty()) after.parent_id = target.parent_id;
    if (target.area_hectares.has_value()) {
      after.area_hectares = *target.area_hectares;
      after.area_quality = FigureQuality::kOneSource;
    }
    if (target.population.has_value()) {
      after.population = target.population;
      after.population_quality = FigureQuality::kOneSource;
      after.population_estimate = *target.population;
    }
    if (target.point.has_value()) after.point = target.point;
    CheckType(target, tier, after);
    if (tier == Tier::kCommune) Place(target.unit_id, after);
    if (!target.founded) {
      const UnitVersion& before = *sources_.at(target.unit_id).version;
      after.change = Divided(target.unit_id) ? Relation::kPart : OwnChange(before, after);
      CheckChanges(target.unit_id, before, after);
    }
    after_.emplace(target.unit_id, std::move(after));
  }

  static void ForgetFigures(UnitVersion& version) {
    version.area_hectares = 0;
    version.area_quality = FigureQuality::kUnspecified;
    version.population.reset();
    version.population_quality = FigureQuality::kUnspecified;
    version.population_estimate = 0;
  }

  void CheckType(const ChangeTarget& target, Tier tier, const UnitVersion& after) {
    if (target.founded && TypeFits(Tier::kProvince, after.type, request_.effective)) {
      refusals_.Add("PROVINCE_BY_IMPORT", target.unit_id, "would be a new province");
    } else if (!TypeFits(tier, after.type, request_.effective)) {
      refusals_.Add("UNIT_TYPE_NOT_ALLOWED", target.unit_id,
                    "has a type that does not fit its level, or that ended on 1 July 2025");
    }
    if (tier == Tier::kProvince && !target.code.empty() &&
        target.code != sources_.at(target.unit_id).version->code) {
      refusals_.Add("PROVINCE_BY_IMPORT", target.unit_id, "is a province and keeps its code");
    }
    if (tier == Tier::kProvince && !after.parent_id.empty()) {
      refusals_.Add("WRONG_PARENT", target.unit_id, "is a province: it belongs to no other unit");
    }
  }

  // Finds the province of a commune.
  void Place(const std::string& unit_id, UnitVersion& after) {
    const std::optional<uint32_t> parent = tree_.Find(after.parent_id);
    const std::optional<VersionRef> ref =
        parent.has_value() ? tree_.On(*parent, request_.effective) : std::nullopt;
    if (!ref.has_value() || tree_.unit(*parent).tier != Tier::kProvince ||
        tree_.unit(*parent).versions.back().valid.end != kNoEnd) {
      refusals_.Add(
          "WRONG_PARENT", unit_id,
          absl::StrCat("would belong to units/", after.parent_id,
                       ", which is no province that goes on from ", Text(request_.effective)));
      return;
    }
    after.province_code = tree_.version(*ref).province_code;
  }

  void CheckChanges(const std::string& unit_id, const UnitVersion& before,
                    const UnitVersion& after) {
    if (!Alone(unit_id)) return;
    UnitVersion same = after;
    same.valid = before.valid;
    same.change = before.change;
    same.act = before.act;
    if (same == before) refusals_.Add("NOTHING_CHANGES", unit_id, "would stay as it is");
  }

  void CheckCodes() {
    std::map<std::string, std::string> taken;  // Unit after, by code.
    for (const auto& [unit_id, after] : after_) {
      const auto [it, added] = taken.emplace(after.code, unit_id);
      if (!added) {
        refusals_.Add("CODE_IN_USE", unit_id,
                      absl::StrCat("would share code ", after.code, " with units/", it->second));
      }
      for (const VersionRef ref : tree_.WithCode(after.code)) {
        const UnitHistory& other = tree_.unit(ref.unit);
        if (sources_.contains(other.id)) continue;  // What it is from the date on stands in after_.
        if (tree_.version(ref).valid.end <= request_.effective) continue;
        refusals_.Add(
            "CODE_IN_USE", unit_id,
            absl::StrCat("would have code ", after.code, ", which is that of units/", other.id));
        break;
      }
    }
  }

  void CheckCaretaker() {
    const std::string& id = request_.caretaker_id;
    if (id.empty() || after_.contains(id)) return;
    const std::optional<uint32_t> unit = tree_.Find(id);
    if (unit.has_value() && !sources_.contains(id) &&
        tree_.On(*unit, request_.effective).has_value()) {
      return;
    }
    refusals_.Add("CARETAKER_MISSING", id,
                  absl::StrCat("is no unit of ", Text(request_.effective)));
  }

  Relation RelationOfEdge(const ChangeEdge& edge) const {
    if (Divided(edge.source_id)) return RelationOf(edge.population_ppm, edge.area_ppm);
    if (edge.source_id != edge.target_id) return Relation::kWhole;
    return after_.at(edge.target_id).change;
  }

  absl::StatusOr<PlannedChange> Finish() {
    PlannedChange planned;
    ChangeEvent& event = planned.event;
    event.id = request_.event_id;
    event.version = 1;
    event.effective = request_.effective;
    event.act = request_.act;
    event.caretaker_id = request_.caretaker_id;
    event.edges = request_.edges;
    for (ChangeEdge& edge : event.edges) {
      edge.relation = RelationOfEdge(edge);
      if (!Divided(edge.source_id)) edge.population_ppm = edge.area_ppm = kWholePpm;
    }
    for (const ChangeTarget& target : request_.targets) {
      if (!target.founded) continue;
      event.founded_ids.push_back(target.unit_id);
      planned.units.push_back({target.unit_id,
                               Tier::kCommune,
                               1,
                               {after_.at(target.unit_id)},
                               {},
                               std::string(kUnitChanged)});
    }
    for (const auto& [id, source] : sources_) planned.units.push_back(After(event, source));
    event.kinds = KindsOf(
        event,
        [this](const std::string& id) {
          const auto it = sources_.find(id);
          return it == sources_.end() ? nullptr : it->second.version;
        },
        [this](const std::string& id) {
          const auto it = after_.find(id);
          return it == after_.end() ? nullptr : &it->second;
        });
    if (!event.kinds.empty()) return planned;
    refusals_.Add("NOTHING_CHANGES", request_.source_ids.front(),
                  "would only end and begin again under another id");
    return refusals_.ToStatus();
  }

  UnitHistory After(const ChangeEvent& event, const Source& source) const {
    UnitHistory unit = *source.unit;
    ++unit.version;
    unit.last_change = std::string(kUnitChanged);
    unit.versions.back().valid.end = request_.effective;
    if (const auto it = after_.find(unit.id); it != after_.end()) {
      unit.versions.push_back(it->second);
    }
    for (const ChangeEdge& edge : event.edges) {
      // What a version's own change says needs no step.
      if (edge.source_id != unit.id || (edge.target_id == unit.id && !Divided(unit.id))) continue;
      unit.successions.push_back({edge.target_id, event.effective, edge.relation, event.act,
                                  Origin::kRecorded, edge.population_ppm, edge.area_ppm,
                                  edge.hamlets});
    }
    SortSteps(unit.successions);
    return unit;
  }

  const UnitTree& tree_;
  const ChangeRequest& request_;
  Refusals refusals_;
  std::map<std::string, int> out_;                            // Edges out of a source.
  std::map<std::string, std::vector<const ChangeEdge*>> in_;  // Edges into a target.
  std::map<std::string, Source> sources_;
  std::map<std::string, UnitVersion> after_;  // From the date on, by unit.
};

}  // namespace

absl::Status CheckForm(const ChangeRequest& request) {
  error::Violations without_target;
  error::Violations cycle;
  error::Violations shares;
  for (size_t i = 0; i < request.source_ids.size(); ++i) {
    std::vector<PartShares> parts;
    for (size_t e = 0; e < request.edges.size(); ++e) {
      const ChangeEdge& edge = request.edges[e];
      if (edge.source_id != request.source_ids[i]) continue;
      parts.push_back({edge.population_ppm, edge.area_ppm, absl::StrCat("edges[", e, "]")});
    }
    if (parts.empty()) {
      without_target.Add(absl::StrCat("sources[", i, "]"),
                         "has no edge: say what becomes of it, or leave it out");
    }
    CheckShares(parts, shares);
  }
  for (size_t t = 0; t < request.targets.size(); ++t) {
    const ChangeTarget& target = request.targets[t];
    const bool from_itself =
        std::any_of(request.edges.begin(), request.edges.end(), [&](const ChangeEdge& edge) {
          return edge.source_id == target.unit_id && edge.target_id == target.unit_id;
        });
    if (!target.founded && !from_itself) {
      cycle.Add(absl::StrCat("targets[", t, "]"),
                "goes on: add an edge from it to itself, of what stays or of all");
    }
  }
  error::Violations all;
  absl::string_view reason;
  for (const auto& [name, found] : {std::pair<absl::string_view, const error::Violations*>{
                                        "SOURCE_WITHOUT_TARGET", &without_target},
                                    {"SUCCESSION_CYCLE", &cycle},
                                    {"SHARES_DO_NOT_SUM", &shares}}) {
    if (reason.empty() && !found->empty()) reason = name;
    for (const error::FieldViolation& violation : found->all()) {
      all.Add(violation.field, violation.description);
    }
  }
  return all.ToStatus(reason);
}

absl::StatusOr<PlannedChange> PlanChange(const UnitTree& tree, const ChangeRequest& request) {
  return Planner(tree, request).Run();
}

absl::StatusOr<PlannedChange> PlanCancellation(const UnitTree& tree,
                                               absl::Span<const ChangeEvent> recorded,
                                               const ChangeEvent& event, absl::CivilDay today) {
  if (event.cancelled) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("changeEvents/", event.id, " was cancelled"),
                             "CHANGE_EVENT_CANCELLED");
  }
  if (event.effective <= today) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("changeEvents/", event.id, " took effect on ", Text(event.effective)),
        "CHANGE_EVENT_IN_FORCE", {{"effective_date", Text(event.effective)}});
  }
  PlannedChange planned;
  planned.event = event;
  ++planned.event.version;
  planned.event.cancelled = true;
  std::vector<std::string> touched = SourcesOf(event);
  touched.insert(touched.end(), event.founded_ids.begin(), event.founded_ids.end());
  Refusals refusals;
  for (const std::string& id : touched) {
    const std::optional<uint32_t> index = tree.Find(id);
    if (!index.has_value()) {
      return error::WithReason(
          absl::StatusCode::kInternal,
          absl::StrCat("changeEvents/", event.id, " names units/", id, ", which is not there"),
          "BROKEN_INVARIANT", {{"unit", id}});
    }
    UnitHistory unit = tree.unit(*index);
    const bool ended = !GoesOn(event, id) && !IsFounded(event, id);
    const DateRange last = unit.versions.back().valid;
    const bool as_planned =
        ended ? last.end == event.effective : last.first == event.effective && last.end == kNoEnd;
    if (!as_planned) {
      const absl::CivilDay later = last.end == kNoEnd ? last.first : last.end;
      refusals.Add("LATER_CHANGE_PLANNED", id,
                   absl::StrCat("changes again on ", Text(later), ": cancel that first"),
                   {{"planned_date", Text(later)}});
      continue;
    }
    ++unit.version;
    unit.last_change = std::string(kUnitChangeCancelled);
    if (!ended) unit.versions.pop_back();
    if (unit.versions.empty()) {
      unit.last_change = std::string(kUnitWithdrawn);
    } else {
      unit.versions.back().valid.end = kNoEnd;
    }
    std::erase_if(unit.successions,
                  [&](const Succession& step) { return step.effective == event.effective; });
    planned.units.push_back(std::move(unit));
  }
  for (const ChangeEvent& other : recorded) {
    if (other.id == event.id || other.cancelled || !IsFounded(event, other.caretaker_id)) continue;
    refusals.Add("LATER_CHANGE_PLANNED", other.caretaker_id,
                 absl::StrCat("answers for what changeEvents/", other.id, " leaves"),
                 {{"planned_date", Text(other.effective)}});
  }
  RETURN_IF_ERROR(refusals.ToStatus());
  return planned;
}

}  // namespace twotier::registry
