#include "common/db/late_keys.h"

#include <vector>

#include "common/db/connection.h"
#include "common/status_macros.h"

namespace twotier::db {
namespace {

constexpr Statement kBumpLate{
    "bump_late",
    "INSERT INTO aggregate_version (province_code, bucket, version) VALUES ($1, $2, 1)"
    " ON CONFLICT (province_code, bucket) DO UPDATE SET version = aggregate_version.version + 1"};

}  // namespace

absl::Status DeclareLate(Tx& tx, absl::Span<const Key> keys) {
  const std::vector<Key> all(keys.begin(), keys.end());
  for (const Bump& bump : BumpsOf({&all})) {
    RETURN_IF_ERROR(tx.Write(kBumpLate, {bump.province_code, bump.bucket}));
  }
  return absl::OkStatus();
}

}  // namespace twotier::db
