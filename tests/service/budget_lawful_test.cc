// What the dated reference data say of journals: codes of the classification, and the last days of
// a budget year.
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "tests/service/budget_decisions.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kHaiChau;
using Day = absl::CivilDay;

class LawfulTest : public DecisionsTest {
 protected:
  absl::StatusOr<v1::Journal> PostOn(Day day, const std::string& id, const v1::Transfer& transfer) {
    v1::PostJournalRequest request = JournalOf(id, {transfer});
    SetDate(request.mutable_effective_date(), day);
    return Post(request);
  }

  // One transfer of a batch of its own.
  v1::TransferResult InBatch(Day day, const std::string& id, const v1::Transfer& transfer) {
    v1::BatchCreateTransfersRequest request;
    request.set_parent("provinces/48");
    SetDate(request.mutable_effective_date(), day);
    request.mutable_act()->set_number("31/NQ-HĐND");
    request.add_transfers()->set_journal_id(id);
    *request.mutable_transfers(0)->mutable_transfer() = transfer;
    request.set_request_id(RequestId());
    const auto response = server_.Call(&Stub::BatchCreateTransfers, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->results(0) : v1::TransferResult();
  }

  absl::Status Import(const std::string& file_name, const std::string& more_rows) {
    const auto content = ReadFile(absl::StrCat("services/budget/data/", file_name));
    if (!content.ok()) return content.status();
    v1::ImportReferenceDataRequest request;
    request.add_files()->set_file_name(file_name);
    request.mutable_files(0)->set_content(absl::StrCat(*content, more_rows));
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ImportReferenceData, request).status();
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(LawfulTest);

TEST_P(LawfulTest, ACodeMovesNothingUntilTheClassificationOfTheYearHasIt) {
  SetDay(Day(2027, 3, 1));
  auto accounts = Fund(kHaiChau, 1'000);
  v1::AccountKey key = Key(kHaiChau, v1::STAGE_PAID);
  key.mutable_line()->set_chapter("899");
  key.mutable_line()->set_item("341");
  key.mutable_line()->set_sub_item("6198");
  const std::string paid = Open("48", {key})[0];
  const v1::Transfer payment = PostOf(accounts[v1::STAGE_ALLOCATED], paid, 10);

  const absl::Status refused = PostOn(Day(2027, 3, 1), "p-1", payment).status();
  EXPECT_EQ(ReasonOf(refused), "CODE_NOT_LISTED");
  EXPECT_EQ(MetadataOf(refused, "account"), paid);
  EXPECT_EQ(MetadataOf(refused, "budget_year"), "2027");
  EXPECT_EQ(MetadataOf(refused, "codes"), "chapter 899,sub_item 6198");
  const v1::TransferResult result = InBatch(Day(2027, 3, 1), "b-1", payment);
  EXPECT_EQ(result.reason(), "CODE_NOT_LISTED");
  EXPECT_THAT(result.message(), ::testing::HasSubstr("chapter 899,sub_item 6198"));

  // Those of another year are none of this one; nobody waits until memory has the new table.
  ASSERT_TRUE(Import("classification.csv",
                     "CHAPTER,899,,Một cơ quan,,2026,,130/2025/TT-BTC,0,\n"
                     "SUB_ITEM,6198,6100,Một khoản,,2028,,130/2025/TT-BTC,0,\n")
                  .ok());
  EXPECT_EQ(MetadataOf(PostOn(Day(2027, 3, 1), "p-2", payment).status(), "codes"), "sub_item 6198");
  ASSERT_TRUE(Import("classification.csv",
                     "CHAPTER,899,,Một cơ quan,,2026,,130/2025/TT-BTC,0,\n"
                     "SUB_ITEM,6198,6100,Một khoản,,2027,,130/2025/TT-BTC,0,\n")
                  .ok());
  EXPECT_TRUE(PostOn(Day(2027, 3, 1), "p-3", payment).ok());
  EXPECT_EQ(BalanceOf(paid).balance_vnd(), 10);
}

TEST_P(LawfulTest, ADecisionNamesCodesThatAreListedToo) {
  Fund(kHaiChau, 1'000);
  v1::AdjustEstimateRequest request;
  *request.mutable_decision() = Decision(kHaiChau, v1::BODY_COMMITTEE, Day(2026, 11, 2));
  request.set_matter(v1::MATTER_ADJUSTMENT);
  request.mutable_to_line()->set_source("99");
  request.set_amount_vnd(1);
  request.set_request_id(RequestId());
  const absl::Status refused = server_.Call(&Stub::AdjustEstimate, request).status();
  EXPECT_EQ(ReasonOf(refused), "CODE_NOT_LISTED");
  EXPECT_EQ(MetadataOf(refused, "codes"), "source 99");
}

TEST_P(LawfulTest, PaymentsEndWithTheYearAndCorrectionsAMonthLater) {
  // Of 2026: the working days of 2028 are not known yet, and holds are counted in them.
  std::map<v1::Stage, std::string> accounts;
  for (const v1::Stage stage : {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED,
                                v1::STAGE_ALLOCATED, v1::STAGE_PAID, v1::STAGE_SETTLED}) {
    accounts[stage] = Open("48", {Key(kHaiChau, stage, 2026)})[0];
  }
  const std::string& allocated = accounts[v1::STAGE_ALLOCATED];
  const std::string& paid = accounts[v1::STAGE_PAID];
  ASSERT_TRUE(Post("fund", {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 100),
                            PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], 100),
                            PostOf(accounts[v1::STAGE_APPROVED], allocated, 100)})
                  .ok());
  SetDay(Day(2027, 2, 1));
  ASSERT_TRUE(PostOn(Day(2026, 12, 31), "p-1", PostOf(allocated, paid, 10)).ok());
  const auto held = PostOn(Day(2026, 12, 31), "h-1", HoldOf(allocated, paid, 30, 100));
  ASSERT_TRUE(held.ok()) << held.status();

  const absl::Status late = PostOn(Day(2027, 1, 1), "p-2", PostOf(allocated, paid, 10)).status();
  EXPECT_EQ(ReasonOf(late), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(late, "act"), "PAYMENT");
  EXPECT_EQ(MetadataOf(late, "last_day"), "2026-12-31");
  EXPECT_EQ(ReasonOf(PostOn(Day(2027, 1, 1), "h-2", HoldOf(allocated, paid, 1, 1)).status()),
            "TOO_LATE_IN_YEAR");
  EXPECT_EQ(InBatch(Day(2027, 1, 1), "b-2", PostOf(allocated, paid, 1)).reason(),
            "TOO_LATE_IN_YEAR");

  // What was committed in time is paid, and what was paid wrongly comes back, until 31 January.
  EXPECT_TRUE(PostOn(Day(2027, 1, 31), "s-1", SettleOf(held->name(), 1, 10)).ok());
  EXPECT_TRUE(PostOn(Day(2027, 1, 31), "r-1", PostOf(paid, allocated, 5)).ok());
  const absl::Status settled =
      PostOn(Day(2027, 2, 1), "s-2", SettleOf(held->name(), 1, 10)).status();
  EXPECT_EQ(ReasonOf(settled), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(settled, "act"), "CORRECTION");
  EXPECT_EQ(MetadataOf(settled, "last_day"), "2027-01-31");
  EXPECT_EQ(InBatch(Day(2027, 2, 1), "b-3", PostOf(paid, allocated, 1)).reason(),
            "TOO_LATE_IN_YEAR");
  // Nor does undoing a journal bring money back later than that.
  v1::ReverseJournalRequest undo;
  undo.set_name("provinces/48/journals/p-1");
  undo.set_journal_id("u-1");
  undo.mutable_act()->set_number("9/QĐ-UBND");
  undo.set_reason("Chi nhầm");
  SetDate(undo.mutable_effective_date(), Day(2027, 2, 1));
  undo.set_request_id(RequestId());
  const absl::Status undone = server_.Call(&Stub::ReverseJournal, undo).status();
  EXPECT_EQ(ReasonOf(undone), "TOO_LATE_IN_YEAR") << undone;
  EXPECT_EQ(MetadataOf(undone, "act"), "CORRECTION");
  // What is let go pays nothing, and final accounts come after.
  EXPECT_TRUE(PostOn(Day(2027, 2, 1), "v-1", VoidOf(held->name(), 1)).ok());
  EXPECT_TRUE(PostOn(Day(2027, 2, 1), "f-1", PostOf(paid, accounts[v1::STAGE_SETTLED], 15)).ok());
  EXPECT_EQ(BalanceOf(accounts[v1::STAGE_SETTLED]).balance_vnd(), 15);
}

TEST_P(LawfulTest, MoneyOfAYearIsNeitherPaidNorHeldBeforeTheYearBegins) {
  auto accounts = Fund(kHaiChau, 100);
  const v1::Transfer payment = PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 10);
  SetDay(Day(2027, 1, 1));
  const absl::Status early = PostOn(Day(2026, 12, 31), "p-1", payment).status();
  EXPECT_EQ(ReasonOf(early), "TOO_EARLY_IN_YEAR");
  EXPECT_EQ(MetadataOf(early, "act"), "PAYMENT");
  EXPECT_EQ(MetadataOf(early, "date"), "2026-12-31");
  EXPECT_EQ(MetadataOf(early, "first_day"), "2027-01-01");
  EXPECT_EQ(ReasonOf(PostOn(Day(2026, 12, 31), "h-1",
                            HoldOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], 1, 1))
                         .status()),
            "TOO_EARLY_IN_YEAR");
  EXPECT_EQ(InBatch(Day(2026, 12, 31), "b-1", payment).reason(), "TOO_EARLY_IN_YEAR");
  EXPECT_TRUE(PostOn(Day(2027, 1, 1), "p-2", payment).ok());
}

TEST_P(LawfulTest, EstimatesAndAdjustmentsHaveTheirLastDayWithoutABodyToo) {
  auto accounts = Fund(kHaiChau, 100);
  v1::AccountKey narrow = Key(kHaiChau, v1::STAGE_ALLOCATED);
  narrow.mutable_line()->set_item("341");
  const std::string other = Open("48", {narrow})[0];
  const std::string& allocated = accounts[v1::STAGE_ALLOCATED];
  const std::string& adjusted = accounts[v1::STAGE_ADJUSTED];
  SetDay(Day(2028, 1, 3));
  ASSERT_TRUE(PostOn(Day(2027, 12, 14), "a-1", PostOf(allocated, adjusted, 10)).ok());
  ASSERT_TRUE(PostOn(Day(2027, 12, 14), "a-2", PostOf(adjusted, other, 5)).ok());
  const absl::Status taken =
      PostOn(Day(2027, 12, 15), "a-3", PostOf(allocated, adjusted, 1)).status();
  EXPECT_EQ(ReasonOf(taken), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(taken, "last_day"), "2027-12-14");
  EXPECT_EQ(ReasonOf(PostOn(Day(2027, 12, 15), "a-4", PostOf(adjusted, other, 1)).status()),
            "TOO_LATE_IN_YEAR");
  EXPECT_TRUE(PostOn(Day(2028, 1, 3), "a-5", PostOf(adjusted, allocated, 5)).ok());

  ASSERT_TRUE(PostOn(Day(2027, 12, 31), "e-1",
                     PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 2))
                  .ok());
  const v1::Transfer decided =
      PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], 1);
  EXPECT_TRUE(PostOn(Day(2027, 12, 31), "e-2", decided).ok());
  const absl::Status late = PostOn(Day(2028, 1, 1), "e-3", decided).status();
  EXPECT_EQ(ReasonOf(late), "TOO_LATE_IN_YEAR");
  EXPECT_EQ(MetadataOf(late, "act"), "DECISION");
  EXPECT_EQ(MetadataOf(late, "last_day"), "2027-12-31");
}

TEST_P(LawfulTest, ProvinceAndCentreHaveTheSameLastDay) {
  SetDay(Day(2028, 1, 3));
  const auto province = Open("48", {Key(testing_support::kDaNang, v1::STAGE_ALLOCATED),
                                    Key(testing_support::kDaNang, v1::STAGE_PAID)});
  EXPECT_EQ(ReasonOf(PostOn(Day(2028, 1, 3), "p-1", PostOf(province[0], province[1], 1)).status()),
            "TOO_LATE_IN_YEAR");
  const auto centre = Open("00", {Key("", v1::STAGE_ALLOCATED), Key("", v1::STAGE_PAID)});
  v1::PostJournalRequest request = JournalOf("p-2", {PostOf(centre[0], centre[1], 1)});
  request.set_parent("provinces/00");
  SetDate(request.mutable_effective_date(), Day(2028, 1, 3));
  EXPECT_EQ(ReasonOf(Post(request).status()), "TOO_LATE_IN_YEAR");
}

TEST_P(LawfulTest, AYearWithoutALastDayIsNotPaidFrom) {
  const auto accounts =
      Open("48", {Key(kHaiChau, v1::STAGE_ALLOCATED, 2025), Key(kHaiChau, v1::STAGE_PAID, 2025)});
  const absl::Status refused = Post("p-1", {PostOf(accounts[0], accounts[1], 1)}).status();
  EXPECT_EQ(ReasonOf(refused), "LIMIT_NOT_KNOWN");
  EXPECT_EQ(MetadataOf(refused, "limit"), "commune-last-payment");
  EXPECT_EQ(MetadataOf(refused, "budget_year"), "2025");
}

class NoReferenceTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  testing_support::TestDatabase database_ = GetParam().make();
  testing_support::PlayedRegistry registry_;
  BudgetServer server_{database_, registry_.address(), testing_support::Monday(),
                       /*reference_data_dir=*/""};
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(NoReferenceTest);

TEST_P(NoReferenceTest, OnlyWhatAsksNothingOfTheDataMovesMoney) {
  v1::OpenAccountsRequest open;
  open.set_parent("provinces/48");
  for (const v1::Stage stage :
       {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_ALLOCATED, v1::STAGE_PAID}) {
    *open.add_keys() = Key(kHaiChau, stage);
  }
  *open.add_keys() = Key(kHaiChau, v1::STAGE_APPROVED);
  open.mutable_keys(4)->mutable_line()->set_item("341");
  open.set_request_id(RequestId());
  const auto opened = server_.Call(&Stub::OpenAccounts, open);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const auto post = [&](const std::string& id, const v1::Transfer& transfer) {
    return ReasonOf(server_.Call(&Stub::PostJournal, JournalOf(id, {transfer})).status());
  };
  const auto account = [&](int i) { return opened->accounts(i).name(); };
  EXPECT_EQ(post("e-1", PostOf(account(0), account(1), 100)), "");
  EXPECT_EQ(post("c-1", PostOf(account(1), account(4), 100)), "REFERENCE_NOT_LOADED");
  EXPECT_EQ(post("p-1", PostOf(account(2), account(3), 1)), "REFERENCE_NOT_LOADED");
}

}  // namespace
}  // namespace twotier::budget::testing
