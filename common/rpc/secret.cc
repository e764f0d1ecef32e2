#include "common/rpc/secret.h"

#include "absl/strings/str_cat.h"
#include "common/crypto.h"
#include "common/db/db.h"
#include "common/status_macros.h"

namespace twotier::rpc {
namespace {

constexpr db::Statement kGet{"get_secret", "SELECT secret FROM secret WHERE name = $1"};
constexpr db::Statement kInsert{
    "insert_secret", "INSERT INTO secret (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

}  // namespace

absl::StatusOr<std::string> LoadSecret(db::Database& database, absl::string_view name) {
  db::Rows rows;
  const auto get = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(rows, tx.Query(kGet, {name}));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(database.ReadNow(get));
  if (rows.empty()) {
    const std::string fresh = RandomBytes(kSecretBytes);
    const auto insert = [&](db::Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Exec(kInsert, {name, db::Blob{fresh}}).status());
      return get(tx);
    };
    RETURN_IF_ERROR(database.Write({{"", "secret"}}, insert));
  }
  if (rows.size() != 1 || rows[0].Bytes(0).size() != kSecretBytes) {
    return absl::DataLossError(
        absl::StrCat("the secret ", name, " is not ", kSecretBytes, " bytes"));
  }
  return rows[0].Bytes(0);
}

}  // namespace twotier::rpc
