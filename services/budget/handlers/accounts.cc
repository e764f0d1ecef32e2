#include "services/budget/handlers/accounts.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/ledger/store.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/closed_accounts.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kListMethod = "ListAccounts";

// The account of a name whose form the dispatcher has checked.
absl::StatusOr<store::AccountRow> Find(db::Tx& tx, absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  ASSIGN_OR_RETURN(std::optional<store::AccountRow> row,
                   store::FindAccount(tx, parts[1], parts[3]));
  if (row.has_value()) return *std::move(row);
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no account ", name),
                           "ACCOUNT_NOT_FOUND", {{"account", std::string(name)}});
}

// Metadata name accounts by their resource names.
absl::Status Named(absl::Status status, absl::string_view name) {
  std::optional<error::Reason> reason = error::ReasonOf(status);
  if (!reason.has_value()) return status;
  for (auto& [key, value] : reason->metadata) {
    if (key == "account") value = std::string(name);
  }
  return error::WithReasonAdded(std::move(status), reason->reason, reason->metadata);
}

// What is closed could be neither spent nor handed on, and would be missing for ever. A ceiling is
// no money. What is held is told before.
absl::Status CheckEmpty(db::Tx& tx, const AccountKey& key) {
  if (IsOfCeiling(key.stage)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto account, ledger::FindAccount(tx, IdOf(key)));
  if (!account.has_value()) return absl::OkStatus();
  const ledger::Totals& totals = account->totals;
  const int64_t balance = totals.credits_posted - totals.debits_posted;
  if (balance == 0) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(NameOf(key), " holds ", balance, ": it is closed once it is empty"),
      "ACCOUNT_NOT_EMPTY", {{"account", NameOf(key)}, {"available", absl::StrCat(balance)}});
}

}  // namespace

absl::StatusOr<v1::OpenAccountsResponse> OpenAccounts(const Env& env, const Call& call,
                                                      const v1::OpenAccountsRequest& request,
                                                      db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  std::vector<AccountKey> keys;
  keys.reserve(static_cast<size_t>(request.keys_size()));
  for (const v1::AccountKey& key : request.keys()) keys.push_back(FromProto(province_code, key));
  Events events(env, call, tx);
  v1::OpenAccountsResponse response;
  ASSIGN_OR_RETURN(const int opened, OpenMissing(env, call, events, tx, keys));
  response.set_opened(opened);
  for (const AccountKey& key : keys) {
    ASSIGN_OR_RETURN(const store::AccountRow row, Find(tx, NameOf(key)));
    ToProto(row, response.add_accounts());
  }
  return response;
}

void ValidateOpenAccounts(const v1::OpenAccountsRequest& request, error::Violations& violations) {
  std::set<AccountKey> seen;
  for (int i = 0; i < request.keys_size(); ++i) {
    const AccountKey key = FromProto(ProvinceCodeOf(request.parent()), request.keys(i));
    const std::string field = absl::StrCat("keys[", i, "]");
    CheckKey(key, field, violations);
    if (IsOfCeiling(key.stage)) {
      violations.Add(absl::StrCat(field, ".stage"), "is opened by GrantPeriodCeiling");
    }
    if (!seen.insert(key).second) violations.Add(field, "stands in the request already");
  }
}

absl::StatusOr<v1::CloseAccountResponse> CloseAccount(const Env& env, const Call& call,
                                                      const v1::CloseAccountRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(store::AccountRow row, Find(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), row.version));
  Events events(env, call, tx);
  RETURN_IF_ERROR(Named(SetClosed(events, tx, row, request.act().number(), VietnamDay(call.now)),
                        request.name()));
  RETURN_IF_ERROR(CheckEmpty(tx, row.key));
  v1::CloseAccountResponse response;
  ToProto(row, response.mutable_account());
  return response;
}

void ValidateCloseAccount(const v1::CloseAccountRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::GetAccountResponse> GetAccount(const Env&, const Call&,
                                                  const v1::GetAccountRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::AccountRow row, Find(tx, request.name()));
  v1::GetAccountResponse response;
  ToProto(row, response.mutable_account());
  return response;
}

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const Env& env, const Call&,
                                                      const v1::ListAccountsRequest& request,
                                                      db::Tx& tx) {
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kListMethod, query, request.page_token()));
  const store::AccountFilter filter{.province_code = std::string(ProvinceCodeOf(request.parent())),
                                    .unit = request.unit(),
                                    .year = request.year(),
                                    .stage = static_cast<Stage>(request.stage())};
  ASSIGN_OR_RETURN(const std::vector<store::AccountRow> rows,
                   store::ListAccounts(tx, filter, after, size + 1));
  v1::ListAccountsResponse response;
  for (const store::AccountRow& row : rows) {
    if (response.accounts_size() == size) {
      response.set_next_page_token(env.pages->Seal(
          kListMethod, query, AccountIdOf(rows[static_cast<size_t>(size) - 1].key)));
      break;
    }
    ToProto(row, response.add_accounts());
  }
  return response;
}

void ValidateListAccounts(const v1::ListAccountsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

}  // namespace twotier::budget::handlers
