#include "services/budget/handlers/balances.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/ledger/reads.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kBalancesMethod = "GetBalances";
constexpr absl::string_view kHoldsMethod = "ListHolds";

std::string CursorOf(const ledger::Hold& hold) {
  return absl::StrCat(DayNumber(hold.expiry_day), "/", hold.id.journal, "/", hold.id.line);
}

// A cursor was sealed by this service: it has the form of the one above.
ledger::HoldCursor HoldCursorOf(absl::string_view cursor) {
  ledger::HoldCursor at;
  if (cursor.empty()) return at;
  const std::vector<absl::string_view> parts = absl::StrSplit(cursor, '/');
  int64_t day = 0;
  if (absl::SimpleAtoi(parts[0], &day)) at.expiry_day = DayOfNumber(day);
  at.id.journal = std::string(parts[1]);
  if (!absl::SimpleAtoi(parts[2], &at.id.line)) at.id.line = 0;
  return at;
}

store::AccountFilter FilterOf(absl::string_view province_code, const v1::AccountFilter& filter) {
  return {.province_code = std::string(province_code),
          .unit = filter.unit(),
          .year = filter.year(),
          .stage = static_cast<Stage>(filter.stage()),
          .line = {filter.line().chapter(), filter.line().item(), filter.line().sub_item(),
                   filter.line().source()},
          .purpose = filter.purpose()};
}

}  // namespace

absl::StatusOr<v1::GetBalancesResponse> GetBalances(const Env& env, const Call& call,
                                                    const v1::GetBalancesRequest& request,
                                                    db::Tx& tx) {
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kBalancesMethod, query, request.page_token()));
  v1::GetBalancesResponse response;
  ledger::AsOf as_of{.day =
                         request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now)};
  ToProto(as_of.day, response.mutable_as_of());
  if (request.has_as_known_at()) {
    const absl::Time instant = FromProto(request.as_known_at());
    ASSIGN_OR_RETURN(as_of.known_position, ledger::KnownPositionAt(tx, instant));
    ToProto(instant, response.mutable_as_known_at());
  }
  ASSIGN_OR_RETURN(
      std::vector<store::AccountRow> rows,
      store::ListAccounts(tx, FilterOf(ProvinceCodeOf(request.parent()), request.filter()), after,
                          size + 1));
  if (rows.size() > static_cast<size_t>(size)) {
    rows.pop_back();
    response.set_next_page_token(
        env.pages->Seal(kBalancesMethod, query, AccountIdOf(rows.back().key)));
  }
  std::vector<ledger::AccountId> ids;
  ids.reserve(rows.size());
  for (const store::AccountRow& row : rows) ids.push_back(IdOf(row.key));
  ASSIGN_OR_RETURN(const auto totals, ledger::BalancesAt(tx, ids, as_of));
  for (size_t i = 0; i < rows.size(); ++i) {
    v1::AccountBalance* out = response.add_balances();
    out->set_account(NameOf(rows[i].key));
    ToProto(rows[i].key, out->mutable_key());
    ToProto(totals[i].value_or(ledger::Totals()), rows[i].key.stage, out->mutable_balance());
  }
  return response;
}

void ValidateGetBalances(const v1::GetBalancesRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ListHoldsResponse> ListHolds(const Env& env, const Call&,
                                                const v1::ListHoldsRequest& request, db::Tx& tx) {
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kHoldsMethod, query, request.page_token()));
  const std::vector<absl::string_view> parts = absl::StrSplit(request.parent(), '/');
  const ledger::AccountId account{std::string(parts[1]), std::string(parts[3])};
  ASSIGN_OR_RETURN(
      std::vector<ledger::OpenHold> holds,
      ledger::OpenHoldsOf(tx, account.province_code, account, HoldCursorOf(after), size + 1));
  v1::ListHoldsResponse response;
  if (holds.size() > static_cast<size_t>(size)) {
    holds.pop_back();
    response.set_next_page_token(env.pages->Seal(kHoldsMethod, query, CursorOf(holds.back().hold)));
  }
  for (const ledger::OpenHold& open : holds) {
    FillHold(open.hold, open.province_code, response.add_holds());
  }
  return response;
}

void ValidateListHolds(const v1::ListHoldsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

}  // namespace twotier::budget::handlers
