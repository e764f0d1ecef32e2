#include "services/registry/domain/rebase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/testing.h"

namespace twotier::registry {
namespace {

using ::testing::IsEmpty;

constexpr absl::CivilDay kDay(2027, 1, 1);

// u1 is divided among u1, u2 and u3 on kDay.
UnitTree Divided(std::vector<std::optional<int64_t>> shares) {
  std::vector<UnitHistory> units = testing::TwoProvinces();
  for (UnitHistory& unit : units) {
    if (unit.id != "u1") continue;
    unit.versions.push_back(unit.versions[0]);
    unit.versions[0].valid.end = unit.versions[1].valid.first = kDay;
    for (size_t i = 0; i < shares.size(); ++i) {
      unit.successions.push_back({absl::StrCat("u", i + 1),
                                  kDay,
                                  Relation::kPart,
                                  "77/NQ",
                                  Origin::kRecorded,
                                  shares[i],
                                  std::nullopt,
                                  {}});
    }
  }
  return UnitTree::Build(std::move(units)).value();
}

std::vector<int64_t> Values(const absl::StatusOr<std::vector<UnitFigure>>& rebased) {
  std::vector<int64_t> values;
  if (!rebased.ok()) return values;
  for (const UnitFigure& figure : *rebased) values.push_back(figure.value);
  return values;
}

TEST(RebaseFiguresTest, ArrivesWholeByTheLargestRemainders) {
  const struct {
    int64_t value;
    std::vector<std::optional<int64_t>> shares;
    std::vector<int64_t> parts;
  } cases[] = {
      {0, {333'333, 333'333, 333'334}, {0, 0, 0}},
      {1, {333'333, 333'333, 333'334}, {0, 0, 1}},
      {10, {333'333, 333'333, 333'334}, {3, 3, 4}},
      {2, {250'000, 250'000, 500'000}, {1, 0, 1}},  // A tie goes to the first id.
      {-10, {333'333, 333'333, 333'334}, {-3, -3, -4}},
      {7, {1'000'000, 0, 0}, {7, 0, 0}},
      {kFigureMax, {1, 999'998, 1}, {1'000'000'000, 999'998'000'000'000, 1'000'000'000}},
  };
  for (const auto& [value, shares, parts] : cases) {
    EXPECT_EQ(Values(RebaseFigures(Divided(shares), {{"u1", value}}, kDay - 1, kDay,
                                   ShareBasis::kPopulation)),
              parts)
        << value;
  }
}

TEST(RebaseFiguresTest, AddsUpWhatComesTogether) {
  EXPECT_EQ(Values(RebaseFigures(Divided({500'000, 500'000, 0}), {{"u1", 10}, {"u2", 5}}, kDay - 1,
                                 kDay, ShareBasis::kPopulation)),
            (std::vector<int64_t>{5, 10, 0}));
}

TEST(RebaseFiguresTest, AShareThatIsNotKnownIsNeverGuessed) {
  const UnitTree tree = Divided({500'000, 500'000, 0});
  const absl::Status unknown =
      RebaseFigures(tree, {{"u1", 10}, {"u4", 1}}, kDay - 1, kDay, ShareBasis::kArea).status();
  EXPECT_EQ(error::ReasonOf(unknown)->reason, "SHARE_UNKNOWN");
  ASSERT_EQ(error::PreconditionsOf(unknown).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(unknown)[0].subject, "units/u1");
  // Where nothing was divided no share is needed, nor where nothing has changed yet.
  EXPECT_EQ(Values(RebaseFigures(tree, {{"u4", 3}}, kDay - 1, kDay, ShareBasis::kArea)),
            std::vector<int64_t>{3});
  EXPECT_EQ(Values(RebaseFigures(tree, {{"u1", 3}}, kDay - 2, kDay - 1, ShareBasis::kArea)),
            std::vector<int64_t>{3});
  EXPECT_EQ(
      error::ReasonOf(RebaseFigures(tree, {{"u7", 3}}, kDay - 1, kDay, ShareBasis::kArea).status())
          ->reason,
      "UNIT_NOT_FOUND");
}

}  // namespace
}  // namespace twotier::registry
