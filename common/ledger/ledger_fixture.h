// What tests of the ledger share: a database with its tables and the feed's, and short ways to say
// what is posted.
#ifndef TWOTIER_COMMON_LEDGER_LEDGER_FIXTURE_H_
#define TWOTIER_COMMON_LEDGER_LEDGER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/db/database.h"
#include "common/feed/feed.h"
#include "common/ledger/ledger.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::ledger {

inline const absl::CivilDay kOpened(2026, 1, 1);
inline const absl::CivilDay kToday(2026, 11, 27);
inline const absl::Time kNow = absl::FromUnixMicros(1'795'800'000'000'000);

inline Context InBook(const std::string& province_code = "48", absl::CivilDay today = kToday) {
  return {.province_code = province_code, .now = kNow, .today = today};
}

inline AccountId Id(const std::string& name, const std::string& province_code = "48") {
  return {province_code, name};
}

inline Account MakeAccount(const std::string& name, Limit limit = Limit::kNone,
                           const std::string& unit = "VND") {
  return {.id = Id(name), .unit = unit, .limit = limit, .opened_day = kOpened};
}

inline Line PostLine(const std::string& debit, const std::string& credit, int64_t amount) {
  return {.kind = Kind::kPost, .debit = Id(debit), .credit = Id(credit), .amount = amount};
}
inline Line HoldLine(const std::string& debit, const std::string& credit, int64_t amount,
                     absl::CivilDay expiry_day = kToday + 10) {
  return {.kind = Kind::kHold,
          .debit = Id(debit),
          .credit = Id(credit),
          .amount = amount,
          .expiry_day = expiry_day};
}
inline Line SettleLine(const LineId& hold, int64_t amount) {
  return {.kind = Kind::kSettle, .amount = amount, .hold = hold};
}
inline Line VoidLine(const LineId& hold) { return {.kind = Kind::kVoid, .hold = hold}; }
inline Line ExpireLine(const LineId& hold) { return {.kind = Kind::kExpire, .hold = hold}; }

inline Journal MakeJournal(const std::string& id, std::vector<Line> lines,
                           absl::CivilDay effective_day = kToday) {
  return {.id = id,
          .effective_day = effective_day,
          .act = "12/NQ-HĐND",
          .subject = absl::StrCat("provinces/48/journals/", id),
          .version = 1,
          .lines = std::move(lines)};
}

inline Journal MakeReversal(const std::string& id, const std::string& reverses) {
  Journal journal = MakeJournal(id, {});
  journal.text = "ghi sai mục lục";
  journal.reverses = reverses;
  return journal;
}

// "OK", or the reason with what it carries.
inline std::string Told(const Outcome& outcome) {
  if (outcome.ok()) return outcome.repeated ? "OK again" : "OK";
  const Refusal& refusal = *outcome.refusal;
  std::string told(ReasonOf(refusal.why));
  if (refusal.line != 0) absl::StrAppend(&told, " line ", refusal.line);
  if (!refusal.account.id.empty()) absl::StrAppend(&told, " ", refusal.account.id);
  if (!refusal.field.empty()) absl::StrAppend(&told, " ", refusal.field);
  if (refusal.asked != 0) {
    absl::StrAppend(&told, " asked ", refusal.asked, " of ", refusal.available, " held ",
                    refusal.held);
  }
  return outcome.repeated ? told + " again" : told;
}

// "debits posted+pending, credits posted+pending".
inline std::string Told(const Totals& totals) {
  return absl::StrCat(totals.debits_posted, "+", totals.debits_pending, ", ", totals.credits_posted,
                      "+", totals.credits_pending);
}

// A database with the ledger's tables, emptied before each test. The tests of one binary share one
// for each engine.
class LedgerTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  LedgerTest() : test_database_(Shared()) { Open({}); }
  ~LedgerTest() override { database_.reset(); }

  static void TearDownTestSuite() { All().clear(); }

  void SetUp() override { Clear(); }

  void Clear() {
    for (const char* table : {"ledger_transfer", "ledger_refusal", "ledger_hold", "ledger_account",
                              "event", "feed_head"}) {
      test_database_.Run(absl::StrCat("DELETE FROM ", table));
    }
  }

  void Open(const db::DatabaseOptions& options) {
    database_.reset();
    std::vector<db::Migration> migrations = feed::Migrations();
    for (db::Migration& step : Migrations()) migrations.push_back(std::move(step));
    absl::StatusOr<std::unique_ptr<db::Database>> database =
        db::Database::Open(test_database_.url(), migrations, options);
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
  }

  absl::Status Try(const std::function<absl::Status(db::Tx&)>& work) {
    return database_->Write({{"48", std::string(kKeyName)}}, work);
  }
  void Do(const std::function<absl::Status(db::Tx&)>& work) {
    const absl::Status status = Try(work);
    ASSERT_TRUE(status.ok()) << status;
  }

  void OpenAll(const std::vector<Account>& accounts) {
    Do([&](db::Tx& tx) { return OpenAccounts(tx, accounts); });
  }

  std::vector<Outcome> PostAll(const std::vector<Journal>& journals,
                               const Context& context = InBook()) {
    std::vector<Outcome> outcomes;
    Do([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(outcomes, Post(tx, context, journals));
      return absl::OkStatus();
    });
    return outcomes;
  }
  std::string PostOne(const Journal& journal, const Context& context = InBook()) {
    const std::vector<Outcome> outcomes = PostAll({journal}, context);
    return outcomes.size() == 1 ? Told(outcomes[0]) : "no outcome";
  }

  Account Find(const std::string& name) {
    std::optional<Account> account;
    const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(account, FindAccount(tx, Id(name)));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok() && account.has_value()) << name << ": " << status;
    return account.value_or(Account());
  }
  std::string TotalsOf(const std::string& name) { return Told(Find(name).totals); }

  testing_support::TestDatabase& test_database_;
  std::unique_ptr<db::Database> database_;

 private:
  static std::map<std::string, testing_support::TestDatabase>& All() {
    static auto* all = new std::map<std::string, testing_support::TestDatabase>();
    return *all;
  }
  static testing_support::TestDatabase& Shared() {
    const auto found = All().find(GetParam().name);
    if (found != All().end()) return found->second;
    return All().emplace(GetParam().name, GetParam().make()).first->second;
  }
};

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_LEDGER_FIXTURE_H_
