// A year of dossiers all over the country, on both engines: whatever happens in it, the numbers are
// those of the timelines, the dates those of the calendar, and every alarm was set off once.
//
//   national_year_test [--lives=N] [--seed=N]
//
// A seed tells the same year again; it is printed with what went wrong.
#include <gtest/gtest.h>

#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "tests/service/dossier_lives.h"
#include "tests/service/dossier_proof.h"
#include "tests/service/registry_fixture.h"
#include "tests/service/routing_server.h"
#include "tests/service/simulation.h"

ABSL_FLAG(int, lives, 5000, "Dossiers of the year.");
ABSL_FLAG(uint64_t, seed, 1, "What the year is drawn from.");

namespace twotier::routing::testing {
namespace {

// The whole catalogue is known on the first day; the calendar ends four months after the last.
const absl::CivilDay kFirst(2026, 9, 1);
const absl::CivilDay kEnd(2027, 9, 1);

class NationalYearTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  static absl::Time Morning(absl::CivilDay day) {
    return absl::FromCivil(absl::CivilHour(day) + 7, VietnamTimeZone());
  }

  testing_support::TestDatabase registry_database_ = testing_support::MakeSqlite();
  testing_support::TestDatabase database_ = GetParam().make();
  registry::RegistryServer registry_{registry_database_, "services/registry/data"};
};

INSTANTIATE_TEST_SUITE_P(All, NationalYearTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(NationalYearTest, WhateverHappensNothingIsWrongBehindIt) {
  const SimulationOptions options = {.seed = absl::GetFlag(FLAGS_seed),
                                     .lives = absl::GetFlag(FLAGS_lives),
                                     .first = kFirst,
                                     .end = kEnd};
  SCOPED_TRACE(absl::StrCat("--seed=", options.seed));
  RecordProperty("seed", absl::StrCat(options.seed));
  RoutingServer server(database_.url(), registry_.address(),
                       {.now = Morning(kFirst), .alarms_rest = absl::Milliseconds(5)});
  const auto country = LoadCountry(registry_.stub(), server.stub(), kFirst);
  ASSERT_TRUE(country.ok()) << country.status();
  EXPECT_EQ(country->communes.size(), 3321);
  EXPECT_EQ(country->procedures.size(), 803);

  Simulation simulation(*country, server, options);
  // In the middle of it, with thousands under way.
  const absl::Status half = simulation.Run(Morning(absl::CivilDay(2027, 3, 1)));
  ASSERT_TRUE(half.ok()) << half;
  const auto under_way = ProveDossiers(database_.url(), server, simulation.known(), kFirst);
  ASSERT_TRUE(under_way.ok()) << under_way.status();
  EXPECT_GT(under_way->open, 0);

  const absl::Status whole = simulation.Run(absl::InfiniteFuture());
  ASSERT_TRUE(whole.ok()) << whole;
  const auto proven = ProveDossiers(database_.url(), server, simulation.known(), kFirst);
  ASSERT_TRUE(proven.ok()) << proven.status();
  EXPECT_EQ(proven->dossiers, options.lives);
  EXPECT_EQ(proven->open, 0);
  for (const int64_t count : {proven->early, proven->on_time, proven->late, proven->alarms}) {
    EXPECT_GT(count, 0);
  }
  std::cout << "seed " << options.seed << ": " << proven->dossiers << " dossiers, "
            << simulation.calls() << " calls, " << proven->early << " early, " << proven->on_time
            << " on time, " << proven->late << " late, " << proven->alarms << " alarms\n";
}

}  // namespace
}  // namespace twotier::routing::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  absl::ParseCommandLine(argc, argv);
  return RUN_ALL_TESTS();
}
