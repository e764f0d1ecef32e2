// Journals: together or not at all, and never more than there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::SetDate;

class JournalsTest : public BudgetTest {
 protected:
  template <typename Response>
  static std::vector<std::string> FieldsOf(const absl::StatusOr<Response>& refused) {
    std::vector<std::string> fields;
    for (const auto& violation : error::FieldViolationsOf(refused.status())) {
      fields.push_back(violation.field);
    }
    return fields;
  }

  std::map<v1::Stage, std::string> accounts_ = Fund(kHaiChau, 1'000'000);
  const std::string allocated_ = accounts_[v1::STAGE_ALLOCATED];
  const std::string paid_ = accounts_[v1::STAGE_PAID];
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(JournalsTest);

TEST_P(JournalsTest, AreEnteredAsAWhole) {
  const auto journal = Post("pay-1", {PostOf(allocated_, paid_, 300'000),
                                      PostOf(paid_, accounts_[v1::STAGE_SETTLED], 100'000)});
  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_EQ(journal->name(), "provinces/48/journals/pay-1");
  EXPECT_EQ(journal->act().number(), "31/NQ-HĐND");
  EXPECT_EQ(journal->principal(), "officer");
  ASSERT_EQ(journal->entries_size(), 2);
  EXPECT_EQ(journal->entries(1).number(), 2);
  EXPECT_EQ(journal->entries(1).debit_account(), paid_);
  EXPECT_EQ(BalanceOf(allocated_).available_vnd(), 700'000);
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 200'000);
  EXPECT_EQ(BalanceOf(accounts_[v1::STAGE_SOURCE]).balance_vnd(), -1'000'000);
  EXPECT_FALSE(BalanceOf(accounts_[v1::STAGE_SOURCE]).has_available_vnd());

  v1::GetJournalRequest get;
  get.set_name(journal->name());
  const auto got = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->journal().SerializeAsString(), journal->SerializeAsString());
}

TEST_P(JournalsTest, NothingIsSpentThatWasNotAllocated) {
  const auto refused =
      Post("pay-1", {PostOf(allocated_, paid_, 900'000), PostOf(allocated_, paid_, 100'001)});
  EXPECT_EQ(ReasonOf(refused.status()), "LIMIT_EXCEEDED");
  EXPECT_EQ(MetadataOf(refused.status(), "account"), allocated_);
  EXPECT_EQ(MetadataOf(refused.status(), "available"), "100000");
  EXPECT_EQ(MetadataOf(refused.status(), "asked"), "100001");
  EXPECT_EQ(MetadataOf(refused.status(), "held"), "0");
  EXPECT_EQ(BalanceOf(allocated_).balance_vnd(), 1'000'000);
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 0);
}

TEST_P(JournalsTest, AnIdThatFailedStaysFailed) {
  const v1::Transfer much = PostOf(accounts_[v1::STAGE_APPROVED], allocated_, 5);
  EXPECT_EQ(ReasonOf(Post("a-1", {much}).status()), "LIMIT_EXCEEDED");
  // More money comes; the id is used up all the same.
  ASSERT_TRUE(
      Post("more", {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 5),
                    PostOf(accounts_[v1::STAGE_ESTIMATE], accounts_[v1::STAGE_APPROVED], 5)})
          .ok());
  EXPECT_EQ(ReasonOf(Post("a-1", {much}).status()), "LIMIT_EXCEEDED");
  v1::GetJournalRequest get;
  get.set_name("provinces/48/journals/a-1");
  const auto failed = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(failed.ok()) << failed.status();
  EXPECT_EQ(failed->journal().refused(), "LIMIT_EXCEEDED");
  EXPECT_TRUE(Post("a-2", {much}).ok());
}

TEST_P(JournalsTest, TheSameIdIsTheSameJournal) {
  const auto first = Post("pay-1", {PostOf(allocated_, paid_, 10)});
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Post("pay-1", {PostOf(allocated_, paid_, 10)});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->post_time().seconds(), first->post_time().seconds());
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 10);
  const auto other = Post("pay-1", {PostOf(allocated_, paid_, 11)});
  EXPECT_EQ(ReasonOf(other.status()), "JOURNAL_ID_TAKEN");
  EXPECT_EQ(MetadataOf(other.status(), "field"), "lines[0].amount");
}

TEST_P(JournalsTest, ValidateOnlyShowsTheEffectAndLeavesTheIdFree) {
  v1::PostJournalRequest request = JournalOf("pay-1", {PostOf(allocated_, paid_, 10)});
  request.set_validate_only(true);
  ASSERT_TRUE(Post(request).ok());
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 0);
  EXPECT_TRUE(Post("pay-1", {PostOf(allocated_, paid_, 20)}).ok());
}

TEST_P(JournalsTest, MoneyGoesTheWayOfTheChain) {
  const auto skipped = Post("x-1", {PostOf(accounts_[v1::STAGE_APPROVED], paid_, 1)});
  EXPECT_EQ(ReasonOf(skipped.status()), "STEP_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(skipped.status(), "allowed"), "approved,allocated,cancelled");

  const std::vector<std::string> others =
      Open("48", {Key(kAnHai, v1::STAGE_PAID), Key(kHaiChau, v1::STAGE_PAID, 2028)});
  EXPECT_EQ(ReasonOf(Post("x-2", {PostOf(allocated_, others[0], 1)}).status()), "WRONG_UNIT");
  EXPECT_EQ(ReasonOf(Post("x-3", {PostOf(allocated_, others[1], 1)}).status()), "WRONG_YEAR");

  v1::AccountKey narrow = Key(kHaiChau, v1::STAGE_ALLOCATED);
  narrow.mutable_line()->set_item("341");
  narrow.set_purpose("flood-2026");
  v1::AccountKey elsewhere = Key(kHaiChau, v1::STAGE_PAID);
  elsewhere.mutable_line()->set_item("072");
  elsewhere.set_purpose("flood-2026");
  v1::AccountKey untargeted = Key(kHaiChau, v1::STAGE_PAID);
  untargeted.mutable_line()->set_item("341");
  v1::AccountKey reserved = Key(kHaiChau, v1::STAGE_ALLOCATED);
  reserved.set_purpose("contingency");
  const std::vector<std::string> lines = Open("48", {narrow, elsewhere, untargeted, reserved});
  EXPECT_EQ(ReasonOf(Post("x-4", {PostOf(lines[0], lines[1], 1)}).status()), "WRONG_LINE");
  const auto untargeted_payment = Post("x-5", {PostOf(lines[0], lines[2], 1)});
  EXPECT_EQ(ReasonOf(untargeted_payment.status()), "WRONG_PURPOSE");
  EXPECT_EQ(MetadataOf(untargeted_payment.status(), "purpose"), "flood-2026");
  EXPECT_EQ(ReasonOf(Post("x-6", {PostOf(lines[3], paid_, 1)}).status()), "PURPOSE_RESERVED");
}

TEST_P(JournalsTest, TakeNothingFromAUnitThatOnlyADecisionGivesToAnother) {
  const std::vector<std::string> others =
      Open("48", {Key(kAnHai, v1::STAGE_ALLOCATED), Key(kAnHai, v1::STAGE_APPROVED),
                  Key(kDaNang, v1::STAGE_APPROVED), Key(kHaiChau, v1::STAGE_ALLOCATED, 2027)});
  const std::string &adjusted = accounts_[v1::STAGE_ADJUSTED],
                    &carried = accounts_[v1::STAGE_CARRIED_OVER];
  ASSERT_TRUE(Post("own", {PostOf(allocated_, adjusted, 2)}).ok());
  const auto refused = Post("x-1", {PostOf(adjusted, others[0], 1)});
  EXPECT_EQ(ReasonOf(refused.status()), "WRONG_UNIT");
  EXPECT_EQ(MetadataOf(refused.status(), "account"), others[0]);
  EXPECT_EQ(ReasonOf(Post("x-2", {PostOf(allocated_, others[1], 1)}).status()), "WRONG_UNIT");
  EXPECT_TRUE(Post("back", {PostOf(allocated_, others[2], 1)}).ok()) << "to the province";
  // Nor what was approved for it: only the province gives that, and gets it back.
  const std::string& approved = accounts_[v1::STAGE_APPROVED];
  ASSERT_TRUE(Post("free", {PostOf(allocated_, approved, 3)}).ok());
  EXPECT_EQ(ReasonOf(Post("x-5", {PostOf(approved, others[1], 1)}).status()), "WRONG_UNIT");
  EXPECT_EQ(ReasonOf(Post("x-6", {PostOf(approved, others[0], 1)}).status()), "WRONG_UNIT");
  EXPECT_TRUE(Post("up", {PostOf(approved, others[2], 1)}).ok());
  EXPECT_TRUE(Post("down", {PostOf(others[2], others[1], 1)}).ok());
  // What goes on in the next year is for who closes the year to say.
  EXPECT_EQ(ReasonOf(Post("x-3", {PostOf(allocated_, carried, 1)}).status()), "STEP_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf(Post("x-4", {PostOf(carried, others[3], 1)}).status()), "STEP_NOT_ALLOWED");
}

TEST_P(JournalsTest, RefuseWhatTheLedgerCannotTake) {
  const std::string never = "provinces/48/accounts/2026.paid.commune20195.x.x.x.x.x";
  EXPECT_EQ(
      ReasonOf(Post("x-1", {PostOf("provinces/48/accounts/2026.allocated.commune20195.x.x.x.x.x",
                                   never, 1)})
                   .status()),
      "ACCOUNT_UNKNOWN");
  v1::PostJournalRequest early =
      JournalOf("x-2", {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 1)});
  SetDate(early.mutable_effective_date(), 2024, 12, 31);
  EXPECT_EQ(ReasonOf(Post(early).status()), "BEFORE_ACCOUNT_OPENED");
  v1::PostJournalRequest late = JournalOf("x-3", {PostOf(allocated_, paid_, 1)});
  SetDate(late.mutable_effective_date(), 2026, 11, 3);
  EXPECT_EQ(ReasonOf(Post(late).status()), "EFFECTIVE_IN_FUTURE");
  v1::Transfer dollars = PostOf(allocated_, paid_, 1);
  dollars.set_currency_code("USD");
  const auto foreign = Post("x-4", {dollars});
  EXPECT_EQ(ReasonOf(foreign.status()), "WRONG_CURRENCY");
  EXPECT_EQ(MetadataOf(foreign.status(), "currency_code"), "USD");
  const std::string approved = accounts_[v1::STAGE_APPROVED];
  EXPECT_EQ(ReasonOf(Post("x-5", {PostOf(approved, approved, 1)}).status()), "SAME_ACCOUNT");
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 0);
}

TEST_P(JournalsTest, AmountsReachTheEndOf64BitsAndNotBeyond) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const std::string source = accounts_[v1::STAGE_SOURCE];
  const std::string estimate = accounts_[v1::STAGE_ESTIMATE];
  // The estimate has seen 1,000,000 already.
  EXPECT_EQ(ReasonOf(Post("x-1", {PostOf(source, estimate, kMost)}).status()), "AMOUNT_OVERFLOW");
  const auto most = Post("x-2", {PostOf(source, estimate, kMost - 1'000'000)});
  ASSERT_TRUE(most.ok()) << most.status();
  EXPECT_EQ(BalanceOf(estimate).credits_vnd(), kMost);
  EXPECT_EQ(BalanceOf(estimate).available_vnd(), kMost - 1'000'000);
}

TEST_P(JournalsTest, EveryMalformedFieldIsNamed) {
  v1::PostJournalRequest request = JournalOf("no spaces", {PostOf("", "", 0)});
  request.mutable_act()->clear_number();
  *request.add_transfers() = HoldOf(allocated_, paid_, 5, 400);
  *request.add_transfers() = VoidOf("provinces/01/journals/x", 0);
  v1::Transfer expiring = PostOf("provinces/01/accounts/2026.paid.u1.x.x.x.x.x", paid_, 5);
  expiring.set_kind(v1::TRANSFER_KIND_EXPIRE);
  *request.add_transfers() = expiring;
  EXPECT_THAT(FieldsOf(Post(request)),
              ElementsAre("journal_id", "act.number", "transfers[0].debit_account",
                          "transfers[0].credit_account", "transfers[0].amount_vnd",
                          "transfers[1].working_days", "transfers[2].hold", "transfers[3].kind"));
}

TEST_P(JournalsTest, WhatTheServiceEntersByItselfHasIdsThatNobodyElseCanTake) {
  EXPECT_EQ(FieldsOf(Post("succession~e1-commune20194-1", {PostOf(allocated_, paid_, 1)})),
            std::vector<std::string>{"journal_id"});
}

TEST_P(JournalsTest, WhoApprovesAndHandsOnIsSaidAndTheLawNamesThem) {
  const std::string& source = accounts_[v1::STAGE_SOURCE];
  const std::string& estimate = accounts_[v1::STAGE_ESTIMATE];
  const std::string& approved = accounts_[v1::STAGE_APPROVED];
  ASSERT_TRUE(Post("estimate", {PostOf(source, estimate, 10)}).ok());
  const auto by = [&](v1::Body body, const std::string& id, const v1::Transfer& transfer) {
    v1::PostJournalRequest request = JournalOf(id, {transfer});
    request.set_body(body);
    return Post(request);
  };
  const absl::Status chair = by(v1::BODY_CHAIR, "e-1", PostOf(estimate, approved, 10)).status();
  EXPECT_EQ(ReasonOf(chair), "BODY_NOT_COMPETENT");
  EXPECT_EQ(MetadataOf(chair, "matter"), "ESTIMATE");
  EXPECT_EQ(MetadataOf(chair, "level"), "COMMUNE");
  EXPECT_EQ(MetadataOf(chair, "body"), "CHAIR");
  EXPECT_EQ(MetadataOf(chair, "competent"), "COUNCIL");
  EXPECT_EQ(ReasonOf(by(v1::BODY_COMMITTEE, "e-2", PostOf(estimate, approved, 10)).status()),
            "BODY_NOT_COMPETENT");
  ASSERT_TRUE(by(v1::BODY_COUNCIL, "e-3", PostOf(estimate, approved, 10)).ok());
  const absl::Status alone = by(v1::BODY_CHAIR, "a-1", PostOf(approved, allocated_, 4)).status();
  EXPECT_EQ(MetadataOf(alone, "matter"), "ALLOCATION,ASSIGNMENT");
  EXPECT_EQ(MetadataOf(alone, "competent"), "COUNCIL,COMMITTEE");
  EXPECT_TRUE(by(v1::BODY_COMMITTEE, "a-2", PostOf(approved, allocated_, 4)).ok());
  EXPECT_EQ(FieldsOf(by(v1::BODY_UNSPECIFIED, "a-3", PostOf(approved, allocated_, 4))),
            std::vector<std::string>{"body"});
  EXPECT_EQ(FieldsOf(by(v1::BODY_COUNCIL, "h-1", HoldOf(estimate, approved, 1, 1))),
            std::vector<std::string>{"transfers[0].kind"});
}

TEST_P(JournalsTest, AnEstimateIsApprovedByAJournalAndNotInABatch) {
  v1::BatchCreateTransfersRequest batch;
  batch.set_parent("provinces/48");
  SetDate(batch.mutable_effective_date(), 2026, 11, 2);
  batch.mutable_act()->set_number("31/NQ-HĐND");
  batch.set_request_id(RequestId());
  v1::BatchedTransfer* transfer = batch.add_transfers();
  transfer->set_journal_id("b-1");
  *transfer->mutable_transfer() =
      PostOf(accounts_[v1::STAGE_ESTIMATE], accounts_[v1::STAGE_APPROVED], 1);
  EXPECT_EQ(FieldsOf(server_.Call(&Stub::BatchCreateTransfers, batch)),
            (std::vector<std::string>{"body", "transfers[0].transfer.debit_account"}));
  ASSERT_TRUE(
      Post("to-approved", {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 1),
                           PostOf(accounts_[v1::STAGE_ESTIMATE], accounts_[v1::STAGE_APPROVED], 1)})
          .ok());
  *transfer->mutable_transfer() = PostOf(accounts_[v1::STAGE_APPROVED], allocated_, 1);
  batch.set_body(v1::BODY_CHAIR);
  batch.set_request_id(RequestId());
  const auto alone = server_.Call(&Stub::BatchCreateTransfers, batch);
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_EQ(alone->results(0).reason(), "BODY_NOT_COMPETENT");
  batch.set_body(v1::BODY_COMMITTEE);
  batch.set_request_id(RequestId());
  const auto assigned = server_.Call(&Stub::BatchCreateTransfers, batch);
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  EXPECT_EQ(assigned->results(0).reason(), "");
}

TEST_P(JournalsTest, AReversalMirrorsAndStaysBesideTheOriginal) {
  ASSERT_TRUE(Post("pay-1", {PostOf(allocated_, paid_, 300)}).ok());
  v1::ReverseJournalRequest reverse;
  reverse.set_name("provinces/48/journals/pay-1");
  reverse.set_journal_id("undo-1");
  SetDate(reverse.mutable_effective_date(), 2026, 11, 2);
  reverse.mutable_act()->set_number("5/QĐ-UBND");
  reverse.set_reason("Chi nhầm dòng");
  reverse.set_request_id(RequestId());
  const auto undone = server_.Call(&Stub::ReverseJournal, reverse);
  ASSERT_TRUE(undone.ok()) << undone.status();
  EXPECT_EQ(undone->journal().reverses(), reverse.name());
  EXPECT_EQ(undone->journal().entries(0).debit_account(), paid_);
  EXPECT_EQ(undone->journal().entries(0).kind(), v1::TRANSFER_KIND_REVERSAL);
  EXPECT_EQ(BalanceOf(paid_).balance_vnd(), 0);
  EXPECT_EQ(BalanceOf(allocated_).available_vnd(), 1'000'000);

  v1::GetJournalRequest get;
  get.set_name(reverse.name());
  const auto original = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(original.ok());
  EXPECT_EQ(original->journal().reversed_by(), "provinces/48/journals/undo-1");

  reverse.set_journal_id("undo-2");
  reverse.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ReverseJournal, reverse).status()), "JOURNAL_REVERSED");
}

TEST_P(JournalsTest, WhatCannotBeReversedSaysWhy) {
  const auto reverse = [&](const std::string& id, const std::string& by, int day = 2) {
    v1::ReverseJournalRequest request;
    request.set_name("provinces/48/journals/" + id);
    request.set_journal_id(by);
    SetDate(request.mutable_effective_date(), 2026, 11, day);
    request.mutable_act()->set_number("5/QĐ-UBND");
    request.set_reason("Chi nhầm dòng");
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ReverseJournal, request);
  };
  EXPECT_EQ(ReasonOf(reverse("nothing", "r-1").status()), "JOURNAL_UNKNOWN");
  ASSERT_TRUE(Post("pay-1", {PostOf(allocated_, paid_, 300)}).ok());
  EXPECT_EQ(ReasonOf(reverse("pay-1", "r-2", 1).status()), "BEFORE_ORIGINAL");
  ASSERT_TRUE(Post("settle-1", {PostOf(paid_, accounts_[v1::STAGE_SETTLED], 300)}).ok());
  EXPECT_EQ(ReasonOf(reverse("pay-1", "r-3").status()), "LIMIT_EXCEEDED");
  ASSERT_TRUE(reverse("settle-1", "r-4").ok());
  EXPECT_EQ(ReasonOf(reverse("r-4", "r-5").status()), "JOURNAL_NOT_REVERSIBLE");
}

TEST_P(JournalsTest, AReversalNamesTheLedgersThatMoneyComesBackFrom) {
  const std::string city = Open("48", {Key(kDaNang, v1::STAGE_APPROVED)})[0];
  const std::string central = Open("00", {Key("", v1::STAGE_SOURCE), Key("", v1::STAGE_ESTIMATE),
                                          Key("", v1::STAGE_APPROVED)})[2];
  const std::string parts[] = {"provinces/00/accounts/2026.source.x.x.x.x.x.x",
                               "provinces/00/accounts/2026.estimate.x.x.x.x.x.x"};
  v1::PostJournalRequest request =
      JournalOf("supplement", {PostOf(parts[0], parts[1], 500), PostOf(parts[1], central, 500),
                               PostOf(central, city, 500)});
  request.set_parent("provinces/00");
  ASSERT_TRUE(Post(request).ok());
  EXPECT_EQ(BalanceOf(city).balance_vnd(), 500);

  v1::ReverseJournalRequest reverse;
  reverse.set_name("provinces/00/journals/supplement");
  reverse.set_journal_id("undo");
  SetDate(reverse.mutable_effective_date(), 2026, 11, 2);
  reverse.mutable_act()->set_number("5/QĐ-TTg");
  reverse.set_reason("Giao nhầm");
  reverse.set_request_id(RequestId());
  const auto refused = server_.Call(&Stub::ReverseJournal, reverse);
  EXPECT_EQ(ReasonOf(refused.status()), "LEDGER_NOT_NAMED");
  EXPECT_EQ(MetadataOf(refused.status(), "ledgers"), "provinces/48");
  reverse.add_other_ledgers("provinces/48");
  reverse.set_request_id(RequestId());
  const auto undone = server_.Call(&Stub::ReverseJournal, reverse);
  ASSERT_TRUE(undone.ok()) << undone.status();
  EXPECT_EQ(BalanceOf(city).balance_vnd(), 0);
}

TEST_P(JournalsTest, AreListedPageByPage) {
  for (const char* id : {"b", "a", "c"}) {
    ASSERT_TRUE(Post(id, {PostOf(allocated_, paid_, 1)}).ok());
  }
  v1::ListJournalsRequest request;
  request.set_parent("provinces/48");
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    const auto page = server_.Call(&Stub::ListJournals, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Journal& journal : page->journals()) names.push_back(journal.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names,
              ElementsAre("provinces/48/journals/a", "provinces/48/journals/b",
                          "provinces/48/journals/c", "provinces/48/journals/fund-commune20194"));
  v1::GetJournalRequest get;
  get.set_name("provinces/48/journals/nothing");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetJournal, get).status()), "JOURNAL_NOT_FOUND");
}

TEST_P(JournalsTest, ListsThoseOfARangeOfDates) {
  for (const int day : {1, 2, 3}) {
    v1::PostJournalRequest request =
        JournalOf(absl::StrCat("day-", day),
                  {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 1)});
    SetDate(request.mutable_effective_date(), 2026, 10, day);
    ASSERT_TRUE(Post(request).ok());
  }
  const auto list = [&](int from, int until) {
    v1::ListJournalsRequest request;
    request.set_parent("provinces/48");
    request.set_page_size(1);
    if (from > 0) SetDate(request.mutable_from_date(), 2026, 10, from);
    if (until > 0) SetDate(request.mutable_until_date(), 2026, 10, until);
    std::vector<std::string> ids;
    do {
      const auto page = server_.Call(&Stub::ListJournals, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return ids;
      for (const v1::Journal& journal : page->journals()) {
        ids.push_back(journal.name().substr(journal.name().rfind('/') + 1));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  };
  EXPECT_THAT(list(1, 2), ElementsAre("day-1", "day-2"));
  EXPECT_THAT(list(2, 0), ElementsAre("day-2", "day-3", "fund-commune20194"));
  EXPECT_THAT(list(0, 1), ElementsAre("day-1"));
  EXPECT_THAT(list(4, 5), ElementsAre());
  v1::ListJournalsRequest wrong;
  wrong.set_parent("provinces/48");
  SetDate(wrong.mutable_from_date(), 2026, 10, 2);
  SetDate(wrong.mutable_until_date(), 2026, 10, 1);
  const absl::Status refused = server_.Call(&Stub::ListJournals, wrong).status();
  EXPECT_EQ(error::FieldViolationsOf(refused).at(0).field, "until_date");
}

TEST_P(JournalsTest, APageOfARangeOfDatesLooksAtABoundedNumber) {
  v1::BatchCreateTransfersRequest batch;
  batch.set_parent("provinces/48");
  SetDate(batch.mutable_effective_date(), 2026, 11, 2);
  batch.mutable_act()->set_number("31/NQ-HĐND");
  for (int i = 0; i < 5'000; ++i) {
    v1::BatchedTransfer* transfer = batch.add_transfers();
    transfer->set_journal_id(absl::StrCat("a-", absl::Dec(i, absl::kZeroPad4)));
    *transfer->mutable_transfer() =
        PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 1);
  }
  batch.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::BatchCreateTransfers, batch).ok());
  v1::PostJournalRequest last =
      JournalOf("b", {PostOf(accounts_[v1::STAGE_SOURCE], accounts_[v1::STAGE_ESTIMATE], 1)});
  SetDate(last.mutable_effective_date(), 2026, 10, 1);
  ASSERT_TRUE(Post(last).ok());

  v1::ListJournalsRequest request;
  request.set_parent("provinces/48");
  SetDate(request.mutable_until_date(), 2026, 10, 1);
  const auto first = server_.Call(&Stub::ListJournals, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->journals_size(), 0);
  ASSERT_NE(first->next_page_token(), "");
  request.set_page_token(first->next_page_token());
  const auto second = server_.Call(&Stub::ListJournals, request);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->journals_size(), 1);
  EXPECT_EQ(second->journals(0).name(), "provinces/48/journals/b");
  EXPECT_EQ(second->next_page_token(), "");
}

}  // namespace
}  // namespace twotier::budget::testing
