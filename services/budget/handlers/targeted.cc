#include "services/budget/handlers/targeted.h"

#include <algorithm>
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
namespace {

absl::StatusOr<std::vector<AccountKey>> AccountsFor(db::Tx& tx, const LedgerUnit& unit, int year,
                                                    const std::string& purpose) {
  const store::AccountFilter filter{
      .province_code = unit.province_code, .unit = unit.name, .year = year, .purpose = purpose};
  std::vector<AccountKey> keys;
  RETURN_IF_ERROR(store::ForEachPage(tx, filter, [&keys](absl::Span<const store::AccountRow> rows) {
    for (const store::AccountRow& row : rows) {
      // Nobody gives a source anything, and it holds no money.
      if (row.key.stage != Stage::kSource) keys.push_back(row.key);
    }
    return absl::OkStatus();
  }));
  return keys;
}

// Whether money comes from the year before, or goes back there.
bool IsCarriedOver(const AccountKey& key, const AccountKey& other) {
  return other.stage == Stage::kCarriedOver && other.year == key.year - 1;
}

// What the level above gave for a purpose that is a unit's money of a year: in that year, and
// before, as far as it was carried over.
absl::StatusOr<int64_t> GivenIn(db::Tx& tx, const LedgerUnit& unit, Level level, int year,
                                const std::string& purpose) {
  const auto accounts_of = [&](const std::string& province_code, const std::string& name) {
    return AccountsFor(tx, {province_code, name}, year, purpose);
  };
  // What is carried over and was not given is the unit's own.
  const auto not_given = [&](const LedgerUnit& of,
                             absl::Span<const AccountKey> accounts) -> absl::StatusOr<int64_t> {
    int64_t carried = 0;
    RETURN_IF_ERROR(ReadLines(tx, accounts, kFirstJournalDay,
                              [&](const AccountKey& key, const AccountKey& other,
                                  const ledger::StatementLine& line) {
                                if (!IsCarriedOver(key, other)) return;
                                carried += line.is_debit ? -line.amount : line.amount;
                              })
                        .status());
    if (carried <= 0) return 0;
    ASSIGN_OR_RETURN(const int64_t given, GivenIn(tx, of, level, year - 1, purpose));
    return std::max<int64_t>(0, carried - given);
  };
  // What the province moves between communes was given to one of them, and is the other's now.
  const auto is_giver = [level](const AccountKey& key, const AccountKey& other) {
    return IsCarriedOver(key, other) ||
           (level == Level::kCommune ? other.unit != key.unit : other.province_code == kCentral);
  };
  return NetGivenTo(tx, unit, accounts_of, kFirstJournalDay, is_giver, not_given);
}

}  // namespace

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
  return GivenIn(tx, {acting.place.province_code, acting.place.full_unit}, acting.place.level,
                 acting.budget_year, purpose);
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
