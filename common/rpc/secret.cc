#include "common/rpc/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/db/db.h"
#include "common/status_macros.h"

namespace twotier::rpc {
namespace {

constexpr db::Statement kGet{"get_secret", "SELECT secret FROM secret WHERE name = $1"};
constexpr db::Statement kInsert{
    "insert_secret", "INSERT INTO secret (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

std::string RandomBytes() {
  std::string bytes(kSecretBytes, '\0');
  // A predictable secret is none: there is nothing better to do than to stop.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1) {
    std::abort();
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> LoadSecret(db::Database& database, absl::string_view name) {
  db::Rows rows;
  const auto get = [&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(rows, tx.Query(kGet, {name}));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(database.ReadNow(get));
  if (rows.empty()) {
    const std::string fresh = RandomBytes();
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

std::string Hmac(absl::string_view key, absl::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size);
  if (made == nullptr) std::abort();  // Out of memory inside of OpenSSL.
  digest.resize(size);
  return digest;
}

}  // namespace twotier::rpc
