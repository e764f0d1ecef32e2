#include "common/ledger/classification.h"

#include "common/ledger/ledger_fixture.h"

namespace twotier::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kMany = 100;
const absl::CivilDay kJanuary(2026, 1, 1);
const absl::CivilDay kJuly(2026, 7, 1);

class ClassificationTest : public LedgerTest {
 protected:
  void Classify(const std::vector<Classified>& classified, int64_t version = 1) {
    Do([&](db::Tx& tx) {
      return ledger::Classify(tx, classified, "provinces/48/accounts/a", version);
    });
  }
  // "key=value" each.
  std::vector<std::string> At(const std::string& account, const AsOf& as_of) {
    std::vector<std::string> told;
    Read([&](db::Tx& tx) -> absl::Status {
      told.clear();
      ASSIGN_OR_RETURN(const auto all, ClassificationsAt(tx, {Id(account)}, as_of));
      for (const Classification& c : all[0]) told.push_back(absl::StrCat(c.key, "=", c.value));
      return absl::OkStatus();
    });
    return told;
  }
  std::vector<std::string> With(const std::string& value, const AsOf& as_of,
                                const std::string& after = "", int limit = kMany) {
    std::vector<std::string> ids;
    Read([&](db::Tx& tx) -> absl::Status {
      ids.clear();
      ASSIGN_OR_RETURN(const std::vector<AccountId> accounts,
                       AccountsClassified(tx, "48", "chapter", value, as_of, after, limit));
      for (const AccountId& id : accounts) ids.push_back(id.id);
      return absl::OkStatus();
    });
    return ids;
  }
  void Read(const std::function<absl::Status(db::Tx&)>& work) {
    const absl::Status status = database_->ReadNow(work);
    ASSERT_TRUE(status.ok()) << status;
  }
};

TEST_P(ClassificationTest, AValueHoldsFromItsDayUntilTheNextOne) {
  Classify({{Id("a"), {{"chapter", "805", kJanuary}, {"source", "13", kJanuary}}}});
  Classify({{Id("a"), {{"chapter", "822", kJuly}}}}, 2);
  EXPECT_THAT(At("a", {kJanuary - 1}), IsEmpty());
  EXPECT_THAT(At("a", {kJanuary}), ElementsAre("chapter=805", "source=13"));
  EXPECT_THAT(At("a", {kJuly - 1}), ElementsAre("chapter=805", "source=13"));
  EXPECT_THAT(At("a", {kJuly}), ElementsAre("chapter=822", "source=13"));
}

TEST_P(ClassificationTest, ACorrectionOfTheSameDayWins) {
  Classify({{Id("a"), {{"chapter", "805", kJanuary}, {"chapter", "806", kJanuary}}}});
  Classify({{Id("a"), {{"chapter", "807", kJanuary}}}}, 2);
  EXPECT_THAT(At("a", {kJuly}), ElementsAre("chapter=807"));
  EXPECT_THAT(With("805", {kJuly}), IsEmpty());
}

TEST_P(ClassificationTest, AnEmptyValueEndsIt) {
  Classify({{Id("a"), {{"chapter", "805", kJanuary}, {"chapter", "", kJuly}}}});
  EXPECT_THAT(At("a", {kJuly}), IsEmpty());
  EXPECT_THAT(With("805", {kJuly - 1}), ElementsAre("a"));
  EXPECT_THAT(With("805", {kJuly}), IsEmpty());
}

TEST_P(ClassificationTest, AccountsAreFoundByValueInPages) {
  Classify({{Id("b"), {{"chapter", "805", kJanuary}}},
            {Id("a"), {{"chapter", "805", kJanuary}}},
            {Id("c"), {{"chapter", "805", kJanuary}, {"chapter", "822", kJuly}}},
            {Id("d"), {{"source", "805", kJanuary}}}});
  EXPECT_THAT(With("805", {kJanuary}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(With("805", {kJanuary}, "a", 1), ElementsAre("b"));
  EXPECT_THAT(With("805", {kJuly}), ElementsAre("a", "b"));
}

TEST_P(ClassificationTest, OnlyWhatWasKnownCounts) {
  Classify({{Id("a"), {{"chapter", "805", kJanuary}}}}, 1);
  Classify({{Id("a"), {{"chapter", "822", kJanuary}}}}, 2);
  Do([](db::Tx& tx) -> absl::Status {
    Call call;
    call.now = kNow;
    call.new_id = "group";
    feed::Event event{.province_code = "48",
                      .subject = "provinces/48/accounts/a",
                      .version = 1,
                      .kind = "account.opened",
                      .body = "x"};
    ASSIGN_OR_RETURN(event.previous_hash, feed::Append(tx, call, event, 0));
    event.version = 2;
    return feed::Append(tx, call, event, 1).status();
  });
  test_database_.Run("UPDATE event SET position = 10 * version");
  EXPECT_THAT(At("a", {kJuly, 9}), IsEmpty());
  EXPECT_THAT(At("a", {kJuly, 19}), ElementsAre("chapter=805"));
  EXPECT_THAT(With("805", {kJuly, 19}), ElementsAre("a"));
  EXPECT_THAT(At("a", {kJuly, 20}), ElementsAre("chapter=822"));
  EXPECT_THAT(With("805", {kJuly, 20}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ClassificationTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::ledger
