#include "tests/load/ledger_calls.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/workload.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace v1 = budget::v1;
using v1::BudgetService;

constexpr char kProvince[] = "79";  // The one with the most communes.
constexpr char kParent[] = "provinces/79";
// As much as the State budget of a year, so that no account runs dry.
constexpr int64_t kFunds = 1'000'000'000'000'000;
constexpr int64_t kAmount = 1'000'000;

std::string MethodOf(const std::string& method) {
  return absl::StrCat("/twotier.budget.v1.BudgetService/", method);
}

// Names of a province and of its communes.
struct Units {
  std::string province = {};
  std::vector<std::string> communes = {};
};

absl::StatusOr<Units> UnitsOf(const std::string& registry_address) {
  const auto registry = StubOf<registry::v1::RegistryService>(registry_address);
  ASSIGN_OR_RETURN(const std::vector<registry::v1::Unit> communes,
                   ListCommunes(*registry, nullptr));
  Units units;
  for (const registry::v1::Unit& commune : communes) {
    if (commune.province_code() != kProvince) continue;
    units.province = commune.parent();
    units.communes.push_back(commune.name());
  }
  return units;
}

v1::AccountKey KeyOf(const std::string& unit, v1::Stage stage) {
  v1::AccountKey key;
  key.set_unit(unit);
  key.set_year(Today().year());  // Payments of a year end with it.
  key.set_stage(stage);
  return key;
}

// Names of accounts. Money goes from the source through the estimate to the pool, from there to the
// communes, and is paid by them.
struct Accounts {
  std::string source = {};
  std::string estimate = {};
  std::string pool = {};
  std::vector<std::string> communes = {};
  std::vector<std::string> paid = {};  // Parallel to `communes`.
};

absl::StatusOr<Accounts> OpenAccounts(BudgetService::Stub& budget, const Units& units) {
  v1::OpenAccountsRequest request;
  request.set_parent(kParent);
  for (const v1::Stage stage : {v1::STAGE_SOURCE, v1::STAGE_ESTIMATE, v1::STAGE_APPROVED}) {
    *request.add_keys() = KeyOf(units.province, stage);
  }
  for (const v1::Stage stage : {v1::STAGE_ALLOCATED, v1::STAGE_PAID}) {
    for (const std::string& unit : units.communes) *request.add_keys() = KeyOf(unit, stage);
  }
  request.set_request_id(RequestIds().Next());
  ASSIGN_OR_RETURN(const v1::OpenAccountsResponse response,
                   Ask(budget, &BudgetService::Stub::OpenAccounts, request));
  Accounts accounts{.source = response.accounts(0).name(),
                    .estimate = response.accounts(1).name(),
                    .pool = response.accounts(2).name()};
  const int count = static_cast<int>(units.communes.size());
  for (int i = 0; i < count; ++i) {
    accounts.communes.push_back(response.accounts(3 + i).name());
    accounts.paid.push_back(response.accounts(3 + count + i).name());
  }
  return accounts;
}

void FillPost(const std::string& debit, const std::string& credit, int64_t amount,
              v1::Transfer* transfer) {
  transfer->set_kind(v1::TRANSFER_KIND_POST);
  transfer->set_debit_account(debit);
  transfer->set_credit_account(credit);
  transfer->set_amount_vnd(amount);
}

v1::PostJournalRequest Posting(const std::string& debit, const std::string& credit) {
  v1::PostJournalRequest request;
  request.set_parent(kParent);
  request.set_journal_id(kIdPlaceholder);
  *request.mutable_effective_date() = Today();
  request.mutable_act()->set_number("12/NQ-HĐND");
  request.set_text("Bổ sung cân đối");
  FillPost(debit, credit, kAmount, request.add_transfers());
  request.set_body(v1::BODY_COUNCIL);  // Needed for what is approved and handed on.
  request.set_request_id(kIdPlaceholder);
  return request;
}

absl::Status Fund(BudgetService::Stub& budget, const Accounts& accounts) {
  v1::PostJournalRequest request = Posting(accounts.source, accounts.estimate);
  request.set_journal_id("funds");
  request.set_request_id(RequestIds().Next());
  request.clear_transfers();
  const int64_t all = kFunds * static_cast<int64_t>(accounts.communes.size() + 1);
  request.set_revenue_vnd(all);
  FillPost(accounts.source, accounts.estimate, all, request.add_transfers());
  FillPost(accounts.estimate, accounts.pool, all, request.add_transfers());
  for (const std::string& commune : accounts.communes) {
    FillPost(accounts.pool, commune, kFunds, request.add_transfers());
  }
  return Ask(budget, &BudgetService::Stub::PostJournal, request).status();
}

std::shared_ptr<PreparedCalls> Prepared(const std::string& method,
                                        const google::protobuf::Message& answer_type) {
  auto calls = std::make_shared<PreparedCalls>();
  calls->method = MethodOf(method);
  calls->answer_type = &answer_type;
  return calls;
}

// Makes one call of `request`, whose ids are placeholders, and returns the answer.
template <typename Request, typename Response>
absl::StatusOr<std::string> AnswerOf(
    BudgetService::Stub& budget,
    grpc::Status (BudgetService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    const std::string& bytes) {
  Request request;
  if (!request.ParseFromString(WithIds(bytes, RequestIds().Next()))) {
    return absl::InternalError("not a request");
  }
  ASSIGN_OR_RETURN(const Response response, Ask(budget, method, request));
  return response.SerializeAsString();
}

}  // namespace

absl::StatusOr<LedgerCalls> PrepareLedger(const std::string& registry_address,
                                          const std::string& budget_address) {
  const auto budget = StubOf<BudgetService>(budget_address);
  ASSIGN_OR_RETURN(const Units units, UnitsOf(registry_address));
  ASSIGN_OR_RETURN(const Accounts accounts, OpenAccounts(*budget, units));
  RETURN_IF_ERROR(Fund(*budget, accounts));
  LedgerCalls calls;
  calls.communes = static_cast<int>(accounts.communes.size());
  auto hot = Prepared("PostJournal", v1::PostJournalResponse::default_instance());
  auto uniform = Prepared("PostJournal", v1::PostJournalResponse::default_instance());
  for (size_t i = 0; i < accounts.communes.size(); ++i) {
    hot->requests.push_back(Posting(accounts.pool, accounts.communes[i]).SerializeAsString());
    uniform->requests.push_back(
        Posting(accounts.communes[i], accounts.paid[i]).SerializeAsString());
  }
  v1::BatchCreateTransfersRequest many;
  many.set_parent(kParent);
  *many.mutable_effective_date() = Today();
  many.mutable_act()->set_number("12/NQ-HĐND");
  many.set_body(v1::BODY_COUNCIL);
  many.set_request_id(kIdPlaceholder);
  for (int i = 0; i < kBatchTransfers; ++i) {
    v1::BatchedTransfer* transfer = many.add_transfers();
    transfer->set_journal_id(absl::StrCat(kIdPlaceholder, "-", absl::Dec(i, absl::kZeroPad4)));
    FillPost(accounts.pool, accounts.communes[static_cast<size_t>(i) % accounts.communes.size()],
             kAmount, transfer->mutable_transfer());
  }
  auto batch =
      Prepared("BatchCreateTransfers", v1::BatchCreateTransfersResponse::default_instance());
  batch->requests.push_back(many.SerializeAsString());
  ASSIGN_OR_RETURN(calls.answers[hot->method],
                   AnswerOf(*budget, &BudgetService::Stub::PostJournal, hot->requests[0]));
  ASSIGN_OR_RETURN(
      calls.answers[batch->method],
      AnswerOf(*budget, &BudgetService::Stub::BatchCreateTransfers, batch->requests[0]));
  calls.hot = std::move(hot);
  calls.uniform = std::move(uniform);
  calls.batch = std::move(batch);
  return calls;
}

}  // namespace twotier::load
