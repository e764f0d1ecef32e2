#include "tools/verify/dossier_rows.h"

#include <cstddef>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/db/connection.h"
#include "common/status_macros.h"
#include "tools/verify/connect.h"

namespace twotier::verify {
namespace {

constexpr int64_t kDossiersAtATime = 1000;
// Sorts behind every character of a code.
constexpr absl::string_view kBehindAll = "~";

constexpr db::Statement kCalendars{
    "verify_dossier_calendars",
    "SELECT version, content, imported_us FROM calendar_version ORDER BY version"};

constexpr db::Statement kDossierProvinces{
    "verify_dossier_provinces",
    "SELECT province_code FROM dossier GROUP BY province_code ORDER BY province_code"};

constexpr db::Statement kEventProvinces{
    "verify_event_provinces",
    "SELECT province_code FROM event GROUP BY province_code ORDER BY province_code"};

constexpr db::Statement kDossiers{
    "verify_dossiers",
    "SELECT d.province_code, d.code, d.state, d.center, d.return_center, d.procedure_code, d.unit,"
    " d.body_unit, d.body_title, d.applicant_digest, CASE WHEN a.kind IS NULL THEN 0 ELSE 1 END,"
    " d.term_value, d.term_half, d.term_unit, d.cutoff_minute, d.submit_us,"
    " d.accept_us, d.due_us, d.first_due_us, d.open_due_us, d.process_us, d.return_us, d.end_us,"
    " d.supplement_us, d.answer_by_us, d.supplement_requests, d.extensions, d.fee_due_vnd,"
    " d.fee_paid_vnd, d.result_id, d.assignee, d.agency_unit, d.agency_title,"
    " d.satisfaction, d.owning_system, d.external_code, d.source_due_us, d.version, d.chain_hash,"
    " d.procedure_version, d.case_key, d.account_verified, d.support_center,"
    " d.pause_extended_us, d.fee_paid_total_vnd, d.received_center, d.fee_due_at,"
    " d.channel, d.applicant_kind, d.components, d.due_provisional"
    " FROM dossier d LEFT JOIN applicant a"
    " ON a.province_code = d.province_code AND a.applicant_ref = d.applicant_ref"
    " WHERE d.province_code = $1 AND d.code > $2 ORDER BY d.code LIMIT $3"};

constexpr db::Statement kVersions{
    "verify_procedure_versions",
    "SELECT v.province_code, v.code, v.version, p.content, v.term_value, v.term_half, v.term_unit,"
    " v.cutoff_minute, v.level, v.known_from_day, p.end_day, v.imported_us,"
    " (SELECT MIN(e.first_day) FROM procedure_end e WHERE e.code = v.code)"
    " FROM procedure_version v LEFT JOIN procedure_publication p ON p.province_code ="
    " v.province_code AND p.code = v.code AND p.version = v.version"
    " ORDER BY v.code, v.version, v.province_code"};

// Of the snapshot in use; another one may be staged beside it.
constexpr db::Statement kUnits{"verify_copied_units",
                               "SELECT u.name, u.body FROM replica_unit u JOIN follower_position f"
                               " ON f.source = 'registry' AND f.snapshot_id = u.snapshot_id"};

constexpr db::Statement kEntries{"verify_dossier_entries",
                                 "SELECT " TWOTIER_VERIFY_EVENT_COLUMNS
                                 " FROM event WHERE province_code = $1 AND subject > $2"
                                 " AND subject <= $3 ORDER BY subject, version"};

constexpr db::Statement kCounters{"verify_dossier_counters",
                                  "SELECT province_code, center, day, last FROM dossier_counter"
                                  " ORDER BY province_code, center, day"};

constexpr db::Statement kImported{"verify_imported_codes",
                                  "SELECT province_code, external_key, source_system, code"
                                  " FROM imported_code"
                                  " ORDER BY province_code, external_key, source_system"};

constexpr db::Statement kPlaces{"verify_dossier_places",
                                "SELECT province_code, center, organisation_id"
                                " FROM center_organisation"};

constexpr db::Statement kHosts{"verify_hosted_provinces",
                               "SELECT host_code, province_code FROM hosted_province"};

constexpr db::Statement kStrayAlarms{
    "verify_stray_alarms",
    "SELECT a.province_code, a.code, a.center FROM dossier_alarm a LEFT JOIN dossier d"
    " ON d.province_code = a.province_code AND d.code = a.code"
    " WHERE d.code IS NULL OR d.center <> a.center ORDER BY a.province_code, a.code"};

constexpr db::Statement kFeed{
    "verify_dossier_feed",
    "WITH deleted AS (SELECT COALESCE(MAX(deleted_position), 0) AS position FROM feed_retention)"
    " SELECT h.position, d.position,"
    " (SELECT COUNT(*) FROM event e WHERE e.position > d.position),"
    " (SELECT COALESCE(MAX(e.position), 0) FROM event e)"
    " FROM feed_head h CROSS JOIN deleted d WHERE h.id = 1"};

DossierRow DossierOf(const db::Row& row) {
  DossierRow dossier;
  size_t column = 0;
  const auto text = [&] { return row.Text(column++); };
  const auto number = [&] { return row.Int(column++); };
  const auto maybe = [&] { return row.OptInt(column++); };
  dossier.province_code = text();
  dossier.code = text();
  dossier.state = number();
  dossier.center = text();
  dossier.return_center = text();
  dossier.procedure_code = text();
  dossier.unit = text();
  dossier.body_unit = text();
  dossier.body_title = text();
  dossier.applicant_digest = row.Bytes(column++);
  dossier.has_applicant = row.Bool(column++);
  dossier.term_value = number();
  dossier.term_half = row.Bool(column++);
  dossier.term_unit = number();
  dossier.cutoff_minute = maybe();
  dossier.submit_us = number();
  dossier.accept_us = maybe();
  dossier.due_us = maybe();
  dossier.first_due_us = maybe();
  dossier.open_due_us = number();
  dossier.process_us = maybe();
  dossier.return_us = maybe();
  dossier.end_us = maybe();
  dossier.pause_us = maybe();
  dossier.answer_by_us = maybe();
  dossier.supplement_requests = number();
  dossier.extensions = number();
  dossier.fee_due_vnd = maybe();
  dossier.fee_paid_vnd = maybe();
  dossier.result_id = text();
  dossier.assignee = text();
  dossier.agency_unit = text();
  dossier.agency_title = text();
  dossier.satisfaction = number();
  dossier.owning_system = text();
  dossier.external_code = text();
  dossier.source_due_us = maybe();
  dossier.version = number();
  dossier.chain_hash = row.Bytes(column++);
  dossier.procedure_version = number();
  dossier.case_key = text();
  dossier.account_verified = number();
  dossier.support_center = text();
  dossier.pause_extended_us = maybe();
  dossier.fee_paid_total_vnd = number();
  dossier.received_center = text();
  dossier.fee_due_at = number();
  dossier.channel = number();
  dossier.applicant_kind = number();
  dossier.components_digest = Sha256(row.Bytes(column++));
  dossier.due_provisional = row.Bool(column++);
  return dossier;
}

// Both are in the order of their names.
void Join(const std::string& prefix, std::vector<DossierRow>& dossiers,
          std::vector<EventRow> events, const DossierVisitor& visitor) {
  size_t next = 0;
  for (DossierRow& dossier : dossiers) {
    const std::string name = absl::StrCat(prefix, dossier.code);
    for (; next < events.size() && events[next].subject <= name; ++next) {
      if (events[next].subject == name) {
        dossier.entries.push_back(std::move(events[next]));
      } else {
        visitor.stray(events[next]);
      }
    }
    visitor.dossier(dossier);
  }
  for (; next < events.size(); ++next) visitor.stray(events[next]);
}

absl::Status ReadProvince(db::Tx& tx, const std::string& province, const DossierVisitor& visitor) {
  const std::string prefix = absl::StrCat("provinces/", province, "/dossiers/");
  std::string after;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kDossiers, {province, after, kDossiersAtATime}));
    more = static_cast<int64_t>(rows.size()) == kDossiersAtATime;
    std::vector<DossierRow> dossiers;
    dossiers.reserve(rows.size());
    for (const db::Row& row : rows) dossiers.push_back(DossierOf(row));
    const std::string last = more ? dossiers.back().code : std::string(kBehindAll);
    ASSIGN_OR_RETURN(const db::Rows entries,
                     tx.Query(kEntries, {province, prefix + after, prefix + last}));
    std::vector<EventRow> events;
    events.reserve(entries.size());
    for (const db::Row& row : entries) events.push_back(EventOf(row));
    Join(prefix, dossiers, std::move(events), visitor);
    after = last;
  }
  return absl::OkStatus();
}

absl::Status ReadCalendars(db::Tx& tx, const DossierVisitor& visitor) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCalendars, {}));
  for (const db::Row& row : rows) visitor.calendar({row.Int(0), row.Text(1), row.Int(2)});
  return absl::OkStatus();
}

absl::Status ReadVersions(db::Tx& tx, const DossierVisitor& visitor) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kVersions, {}));
  for (const db::Row& row : rows) {
    visitor.version({row.Text(0),
                     row.Text(1),
                     row.Int(2),
                     {row.OptInt(4), row.Bool(5), row.Int(6), row.OptInt(7)},
                     row.IsNull(3) ? std::string() : row.Bytes(3),
                     row.Int(8),
                     row.Int(9),
                     row.OptInt(10),
                     row.Int(11),
                     row.OptInt(12)});
  }
  return absl::OkStatus();
}

absl::Status ReadUnits(db::Tx& tx, const DossierVisitor& visitor) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kUnits, {}));
  for (const db::Row& row : rows) visitor.unit({row.Text(0), row.Bytes(1)});
  return absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> Provinces(db::Tx& tx) {
  std::set<std::string> provinces;
  for (const db::Statement* statement : {&kDossierProvinces, &kEventProvinces}) {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(*statement, {}));
    for (const db::Row& row : rows) provinces.insert(row.Text(0));
  }
  return provinces;
}

absl::Status ReadTotals(db::Tx& tx, const DossierVisitor& visitor) {
  ASSIGN_OR_RETURN(const db::Rows counters, tx.Query(kCounters, {}));
  for (const db::Row& row : counters) {
    visitor.counter({row.Text(0), row.Text(1), row.Int(2), row.Int(3)});
  }
  ASSIGN_OR_RETURN(const db::Rows imported, tx.Query(kImported, {}));
  for (const db::Row& row : imported) {
    visitor.imported({row.Text(0), row.Text(1), row.Text(2), row.Text(3)});
  }
  ASSIGN_OR_RETURN(const db::Rows places, tx.Query(kPlaces, {}));
  for (const db::Row& row : places) visitor.place({row.Text(0), row.Text(1), row.Text(2)});
  ASSIGN_OR_RETURN(const db::Rows hosts, tx.Query(kHosts, {}));
  for (const db::Row& row : hosts) visitor.host({row.Text(0), row.Text(1)});
  ASSIGN_OR_RETURN(const db::Rows alarms, tx.Query(kStrayAlarms, {}));
  for (const db::Row& row : alarms) {
    visitor.stray_alarm({row.Text(0), row.Text(1), row.Text(2)});
  }
  ASSIGN_OR_RETURN(const db::Rows feed, tx.Query(kFeed, {}));
  if (feed.empty()) return absl::DataLossError("the feed has no head");
  const db::Row& row = feed.front();
  visitor.feed({row.Int(0), row.Int(1), row.Int(2), row.Int(3)});
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadDossiers(absl::string_view url, const DossierVisitor& visitor) {
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Connection> connection, ConnectReadOnly(url));
  RETURN_IF_ERROR(connection->Begin(db::Access::kRead, {}));
  connection->StartUnit(/*singly=*/true);
  RETURN_IF_ERROR(ReadCalendars(*connection, visitor));
  RETURN_IF_ERROR(ReadVersions(*connection, visitor));
  RETURN_IF_ERROR(ReadUnits(*connection, visitor));
  ASSIGN_OR_RETURN(const std::set<std::string> provinces, Provinces(*connection));
  for (const std::string& province : provinces) {
    RETURN_IF_ERROR(ReadProvince(*connection, province, visitor));
  }
  RETURN_IF_ERROR(ReadTotals(*connection, visitor));
  return connection->Commit();
}

}  // namespace twotier::verify
