#include "services/routing/store/rerouting_store.h"

#include "common/status_macros.h"
#include "services/routing/store/import_store.h"

namespace twotier::routing::store {
namespace {

#define TWOTIER_BASES                                                                   \
  "SELECT code, state, process_us, unit, center, return_center, body_unit, agency_unit" \
  " FROM dossier WHERE province_code = $1 AND code > $2"

constexpr db::Statement kScan{"routing_scan_dossiers", TWOTIER_BASES " ORDER BY code LIMIT $3"};

// With an index of its own, in which nothing of a submission stands.
constexpr db::Statement kScanForwarded{
    "routing_scan_forwarded",
    TWOTIER_BASES " AND answer_by_us > 0 AND agency_unit <> '' ORDER BY code LIMIT $3"};

constexpr db::Statement kMove{
    "routing_move_dossier",
    "UPDATE dossier SET unit = $3, center = $4, return_center = $5, body_unit = $6,"
    " body_unit_full_name = $7, body_level = $8, body_line = $9, body_title = $10,"
    " agency_unit = $11, agency_unit_full_name = $12, agency_level = $13, agency_title = $14,"
    " assignee = $15, version = $16, chain_hash = $17, received_center = $19"
    " WHERE province_code = $1 AND code = $2 AND version = $18"};

constexpr db::Statement kMoveAlarms{
    "routing_move_alarms",
    "UPDATE dossier_alarm SET center = $3 WHERE province_code = $1 AND code = $2"};

constexpr db::Statement kRecord{
    "routing_record_rerouting",
    "INSERT INTO dossier_rerouting (province_code, change_event, code) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING"};

constexpr db::Statement kHost{
    "routing_host_province",
    "INSERT INTO hosted_province (host_code, province_code) VALUES ($1, $2)"
    " ON CONFLICT DO NOTHING"};

constexpr db::Statement kHosted{
    "routing_hosted_provinces",
    "SELECT province_code FROM hosted_province WHERE host_code = $1 ORDER BY province_code"};

constexpr db::Statement kCount{
    "routing_count_rerouted",
    "SELECT COUNT(*) FROM dossier_rerouting WHERE province_code = $1 AND change_event = $2"};

// What stands before the date and the number of a code; also of one that another system gave.
// Empty: it has no such form.
absl::string_view OrganisationOf(absl::string_view code) {
  const size_t number = code.rfind('-');
  if (number == absl::string_view::npos || number == 0) return "";
  const size_t date = code.rfind('-', number - 1);
  return date == absl::string_view::npos ? "" : code.substr(0, date);
}

std::vector<BasisRow> BasesOf(const db::Rows& rows) {
  std::vector<BasisRow> all;
  all.reserve(rows.size());
  for (const db::Row& row : rows) {
    all.push_back({row.Text(0),
                   {static_cast<DossierState>(row.Int(1)), row.OptInt(2).has_value(), row.Text(3),
                    row.Text(4), row.Text(5), row.Text(6), row.Text(7)}});
  }
  return all;
}

}  // namespace

absl::StatusOr<std::vector<BasisRow>> ScanDossiers(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view after_code, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kScan, {province_code, after_code, limit}));
  return BasesOf(rows);
}

absl::StatusOr<std::vector<BasisRow>> ScanForwarded(db::Tx& tx, absl::string_view province_code,
                                                    absl::string_view after_code, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kScanForwarded, {province_code, after_code, limit}));
  return BasesOf(rows);
}

absl::Status MoveDossier(db::Tx& tx, const Dossier& before, const Dossier& dossier) {
  RETURN_IF_ERROR(tx.Write(
      kMove,
      {dossier.province_code, dossier.code, dossier.unit, dossier.center, dossier.return_center,
       dossier.body.unit, dossier.body.unit_full_name, static_cast<int>(dossier.body.level),
       static_cast<int>(dossier.body.line), dossier.body.title, dossier.agency.unit,
       dossier.agency.unit_full_name, static_cast<int>(dossier.agency.level), dossier.agency.title,
       dossier.assignee, dossier.version, db::Blob{dossier.chain_hash}, before.version,
       dossier.received_center}));
  if (dossier.center == before.center) return absl::OkStatus();
  const absl::string_view organisation = OrganisationOf(dossier.code);
  if (!organisation.empty()) {
    RETURN_IF_ERROR(AddOrganisation(tx, dossier.province_code, dossier.center, organisation));
  }
  return tx.Exec(kMoveAlarms, {dossier.province_code, dossier.code, dossier.center}).status();
}

absl::Status RecordHost(db::Tx& tx, absl::string_view host_code, absl::string_view province_code) {
  return tx.Exec(kHost, {host_code, province_code}).status();
}

absl::StatusOr<std::vector<std::string>> ProvincesIn(db::Tx& tx, absl::string_view host_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kHosted, {host_code}));
  std::vector<std::string> provinces = {std::string(host_code)};
  for (const db::Row& row : rows) provinces.push_back(row.Text(0));
  return provinces;
}

absl::Status RecordRerouting(db::Tx& tx, const Dossier& dossier, absl::string_view change_event) {
  return tx.Exec(kRecord, {dossier.province_code, change_event, dossier.code}).status();
}

absl::StatusOr<int64_t> CountRerouted(db::Tx& tx, absl::string_view province_code,
                                      absl::string_view change_event) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCount, {province_code, change_event}));
  return rows[0].Int(0);
}

}  // namespace twotier::routing::store
