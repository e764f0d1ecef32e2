#include "services/budget/handlers/succession.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock.h"
#include "common/ledger/reads.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/credit_succession.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/store/account_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kMoved = "succession.moved";
// Rows that one query reads.
constexpr int kPage = 1000;

absl::string_view LastSegment(absl::string_view name) { return name.substr(name.rfind('/') + 1); }

absl::Status AddHolds(db::Tx& tx, const AccountKey& key, Estate& estate) {
  ledger::HoldCursor after;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<ledger::OpenHold> page,
                     ledger::OpenHoldsOf(tx, key.province_code, IdOf(key), after, kPage));
    for (const ledger::OpenHold& open : page) {
      const auto same = [&](const ledger::Hold& hold) { return hold.id == open.hold.id; };
      // Both of its accounts may be the unit's.
      if (std::none_of(estate.holds.begin(), estate.holds.end(), same)) {
        estate.holds.push_back(open.hold);
      }
    }
    if (page.size() < static_cast<size_t>(kPage)) return absl::OkStatus();
    after = {page.back().hold.expiry_day, page.back().hold.id};
  }
}

// How the ids begin.
constexpr absl::string_view kSuccessionJournals = "succession~";

// The first id that no journal has: an estate may be left a second time, by a journal that is
// reversed later.
absl::StatusOr<std::string> FreeId(db::Tx& tx, absl::string_view province_code,
                                   const units::ChangeRecord& change, const std::string& unit) {
  for (int n = 1;; ++n) {
    const std::string id =
        absl::StrCat(kSuccessionJournals, LastSegment(change.name), "-", LastSegment(unit), "-", n);
    ASSIGN_OR_RETURN(const auto record, ledger::FindJournal(tx, province_code, id));
    if (!record.has_value()) return id;
  }
}

// Why the money of an estate moves.
std::string ReasonOf(const Estate& estate, absl::Span<const Share> shares,
                     const units::ChangeRecord& change) {
  const bool goes_on = shares[0].unit == estate.unit;
  return absl::StrCat(estate.unit,
                      goes_on
                          ? absl::StrCat(" has gone over to provinces/", shares[0].province_code)
                          : " has ended",
                      ": ", change.name);
}

// Posts what moves in as many journals as it takes, all of them or none, and returns the first.
// Those in books of other provinces name it.
absl::StatusOr<v1::Journal> PostMoves(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                      const units::ChangeRecord& change, const std::string& act,
                                      const Estate& estate, const std::string& reason,
                                      absl::Span<const BookLines> books) {
  std::optional<v1::Journal> first;
  for (const BookLines& book : books) {
    const bool there = book.province_code != estate.province_code;
    for (const absl::Span<const ledger::Line> some : InJournals(book.lines)) {
      ASSIGN_OR_RETURN(std::string id, FreeId(tx, book.province_code, change, estate.unit));
      absl::StatusOr<v1::Journal> journal =
          Post(env, call, events, tx,
               {.province_code = book.province_code,
                .journal_id = std::move(id),
                .effective_day = VietnamDay(call.now),
                .act = act,
                .text = there ? absl::StrCat(reason, ", ", first->name()) : reason,
                .lines = {some.begin(), some.end()},
                .kind = std::string(kMoved)});
      if (!journal.ok()) {
        return first.has_value() ? error::WithNothingKept(journal.status()) : journal.status();
      }
      if (!first.has_value()) first = *std::move(journal);
    }
  }
  return *std::move(first);
}

struct Ended {
  std::shared_ptr<const Snapshot> snapshot;
  const units::UnitRecord* unit = nullptr;
  const units::ChangeRecord* change = nullptr;
};

// A unit that leaves the ledger of a province.
absl::StatusOr<Ended> FindEnded(const Env& env, const Call& call, db::Tx& tx,
                                absl::string_view province_code, const std::string& unit) {
  Ended ended;
  ASSIGN_OR_RETURN(ended.snapshot, CurrentSnapshot(*env.snapshots, tx));
  ended.unit = ended.snapshot->units->FindUnit(unit);
  if (ended.unit == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no unit ", unit),
                             "UNIT_NOT_FOUND", {{"unit", unit}});
  }
  ended.change = ChangeLeaving(*ended.snapshot->units, unit, province_code, VietnamDay(call.now));
  if (ended.change == nullptr) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("no event ends ", unit, " or takes it from there"),
                             "UNIT_NOT_ENDED", {{"unit", unit}});
  }
  return ended;
}

std::string TextOf(absl::int128 number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

absl::Status NotExact(absl::string_view what, int64_t left, absl::int128 planned) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition, absl::StrCat("the parts of ", what, " do not add up"),
      "PLAN_NOT_EXACT",
      {{"item", std::string(what)}, {"left", absl::StrCat(left)}, {"planned", TextOf(planned)}});
}

// The amounts of `parts` in the order of the shares. NOT_A_SUCCESSOR, PLAN_NOT_EXACT.
absl::StatusOr<std::vector<int64_t>> PartsOf(
    const google::protobuf::RepeatedPtrField<v1::SuccessionPart>& parts,
    absl::Span<const Share> shares, const std::string& item, int64_t left) {
  std::vector<absl::int128> amounts(shares.size(), 0);
  absl::int128 planned = 0;
  for (const v1::SuccessionPart& part : parts) {
    const auto share = std::find_if(shares.begin(), shares.end(),
                                    [&](const Share& s) { return s.unit == part.unit(); });
    if (share == shares.end()) {
      return error::WithReason(
          absl::StatusCode::kFailedPrecondition,
          absl::StrCat(part.unit(), " does not follow the unit"), "NOT_A_SUCCESSOR",
          {{"unit", part.unit()},
           {"successors", absl::StrJoin(shares, ",", [](std::string* out, const Share& s) {
              out->append(s.unit);
            })}});
    }
    // Money comes from the unit that ends alone: no part goes the other way.
    if ((part.amount_vnd() < 0) != (left < 0) && part.amount_vnd() != 0) {
      return NotExact(item, left, part.amount_vnd());
    }
    amounts[static_cast<size_t>(share - shares.begin())] += part.amount_vnd();
    planned += part.amount_vnd();
  }
  if (planned != left) return NotExact(item, left, planned);
  // Parts of one sign that add up are none of them beyond what is left.
  std::vector<int64_t> exact;
  exact.reserve(amounts.size());
  for (const absl::int128 amount : amounts) exact.push_back(static_cast<int64_t>(amount));
  return exact;
}

absl::Status Incomplete(const std::string& item) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the plan does not speak of ", item), "PLAN_INCOMPLETE",
                           {{"item", item}});
}

std::string NameOf(absl::string_view province_code, const ledger::LineId& id) {
  return absl::StrCat(JournalName(province_code, id.journal), "#", id.line);
}
std::string ItemOf(const v1::HoldRef& hold) {
  return absl::StrCat(hold.journal(), "#", hold.number());
}

// Whatever the plan names beside what the unit has: nothing of it is there to be given.
absl::Status CheckNothingElse(const v1::PlanSuccessionRequest& request, const Estate& estate,
                              absl::Span<const Share> shares) {
  std::set<std::string> items;
  for (const LeftAccount& account : estate.accounts) items.insert(budget::NameOf(account.key));
  for (const ledger::Hold& hold : estate.holds) {
    items.insert(NameOf(ProvinceCodeOf(request.parent()), hold.id));
  }
  for (const v1::AccountDivision& plan : request.accounts()) {
    if (items.contains(plan.account())) continue;
    RETURN_IF_ERROR(PartsOf(plan.parts(), shares, plan.account(), 0).status());
  }
  for (const v1::HoldDivision& plan : request.holds()) {
    const std::string item = ItemOf(plan.hold());
    if (!items.contains(item)) RETURN_IF_ERROR(PartsOf(plan.parts(), shares, item, 0).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Division> DivisionOf(const v1::PlanSuccessionRequest& request, const Estate& estate,
                                    absl::Span<const Share> shares) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  Division division;
  for (const LeftAccount& account : estate.accounts) {
    const std::string name = budget::NameOf(account.key);
    const int64_t left = account.totals.credits_posted - account.totals.debits_posted;
    const auto planned =
        std::find_if(request.accounts().begin(), request.accounts().end(),
                     [&](const v1::AccountDivision& plan) { return plan.account() == name; });
    if (planned == request.accounts().end() && left != 0) return Incomplete(name);
    std::vector<int64_t> parts(shares.size(), 0);
    if (planned != request.accounts().end()) {
      ASSIGN_OR_RETURN(parts, PartsOf(planned->parts(), shares, name, left));
    }
    division.accounts.push_back(std::move(parts));
  }
  for (const ledger::Hold& hold : estate.holds) {
    const std::string journal = JournalName(province_code, hold.id.journal);
    const auto planned = std::find_if(
        request.holds().begin(), request.holds().end(), [&](const v1::HoldDivision& plan) {
          return plan.hold().journal() == journal && plan.hold().number() == hold.id.line;
        });
    const std::string item = NameOf(province_code, hold.id);
    if (planned == request.holds().end()) return Incomplete(item);
    ASSIGN_OR_RETURN(std::vector<int64_t> parts,
                     PartsOf(planned->parts(), shares, item, hold.remaining));
    division.holds.push_back(std::move(parts));
  }
  RETURN_IF_ERROR(CheckNothingElse(request, estate, shares));
  return division;
}

absl::Status CheckLedgers(const v1::PlanSuccessionRequest& request,
                          absl::Span<const Share> shares) {
  std::set<std::string> named = {std::string(ProvinceCodeOf(request.parent()))};
  for (const std::string& name : request.other_ledgers()) {
    named.insert(std::string(ProvinceCodeOf(name)));
  }
  std::set<std::string> missing;
  for (const Share& share : shares) {
    if (!named.contains(share.province_code)) {
      missing.insert(absl::StrCat("provinces/", share.province_code));
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "units that follow lie in other provinces", "LEDGER_NOT_NAMED",
                           {{"ledgers", absl::StrJoin(missing, ",")}});
}

}  // namespace

absl::StatusOr<Estate> LoadEstate(db::Tx& tx, absl::string_view province_code,
                                  const std::string& unit, absl::CivilDay day) {
  Estate estate{.province_code = std::string(province_code), .unit = unit};
  const store::AccountFilter filter{.province_code = std::string(province_code), .unit = unit};
  Periods periods(tx);
  const auto add = [&](absl::Span<const store::AccountRow> rows) -> absl::Status {
    std::vector<ledger::AccountId> ids;
    ids.reserve(rows.size());
    for (const store::AccountRow& row : rows) ids.push_back(IdOf(row.key));
    ASSIGN_OR_RETURN(const auto found, ledger::FindAccounts(tx, ids));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!found[i].has_value() || found[i]->closed_day.has_value()) continue;
      // A ceiling is no money, and ends with its unit: who follows is granted its own.
      if (IsOfCeiling(rows[i].key.stage)) continue;
      const ledger::Totals& totals = found[i]->totals;
      const absl::Status open = periods.Check(rows[i].key, day);
      if (absl::IsFailedPrecondition(open)) {
        const LeftAccount closed = {rows[i].key, totals};
        if (HasMoney(closed)) estate.waiting.push_back(closed);
        continue;
      }
      RETURN_IF_ERROR(open);
      if (totals.debits_pending + totals.credits_pending > 0) {
        RETURN_IF_ERROR(AddHolds(tx, rows[i].key, estate));
      }
      estate.accounts.push_back({rows[i].key, totals});
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(store::ForEachPage(tx, filter, add));
  RETURN_IF_ERROR(AddReturns(tx, day, estate));
  return estate;
}

absl::StatusOr<v1::Journal> Move(const Env& env, const Call& call, db::Tx& tx,
                                 const units::ChangeRecord& change, const std::string& act,
                                 const Estate& estate, absl::Span<const Share> shares,
                                 const Division& division) {
  Events events(env, call, tx);
  RETURN_IF_ERROR(
      OpenMissing(env, call, events, tx, AccountsOf(estate, shares, division), ClosedYears::kOpened)
          .status());
  ASSIGN_OR_RETURN(v1::Journal journal,
                   PostMoves(env, call, events, tx, change, act, estate,
                             ReasonOf(estate, shares, change), LinesOf(estate, shares, division)));
  // After it: a journal that the ledger refuses leaves its failure behind, and no line moves then.
  RETURN_IF_ERROR(MoveCredits(events, tx, estate, shares, division));
  return journal;
}

bool IsSuccession(absl::string_view journal_id) {
  return absl::StartsWith(journal_id, kSuccessionJournals);
}

bool IsEndOf(absl::string_view journal_id, absl::string_view unit) {
  const size_t number = journal_id.rfind('-');
  return IsSuccession(journal_id) &&
         absl::EndsWith(journal_id.substr(0, number), absl::StrCat("-", LastSegment(unit)));
}

absl::StatusOr<v1::GetSuccessionResponse> GetSuccession(const Env& env, const Call& call,
                                                        const v1::GetSuccessionRequest& request,
                                                        db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  ASSIGN_OR_RETURN(const Ended ended, FindEnded(env, call, tx, province_code, request.unit()));
  const units::Units& units = *ended.snapshot->units;
  v1::GetSuccessionResponse response;
  response.set_change_event(ended.change->name);
  ToProto(ended.change->effective, response.mutable_effective_date());
  for (const Share& share : SuccessorsOf(units, *ended.unit, ended.change->effective)) {
    v1::SuccessorShare* out = response.add_successors();
    out->set_unit(share.unit);
    out->set_province_code(share.province_code);
    if (share.ppm > 0) out->set_ppm(share.ppm);
  }
  const absl::StatusOr<std::vector<Share>> shares =
      SharesOf(units, *ended.unit, ended.change->effective);
  if (const auto reason = error::ReasonOf(shares.status())) {
    response.set_plan_reason(reason->reason);
  }
  ASSIGN_OR_RETURN(const Estate estate,
                   LoadEstate(tx, province_code, request.unit(), VietnamDay(call.now)));
  for (const auto* accounts : {&estate.accounts, &estate.waiting}) {
    for (const LeftAccount& account : *accounts) {
      if (account.totals.credits_posted == account.totals.debits_posted) continue;
      v1::AccountBalance* out = response.add_accounts();
      out->set_account(budget::NameOf(account.key));
      ToProto(account.key, out->mutable_key());
      ToProto(account.totals, account.key.stage, out->mutable_balance());
    }
  }
  for (const ledger::Hold& hold : estate.holds) {
    FillHold(hold, province_code, response.add_holds());
  }
  return response;
}

absl::StatusOr<v1::PlanSuccessionResponse> PlanSuccession(const Env& env, const Call& call,
                                                          const v1::PlanSuccessionRequest& request,
                                                          db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  ASSIGN_OR_RETURN(const Ended ended, FindEnded(env, call, tx, province_code, request.unit()));
  const absl::CivilDay today = VietnamDay(call.now);
  if (ended.change->effective > today) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             "the unit stands until the effective date", "SUCCESSION_NOT_DUE",
                             {{"effective_date", absl::FormatCivilTime(ended.change->effective)}});
  }
  const std::vector<Share> shares =
      SuccessorsOf(*ended.snapshot->units, *ended.unit, ended.change->effective);
  RETURN_IF_ERROR(CheckLedgers(request, shares));
  ASSIGN_OR_RETURN(const Estate estate, LoadEstate(tx, province_code, request.unit(), today));
  // A plan is of everything.
  if (!estate.waiting.empty()) return Periods(tx).Check(estate.waiting[0].key, today);
  if (estate.empty()) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat(request.unit(), " has nothing left"), "NOTHING_LEFT",
                             {{"unit", request.unit()}});
  }
  ASSIGN_OR_RETURN(const Division division, DivisionOf(request, estate, shares));
  v1::PlanSuccessionResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_journal(),
      Move(env, call, tx, *ended.change, request.act().number(), estate, shares, division));
  return response;
}

void ValidatePlanSuccession(const v1::PlanSuccessionRequest& request,
                            error::Violations& violations) {
  CheckAct(request.act(), violations);
  std::set<absl::string_view> accounts;
  for (int i = 0; i < request.accounts_size(); ++i) {
    if (!accounts.insert(request.accounts(i).account()).second) {
      violations.Add(absl::StrCat("accounts[", i, "].account"), "stands in the plan already");
    }
  }
  std::set<std::string> holds;
  for (int i = 0; i < request.holds_size(); ++i) {
    if (!holds.insert(ItemOf(request.holds(i).hold())).second) {
      violations.Add(absl::StrCat("holds[", i, "].hold"), "stands in the plan already");
    }
  }
}

}  // namespace twotier::budget::handlers
