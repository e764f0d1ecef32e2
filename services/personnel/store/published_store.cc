#include "services/personnel/store/published_store.h"

#include "common/status_macros.h"

namespace twotier::personnel::store {
namespace {

constexpr db::Statement kLoad{"personnel_load_published",
                              "SELECT version, content, chain_hash FROM published_file"
                              " ORDER BY version DESC LIMIT 1"};
constexpr db::Statement kInsert{
    "personnel_insert_published",
    "INSERT INTO published_file (version, content, imported_us, chain_hash)"
    " VALUES ($1, $2, $3, $4)"};
constexpr db::Statement kFind{"personnel_find_published",
                              "SELECT 1 FROM published_file WHERE content = $1 LIMIT 1"};

}  // namespace

absl::StatusOr<PublishedFile> LoadPublished(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoad, {}));
  if (rows.empty()) return PublishedFile();
  return PublishedFile{rows[0].Int(0), rows[0].Text(1), rows[0].Bytes(2)};
}

absl::Status InsertPublished(db::Tx& tx, const PublishedFile& file, absl::Time now) {
  return tx.Write(kInsert,
                  {file.version, file.content, absl::ToUnixMicros(now), db::Blob{file.chain_hash}});
}

absl::StatusOr<bool> WasPublished(db::Tx& tx, absl::string_view content) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kFind, {content}));
  return !rows.empty();
}

}  // namespace twotier::personnel::store
