#include "common/feed/tables.h"

#include <utility>

#include "common/crypto.h"
#include "common/errors.h"
#include "common/feed/epoch.h"
#include "common/status_macros.h"

namespace twotier::feed {
namespace {

constexpr db::Statement kReadHead{"feed_read_head",
                                  "SELECT position, known_us, epoch, token_key, holder, fencing, "
                                  "until_us FROM feed_head WHERE id = 1"};

constexpr db::Statement kCreateHead{
    "feed_create_head",
    "INSERT INTO feed_head (id, position, known_us, epoch, token_key, holder, fencing, until_us)"
    " VALUES (1, 0, 0, $1, $2, '', 0, 0) ON CONFLICT (id) DO NOTHING"};

constexpr db::Statement kNewEpoch{"feed_new_epoch", "UPDATE feed_head SET epoch = $1 WHERE id = 1"};

}  // namespace

StoredEvent ReadEvent(const db::Row& row) {
  StoredEvent stored;
  stored.event.province_code = row.Text(0);
  stored.event.subject = row.Text(1);
  stored.event.version = row.Int(2);
  stored.event.kind = row.Text(3);
  stored.event.body = row.Bytes(4);
  stored.hash = row.Bytes(5);
  stored.event.previous_hash = row.Bytes(6);
  stored.group = row.Text(7);
  stored.position = row.OptInt(8).value_or(0);
  stored.known_time = absl::FromUnixMicros(row.OptInt(9).value_or(0));
  stored.last_of_group = row.Bool(10);
  return stored;
}

absl::StatusOr<Head> ReadHead(db::Tx& tx) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kReadHead, {}));
  if (rows.empty()) {
    return error::WithReason(absl::StatusCode::kDataLoss, "the feed's head is missing",
                             "UNREADABLE_ROW", {{"table", "feed_head"}});
  }
  const db::Row& row = rows.front();
  return Head{.position = row.Int(0),
              .known_us = row.Int(1),
              .epoch = row.Int(2),
              .token_key = row.Bytes(3),
              .holder = row.Text(4),
              .fencing = row.Int(5),
              .until_us = row.Int(6)};
}

absl::Status Prepare(db::Database& database) {
  const int64_t epoch = RandomNumber();
  const std::string token_key = RandomBytes(32);
  return database.Write({}, [&](db::Tx& tx) -> absl::Status {
    return tx.Exec(kCreateHead, {epoch, db::Blob{token_key}}).status();
  });
}

absl::Status NewEpoch(db::Database& database) {
  RETURN_IF_ERROR(Prepare(database));
  const int64_t epoch = RandomNumber();
  return database.Write({}, [&](db::Tx& tx) { return tx.Write(kNewEpoch, {epoch}); });
}

int64_t RandomNumber() {
  const std::string random = RandomBytes(8);
  uint64_t number = 0;
  for (const char byte : random) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(number >> 1 | 1);
}

std::vector<db::Migration> Migrations() {
  return {
      {.module = "feed",
       .version = 1,
       .name = "events and the feed's head",
       .statements =
           {
               "CREATE TABLE event (province_code TEXT NOT NULL, subject TEXT NOT NULL,"
               " version BIGINT NOT NULL, kind TEXT NOT NULL, body BYTEA NOT NULL, hash BYTEA NOT "
               "NULL,"
               " previous_hash BYTEA NOT NULL, group_id TEXT NOT NULL, ordinal BIGINT NOT NULL,"
               " position BIGINT, known_us BIGINT, last_of_group BIGINT NOT NULL,"
               " PRIMARY KEY (province_code, subject, version))",
               // What the sequencer has yet to number, in the order in which it prefers to number
               // it.
               "CREATE UNIQUE INDEX event_unsequenced ON event (group_id, ordinal)"
               " WHERE position IS NULL",
               "CREATE UNIQUE INDEX event_position ON event (position) WHERE position IS NOT NULL",
               "CREATE TABLE feed_head (id BIGINT NOT NULL, position BIGINT NOT NULL,"
               " known_us BIGINT NOT NULL, epoch BIGINT NOT NULL, token_key BYTEA NOT NULL,"
               " holder TEXT NOT NULL, fencing BIGINT NOT NULL, until_us BIGINT NOT NULL,"
               " PRIMARY KEY (id))",
               // How far each retention rule has looked, and the last position it deleted.
               "CREATE TABLE feed_retention (kind_prefix TEXT NOT NULL, looked_position BIGINT NOT "
               "NULL,"
               " deleted_position BIGINT NOT NULL, PRIMARY KEY (kind_prefix))",
               // Where this database stands in the feeds of other services.
               "CREATE TABLE follower_position (source TEXT NOT NULL, token BYTEA NOT NULL,"
               " snapshot_id BIGINT NOT NULL, staging_id BIGINT NOT NULL,"
               " known_us BIGINT NOT NULL, PRIMARY KEY (source))",
           }},
  };
}

}  // namespace twotier::feed
