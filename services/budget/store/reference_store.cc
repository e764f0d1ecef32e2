#include "services/budget/store/reference_store.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

constexpr db::Statement kLoadHead{
    "budget_load_reference_head",
    "SELECT version, chain_hash FROM reference_import ORDER BY version DESC LIMIT 1"};

constexpr db::Statement kInsertHead{
    "budget_insert_reference_head",
    "INSERT INTO reference_import (version, imported_us, chain_hash) VALUES ($1, $2, $3)"};

constexpr db::Statement kLoadFiles{
    "budget_load_reference_files",
    "SELECT f.file_name, f.content FROM reference_file f WHERE NOT EXISTS (SELECT 1 FROM"
    " reference_file n WHERE n.file_name = f.file_name AND n.version > f.version)"};

constexpr db::Statement kLoadFilesAt{
    "budget_load_reference_files_at",
    "SELECT f.file_name, f.content FROM reference_file f JOIN reference_import i"
    " ON i.version = f.version WHERE i.imported_us <= $1 AND NOT EXISTS (SELECT 1 FROM"
    " reference_file n JOIN reference_import j ON j.version = n.version"
    " WHERE n.file_name = f.file_name AND n.version > f.version AND j.imported_us <= $1)"};

constexpr db::Statement kInsertFile{
    "budget_insert_reference_file",
    "INSERT INTO reference_file (file_name, version, content) VALUES ($1, $2, $3)"};

constexpr db::Statement kFindDigest{"budget_find_reference_digest",
                                    "SELECT 1 FROM reference_digest WHERE sha256 = $1"};

constexpr db::Statement kInsertDigest{
    "budget_insert_reference_digest",
    "INSERT INTO reference_digest (sha256, imported_us) VALUES ($1, $2)"
    " ON CONFLICT (sha256) DO NOTHING"};

ReferenceFiles FilesOf(const db::Rows& rows) {
  ReferenceFiles files;
  for (const db::Row& row : rows) files.emplace(row.Text(0), row.Text(1));
  return files;
}

// `version` names them where they cannot be read.
absl::StatusOr<std::shared_ptr<Reference>> Read(const ReferenceFiles& files,
                                                const std::string& version) {
  if (files.empty()) return std::shared_ptr<Reference>();
  RowErrors errors;
  std::shared_ptr<Reference> reference = ReadReference(files, errors);
  if (reference != nullptr) return reference;
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("reference data of version ", version,
                                        " cannot be read: ", errors.all()[0].field),
                           "UNREADABLE_ROW", {{"reference_version", version}});
}

}  // namespace

absl::StatusOr<ReferenceHead> LoadReferenceHead(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadHead, {}));
  if (rows.empty()) return ReferenceHead();
  return ReferenceHead{rows[0].Int(0), rows[0].Bytes(1)};
}

absl::Status InsertReferenceHead(db::Tx& tx, const ReferenceHead& head, absl::Time now) {
  return tx.Write(kInsertHead, {head.version, absl::ToUnixMicros(now), db::Blob{head.chain_hash}});
}

absl::StatusOr<ReferenceFiles> LoadReferenceFiles(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadFiles, {}));
  return FilesOf(rows);
}

absl::Status InsertReferenceFile(db::Tx& tx, int64_t version, absl::string_view file_name,
                                 absl::string_view content) {
  return tx.Write(kInsertFile, {file_name, version, content});
}

absl::StatusOr<std::shared_ptr<const Reference>> LoadReference(db::Tx& tx, int64_t version) {
  ASSIGN_OR_RETURN(const ReferenceFiles files, LoadReferenceFiles(tx));
  ASSIGN_OR_RETURN(const std::shared_ptr<Reference> reference, Read(files, absl::StrCat(version)));
  if (reference != nullptr) reference->version = version;
  return std::shared_ptr<const Reference>(reference);
}

absl::StatusOr<std::shared_ptr<const Reference>> LoadReferenceAt(db::Tx& tx, absl::Time instant) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadFilesAt, {absl::ToUnixMicros(instant)}));
  ASSIGN_OR_RETURN(const std::shared_ptr<Reference> reference,
                   Read(FilesOf(rows), absl::FormatTime(instant, absl::UTCTimeZone())));
  return std::shared_ptr<const Reference>(reference);
}

absl::StatusOr<bool> IsReferenceImported(db::Tx& tx, absl::string_view sha256_hex) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFindDigest, {sha256_hex}));
  return !rows.empty();
}

absl::Status RecordReferenceImport(db::Tx& tx, absl::string_view sha256_hex, absl::Time now) {
  return tx.Exec(kInsertDigest, {sha256_hex, absl::ToUnixMicros(now)}).status();
}

}  // namespace twotier::budget::store
