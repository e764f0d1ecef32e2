#include "services/budget/handlers/balances.h"

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/feed/feed.h"
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

// Where a list of balances goes on: after this account, of what was known at an instant.
struct BalancesCursor {
  std::string account_id;
  std::optional<int64_t> known_position;
  absl::Time known;
};

std::string TextOf(const BalancesCursor& cursor) {
  return absl::StrCat(*cursor.known_position, "/", absl::ToUnixMicros(cursor.known), "/",
                      cursor.account_id);
}

// A cursor was sealed by this service: it has the form of the one above.
BalancesCursor BalancesCursorOf(absl::string_view text) {
  BalancesCursor cursor;
  if (text.empty()) return cursor;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('/', 2));
  int64_t numbers[2] = {};
  for (size_t i = 0; i < std::size(numbers); ++i) {
    if (!absl::SimpleAtoi(parts[i], &numbers[i])) return cursor;
  }
  cursor.known_position = numbers[0];
  cursor.known = absl::FromUnixMicros(numbers[1]);
  cursor.account_id = std::string(parts[2]);
  return cursor;
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
  BalancesCursor cursor = BalancesCursorOf(after);
  v1::GetBalancesResponse response;
  ledger::AsOf as_of{.day =
                         request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now)};
  ToProto(as_of.day, response.mutable_as_of());
  if (request.has_as_known_at() && !cursor.known_position.has_value()) {
    cursor.known = FromProto(request.as_known_at());
    ASSIGN_OR_RETURN(cursor.known_position, ledger::KnownPositionAt(tx, cursor.known));
  }
  ASSIGN_OR_RETURN(
      std::vector<store::AccountRow> rows,
      store::ListAccounts(tx, FilterOf(ProvinceCodeOf(request.parent()), request.filter()),
                          cursor.account_id, size + 1));
  if (rows.size() > static_cast<size_t>(size)) {
    rows.pop_back();
    // All pages are of one instant: what moves meanwhile would be in two of them, or in none.
    if (!cursor.known_position.has_value()) {
      ASSIGN_OR_RETURN(const feed::Knowledge knowledge, feed::ReadKnowledge(tx));
      cursor.known_position = knowledge.position;
      cursor.known = knowledge.until;
    }
    cursor.account_id = AccountIdOf(rows.back().key);
    response.set_next_page_token(env.pages->Seal(kBalancesMethod, query, TextOf(cursor)));
  }
  as_of.known_position = cursor.known_position;
  if (as_of.known_position) ToProto(cursor.known, response.mutable_as_known_at());
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
