// A server that keeps its connections and answers nothing: every wait ends, and what waited is
// told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/db/account_fixture.h"
#include "common/db/database.h"
#include "common/status_macros.h"
#include "tests/support/database.h"
#include "tests/support/silent_proxy.h"

namespace twotier::db {
namespace {

using testing::ElementsAre;

// Bounds the red run only.
constexpr absl::Duration kHang = absl::Seconds(60);

class SilenceTest : public testing::Test {
 protected:
  SilenceTest() : test_database_(testing_support::MakePostgres()) {
    DatabaseOptions options;
    options.lanes_postgres = 1;
    options.readers = 1;
    options.statement_timeout = absl::Milliseconds(200);
    options.answer_margin = absl::Milliseconds(200);
    proxy_ = std::make_unique<testing_support::SilentProxy>(test_database_.url());
    absl::StatusOr<std::unique_ptr<Database>> database =
        Database::Open(proxy_->url(), AccountSteps(), options);
    EXPECT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
  }
  ~SilenceTest() override {
    proxy_.reset();  // First: ends what waits for ever.
    database_.reset();
  }

  Unit Insert(const std::string& name, Outcomes& outcomes) {
    Unit unit;
    unit.keys = {{"48", "lane"}};
    unit.work = [name](Tx& tx) { return tx.Write(kInsert, {"48", name, 1}); };
    unit.done = outcomes.Done(name);
    return unit;
  }

  testing_support::TestDatabase test_database_;
  std::unique_ptr<testing_support::SilentProxy> proxy_;
  std::unique_ptr<Database> database_;
};

TEST_F(SilenceTest, UnitsAndReadsAreRefusedAndWritesAreServedAgainAfterwards) {
  Outcomes outcomes;
  proxy_->SetSilent(true);
  database_->Submit(Insert("asked in silence", outcomes));
  Read read;
  read.work = [](Tx& tx) { return tx.Query(kTotal, {}).status(); };
  read.done = outcomes.Done("read");
  database_->Submit(std::move(read));
  ASSERT_TRUE(outcomes.WaitFor(2, kHang));
  for (const char* name : {"asked in silence", "read"}) {
    EXPECT_EQ(outcomes.Of(name).code(), absl::StatusCode::kUnavailable) << outcomes.Of(name);
    EXPECT_EQ(ReasonOf(outcomes.Of(name)), "DATABASE_AWAY");
  }
  EXPECT_EQ(ReasonOf(database_->Writable()), "DATABASE_AWAY");

  proxy_->SetSilent(false);
  absl::Status status = absl::UnknownError("not asked");
  const absl::Time until = absl::Now() + kHang;
  while (!status.ok() && absl::Now() < until) {
    status = database_->Write({{"48", "lane"}}, [](Tx& tx) {
      return tx.Write(kInsert, {"48", "asked afterwards", 1});
    });
    ASSERT_TRUE(status.ok() || ReasonOf(status) == "DATABASE_AWAY") << status;
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(test_database_.Run("SELECT name FROM account"), ElementsAre("asked afterwards"));
}

TEST_F(SilenceTest, ACommitThatIsNotAnsweredIsAnUnknownOutcome) {
  Outcomes outcomes;
  Unit unit = Insert("committing", outcomes);
  unit.work = [this](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Exec(kInsert, {"48", "committing", 1}).status());
    proxy_->SetSilent(true);
    return absl::OkStatus();
  };
  database_->Submit(std::move(unit));
  ASSERT_TRUE(outcomes.WaitFor(1, kHang));
  EXPECT_EQ(ReasonOf(outcomes.Of("committing")), "OUTCOME_UNKNOWN") << outcomes.Of("committing");
}

TEST_F(SilenceTest, TheEndDoesNotWaitForAnAnswer) {
  Outcomes outcomes;
  proxy_->SetSilent(true);
  database_->Submit(Insert("asked in silence", outcomes));
  absl::Notification drained;
  std::thread draining([&] {
    database_->Drain(absl::ZeroDuration());
    drained.Notify();
  });
  EXPECT_TRUE(drained.WaitForNotificationWithTimeout(kHang));
  proxy_.reset();
  draining.join();
  EXPECT_EQ(outcomes.Of("asked in silence").code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace twotier::db
