// A budget service in this process beside a registry that the test plays.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/budget/budget.h"
#include "tests/service/played_registry.h"
#include "tests/service/service_host.h"
#include "tests/support/database.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"

namespace twotier::budget::testing {

using testing_support::MetadataOf;
using testing_support::ReasonOf;
using testing_support::RequestId;
using Stub = v1::BudgetService::Stub;

// One process of budget, in this process.
class BudgetServer : public testing_support::ServiceHost {
 public:
  BudgetServer(const testing_support::TestDatabase& database, const std::string& registry_target,
               absl::Time now = testing_support::Monday(),
               const std::string& reference_data_dir = "services/budget/data",
               const std::string& personnel_target = "");

  // Runs a unary RPC: server.Call(&Stub::GetAccount, request).
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    return testing_support::Invoke(method, *stub_, request);
  }
  Stub& stub() { return *stub_; }

 private:
  const std::unique_ptr<Stub> stub_;
};

// Key of an account of `unit` without line and purpose.
v1::AccountKey Key(const std::string& unit, v1::Stage stage, int year = 2026);

v1::Transfer PostOf(const std::string& debit, const std::string& credit, int64_t amount_vnd);
v1::Transfer HoldOf(const std::string& debit, const std::string& credit, int64_t amount_vnd,
                    int working_days);
v1::Transfer SettleOf(const std::string& journal, int number, int64_t amount_vnd);
v1::Transfer VoidOf(const std::string& journal, int number);

// A journal of the ledger of province 48, effective on the day of Monday().
v1::PostJournalRequest JournalOf(const std::string& id, const std::vector<v1::Transfer>& transfers);

// Revenue of every estimate that a test approves, unless it says otherwise.
inline constexpr int64_t kRevenue = 1'000'000'000'000'000;
// Lets the Council, and for the centre the National Assembly, decide what the transfers approve and
// hand on.
void DecideEstimate(v1::PostJournalRequest& request);

// Every engine, with a registry and one server that is ready.
class BudgetTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  BudgetTest() = default;
  // Beside personnel at an address.
  explicit BudgetTest(const std::string& personnel_target) : personnel_target_(personnel_target) {}

  // Opens accounts of one province and returns their names.
  std::vector<std::string> Open(const std::string& province_code,
                                const std::vector<v1::AccountKey>& keys);

  absl::StatusOr<v1::Journal> Post(const v1::PostJournalRequest& request);
  absl::StatusOr<v1::Journal> Post(const std::string& id,
                                   const std::vector<v1::Transfer>& transfers) {
    return Post(JournalOf(id, transfers));
  }
  // What an account holds as it is known now.
  v1::Balance BalanceOf(const std::string& account);
  // Opens a unit's account of each stage in a year and gives STAGE_ALLOCATED the amount, through
  // every stage before it, effective on a day. Returns the names by stage.
  std::map<v1::Stage, std::string> Fund(const std::string& unit, int64_t amount_vnd,
                                        int year = 2026,
                                        absl::CivilDay day = absl::CivilDay(2026, 11, 2));

  const std::string personnel_target_;
  testing_support::TestDatabase database_ = GetParam().make();
  testing_support::PlayedRegistry registry_;
  BudgetServer server_{database_, registry_.address(), testing_support::Monday(),
                       "services/budget/data", personnel_target_};
};

#define TWOTIER_BUDGET_ON_EVERY_ENGINE(suite)                                           \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(testing_support::Engines()), \
                           testing_support::EngineName)

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_FIXTURE_H_
