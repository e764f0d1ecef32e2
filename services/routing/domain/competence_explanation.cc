#include "services/routing/domain/competence_explanation.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/routing/domain/divergence.h"

namespace twotier::routing {
namespace {

// Law on the Organisation of Local Government: who decides what at the two levels.
constexpr absl::string_view kLocalGovernmentAct = "72/2025/QH15";
// Centers and reception regardless of boundary within the province.
constexpr absl::string_view kCenterAct = "118/2025/NĐ-CP";

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
  const DecidingBody& deciding = result.deciding_body();
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

// Why an assignment that holds does not decide.
absl::string_view WhyNotDeciding(const Assignment& assignment, const Competence& result,
                                 const AssignmentQuestion& question) {
  const int precedence = PrecedenceOf(assignment, question);
  const int deciding =
      result.assignment == nullptr ? 0 : PrecedenceOf(*result.assignment, question);
  if (precedence < deciding) return "holds, but one of higher precedence does too";
  if (precedence == deciding) return "holds, and gives the same as the one that decides";
  return "units that became one were given different bodies; an act has to say which goes on";
}

// An assignment that followed its unit: from which, and by which act.
void ExplainFollowing(const Register& units, const Assignment& assignment, const Competence& result,
                      std::vector<ExplanationStep>& steps) {
  const UnitRecord& before = *units.FindUnit(assignment.territory);
  steps.push_back(
      {absl::StrCat(before.name, " ", before.versions.back().full_name), true,
       absl::StrCat("all of it became ", result.unit->name, " ", result.unit_version->full_name,
                    "; what was assigned in it goes on there"),
       before.successors.front().act});
}

// Every assignment that can decide in the unit's province, kept or rejected. Those of other
// provinces are not considered: there may be thousands.
void ExplainAssignments(const Register& units, const Competence& result,
                        const CompetenceQuery& query, std::vector<ExplanationStep>& steps) {
  const std::string& province_code = result.unit_version->province_code;
  const AssignmentQuestion question = {result.unit->name, province_code, query.case_key,
                                       query.as_of,       &units,        query.UnitsDay()};
  for (const Assignment* assignment : result.entry->AssignmentsIn(province_code)) {
    const absl::string_view why_not = WhyNot(*assignment, question);
    const bool kept = assignment == result.assignment;
    std::string because(why_not);
    if (kept) because = "holds, and nothing of higher precedence does";
    if (!kept && why_not.empty()) {
      because = std::string(WhyNotDeciding(*assignment, result, question));
    }
    if (kept && IsFollowed(*assignment, question)) {
      ExplainFollowing(units, *assignment, result, steps);
    }
    steps.push_back({absl::StrCat(assignment->Name(), ", ", NameOf(assignment->basis), ", level ",
                                  NameOf(assignment->level)),
                     kept, std::move(because), assignment->act});
  }
  if (result.assignment == nullptr) return;
  steps.push_back(
      {result.body.title, true, "the body that the assignment names", result.assignment->act});
}

std::string VersionText(const ProcedureVersion& version) {
  return absl::StrCat("procedure ", version.procedure.code, ", version ", version.version,
                      version.province_code.empty() ? "" : ", of province ", version.province_code);
}

// Which of the versions of country and province holds, where the province has one of its own.
void ExplainVersions(const Competence& result, const CompetenceQuery& query,
                     std::vector<ExplanationStep>& steps) {
  if (result.period == nullptr) return;
  if (const ProcedureVersion* aside = result.period->set_aside) {
    const auto divergences = DivergencesOf(aside->procedure, result.procedure->procedure);
    steps.push_back({VersionText(*aside), false, TextOf(divergences.front()), aside->act});
  }
  const ProcedureVersion* national = result.entry->On(query.as_of);
  if (result.procedure->province_code.empty() || national == nullptr) return;
  steps.push_back({VersionText(*national), false, "the province has published a version of its own",
                   FirstAct(national->procedure.acts)});
}

void ExplainCase(const Competence& result, std::vector<ExplanationStep>& steps) {
  const Procedure& procedure = result.procedure->procedure;
  for (const ProcedureCase& each : procedure.cases) {
    const bool kept = &each == result.procedure_case;
    steps.push_back({absl::StrCat("case ", each.key, ", ", each.title), kept,
                     kept ? absl::StrCat("asked for; decided at level ", NameOf(each.level))
                          : "another case was asked for",
                     result.procedure->act});
  }
}

void ExplainBody(const Register& units, const Competence& result, const CompetenceQuery& query,
                 std::vector<ExplanationStep>& steps) {
  const Procedure& procedure = result.procedure->procedure;
  const std::string& act = result.procedure->act;
  steps.push_back({VersionText(*result.procedure), true,
                   absl::StrCat(result.procedure->published() ? "published" : "routed by case",
                                act.empty() ? "; known from " : "; holds from ",
                                absl::FormatCivilTime(procedure.known_from), "; decided at level ",
                                NameOf(procedure.level)),
                   act.empty() ? FirstAct(procedure.acts) : act});
  ExplainVersions(result, query, steps);
  ExplainCase(result, steps);
  for (const std::string& moved_by : procedure.decentralisation_acts) {
    steps.push_back(
        {"decentralisation of the procedure", true,
         absl::StrCat("the act moved the competence to level ", NameOf(procedure.level)),
         moved_by});
  }
  steps.push_back({absl::StrCat(result.unit->name, " ", result.unit_version->full_name), true,
                   "the unit exists on the date", result.unit_version->act});
  if (result.body.level == Level::kProvince && result.body.unit != result.unit->name) {
    steps.push_back({absl::StrCat("bodies of ", result.unit_version->full_name), false,
                     "the procedure is not decided by communes", std::string(kLocalGovernmentAct)});
  }
  ExplainAssignments(units, result, query, steps);
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

std::vector<ExplanationStep> Explain(const Register& units, const Competence& result,
                                     const CompetenceQuery& query) {
  std::vector<ExplanationStep> steps;
  steps.reserve(8 + result.places.size() + result.entry->assignments.size());
  ExplainBody(units, result, query, steps);
  ExplainPlaces(result, steps);
  return steps;
}

}  // namespace twotier::routing
