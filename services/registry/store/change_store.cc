#include "services/registry/store/change_store.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/store/rows.h"

namespace twotier::registry::store {
namespace {

#define TWOTIER_CHANGE_EVENT_ROWS                                                       \
  "SELECT event_id, since_version, effective_day, act, kinds, caretaker_id, cancelled," \
  " cancel_reason FROM change_event WHERE until_version = $1"
#define TWOTIER_CHANGE_EDGE_ROWS                                                     \
  "SELECT event_id, source_id, target_id, target_founded, relation, population_ppm," \
  " area_ppm, hamlets FROM change_edge"
#define TWOTIER_REPORT_ROWS                                                              \
  "SELECT event_id, service, since_version, open_count, planned_count, unplanned_items," \
  " principal, reported_us FROM succession_report WHERE until_version = $1"

constexpr db::Statement kLoadEvents{"registry_load_change_events",
                                    TWOTIER_CHANGE_EVENT_ROWS " ORDER BY effective_day, event_id"};
constexpr db::Statement kLoadEvent{"registry_load_change_event",
                                   TWOTIER_CHANGE_EVENT_ROWS " AND event_id = $2"};
constexpr db::Statement kLoadEdges{"registry_load_change_edges",
                                   TWOTIER_CHANGE_EDGE_ROWS " ORDER BY event_id, ordinal"};
constexpr db::Statement kLoadEdgesOf{"registry_load_change_edges_of", TWOTIER_CHANGE_EDGE_ROWS
                                     " WHERE event_id = $1 ORDER BY ordinal"};

constexpr db::Statement kEndEvent{
    "registry_end_change_event",
    "UPDATE change_event SET until_version = $1 WHERE event_id = $2 AND until_version = $3"};
constexpr db::Statement kInsertEvent{
    "registry_insert_change_event",
    "INSERT INTO change_event (event_id, since_version, until_version, effective_day, act, kinds,"
    " caretaker_id, cancelled, cancel_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr db::Statement kInsertEdge{
    "registry_insert_change_edge",
    "INSERT INTO change_edge (event_id, ordinal, source_id, target_id, target_founded, relation,"
    " population_ppm, area_ppm, hamlets) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

constexpr db::Statement kLoadReports{"registry_load_succession_reports",
                                     TWOTIER_REPORT_ROWS " ORDER BY event_id, service"};
constexpr db::Statement kLoadReport{"registry_load_succession_report",
                                    TWOTIER_REPORT_ROWS " AND event_id = $2 AND service = $3"};
constexpr db::Statement kEndReport{"registry_end_succession_report",
                                   "UPDATE succession_report SET until_version = $1"
                                   " WHERE event_id = $2 AND service = $3 AND until_version = $4"};
constexpr db::Statement kInsertReport{
    "registry_insert_succession_report",
    "INSERT INTO succession_report (event_id, service, since_version, until_version, open_count,"
    " planned_count, unplanned_items, principal, reported_us)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};

absl::StatusOr<ChangeEvent> ReadEvent(const db::Row& row) {
  ChangeEvent event;
  event.id = row.Text(0);
  event.version = row.Int(1);
  event.effective = ToDay(row.Int(2));
  event.act = row.Text(3);
  for (const absl::string_view text : absl::StrSplit(row.Text(4), ',', absl::SkipEmpty())) {
    int kind = 0;
    if (!absl::SimpleAtoi(text, &kind)) {
      return error::WithReason(absl::StatusCode::kDataLoss, "the kinds of an event cannot be read",
                               "UNREADABLE_ROW", {{"change_event", event.id}});
    }
    event.kinds.push_back(static_cast<ChangeKind>(kind));
  }
  event.caretaker_id = row.Text(5);
  event.cancelled = row.Int(6) != 0;
  event.cancel_reason = row.Text(7);
  return event;
}

void AddEdge(const db::Row& row, ChangeEvent& event) {
  ChangeEdge edge{row.Text(1),   row.Text(2),   static_cast<Relation>(row.Int(4)),
                  row.OptInt(5), row.OptInt(6), LinesOf(row.Text(7))};
  if (row.Int(3) != 0 && !IsFounded(event, edge.target_id)) {
    event.founded_ids.push_back(edge.target_id);
  }
  event.edges.push_back(std::move(edge));
}

SuccessionReport ReadReport(const db::Row& row) {
  SuccessionReport report;
  report.event_id = row.Text(0);
  report.service = row.Text(1);
  report.version = row.Int(2);
  report.open = row.Int(3);
  report.planned = row.Int(4);
  report.unplanned_items = LinesOf(row.Text(5));
  report.principal = row.Text(6);
  report.reported = absl::FromUnixMicros(row.Int(7));
  return report;
}

}  // namespace

absl::StatusOr<std::vector<ChangeEvent>> LoadChangeEvents(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadEvents, {kStillHolds}));
  ASSIGN_OR_RETURN(const db::Rows edges, tx.Query(kLoadEdges, {}));
  std::vector<ChangeEvent> events;
  std::map<std::string, size_t> places;
  for (const db::Row& row : rows) {
    ASSIGN_OR_RETURN(ChangeEvent event, ReadEvent(row));
    places.emplace(event.id, events.size());
    events.push_back(std::move(event));
  }
  for (const db::Row& row : edges) {
    const auto it = places.find(row.Text(0));
    if (it == places.end()) {
      return error::WithReason(absl::StatusCode::kDataLoss, "an edge belongs to no event",
                               "UNREADABLE_ROW", {{"change_event", row.Text(0)}});
    }
    AddEdge(row, events[it->second]);
  }
  return events;
}

absl::StatusOr<std::optional<ChangeEvent>> LoadChangeEvent(db::Tx& tx, absl::string_view event_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadEvent, {kStillHolds, event_id}));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(ChangeEvent event, ReadEvent(rows[0]));
  ASSIGN_OR_RETURN(const db::Rows edges, tx.Query(kLoadEdgesOf, {event_id}));
  for (const db::Row& row : edges) AddEdge(row, event);
  return event;
}

absl::Status WriteChangeEvent(db::Tx& tx, const ChangeEvent& event) {
  if (event.version > 1) {
    RETURN_IF_ERROR(tx.Exec(kEndEvent, {event.version, event.id, kStillHolds}).status());
  }
  const std::string kinds = absl::StrJoin(event.kinds, ",", [](std::string* out, ChangeKind kind) {
    absl::StrAppend(out, static_cast<int>(kind));
  });
  RETURN_IF_ERROR(tx.Write(
      kInsertEvent, {event.id, event.version, kStillHolds, ToColumn(event.effective), event.act,
                     kinds, event.caretaker_id, int64_t{event.cancelled}, event.cancel_reason}));
  if (event.version > 1) return absl::OkStatus();
  int64_t ordinal = 0;
  for (const ChangeEdge& edge : event.edges) {
    const std::string hamlets = TextOf(edge.hamlets);
    RETURN_IF_ERROR(tx.Write(kInsertEdge, {event.id, ordinal++, edge.source_id, edge.target_id,
                                           int64_t{IsFounded(event, edge.target_id)},
                                           static_cast<int64_t>(edge.relation), edge.population_ppm,
                                           edge.area_ppm, hamlets}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SuccessionReport>> LoadReports(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadReports, {kStillHolds}));
  std::vector<SuccessionReport> reports;
  for (const db::Row& row : rows) reports.push_back(ReadReport(row));
  return reports;
}

absl::StatusOr<std::optional<SuccessionReport>> LoadReport(db::Tx& tx, absl::string_view event_id,
                                                           absl::string_view service) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadReport, {kStillHolds, event_id, service}));
  if (rows.empty()) return std::nullopt;
  return ReadReport(rows[0]);
}

absl::Status WriteReport(db::Tx& tx, const SuccessionReport& report) {
  if (report.version > 1) {
    RETURN_IF_ERROR(
        tx.Exec(kEndReport, {report.version, report.event_id, report.service, kStillHolds})
            .status());
  }
  const std::string items = TextOf(report.unplanned_items);
  return tx.Write(kInsertReport,
                  {report.event_id, report.service, report.version, kStillHolds, report.open,
                   report.planned, items, report.principal, absl::ToUnixMicros(report.reported)});
}

}  // namespace twotier::registry::store
