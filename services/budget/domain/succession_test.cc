#include "services/budget/domain/succession.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/errors.h"
#include "rapidcheck/gtest.h"

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;

const absl::CivilDay kReform(2027, 7, 1);
constexpr char kOld[] = "units/old";

std::shared_ptr<const units::UnitRecord> Unit(const std::string& name, absl::CivilDay first,
                                              absl::CivilDay end = units::kNoEnd) {
  auto record = std::make_shared<units::UnitRecord>();
  record->name = name;
  record->versions.push_back({units::Tier::kCommune, "20001", "Phường", "48", "", {first, end}});
  return record;
}

std::shared_ptr<const units::Units> Country(std::vector<units::UnitSuccessor> steps) {
  units::UnitChanges changes;
  auto old = std::make_shared<units::UnitRecord>(*Unit(kOld, absl::CivilDay(2025, 7, 1), kReform));
  old->successors = std::move(steps);
  changes.units = {old, Unit("units/a", kReform), Unit("units/b", kReform)};
  return units::Units::With(units::Units(), changes);
}

absl::StatusOr<std::vector<Share>> Shares(std::vector<units::UnitSuccessor> steps) {
  const auto country = Country(std::move(steps));
  return SharesOf(*country, *country->FindUnit(kOld), kReform);
}

TEST(SuccessionTest, OneSuccessorGetsEverything) {
  const auto shares = Shares({{"units/a", kReform, ""}});
  ASSERT_TRUE(shares.ok()) << shares.status();
  EXPECT_THAT(*shares, ElementsAre(Share{"units/a", "48", 1'000'000}));
}

TEST(SuccessionTest, SeveralGetTheSharesThatAreKnown) {
  const auto shares =
      Shares({{"units/b", kReform, "", 400'000}, {"units/a", kReform, "", 600'000}});
  ASSERT_TRUE(shares.ok()) << shares.status();
  EXPECT_THAT(*shares,
              ElementsAre(Share{"units/a", "48", 600'000}, Share{"units/b", "48", 400'000}));
}

TEST(SuccessionTest, WithoutSharesNobodyGuesses) {
  for (const auto& steps : std::vector<std::vector<units::UnitSuccessor>>{
           {{"units/a", kReform, ""}, {"units/b", kReform, ""}},
           {{"units/a", kReform, "", 600'000}, {"units/b", kReform, "", 300'000}}}) {
    const auto reason = error::ReasonOf(Shares(steps).status());
    ASSERT_TRUE(reason.has_value());
    EXPECT_EQ(reason->reason, "SHARES_UNKNOWN");
    EXPECT_EQ(reason->metadata[1].second, "units/a,units/b");
  }
  EXPECT_EQ(error::ReasonOf(Shares({}).status())->reason, "UNIT_NOT_ENDED");
}

TEST(SuccessionTest, WhatIsLeftOverGoesToTheLargestRemainderThenToTheFirst) {
  const std::vector<Share> thirds = {
      {"a", "48", 333'333}, {"b", "48", 333'333}, {"c", "48", 333'334}};
  EXPECT_THAT(SplitByShares(100, thirds), ElementsAre(33, 33, 34));
  const std::vector<Share> halves = {{"a", "48", 500'000}, {"b", "48", 500'000}};
  EXPECT_THAT(SplitByShares(1, halves), ElementsAre(1, 0));
  EXPECT_THAT(SplitByShares(std::numeric_limits<int64_t>::max(), halves),
              ElementsAre(4611686018427387904, 4611686018427387903));
}

AccountKey At(Stage stage, const char* unit = kOld) { return {"48", unit, 2027, stage}; }

ledger::AccountId Id(Stage stage, const char* unit = kOld) {
  return {"48", AccountIdOf(At(stage, unit))};
}

Estate Some() {
  Estate estate{.province_code = "48", .unit = kOld};
  estate.accounts = {
      {At(Stage::kSource), {.debits_posted = 101}},
      {At(Stage::kAllocated), {.debits_posted = 50, .debits_pending = 7, .credits_posted = 101}},
      {At(Stage::kPaid), {.credits_posted = 50, .credits_pending = 7}}};
  estate.holds = {{.id = {"hold", 1},
                   .debit = Id(Stage::kAllocated),
                   .credit = Id(Stage::kPaid),
                   .amount = 9,
                   .remaining = 7,
                   .expiry_day = absl::CivilDay(2027, 8, 1)}};
  return estate;
}

TEST(SuccessionTest, HoldsGoWithTheMoneyForThem) {
  const std::vector<Share> halves = {{"units/a", "48", 500'000}, {"units/b", "48", 500'000}};
  const Estate estate = Some();
  const Division division = DivideByShares(estate, halves);
  EXPECT_THAT(division.holds, ElementsAre(ElementsAre(4, 3)));
  // 44 free ones by halves, and 7 held.
  EXPECT_THAT(division.accounts,
              ElementsAre(ElementsAre(-51, -50), ElementsAre(26, 25), ElementsAre(25, 25)));
  const std::vector<BookLines> books = LinesOf(estate, halves, division);
  ASSERT_EQ(books.size(), 1u);
  EXPECT_EQ(books[0].province_code, "48");
  const std::vector<ledger::Line>& lines = books[0].lines;
  ASSERT_EQ(lines.size(), 9u);
  EXPECT_EQ(lines[0].kind, ledger::Kind::kVoid);
  EXPECT_EQ(lines[1].debit, Id(Stage::kSource, "units/a"));
  EXPECT_EQ(lines[1].credit, Id(Stage::kSource));
  EXPECT_EQ(lines[3].debit, Id(Stage::kAllocated));
  EXPECT_EQ(lines[3].credit, Id(Stage::kAllocated, "units/a"));
  EXPECT_EQ(lines[8].kind, ledger::Kind::kHold);
  EXPECT_EQ(lines[8].debit, Id(Stage::kAllocated, "units/b"));
  EXPECT_EQ(lines[8].credit, Id(Stage::kPaid, "units/b"));
  EXPECT_EQ(lines[8].expiry_day, absl::CivilDay(2027, 8, 1));
  EXPECT_EQ(AccountsOf(estate, halves, division).size(), 6u);
}

TEST(SuccessionTest, TheOtherSideOfAHoldStaysWhereItIs) {
  Estate estate{.province_code = "48", .unit = kOld};
  estate.holds = {{.id = {"hold", 1},
                   .debit = Id(Stage::kApproved, "units/province"),
                   .credit = Id(Stage::kAllocated),
                   .amount = 9,
                   .remaining = 9}};
  const std::vector<Share> all = {{"units/a", "48", 1'000'000}};
  EXPECT_FALSE(estate.empty());
  const std::vector<BookLines> books = LinesOf(estate, all, DivideByShares(estate, all));
  ASSERT_EQ(books.size(), 1u);
  ASSERT_EQ(books[0].lines.size(), 2u);
  EXPECT_EQ(books[0].lines[1].debit, Id(Stage::kApproved, "units/province"));
  EXPECT_EQ(books[0].lines[1].credit, Id(Stage::kAllocated, "units/a"));
}

TEST(SuccessionTest, AHoldIsMadeAnewInTheBookOfItsAccounts) {
  Estate estate = Some();
  estate.holds.push_back({.id = {"given", 1},
                          .debit = Id(Stage::kApproved, "units/province"),
                          .credit = Id(Stage::kAllocated),
                          .amount = 2,
                          .remaining = 2});
  const std::vector<Share> over = {{kOld, "01", 1'000'000}};
  const Division division = DivideByShares(estate, over);
  const std::vector<BookLines> books = LinesOf(estate, over, division);
  ASSERT_EQ(books.size(), 2u);
  // Two holds are let go; money goes from one province's account to the other's.
  EXPECT_EQ(books[0].province_code, "48");
  ASSERT_EQ(books[0].lines.size(), 5u);
  EXPECT_EQ(books[0].lines[3].debit, Id(Stage::kAllocated));
  EXPECT_EQ(books[0].lines[3].credit.province_code, "01");
  EXPECT_EQ(books[0].lines[3].amount, 51);
  // That of the province which it leaves would need both ledgers to be settled.
  EXPECT_EQ(books[1].province_code, "01");
  ASSERT_EQ(books[1].lines.size(), 1u);
  EXPECT_EQ(books[1].lines[0].debit.province_code, "01");
  EXPECT_EQ(books[1].lines[0].credit.province_code, "01");
  EXPECT_EQ(books[1].lines[0].amount, 7);
  EXPECT_EQ(AccountsOf(estate, over, division).size(), 3u);
}

// A commune of 48 that is of 01 from the reform on and comes back in 2030, each by an event, to
// stay until `end`, by a third one.
std::shared_ptr<const units::Units> GoingOver(bool known = true,
                                              absl::CivilDay end = units::kNoEnd) {
  const absl::CivilDay back(2030, 1, 1);
  auto old = std::make_shared<units::UnitRecord>(*Unit(kOld, absl::CivilDay(2025, 7, 1), kReform));
  for (const auto& [code, first, last] :
       {std::tuple("01", kReform, back), std::tuple("48", back, end)}) {
    old->versions.push_back({units::Tier::kCommune, "20001", "Phường", code, "", {first, last}});
  }
  units::UnitChanges changes;
  changes.units = {old};
  for (const auto& [name, day] :
       {std::pair("changeEvents/over", kReform), std::pair("changeEvents/back", back)}) {
    auto change = std::make_shared<units::ChangeRecord>();
    change->name = name;
    change->effective = day;
    change->cancelled = !known;
    change->kept_units = {kOld};
    changes.changes.push_back(change);
  }
  auto ending = std::make_shared<units::ChangeRecord>();
  ending->name = "changeEvents/end";
  ending->effective = end;
  ending->cancelled = end == units::kNoEnd;
  ending->ended_units = {kOld};
  changes.changes.push_back(ending);
  return units::Units::With(units::Units(), changes);
}

TEST(SuccessionTest, AUnitThatGoesOverLeavesTheLedgerAndFollowsItself) {
  const auto country = GoingOver();
  const auto leaving = [&](const char* province_code, absl::CivilDay day) -> std::string {
    const auto* change = ChangeLeaving(*country, kOld, province_code, day);
    return change == nullptr ? "" : change->name;
  };
  EXPECT_EQ(leaving("48", kReform - 1), "changeEvents/over");
  EXPECT_EQ(leaving("48", kReform), "changeEvents/over");
  EXPECT_EQ(leaving("01", kReform), "changeEvents/back");
  EXPECT_EQ(leaving("48", absl::CivilDay(2030, 1, 1)), "") << "it is there again";
  EXPECT_EQ(leaving("01", absl::CivilDay(2030, 1, 1)), "changeEvents/back");
  EXPECT_EQ(leaving("79", kReform), "");
  const auto shares = SharesOf(*country, *country->FindUnit(kOld), kReform);
  ASSERT_TRUE(shares.ok()) << shares.status();
  EXPECT_THAT(*shares, ElementsAre(Share{kOld, "01", 1'000'000}));
  EXPECT_EQ(ChangeLeaving(*GoingOver(/*known=*/false), kOld, "48", kReform), nullptr);
}

TEST(SuccessionTest, AUnitThatCameBackEndsWhereItLay) {
  const absl::CivilDay end(2031, 1, 1);
  const auto country = GoingOver(/*known=*/true, end);
  const auto leaving = [&](const char* province_code, absl::CivilDay day) {
    return ChangeLeaving(*country, kOld, province_code, day)->name;
  };
  EXPECT_EQ(leaving("48", kReform), "changeEvents/over");
  EXPECT_EQ(leaving("48", end - 1), "changeEvents/end");
  EXPECT_EQ(leaving("48", end), "changeEvents/end");
  EXPECT_EQ(leaving("01", end), "changeEvents/back");
}

RC_GTEST_PROP(SuccessionTest, PartsAddUpToTheAmount, ()) {
  const auto amount = *rc::gen::inRange<int64_t>(0, std::numeric_limits<int64_t>::max());
  const auto cuts =
      *rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, 200'000));
  std::vector<Share> shares;
  int64_t left = 1'000'000;
  for (const int64_t cut : cuts) {
    if (cut >= left) break;
    shares.push_back({"units/x", "48", cut});
    left -= cut;
  }
  shares.push_back({"units/last", "48", left});
  const std::vector<int64_t> parts = SplitByShares(amount, shares);
  RC_ASSERT(std::accumulate(parts.begin(), parts.end(), int64_t{0}) == amount);
  for (size_t i = 0; i < parts.size(); ++i) {
    const absl::int128 exact = absl::int128(amount) * shares[i].ppm;
    RC_ASSERT(absl::int128(parts[i]) * 1'000'000 > exact - 1'000'000);
    RC_ASSERT(absl::int128(parts[i]) * 1'000'000 < exact + 1'000'000);
  }
}

TEST(SuccessionTest, WhatIsTooMuchForOneJournalIsSeveralInItsOrder) {
  const std::vector<ledger::Line> lines(ledger::kLinesMax + 1);
  const auto journals = InJournals(lines);
  ASSERT_EQ(journals.size(), 2u);
  EXPECT_EQ(journals[0].size(), ledger::kLinesMax);
  EXPECT_EQ(journals[0].data(), lines.data());
  EXPECT_EQ(journals[1].size(), 1u);
  EXPECT_EQ(InJournals({}).size(), 1u);
  EXPECT_EQ(InJournals(absl::MakeConstSpan(lines).first(ledger::kLinesMax)).size(), 1u);
}

}  // namespace
}  // namespace twotier::budget
