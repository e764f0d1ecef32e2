#include "tests/service/budget_fixture.h"

#include "absl/strings/match.h"

namespace twotier::budget::testing {

BudgetServer::BudgetServer(const testing_support::TestDatabase& database,
                           const std::string& registry_target, absl::Time now,
                           const std::string& reference_data_dir,
                           const std::string& personnel_target)
    : ServiceHost({v1::BudgetService::service_full_name(), BudgetMigrations(),
                   [&](const server::Parts& parts) {
                     return BuildBudget(parts, {.registry_target = registry_target,
                                                .reference_data_dir = reference_data_dir,
                                                .personnel_target = personnel_target,
                                                .staff_rest = absl::Milliseconds(5)});
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

v1::Transfer PostOf(const std::string& debit, const std::string& credit, int64_t amount_vnd) {
  v1::Transfer transfer;
  transfer.set_kind(v1::TRANSFER_KIND_POST);
  transfer.set_debit_account(debit);
  transfer.set_credit_account(credit);
  transfer.set_amount_vnd(amount_vnd);
  return transfer;
}

v1::Transfer HoldOf(const std::string& debit, const std::string& credit, int64_t amount_vnd,
                    int working_days) {
  v1::Transfer transfer = PostOf(debit, credit, amount_vnd);
  transfer.set_kind(v1::TRANSFER_KIND_HOLD);
  transfer.set_working_days(working_days);
  return transfer;
}

v1::Transfer SettleOf(const std::string& journal, int number, int64_t amount_vnd) {
  v1::Transfer transfer = VoidOf(journal, number);
  transfer.set_kind(v1::TRANSFER_KIND_SETTLE);
  transfer.set_amount_vnd(amount_vnd);
  return transfer;
}

v1::Transfer VoidOf(const std::string& journal, int number) {
  v1::Transfer transfer;
  transfer.set_kind(v1::TRANSFER_KIND_VOID);
  transfer.mutable_hold()->set_journal(journal);
  transfer.mutable_hold()->set_number(number);
  return transfer;
}

v1::PostJournalRequest JournalOf(const std::string& id,
                                 const std::vector<v1::Transfer>& transfers) {
  v1::PostJournalRequest request;
  request.set_parent("provinces/48");
  request.set_journal_id(id);
  testing_support::SetDate(request.mutable_effective_date(), 2026, 11, 2);
  request.mutable_act()->set_number("31/NQ-HĐND");
  request.set_text("Giao dự toán");
  for (const v1::Transfer& transfer : transfers) *request.add_transfers() = transfer;
  DecideEstimate(request);
  request.set_request_id(RequestId());
  return request;
}

void DecideEstimate(v1::PostJournalRequest& request) {
  for (const v1::Transfer& transfer : request.transfers()) {
    const std::string& from = transfer.debit_account();
    if (!absl::StrContains(from, ".estimate.") && !absl::StrContains(from, ".approved.")) continue;
    request.set_body(absl::StartsWith(from, "provinces/00/") ? v1::BODY_NATIONAL_ASSEMBLY
                                                             : v1::BODY_COUNCIL);
    request.set_revenue_vnd(kRevenue);
  }
}

absl::StatusOr<v1::Journal> BudgetTest::Post(const v1::PostJournalRequest& request) {
  const auto response = server_.Call(&Stub::PostJournal, request);
  if (!response.ok()) return response.status();
  return response->journal();
}

v1::Balance BudgetTest::BalanceOf(const std::string& account) {
  v1::GetStatementRequest request;
  request.set_name(account);
  request.set_page_size(1000);
  v1::Balance balance;
  do {
    const auto page = server_.Call(&Stub::GetStatement, request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return balance;
    balance = page->closing();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return balance;
}

std::map<v1::Stage, std::string> BudgetTest::Fund(const std::string& unit, int64_t amount_vnd,
                                                  int year, absl::CivilDay day) {
  std::vector<v1::AccountKey> keys;
  for (int stage = v1::STAGE_SOURCE; stage <= v1::STAGE_CANCELLED; ++stage) {
    keys.push_back(Key(unit, static_cast<v1::Stage>(stage), year));
  }
  const std::vector<std::string> names = Open("48", keys);
  std::map<v1::Stage, std::string> accounts;
  for (size_t i = 0; i < names.size(); ++i) {
    accounts[static_cast<v1::Stage>(i + 1)] = names[i];
  }
  v1::PostJournalRequest request =
      JournalOf("fund-" + unit.substr(unit.find('/') + 1),
                {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], amount_vnd),
                 PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], amount_vnd),
                 PostOf(accounts[v1::STAGE_APPROVED], accounts[v1::STAGE_ALLOCATED], amount_vnd)});
  testing_support::SetDate(request.mutable_effective_date(), static_cast<int>(day.year()),
                           day.month(), day.day());
  const auto posted = Post(request);
  EXPECT_TRUE(posted.ok()) << posted.status();
  return accounts;
}

}  // namespace twotier::budget::testing
