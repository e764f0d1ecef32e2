#include "tools/verify/register_rows.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/status_macros.h"
#include "tools/verify/connect.h"

namespace twotier::verify {
namespace {

constexpr db::Statement kUnits{
    "verify_units",
    "SELECT unit_id, first_day, end_day, since_version, until_version, tier, type, code, parent_id,"
    " province_code FROM unit_version ORDER BY unit_id, first_day, since_version"};

constexpr db::Statement kSteps{
    "verify_steps",
    "SELECT source_id, target_id, effective_day, since_version, until_version, population_ppm,"
    " area_ppm FROM unit_succession"
    " ORDER BY source_id, effective_day, target_id, since_version"};

constexpr db::Statement kChanges{
    "verify_changes",
    "SELECT event_id, since_version, until_version, effective_day, caretaker_id, cancelled"
    " FROM change_event ORDER BY event_id, since_version"};

constexpr db::Statement kChangeEdges{
    "verify_change_edges",
    "SELECT event_id, source_id, target_id, target_founded FROM change_edge"
    " ORDER BY event_id, ordinal"};

constexpr db::Statement kCenters{
    "verify_centers",
    "SELECT province_code, center_id, first_day, end_day, since_version, until_version, kind, state"
    " FROM center_version ORDER BY province_code, center_id, first_day, since_version"};

constexpr db::Statement kServed{
    "verify_served",
    "SELECT province_code, center_id, first_day, unit_id, since_version, until_version"
    " FROM center_unit ORDER BY province_code, center_id, first_day, unit_id, since_version"};

constexpr db::Statement kEvents{"verify_events",
                                "SELECT " TWOTIER_VERIFY_EVENT_COLUMNS
                                " FROM event ORDER BY province_code, subject, version"};

constexpr db::Statement kHead{"verify_head",
                              "SELECT position, known_us FROM feed_head WHERE id = 1"};

Belief ReadBelief(const db::Row& row, size_t column) {
  return {row.Int(column), row.Int(column + 1)};
}

absl::Status ReadRecords(db::Tx& tx, RegisterRows& rows) {
  ASSIGN_OR_RETURN(const db::Rows units, tx.Query(kUnits, {}));
  for (const db::Row& row : units) {
    rows.units.push_back({row.Text(0), row.Int(1), row.Int(2), ReadBelief(row, 3), row.Int(5),
                          row.Int(6), row.Text(7), row.Text(8), row.Text(9)});
  }
  ASSIGN_OR_RETURN(const db::Rows steps, tx.Query(kSteps, {}));
  for (const db::Row& row : steps) {
    rows.steps.push_back(
        {row.Text(0), row.Text(1), row.Int(2), ReadBelief(row, 3), row.OptInt(5), row.OptInt(6)});
  }
  ASSIGN_OR_RETURN(const db::Rows centers, tx.Query(kCenters, {}));
  for (const db::Row& row : centers) {
    rows.centers.push_back({row.Text(0), row.Text(1), row.Int(2), row.Int(3), ReadBelief(row, 4),
                            row.Int(6), row.Int(7)});
  }
  ASSIGN_OR_RETURN(const db::Rows served, tx.Query(kServed, {}));
  for (const db::Row& row : served) {
    rows.served.push_back({row.Text(0), row.Text(1), row.Int(2), row.Text(3), ReadBelief(row, 4)});
  }
  return absl::OkStatus();
}

absl::Status ReadChanges(db::Tx& tx, RegisterRows& rows) {
  ASSIGN_OR_RETURN(const db::Rows changes, tx.Query(kChanges, {}));
  for (const db::Row& row : changes) {
    rows.changes.push_back({row.Text(0), ReadBelief(row, 1), row.Int(3), row.Text(4), row.Bool(5)});
  }
  ASSIGN_OR_RETURN(const db::Rows edges, tx.Query(kChangeEdges, {}));
  for (const db::Row& row : edges) {
    rows.change_edges.push_back({row.Text(0), row.Text(1), row.Text(2), row.Bool(3)});
  }
  return absl::OkStatus();
}

absl::Status ReadFeed(db::Tx& tx, RegisterRows& rows) {
  ASSIGN_OR_RETURN(const db::Rows events, tx.Query(kEvents, {}));
  for (const db::Row& row : events) rows.events.push_back(EventOf(row));
  ASSIGN_OR_RETURN(const db::Rows head, tx.Query(kHead, {}));
  if (head.empty()) return absl::DataLossError("the feed has no head");
  rows.head_position = head.front().Int(0);
  rows.head_known_us = head.front().Int(1);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RegisterRows> ReadRegisterRows(absl::string_view url) {
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Connection> connection, ConnectReadOnly(url));
  RETURN_IF_ERROR(connection->Begin(db::Access::kRead, {}));
  connection->StartUnit(/*singly=*/true);
  RegisterRows rows;
  RETURN_IF_ERROR(ReadRecords(*connection, rows));
  RETURN_IF_ERROR(ReadChanges(*connection, rows));
  RETURN_IF_ERROR(ReadFeed(*connection, rows));
  RETURN_IF_ERROR(connection->Commit());
  return rows;
}

std::string DayText(int64_t day) { return absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + day); }

}  // namespace twotier::verify
