#include "common/feed/retention.h"

#include <algorithm>

#include "common/status_macros.h"

namespace twotier::feed {
namespace {

constexpr db::Statement kReadProgress{
    "feed_read_retention",
    "SELECT looked_position, deleted_position FROM feed_retention WHERE kind_prefix = $1"};

// The end of the next stretch of events that are old enough. Stamps grow with positions: those of
// age come first, and no event behind the limit is looked at.
constexpr db::Statement kFindStretch{
    "feed_find_stretch",
    "SELECT COUNT(*), COALESCE(MAX(position), 0) FROM (SELECT position, known_us FROM event"
    " WHERE position > $1 ORDER BY position LIMIT $3) AS stretch WHERE known_us < $2"};

constexpr db::Statement kDeleteStretch{
    "feed_delete_stretch",
    "DELETE FROM event WHERE position > $1 AND position <= $2 AND kind >= $3 AND kind < $4"};

constexpr db::Statement kWriteProgress{
    "feed_write_retention",
    "INSERT INTO feed_retention (kind_prefix, looked_position, deleted_position)"
    " VALUES ($1, $2, $3) ON CONFLICT (kind_prefix) DO UPDATE SET"
    " looked_position = excluded.looked_position, deleted_position = excluded.deleted_position"};

// The first text behind all that begin with `prefix`.
std::string EndOf(std::string prefix) {
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

absl::StatusOr<PurgedSlice> PurgeOnce(db::Database& database, const RetentionRule& rule,
                                      absl::Time now, int limit) {
  const std::string& prefix = rule.kind_prefix;
  if (prefix.empty() || static_cast<unsigned char>(prefix.back()) >= 0x7f ||
      rule.keep < absl::ZeroDuration() || limit < 1 || limit > kPurgeEventsMax) {
    return absl::InvalidArgumentError("no rule of retention");
  }
  const int64_t before_us = absl::ToUnixMicros(now - rule.keep);
  const std::string end = EndOf(prefix);
  PurgedSlice slice;
  const auto work = [&](db::Tx& tx) -> absl::Status {
    slice = PurgedSlice{};
    int64_t looked = 0;
    int64_t deleted = 0;
    ASSIGN_OR_RETURN(const db::Rows progress, tx.Query(kReadProgress, {prefix}));
    if (!progress.empty()) {
      looked = progress.front().Int(0);
      deleted = progress.front().Int(1);
    }
    ASSIGN_OR_RETURN(const db::Rows stretch, tx.Query(kFindStretch, {looked, before_us, limit}));
    slice.looked_at = static_cast<int>(stretch.front().Int(0));
    const int64_t until = stretch.front().Int(1);
    if (slice.looked_at == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(slice.deleted, tx.Exec(kDeleteStretch, {looked, until, prefix, end}));
    return tx.Write(kWriteProgress, {prefix, until, slice.deleted > 0 ? until : deleted});
  };
  RETURN_IF_ERROR(database.Write({}, work));
  return slice;
}

}  // namespace twotier::feed
