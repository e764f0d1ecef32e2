#include "services/budget/handlers/year_close.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/ledger/reads.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/handlers/closed_accounts.h"
#include "services/budget/handlers/contingency_bounds.h"
#include "services/budget/handlers/decisions.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/late_additions.h"
#include "services/budget/handlers/targeted.h"
#include "services/budget/handlers/year_rest.h"
#include "services/budget/store/account_store.h"
#include "services/budget/store/year_store.h"

namespace twotier::budget::handlers {
namespace {

// One journal of a part stays far below the ledger's 8,000 lines: an account has at most four.
constexpr int kPartDefault = 500;
constexpr int kPartMax = 1000;

// Most accounts that a call settles.
int PartSizeOf(const v1::CloseBudgetYearRequest& request) {
  return request.accounts_max() == 0 ? kPartDefault : request.accounts_max();
}

store::UnitYear YearOf(const Acting& acting) {
  return {acting.place.province_code, acting.place.full_unit, acting.budget_year};
}

// Brings the accounts that the request lets go on to the front, so that this call settles them. One
// that is not there to be settled is refused: the money of the account that was meant would lapse.
absl::Status PutStatedFirst(db::Tx& tx, const Acting& acting,
                            const v1::CloseBudgetYearRequest& request,
                            std::vector<OpenAccount>& open) {
  std::set<std::string> stated;
  for (const v1::CarryOver& carry : request.carry_overs()) stated.insert(carry.account());
  std::stable_partition(open.begin(), open.end(), [&stated](const OpenAccount& each) {
    return stated.contains(NameOf(IdOf(each.row.key)));
  });
  for (const OpenAccount& each : open) stated.erase(NameOf(IdOf(each.row.key)));
  if (stated.empty()) return absl::OkStatus();
  const std::string& name = *stated.begin();
  ASSIGN_OR_RETURN(const auto row, store::FindAccount(tx, acting.place.province_code,
                                                      AccountIdOf(*KeyOfName(name))));
  if (!row) {
    return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no account ", name),
                             "ACCOUNT_NOT_FOUND", {{"account", name}});
  }
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(name, " is not to be settled"), "ACCOUNT_CLOSED",
                           {{"account", name}});
}

absl::StatusOr<std::vector<Remainder>> RemaindersOf(db::Tx& tx, const Acting& acting,
                                                    const std::vector<OpenAccount>& part,
                                                    const v1::CloseBudgetYearRequest& request) {
  const Reference& reference = acting.reference();
  ASSIGN_OR_RETURN(const absl::CivilDay lapses,
                   LapsesUntil(reference.steps, *reference.calendar, acting.question()));
  std::map<std::string, CarryCategory> stated;
  for (const v1::CarryOver& carry : request.carry_overs()) {
    stated[carry.account()] = static_cast<CarryCategory>(carry.category());
  }
  LateAdditions late(tx, acting.place.level, acting.budget_year, lapses + 1);
  std::vector<Remainder> remainders;
  for (const OpenAccount& each : part) {
    const AccountKey& key = each.row.key;
    Remainder remainder;
    remainder.account = NameOf(IdOf(key));
    remainder.available_vnd = AvailableOf(each.account);
    remainder.held_vnd = each.account.totals.debits_pending;
    remainder.purpose = key.purpose;
    // What was never allocated is nobody's to spend: it is not carried over.
    if (key.stage == Stage::kAllocated) {
      ASSIGN_OR_RETURN(remainder.added_late_vnd, late.To(key));
      const auto category = stated.find(remainder.account);
      if (category != stated.end()) remainder.category = category->second;
    }
    remainders.push_back(std::move(remainder));
  }
  return remainders;
}

absl::StatusOr<SupplementByPurpose> SupplementsOf(db::Tx& tx, const Acting& acting,
                                                  const std::vector<Remainder>& remainders) {
  SupplementByPurpose supplements;
  for (const Remainder& remainder : remainders) {
    if (remainder.purpose.empty() || remainder.purpose == kContingencyPurpose) continue;
    if (supplements.contains(remainder.purpose)) continue;
    ASSIGN_OR_RETURN(supplements[remainder.purpose], GivenAbove(tx, acting, remainder.purpose));
  }
  return supplements;
}

// The journal of a part: its lines and the accounts they touch.
struct Closing {
  std::vector<ledger::Line> lines;
  std::set<AccountKey> keys;  // Each once: what is carried over comes and goes.

  void Move(const AccountKey& from, const AccountKey& to, int64_t amount_vnd,
            absl::string_view text) {
    if (amount_vnd == 0) return;
    lines.push_back(PostLine(from, to, amount_vnd, text));
    keys.insert(from);
    keys.insert(to);
  }
};

absl::Status AddLines(const Acting& acting, const AccountKey& key, const Settlement& settled,
                      const std::string& return_to, Closing& closing) {
  AccountKey carried = key;
  carried.stage = Stage::kCarriedOver;
  closing.Move(key, carried, settled.carried_vnd, NameOf(settled.category));
  AccountKey next = key;
  next.year = key.year + 1;
  closing.Move(carried, next, settled.carried_vnd, NameOf(settled.category));
  AccountKey cancelled = key;
  cancelled.stage = Stage::kCancelled;
  closing.Move(key, cancelled, settled.cancelled_vnd, "not carried over");
  if (settled.returned_vnd == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const AccountKey giver, GiverOf(acting, key, return_to));
  closing.Move(key, giver, settled.returned_vnd, "targeted, not spent");
  return absl::OkStatus();
}

absl::Status Refuse(const Acting& acting, absl::string_view reason, absl::string_view message) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition, message, reason,
      {{"unit", acting.place.full_unit}, {"budget_year", absl::StrCat(acting.budget_year)}});
}

void Show(const std::vector<Settlement>& settlements, v1::CloseBudgetYearResponse& response) {
  for (const Settlement& settled : settlements) {
    v1::AccountSettlement* out = response.add_settlements();
    out->set_account(settled.account);
    out->set_carried_vnd(settled.carried_vnd);
    out->set_category(static_cast<v1::CarryCategory>(settled.category));
    out->set_returned_vnd(settled.returned_vnd);
    out->set_cancelled_vnd(settled.cancelled_vnd);
    response.set_carried_vnd(response.carried_vnd() + settled.carried_vnd);
    response.set_returned_vnd(response.returned_vnd() + settled.returned_vnd);
    response.set_cancelled_vnd(response.cancelled_vnd() + settled.cancelled_vnd);
  }
}

// Whether the journals of the parts may be undone on the day: what ReverseJournal asks.
absl::Status CheckUndone(db::Tx& tx, const Acting& acting,
                         const std::vector<store::YearPart>& parts, const std::string& return_to,
                         ContingencyBounds& bounds) {
  const std::string& province_code = acting.place.province_code;
  std::vector<std::string> ids;
  for (const store::YearPart& part : parts) {
    if (!part.journal.empty()) ids.push_back(part.journal);
  }
  ASSIGN_OR_RETURN(const auto records, ledger::FindJournals(tx, province_code, ids));
  std::set<std::string> named = {province_code};
  if (!return_to.empty()) named.insert(std::string(ProvinceCodeOf(return_to)));
  Periods periods(tx);
  for (const auto& record : records) {
    if (!record) continue;  // The ledger says that there is no such journal.
    const std::vector<ledger::Line>& lines = record->entered.journal.lines;
    RETURN_IF_ERROR(CheckLedgersNamed(named, lines));
    RETURN_IF_ERROR(periods.Check(province_code, lines, acting.effective_day));
    RETURN_IF_ERROR(bounds.Check(EstimateChangesOf(lines, /*reversed=*/true)));
  }
  return absl::OkStatus();
}

// Posts what the settlements move, and closes the accounts of the part.
absl::Status WriteClosing(const Env& env, const Call& call, db::Tx& tx, const Acting& acting,
                          const std::vector<OpenAccount>& part, const Closing& closing,
                          v1::CloseBudgetYearResponse& response) {
  Events events(env, call, tx);
  store::YearPart stored;
  if (!closing.lines.empty()) {
    const std::vector<AccountKey> keys(closing.keys.begin(), closing.keys.end());
    ASSIGN_OR_RETURN(const v1::Journal journal,
                     PostLines(env, call, events, tx, acting, "journal.posted", "end of the year",
                               keys, closing.lines));
    stored.journal = call.new_id;
  }
  std::vector<std::string> closed;
  for (const OpenAccount& each : part) {
    store::AccountRow row = each.row;
    RETURN_IF_ERROR(SetClosed(events, tx, row, acting.act, VietnamDay(call.now)));
    closed.push_back(AccountIdOf(each.row.key));
  }
  ASSIGN_OR_RETURN(const auto parts, store::LoadYearParts(tx, YearOf(acting)));
  stored.ordinal = static_cast<int64_t>(parts.size()) + 1;
  stored.act = acting.act;
  stored.closed = call.now;
  response.set_journal_id(stored.journal);
  return store::InsertYearPart(tx, YearOf(acting), stored, closed);
}

}  // namespace

absl::StatusOr<v1::CloseBudgetYearResponse> CloseBudgetYear(
    const Env& env, const Call& call, const v1::CloseBudgetYearRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Acting acting, ActingOf(env, call, request.decision(), tx));
  RETURN_IF_ERROR(RuleFor(acting, Matter::kYearClose, request.decision().body()).status());
  if (acting.effective_day < absl::CivilDay(acting.budget_year, 12, 31)) {
    return Refuse(acting, "YEAR_NOT_OVER", "payments are made until 31 December");
  }
  RETURN_IF_ERROR(acting.CheckInTime(YearAct::kCorrection));
  ASSIGN_OR_RETURN(std::vector<OpenAccount> open, LoadOpen(tx, acting));
  if (open.empty()) return Refuse(acting, "YEAR_CLOSED", "no account of the year is open");
  RETURN_IF_ERROR(PutStatedFirst(tx, acting, request, open));
  RETURN_IF_ERROR(CheckAtRest(tx, acting, open));

  const size_t size = std::min(open.size(), static_cast<size_t>(PartSizeOf(request)));
  const std::vector<OpenAccount> part(open.begin(), open.begin() + static_cast<ptrdiff_t>(size));
  ASSIGN_OR_RETURN(const std::vector<Remainder> remainders,
                   RemaindersOf(tx, acting, part, request));
  ASSIGN_OR_RETURN(SupplementByPurpose supplements, SupplementsOf(tx, acting, remainders));
  ASSIGN_OR_RETURN(const std::vector<Settlement> settlements,
                   Settle(remainders, acting.reference().carry_rules, acting.budget_year,
                          std::move(supplements)));
  Closing closing;
  for (size_t i = 0; i < part.size(); ++i) {
    RETURN_IF_ERROR(
        AddLines(acting, part[i].row.key, settlements[i], request.return_to(), closing));
  }
  v1::CloseBudgetYearResponse response;
  Show(settlements, response);
  response.set_accounts_left(static_cast<int64_t>(open.size() - part.size()));
  RETURN_IF_ERROR(WriteClosing(env, call, tx, acting, part, closing, response));
  return response;
}

void ValidateCloseBudgetYear(const v1::CloseBudgetYearRequest& request,
                             error::Violations& violations) {
  CheckDecision(request.decision(), violations);
  if (request.accounts_max() < 0 || request.accounts_max() > kPartMax) {
    violations.Add("accounts_max", absl::StrCat("must be 0 to ", kPartMax));
  } else if (request.carry_overs_size() > PartSizeOf(request)) {
    violations.Add("carry_overs", "must not name more accounts than the call settles");
  }
  std::set<absl::string_view> seen;
  for (int i = 0; i < request.carry_overs_size(); ++i) {
    const std::string& account = request.carry_overs(i).account();
    const std::string field = absl::StrCat("carry_overs[", i, "].account");
    const auto key = KeyOfName(account);
    if (!key || key->stage != Stage::kAllocated || key->unit != request.decision().unit() ||
        key->year != request.decision().budget_year()) {
      violations.Add(field, "must be an account of allocated money of the unit and year");
    } else if (!seen.insert(account).second) {
      violations.Add(field, "must not come twice");
    }
  }
}

absl::StatusOr<v1::ReopenBudgetYearResponse> ReopenBudgetYear(
    const Env& env, const Call& call, const v1::ReopenBudgetYearRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Acting acting, ActingOf(env, call, request.decision(), tx));
  RETURN_IF_ERROR(RuleFor(acting, Matter::kReopening, request.decision().body()).status());
  const store::UnitYear year = YearOf(acting);
  ASSIGN_OR_RETURN(std::vector<store::YearPart> parts, store::LoadYearParts(tx, year));
  std::erase_if(parts, [](const store::YearPart& part) { return !part.reopened_by.empty(); });
  if (parts.empty()) return Refuse(acting, "YEAR_NOT_CLOSED", "the year is open");
  std::reverse(parts.begin(), parts.end());
  ContingencyBounds bounds(env, tx);
  RETURN_IF_ERROR(CheckUndone(tx, acting, parts, request.return_to(), bounds));
  Events events(env, call, tx);
  v1::ReopenBudgetYearResponse response;
  for (const store::YearPart& part : parts) {
    ASSIGN_OR_RETURN(const auto accounts, store::LoadYearAccounts(tx, year, part.ordinal));
    for (const std::string& id : accounts) {
      ASSIGN_OR_RETURN(auto row, store::FindAccount(tx, year.province_code, id));
      RETURN_IF_ERROR(SetClosed(events, tx, *row, "", VietnamDay(call.now)));
    }
    RETURN_IF_ERROR(store::ReopenYearPart(tx, year, part.ordinal, acting.act));
    if (part.journal.empty()) continue;
    const absl::StatusOr<v1::Journal> reversed =
        Enter(call, events, tx,
              {.province_code = year.province_code,
               .journal_id = absl::StrCat(call.new_id, "-", part.ordinal),
               .effective_day = acting.effective_day,
               .act = acting.act,
               .text = "budget year reopened",
               .decision = acting.decision,
               .reverses = part.journal,
               .kind = "journal.reversed"},
              &bounds);
    if (!reversed.ok()) return error::WithNothingKept(reversed.status());
    response.add_reversed_journal_ids(part.journal);
  }
  return response;
}

void ValidateReopenBudgetYear(const v1::ReopenBudgetYearRequest& request,
                              error::Violations& violations) {
  CheckDecision(request.decision(), violations);
}

}  // namespace twotier::budget::handlers
