#include "common/feed/feed.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/feed/tables.h"
#include "common/status_macros.h"

namespace twotier::feed {
namespace {

constexpr size_t kHashBytes = 32;  // SHA-256.

constexpr db::Statement kInsertEvent{
    "feed_insert_event",
    "INSERT INTO event (province_code, subject, version, kind, body, hash, previous_hash, group_id,"
    " ordinal, last_of_group) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)"};

constexpr db::Statement kListEvents{
    "feed_list_events", "SELECT " TWOTIER_EVENT_COLUMNS
                        " FROM event WHERE province_code = $1 AND subject = $2 AND version > $3"
                        " ORDER BY version LIMIT $4"};

constexpr db::Statement kLastVersion{
    "feed_last_version",
    "SELECT COALESCE(MAX(version), 0) FROM event WHERE province_code = $1 AND subject = $2"};

constexpr db::Statement kFirstKnown{
    "feed_first_known",
    "SELECT known_us FROM event WHERE position IS NOT NULL ORDER BY position LIMIT 1"};

// Instants are asked for near the end of the feed much more often than near its beginning.
constexpr db::Statement kPositionAt{
    "feed_position_at",
    "SELECT position FROM event WHERE position IS NOT NULL AND known_us <= $1"
    " ORDER BY position DESC LIMIT 1"};

absl::Status BrokenAt(absl::string_view subject, int64_t version, absl::string_view what) {
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("timeline of ", subject, ", version ", version, ": ", what),
                           "CHAIN_BROKEN",
                           {{"subject", std::string(subject)}, {"version", absl::StrCat(version)}});
}

absl::Status Broken(const StoredEvent& stored, absl::string_view what) {
  return BrokenAt(stored.event.subject, stored.event.version, what);
}

absl::Status CheckAppend(const Call& call, const Event& event, int ordinal) {
  const bool first = event.version == 1;
  if (event.version < 1 || ordinal < 0 || call.new_id.empty() || event.subject.empty() ||
      event.kind.empty() || event.body.size() > kBodyBytesMax ||
      event.previous_hash.size() != (first ? 0 : kHashBytes)) {
    return error::WithReason(absl::StatusCode::kInternal,
                             absl::StrCat("event of ", event.subject, ", version ", event.version,
                                          ", is not well formed"),
                             "BROKEN_INVARIANT", {{"subject", event.subject}});
  }
  return absl::OkStatus();
}

}  // namespace

std::string GenesisHash() { return std::string(kHashBytes, '\0'); }

std::string HashOf(const Event& event) {
  Sha256 digest;
  digest.Bytes(event.previous_hash.empty() ? GenesisHash() : event.previous_hash);
  digest.Prefixed(event.province_code);
  digest.Prefixed(event.subject);
  digest.Number(static_cast<uint64_t>(event.version));
  digest.Prefixed(event.kind);
  digest.Prefixed(event.body);
  return digest.Finish();
}

absl::StatusOr<std::string> Append(db::Tx& tx, const Call& call, const Event& event, int ordinal) {
  RETURN_IF_ERROR(CheckAppend(call, event, ordinal));
  std::string hash = HashOf(event);
  RETURN_IF_ERROR(tx.Write(
      kInsertEvent,
      {event.province_code, event.subject, event.version, event.kind, db::Blob{event.body},
       db::Blob{hash}, db::Blob{event.previous_hash}, call.new_id, static_cast<int64_t>(ordinal)}));
  return hash;
}

absl::StatusOr<std::vector<StoredEvent>> ListEvents(db::Tx& tx, absl::string_view province_code,
                                                    absl::string_view subject,
                                                    int64_t after_version, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kListEvents, {province_code, subject, after_version, limit}));
  std::vector<StoredEvent> events;
  events.reserve(rows.size());
  for (const db::Row& row : rows) events.push_back(ReadEvent(row));
  return events;
}

absl::StatusOr<int64_t> LastVersion(db::Tx& tx, absl::string_view province_code,
                                    absl::string_view subject) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLastVersion, {province_code, subject}));
  return rows.front().Int(0);
}

absl::StatusOr<Knowledge> ReadKnowledge(db::Tx& tx) {
  ASSIGN_OR_RETURN(const Head head, ReadHead(tx));
  ASSIGN_OR_RETURN(const db::Rows first, tx.Query(kFirstKnown, {}));
  Knowledge knowledge;
  knowledge.until = absl::FromUnixMicros(head.known_us);
  knowledge.position = head.position;
  if (!first.empty()) knowledge.begins = absl::FromUnixMicros(first.front().Int(0));
  return knowledge;
}

absl::StatusOr<int64_t> PositionAt(db::Tx& tx, absl::Time instant) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kPositionAt, {absl::ToUnixMicros(instant)}));
  return rows.empty() ? 0 : rows.front().Int(0);
}

absl::Status VerifyChain(const std::vector<StoredEvent>& events) {
  const StoredEvent* previous = nullptr;
  for (const StoredEvent& stored : events) {
    const Event& event = stored.event;
    if (event.version < 1) return Broken(stored, "versions count from 1");
    if (event.version == 1 && !event.previous_hash.empty()) {
      return Broken(stored, "the first version chains to nothing");
    }
    if (event.version > 1 && event.previous_hash.size() != kHashBytes) {
      return Broken(stored, "the hash of the version before is missing");
    }
    if (previous != nullptr) {
      if (event.subject != previous->event.subject ||
          event.province_code != previous->event.province_code) {
        return Broken(stored, "another subject among the events");
      }
      if (event.version != previous->event.version + 1)
        return Broken(stored, "a version is missing");
      if (event.previous_hash != previous->hash) {
        return Broken(stored, "it does not chain to the version before");
      }
    }
    if (HashOf(event) != stored.hash) return Broken(stored, "its content does not give its hash");
    previous = &stored;
  }
  return absl::OkStatus();
}

absl::Status VerifyChainAfter(const std::vector<StoredEvent>& events, int64_t after_version) {
  if (!events.empty() && events.front().event.version != after_version + 1) {
    return BrokenAt(events.front().event.subject, after_version + 1, "it is missing");
  }
  return VerifyChain(events);
}

absl::Status VerifyTimeline(const std::vector<StoredEvent>& events, absl::string_view subject,
                            int64_t version, absl::string_view hash) {
  RETURN_IF_ERROR(VerifyChainAfter(events, 0));
  // Versions count from 1 without gap: entry n stands at n - 1.
  const auto count = static_cast<int64_t>(events.size());
  if (count < version) return BrokenAt(subject, count + 1, "it is missing");
  if (version < 1 || events[static_cast<size_t>(version - 1)].hash != hash) {
    return BrokenAt(subject, version, "its hash is not the one that the subject's row holds");
  }
  return absl::OkStatus();
}

}  // namespace twotier::feed
