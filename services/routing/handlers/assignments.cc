#include "services/routing/handlers/assignments.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "services/routing/convert.h"
#include "services/routing/domain/competence_report.h"
#include "services/routing/handlers/as_of.h"
#include "services/routing/handlers/catalogue.h"
#include "services/routing/store/assignment_store.h"
#include "services/routing/store/catalogue_store.h"

namespace twotier::routing::handlers {
namespace {

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

Assignment AssignmentOf(const v1::PublishAssignmentRequest& request, const Call& call) {
  Assignment assignment;
  assignment.province_code = std::string(rpc::ProvinceOf(request.parent()));
  assignment.id = call.new_id;
  assignment.version = 1;
  assignment.procedure_code = request.procedure_code();
  assignment.basis = static_cast<AssignmentBasis>(request.basis());
  assignment.level = static_cast<Level>(request.level());
  assignment.line = static_cast<Line>(request.line());
  assignment.body_title = request.body_title();
  assignment.territory = request.territory();
  assignment.case_key = request.case_key();
  assignment.valid.first = FromProto(request.first_date());
  if (request.has_end_date()) assignment.valid.end = FromProto(request.end_date());
  assignment.act = request.act().number();
  for (const v1::CoProcessingBody& body : request.co_processing_bodies()) {
    assignment.co_bodies.push_back({static_cast<Level>(body.level()), body.body_title()});
  }
  return assignment;
}

void ToProto(const Assignment& assignment, v1::Assignment* out) {
  out->set_name(assignment.Name());
  out->set_procedure_code(assignment.procedure_code);
  out->set_basis(static_cast<v1::AssignmentBasis>(assignment.basis));
  out->set_level(static_cast<v1::CompetenceLevel>(assignment.level));
  out->set_line(static_cast<v1::AgencyLine>(assignment.line));
  out->set_body_title(assignment.body_title);
  out->set_territory(assignment.territory);
  out->set_case_key(assignment.case_key);
  routing::ToProto(assignment.valid.first, out->mutable_valid()->mutable_first_date());
  if (assignment.valid.end != kNoEnd) {
    routing::ToProto(assignment.valid.end, out->mutable_valid()->mutable_end_date());
  }
  out->mutable_act()->set_number(assignment.act);
  if (!assignment.end_act.empty()) out->mutable_end_act()->set_number(assignment.end_act);
  for (const CoProcessingBody& body : assignment.co_bodies) {
    v1::CoProcessingBody* added = out->add_co_processing_bodies();
    added->set_level(static_cast<v1::CompetenceLevel>(body.level));
    added->set_body_title(body.body_title);
  }
  out->set_version(assignment.version);
  out->set_etag(EtagOf(assignment.version));
}

absl::Status RequireProcedure(db::Tx& tx, const std::string& code) {
  ASSIGN_OR_RETURN(const store::StoredProcedures stored, store::LoadProcedure(tx, code));
  if (!stored.versions.empty()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no procedure has the code ", code), "PROCEDURE_NOT_FOUND",
                           {{"procedure_code", code}});
}

// The territory is a unit of the province on the first date. Asks what the transaction sees: the
// answer is remembered.
absl::Status CheckTerritory(const Env& env, const Assignment& assignment, db::Tx& tx) {
  if (assignment.territory.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  const UnitRecord* unit = basis->units->FindUnit(assignment.territory);
  if (unit == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no unit is ", assignment.territory), "UNIT_NOT_FOUND",
                             {{"unit", assignment.territory}});
  }
  const absl::CivilDay day = assignment.valid.first;
  const UnitVersion* version = unit->On(day);
  if (version == nullptr) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(assignment.territory, " does not exist on ", Text(day)),
                             "UNIT_ENDED", {{"unit", assignment.territory}, {"as_of", Text(day)}});
  }
  if (version->province_code == assignment.province_code && version->tier == Tier::kCommune) {
    return absl::OkStatus();
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(assignment.territory, " is no commune of province ", assignment.province_code),
      "UNIT_OUTSIDE_PROVINCE",
      {{"unit", assignment.territory}, {"province_code", version->province_code}});
}

absl::Status CheckConflicts(const Assignment& assignment, const std::vector<Assignment>& others) {
  std::vector<error::PreconditionViolation> violations;
  for (const Assignment* other : ConflictsOf(assignment, others)) {
    violations.push_back(
        {"ASSIGNMENT", other->Name(),
         absl::StrCat("has the same basis, territory and case, and holds from ",
                      Text(other->valid.first), " to before ", Text(other->valid.end))});
  }
  if (violations.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat("nothing tells the assignment apart from ", violations[0].subject),
          "ASSIGNMENTS_CONFLICT", {{"assignments", violations[0].subject}}),
      violations);
}

absl::Status Write(const Env& env, const Call& call, const Assignment& assignment,
                   absl::string_view kind, const google::protobuf::Message& body, db::Tx& tx) {
  RETURN_IF_ERROR(store::WriteAssignment(tx, assignment, call.now));
  RETURN_IF_ERROR(AppendCatalogueEvent(tx, call, kind, body));
  RETURN_IF_ERROR(units::CountChange(tx));
  env.appended();
  return absl::OkStatus();
}

// A procedure of one page of ListCompetences; nothing when it does not belong into the list.
std::optional<v1::CompetenceLine> LineOf(const Snapshot& snapshot, const CatalogueEntry& entry,
                                         const v1::ListCompetencesRequest& request,
                                         absl::CivilDay day) {
  const UnitRecord& unit = *snapshot.units->FindUnit(request.unit());
  const auto version_on = [&](absl::CivilDay on) {
    const UnitVersion* then = unit.On(on);
    return entry.In(then == nullptr ? "" : then->province_code, on);
  };
  const auto ask = [&](absl::CivilDay on) {
    CompetenceQuery query;
    query.procedure_code = entry.code;
    query.unit = request.unit();
    query.as_of = on;
    return ResolveBody(*snapshot.catalogue, *snapshot.units, query);
  };
  const auto routed = [&](absl::CivilDay on) {
    const ProcedureVersion* version = version_on(on);
    return version != nullptr && entry.Routed(*version, on);
  };
  const bool compare = request.has_differs_from();
  const absl::CivilDay other = compare ? FromProto(request.differs_from()) : day;
  if (!routed(day) && !(compare && routed(other))) return std::nullopt;
  v1::CompetenceLine line;
  line.set_procedure_code(entry.code);
  const ProcedureVersion* version = version_on(std::max(day, other));
  if (version != nullptr) line.set_display_name(version->procedure.display_name);
  const absl::StatusOr<Competence> now = ask(day);
  if (now.ok()) {
    ToProto(now->body, line.mutable_competent_body());
    line.set_basis(static_cast<v1::AssignmentBasis>(
        now->assignment == nullptr ? AssignmentBasis::kLaw : now->assignment->basis));
  } else if (const auto reason = error::ReasonOf(now.status()); reason.has_value()) {
    line.set_reason(reason->reason);
  }
  if (!compare) return line;
  const absl::StatusOr<Competence> then = ask(other);
  if (then.ok()) ToProto(then->body, line.mutable_former_body());
  const bool same = now.ok() == then.ok() && (!now.ok() || now->body == then->body);
  if (same) return std::nullopt;
  return line;
}

void ToProto(const std::string& ministry, const DecentralizationLine& line,
             v1::DecentralizationLine* out) {
  const auto count = [&line](Level level) {
    const auto it = line.by_level.find(level);
    return it == line.by_level.end() ? 0 : it->second;
  };
  out->set_ministry(ministry);
  out->set_procedures(line.procedures);
  out->set_at_ministry(count(Level::kMinistry));
  out->set_at_province(count(Level::kProvince));
  out->set_at_commune(count(Level::kCommune));
  out->set_at_province_or_commune(count(Level::kProvinceOrCommune));
  out->set_at_ministry_or_local(count(Level::kMinistryOrLocal));
  out->set_not_proven(count(Level::kUnknown));
  out->set_ministry_ppm(line.MinistryPpm());
}

bool IsLocal(v1::CompetenceLevel level) {
  return level == v1::COMPETENCE_LEVEL_PROVINCE || level == v1::COMPETENCE_LEVEL_COMMUNE;
}

// A body of which a unit of the level has exactly one.
bool NamesOneBody(v1::CompetenceLevel level, v1::AgencyLine line, const std::string& title) {
  Assignment assignment;
  assignment.level = static_cast<Level>(level);
  assignment.line = static_cast<Line>(line);
  assignment.body_title = title;
  DeriveBodies(assignment);
  return assignment.deciding_body.basis == BodyBasis::kPublished;
}

}  // namespace

absl::StatusOr<v1::PublishAssignmentResponse> PublishAssignment(
    const Env& env, const Call& call, const v1::PublishAssignmentRequest& request, db::Tx& tx) {
  const Assignment assignment = AssignmentOf(request, call);
  RETURN_IF_ERROR(RequireProcedure(tx, assignment.procedure_code));
  RETURN_IF_ERROR(CheckTerritory(env, assignment, tx));
  ASSIGN_OR_RETURN(const std::vector<Assignment> others,
                   store::LoadAssignmentsOf(tx, assignment.procedure_code));
  RETURN_IF_ERROR(CheckConflicts(assignment, others));
  v1::PublishAssignmentResponse response;
  ToProto(assignment, response.mutable_assignment());
  RETURN_IF_ERROR(
      Write(env, call, assignment, "catalogue.assignment_published", response.assignment(), tx));
  return response;
}

void ValidatePublishAssignment(const v1::PublishAssignmentRequest& request,
                               error::Violations& violations) {
  CheckAct(request.act(), violations);
  if (request.level() != v1::COMPETENCE_LEVEL_UNSPECIFIED && !IsLocal(request.level())) {
    violations.Add("level", "must be PROVINCE or COMMUNE");
  } else if (!request.body_title().empty() &&
             !NamesOneBody(request.level(), request.line(), request.body_title())) {
    violations.Add("body_title", "must name one kind of body of the level and line, or be empty");
  }
  if (!request.territory().empty() && request.parent().empty()) {
    violations.Add("territory", "needs the province as `parent`");
  }
  if (!IsCaseKey(request.case_key())) {
    violations.Add("case_key", "must consist of lower-case letters, digits and _");
  }
  if (request.has_first_date() && request.has_end_date() &&
      FromProto(request.end_date()) <= FromProto(request.first_date())) {
    violations.Add("end_date", "must lie behind first_date");
  }
  for (int i = 0; i < request.co_processing_bodies_size(); ++i) {
    const v1::CoProcessingBody& body = request.co_processing_bodies(i);
    const std::string at = absl::StrCat("co_processing_bodies[", i, "]");
    if (!IsLocal(body.level())) {
      violations.Add(absl::StrCat(at, ".level"), "must be PROVINCE or COMMUNE");
    } else if (!NamesOneBody(body.level(), v1::AGENCY_LINE_UNSPECIFIED, body.body_title())) {
      violations.Add(absl::StrCat(at, ".body_title"), "must name one kind of body of the level");
    }
  }
}

absl::StatusOr<v1::EndAssignmentResponse> EndAssignment(const Env& env, const Call& call,
                                                        const v1::EndAssignmentRequest& request,
                                                        db::Tx& tx) {
  const absl::string_view id =
      absl::string_view(request.name()).substr(request.name().rfind('/') + 1);
  ASSIGN_OR_RETURN(std::optional<Assignment> assignment,
                   store::LoadAssignment(tx, rpc::ProvinceOf(request.name()), id));
  if (!assignment.has_value()) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no assignment is ", request.name()),
                             "ASSIGNMENT_NOT_FOUND", {{"assignment", request.name()}});
  }
  RETURN_IF_ERROR(CheckEtag(request.etag(), assignment->version));
  const absl::CivilDay end = FromProto(request.end_date());
  const absl::CivilDay today = VietnamDay(call.now);
  if (end < today || end < assignment->valid.first || assignment->valid.end <= end) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(request.name(), " cannot end on ", Text(end)),
                             "END_NOT_ALLOWED",
                             {{"first_date", Text(assignment->valid.first)},
                              {"end_date", Text(assignment->valid.end)},
                              {"today", Text(today)}});
  }
  assignment->valid.end = end;
  assignment->end_act = request.act().number();
  ++assignment->version;
  v1::EndAssignmentResponse response;
  ToProto(*assignment, response.mutable_assignment());
  RETURN_IF_ERROR(
      Write(env, call, *assignment, "catalogue.assignment_ended", response.assignment(), tx));
  return response;
}

void ValidateEndAssignment(const v1::EndAssignmentRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
  const std::vector<absl::string_view> parts = absl::StrSplit(request.name(), '/');
  const bool national = parts.size() == 2 && parts[0] == "assignments" && !parts[1].empty();
  const bool provincial = parts.size() == 4 && parts[0] == "provinces" && !parts[1].empty() &&
                          parts[2] == "assignments" && !parts[3].empty();
  if (!national && !provincial) {
    violations.Add("name",
                   "must be assignments/{id} or provinces/{province_code}/assignments/{id}");
  }
}

absl::StatusOr<v1::ListAssignmentsResponse> ListAssignments(
    const Env& env, const Call&, const v1::ListAssignmentsRequest& request) {
  constexpr absl::string_view kMethod = "ListAssignments";
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after, env.pages->Open(kMethod, query, request.page_token()));
  v1::ListAssignmentsResponse response;
  std::string last;
  for (const CatalogueEntry* entry : snapshot->catalogue->entries()) {
    if (!request.procedure_code().empty() && entry->code != request.procedure_code()) continue;
    for (const Assignment& assignment : entry->assignments) {
      if (!request.province_code().empty() && assignment.province_code != request.province_code()) {
        continue;
      }
      if (request.has_as_of() && !assignment.valid.Contains(FromProto(request.as_of()))) continue;
      // In the order of the entries and of their assignments, as a text.
      std::string key =
          absl::StrCat(entry->code, " ", assignment.province_code, " ", assignment.id);
      if (!after.empty() && key <= after) continue;
      if (response.assignments_size() == size) {
        response.set_next_page_token(env.pages->Seal(kMethod, query, last));
        return response;
      }
      ToProto(assignment, response.add_assignments());
      last = std::move(key);
    }
  }
  return response;
}

void ValidateListAssignments(const v1::ListAssignmentsRequest& request,
                             error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ListCompetencesResponse> ListCompetences(
    const Env& env, const Call& call, const v1::ListCompetencesRequest& request) {
  constexpr absl::string_view kMethod = "ListCompetences";
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  RETURN_IF_ERROR(RequireUnits(*snapshot->units));
  if (snapshot->units->FindUnit(request.unit()) == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no unit is ", request.unit()), "UNIT_NOT_FOUND",
                             {{"unit", request.unit()}});
  }
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after, env.pages->Open(kMethod, query, request.page_token()));
  const absl::CivilDay day = AsOf(request, call);
  v1::ListCompetencesResponse response;
  routing::ToProto(day, response.mutable_as_of());
  for (const CatalogueEntry* entry : snapshot->catalogue->entries()) {
    if (!after.empty() && entry->code <= after) continue;
    std::optional<v1::CompetenceLine> line = LineOf(*snapshot, *entry, request, day);
    if (!line.has_value()) continue;
    if (response.lines_size() == size) {
      response.set_next_page_token(
          env.pages->Seal(kMethod, query, response.lines(size - 1).procedure_code()));
      break;
    }
    *response.add_lines() = *std::move(line);
  }
  return response;
}

void ValidateListCompetences(const v1::ListCompetencesRequest& request,
                             error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::CheckCoverageResponse> CheckCoverage(const Env& env, const Call& call,
                                                        const v1::CheckCoverageRequest& request) {
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  // That nothing is wrong with no units at all would be no proof.
  RETURN_IF_ERROR(RequireUnits(*snapshot->units));
  const absl::CivilDay day = AsOf(request, call);
  const CoverageReport report =
      routing::CheckCoverage(*snapshot->catalogue, *snapshot->units, request.province_code(), day);
  v1::CheckCoverageResponse response;
  response.set_procedures(report.procedures);
  response.set_units(report.units);
  response.set_questions(report.questions);
  response.set_holes(report.holes);
  response.set_overlaps(report.overlaps);
  for (const CoverageFault& fault : report.faults) {
    v1::CoverageFault* out = response.add_faults();
    out->set_procedure_code(fault.procedure_code);
    out->set_unit(fault.unit);
    out->set_case_key(fault.case_key);
    out->set_reason(fault.reason);
  }
  routing::ToProto(day, response.mutable_as_of());
  return response;
}

absl::StatusOr<v1::GetDecentralizationResponse> GetDecentralization(
    const Env& env, const Call& call, const v1::GetDecentralizationRequest& request) {
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  const absl::CivilDay day = AsOf(request, call);
  const Decentralization levels = CountLevels(*snapshot->catalogue, request.province_code(), day);
  v1::GetDecentralizationResponse response;
  ToProto("", levels.total, response.mutable_total());
  for (const auto& [ministry, line] : levels.by_ministry) {
    ToProto(ministry, line, response.add_by_ministry());
  }
  routing::ToProto(day, response.mutable_as_of());
  return response;
}

}  // namespace twotier::routing::handlers
