// Routing is killed under load, again and again; what was acknowledged is there.

#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/callers.h"
#include "tests/e2e/proof.h"
#include "tests/e2e/suite.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::e2e {
namespace {

constexpr int kCallers = 32;
constexpr int kSubmissions = 24;  // Fewer than callers: some always race for numbers of one center.
constexpr int kKills = 4;
constexpr int64_t kDossiersBetweenKills = 200;

class KillTest : public SuiteTest, public testing::WithParamInterface<const char*> {};

TEST_P(KillTest, WhatWasAcknowledgedIsThereExactlyOnce) {
  const auto database = NewDatabase(GetParam());
  ASSERT_TRUE(database.ok()) << database.status();
  auto routing = StartRouting("routing", *database);
  ASSERT_TRUE(routing.ok()) << routing.status();
  const auto submissions = Submissions(routing->address(), kSubmissions);
  ASSERT_FALSE(submissions.empty());

  Callers callers({routing->address()}, submissions, kCallers);
  const absl::Status lived = KillUnder(callers.crowd(), *routing, kKills, kDossiersBetweenKills);
  ASSERT_TRUE(lived.ok()) << lived;
  EXPECT_GE(callers.repeated(), kKills) << "no kill hit a call under way";

  const absl::Status proven = ProveDossiers(routing->address(), callers.acknowledged());
  EXPECT_TRUE(proven.ok()) << proven;
  testing_support::ExpectSound(verify::VerifyDossiers(*database));
  RecordProperty("acknowledged", static_cast<int>(callers.acknowledged().size()));
  RecordProperty("repeated", static_cast<int>(callers.repeated()));
}

INSTANTIATE_TEST_SUITE_P(Engines, KillTest, testing::Values(kSqlite, kPostgres),
                         [](const auto& engine) { return std::string(engine.param); });

// Two processes share a database; one of them is killed while both take numbers of the same
// centers.
class TwoProcessesTest : public SuiteTest {};

TEST_F(TwoProcessesTest, NumbersHaveNeitherGapNorRepeatWhenOneIsKilled) {
  const auto database = NewDatabase(kPostgres);
  ASSERT_TRUE(database.ok()) << database.status();
  auto first = StartRouting("routing_1", *database);
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = StartRouting("routing_2", *database);
  ASSERT_TRUE(second.ok()) << second.status();
  const auto submissions = Submissions(first->address(), /*count=*/2);
  ASSERT_FALSE(submissions.empty());

  Callers callers({first->address(), second->address()}, submissions, /*count=*/64);
  const absl::Status together = callers.crowd().WaitForMore(kDossiersBetweenKills);
  ASSERT_TRUE(together.ok()) << together;
  second->Kill();
  const absl::Status alone = callers.crowd().WaitForMore(kDossiersBetweenKills);
  ASSERT_TRUE(alone.ok()) << alone;
  const absl::Status started = second->StartAgain();
  ASSERT_TRUE(started.ok()) << started;
  const absl::Status lived = callers.crowd().WaitForMore(kDossiersBetweenKills);
  ASSERT_TRUE(lived.ok()) << lived;
  const absl::Status stopped = callers.crowd().Stop();
  ASSERT_TRUE(stopped.ok()) << stopped;

  // Either process answers for what the other one wrote.
  for (const std::string& address : {first->address(), second->address()}) {
    const absl::Status proven = ProveDossiers(address, callers.acknowledged());
    EXPECT_TRUE(proven.ok()) << proven;
  }
  testing_support::ExpectSound(verify::VerifyDossiers(*database));
}

}  // namespace
}  // namespace twotier::e2e
