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
  " cancel_reason FROM change_event"
#define TWOTIER_CHANGE_EDGE_ROWS                                                     \
  "SELECT event_id, source_id, target_id, target_founded, relation, population_ppm," \
  " area_ppm, hamlets FROM change_edge"
#define TWOTIER_REPORT_ROWS                                                              \
  "SELECT event_id, service, since_version, open_count, planned_count, unplanned_items," \
  " principal, reported_us FROM succession_report"
#define TWOTIER_EDGE_CORRECTION_ROWS                                      \
  "SELECT event_id, ordinal, relation, population_ppm, area_ppm, hamlets" \
  " FROM change_edge_correction"
#define TWOTIER_CHANGE_NOW " WHERE until_version = $1"
#define TWOTIER_CHANGE_BELIEVED_AT TWOTIER_BELIEVED_AT("''", "'changeEvents/' || event_id")

constexpr db::Statement kLoadEvents{"registry_load_change_events",
                                    TWOTIER_CHANGE_EVENT_ROWS TWOTIER_CHANGE_NOW
                                    " ORDER BY effective_day, event_id"};
constexpr db::Statement kLoadEventsAt{"registry_load_change_events_at",
                                      TWOTIER_CHANGE_EVENT_ROWS TWOTIER_CHANGE_BELIEVED_AT
                                      " ORDER BY effective_day, event_id"};
constexpr db::Statement kLoadEvent{"registry_load_change_event",
                                   TWOTIER_CHANGE_EVENT_ROWS TWOTIER_CHANGE_NOW
                                   " AND event_id = $2"};
constexpr db::Statement kLoadEdges{"registry_load_change_edges",
                                   TWOTIER_CHANGE_EDGE_ROWS " ORDER BY event_id, ordinal"};
constexpr db::Statement kLoadEdgesOf{"registry_load_change_edges_of", TWOTIER_CHANGE_EDGE_ROWS
                                     " WHERE event_id = $1 ORDER BY ordinal"};

constexpr db::Statement kLoadCorrections{"registry_load_edge_corrections",
                                         TWOTIER_EDGE_CORRECTION_ROWS TWOTIER_CHANGE_NOW
                                         " ORDER BY event_id, ordinal"};
constexpr db::Statement kLoadCorrectionsAt{"registry_load_edge_corrections_at",
                                           TWOTIER_EDGE_CORRECTION_ROWS TWOTIER_CHANGE_BELIEVED_AT
                                           " ORDER BY event_id, ordinal"};
constexpr db::Statement kLoadCorrectionsOf{"registry_load_edge_corrections_of",
                                           TWOTIER_EDGE_CORRECTION_ROWS TWOTIER_CHANGE_NOW
                                           " AND event_id = $2 ORDER BY ordinal"};
constexpr db::Statement kEndCorrection{"registry_end_edge_correction",
                                       "UPDATE change_edge_correction SET until_version = $1"
                                       " WHERE event_id = $2 AND ordinal = $3"
                                       " AND until_version = $4"};
constexpr db::Statement kInsertCorrection{
    "registry_insert_edge_correction",
    "INSERT INTO change_edge_correction (event_id, ordinal, since_version, until_version, relation,"
    " population_ppm, area_ppm, hamlets) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

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
                                     TWOTIER_REPORT_ROWS TWOTIER_CHANGE_NOW
                                     " ORDER BY event_id, service"};
constexpr db::Statement kLoadReportsAt{
    "registry_load_succession_reports_at",
    TWOTIER_REPORT_ROWS TWOTIER_BELIEVED_AT(
        "''",
        "'changeEvents/' || event_id || '/successions/' || service") " ORDER BY event_id, service"};
constexpr db::Statement kLoadReport{"registry_load_succession_report",
                                    TWOTIER_REPORT_ROWS TWOTIER_CHANGE_NOW
                                    " AND event_id = $2 AND service = $3"};
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

absl::Status CorrectEdge(const db::Row& row, ChangeEvent& event) {
  const auto ordinal = static_cast<size_t>(row.Int(1));
  if (event.edges.size() <= ordinal) {
    return error::WithReason(absl::StatusCode::kDataLoss, "a correction belongs to no edge",
                             "UNREADABLE_ROW", {{"change_event", event.id}});
  }
  ChangeEdge& edge = event.edges[ordinal];
  edge.relation = static_cast<Relation>(row.Int(2));
  edge.population_ppm = row.OptInt(3);
  edge.area_ppm = row.OptInt(4);
  edge.hamlets = LinesOf(row.Text(5));
  return absl::OkStatus();
}

// Edges that belong to no event read: of an earlier belief they are those of events to come, now
// they are damage.
enum class StrayEdges { kToCome, kDamage };

// Events with their edges.
absl::StatusOr<std::vector<ChangeEvent>> Join(const db::Rows& rows, const db::Rows& edges,
                                              const db::Rows& corrections, StrayEdges stray) {
  std::vector<ChangeEvent> events;
  std::map<std::string, size_t> places;
  for (const db::Row& row : rows) {
    ASSIGN_OR_RETURN(ChangeEvent event, ReadEvent(row));
    places.emplace(event.id, events.size());
    events.push_back(std::move(event));
  }
  for (const db::Row& row : edges) {
    if (const auto it = places.find(row.Text(0)); it != places.end()) {
      AddEdge(row, events[it->second]);
    } else if (stray == StrayEdges::kDamage) {
      return error::WithReason(absl::StatusCode::kDataLoss, "an edge belongs to no event",
                               "UNREADABLE_ROW", {{"change_event", row.Text(0)}});
    }
  }
  for (const db::Row& row : corrections) {
    if (const auto it = places.find(row.Text(0)); it != places.end()) {
      RETURN_IF_ERROR(CorrectEdge(row, events[it->second]));
    }
  }
  return events;
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

std::vector<SuccessionReport> ReadReports(const db::Rows& rows) {
  std::vector<SuccessionReport> reports;
  for (const db::Row& row : rows) reports.push_back(ReadReport(row));
  return reports;
}

}  // namespace

absl::StatusOr<std::vector<ChangeEvent>> LoadChangeEvents(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadEvents, {kStillHolds}));
  ASSIGN_OR_RETURN(const db::Rows edges, tx.Query(kLoadEdges, {}));
  ASSIGN_OR_RETURN(const db::Rows corrections, tx.Query(kLoadCorrections, {kStillHolds}));
  return Join(rows, edges, corrections, StrayEdges::kDamage);
}

absl::StatusOr<std::vector<ChangeEvent>> LoadChangeEventsAt(db::Tx& tx, int64_t position) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadEventsAt, {position}));
  ASSIGN_OR_RETURN(const db::Rows edges, tx.Query(kLoadEdges, {}));
  ASSIGN_OR_RETURN(const db::Rows corrections, tx.Query(kLoadCorrectionsAt, {position}));
  return Join(rows, edges, corrections, StrayEdges::kToCome);
}

absl::StatusOr<std::optional<ChangeEvent>> LoadChangeEvent(db::Tx& tx, absl::string_view event_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadEvent, {kStillHolds, event_id}));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(ChangeEvent event, ReadEvent(rows[0]));
  ASSIGN_OR_RETURN(const db::Rows edges, tx.Query(kLoadEdgesOf, {event_id}));
  for (const db::Row& row : edges) AddEdge(row, event);
  ASSIGN_OR_RETURN(const db::Rows corrections,
                   tx.Query(kLoadCorrectionsOf, {kStillHolds, event_id}));
  for (const db::Row& row : corrections) RETURN_IF_ERROR(CorrectEdge(row, event));
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

absl::Status WriteCorrectedEdge(db::Tx& tx, const ChangeEvent& event, size_t ordinal) {
  const ChangeEdge& edge = event.edges[ordinal];
  const auto place = static_cast<int64_t>(ordinal);
  RETURN_IF_ERROR(tx.Exec(kEndCorrection, {event.version, event.id, place, kStillHolds}).status());
  const std::string hamlets = TextOf(edge.hamlets);
  return tx.Write(kInsertCorrection,
                  {event.id, place, event.version, kStillHolds, static_cast<int64_t>(edge.relation),
                   edge.population_ppm, edge.area_ppm, hamlets});
}

absl::StatusOr<std::vector<SuccessionReport>> LoadReports(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadReports, {kStillHolds}));
  return ReadReports(rows);
}

absl::StatusOr<std::vector<SuccessionReport>> LoadReportsAt(db::Tx& tx, int64_t position) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadReportsAt, {position}));
  return ReadReports(rows);
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
