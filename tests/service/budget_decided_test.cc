// What a journal rests on beside its act is kept with it, told, and part of what it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "tests/service/budget_contingency.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kHaiChau;
using Day = absl::CivilDay;

class DecidedTest : public ContingencyTest {
 protected:
  void SetUp() override { SetDay(Day(2027, 2, 15)); }

  // What the Council approves of a commune's estimate.
  v1::PostJournalRequest Approval(const std::string& id, int64_t amount_vnd) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 100),
             PostOf(accounts_[v1::STAGE_ESTIMATE], accounts_[v1::STAGE_APPROVED], amount_vnd)});
    request.set_revenue_vnd(20'000);
    return request;
  }
  v1::PostJournalRequest Assignment(const std::string& id, int64_t amount_vnd, v1::Body body) {
    v1::PostJournalRequest request = JournalOf(
        id, {PostOf(accounts_[v1::STAGE_APPROVED], accounts_[v1::STAGE_ALLOCATED], amount_vnd)});
    request.set_body(body);
    request.clear_revenue_vnd();
    return request;
  }
  v1::PostJournalRequest Payment(const std::string& id) {
    v1::PostJournalRequest request =
        JournalOf(id, {PostOf(accounts_[v1::STAGE_ALLOCATED], accounts_[v1::STAGE_PAID], 1)});
    SetDate(request.mutable_effective_date(), Day(2027, 2, 15));
    return request;
  }
  v1::BatchCreateTransfersRequest Batch(v1::Body body) {
    v1::BatchCreateTransfersRequest batch;
    batch.set_parent("provinces/48");
    SetDate(batch.mutable_effective_date(), Day(2026, 11, 2));
    batch.mutable_act()->set_number("31/NQ-HĐND");
    batch.set_body(body);
    batch.set_request_id(RequestId());
    for (const char* id : {"b-1", "b-2"}) {
      v1::BatchedTransfer* transfer = batch.add_transfers();
      transfer->set_journal_id(id);
      *transfer->mutable_transfer() =
          PostOf(accounts_[v1::STAGE_APPROVED], accounts_[v1::STAGE_ALLOCATED], 1);
    }
    return batch;
  }
  v1::Journal Shown(const std::string& name) {
    v1::GetJournalRequest get;
    get.set_name(name);
    const auto response = server_.Call(&Stub::GetJournal, get);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->journal() : v1::Journal();
  }
  v1::Journal ShownOf(const std::string& id) { return Shown("provinces/48/journals/" + id); }
  static std::pair<std::string, std::string> ReasonAndField(const absl::Status& status) {
    return {ReasonOf(status), MetadataOf(status, "field")};
  }

  std::map<v1::Stage, std::string> accounts_ = Fund(kHaiChau, 10'000);
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(DecidedTest);

const std::pair<std::string, std::string> kOtherBody = {"JOURNAL_ID_TAKEN", "body"};
const std::pair<std::string, std::string> kOtherRevenue = {"JOURNAL_ID_TAKEN", "revenue_vnd"};
const std::pair<std::string, std::string> kOtherSupplements = {"JOURNAL_ID_TAKEN",
                                                               "supplements_vnd"};

TEST_P(DecidedTest, WhoDecidedOnWhatIsShownWithTheJournal) {
  const auto posted = Post(Approval("approve", 100));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->decision().body(), v1::BODY_COUNCIL);
  EXPECT_EQ(posted->decision().revenue_vnd(), 20'000);
  EXPECT_EQ(ShownOf("approve").SerializeAsString(), posted->SerializeAsString());
  // The same once more is the same.
  const auto again = Post(Approval("approve", 100));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->decision().SerializeAsString(), posted->decision().SerializeAsString());

  // A payment carries out what was decided.
  ASSERT_TRUE(Post(Payment("pay")).ok());
  EXPECT_FALSE(ShownOf("pay").has_decision());

  v1::ListJournalsRequest list;
  list.set_parent("provinces/48");
  const auto listed = server_.Call(&Stub::ListJournals, list);
  ASSERT_TRUE(listed.ok()) << listed.status();
  std::map<std::string, v1::Body> bodies;
  for (const v1::Journal& journal : listed->journals()) {
    bodies[journal.name().substr(journal.name().rfind('/') + 1)] = journal.decision().body();
  }
  EXPECT_EQ(bodies.at("approve"), v1::BODY_COUNCIL);
  EXPECT_EQ(bodies.at("pay"), v1::BODY_UNSPECIFIED);
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

TEST_P(DecidedTest, AContingencyIsShownWithTheTotalsThatItWasSetOf) {
  FundCommune();
  const auto set = server_.Call(&Stub::SetContingency, Contingency(300));
  ASSERT_TRUE(set.ok()) << set.status();
  const v1::JournalDecision decision = Shown(set->journal().name()).decision();
  EXPECT_EQ(decision.body(), v1::BODY_COUNCIL);
  EXPECT_EQ(decision.revenue_vnd(), 13'000);
  EXPECT_EQ(decision.expenditure_vnd(), 13'000);
  EXPECT_EQ(decision.balancing_paid_out_vnd(), 0);
  EXPECT_EQ(decision.targeted_received_vnd(), 2'000);
}

TEST_P(DecidedTest, TheSameIdDecidedOtherwiseIsAnotherJournal) {
  ASSERT_TRUE(Post(Approval("approve", 100)).ok());
  v1::PostJournalRequest revenue = Approval("approve", 100);
  revenue.set_revenue_vnd(20'001);
  EXPECT_EQ(ReasonAndField(Post(revenue).status()), kOtherRevenue);
  v1::PostJournalRequest supplements = Approval("approve", 100);
  supplements.set_supplements_vnd(1);
  EXPECT_EQ(ReasonAndField(Post(supplements).status()), kOtherSupplements);
  ASSERT_TRUE(Post(Assignment("assign", 5, v1::BODY_COUNCIL)).ok());
  EXPECT_EQ(ReasonAndField(Post(Assignment("assign", 5, v1::BODY_COMMITTEE)).status()), kOtherBody);
  EXPECT_EQ(ShownOf("assign").decision().body(), v1::BODY_COUNCIL);
  EXPECT_TRUE(Post(Assignment("assign", 5, v1::BODY_COUNCIL)).ok());

  // A refused journal keeps its id and what it rested on.
  EXPECT_EQ(ReasonOf(Post(Assignment("much", 10'000, v1::BODY_COUNCIL)).status()),
            "LIMIT_EXCEEDED");
  EXPECT_EQ(ReasonAndField(Post(Assignment("much", 10'000, v1::BODY_COMMITTEE)).status()),
            kOtherBody);
  EXPECT_EQ(ReasonOf(Post(Assignment("much", 10'000, v1::BODY_COUNCIL)).status()),
            "LIMIT_EXCEEDED");
  EXPECT_EQ(ShownOf("much").decision().body(), v1::BODY_COUNCIL);

  // What needs nobody's decision is another journal too where one is named.
  v1::PostJournalRequest pay = Payment("pay");
  ASSERT_TRUE(Post(pay).ok());
  pay.set_body(v1::BODY_FINANCE_OFFICE);
  pay.set_request_id(RequestId());
  EXPECT_EQ(ReasonAndField(Post(pay).status()), kOtherBody);
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

TEST_P(DecidedTest, EveryJournalOfABatchRestsOnItsDecision) {
  ASSERT_TRUE(Post(Approval("approve", 100)).ok());
  ASSERT_TRUE(server_.Call(&Stub::BatchCreateTransfers, Batch(v1::BODY_COMMITTEE)).ok());
  EXPECT_EQ(ShownOf("b-1").decision().body(), v1::BODY_COMMITTEE);
  EXPECT_EQ(ShownOf("b-2").decision().body(), v1::BODY_COMMITTEE);
  const auto again = server_.Call(&Stub::BatchCreateTransfers, Batch(v1::BODY_COMMITTEE));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->results(0).repeated());
  EXPECT_EQ(again->results(0).reason(), "");
  const auto other = server_.Call(&Stub::BatchCreateTransfers, Batch(v1::BODY_COUNCIL));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->results(1).reason(), "JOURNAL_ID_TAKEN");
  EXPECT_THAT(other->results(1).message(), ::testing::HasSubstr("body"));
  EXPECT_EQ(other->entered(), 0);
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

TEST_P(DecidedTest, TheFeedTellsWhatAJournalRestsOn) {
  grpc::ClientContext context;
  testing_support::Identify(context);
  v1::WatchChangesRequest watch;
  watch.set_parent("provinces/48");
  const auto stream = server_.stub().WatchChanges(&context, watch);
  v1::WatchChangesResponse message;
  ASSERT_TRUE(stream->Read(&message));
  ASSERT_TRUE(Post(Approval("approve", 100)).ok());
  ASSERT_TRUE(server_.Call(&Stub::BatchCreateTransfers, Batch(v1::BODY_COMMITTEE)).ok());
  // What was posted before the stream began may get its position only now.
  std::map<std::string, v1::Body> told;
  while (told.size() < 2) {
    ASSERT_TRUE(stream->Read(&message));
    for (const v1::Change& change : message.group().changes()) {
      const bool of_batch = change.kind() == "journals.posted";
      if (!of_batch && !absl::EndsWith(change.subject(), "/approve")) continue;
      told[change.kind()] = change.decision().body();
    }
  }
  EXPECT_EQ(told["journal.posted"], v1::BODY_COUNCIL);
  EXPECT_EQ(told["journals.posted"], v1::BODY_COMMITTEE);
  context.TryCancel();
}

// A database of before has journals and no table; on it the service starts, and they stay what they
// are.
TEST_P(DecidedTest, AJournalFromBeforeDecisionsWereKeptHasNone) {
  testing_support::TestDatabase database = GetParam().make();
  const auto approve = [&](BudgetServer& server, v1::Body body) {
    v1::PostJournalRequest request = Assignment("old", 5, body);
    request.set_request_id(RequestId());
    return server.Call(&Stub::PostJournal, request);
  };
  {
    BudgetServer server(database, registry_.address(), server_.clock().Now());
    v1::OpenAccountsRequest open;
    open.set_parent("provinces/48");
    open.set_request_id(RequestId());
    for (const auto& [stage, name] : accounts_) *open.add_keys() = Key(kHaiChau, stage);
    ASSERT_TRUE(server.Call(&Stub::OpenAccounts, open).ok());
    ASSERT_TRUE(server.Call(&Stub::PostJournal, Approval("approve", 100)).ok());
    ASSERT_TRUE(approve(server, v1::BODY_COUNCIL).ok());
  }
  database.Run("DROP TABLE budget_decision");
  database.Run("DELETE FROM migration WHERE module = 'budget_decisions'");
  BudgetServer server(database, registry_.address(), server_.clock().Now());
  v1::GetJournalRequest get;
  get.set_name("provinces/48/journals/old");
  const auto shown = server.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_FALSE(shown->journal().has_decision());
  // Nothing is known that could differ.
  const auto again = approve(server, v1::BODY_COMMITTEE);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->journal().has_decision());
  const auto posted = server.Call(&Stub::PostJournal, Assignment("new", 5, v1::BODY_COMMITTEE));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->journal().decision().body(), v1::BODY_COMMITTEE);
  testing_support::ExpectSound(verify::VerifyBudget(database.url()));
}

TEST_P(DecidedTest, TheCheckerComparesAccountsWithTheLedgerAndFollowsEvents) {
  const struct {
    std::string change, undo, rule;
  } cases[] = {
      {"UPDATE ledger_account SET limit_kind = 0 WHERE account_id LIKE '2027.paid.%'",
       "UPDATE ledger_account SET limit_kind = 1 WHERE account_id LIKE '2027.paid.%'", "account"},
      {"UPDATE budget_account SET close_act = 'x' WHERE account_id LIKE '2027.paid.%'",
       "UPDATE budget_account SET close_act = '' WHERE account_id LIKE '2027.paid.%'", "account"},
      {"UPDATE event SET kind = 'x' WHERE kind = 'journal.posted'",
       "UPDATE event SET kind = 'journal.posted' WHERE kind = 'x'", "event chain"}};
  for (const auto& each : cases) {
    database_.Run(each.change);
    const auto report = verify::VerifyBudget(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_EQ(report->findings.size(), 1u) << each.change;
    EXPECT_EQ(report->findings[0].rule, each.rule);
    database_.Run(each.undo);
  }
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

TEST_P(DecidedTest, TheCheckerFindsAGapInTheFeed) {
  const auto numbered = [this] {
    const auto report = verify::VerifyBudget(database_.url());
    EXPECT_TRUE(report.ok()) << report.status();
    for (const auto& [rule, how_much] : report->checked) {
      if (rule == "positions") return absl::StrContains(how_much, " 0 events not numbered");
    }
    return false;
  };
  testing_support::ServiceHost::WaitUntil(numbered, "the feed to be numbered");
  database_.Run("UPDATE event SET position = -1 WHERE position = 2");
  const auto report = verify::VerifyBudget(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_FALSE(report->findings.empty());
  EXPECT_EQ(report->findings[0].rule, "positions");
  EXPECT_EQ(report->findings[0].what, "position 2 is missing");
  database_.Run("UPDATE event SET position = 2 WHERE position = -1");
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
}

}  // namespace
}  // namespace twotier::budget::testing
