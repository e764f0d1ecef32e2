// Holds: what is kept back, and what becomes of it. Many transfers in one call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kAnHai;
using testing_support::kHaiChau;
using testing_support::SetDate;

class HoldsTest : public BudgetTest {
 protected:
  v1::BatchCreateTransfersRequest Batch(const std::vector<v1::BatchedTransfer>& transfers) {
    v1::BatchCreateTransfersRequest request;
    request.set_parent("provinces/48");
    SetDate(request.mutable_effective_date(), 2026, 11, 2);
    request.mutable_act()->set_number("31/NQ-HĐND");
    for (const v1::BatchedTransfer& transfer : transfers) *request.add_transfers() = transfer;
    request.set_request_id(RequestId());
    return request;
  }
  static v1::BatchedTransfer One(const std::string& id, const v1::Transfer& transfer,
                                 bool linked = false) {
    v1::BatchedTransfer batched;
    batched.set_journal_id(id);
    *batched.mutable_transfer() = transfer;
    batched.set_linked(linked);
    return batched;
  }
  std::vector<std::string> Reasons(const v1::BatchCreateTransfersRequest& request) {
    const auto response = server_.Call(&Stub::BatchCreateTransfers, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> reasons;
    if (!response.ok()) return reasons;
    for (const v1::TransferResult& result : response->results()) reasons.push_back(result.reason());
    return reasons;
  }

  std::map<v1::Stage, std::string> accounts_ = Fund(kHaiChau, 1'000);
  const std::string allocated_ = accounts_[v1::STAGE_ALLOCATED];
  const std::string paid_ = accounts_[v1::STAGE_PAID];
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(HoldsTest);

TEST_P(HoldsTest, AreNotMadeForATimeThatIsOver) {
  v1::PostJournalRequest request = JournalOf("late", {HoldOf(allocated_, paid_, 1, 5)});
  SetDate(request.mutable_effective_date(), 2026, 10, 20);
  const auto late = Post(request);
  EXPECT_EQ(ReasonOf(late.status()), "HOLD_EXPIRED");
  EXPECT_EQ(MetadataOf(late.status(), "expiry_date"), "2026-10-27");
  v1::BatchCreateTransfersRequest batch = Batch({One("late", HoldOf(allocated_, paid_, 1, 5))});
  SetDate(batch.mutable_effective_date(), 2026, 10, 20);
  EXPECT_THAT(Reasons(batch), ElementsAre("HOLD_EXPIRED"));
}

TEST_P(HoldsTest, AreSettledInPartsAndVoided) {
  const auto hold = Post("hold-1", {HoldOf(allocated_, paid_, 600, 5)});
  ASSERT_TRUE(hold.ok()) << hold.status();
  // Monday 2 November + 5 working days.
  EXPECT_EQ(hold->entries(0).expiry_date().day(), 9);
  EXPECT_EQ(BalanceOf(allocated_).available_vnd(), 400);
  EXPECT_EQ(BalanceOf(allocated_).held_vnd(), 600);
  EXPECT_EQ(BalanceOf(paid_).incoming_vnd(), 600);
  const auto beyond = Post("x-1", {PostOf(allocated_, paid_, 401)});
  EXPECT_EQ(MetadataOf(beyond.status(), "held"), "600");

  ASSERT_TRUE(Post("settle-1", {SettleOf(hold->name(), 1, 250)}).ok());
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 250);
  const auto too_much = Post("settle-2", {SettleOf(hold->name(), 1, 351)});
  EXPECT_EQ(ReasonOf(too_much.status()), "BEYOND_HOLD");
  EXPECT_EQ(MetadataOf(too_much.status(), "available"), "350");

  v1::ListHoldsRequest list;
  list.set_parent(paid_);
  const auto open = server_.Call(&Stub::ListHolds, list);
  ASSERT_TRUE(open.ok()) << open.status();
  ASSERT_EQ(open->holds_size(), 1);
  EXPECT_EQ(open->holds(0).remaining_vnd(), 350);
  EXPECT_EQ(open->holds(0).debit_account(), allocated_);

  const auto voided = Post("void-1", {VoidOf(hold->name(), 1)});
  ASSERT_TRUE(voided.ok()) << voided.status();
  EXPECT_EQ(voided->entries(0).amount_vnd(), 350);
  EXPECT_EQ(BalanceOf(allocated_).available_vnd(), 750);
  EXPECT_EQ(ReasonOf(Post("x-2", {SettleOf(hold->name(), 1, 1)}).status()), "HOLD_VOIDED");
  EXPECT_EQ(ReasonOf(Post("x-3", {VoidOf("provinces/48/journals/none", 1)}).status()),
            "HOLD_UNKNOWN");
}

TEST_P(HoldsTest, ASettledHoldIsOver) {
  const auto hold = Post("hold-1", {HoldOf(allocated_, paid_, 600, 5)});
  ASSERT_TRUE(Post("settle-1", {SettleOf(hold->name(), 1, 600)}).ok());
  EXPECT_EQ(ReasonOf(Post("x-1", {SettleOf(hold->name(), 1, 1)}).status()), "HOLD_SETTLED");
  v1::PostJournalRequest early = JournalOf("x-2", {HoldOf(allocated_, paid_, 1, 5)});
  const auto next = Post(early);
  ASSERT_TRUE(next.ok());
  v1::PostJournalRequest before = JournalOf("x-3", {SettleOf(next->name(), 1, 1)});
  SetDate(before.mutable_effective_date(), 2026, 11, 1);
  EXPECT_EQ(ReasonOf(Post(before).status()), "BEFORE_ORIGINAL");
}

TEST_P(HoldsTest, ExpireByThemselvesWhenTheirLastWorkingDayIsOver) {
  const auto hold = Post("hold-1", {HoldOf(allocated_, paid_, 600, 2)});
  ASSERT_TRUE(hold.ok());
  EXPECT_EQ(hold->entries(0).expiry_date().day(), 4);
  server_.clock().Set(testing_support::Monday() + absl::Hours(24 * 2));
  ASSERT_TRUE(Post("settle-1", {SettleOf(hold->name(), 1, 100)}).ok());  // On its last day.
  server_.clock().Set(testing_support::Monday() + absl::Hours(24 * 3));
  testing_support::ServiceHost::WaitUntil(
      [&] { return BalanceOf(allocated_).available_vnd() == 900; }, "the hold to expire");
  v1::GetStatementRequest request;
  request.set_name(allocated_);
  const auto statement = server_.Call(&Stub::GetStatement, request);
  ASSERT_TRUE(statement.ok());
  const v1::StatementEntry& last = statement->entries(statement->entries_size() - 1);
  EXPECT_EQ(last.kind(), v1::TRANSFER_KIND_EXPIRE);
  EXPECT_EQ(last.amount_vnd(), 500);
  v1::PostJournalRequest late = JournalOf("x-1", {SettleOf(hold->name(), 1, 1)});
  SetDate(late.mutable_effective_date(), 2026, 11, 5);
  EXPECT_EQ(ReasonOf(Post(late).status()), "HOLD_EXPIRED");
}

// Ids of journals are their callers' to choose: nobody may take the one that an expiry needs.
TEST_P(HoldsTest, ExpireWhateverJournalsThereAre) {
  ASSERT_TRUE(Post("hold-1", {HoldOf(allocated_, paid_, 600, 2)}).ok());
  ASSERT_TRUE(Post("hold-2", {HoldOf(allocated_, paid_, 100, 2)}).ok());
  ASSERT_TRUE(Post("expire-hold-1-1", {PostOf(allocated_, paid_, 1)}).ok());
  v1::PostJournalRequest taken = JournalOf("expire~hold-1~1", {PostOf(allocated_, paid_, 1)});
  EXPECT_EQ(ReasonOf(Post(taken).status()), "MALFORMED_REQUEST");
  server_.clock().Set(testing_support::Monday() + absl::Hours(24 * 3));
  testing_support::ServiceHost::WaitUntil(
      [&] { return BalanceOf(allocated_).available_vnd() == 999; }, "both holds to expire");
}

// What the caller says is how many working days it is held, however these are counted since.
TEST_P(HoldsTest, ComeAgainAsTheyWereWhateverTheCalendarIsSince) {
  ASSERT_TRUE(Post("hold-1", {HoldOf(allocated_, paid_, 600, 5)}).ok());
  ASSERT_THAT(Reasons(Batch({One("b-1", HoldOf(allocated_, paid_, 10, 5))})), ElementsAre(""));
  server_.clock().Advance(absl::Minutes(1));
  std::ifstream file("services/budget/data/calendar.csv");
  std::ostringstream content;
  content << file.rdbuf() << "2026-11-05,statutory,,Ngày nghỉ mới,1/2026/QH16,2026-11-01,sure\n";
  v1::ImportReferenceDataRequest import;
  import.add_files()->set_file_name("calendar.csv");
  import.mutable_files(0)->set_content(content.str());
  import.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ImportReferenceData, import).ok());

  const auto again = Post("hold-1", {HoldOf(allocated_, paid_, 600, 5)});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->entries(0).expiry_date().day(), 9);
  EXPECT_THAT(Reasons(Batch({One("b-1", HoldOf(allocated_, paid_, 10, 5))})), ElementsAre(""));
  EXPECT_EQ(BalanceOf(allocated_).held_vnd(), 610);
  // Four working days are counted to the same day now, and are not what was said.
  EXPECT_EQ(ReasonOf(Post("hold-1", {HoldOf(allocated_, paid_, 600, 4)}).status()),
            "JOURNAL_ID_TAKEN");
  EXPECT_THAT(Reasons(Batch({One("b-1", HoldOf(allocated_, paid_, 10, 6))})),
              ElementsAre("JOURNAL_ID_TAKEN"));
  const auto other = Post("hold-2", {HoldOf(allocated_, paid_, 1, 5)});
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->entries(0).expiry_date().day(), 10);
}

TEST_P(HoldsTest, OutsideTheCalendarNobodyCounts) {
  // Days of 2028 are not decided, and are counted all the same.
  EXPECT_TRUE(Post("hold-1", {HoldOf(allocated_, paid_, 600, 366)}).ok());
  v1::ImportReferenceDataRequest import;
  import.add_files()->set_file_name("calendar.csv");
  import.mutable_files(0)->set_content(
      "date,kind,province_code,name,act,known_from,certainty\n"
      "2028-01-01,statutory,,Tết Dương lịch,45/2019/QH14,2021-01-01,sure\n");
  import.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ImportReferenceData, import).ok());
  const auto refused = Post("hold-2", {HoldOf(allocated_, paid_, 1, 1)});
  EXPECT_EQ(ReasonOf(refused.status()), "CALENDAR_ENDS");
}

TEST_P(HoldsTest, AnAccountWithHoldsIsNotClosed) {
  ASSERT_TRUE(Post("hold-1", {HoldOf(allocated_, paid_, 600, 2)}).ok());
  v1::CloseAccountRequest close;
  close.set_name(allocated_);
  close.mutable_act()->set_number("9/QĐ-UBND");
  close.set_etag("\"1\"");
  close.set_request_id(RequestId());
  const auto refused = server_.Call(&Stub::CloseAccount, close);
  EXPECT_EQ(ReasonOf(refused.status()), "HOLDS_OPEN");
  EXPECT_EQ(MetadataOf(refused.status(), "held"), "600");
  EXPECT_EQ(MetadataOf(refused.status(), "account"), allocated_);
}

TEST_P(HoldsTest, AHoldOfAClosedPeriodIsNotSettled) {
  const auto hold = Post("hold-1", {HoldOf(allocated_, paid_, 600, 2)});
  v1::ClosePeriodRequest close;
  close.set_name("provinces/48/periods/2026");
  SetDate(close.mutable_through_date(), 2026, 11, 2);
  close.mutable_act()->set_number("10/QĐ-UBND");
  close.set_etag("\"0\"");
  close.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::ClosePeriod, close).ok());
  EXPECT_EQ(ReasonOf(Post("settle-1", {SettleOf(hold->name(), 1, 100)}).status()), "PERIOD_CLOSED");
}

TEST_P(HoldsTest, EachTransferOfABatchHasItsAnswer) {
  const std::vector<std::string> other = Open("48", {Key(kAnHai, v1::STAGE_PAID)});
  const v1::BatchCreateTransfersRequest request =
      Batch({One("a", PostOf(allocated_, paid_, 400)), One("b", PostOf(allocated_, paid_, 700)),
             One("c", PostOf(allocated_, other[0], 1)), One("d", PostOf(allocated_, paid_, 0)),
             One("e", PostOf(allocated_, paid_, 100), true),
             One("", PostOf(allocated_, paid_, 501)), One("f", PostOf(allocated_, paid_, 600))});
  const auto response = server_.Call(&Stub::BatchCreateTransfers, request);
  ASSERT_TRUE(response.ok()) << response.status();
  std::vector<std::string> reasons;
  for (const v1::TransferResult& result : response->results()) reasons.push_back(result.reason());
  EXPECT_THAT(reasons, ElementsAre("", "LIMIT_EXCEEDED", "WRONG_UNIT", "AMOUNT_NOT_POSITIVE",
                                   "OTHER_LINE_REFUSED", "LIMIT_EXCEEDED", ""));
  EXPECT_EQ(response->entered(), 2);
  EXPECT_EQ(response->results(1).available_vnd(), 600);
  EXPECT_EQ(response->results(1).asked_vnd(), 700);
  EXPECT_EQ(response->results(1).account(), allocated_);
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 1'000);

  // The same transfers again, in another call: nothing changes.
  v1::BatchCreateTransfersRequest again = request;
  again.set_request_id(RequestId());
  const auto repeated = server_.Call(&Stub::BatchCreateTransfers, again);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->entered(), 0);
  EXPECT_TRUE(repeated->results(0).repeated());
  EXPECT_EQ(repeated->results(0).reason(), "");
  EXPECT_EQ(repeated->results(1).reason(), "LIMIT_EXCEEDED");
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 1'000);
  v1::GetJournalRequest get;
  get.set_name("provinces/48/journals/a");
  const auto journal = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(journal.ok());
  EXPECT_EQ(journal->journal().principal(), "officer");
}

TEST_P(HoldsTest, ABatchTakesEightThousandTransfers) {
  std::vector<v1::BatchedTransfer> transfers;
  for (int i = 0; i < 8000; ++i) {
    transfers.push_back(One(absl::StrCat("t-", i), PostOf(allocated_, paid_, i < 1000 ? 1 : 2)));
  }
  const std::vector<std::string> reasons = Reasons(Batch(transfers));
  ASSERT_EQ(reasons.size(), 8000u);
  EXPECT_EQ(reasons[999], "");
  EXPECT_EQ(reasons[1000], "LIMIT_EXCEEDED");
  // A statement of several pages tells what the feed has numbered.
  testing_support::ServiceHost::WaitUntil(
      [&] { return BalanceOf(allocated_).available_vnd() == 0; }, "the feed to number the batch");
  transfers.push_back(One("t-8000", PostOf(allocated_, paid_, 1)));
  const auto refused = server_.Call(&Stub::BatchCreateTransfers, Batch(transfers));
  EXPECT_EQ(ReasonOf(refused.status()), "MALFORMED_REQUEST");
}

// Ids of the greatest length: no one event holds the names of all the journals.
TEST_P(HoldsTest, TheFeedNamesEveryJournalOfTheLargestBatch) {
  grpc::ClientContext context;
  testing_support::Identify(context);
  v1::WatchChangesRequest watch;
  watch.set_parent("provinces/48");
  const auto stream = server_.stub().WatchChanges(&context, watch);
  v1::WatchChangesResponse message;
  ASSERT_TRUE(stream->Read(&message));
  ASSERT_TRUE(message.has_snapshot_end());

  std::vector<v1::BatchedTransfer> transfers;
  std::vector<std::string> names;
  for (int i = 0; i < 8000; ++i) {
    const std::string id = absl::StrCat(std::string(60, 'j'), absl::Dec(i, absl::kZeroPad4));
    names.push_back(absl::StrCat("provinces/48/journals/", id));
    transfers.push_back(
        One(id, i % 2 == 0 ? PostOf(allocated_, paid_, 1) : PostOf(paid_, allocated_, 1)));
  }
  const auto posted = server_.Call(&Stub::BatchCreateTransfers, Batch(transfers));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->entered(), 8000);

  std::vector<std::string> told;
  while (told.size() < names.size()) {
    ASSERT_TRUE(stream->Read(&message));
    for (const v1::Change& change : message.group().changes()) {
      told.insert(told.end(), change.journals().begin(), change.journals().end());
    }
  }
  EXPECT_EQ(told, names);
  context.TryCancel();
}

TEST_P(HoldsTest, AMalformedBatchIsRefusedAsAWhole) {
  const auto refused = server_.Call(
      &Stub::BatchCreateTransfers,
      Batch({One("a", PostOf(allocated_, paid_, 1)), One("a", PostOf(allocated_, paid_, 1), true),
             One("b", PostOf(allocated_, "", 1), true)}));
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(refused.status())) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ElementsAre("transfers[1].journal_id", "transfers[2].journal_id",
                                  "transfers[2].transfer.credit_account", "transfers"));
}

}  // namespace
}  // namespace twotier::budget::testing
