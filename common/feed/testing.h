// What the tests of the feed share.
#ifndef TWOTIER_COMMON_FEED_TESTING_H_
#define TWOTIER_COMMON_FEED_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/call.h"
#include "common/db/database.h"
#include "common/feed/feed.h"
#include "gtest/gtest.h"
#include "tests/support/database.h"

namespace twotier::feed {

inline std::unique_ptr<db::Database> OpenForTest(const testing_support::TestDatabase& database,
                                                 db::DatabaseOptions options = {}) {
  auto opened = db::Database::Open(database.url(), Migrations(), options);
  if (!opened.ok()) {
    ADD_FAILURE() << opened.status();
    std::abort();
  }
  return *std::move(opened);
}

inline Call CallForTest(std::string group) {
  Call call;
  call.now = absl::FromUnixSeconds(1'800'000'000);
  call.new_id = std::move(group);
  return call;
}

// One step of a subject: reads its last event and appends the next one, as an aggregate does.
inline absl::Status AppendNext(db::Tx& tx, const Call& call, const std::string& subject,
                               int ordinal = 0, const std::string& body = "body",
                               const std::string& kind = "thing.changed") {
  auto events = ListEvents(tx, "48", subject, 0, 1'000'000);
  if (!events.ok()) return events.status();
  Event event{.province_code = "48", .subject = subject, .version = 1, .kind = kind, .body = body};
  if (!events->empty()) {
    event.version = events->back().event.version + 1;
    event.previous_hash = events->back().hash;
  }
  return Append(tx, call, event, ordinal).status();
}

// Commits one group with one event for each of `subjects`.
inline absl::Status WriteGroup(db::Database& database, const std::string& group,
                               const std::vector<std::string>& subjects,
                               const std::string& kind = "thing.changed") {
  std::vector<db::Key> keys;
  for (const std::string& subject : subjects) keys.push_back({"48", subject});
  return database.Write(keys, [&](db::Tx& tx) -> absl::Status {
    const Call call = CallForTest(group);
    for (size_t i = 0; i < subjects.size(); ++i) {
      const absl::Status status =
          AppendNext(tx, call, subjects[i], static_cast<int>(i), "body", kind);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

inline std::vector<StoredEvent> EventsOf(db::Database& database, const std::string& subject) {
  std::vector<StoredEvent> events;
  const absl::Status status = database.ReadNow([&](db::Tx& tx) -> absl::Status {
    auto read = ListEvents(tx, "48", subject, 0, 1'000'000);
    if (!read.ok()) return read.status();
    events = *std::move(read);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return events;
}

}  // namespace twotier::feed

#endif  // TWOTIER_COMMON_FEED_TESTING_H_
