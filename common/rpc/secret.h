// Random secrets that all processes on one database share and that survive a restart.
#ifndef TWOTIER_COMMON_RPC_SECRET_H_
#define TWOTIER_COMMON_RPC_SECRET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/db/database.h"

namespace twotier::rpc {

// Salt of request digests (docs/adr/0003) and key of page tokens (common/page.h).
inline constexpr absl::string_view kRequestDigestSecret = "request_digest";
inline constexpr absl::string_view kPageTokenSecret = "page_token";

// Size of a secret in bytes: the block of SHA-256 has room for more, its security has not.
inline constexpr size_t kSecretBytes = 32;

// The 32 bytes of the secret `name`; made up when the database has none yet. Of two processes that
// do so at once, both get the one that was stored first. Waits: for start-up only. Errors: those of
// the database.
absl::StatusOr<std::string> LoadSecret(db::Database& database, absl::string_view name);

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_SECRET_H_
