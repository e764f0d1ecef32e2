#include "services/routing/domain/competence.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::routing {
namespace {

// Law on the Organisation of Local Government: who decides what at the two levels.
constexpr absl::string_view kLocalGovernmentAct = "72/2025/QH15";
// Centers and reception regardless of boundary within the province.
constexpr absl::string_view kCenterAct = "118/2025/NĐ-CP";

std::string JoinReasons(const std::vector<DraftReason>& reasons) {
  return absl::StrJoin(reasons, ",", [](std::string* out, DraftReason reason) {
    absl::StrAppend(out, NameOf(reason));
  });
}

absl::Status NotPublished(const ProcedureVersion& procedure) {
  const std::string reasons = JoinReasons(procedure.draft_reasons);
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("procedure ", procedure.procedure.code, " is a draft: ", reasons),
      "PROCEDURE_NOT_PUBLISHED",
      {{"procedure_code", procedure.procedure.code}, {"draft_reasons", reasons}});
}

absl::Status UnitNotFound(absl::string_view what) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no unit is ", what),
                           "UNIT_NOT_FOUND", {{"unit", std::string(what)}});
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
  const UnitRecord* record = nullptr;
  if (!query.unit.empty()) {
    record = units.FindUnit(query.unit);
    if (record == nullptr) return UnitNotFound(query.unit);
  } else {
    record = units.FindUnitByCode(query.unit_code, query.as_of);
    if (record == nullptr) {
      for (const UnitRecord* candidate : units.UnitsOfCode(query.unit_code)) {
        if (candidate->versions.front().valid.first <= query.as_of) record = candidate;
      }
    }
    if (record == nullptr) return UnitNotFound(query.unit_code);
  }
  const UnitVersion* version = record->On(query.as_of);
  const bool other_code =
      version != nullptr && query.unit.empty() && version->code != query.unit_code;
  if (other_code) return UnitNotFound(query.unit_code);
  if (version == nullptr) return UnitEnded(units, *record, query.as_of);
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
absl::StatusOr<const Assignment*> FindAssignment(const Competence& result, const UnitOnDate& unit,
                                                 const CompetenceQuery& query) {
  const CatalogueEntry& entry = *result.entry;
  if (entry.assignments.empty()) return nullptr;
  const std::vector<const Assignment*> deciding =
      Deciding(entry.assignments,
               {unit.record->name, unit.version->province_code, query.case_key, query.as_of});
  if (deciding.size() == 1) return deciding.front();
  if (deciding.size() > 1) return Conflict(deciding);
  if (result.procedure->published()) return nullptr;
  const std::vector<std::string> cases = entry.CasesOn(query.as_of);
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
      if ((version->kind == CenterKind::kProvincial) == provincial) {
        AddPlace(center, day, true, result);
      }
    }
  }
  for (const CenterRecord* center : units.ProvincialCenters(result.unit_version->province_code)) {
    AddPlace(center, day, false, result);
  }
}

std::string FirstAct(const std::vector<std::string>& acts) {
  return acts.empty() ? std::string() : acts.front();
}

// Why the line of the deciding body is the one of the answer.
absl::string_view LineReason(Line published, Line decides) {
  if (published == Line::kUnknown) {
    return "the catalogue states no line; local government decides unless a law says otherwise";
  }
  if (published != decides) {
    return "the published body speaks against the published line; the People's Committee is the "
           "body of general competence";
  }
  if (decides != Line::kLocal) {
    return "the line decides through its own body in the unit, not through the People's Committee";
  }
  return "the People's Committee is the body of general competence";
}

// The published body and the one that decides. An act is cited only for what it says: the law on
// local government for the general competence of the People's Committee.
void ExplainPublishedBody(const Competence& result, std::vector<ExplanationStep>& steps) {
  const Procedure& procedure = result.procedure->procedure;
  const DecidingBody& deciding = result.procedure->deciding_body;
  const bool published = deciding.basis == BodyBasis::kPublished;
  if (!deciding.because.empty()) {
    const absl::string_view considered =
        procedure.body_title.empty() ? procedure.display_name : procedure.body_title;
    steps.push_back({absl::StrCat("published body: ", considered), published,
                     std::string(deciding.because), FirstAct(procedure.acts)});
  }
  if (published) {
    steps.push_back({result.body.title, true, "the unit's body of the published kind",
                     FirstAct(procedure.acts)});
    return;
  }
  const bool local = deciding.line == Line::kLocal;
  steps.push_back({result.body.title, true, std::string(LineReason(procedure.line, deciding.line)),
                   local ? std::string(kLocalGovernmentAct) : std::string()});
}

// Every assignment of the procedure, kept or rejected, and the catalogue below them.
void ExplainAssignments(const Competence& result, const CompetenceQuery& query,
                        std::vector<ExplanationStep>& steps) {
  for (const Assignment& assignment : result.entry->assignments) {
    const absl::string_view why_not = WhyNot(
        assignment,
        {result.unit->name, result.unit_version->province_code, query.case_key, query.as_of});
    const bool kept = &assignment == result.assignment;
    std::string because(why_not);
    if (kept) because = absl::StrCat("holds, and nothing of higher precedence does");
    if (!kept && why_not.empty()) because = "holds, but one of higher precedence does too";
    steps.push_back({absl::StrCat(assignment.Name(), ", ", NameOf(assignment.basis), ", level ",
                                  NameOf(assignment.level)),
                     kept, std::move(because), assignment.act});
  }
  if (result.assignment == nullptr) return;
  steps.push_back(
      {result.body.title, true, "the body that the assignment names", result.assignment->act});
}

void ExplainBody(const Competence& result, const CompetenceQuery& query,
                 std::vector<ExplanationStep>& steps) {
  const Procedure& procedure = result.procedure->procedure;
  steps.push_back(
      {absl::StrCat("procedure ", procedure.code, ", version ", result.procedure->version), true,
       absl::StrCat(result.procedure->published() ? "published" : "routed by case", "; known from ",
                    absl::FormatCivilTime(procedure.known_from), "; decided at level ",
                    NameOf(procedure.level)),
       FirstAct(procedure.acts)});
  for (const std::string& act : procedure.decentralisation_acts) {
    steps.push_back(
        {"decentralisation of the procedure", true,
         absl::StrCat("the act moved the competence to level ", NameOf(procedure.level)), act});
  }
  steps.push_back({absl::StrCat(result.unit->name, " ", result.unit_version->full_name), true,
                   "the unit exists on the date", result.unit_version->act});
  if (result.body.level == Level::kProvince && result.body.unit != result.unit->name) {
    steps.push_back({absl::StrCat("bodies of ", result.unit_version->full_name), false,
                     "the procedure is not decided by communes", std::string(kLocalGovernmentAct)});
  }
  ExplainAssignments(result, query, steps);
  if (result.assignment == nullptr) ExplainPublishedBody(result, steps);
}

void ExplainPlaces(const Competence& result, std::vector<ExplanationStep>& steps) {
  for (const ReceptionPlace& place : result.places) {
    steps.push_back({absl::StrCat(place.center->name, " ", place.version->display_name), true,
                     place.serves_unit ? "operates and serves the unit"
                                       : "operates as provincial center of the unit's province",
                     std::string(kCenterAct)});
  }
  steps.push_back({"other centers of the province", result.boundary_free,
                   result.boundary_free
                       ? "the procedure is published as boundary-free within the province"
                       : "the procedure is not published as boundary-free",
                   std::string(kCenterAct)});
}

}  // namespace

absl::StatusOr<Competence> ResolveBody(const Catalogue& catalogue, const Register& units,
                                       const CompetenceQuery& query) {
  if (units.empty()) {
    return error::WithRetryAfter(error::WithReason(absl::StatusCode::kUnavailable,
                                                   "no units are known yet", "SNAPSHOT_NOT_READY"),
                                 absl::Seconds(1));
  }
  Competence result;
  ASSIGN_OR_RETURN(result.procedure, catalogue.VersionOn(query.procedure_code, query.as_of));
  result.entry = catalogue.Find(query.procedure_code);
  if (!result.entry->Routed(*result.procedure, query.as_of)) return NotPublished(*result.procedure);
  ASSIGN_OR_RETURN(const UnitOnDate unit, FindUnit(units, query));
  ASSIGN_OR_RETURN(result.assignment, FindAssignment(result, unit, query));
  const Procedure& procedure = result.procedure->procedure;
  const Level level = result.assignment == nullptr ? procedure.level : result.assignment->level;
  ASSIGN_OR_RETURN(const UnitOnDate deciding,
                   DecidingUnit(units, *result.procedure, level, unit, query.as_of));
  result.unit = unit.record;
  result.unit_version = unit.version;
  result.body = BodyIn(deciding, level,
                       result.assignment == nullptr ? result.procedure->deciding_body
                                                    : result.assignment->deciding_body);
  result.boundary_free = procedure.boundary == Boundary::kFree;
  if (result.assignment == nullptr) return result;
  for (size_t i = 0; i < result.assignment->co_bodies.size(); ++i) {
    const Level co_level = result.assignment->co_bodies[i].level;
    // A commune takes no part in what is asked for a whole province.
    const absl::StatusOr<UnitOnDate> taking_part =
        DecidingUnit(units, *result.procedure, co_level, unit, query.as_of);
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
  if (query.explain) {
    result.explanation.reserve(8 + result.places.size() + result.entry->assignments.size());
    ExplainBody(result, query, result.explanation);
    ExplainPlaces(result, result.explanation);
  }
  return result;
}

absl::StatusOr<const CenterVersion*> OperatingCenter(const CenterRecord* center,
                                                     absl::string_view name, absl::CivilDay day) {
  if (center == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no center is ", name),
                             "CENTER_NOT_FOUND", {{"center", std::string(name)}});
  }
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
  for (const ReceptionPlace& place : competence.places) {
    if (place.center == record) return absl::OkStatus();
  }
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
