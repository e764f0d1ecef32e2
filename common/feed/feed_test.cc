#include "common/feed/feed.h"

#include "common/errors.h"
#include "common/feed/testing.h"
#include "rapidcheck.h"

namespace twotier::feed {
namespace {

std::vector<StoredEvent> ChainForTest(int length) {
  std::vector<StoredEvent> events;
  for (int i = 0; i < length; ++i) {
    StoredEvent stored;
    stored.event = Event{.province_code = "48",
                         .subject = "provinces/48/things/1",
                         .version = i + 1,
                         .kind = "thing.changed",
                         .body = absl::StrCat("body ", i)};
    if (i > 0) stored.event.previous_hash = events.back().hash;
    stored.hash = HashOf(stored.event);
    events.push_back(std::move(stored));
  }
  return events;
}

TEST(HashTest, IsTheOneThatIsDocumented) {
  // Computed apart, with Python's hashlib, from the definition in feed.h.
  const Event event{.province_code = "48", .subject = "s", .version = 1, .kind = "k", .body = "b"};
  std::string hex;
  for (const char c : HashOf(event)) absl::StrAppendFormat(&hex, "%02x", static_cast<uint8_t>(c));
  EXPECT_EQ(hex, "b89d91140981605d08c35041390831868860d0663a8c783373a9b2c1b4d1c836");
}

TEST(HashTest, DoesNotConfuseNeighbouringFields) {
  Event a{.province_code = "4", .subject = "8s", .version = 1, .kind = "k", .body = "b"};
  Event b{.province_code = "48", .subject = "s", .version = 1, .kind = "k", .body = "b"};
  EXPECT_NE(HashOf(a), HashOf(b));
}

TEST(VerifyChainTest, AcceptsAChainAndItsTail) {
  std::vector<StoredEvent> events = ChainForTest(5);
  EXPECT_TRUE(VerifyChain({}).ok());
  EXPECT_TRUE(VerifyChain(events).ok());
  events.erase(events.begin(), events.begin() + 2);
  EXPECT_TRUE(VerifyChain(events).ok());
}

TEST(VerifyChainTest, NamesTheFirstEntryThatDoesNotChain) {
  std::vector<StoredEvent> events = ChainForTest(5);
  events.erase(events.begin() + 2);
  const absl::Status status = VerifyChain(events);
  EXPECT_TRUE(absl::IsDataLoss(status));
  const auto reason = error::ReasonOf(status);
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "CHAIN_BROKEN");
  EXPECT_EQ(reason->metadata[1].second, "4");
}

// Flips bits of one byte of one text of one event.
void AlterOneByte(std::vector<StoredEvent>& events) {
  StoredEvent& stored = events[*rc::gen::inRange<size_t>(0, events.size())];
  std::string* const texts[] = {&stored.event.province_code, &stored.event.subject,
                                &stored.event.kind,          &stored.event.body,
                                &stored.event.previous_hash, &stored.hash};
  std::string* text = *rc::gen::elementOf(std::vector<std::string*>(texts, texts + 6));
  const char mask = static_cast<char>(*rc::gen::inRange(1, 256));
  if (text->empty()) {
    text->push_back(mask);
  } else {
    (*text)[*rc::gen::inRange<size_t>(0, text->size())] ^= mask;
  }
}

TEST(VerifyChainProperty, DetectsAnyAlteredByteAndAnyReordering) {
  EXPECT_TRUE(rc::check("an altered byte is found", [] {
    std::vector<StoredEvent> events = ChainForTest(*rc::gen::inRange(1, 8));
    AlterOneByte(events);
    RC_ASSERT(absl::IsDataLoss(VerifyChain(events)));
  }));
  EXPECT_TRUE(rc::check("an altered version is found", [] {
    std::vector<StoredEvent> events = ChainForTest(*rc::gen::inRange(1, 8));
    events[*rc::gen::inRange<size_t>(0, events.size())].event.version +=
        *rc::gen::element<int64_t>(-1, 1, 7, -7);
    RC_ASSERT(absl::IsDataLoss(VerifyChain(events)));
  }));
  EXPECT_TRUE(rc::check("swapped events are found", [] {
    std::vector<StoredEvent> events = ChainForTest(*rc::gen::inRange(2, 8));
    const size_t i = *rc::gen::inRange<size_t>(0, events.size() - 1);
    std::swap(events[i], events[i + 1]);
    RC_ASSERT(absl::IsDataLoss(VerifyChain(events)));
  }));
}

class FeedTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  testing_support::TestDatabase files_ = GetParam().make();
  std::unique_ptr<db::Database> database_ = OpenForTest(files_);
};

TEST_P(FeedTest, ListsWhatWasAppended) {
  const std::string body("\0\xff'\\x", 5);
  ASSERT_TRUE(
      database_
          ->Write({{"48", "s"}},
                  [&](db::Tx& tx) { return AppendNext(tx, CallForTest("g1"), "s", 0, body); })
          .ok());
  ASSERT_TRUE(WriteGroup(*database_, "g2", {"s", "t"}).ok());
  const std::vector<StoredEvent> events = EventsOf(*database_, "s");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].event.body, body);
  EXPECT_EQ(events[0].event.previous_hash, "");
  EXPECT_EQ(events[1].event.previous_hash, events[0].hash);
  EXPECT_EQ(events[1].group, "g2");
  EXPECT_EQ(events[1].position, 0);
  EXPECT_TRUE(VerifyChain(events).ok());
}

TEST_P(FeedTest, ListsInPages) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(WriteGroup(*database_, absl::StrCat("g", i), {"s"}).ok());
  }
  std::vector<int64_t> versions;
  ASSERT_TRUE(database_
                  ->ReadNow([&](db::Tx& tx) -> absl::Status {
                    versions.clear();
                    for (int64_t after = 0;;) {
                      auto page = ListEvents(tx, "48", "s", after, 2);
                      if (!page.ok()) return page.status();
                      if (page->empty()) return absl::OkStatus();
                      for (const auto& event : *page) versions.push_back(event.event.version);
                      after = versions.back();
                    }
                  })
                  .ok());
  EXPECT_EQ(versions, (std::vector<int64_t>{1, 2, 3, 4, 5}));
}

TEST_P(FeedTest, RefusesTheSameVersionTwice) {
  ASSERT_TRUE(WriteGroup(*database_, "g1", {"s"}).ok());
  const absl::Status status = database_->Write({{"48", "s"}}, [](db::Tx& tx) {
    const Event event{.province_code = "48", .subject = "s", .version = 1, .kind = "k"};
    return Append(tx, CallForTest("g2"), event).status();
  });
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
}

TEST_P(FeedTest, RefusesWhatCannotChain) {
  const Event good{.province_code = "48", .subject = "s", .version = 1, .kind = "k"};
  Event no_previous = good;
  no_previous.version = 2;
  Event previous_of_first = good;
  previous_of_first.previous_hash = GenesisHash();
  Event no_version = good;
  no_version.version = 0;
  Event no_kind = good;
  no_kind.kind = "";
  for (const Event& event : {no_previous, previous_of_first, no_version, no_kind}) {
    const absl::Status status = database_->Write(
        {}, [&](db::Tx& tx) { return Append(tx, CallForTest("g"), event).status(); });
    EXPECT_TRUE(absl::IsInternal(status)) << status;
  }
}

INSTANTIATE_TEST_SUITE_P(All, FeedTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
