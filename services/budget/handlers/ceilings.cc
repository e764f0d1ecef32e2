#include "services/budget/handlers/ceilings.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/ledger/store.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/ceiling.h"
#include "services/budget/handlers/closed_accounts.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kListMethod = "ListPeriodCeilings";

int64_t BalanceOf(const ledger::Account& account) {
  return account.totals.credits_posted - account.totals.debits_posted;
}

// The ceilings of `keys`, each with what was paid of it.
absl::StatusOr<std::vector<v1::PeriodCeiling>> CeilingsIn(db::Tx& tx,
                                                          absl::Span<const AccountKey> keys) {
  std::vector<ledger::AccountId> ids;
  for (AccountKey key : keys) {
    ids.push_back(IdOf(key));
    key.stage = Stage::kCeilingPaid;
    ids.push_back(IdOf(key));
  }
  ASSIGN_OR_RETURN(const auto accounts, ledger::FindAccounts(tx, ids));
  std::vector<v1::PeriodCeiling> ceilings;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto& left = accounts[2 * i];
    const auto& paid = accounts[2 * i + 1];
    const std::optional<Period> period = PeriodOf(keys[i].purpose);
    if (!left || !paid || !period) {
      return error::WithReason(absl::StatusCode::kDataLoss,
                               absl::StrCat("no ceiling is ", budget::NameOf(keys[i])),
                               "UNREADABLE_ROW", {{"subject", budget::NameOf(keys[i])}});
    }
    v1::PeriodCeiling& ceiling = ceilings.emplace_back();
    ceiling.set_account(budget::NameOf(keys[i]));
    ceiling.set_unit(keys[i].unit);
    ceiling.set_budget_year(keys[i].year);
    ceiling.set_quarter(period->quarter);
    ceiling.set_month(period->month);
    ceiling.set_left_vnd(BalanceOf(*left));
    ceiling.set_paid_vnd(BalanceOf(*paid));
    ceiling.set_granted_vnd(BalanceOf(*left) + BalanceOf(*paid));
    ceiling.set_lifted(left->closed_day.has_value());
  }
  return ceilings;
}

// Opens a ceiling that was lifted, for it is granted anew, and takes what is left of it. By a
// journal of its own: the reversal of the new grant does not bring back what was lifted.
absl::Status ReopenLifted(const Env& env, const Call& call, Events& events, db::Tx& tx,
                          const Acting& acting, const AccountKey& grant,
                          const AccountKey& ceiling) {
  ASSIGN_OR_RETURN(auto row, store::FindAccount(tx, ceiling.province_code, AccountIdOf(ceiling)));
  if (!row.has_value() || row->close_act.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(SetClosed(events, tx, *row, "", VietnamDay(call.now)));
  ASSIGN_OR_RETURN(const auto account, ledger::FindAccount(tx, IdOf(ceiling)));
  if (!account.has_value() || BalanceOf(*account) == 0) return absl::OkStatus();
  const absl::StatusOr<v1::Journal> lifted =
      Post(env, call, events, tx,
           {.province_code = acting.place.province_code,
            .journal_id = absl::StrCat(call.new_id, "-lifted"),
            .effective_day = acting.effective_day,
            .act = acting.act,
            .text = "ceiling lifted",
            .lines = {PostLine(ceiling, grant, BalanceOf(*account), "ceiling lifted")},
            .decision = acting.decision});
  return lifted.ok() ? absl::OkStatus() : error::WithNothingKept(lifted.status());
}

}  // namespace

absl::StatusOr<v1::GrantPeriodCeilingResponse> GrantPeriodCeiling(
    const Env& env, const Call& call, const v1::GrantPeriodCeilingRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Acting acting, ActingOf(env, call, request.decision(), tx));
  RETURN_IF_ERROR(RuleFor(acting, Matter::kPeriodCeiling, request.decision().body()).status());
  const std::string purpose = PurposeOf({.quarter = request.quarter(), .month = request.month()});
  const AccountKey grant = acting.Key(Stage::kCeilingGrant, Line(), purpose);
  const AccountKey ceiling = acting.Key(Stage::kCeiling, Line(), purpose);
  const AccountKey paid = acting.Key(Stage::kCeilingPaid, Line(), purpose);
  Events events(env, call, tx);
  RETURN_IF_ERROR(ReopenLifted(env, call, events, tx, acting, grant, ceiling));
  v1::GrantPeriodCeilingResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "ceiling.granted", "ceiling", {grant, ceiling, paid},
                {PostLine(grant, ceiling, request.amount_vnd(), "ceiling")}));
  ASSIGN_OR_RETURN(const auto ceilings, CeilingsIn(tx, {&ceiling, 1}));
  *response.mutable_ceiling() = ceilings[0];
  return response;
}

void ValidateGrantPeriodCeiling(const v1::GrantPeriodCeilingRequest& request,
                                error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  CheckPositive(request.amount_vnd(), "amount_vnd", violations);
  if (request.quarter() < 0 || request.quarter() > 4) violations.Add("quarter", "must be 1 to 4");
  if (request.month() < 0 || request.month() > 12) violations.Add("month", "must be 1 to 12");
  if ((request.quarter() == 0) == (request.month() == 0)) {
    violations.Add("quarter", "must be set where month is not, only");
  }
}

absl::StatusOr<v1::ListPeriodCeilingsResponse> ListPeriodCeilings(
    const Env& env, const Call&, const v1::ListPeriodCeilingsRequest& request, db::Tx& tx) {
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kListMethod, query, request.page_token()));
  const store::AccountFilter filter{.province_code = std::string(ProvinceCodeOf(request.parent())),
                                    .unit = request.unit(),
                                    .year = request.budget_year(),
                                    .stage = Stage::kCeiling};
  ASSIGN_OR_RETURN(const auto rows, store::ListAccounts(tx, filter, after, size + 1));
  v1::ListPeriodCeilingsResponse response;
  std::vector<AccountKey> keys;
  for (const store::AccountRow& row : rows) {
    if (keys.size() == static_cast<size_t>(size)) {
      response.set_next_page_token(env.pages->Seal(kListMethod, query, AccountIdOf(keys.back())));
      break;
    }
    keys.push_back(row.key);
  }
  ASSIGN_OR_RETURN(const auto ceilings, CeilingsIn(tx, keys));
  for (const v1::PeriodCeiling& ceiling : ceilings) *response.add_ceilings() = ceiling;
  return response;
}

void ValidateListPeriodCeilings(const v1::ListPeriodCeilingsRequest& request,
                                error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

}  // namespace twotier::budget::handlers
