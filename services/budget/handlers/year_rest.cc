#include "services/budget/handlers/year_rest.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/domain/chain.h"
#include "services/budget/domain/year_close.h"
#include "services/budget/handlers/credit_rows.h"
#include "services/budget/handlers/targeted.h"

namespace twotier::budget::handlers {
namespace {

using Moving = std::vector<error::PreconditionViolation>;

// Open accounts of a unit, or of all that have some in the ledger when it is empty.
absl::StatusOr<std::vector<OpenAccount>> OpenOf(db::Tx& tx, const Acting& acting,
                                                const std::string& unit) {
  std::vector<OpenAccount> open;
  for (const Stage stage : kWaitingStages) {
    const store::AccountFilter filter{.province_code = acting.place.province_code,
                                      .unit = unit,
                                      .year = acting.budget_year,
                                      .stage = stage};
    RETURN_IF_ERROR(
        store::ForEachPage(tx, filter, [&open](absl::Span<const store::AccountRow> rows) {
          for (const store::AccountRow& row : rows) {
            if (row.close_act.empty() && !IsOfLoan(row.key)) open.push_back({row, {}});
          }
          return absl::OkStatus();
        }));
  }
  std::vector<ledger::AccountId> ids;
  ids.reserve(open.size());
  for (const OpenAccount& each : open) ids.push_back(IdOf(each.row.key));
  ASSIGN_OR_RETURN(const auto accounts, ledger::FindAccounts(tx, ids));
  for (size_t i = 0; i < open.size(); ++i) {
    if (!accounts[i]) {
      return error::WithReason(absl::StatusCode::kDataLoss,
                               absl::StrCat("the ledger has no account ", ids[i].id),
                               "UNREADABLE_ROW", {{"subject", NameOf(ids[i])}});
    }
    open[i].account = *accounts[i];
  }
  return open;
}

void AddMoving(const std::vector<OpenAccount>& open, Moving& moving) {
  for (const OpenAccount& each : open) {
    const bool credit = IsOfCreditLine(each.row.key);
    const int64_t left = AvailableOf(each.account);
    if (left == 0 || (each.row.key.stage != Stage::kAdjusted && !credit)) continue;
    moving.push_back({credit ? "CREDIT_LINE" : "ADJUSTMENT", NameOf(IdOf(each.row.key)),
                      absl::StrCat(left, " are neither spent nor given back")});
  }
}

absl::Status AddOwed(db::Tx& tx, const Acting& acting, Moving& moving) {
  const Place& place = acting.place;
  ASSIGN_OR_RETURN(const auto rows, store::ListCreditsOf(tx, place.province_code, place.full_unit));
  for (const store::CreditRow& row : rows) {
    if (row.budget_year != acting.budget_year || row.kind == CreditKind::kLoan) continue;
    if (OwedOf(row) == 0) continue;
    moving.push_back({"CREDIT_LINE", NameOf(row),
                      absl::StrCat(OwedOf(row), " are owed to the estimate of the year")});
  }
  return absl::OkStatus();
}

absl::Status AddSupplements(db::Tx& tx, const Acting& acting, Moving& moving) {
  if (acting.place.level != Level::kProvince) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<OpenAccount> all, OpenOf(tx, acting, ""));
  std::set<std::pair<std::string, std::string>> given;  // Units and purposes.
  std::set<std::pair<std::string, std::string>> own;
  for (const OpenAccount& each : all) {
    const AccountKey& key = each.row.key;
    const std::pair<std::string, std::string> money(key.unit, key.purpose);
    if (key.unit == acting.place.full_unit || key.purpose.empty()) continue;
    // What is held may come back.
    const int64_t rest_vnd = AvailableOf(each.account) + each.account.totals.debits_pending;
    if (!CheckReserved(key).ok() || rest_vnd == 0 || own.contains(money)) continue;
    if (!given.contains(money)) {
      Acting commune = acting;
      commune.place.level = Level::kCommune;
      commune.place.full_unit = key.unit;
      ASSIGN_OR_RETURN(const int64_t from_above, GivenAbove(tx, commune, key.purpose));
      (from_above > 0 ? given : own).insert(money);
    }
    if (!given.contains(money)) continue;
    moving.push_back({"SUPPLEMENT", NameOf(IdOf(key)),
                      absl::StrCat(rest_vnd, " of the province are not spent")});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<OpenAccount>> LoadOpen(db::Tx& tx, const Acting& acting) {
  return OpenOf(tx, acting, acting.place.full_unit);
}

absl::Status CheckAtRest(db::Tx& tx, const Acting& acting, const std::vector<OpenAccount>& open) {
  Moving moving;
  AddMoving(open, moving);
  RETURN_IF_ERROR(AddOwed(tx, acting, moving));
  RETURN_IF_ERROR(AddSupplements(tx, acting, moving));
  if (moving.empty()) return absl::OkStatus();
  return error::WithPreconditions(
      error::WithReason(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat(moving.size(), " things are not at rest, first: ", moving[0].subject),
          "YEAR_NOT_AT_REST", {{"accounts", absl::StrCat(moving.size())}}),
      moving);
}

}  // namespace twotier::budget::handlers
