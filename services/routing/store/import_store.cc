#include "services/routing/store/import_store.h"

#include "common/status_macros.h"
#include "services/routing/store/dossier_store.h"

namespace twotier::routing::store {
namespace {

const absl::CivilDay kEpoch(1970, 1, 1);

constexpr db::Statement kFindImported{
    "routing_find_imported",
    "SELECT source_system, code FROM imported_code"
    " WHERE province_code = $1 AND external_key = $2 ORDER BY source_system"};

constexpr db::Statement kIsTaken{"routing_is_code_taken",
                                 "SELECT 1 FROM dossier WHERE province_code = $1 AND code = $2"};

constexpr db::Statement kLastNumber{
    "routing_last_number",
    "SELECT last FROM dossier_counter WHERE province_code = $1 AND center = $2 AND day = $3"};

constexpr db::Statement kStoreLastNumber{
    "routing_store_last_number",
    "INSERT INTO dossier_counter (province_code, center, day, last) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (province_code, center, day) DO UPDATE SET last = excluded.last"};

constexpr db::Statement kAddOrganisation{
    "routing_add_imported_organisation",
    "INSERT INTO center_organisation (province_code, center, organisation_id)"
    " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"};

constexpr db::Statement kInsertImported{
    "routing_insert_imported",
    "INSERT INTO imported_code (province_code, external_key, source_system, code)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"};

constexpr db::Statement kMarkImported{"routing_mark_imported",
                                      "UPDATE dossier SET external_code = $3, source_due_us = $4"
                                      " WHERE province_code = $1 AND code = $2"};

std::vector<ImportedCode> CodesOf(const db::Rows& rows) {
  std::vector<ImportedCode> codes;
  for (const db::Row& row : rows) codes.push_back({row.Text(0), row.Text(1)});
  return codes;
}

}  // namespace

absl::StatusOr<std::vector<ImportedCode>> FindImported(db::Tx& tx, absl::string_view province_code,
                                                       absl::string_view external_key) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindImported, {province_code, external_key}));
  return CodesOf(rows);
}

absl::StatusOr<std::vector<KeyUse>> UsesOf(db::Tx& tx, absl::string_view province_code,
                                           absl::Span<const std::string> external_keys) {
  std::vector<db::BoundStatement> queries;
  for (const db::Statement& statement : {kFindImported, kIsTaken}) {
    for (const std::string& key : external_keys) {
      queries.push_back({statement, {std::string(province_code), key}, {}});
    }
  }
  ASSIGN_OR_RETURN(const std::vector<db::Rows> rows, tx.QueryAll(queries));
  std::vector<KeyUse> uses(external_keys.size());
  for (size_t i = 0; i < uses.size(); ++i) {
    uses[i].province_code = std::string(province_code);
    uses[i].imported = CodesOf(rows[i]);
    uses[i].is_code = !rows[uses.size() + i].empty();
  }
  return uses;
}

absl::StatusOr<int64_t> LastNumber(db::Tx& tx, absl::string_view province_code,
                                   absl::string_view center, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLastNumber, {province_code, center, int64_t{day - kEpoch}}));
  return rows.empty() ? 0 : rows[0].Int(0);
}

absl::Status StoreLastNumber(db::Tx& tx, absl::string_view province_code, absl::string_view center,
                             absl::CivilDay day, int64_t last) {
  return tx.Write(kStoreLastNumber, {province_code, center, int64_t{day - kEpoch}, last});
}

absl::Status AddOrganisation(db::Tx& tx, absl::string_view province_code, absl::string_view center,
                             absl::string_view organisation_id) {
  return tx.Exec(kAddOrganisation, {province_code, center, organisation_id}).status();
}

absl::Status InsertImported(db::Tx& tx, const Dossier& dossier, absl::string_view external_key,
                            absl::string_view source_system, absl::string_view applicant_digest) {
  RETURN_IF_ERROR(tx.Write(kInsertImported,
                           {dossier.province_code, external_key, source_system, dossier.code}));
  RETURN_IF_ERROR(InsertDossier(tx, dossier, applicant_digest));
  // A submission leaves the columns of later steps as they are; this one has taken some.
  RETURN_IF_ERROR(UpdateDossier(tx, dossier, dossier.version));
  const std::optional<int64_t> source_due_us =
      dossier.source_due_time ? std::optional<int64_t>(absl::ToUnixMicros(*dossier.source_due_time))
                              : std::nullopt;
  return tx.Write(kMarkImported,
                  {dossier.province_code, dossier.code, dossier.external_code, source_due_us});
}

}  // namespace twotier::routing::store
