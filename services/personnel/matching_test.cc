#include "services/personnel/matching.h"

#include <sys/resource.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <random>
#include <tuple>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace twotier::personnel {
namespace {

TEST(MatchTest, PlacesAllBeforeItAsksForWishesAndWishesBeforeDistance) {
  // The first group could have place 0, which is the only one that the second fits.
  const MatchProblem scarce{{{1, {{0, 0, 0}, {1, 5, 900}}}, {1, {{0, 0, 0}}}}, {1, 1}};
  const absl::StatusOr<Matching> placed = Match(scarce);
  ASSERT_TRUE(placed.ok()) << placed.status();
  EXPECT_EQ(placed->unplaced, 0);
  EXPECT_THAT(placed->groups[0], ::testing::ElementsAre(Placement{1, 1}));

  const MatchProblem wish{{{1, {{0, 1, 0}, {1, 0, kDistanceMax}}}}, {1, 1}};
  EXPECT_THAT(Match(wish)->groups[0], ::testing::ElementsAre(Placement{1, 1}));
}

TEST(MatchTest, SaysWhoIsLeft) {
  const absl::StatusOr<Matching> matching = Match({{{3, {{0, 0, 7}}}, {1, {}}}, {2}});
  ASSERT_TRUE(matching.ok()) << matching.status();
  EXPECT_EQ(matching->unplaced, 2);
  EXPECT_EQ(matching->distance, 14);
  EXPECT_THAT(matching->groups[0],
              ::testing::ElementsAre(Placement{0, 2}, Placement{kUnplaced, 1}));
  EXPECT_THAT(matching->groups[1], ::testing::ElementsAre(Placement{kUnplaced, 1}));
}

TEST(MatchTest, RefusesWhatIsOutOfBounds) {
  EXPECT_FALSE(Match({{{1, {{1, 0, 0}}}}, {1}}).ok());
  EXPECT_FALSE(Match({{{1, {{0, kPreferenceMax + 1, 0}}}}, {1}}).ok());
  EXPECT_FALSE(Match({{{1, {{0, 0, kDistanceMax + 1}}}}, {1}}).ok());
  EXPECT_FALSE(Match({{{kMatchedPeopleMax + 1, {}}}, {}}).ok());
  EXPECT_FALSE(Match({{{1, {{0, 0, 0}, {0, 1, 1}}}}, {1}}).ok());
}

// Tries every way to place single people, in order of the rule: the first of the best is the
// answer.
class BruteForce {
 public:
  explicit BruteForce(const MatchProblem& problem) : problem_(problem), left_(problem.places) {
    Try(0);
  }
  const std::vector<int>& best() const { return best_; }

 private:
  using Cost = std::tuple<int64_t, int64_t, int64_t>;

  void Try(size_t group) {
    if (group == problem_.groups.size()) {
      if (!best_cost_ || cost_ < *best_cost_) {
        best_cost_ = cost_;
        best_ = chosen_;
      }
      return;
    }
    const Cost before = cost_;
    for (const Choice& choice : problem_.groups[group].choices) {
      int& left = left_[static_cast<size_t>(choice.place)];
      if (left == 0) continue;
      --left;
      chosen_.push_back(choice.place);
      std::get<1>(cost_) += choice.preference;
      std::get<2>(cost_) += choice.distance;
      Try(group + 1);
      cost_ = before;
      chosen_.pop_back();
      ++left;
    }
    chosen_.push_back(kUnplaced);
    ++std::get<0>(cost_);
    Try(group + 1);
    cost_ = before;
    chosen_.pop_back();
  }

  const MatchProblem& problem_;
  std::vector<int> left_;
  std::vector<int> chosen_;
  std::vector<int> best_;
  Cost cost_ = {0, 0, 0};
  std::optional<Cost> best_cost_;
};

RC_GTEST_PROP(MatchTest, IsWhatTryingEverythingFinds, ()) {
  MatchProblem problem;
  const int places = *rc::gen::inRange(1, 5);
  for (int i = 0; i < places; ++i) problem.places.push_back(*rc::gen::inRange(0, 3));
  const int people = *rc::gen::inRange(0, 7);
  for (int i = 0; i < people; ++i) {
    MatchGroup group{1, {}};
    for (int place = 0; place < places; ++place) {
      if (!*rc::gen::arbitrary<bool>()) continue;
      // Few values, so that many optima tie.
      group.choices.push_back({place, *rc::gen::inRange(0, 2), *rc::gen::inRange(0, 3)});
    }
    problem.groups.push_back(std::move(group));
  }
  const absl::StatusOr<Matching> matching = Match(problem);
  RC_ASSERT(matching.ok());
  std::vector<int> found;
  for (const std::vector<Placement>& group : matching->groups) {
    RC_ASSERT(group.size() == 1u);
    found.push_back(group[0].place);
  }
  RC_ASSERT(found == BruteForce(problem).best());
}

// A province of 168 communes with eight kinds of posts takes over 10,000 people of 24 districts.
TEST(MatchTest, PlacesTenThousandPeopleInAProvince) {
  constexpr int kCommunes = 168;
  constexpr int kKinds = 8;
  constexpr int kPeople = 10'000;
  std::mt19937 random(1);
  const auto any = [&](int below) {
    return static_cast<int>(random() % static_cast<uint32_t>(below));
  };
  MatchProblem problem;
  for (int i = 0; i < kCommunes * kKinds; ++i) problem.places.push_back(5 + any(5));
  for (int person = 0; person < kPeople; ++person) {
    const int district = any(24);
    const int kind = any(kKinds - 1);
    const int wish = any(kCommunes);
    MatchGroup group{1, {}};
    for (int commune = 0; commune < kCommunes; ++commune) {
      const int64_t distance = std::abs(commune - district * 7) * int64_t{10};
      for (int k = kind; k < kind + 2; ++k) {
        group.choices.push_back({commune * kKinds + k, commune == wish ? 0 : 1, distance});
      }
    }
    problem.groups.push_back(std::move(group));
  }
  const absl::Time begin = absl::Now();
  const absl::StatusOr<Matching> matching = Match(problem);
  ASSERT_TRUE(matching.ok()) << matching.status();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::cout << "10,000 people, 3.4 million choices: " << absl::Now() - begin << ", peak "
            << usage.ru_maxrss / 1024 << " MiB\n";
  std::vector<int> taken(problem.places.size());
  int64_t placed = 0;
  for (const std::vector<Placement>& group : matching->groups) {
    for (const Placement& placement : group) {
      if (placement.place == kUnplaced) continue;
      taken[static_cast<size_t>(placement.place)] += placement.people;
      placed += placement.people;
    }
  }
  for (size_t i = 0; i < taken.size(); ++i) EXPECT_LE(taken[i], problem.places[i]);
  EXPECT_EQ(placed + matching->unplaced, kPeople);
}

}  // namespace
}  // namespace twotier::personnel
