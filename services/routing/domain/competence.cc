#include "services/routing/domain/competence.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/routing/domain/competence_explanation.h"

namespace twotier::routing {
namespace {

std::string JoinReasons(const std::vector<DraftReason>& reasons) {
  return absl::StrJoin(reasons, ",", [](std::string* out, DraftReason reason) {
    absl::StrAppend(out, NameOf(reason));
  });
}

absl::Status UnitEnded(const Register& units, const UnitRecord& unit, absl::CivilDay as_of) {
  const std::string successors = absl::StrJoin(units.SuccessorsOn(unit, as_of), ",");
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(unit.name, " does not exist on ", absl::FormatCivilTime(as_of)), "UNIT_ENDED",
      {{"unit", unit.name}, {"as_of", absl::FormatCivilTime(as_of)}, {"successors", successors}});
}

struct UnitOnDate {
  const UnitRecord* record = nullptr;
  const UnitVersion* version = nullptr;
};

// By code, the unit that had the code last before `as_of` stands for one that ended.
absl::StatusOr<UnitOnDate> FindUnit(const Register& units, const CompetenceQuery& query) {
  const absl::CivilDay day = query.UnitsDay();
  const UnitRecord* record = nullptr;
  if (!query.unit.empty()) {
    record = units.FindUnit(query.unit);
    if (record == nullptr) return UnitNotFound(query.unit);
  } else {
    record = units.FindUnitByCode(query.unit_code, day);
    if (record == nullptr) {
      for (const UnitRecord* candidate : units.UnitsOfCode(query.unit_code)) {
        if (candidate->versions.front().valid.first <= day) record = candidate;
      }
    }
    if (record == nullptr) return UnitNotFound(query.unit_code);
  }
  const UnitVersion* version = record->On(day);
  const bool other_code =
      version != nullptr && query.unit.empty() && version->code != query.unit_code;
  if (other_code) return UnitNotFound(query.unit_code);
  if (version == nullptr) return UnitEnded(units, *record, day);
  return UnitOnDate{record, version};
}

absl::Status WrongTier(const ProcedureVersion& procedure, Level decides, const UnitOnDate& unit) {
  const absl::string_view level = NameOf(decides);
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("procedure ", procedure.procedure.code, " is decided at level ", level, "; ",
                   unit.version->full_name, " is not a unit it can be decided for"),
      "WRONG_UNIT_TIER", {{"level", std::string(level)}, {"unit", unit.record->name}});
}

// The unit whose body decides: the commune itself, or the province it lies in.
absl::StatusOr<UnitOnDate> DecidingUnit(const Register& units, const ProcedureVersion& procedure,
                                        Level level, const UnitOnDate& unit, absl::CivilDay as_of) {
  const bool commune = unit.version->tier == Tier::kCommune;
  if (level == Level::kCommune) {
    if (!commune) return WrongTier(procedure, level, unit);
    return unit;
  }
  if (unit.version->tier == Tier::kProvince) return unit;
  if (!commune) return WrongTier(procedure, level, unit);
  const UnitRecord* province = units.FindUnitByCode(unit.version->province_code, as_of);
  if (province == nullptr) return UnitNotFound(unit.version->province_code);
  return UnitOnDate{province, province->On(as_of)};
}

CompetentBody BodyIn(const UnitOnDate& unit, Level level, const DecidingBody& deciding) {
  return {unit.record->name, unit.version->full_name, level, deciding.line,
          absl::StrCat(deciding.title_prefix, unit.version->full_name)};
}

absl::Status CaseRequired(const ProcedureVersion& procedure, const std::string& cases) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("who decides procedure ", procedure.procedure.code,
                                        " depends on the case: ", cases),
                           "CASE_REQUIRED",
                           {{"procedure_code", procedure.procedure.code}, {"cases", cases}});
}

absl::Status CaseUnknown(const ProcedureVersion& procedure, absl::string_view case_key,
                         const std::string& cases) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("procedure ", procedure.procedure.code, " tells no case ", case_key,
                   " apart; its cases: ", cases.empty() ? "none" : cases),
      "CASE_UNKNOWN", {{"procedure_code", procedure.procedure.code}, {"cases", cases}});
}

std::string KeysOf(const std::vector<ProcedureCase>& cases) {
  return absl::StrJoin(cases, ",", [](std::string* out, const ProcedureCase& each) {
    absl::StrAppend(out, each.key);
  });
}

// The case that the version has for `query`; null when it has none and none was asked for.
absl::StatusOr<const ProcedureCase*> FindCase(const Competence& result,
                                              absl::string_view province_code,
                                              const CompetenceQuery& query) {
  const ProcedureVersion& version = *result.procedure;
  const std::vector<ProcedureCase>& cases = version.procedure.cases;
  if (!cases.empty()) {
    if (query.case_key.empty()) return CaseRequired(version, KeysOf(cases));
    const ProcedureCase* found = version.procedure.FindCase(query.case_key);
    if (found == nullptr) return CaseUnknown(version, query.case_key, KeysOf(cases));
    return found;
  }
  if (query.case_key.empty() || !version.published()) return nullptr;
  // Assignments may tell cases apart that the version does not.
  const std::vector<std::string> assigned = result.entry->CasesOn(province_code, query.as_of);
  if (std::find(assigned.begin(), assigned.end(), query.case_key) != assigned.end()) return nullptr;
  return CaseUnknown(version, query.case_key, absl::StrJoin(assigned, ","));
}

absl::Status DecidedAtMinistry(const ProcedureVersion& procedure, const ProcedureCase& of_case) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("case ", of_case.key, " of procedure ",
                                        procedure.procedure.code, " is decided at a ministry"),
                           "PROCEDURE_NOT_PUBLISHED",
                           {{"procedure_code", procedure.procedure.code},
                            {"draft_reasons", std::string(NameOf(DraftReason::kMinistryOnly))}});
}

absl::Status NoBody(const ProcedureVersion& procedure, const UnitOnDate& unit) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("no assignment says who decides procedure ", procedure.procedure.code, " for ",
                   unit.record->name),
      "NO_COMPETENT_BODY",
      {{"procedure_code", procedure.procedure.code}, {"unit", unit.record->name}});
}

absl::Status Conflict(const std::vector<const Assignment*>& deciding) {
  const std::string names =
      absl::StrJoin(deciding, ",", [](std::string* out, const Assignment* assignment) {
        absl::StrAppend(out, assignment->Name());
      });
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("several assignments decide: ", names),
                           "ASSIGNMENTS_CONFLICT", {{"assignments", names}});
}

// The assignment that decides; null when the catalogue itself does.
absl::StatusOr<const Assignment*> FindAssignment(const Register& units, const Competence& result,
                                                 const UnitOnDate& unit,
                                                 const CompetenceQuery& query) {
  const CatalogueEntry& entry = *result.entry;
  if (entry.assignments.empty()) return nullptr;
  const std::string& province_code = unit.version->province_code;
  const std::vector<const Assignment*> deciding = Deciding(
      entry.AssignmentsIn(province_code),
      {unit.record->name, province_code, query.case_key, query.as_of, &units, query.UnitsDay()});
  if (deciding.size() == 1) return deciding.front();
  if (deciding.size() > 1) return Conflict(deciding);
  if (result.procedure->published()) return nullptr;
  const std::vector<std::string> cases = entry.CasesOn(province_code, query.as_of);
  if (query.case_key.empty() && !cases.empty()) {
    return CaseRequired(*result.procedure, absl::StrJoin(cases, ","));
  }
  return NoBody(*result.procedure, unit);
}

void AddPlace(const CenterRecord* center, absl::CivilDay day, bool serves_unit,
              Competence& result) {
  if (result.places.size() == kReceptionPlacesMax) return;
  const CenterVersion* version = center->On(day);
  if (version == nullptr || version->state != CenterState::kOperating) return;
  for (const ReceptionPlace& place : result.places) {
    if (place.center == center) return;
  }
  result.places.push_back({center, version, serves_unit});
}

bool Serves(const CenterVersion& version, absl::string_view unit) {
  for (const std::string& served : version.served_units) {
    if (served == unit) return true;
  }
  return false;
}

// The unit's own centers in order of name, provincial ones after them.
void FindPlaces(const Register& units, absl::CivilDay day, Competence& result) {
  for (const bool provincial : {false, true}) {
    for (const CenterRecord* center : units.CentersServing(result.unit->name)) {
      const CenterVersion* version = center->On(day);
      if (version == nullptr || !Serves(*version, result.unit->name)) continue;
      // A province that was merged may have left centers that serve its units still.
      if (center->province_code != result.unit_version->province_code) continue;
      if ((version->kind == CenterKind::kProvincial) == provincial) {
        AddPlace(center, day, true, result);
      }
    }
  }
  for (const CenterRecord* center : units.ProvincialCenters(result.unit_version->province_code)) {
    const CenterVersion* version = center->On(day);
    const bool provincial = version != nullptr && version->kind == CenterKind::kProvincial;
    if (provincial) AddPlace(center, day, false, result);
  }
}

// Sets the version of the date; it is routed.
absl::Status FindVersion(const Catalogue& catalogue, absl::string_view province_code,
                         const CompetenceQuery& query, Competence& result) {
  ASSIGN_OR_RETURN(const ProcedurePeriod* period,
                   catalogue.PeriodOn(query.procedure_code, province_code, query.as_of));
  result.procedure = period->version;
  if (!result.entry->provincial.empty()) result.period = period;
  if (result.entry->Routed(*period->version, province_code, query.as_of)) return absl::OkStatus();
  return NotPublished(*period->version);
}

}  // namespace

absl::Status NotPublished(const ProcedureVersion& procedure) {
  const std::string reasons = JoinReasons(procedure.draft_reasons);
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("procedure ", procedure.procedure.code, " is a draft: ", reasons),
      "PROCEDURE_NOT_PUBLISHED",
      {{"procedure_code", procedure.procedure.code}, {"draft_reasons", reasons}});
}

const Term& Competence::term() const {
  return procedure_case == nullptr ? *procedure->procedure.term : *procedure_case->term;
}

Level Competence::level() const {
  if (assignment != nullptr) return assignment->level;
  return procedure_case == nullptr ? procedure->procedure.level : procedure_case->level;
}

const DecidingBody& Competence::deciding_body() const {
  if (assignment != nullptr) return assignment->deciding_body;
  if (procedure_case == nullptr) return procedure->deciding_body;
  const auto at = procedure_case - procedure->procedure.cases.data();
  return procedure->case_bodies[static_cast<size_t>(at)];
}

absl::Status RequireUnits(const Register& units) {
  if (!units.empty()) return absl::OkStatus();
  return error::WithRetryAfter(error::WithReason(absl::StatusCode::kUnavailable,
                                                 "no units are known yet", "SNAPSHOT_NOT_READY"),
                               absl::Seconds(1));
}

absl::Status RequireProvince(const Register& units, absl::string_view province_code,
                             absl::CivilDay day) {
  const UnitRecord* unit = units.FindUnitByCode(province_code, day);
  if (unit != nullptr && unit->On(day)->tier == Tier::kProvince) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no province has the code ", province_code),
                           "UNIT_NOT_FOUND", {{"unit", std::string(province_code)}});
}

absl::StatusOr<Competence> ResolveBody(const Catalogue& catalogue, const Register& units,
                                       const CompetenceQuery& query) {
  RETURN_IF_ERROR(RequireUnits(units));
  Competence result;
  ASSIGN_OR_RETURN(result.entry, catalogue.Require(query.procedure_code));
  UnitOnDate unit;
  if (result.entry->provincial.empty() && result.entry->assignments.empty()) {
    RETURN_IF_ERROR(FindVersion(catalogue, "", query, result));
    ASSIGN_OR_RETURN(unit, FindUnit(units, query));
  } else {
    // Which version it is, and whether it is routed, depends on where the unit lies.
    ASSIGN_OR_RETURN(unit, FindUnit(units, query));
    RETURN_IF_ERROR(FindVersion(catalogue, unit.version->province_code, query, result));
  }
  ASSIGN_OR_RETURN(result.procedure_case, FindCase(result, unit.version->province_code, query));
  ASSIGN_OR_RETURN(result.assignment, FindAssignment(units, result, unit, query));
  const Procedure& procedure = result.procedure->procedure;
  const Level level = result.level();
  if (level == Level::kMinistry)
    return DecidedAtMinistry(*result.procedure, *result.procedure_case);
  ASSIGN_OR_RETURN(const UnitOnDate deciding,
                   DecidingUnit(units, *result.procedure, level, unit, query.UnitsDay()));
  result.unit = unit.record;
  result.unit_version = unit.version;
  result.body = BodyIn(deciding, level, result.deciding_body());
  result.boundary_free = procedure.boundary == Boundary::kFree;
  if (result.assignment == nullptr) return result;
  for (size_t i = 0; i < result.assignment->co_bodies.size(); ++i) {
    const Level co_level = result.assignment->co_bodies[i].level;
    // A commune takes no part in what is asked for a whole province.
    const absl::StatusOr<UnitOnDate> taking_part =
        DecidingUnit(units, *result.procedure, co_level, unit, query.UnitsDay());
    if (!taking_part.ok()) continue;
    result.co_bodies.push_back(
        BodyIn(*taking_part, co_level, result.assignment->co_deciding_bodies[i]));
  }
  return result;
}

absl::StatusOr<Competence> ResolveCompetence(const Catalogue& catalogue, const Register& units,
                                             const CompetenceQuery& query) {
  ASSIGN_OR_RETURN(Competence result, ResolveBody(catalogue, units, query));
  FindPlaces(units, query.as_of, result);
  if (result.places.empty()) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("no operating center serves ", result.unit->name, " on ",
                     absl::FormatCivilTime(query.as_of)),
        "NO_RECEPTION_PLACE",
        {{"unit", result.unit->name}, {"as_of", absl::FormatCivilTime(query.as_of)}});
  }
  if (query.explain) result.explanation = Explain(units, result, query);
  return result;
}

absl::InlinedVector<ReceptionPlace, 4> PlacesOf(const Register& units, const UnitRecord& unit,
                                                absl::CivilDay day) {
  Competence asked;
  asked.unit = &unit;
  asked.unit_version = unit.On(day);
  FindPlaces(units, day, asked);
  return std::move(asked.places);
}

std::optional<CompetentBody> SameBodyIn(const Register& units, const CompetentBody& body,
                                        const UnitRecord& unit, absl::CivilDay day) {
  UnitOnDate deciding{&unit, unit.On(day)};
  if (body.level == Level::kProvince && deciding.version->tier != Tier::kProvince) {
    deciding.record = units.FindUnitByCode(deciding.version->province_code, day);
    if (deciding.record == nullptr) return std::nullopt;
    deciding.version = deciding.record->On(day);
  }
  CompetentBody same = body;
  same.unit = deciding.record->name;
  same.unit_full_name = deciding.version->full_name;
  // A title that names its unit does so at its end (BodyIn); one that was given by hand may not.
  if (absl::EndsWith(same.title, body.unit_full_name)) {
    same.title.resize(same.title.size() - body.unit_full_name.size());
    same.title.append(same.unit_full_name);
  }
  return same;
}

bool IsReceptionPlace(const Register& units, absl::string_view center, const UnitRecord& unit,
                      absl::CivilDay day) {
  const CenterRecord* record = units.FindCenter(center);
  const CenterVersion* version = record == nullptr ? nullptr : record->On(day);
  if (version == nullptr || version->state != CenterState::kOperating) return false;
  return record->province_code == unit.On(day)->province_code &&
         (version->kind == CenterKind::kProvincial || Serves(*version, unit.name));
}

absl::StatusOr<const CenterVersion*> OperatingCenter(const CenterRecord* center,
                                                     absl::string_view name, absl::CivilDay day) {
  if (center == nullptr) return CenterNotFound(name);
  const CenterVersion* version = center->On(day);
  const absl::string_view state =
      version == nullptr ? NameOf(CenterState::kUnknown) : NameOf(version->state);
  if (version == nullptr || version->state != CenterState::kOperating) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(name, " does not operate on ", absl::FormatCivilTime(day), ": ", state),
        "CENTER_NOT_ACCEPTING", {{"center", std::string(name)}, {"state", std::string(state)}});
  }
  return version;
}

absl::Status CheckReception(const Register& units, const Competence& competence,
                            absl::string_view center, absl::CivilDay day) {
  const CenterRecord* record = units.FindCenter(center);
  RETURN_IF_ERROR(OperatingCenter(record, center, day).status());
  if (IsReceptionPlace(units, center, *competence.unit, day)) return absl::OkStatus();
  if (competence.boundary_free && record->province_code == competence.unit_version->province_code) {
    return absl::OkStatus();
  }
  const std::string places =
      absl::StrJoin(competence.places, ",", [](std::string* out, const ReceptionPlace& place) {
        absl::StrAppend(out, place.center->name);
      });
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(center, " may not receive procedure ", competence.procedure->procedure.code,
                   " for ", competence.unit->name),
      "CENTER_NOT_RECEIVING", {{"center", std::string(center)}, {"reception_places", places}});
}

}  // namespace twotier::routing
