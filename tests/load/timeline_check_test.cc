#include "tests/load/timeline_check.h"

#include <gtest/gtest.h>

#include "common/feed/feed.h"

namespace twotier::load {
namespace {

constexpr char kName[] = "provinces/48/dossiers/H48-260701-0001";

// Three entries as the engine chains them.
routing::v1::ListDossierEntriesResponse Timeline() {
  routing::v1::ListDossierEntriesResponse timeline;
  feed::Event event;
  event.province_code = "48";
  event.subject = kName;
  for (const char* kind : {"submitted", "accepted", "returned"}) {
    ++event.version;
    event.kind = kind;
    event.body = std::string("body of ") + kind;
    const std::string hash = feed::HashOf(event);
    auto& entry = *timeline.add_entries();
    entry.set_version(event.version);
    entry.set_kind(event.kind);
    entry.set_body(event.body);
    entry.set_previous_hash(event.previous_hash.empty() ? feed::GenesisHash()
                                                        : event.previous_hash);
    entry.set_hash(hash);
    event.previous_hash = hash;
  }
  return timeline;
}

TEST(TimelineCheckTest, AcceptsWhatTheEngineChains) {
  const absl::Status status = CheckTimeline(kName, Timeline());
  EXPECT_TRUE(status.ok()) << status;
}

TEST(TimelineCheckTest, FindsWhatWasAltered) {
  auto body = Timeline(), kind = Timeline(), hash = Timeline(), missing = Timeline();
  body.mutable_entries(1)->set_body("another body");
  kind.mutable_entries(0)->set_kind("withdrawn");
  hash.mutable_entries(2)->set_hash(std::string(32, 'x'));
  missing.mutable_entries()->DeleteSubrange(1, 1);
  for (const auto& timeline : {body, kind, hash, missing}) {
    EXPECT_TRUE(absl::IsDataLoss(CheckTimeline(kName, timeline)));
  }
  EXPECT_TRUE(absl::IsDataLoss(CheckTimeline("provinces/01/dossiers/H48-260701-0001", Timeline())));
  EXPECT_TRUE(absl::IsDataLoss(CheckTimeline(kName, {})));
}

}  // namespace
}  // namespace twotier::load
