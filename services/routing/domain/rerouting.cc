#include "services/routing/domain/rerouting.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::routing {
namespace {

// Reforms that one dossier can live through: a bound for records that lead in a circle.
constexpr int kReformsMax = 64;

bool Exists(const Register& units, absl::string_view unit, absl::CivilDay day) {
  const UnitRecord* record = units.FindUnit(unit);
  return record != nullptr && record->On(day) != nullptr;
}

bool Operates(const Register& units, absl::string_view center, absl::CivilDay day) {
  return OperatingCenter(units.FindCenter(center), center, day).ok();
}

// The center belongs to the province that the unit lies in.
bool LiesWith(const Register& units, absl::string_view center, const UnitRecord& unit,
              absl::CivilDay day) {
  const CenterRecord* record = units.FindCenter(center);
  return record != nullptr && record->province_code == unit.On(day)->province_code;
}

absl::Status SuccessorRequired(absl::string_view unit, const std::string& successors) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("nothing says which unit follows ", unit, " for this dossier"),
      "SUCCESSOR_REQUIRED", {{"unit", std::string(unit)}, {"successors", successors}});
}

// Units that `unit` became directly, by `day`.
std::vector<std::string> StepsBy(const UnitRecord& unit, absl::CivilDay day) {
  std::vector<std::string> targets;
  for (const UnitSuccessor& step : unit.successors) {
    if (step.effective <= day) targets.push_back(step.unit);
  }
  return targets;
}

// A unit that exists on the day, and why it follows.
struct Followed {
  const UnitRecord* unit = nullptr;
  SuccessorBasis basis = SuccessorBasis::kNone;
};

// The successor of `ended` that a choice names; null when none does.
absl::StatusOr<Followed> Chosen(const Register& units, const UnitRecord& ended,
                                absl::string_view dossier, const SuccessorChoices& choices,
                                absl::CivilDay day) {
  const auto for_dossier = choices.of_dossier.find(dossier);
  const auto for_unit = choices.of_unit.find(ended.name);
  Followed followed;
  if (for_dossier != choices.of_dossier.end()) {
    RETURN_IF_ERROR(CheckSuccessor(units, ended, for_dossier->second, day));
    followed = {units.FindUnit(for_dossier->second), SuccessorBasis::kChosenForDossier};
  } else if (for_unit != choices.of_unit.end()) {
    RETURN_IF_ERROR(CheckSuccessor(units, ended, for_unit->second, day));
    followed = {units.FindUnit(for_unit->second), SuccessorBasis::kChosenForUnit};
  }
  return followed;
}

// Where what a unit was that has ended goes on. Reform by reform: each has its own caretaker, and
// the operator may choose for each unit on the way. `dossier` is empty where no choice for a
// dossier counts.
absl::StatusOr<Followed> Follow(const Register& units, absl::string_view name,
                                absl::string_view dossier, const SuccessorChoices& choices,
                                absl::CivilDay day) {
  Followed followed{units.FindUnit(name), SuccessorBasis::kNone};
  for (int reform = 0; reform < kReformsMax && followed.unit != nullptr; ++reform) {
    const UnitRecord& current = *followed.unit;
    if (current.On(day) != nullptr) return followed;
    ASSIGN_OR_RETURN(const Followed chosen, Chosen(units, current, dossier, choices, day));
    if (chosen.unit != nullptr) return chosen;
    const std::vector<std::string> alive = units.SuccessorsOn(current, day);
    const std::vector<std::string> steps = StepsBy(current, day);
    const ChangeRecord* change = units.ChangeEnding(current.name);
    if (alive.size() == 1 || steps.size() == 1) {
      followed.unit = units.FindUnit(alive.size() == 1 ? alive.front() : steps.front());
      if (followed.basis == SuccessorBasis::kNone) followed.basis = SuccessorBasis::kOnly;
    } else if (!alive.empty() && change != nullptr && change->effective <= day) {
      followed = {units.FindUnit(change->caretaker), SuccessorBasis::kCaretaker};
    } else {
      return SuccessorRequired(current.name, absl::StrJoin(alive, ","));
    }
  }
  return SuccessorRequired(name, "");
}

absl::StatusOr<CompetentBody> BodyAfter(const Catalogue& catalogue, const Register& units,
                                        const Dossier& dossier, const UnitRecord& unit,
                                        absl::CivilDay day) {
  const UnitRecord* own = units.FindUnit(dossier.body.unit);
  const UnitVersion* version = own == nullptr ? nullptr : own->On(day);
  // A body decides in its own province alone.
  const bool stays = version != nullptr && version->province_code == unit.On(day)->province_code;
  if (stays) return dossier.body;
  CompetenceQuery query;
  query.procedure_code = dossier.procedure_code;
  query.unit = unit.name;
  query.as_of = day;
  query.case_key = dossier.case_key;
  const absl::StatusOr<Competence> competence = ResolveBody(catalogue, units, query);
  if (competence.ok()) return competence->body;
  std::optional<CompetentBody> same = SameBodyIn(units, dossier.body, unit, day);
  if (same) return *std::move(same);
  return SuccessorRequired(dossier.body.unit, "");
}

// An agency answers for its unit; where that was divided, only a choice for the unit or the
// caretaker can say which part took over. Where that is the competent body itself, the dossier is
// still to be given back, which lets its clock go on.
absl::StatusOr<CompetentBody> AgencyAfter(const Register& units, const Dossier& dossier,
                                          const SuccessorChoices& choices, absl::CivilDay day) {
  if (dossier.agency.unit.empty() || Exists(units, dossier.agency.unit, day)) return dossier.agency;
  ASSIGN_OR_RETURN(const Followed followed,
                   Follow(units, dossier.agency.unit, /*dossier=*/"", choices, day));
  std::optional<CompetentBody> same = SameBodyIn(units, dossier.agency, *followed.unit, day);
  if (!same) return SuccessorRequired(dossier.agency.unit, "");
  return *std::move(same);
}

bool IsBoundaryFree(const Catalogue& catalogue, const Dossier& dossier, const UnitRecord& unit,
                    absl::CivilDay day) {
  const CatalogueEntry* entry = catalogue.Find(dossier.procedure_code);
  const ProcedureVersion* version =
      entry == nullptr ? nullptr : entry->In(unit.On(day)->province_code, day);
  return version != nullptr && version->procedure.boundary == Boundary::kFree;
}

// What `Rerouting::change_events` says.
std::vector<std::string> EventsOf(const Register& units, const DossierBasis& from_basis,
                                  const Placement& from, const Placement& to, absl::CivilDay day) {
  std::vector<std::string> events;
  if (from.unit == to.unit && IsLeftBehind(units, from_basis, day)) {
    const ChangeRecord* change = units.ChangeMoving(from.unit, day);
    if (change != nullptr) events.push_back(change->name);
  }
  for (const auto& [before, after] :
       {std::pair(&from.unit, &to.unit), std::pair(&from.body.unit, &to.body.unit),
        std::pair(&from.agency.unit, &to.agency.unit)}) {
    const ChangeRecord* change = *before == *after ? nullptr : units.ChangeEnding(*before);
    if (change == nullptr) continue;
    const bool known = std::find(events.begin(), events.end(), change->name) != events.end();
    if (!known) events.push_back(change->name);
  }
  return events;
}

// The center that has it, and the one that returns its result.
absl::Status PlaceCenters(const Catalogue& catalogue, const Register& units, const Dossier& dossier,
                          const UnitRecord& unit, bool replaced, absl::CivilDay day,
                          Placement& to) {
  const auto places = PlacesOf(units, unit, day);
  const bool anywhere = !replaced || IsBoundaryFree(catalogue, dossier, unit, day);
  for (std::string* center : {&to.center, &to.return_center}) {
    const bool open_here = Operates(units, *center, day) && LiesWith(units, *center, unit, day);
    if (open_here && (anywhere || IsReceptionPlace(units, *center, unit, day))) continue;
    if (!places.empty()) {
      *center = places.front().center->name;
    } else if (!open_here) {
      return error::WithReason(absl::StatusCode::kFailedPrecondition,
                               absl::StrCat("no operating center serves ", unit.name, " on ",
                                            absl::FormatCivilTime(day)),
                               "NO_RECEPTION_PLACE",
                               {{"unit", unit.name}, {"as_of", absl::FormatCivilTime(day)}});
    }
  }
  return absl::OkStatus();
}

}  // namespace

Placement PlacementOf(const Dossier& dossier) {
  return {dossier.unit, dossier.center, dossier.return_center, dossier.body, dossier.agency};
}

bool IsOpen(DossierState state) {
  switch (state) {
    case DossierState::kRegistered:
    case DossierState::kReceived:
    case DossierState::kInProgress:
    case DossierState::kSupplementRequested:
    case DossierState::kPaymentRequested:
    case DossierState::kProcessed:
      return true;
    default:
      return false;
  }
}

bool IsUndecided(const DossierBasis& basis) { return IsOpen(basis.state) && !basis.processed; }

bool IsLeftBehind(const Register& units, const DossierBasis& basis, absl::CivilDay day) {
  const UnitRecord* own = units.FindUnit(basis.unit);
  return own != nullptr && own->On(day) != nullptr &&
         !(LiesWith(units, basis.center, *own, day) &&
           LiesWith(units, basis.return_center, *own, day));
}

bool IsAffected(const Register& units, const DossierBasis& basis, absl::CivilDay day) {
  if (!IsOpen(basis.state)) return false;
  if (!Operates(units, basis.center, day) || !Operates(units, basis.return_center, day)) {
    return true;
  }
  if (!IsUndecided(basis)) return false;
  if (IsLeftBehind(units, basis, day)) return true;
  const auto rests_on = UnitsOf(basis);
  return std::any_of(rests_on.begin(), rests_on.end(), [&](absl::string_view unit) {
    return !unit.empty() && !Exists(units, unit, day);
  });
}

absl::Status CheckSuccessor(const Register& units, const UnitRecord& unit,
                            absl::string_view successor, absl::CivilDay day) {
  const std::vector<std::string> alive = units.SuccessorsOn(unit, day);
  if (std::find(alive.begin(), alive.end(), successor) != alive.end()) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition, absl::StrCat(successor, " did not follow ", unit.name),
      "NOT_A_SUCCESSOR", {{"unit", unit.name}, {"successors", absl::StrJoin(alive, ",")}});
}

absl::StatusOr<std::optional<Rerouting>> Reroute(const Catalogue& catalogue, const Register& units,
                                                 const Dossier& dossier,
                                                 const SuccessorChoices& choices,
                                                 absl::CivilDay day) {
  if (!IsOpen(dossier.state)) return std::optional<Rerouting>();
  Rerouting rerouting;
  rerouting.from = PlacementOf(dossier);
  rerouting.to = rerouting.from;
  const DossierBasis basis = {dossier.state,         dossier.process_time.has_value(),
                              dossier.unit,          dossier.center,
                              dossier.return_center, dossier.body.unit,
                              dossier.agency.unit};
  if (!IsAffected(units, basis, day)) return std::optional<Rerouting>();
  const bool undecided = IsUndecided(basis);
  const bool replaced = undecided && !Exists(units, dossier.unit, day);
  ASSIGN_OR_RETURN(const Followed followed,
                   Follow(units, dossier.unit, dossier.Name(), choices, day));
  rerouting.province_code = followed.unit->On(day)->province_code;
  if (undecided) {
    rerouting.to.unit = followed.unit->name;
    ASSIGN_OR_RETURN(rerouting.to.body, BodyAfter(catalogue, units, dossier, *followed.unit, day));
    ASSIGN_OR_RETURN(rerouting.to.agency, AgencyAfter(units, dossier, choices, day));
  }
  RETURN_IF_ERROR(
      PlaceCenters(catalogue, units, dossier, *followed.unit, replaced, day, rerouting.to));
  if (rerouting.to == rerouting.from) return std::optional<Rerouting>();
  if (replaced) rerouting.basis = followed.basis;
  if (undecided) {
    rerouting.change_events = EventsOf(units, basis, rerouting.from, rerouting.to, day);
  }
  // A post of the body that had it; the one that has it now names its own.
  const bool same_body = SameBody(rerouting.from.body, rerouting.to.body);
  if (!same_body) rerouting.released_assignee = dossier.assignee;
  return std::optional<Rerouting>(std::move(rerouting));
}

bool SameBody(const CompetentBody& a, const CompetentBody& b) {
  return a.unit == b.unit && a.title == b.title;
}

std::string ProvinceOn(const Register& units, const Dossier& dossier, absl::CivilDay day) {
  const UnitRecord* unit = units.FindUnit(dossier.unit);
  const UnitVersion* version = unit == nullptr ? nullptr : unit->On(day);
  return version == nullptr ? dossier.province_code : version->province_code;
}

void Apply(const Rerouting& rerouting, Dossier& dossier) {
  const bool first_move = dossier.received_center.empty() && rerouting.to.center != dossier.center;
  if (first_move) dossier.received_center = dossier.center;
  dossier.unit = rerouting.to.unit;
  dossier.center = rerouting.to.center;
  dossier.return_center = rerouting.to.return_center;
  dossier.body = rerouting.to.body;
  dossier.agency = rerouting.to.agency;
  if (!rerouting.released_assignee.empty()) dossier.assignee.clear();
  ++dossier.version;
}

}  // namespace twotier::routing
