#include "services/budget/handlers/targeted.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/handlers/given.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {

absl::StatusOr<AccountKey> GiverOf(const Acting& acting, const AccountKey& key,
                                   const std::string& return_to) {
  AccountKey giver = key;
  giver.stage = Stage::kApproved;
  giver.line = Line();
  if (acting.place.level == Level::kCommune) {
    const units::UnitRecord* province =
        acting.snapshot->units->FindUnitByCode(key.province_code, acting.effective_day);
    if (province == nullptr) {
      return error::WithReason(absl::StatusCode::kNotFound, "the province has no unit that day",
                               "UNIT_NOT_FOUND", {{"unit", key.province_code}});
    }
    giver.unit = province->name;
    return giver;
  }
  giver.province_code = std::string(kCentral);
  giver.unit = "";
  if (ProvinceCodeOf(return_to) == kCentral) return giver;
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "targeted supplements of the centre go back to its ledger",
                           "LEDGER_NOT_NAMED", {{"ledgers", "provinces/00"}});
}

absl::StatusOr<int64_t> GivenAbove(db::Tx& tx, const Acting& acting, const std::string& purpose) {
  const bool commune = acting.place.level == Level::kCommune;
  const auto accounts_of = [&](const std::string& province_code,
                               const std::string& unit) -> absl::StatusOr<std::vector<AccountKey>> {
    const store::AccountFilter filter{.province_code = province_code,
                                      .unit = unit,
                                      .year = acting.budget_year,
                                      .purpose = purpose};
    std::vector<AccountKey> keys;
    RETURN_IF_ERROR(
        store::ForEachPage(tx, filter, [&keys](absl::Span<const store::AccountRow> rows) {
          for (const store::AccountRow& row : rows) {
            // Nobody gives a source anything, and it holds no money.
            if (row.key.stage != Stage::kSource) keys.push_back(row.key);
          }
          return absl::OkStatus();
        }));
    return keys;
  };
  // What the province moves between communes was given to one of them, and is the other's now.
  return NetGivenTo(tx, acting.place.province_code, acting.place.full_unit, accounts_of,
                    kFirstJournalDay, [&](const AccountKey& key, const AccountKey& other) {
                      return commune ? other.unit != key.unit : other.province_code == kCentral;
                    });
}

absl::StatusOr<v1::ReturnTargetedMoneyResponse> ReturnTargetedMoney(
    const Env& env, const Call& call, const v1::ReturnTargetedMoneyRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Acting acting, ActingOf(env, call, request.decision(), tx));
  RETURN_IF_ERROR(RuleFor(acting, Matter::kTargetedReturn, request.decision().body()).status());
  RETURN_IF_ERROR(acting.CheckInTime(YearAct::kCorrection));
  const AccountKey from = *KeyOfName(request.account());
  ASSIGN_OR_RETURN(const AccountKey giver, GiverOf(acting, from, request.return_to()));
  ASSIGN_OR_RETURN(const int64_t given, GivenAbove(tx, acting, from.purpose));
  if (request.amount_vnd() > given) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the level above gave ", given, " for ", from.purpose,
                     ": the rest is the unit's own"),
        "REPAYS_TOO_MUCH",
        {{"owed_vnd", absl::StrCat(given)}, {"asked_vnd", absl::StrCat(request.amount_vnd())}});
  }
  Events events(env, call, tx);
  v1::ReturnTargetedMoneyResponse response;
  response.set_account(budget::NameOf(giver));
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      PostLines(env, call, events, tx, acting, "targeted.returned", request.text(), {from, giver},
                {PostLine(from, giver, request.amount_vnd(), request.text())}));
  return response;
}

void ValidateReturnTargetedMoney(const v1::ReturnTargetedMoneyRequest& request,
                                 error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  CheckPositive(request.amount_vnd(), "amount_vnd", violations);
  const std::optional<AccountKey> key = KeyOfName(request.account());
  const v1::BudgetDecision& decision = request.decision();
  if (!key || key->province_code != ProvinceCodeOf(decision.parent()) ||
      key->unit != decision.unit() || key->year != decision.budget_year()) {
    violations.Add("account", "must be an account of the unit and year of the decision");
  } else if (key->stage != Stage::kAllocated && key->stage != Stage::kApproved) {
    violations.Add("account", "must hold allocated or approved money");
  } else if (key->purpose.empty() || !CheckReserved(*key).ok()) {
    violations.Add("account", "must hold targeted money");
  }
}

}  // namespace twotier::budget::handlers
