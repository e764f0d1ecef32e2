// The change feed: what happened, in the order in which it became known.
//
// Events are written in the transaction that makes the change, without a position. One sequencer
// numbers them after commit, so a reader at position n never misses an n-1 that commits later, and
// writers never wait for each other to learn a position. Events of one unit of work are a group:
// they get consecutive positions, and followers apply whole groups.
#ifndef TWOTIER_COMMON_FEED_FEED_H_
#define TWOTIER_COMMON_FEED_FEED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/db/migrate.h"

namespace twotier::feed {

// What a unit of work appends. `body` holds references only, never personal data (protobuf bytes of
// the service's own message type); the hash covers exactly these bytes.
struct Event {
  std::string province_code = {};  // Empty for national subjects.
  std::string subject =
      {};                 // Resource name, for example "provinces/48/dossiers/H17.11-260701-0001".
  int64_t version = 0;    // Version of the subject after the change, from 1 without gap.
  std::string kind = {};  // For example "dossier.submitted".
  std::string body = {};
  std::string previous_hash = {};  // Of version - 1; empty for version 1.
};

// An event as it is stored.
struct StoredEvent {
  Event event = {};
  std::string hash = {};   // SHA-256 over previous hash, province, subject, version, kind and body.
  std::string group = {};  // Id of the unit of work that wrote it.
  int64_t position = 0;    // 0 while it is not sequenced.
  absl::Time known_time = {};  // Monotone stamp of the sequencer; meaningless while position is 0.
  bool last_of_group = false;
};

// 32 zero bytes: what version 1 chains to.
std::string GenesisHash();

// Hash of an event: SHA-256(previous hash ‖ length-prefixed province, subject, version, kind,
// body).
std::string HashOf(const Event& event);

// Appends `event` to the group of this call. Returns its hash, which the aggregate keeps for its
// next event. `ordinal` orders the events of one call, from 0. Errors: those of db::Tx::Write.
absl::StatusOr<std::string> Append(db::Tx& tx, const Call& call, const Event& event,
                                   int ordinal = 0);

// All events of one subject after `after_version`, oldest first, at most `limit`.
absl::StatusOr<std::vector<StoredEvent>> ListEvents(db::Tx& tx, absl::string_view province_code,
                                                    absl::string_view subject,
                                                    int64_t after_version, int limit);

// Version of the subject's last event; 0 when it has none.
absl::StatusOr<int64_t> LastVersion(db::Tx& tx, absl::string_view province_code,
                                    absl::string_view subject);

// Between which instants can be told what was known then.
struct Knowledge {
  absl::Time begins = absl::InfiniteFuture();  // The first event became known.
  // The sequencer's watermark: what was known at an instant up to it does not change any more.
  absl::Time until = absl::UnixEpoch();
  int64_t position = 0;  // PositionAt(until): of the last event that is numbered.
};
absl::StatusOr<Knowledge> ReadKnowledge(db::Tx& tx);

// Position of the last event that was known at `instant`; 0 when none was. Meaningful up to
// Knowledge::until.
absl::StatusOr<int64_t> PositionAt(db::Tx& tx, absl::Time instant);

// Checks hashes and versions of a subject's events. DATA_LOSS names the first entry that does not
// chain.
absl::Status VerifyChain(const std::vector<StoredEvent>& events);

// As VerifyChain, and that `events` begin right behind version `after_version`.
absl::Status VerifyChainAfter(const std::vector<StoredEvent>& events, int64_t after_version);

// Checks that `events` are the whole timeline of `subject` up to the version and the hash that its
// own row holds, and maybe newer ones: nothing altered, nothing missing at either end. DATA_LOSS
// `CHAIN_BROKEN` with `subject` and `version` of the first entry that is wrong.
absl::Status VerifyTimeline(const std::vector<StoredEvent>& events, absl::string_view subject,
                            int64_t version, absl::string_view hash);

// Tables of the feed; every service's list of migrations contains them.
std::vector<db::Migration> Migrations();

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_FEED_H_
