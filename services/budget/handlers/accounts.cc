#include "services/budget/handlers/accounts.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kOpened = "account.opened";

// The unit must have lain in the province at some time: money of a unit that has ended is still
// settled and closed in its accounts.
absl::Status CheckUnit(const units::Units& units, const AccountKey& key) {
  if (key.unit.empty()) return absl::OkStatus();
  const units::UnitRecord* unit = units.FindUnit(key.unit);
  if (unit == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no unit ", key.unit),
                             "UNIT_NOT_FOUND", {{"unit", key.unit}});
  }
  for (const units::UnitVersion& version : unit->versions) {
    if (version.province_code == key.province_code) return absl::OkStatus();
  }
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(key.unit, " never lay in province ", key.province_code), "UNIT_OUTSIDE_PROVINCE",
      {{"unit", key.unit}, {"province_code", unit->versions.back().province_code}});
}

absl::Status Open(db::Tx& tx, const Call& call, store::AccountRow& row, int ordinal) {
  feed::Event event;
  event.province_code = row.key.province_code;
  event.subject = NameOf(row.key);
  event.version = row.version;
  event.kind = std::string(kOpened);
  row.chain_hash = feed::HashOf(event);
  RETURN_IF_ERROR(store::InsertAccount(tx, row));
  return feed::Append(tx, call, event, ordinal).status();
}

absl::Status NotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no account ", name),
                           "ACCOUNT_NOT_FOUND", {{"account", std::string(name)}});
}

}  // namespace

absl::StatusOr<v1::OpenAccountsResponse> OpenAccounts(const Env& env, const Call& call,
                                                      const v1::OpenAccountsRequest& request,
                                                      db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                   CurrentSnapshot(*env.snapshots, tx));
  v1::OpenAccountsResponse response;
  for (const v1::AccountKey& asked : request.keys()) {
    const AccountKey key = FromProto(province_code, asked);
    RETURN_IF_ERROR(CheckUnit(*snapshot->units, key));
    ASSIGN_OR_RETURN(std::optional<store::AccountRow> row,
                     store::FindAccount(tx, province_code, AccountIdOf(key)));
    if (!row) {
      row = store::AccountRow{.key = key, .open_time = call.now};
      RETURN_IF_ERROR(Open(tx, call, *row, response.opened()));
      response.set_opened(response.opened() + 1);
    }
    ToProto(*row, response.add_accounts());
  }
  env.appended();
  return response;
}

void ValidateOpenAccounts(const v1::OpenAccountsRequest& request, error::Violations& violations) {
  std::set<AccountKey> seen;
  for (int i = 0; i < request.keys_size(); ++i) {
    const AccountKey key = FromProto(ProvinceCodeOf(request.parent()), request.keys(i));
    const std::string field = absl::StrCat("keys[", i, "]");
    CheckKey(key, field, violations);
    if (!seen.insert(key).second) violations.Add(field, "stands in the request already");
  }
}

absl::StatusOr<v1::GetAccountResponse> GetAccount(const Env&, const Call&,
                                                  const v1::GetAccountRequest& request,
                                                  db::Tx& tx) {
  const std::vector<absl::string_view> parts = absl::StrSplit(request.name(), '/');
  ASSIGN_OR_RETURN(const std::optional<store::AccountRow> row,
                   store::FindAccount(tx, parts[1], parts[3]));
  if (!row) return NotFound(request.name());
  v1::GetAccountResponse response;
  ToProto(*row, response.mutable_account());
  return response;
}

}  // namespace twotier::budget::handlers
