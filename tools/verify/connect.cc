#include "tools/verify/connect.h"

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/db/postgres.h"
#include "common/db/sqlite.h"

namespace twotier::verify {

absl::StatusOr<std::unique_ptr<db::Connection>> ConnectReadOnly(absl::string_view url) {
  if (absl::StartsWith(url, "postgresql://") || absl::StartsWith(url, "postgres://")) {
    return db::OpenPostgres(url, {.access = db::Access::kRead});
  }
  absl::string_view path = url;
  if (!absl::ConsumePrefix(&path, "sqlite:")) {
    return absl::InvalidArgumentError("the database is neither sqlite:PATH nor postgresql://...");
  }
  // The engine would make a file that is missing.
  std::error_code error;
  if (!std::filesystem::exists(std::string(path), error)) {
    return absl::NotFoundError(absl::StrCat("there is no file ", path));
  }
  return db::OpenSqlite(path, {.access = db::Access::kRead});
}

}  // namespace twotier::verify
