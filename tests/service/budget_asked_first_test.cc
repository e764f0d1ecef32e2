// What PostJournal declares to ask first is what it asks: a batch of payments then waits for one
// answer of PostgreSQL instead of one for each.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/db/fetched_tx.h"
#include "common/status_macros.h"
#include "services/budget/handlers/journals.h"
#include "services/budget/snapshot.h"
#include "tests/service/budget_contingency.h"

namespace twotier::budget::testing {
namespace {

using testing_support::kDaNang;
using testing_support::kHaiChau;
using Day = absl::CivilDay;

// Hands everything on and notes what is asked of the database.
class NotingTx final : public db::Tx {
 public:
  explicit NotingTx(db::Tx& tx) : tx_(tx) {}

  absl::StatusOr<db::Rows> Query(const db::Statement& statement, db::Values values) override {
    asked_.emplace_back(statement.name);
    return tx_.Query(statement, values);
  }
  absl::StatusOr<std::vector<db::Rows>> QueryAll(
      absl::Span<const db::BoundStatement> queries) override {
    for (const db::BoundStatement& query : queries) asked_.emplace_back(query.statement.name);
    return tx_.QueryAll(queries);
  }
  absl::StatusOr<int64_t> Exec(const db::Statement& statement, db::Values values) override {
    return tx_.Exec(statement, values);
  }
  absl::Status Write(const db::Statement& statement, db::Values values,
                     int64_t rows_expected) override {
    return tx_.Write(statement, values, rows_expected);
  }
  absl::Status Guard(const std::function<absl::Status()>& body) override { return tx_.Guard(body); }
  bool conflicted() const override { return tx_.conflicted(); }

  const std::vector<std::string>& asked() const { return asked_; }

 private:
  db::Tx& tx_;
  std::vector<std::string> asked_;
};

class AskedFirstTest : public ContingencyTest {
 protected:
  void SetUp() override { SetDay(Day(2027, 5, 3)); }

  // Runs PostJournal as a lane runs a unit whose first queries were answered beforehand, and
  // returns what it asks all the same.
  std::vector<std::string> AskedBesides(const v1::PostJournalRequest& request) {
    SnapshotHolder memory;
    const handlers::Env env{.snapshots = &memory, .appended = [] {}};
    Call call;
    call.now = server_.clock().Now();
    call.new_id = RequestId();
    std::vector<std::string> asked;
    const absl::Status status = server_.database().Write({}, [&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(auto snapshot, LoadSnapshot(tx, Snapshot()));
      memory.Set(std::move(snapshot));
      const std::vector<db::BoundStatement> first = handlers::FirstOfPostJournal(call, request);
      ASSIGN_OR_RETURN(const std::vector<db::Rows> answers, tx.QueryAll(first));
      rows_ = 0;
      for (const db::Rows& rows : answers) rows_ += rows.size();
      std::vector<std::optional<db::Rows>> fetched(answers.begin(), answers.end());
      NotingTx noting(tx);
      db::FetchedTx unit(noting, first, absl::MakeSpan(fetched));
      RETURN_IF_ERROR(handlers::PostJournal(env, call, request, unit).status());
      asked = noting.asked();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return asked;
  }

  // Of today: what is dated back asks for the days since, too.
  static v1::PostJournalRequest OfToday(const std::string& id,
                                        const std::vector<v1::Transfer>& transfers) {
    v1::PostJournalRequest request = JournalOf(id, transfers);
    SetDate(request.mutable_effective_date(), Day(2027, 5, 3));
    return request;
  }
  v1::PostJournalRequest Payment(const std::string& id) {
    return OfToday(id, {PostOf(accounts_[v1::STAGE_ALLOCATED], accounts_[v1::STAGE_PAID], 10)});
  }
  void Grant(int quarter, int month) {
    v1::GrantPeriodCeilingRequest request;
    *request.mutable_decision() = Decision(kHaiChau, v1::BODY_FINANCE_OFFICE, Day(2027, 4, 1));
    request.set_quarter(quarter);
    request.set_month(month);
    request.set_amount_vnd(1'000);
    request.set_request_id(RequestId());
    const auto granted = server_.Call(&Stub::GrantPeriodCeiling, request);
    ASSERT_TRUE(granted.ok()) << granted.status();
  }

  size_t rows_ = 0;  // That the first queries read, last time.
  std::map<v1::Stage, std::string> accounts_ = Fund(kHaiChau, 1'000);
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(AskedFirstTest);

TEST_P(AskedFirstTest, ByATransfer) {
  EXPECT_EQ(AskedBesides(OfToday("t-1", {PostOf(accounts_[v1::STAGE_ALLOCATED],
                                                accounts_[v1::STAGE_APPROVED], 10)})),
            std::vector<std::string>());
}

// However many lines the statements of its accounts have.
TEST_P(AskedFirstTest, ByMoneyThatIsHandedDownUnderAContingency) {
  const std::vector<std::string> names =
      Open("48", {Key(kDaNang, v1::STAGE_SOURCE), Key(kDaNang, v1::STAGE_ESTIMATE),
                  Key(kDaNang, v1::STAGE_APPROVED), Key(kHaiChau, v1::STAGE_APPROVED)});
  const auto down = [&](const std::string& id, int lines) {
    return OfToday(
        id, std::vector<v1::Transfer>(static_cast<size_t>(lines), PostOf(names[2], names[3], 1)));
  };
  ASSERT_TRUE(
      Post("approve", {PostOf(names[0], names[1], 10'000), PostOf(names[1], names[2], 10'000)})
          .ok());
  v1::SetContingencyRequest set = Contingency(200);
  *set.mutable_decision() = Decision(kDaNang, v1::BODY_COUNCIL, Day(2027, 1, 4));
  set.mutable_totals()->set_expenditure_vnd(10'000);
  set.mutable_totals()->set_targeted_received_vnd(0);
  ASSERT_TRUE(server_.Call(&Stub::SetContingency, set).ok());
  ASSERT_TRUE(Post(down("first", 1)).ok());  // Adds up, once.
  EXPECT_EQ(AskedBesides(down("few", 1)), std::vector<std::string>());
  const size_t of_few = rows_;
  ASSERT_TRUE(Post(down("many", 100)).ok());
  EXPECT_EQ(AskedBesides(down("after", 1)), std::vector<std::string>());
  EXPECT_EQ(rows_, of_few);
}

TEST_P(AskedFirstTest, ByAPayment) {
  EXPECT_EQ(AskedBesides(Payment("p-1")), std::vector<std::string>());
}

TEST_P(AskedFirstTest, ByAPaymentUnderCeilings) {
  Grant(/*quarter=*/2, /*month=*/0);
  Grant(/*quarter=*/0, /*month=*/5);
  EXPECT_EQ(AskedBesides(Payment("p-1")), std::vector<std::string>());
}

}  // namespace
}  // namespace twotier::budget::testing
