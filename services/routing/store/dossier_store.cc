#include "services/routing/store/dossier_store.h"

#include "common/status_macros.h"
#include "services/routing/store/dossier_rows.h"

namespace twotier::routing::store {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

// The rows that were decided on and the counter meet in one statement, so the check costs no
// further flight. Ids of the rows: catalogue_store.cc, common/units.
constexpr db::Statement kReadNumber{
    "routing_read_number",
    "SELECT COALESCE(n.last, 0), CASE WHEN o.center IS NULL THEN 0 ELSE 1 END"
    " FROM replica_center c CROSS JOIN snapshot_state s CROSS JOIN catalogue_head h"
    " LEFT JOIN dossier_counter n ON n.province_code = $1 AND n.center = c.name AND n.day = $2"
    " LEFT JOIN center_organisation o"
    " ON o.province_code = $1 AND o.center = c.name AND o.organisation_id = $8"
    " WHERE c.snapshot_id = $3 AND c.name = $4 AND c.version = $5"
    " AND s.id = 2 AND s.change = $6 AND h.id = 1 AND h.version = $7"};

// No RETURNING: SQLite makes a table for it, which costs more than to read and to write apart. What
// was read may have been read for a whole batch: whoever took the number meanwhile is noticed here.
constexpr db::Statement kTakeNumber{
    "routing_take_number",
    "INSERT INTO dossier_counter (province_code, center, day, last) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (province_code, center, day) DO UPDATE SET last = excluded.last"
    " WHERE dossier_counter.last = excluded.last - 1"};

constexpr db::Statement kAddOrganisation{
    "routing_add_organisation",
    "INSERT INTO center_organisation (province_code, center, organisation_id)"
    " VALUES ($1, $2, $3)"};

template <typename T>
std::vector<T> ReadNumberValues(const CenterRecord& center, const std::string& organisation_id,
                                const DecidedOn& decided_on, absl::CivilDay day) {
  return {T(center.province_code),         T(int64_t{day - kEpoch}),
          T(decided_on.snapshot_id),       T(center.name),
          T(center.record_version),        T(decided_on.units_change),
          T(decided_on.catalogue_version), T(organisation_id)};
}

constexpr db::Statement kInsertDossier{
    "routing_insert_dossier",
    "INSERT INTO dossier (" TWOTIER_SUBMITTED_COLUMNS
    ", applicant_digest, open_due_us, owning_system, account_verified, support_center) VALUES ($1, "
    "$2, $3, $4, $5, $6, $7, $8, $9,"
    " $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,"
    " $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)"};

constexpr db::Statement kInsertApplicant{
    "routing_insert_applicant",
    "INSERT INTO applicant (province_code, applicant_ref, kind, full_name, identity_number, phone,"
    " address, account_verified) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};

constexpr db::Statement kUpdateDossier{
    "routing_update_dossier",
    "UPDATE dossier SET state = $3, components = $4, accept_us = $5, due_us = $6,"
    " due_provisional = $7, open_due_us = $8, process_us = $9, return_us = $10,"
    " supplement_requests = $11, supplement_us = $12, result_id = $13, version = $14,"
    " chain_hash = $15, assignee = $17, agency_unit = $18, agency_unit_full_name = $19,"
    " agency_level = $20, agency_title = $21, fee_due_vnd = $22, fee_paid_vnd = $23,"
    " fee_gateway = $24, fee_reference = $25, answer_by_us = $26, first_due_us = $27,"
    " extensions = $28, end_us = $29, satisfaction = $30, pause_extended_us = $31,"
    " fee_paid_total_vnd = $32, fee_due_at = $33"
    " WHERE province_code = $1 AND code = $2 AND version = $16"};

constexpr db::Statement kPinDossier{
    "routing_pin_dossier",
    "UPDATE dossier SET procedure_version = $4, term_value = $5, term_half = $6, term_unit = $7,"
    " cutoff_minute = $8, body_unit = $9, body_unit_full_name = $10, body_level = $11,"
    " body_line = $12, body_title = $13"
    " WHERE province_code = $1 AND code = $2 AND version = $3"};

constexpr db::Statement kLoadDossier{"routing_load_dossier",
                                     "SELECT " TWOTIER_DOSSIER_COLUMNS
                                     " FROM dossier WHERE province_code = $1 AND code = $2"};

constexpr db::Statement kLoadClockedDossier{
    "routing_load_clocked_dossier", "SELECT " TWOTIER_DOSSIER_COLUMNS
                                    ", (SELECT COALESCE(MAX(c.version), 0) FROM calendar_version c)"
                                    ", (SELECT h.version FROM catalogue_head h WHERE h.id = 1)"
                                    ", (SELECT s.change FROM snapshot_state s WHERE s.id = 2)"
                                    " FROM dossier WHERE province_code = $1 AND code = $2"};

constexpr db::Statement kLoadApplicant{
    "routing_load_applicant",
    "SELECT a.kind, a.full_name, a.identity_number, a.phone, a.address, a.account_verified"
    " FROM dossier d JOIN applicant a"
    " ON a.province_code = d.province_code AND a.applicant_ref = d.applicant_ref"
    " WHERE d.province_code = $1 AND d.code = $2"};

std::optional<int64_t> Micros(const std::optional<absl::Time>& time) {
  if (!time) return std::nullopt;
  return absl::ToUnixMicros(*time);
}

std::optional<absl::Time> TimeOf(std::optional<int64_t> micros) {
  if (!micros) return std::nullopt;
  return absl::FromUnixMicros(*micros);
}

std::optional<int64_t> Cutoff(const Term& term) {
  if (!term.cutoff_minute) return std::nullopt;
  return *term.cutoff_minute;
}

// Due time while the dossier is accepted and not processed; 0 keeps it out of the lists by due
// time.
int64_t OpenDueMicros(const Dossier& dossier) {
  if (!dossier.due_time || HolderOf(dossier) == ClockHolder::kNobody) return 0;
  return absl::ToUnixMicros(*dossier.due_time);
}

}  // namespace

Dossier DossierOf(const db::Row& row) {
  Dossier dossier;
  size_t column = 0;
  const auto text = [&] { return row.Text(column++); };
  const auto number = [&] { return row.Int(column++); };
  const auto time = [&] { return TimeOf(row.OptInt(column++)); };
  dossier.province_code = text();
  dossier.code = text();
  dossier.state = static_cast<DossierState>(number());
  dossier.procedure_code = text();
  dossier.procedure_version = number();
  dossier.unit = text();
  dossier.center = text();
  dossier.return_center = text();
  dossier.body.unit = text();
  dossier.body.unit_full_name = text();
  dossier.body.level = static_cast<Level>(number());
  dossier.body.line = static_cast<Line>(number());
  dossier.body.title = text();
  dossier.channel = static_cast<int>(number());
  dossier.applicant_kind = static_cast<int>(number());
  dossier.applicant_ref = text();
  dossier.components = row.Bytes(column++);
  dossier.term.value = static_cast<int>(number());
  dossier.term.half = row.Bool(column++);
  dossier.term.unit = static_cast<TermUnit>(number());
  if (const auto cutoff = row.OptInt(column++)) {
    dossier.term.cutoff_minute = static_cast<int>(*cutoff);
  }
  dossier.submit_time = absl::FromUnixMicros(number());
  dossier.accept_time = time();
  dossier.due_time = time();
  dossier.due_provisional = row.Bool(column++);
  dossier.process_time = time();
  dossier.return_time = time();
  dossier.supplement_requests = static_cast<int>(number());
  dossier.pause_time = time();
  dossier.result_id = text();
  dossier.version = number();
  dossier.chain_hash = row.Bytes(column++);
  dossier.case_key = text();
  dossier.assignee = text();
  dossier.agency.unit = text();
  dossier.agency.unit_full_name = text();
  dossier.agency.level = static_cast<Level>(number());
  dossier.agency.title = text();
  dossier.payment.due_vnd = row.OptInt(column++);
  dossier.payment.paid_vnd = row.OptInt(column++);
  dossier.payment.gateway = static_cast<PaymentGateway>(number());
  dossier.payment.reference = text();
  dossier.answer_by = time();
  dossier.first_due_time = time();
  dossier.extensions = static_cast<int>(number());
  dossier.end_time = time();
  dossier.satisfaction = static_cast<Satisfaction>(number());
  dossier.owning_system = text();
  dossier.external_code = text();
  dossier.source_due_time = time();
  dossier.account_verified = row.Bool(column++);
  dossier.support_center = text();
  dossier.pause_extended_time = time();
  dossier.payment.paid_total_vnd = number();
  dossier.received_center = text();
  dossier.payment.due_at = static_cast<FeeDue>(number());
  return dossier;
}

db::BoundStatement ReadNumberQuery(const CenterRecord& center, const std::string& organisation_id,
                                   const DecidedOn& decided_on, absl::CivilDay day) {
  return {
      kReadNumber, ReadNumberValues<db::Row::Cell>(center, organisation_id, decided_on, day), {}};
}

absl::StatusOr<std::optional<int64_t>> TakeNumber(db::Tx& tx, const CenterRecord& center,
                                                  const std::string& organisation_id,
                                                  const DecidedOn& decided_on, absl::CivilDay day) {
  const int64_t day_number = day - kEpoch;
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(kReadNumber, ReadNumberValues<db::Value>(center, organisation_id, decided_on, day)));
  if (rows.empty()) return std::optional<int64_t>();
  const int64_t number = rows[0].Int(0) + 1;
  RETURN_IF_ERROR(tx.Write(kTakeNumber, {center.province_code, center.name, day_number, number}));
  if (const bool known = rows[0].Bool(1); !known) {
    RETURN_IF_ERROR(
        tx.Write(kAddOrganisation, {center.province_code, center.name, organisation_id}));
  }
  return std::optional<int64_t>(number);
}

absl::Status InsertDossier(db::Tx& tx, const Dossier& dossier, absl::string_view applicant_digest) {
  return tx.Write(kInsertDossier, {dossier.province_code,
                                   dossier.code,
                                   static_cast<int>(dossier.state),
                                   dossier.procedure_code,
                                   dossier.procedure_version,
                                   dossier.unit,
                                   dossier.center,
                                   dossier.return_center,
                                   dossier.body.unit,
                                   dossier.body.unit_full_name,
                                   static_cast<int>(dossier.body.level),
                                   static_cast<int>(dossier.body.line),
                                   dossier.body.title,
                                   dossier.channel,
                                   dossier.applicant_kind,
                                   dossier.applicant_ref,
                                   db::Blob{dossier.components},
                                   dossier.term.value,
                                   dossier.term.half,
                                   static_cast<int>(dossier.term.unit),
                                   Cutoff(dossier.term),
                                   absl::ToUnixMicros(dossier.submit_time),
                                   Micros(dossier.accept_time),
                                   Micros(dossier.due_time),
                                   dossier.due_provisional,
                                   Micros(dossier.process_time),
                                   Micros(dossier.return_time),
                                   dossier.supplement_requests,
                                   Micros(dossier.pause_time),
                                   dossier.result_id,
                                   dossier.version,
                                   db::Blob{dossier.chain_hash},
                                   dossier.case_key,
                                   db::Blob{applicant_digest},
                                   OpenDueMicros(dossier),
                                   dossier.owning_system,
                                   dossier.account_verified,
                                   dossier.support_center});
}

absl::Status InsertApplicant(db::Tx& tx, absl::string_view province_code,
                             absl::string_view applicant_ref, const ApplicantRow& applicant) {
  return tx.Write(
      kInsertApplicant,
      {province_code, applicant_ref, applicant.kind, applicant.full_name, applicant.identity_number,
       applicant.phone, applicant.address, applicant.account_verified});
}

absl::Status UpdateDossier(db::Tx& tx, const Dossier& dossier, int64_t version_before) {
  return tx.Write(kUpdateDossier, {dossier.province_code,
                                   dossier.code,
                                   static_cast<int>(dossier.state),
                                   db::Blob{dossier.components},
                                   Micros(dossier.accept_time),
                                   Micros(dossier.due_time),
                                   dossier.due_provisional,
                                   OpenDueMicros(dossier),
                                   Micros(dossier.process_time),
                                   Micros(dossier.return_time),
                                   dossier.supplement_requests,
                                   Micros(dossier.pause_time),
                                   dossier.result_id,
                                   dossier.version,
                                   db::Blob{dossier.chain_hash},
                                   version_before,
                                   dossier.assignee,
                                   dossier.agency.unit,
                                   dossier.agency.unit_full_name,
                                   static_cast<int>(dossier.agency.level),
                                   dossier.agency.title,
                                   dossier.payment.due_vnd,
                                   dossier.payment.paid_vnd,
                                   static_cast<int>(dossier.payment.gateway),
                                   dossier.payment.reference,
                                   Micros(dossier.answer_by),
                                   Micros(dossier.first_due_time),
                                   dossier.extensions,
                                   Micros(dossier.end_time),
                                   static_cast<int>(dossier.satisfaction),
                                   Micros(dossier.pause_extended_time),
                                   dossier.payment.paid_total_vnd,
                                   static_cast<int>(dossier.payment.due_at)});
}

absl::Status PinDossier(db::Tx& tx, const Dossier& dossier, int64_t version_before) {
  return tx.Write(kPinDossier,
                  {dossier.province_code, dossier.code, version_before, dossier.procedure_version,
                   dossier.term.value, dossier.term.half, static_cast<int>(dossier.term.unit),
                   Cutoff(dossier.term), dossier.body.unit, dossier.body.unit_full_name,
                   static_cast<int>(dossier.body.level), static_cast<int>(dossier.body.line),
                   dossier.body.title});
}

absl::StatusOr<std::optional<Dossier>> LoadDossier(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadDossier, {province_code, code}));
  if (rows.empty()) return std::optional<Dossier>();
  return std::optional<Dossier>(DossierOf(rows[0]));
}

db::BoundStatement LoadDossierQuery(absl::string_view province_code, absl::string_view code) {
  return {kLoadDossier, {std::string(province_code), std::string(code)}, {}};
}

db::BoundStatement LoadClockedDossierQuery(absl::string_view province_code,
                                           absl::string_view code) {
  return {kLoadClockedDossier, {std::string(province_code), std::string(code)}, {}};
}

absl::StatusOr<std::optional<ClockedDossier>> LoadClockedDossier(db::Tx& tx,
                                                                 absl::string_view province_code,
                                                                 absl::string_view code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadClockedDossier, {province_code, code}));
  if (rows.empty()) return std::optional<ClockedDossier>();
  const db::Row& row = rows[0];
  return std::optional<ClockedDossier>(
      ClockedDossier{.dossier = DossierOf(row),
                     .calendar_version = row.Int(row.size() - 3),
                     .catalogue_version = row.OptInt(row.size() - 2).value_or(0),
                     .units_change = row.Int(row.size() - 1)});
}

absl::StatusOr<std::optional<ApplicantRow>> LoadApplicant(db::Tx& tx,
                                                          absl::string_view province_code,
                                                          absl::string_view code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadApplicant, {province_code, code}));
  if (rows.empty()) return std::optional<ApplicantRow>();
  const db::Row& row = rows[0];
  return std::optional<ApplicantRow>(ApplicantRow{static_cast<int>(row.Int(0)), row.Text(1),
                                                  row.Text(2), row.Text(3), row.Text(4),
                                                  row.Bool(5)});
}

}  // namespace twotier::routing::store
