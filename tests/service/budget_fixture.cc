#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {

BudgetServer::BudgetServer(const testing_support::TestDatabase& database,
                           const std::string& registry_target, absl::Time now,
                           const std::string& reference_data_dir)
    : ServiceHost({v1::BudgetService::service_full_name(), BudgetMigrations(),
                   [&](const server::Parts& parts) {
                     return BuildBudget(parts, {.registry_target = registry_target,
                                                .reference_data_dir = reference_data_dir});
                   }},
                  database.url(), now),
      stub_(v1::BudgetService::NewStub(channel())) {}

v1::AccountKey Key(const std::string& unit, v1::Stage stage, int year) {
  v1::AccountKey key;
  key.set_unit(unit);
  key.set_year(year);
  key.set_stage(stage);
  return key;
}

std::vector<std::string> BudgetTest::Open(const std::string& province_code,
                                          const std::vector<v1::AccountKey>& keys) {
  v1::OpenAccountsRequest request;
  request.set_parent("provinces/" + province_code);
  for (const v1::AccountKey& key : keys) *request.add_keys() = key;
  request.set_request_id(RequestId());
  const auto response = server_.Call(&Stub::OpenAccounts, request);
  EXPECT_TRUE(response.ok()) << response.status();
  std::vector<std::string> names;
  if (!response.ok()) return names;
  for (const v1::Account& account : response->accounts()) names.push_back(account.name());
  return names;
}

}  // namespace twotier::budget::testing
