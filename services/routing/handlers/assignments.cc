#include "services/routing/handlers/assignments.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "services/routing/convert.h"
#include "services/routing/handlers/as_of.h"
#include "services/routing/handlers/catalogue.h"
#include "services/routing/handlers/catalogue_version.h"
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

// A catalogue that has the procedure alone, without assignments.
absl::StatusOr<std::shared_ptr<const Catalogue>> LoadProcedure(db::Tx& tx,
                                                               const std::string& code) {
  ASSIGN_OR_RETURN(store::StoredProcedures stored, store::LoadProcedure(tx, code));
  if (!stored.versions.empty()) {
    return Catalogue::Of(std::move(stored.versions), {}, std::move(stored.ends));
  }
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no procedure has the code ", code), "PROCEDURE_NOT_FOUND",
                           {{"procedure_code", code}});
}

// The province exists on the first date, and the territory is a unit of it. Asks what the
// transaction sees: the answer is remembered.
absl::Status CheckTerritory(const Env& env, const Assignment& assignment, db::Tx& tx) {
  if (assignment.province_code.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  RETURN_IF_ERROR(RequireProvince(*basis->units, assignment.province_code, assignment.valid.first));
  if (assignment.territory.empty()) return absl::OkStatus();
  const UnitRecord* unit = basis->units->FindUnit(assignment.territory);
  if (unit == nullptr) return UnitNotFound(assignment.territory);
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

// Everything that speaks against an assignment at once. The reason is that of the first objection.
class Objections {
 public:
  // Nothing, where there is no violation.
  void Add(absl::Status status, std::vector<error::PreconditionViolation> violations) {
    if (violations.empty()) return;
    if (first_.ok()) first_ = std::move(status);
    violations_.insert(violations_.end(), violations.begin(), violations.end());
  }

  absl::Status ToStatus() const {
    return first_.ok() ? first_ : error::WithPreconditions(first_, violations_);
  }

 private:
  absl::Status first_;
  std::vector<error::PreconditionViolation> violations_;
};

bool Overlap(const DayRange& a, const DayRange& b) { return a.first < b.end && b.first < a.end; }

// OK when a version holds on some of the assignment's days that is routed, or is so once
// assignments say which body decides which case; else why it would decide nothing:
// FAILED_PRECONDITION `PROCEDURE_NOT_PUBLISHED`, or as Catalogue::PeriodOn.
absl::Status CheckRouted(const Catalogue& catalogue, const Assignment& assignment) {
  const CatalogueEntry& entry = *catalogue.Find(assignment.procedure_code);
  std::vector<const ProcedurePeriods*> places = {&entry.PeriodsIn(assignment.province_code)};
  if (assignment.province_code.empty()) {  // Also where a province has versions of its own.
    for (const auto& [province, periods] : entry.provincial) places.push_back(&periods);
  }
  const ProcedureVersion* draft = nullptr;
  for (const ProcedurePeriods* periods : places) {
    for (const ProcedurePeriod& period : *periods) {
      if (period.version == nullptr || !Overlap(period.days, assignment.valid)) continue;
      if (period.version->published() || period.version->depends_on_case()) {
        return absl::OkStatus();
      }
      if (draft == nullptr) draft = period.version;
    }
  }
  if (draft != nullptr) return NotPublished(*draft);
  return catalogue
      .PeriodOn(assignment.procedure_code, assignment.province_code, assignment.valid.first)
      .status();
}

// Cases of the versions that hold on some of the assignment's days, where none of them has the
// assignment's: it would decide nothing. Empty: it may decide.
std::string OtherCases(const CatalogueEntry& entry, const Assignment& assignment) {
  std::set<std::string> cases;
  for (const ProcedurePeriod& period : entry.PeriodsIn(assignment.province_code)) {
    if (period.version == nullptr || !Overlap(period.days, assignment.valid)) continue;
    const Procedure& procedure = period.version->procedure;
    // A version without cases leaves it to assignments to tell them apart.
    if (procedure.cases.empty() || procedure.FindCase(assignment.case_key) != nullptr) return "";
    for (const ProcedureCase& each : procedure.cases) cases.insert(each.key);
  }
  return absl::StrJoin(cases, ",");
}

void CheckCase(const CatalogueEntry& entry, const Assignment& assignment, Objections& objections) {
  const std::string cases = assignment.case_key.empty() ? "" : OtherCases(entry, assignment);
  if (cases.empty()) return;
  objections.Add(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("procedure ", assignment.procedure_code, " tells no case ",
                                     assignment.case_key, " apart; its cases: ", cases),
                        "CASE_UNKNOWN",
                        {{"procedure_code", assignment.procedure_code}, {"cases", cases}}),
      {{"CASE", assignment.case_key, absl::StrCat("is none of ", cases)}});
}

void CheckConflicts(const Assignment& assignment, const std::vector<Assignment>& others,
                    Objections& objections) {
  std::vector<error::PreconditionViolation> violations;
  for (const Assignment* other : ConflictsOf(assignment, others)) {
    violations.push_back(
        {"ASSIGNMENT", other->Name(),
         absl::StrCat("has the same basis, territory and case, and holds from ",
                      Text(other->valid.first), " to before ", Text(other->valid.end))});
  }
  const std::string first = violations.empty() ? "" : violations.front().subject;
  objections.Add(error::WithReason(absl::StatusCode::kFailedPrecondition,
                                   absl::StrCat("nothing tells the assignment apart from ", first),
                                   "ASSIGNMENTS_CONFLICT", {{"assignments", first}}),
                 std::move(violations));
}

// Without an assignment nobody decides what is in force on some of the days.
bool NeedsAssignments(const ProcedurePeriods& periods, const DayRange& days) {
  return std::any_of(periods.begin(), periods.end(), [&days](const ProcedurePeriod& period) {
    return Overlap(period.days, days) && period.version != nullptr && !period.version->published();
  });
}

void CheckGaps(const CatalogueEntry& entry, const Assignment& assignment,
               const std::vector<Assignment>& others, const std::optional<DayRange>& freed,
               Objections& objections) {
  std::vector<error::PreconditionViolation> violations;
  for (const AssignmentGap& gap : GapsOf(assignment, others, freed)) {
    if (!NeedsAssignments(entry.PeriodsIn(assignment.province_code), gap.days)) continue;
    const bool behind_this = gap.before->id == assignment.id;
    const Assignment& other = behind_this ? *gap.behind : *gap.before;
    const bool of_others = !behind_this && gap.behind->id != assignment.id;
    violations.push_back({"ASSIGNMENT", other.Name(),
                          absl::StrCat("nobody decides from ", Text(gap.days.first), " to before ",
                                       Text(gap.days.end), ", between it and ",
                                       of_others ? gap.behind->Name() : std::string("this one"))});
  }
  const std::string first = violations.empty() ? "" : violations.front().subject;
  objections.Add(
      error::WithReason(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("between the assignment and ", first, " nobody would decide"),
                        "ASSIGNMENTS_GAPPED", {{"assignments", first}}),
      std::move(violations));
}

// Returns the version of the catalogue with it.
absl::StatusOr<int64_t> Write(const Env& env, const Call& call, const Assignment& assignment,
                              absl::string_view kind, const google::protobuf::Message& body,
                              db::Tx& tx) {
  RETURN_IF_ERROR(store::WriteAssignment(tx, assignment, call.now));
  ASSIGN_OR_RETURN(const int64_t version, AppendCatalogueEvent(tx, call, kind, body));
  RETURN_IF_ERROR(units::CountChange(tx));
  env.appended();
  return version;
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
  ASSIGN_OR_RETURN(const std::shared_ptr<const Catalogue> catalogue,
                   LoadProcedure(tx, assignment.procedure_code));
  RETURN_IF_ERROR(CheckTerritory(env, assignment, tx));
  RETURN_IF_ERROR(CheckRouted(*catalogue, assignment));
  ASSIGN_OR_RETURN(const std::vector<Assignment> others,
                   store::LoadAssignmentsOf(tx, assignment.procedure_code));
  const CatalogueEntry& entry = *catalogue->Find(assignment.procedure_code);
  Objections objections;
  CheckCase(entry, assignment, objections);
  CheckConflicts(assignment, others, objections);
  CheckGaps(entry, assignment, others, std::nullopt, objections);
  RETURN_IF_ERROR(objections.ToStatus());
  v1::PublishAssignmentResponse response;
  ToProto(assignment, response.mutable_assignment());
  ASSIGN_OR_RETURN(
      const int64_t catalogue_version,
      Write(env, call, assignment, "catalogue.assignment_published", response.assignment(), tx));
  response.set_catalogue_version(catalogue_version);
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
  const DayRange freed = {end, assignment->valid.end};
  assignment->valid.end = end;
  ASSIGN_OR_RETURN(const std::shared_ptr<const Catalogue> catalogue,
                   LoadProcedure(tx, assignment->procedure_code));
  ASSIGN_OR_RETURN(const std::vector<Assignment> others,
                   store::LoadAssignmentsOf(tx, assignment->procedure_code));
  Objections objections;
  CheckGaps(*catalogue->Find(assignment->procedure_code), *assignment, others, freed, objections);
  RETURN_IF_ERROR(objections.ToStatus());
  assignment->end_act = request.act().number();
  ++assignment->version;
  v1::EndAssignmentResponse response;
  ToProto(*assignment, response.mutable_assignment());
  ASSIGN_OR_RETURN(
      const int64_t catalogue_version,
      Write(env, call, *assignment, "catalogue.assignment_ended", response.assignment(), tx));
  response.set_catalogue_version(catalogue_version);
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
    const Env& env, const Call&, const v1::ListAssignmentsRequest& request, db::Tx* tx) {
  constexpr absl::string_view kMethod = "ListAssignments";
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after, env.pages->Open(kMethod, query, request.page_token()));
  v1::ListAssignmentsResponse response;
  response.set_catalogue_version(snapshot->catalogue_version);
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

}  // namespace twotier::routing::handlers
