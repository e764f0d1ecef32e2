#include "services/routing/store/assignment_store.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::routing::store {
namespace {

// until_version of a row that still holds.
constexpr int64_t kStillHolds = std::numeric_limits<int64_t>::max();

const absl::CivilDay kEpoch(1970, 1, 1);

#define TWOTIER_ASSIGNMENT_ROWS                                                             \
  "SELECT province_code, assignment_id, since_version, procedure_code, basis, level, line," \
  " body_title, territory, case_key, first_day, end_day, act, end_act, co_bodies FROM"      \
  " assignment WHERE until_version = $1"
#define TWOTIER_ASSIGNMENT_ORDER " ORDER BY province_code, assignment_id"

constexpr db::Statement kLoadAll{"routing_load_assignments",
                                 TWOTIER_ASSIGNMENT_ROWS TWOTIER_ASSIGNMENT_ORDER};
constexpr db::Statement kLoadOfProcedure{"routing_load_assignments_of", TWOTIER_ASSIGNMENT_ROWS
                                         " AND procedure_code = $2" TWOTIER_ASSIGNMENT_ORDER};
constexpr db::Statement kLoadOne{"routing_load_assignment", TWOTIER_ASSIGNMENT_ROWS
                                 " AND province_code = $2 AND assignment_id = $3"};
constexpr db::Statement kEnd{
    "routing_end_assignment",
    "UPDATE assignment SET until_version = $1"
    " WHERE province_code = $2 AND assignment_id = $3 AND until_version = $4"};
constexpr db::Statement kInsert{
    "routing_insert_assignment",
    "INSERT INTO assignment (province_code, assignment_id, since_version, until_version,"
    " procedure_code, basis, level, line, body_title, territory, case_key, first_day, end_day, act,"
    " end_act, co_bodies, written_us)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"};

// One body a line: "LEVEL|title".
std::string Pack(const std::vector<CoProcessingBody>& bodies) {
  return absl::StrJoin(bodies, "\n", [](std::string* out, const CoProcessingBody& body) {
    absl::StrAppend(out, static_cast<int>(body.level), "|", body.body_title);
  });
}

absl::StatusOr<Assignment> Read(const db::Row& row) {
  Assignment assignment;
  assignment.province_code = row.Text(0);
  assignment.id = row.Text(1);
  assignment.version = row.Int(2);
  assignment.procedure_code = row.Text(3);
  assignment.basis = static_cast<AssignmentBasis>(row.Int(4));
  assignment.level = static_cast<Level>(row.Int(5));
  assignment.line = static_cast<Line>(row.Int(6));
  assignment.body_title = row.Text(7);
  assignment.territory = row.Text(8);
  assignment.case_key = row.Text(9);
  assignment.valid = {kEpoch + row.Int(10), kEpoch + row.Int(11)};
  assignment.act = row.Text(12);
  assignment.end_act = row.Text(13);
  for (const absl::string_view line : absl::StrSplit(row.Text(14), '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('|', 1));
    int level = 0;
    if (!absl::SimpleAtoi(parts.first, &level)) {
      return error::WithReason(absl::StatusCode::kDataLoss,
                               "the bodies of an assignment cannot be read", "UNREADABLE_ROW",
                               {{"assignment", assignment.Name()}});
    }
    assignment.co_bodies.push_back({static_cast<Level>(level), std::string(parts.second)});
  }
  return assignment;
}

absl::StatusOr<std::vector<Assignment>> ReadAll(const db::Rows& rows) {
  std::vector<Assignment> assignments;
  assignments.reserve(rows.size());
  for (const db::Row& row : rows) {
    ASSIGN_OR_RETURN(Assignment assignment, Read(row));
    assignments.push_back(std::move(assignment));
  }
  return assignments;
}

}  // namespace

absl::StatusOr<std::vector<Assignment>> LoadAssignments(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadAll, {kStillHolds}));
  return ReadAll(rows);
}

absl::StatusOr<std::vector<Assignment>> LoadAssignmentsOf(db::Tx& tx,
                                                          absl::string_view procedure_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadOfProcedure, {kStillHolds, procedure_code}));
  return ReadAll(rows);
}

absl::StatusOr<std::optional<Assignment>> LoadAssignment(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         absl::string_view id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadOne, {kStillHolds, province_code, id}));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Assignment assignment, Read(rows[0]));
  return assignment;
}

absl::Status WriteAssignment(db::Tx& tx, const Assignment& assignment, absl::Time now) {
  if (assignment.version > 1) {
    RETURN_IF_ERROR(
        tx.Exec(kEnd, {assignment.version, assignment.province_code, assignment.id, kStillHolds})
            .status());
  }
  const std::string co_bodies = Pack(assignment.co_bodies);
  return tx.Write(kInsert,
                  {assignment.province_code, assignment.id, assignment.version, kStillHolds,
                   assignment.procedure_code, static_cast<int>(assignment.basis),
                   static_cast<int>(assignment.level), static_cast<int>(assignment.line),
                   assignment.body_title, assignment.territory, assignment.case_key,
                   static_cast<int64_t>(assignment.valid.first - kEpoch),
                   static_cast<int64_t>(assignment.valid.end - kEpoch), assignment.act,
                   assignment.end_act, co_bodies, absl::ToUnixMicros(now)});
}

}  // namespace twotier::routing::store
