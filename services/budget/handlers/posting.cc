#include "services/budget/handlers/posting.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/ledger/reads.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/year_close.h"
#include "services/budget/handlers/contingency_bounds.h"
#include "services/budget/handlers/decided.h"
#include "services/budget/handlers/under_ceilings.h"
#include "services/budget/store/account_store.h"
#include "services/budget/store/year_store.h"

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

// The first effective date of its journals: an estimate is decided in the year before, and an
// investment plan earlier still.
absl::CivilDay OpenedDay(const AccountKey& key, absl::CivilDay today) {
  return std::min(today, absl::CivilDay(key.year - 1, 1, 1));
}

ledger::Account LedgerAccount(const AccountKey& key, absl::CivilDay today) {
  return {.id = IdOf(key),
          .unit = std::string(kVnd),
          .limit = HasLimit(key.stage) ? ledger::Limit::kDebitsWithinCredits : ledger::Limit::kNone,
          .opened_day = OpenedDay(key, today)};
}

// What was closed stays without money that could still be spent.
absl::Status CheckYearOpen(db::Tx& tx, const AccountKey& key) {
  if (!absl::c_linear_search(kWaitingStages, key.stage)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto parts,
                   store::LoadYearParts(tx, {key.province_code, key.unit, key.year}));
  const bool closed =
      absl::c_any_of(parts, [](const store::YearPart& part) { return part.reopened_by.empty(); });
  if (!closed) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(key.unit, " has closed ", key.year), "YEAR_CLOSED",
                           {{"unit", key.unit}, {"budget_year", absl::StrCat(key.year)}});
}

v1::Entry EntryOf(absl::string_view province_code, const ledger::Line& line, int number) {
  v1::Entry entry;
  entry.set_number(number);
  entry.set_kind(static_cast<v1::TransferKind>(line.kind));
  entry.set_debit_account(NameOf(line.debit));
  entry.set_credit_account(NameOf(line.credit));
  entry.set_amount_vnd(line.amount);
  if (!line.hold.journal.empty()) {
    entry.mutable_hold()->set_journal(JournalName(province_code, line.hold.journal));
    entry.mutable_hold()->set_number(static_cast<int>(line.hold.line));
  }
  if (line.kind == ledger::Kind::kHold) ToProto(line.expiry_day, entry.mutable_expiry_date());
  entry.set_text(line.text);
  return entry;
}

// A journal that was entered before, as it was then.
absl::StatusOr<v1::Journal> Repeated(const Call& call, db::Tx& tx, const Posting& posting,
                                     const ledger::Journal& journal,
                                     const ledger::Outcome& outcome) {
  ASSIGN_OR_RETURN(const auto record,
                   ledger::FindJournal(tx, posting.province_code, posting.journal_id));
  ASSIGN_OR_RETURN(const auto kept,
                   store::FindDecisions(tx, posting.province_code, {posting.journal_id}));
  v1::Journal out = JournalOf(posting.province_code, journal, outcome.lines,
                              record.has_value() ? record->recorded : call.now);
  if (kept[0]) FillDecision(*kept[0], out.mutable_decision());
  return out;
}

}  // namespace

ledger::AccountId IdOf(const AccountKey& key) { return {key.province_code, AccountIdOf(key)}; }

std::string NameOf(const ledger::AccountId& id) {
  return absl::StrCat("provinces/", id.province_code, "/accounts/", id.id);
}

std::string JournalName(absl::string_view province_code, absl::string_view journal_id) {
  return absl::StrCat("provinces/", province_code, "/journals/", journal_id);
}

ledger::Line PostLine(const AccountKey& debit, const AccountKey& credit, int64_t amount_vnd,
                      absl::string_view text) {
  return {.debit = IdOf(debit),
          .credit = IdOf(credit),
          .amount = amount_vnd,
          .text = std::string(text)};
}

absl::StatusOr<int> OpenMissing(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                absl::Span<const AccountKey> keys, ClosedYears closed_years) {
  std::vector<ledger::AccountId> ids;
  ids.reserve(keys.size());
  for (const AccountKey& key : keys) ids.push_back(IdOf(key));
  ASSIGN_OR_RETURN(const auto found, ledger::FindAccounts(tx, ids));
  std::vector<ledger::Account> missing;
  std::shared_ptr<const Snapshot> snapshot;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (found[i].has_value()) continue;
    if (snapshot == nullptr) {
      ASSIGN_OR_RETURN(snapshot, CurrentSnapshot(*env.snapshots, tx));
    }
    RETURN_IF_ERROR(CheckUnit(*snapshot->units, keys[i]));
    if (closed_years == ClosedYears::kRefused) RETURN_IF_ERROR(CheckYearOpen(tx, keys[i]));
    missing.push_back(LedgerAccount(keys[i], VietnamDay(call.now)));
    store::AccountRow row{.key = keys[i], .open_time = call.now};
    ASSIGN_OR_RETURN(row.chain_hash,
                     events.AppendFirst(keys[i].province_code, NameOf(IdOf(keys[i])), kOpened));
    RETURN_IF_ERROR(store::InsertAccount(tx, row));
  }
  RETURN_IF_ERROR(ledger::OpenAccounts(tx, missing));
  return static_cast<int>(missing.size());
}

absl::Status Periods::Check(const AccountKey& account, absl::CivilDay effective_day) {
  auto held = std::find_if(loaded_.begin(), loaded_.end(),
                           [&](const auto& entry) { return entry.first == account.province_code; });
  if (held == loaded_.end()) {
    ASSIGN_OR_RETURN(auto rows, store::LoadPeriods(tx_, account.province_code));
    loaded_.emplace_back(account.province_code, std::move(rows));
    held = loaded_.end() - 1;
  }
  for (const store::PeriodRow& period : held->second) {
    if (period.year != account.year || effective_day > period.through) continue;
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("the books of ", period.year, " are closed through ",
                                          absl::FormatCivilTime(period.through)),
                             "PERIOD_CLOSED",
                             {{"account", budget::NameOf(account)},
                              {"through_date", absl::FormatCivilTime(period.through)},
                              {"act", period.act}});
  }
  return absl::OkStatus();
}

absl::Status Periods::Check(absl::string_view province_code, absl::Span<const ledger::Line> lines,
                            absl::CivilDay effective_day) {
  for (const ledger::Line& line : lines) {
    ledger::AccountId debit = line.debit;
    ledger::AccountId credit = line.credit;
    if (!line.hold.journal.empty() && debit.id.empty()) {
      ASSIGN_OR_RETURN(const auto hold, ledger::FindHold(tx_, province_code, line.hold));
      if (!hold.has_value()) continue;  // The ledger says that there is no such hold.
      debit = hold->debit;
      credit = hold->credit;
    }
    for (const ledger::AccountId& account : {debit, credit}) {
      const std::optional<AccountKey> key = KeyOf(account.province_code, account.id);
      if (!key) continue;  // The ledger says that there is no such account.
      RETURN_IF_ERROR(Check(*key, effective_day));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLedgersNamed(const std::set<std::string>& named,
                               absl::Span<const ledger::Line> lines) {
  std::set<std::string> missing;
  for (const ledger::Line& line : lines) {
    for (const ledger::AccountId* id : {&line.debit, &line.credit}) {
      if (!id->province_code.empty() && !named.contains(id->province_code)) {
        missing.insert(absl::StrCat("provinces/", id->province_code));
      }
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "the journal has accounts of other ledgers", "LEDGER_NOT_NAMED",
                           {{"ledgers", absl::StrJoin(missing, ",")}});
}

absl::Status StatusOf(const ledger::Refusal& refusal) {
  absl::Status status = ledger::ToStatus(refusal);
  std::optional<error::Reason> reason = error::ReasonOf(status);
  if (reason.has_value()) {
    for (auto& [key, value] : reason->metadata) {
      if (key == "account") value = NameOf(refusal.account);
    }
    status = error::WithReasonAdded(std::move(status), reason->reason, reason->metadata);
  }
  return ledger::IsRemembered(refusal.why) ? error::WithWritesKept(std::move(status)) : status;
}

ledger::Context ContextOf(const Call& call, absl::string_view province_code) {
  return {std::string(province_code), call.now, VietnamDay(call.now)};
}

v1::Journal JournalOf(absl::string_view province_code, const ledger::Journal& journal,
                      absl::Span<const ledger::Line> lines, absl::Time recorded) {
  v1::Journal out;
  out.set_name(JournalName(province_code, journal.id));
  ToProto(journal.effective_day, out.mutable_effective_date());
  out.mutable_act()->set_number(journal.act);
  out.set_text(journal.text);
  int number = 0;
  for (const ledger::Line& line : lines) {
    *out.add_entries() = EntryOf(province_code, line, ++number);
  }
  if (!journal.reverses.empty()) out.set_reverses(JournalName(province_code, journal.reverses));
  ToProto(recorded, out.mutable_post_time());
  return out;
}

absl::StatusOr<v1::Journal> Post(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                 const Posting& posting) {
  Periods periods(tx);
  RETURN_IF_ERROR(periods.Check(posting.province_code, posting.lines, posting.effective_day));
  ContingencyBounds bounds(env, tx);
  return Enter(call, events, tx, posting, &bounds);
}

absl::StatusOr<v1::Journal> Enter(const Call& call, Events& events, db::Tx& tx,
                                  const Posting& posting, ContingencyBounds* bounds) {
  const ledger::Journal journal{.id = posting.journal_id,
                                .effective_day = posting.effective_day,
                                .act = posting.act,
                                .text = posting.text,
                                .subject = JournalName(posting.province_code, posting.journal_id),
                                .version = 1,
                                .reverses = posting.reverses,
                                .lines = posting.lines};
  ASSIGN_OR_RETURN(
      std::vector<ledger::Outcome> outcomes,
      PostUnderCeilings(tx, ContextOf(call, posting.province_code),
                        {{journal, posting.payments, posting.entered, posting.again}}));
  RETURN_IF_ERROR(KeepDecision(tx, posting.province_code, posting.decision, {&journal}, outcomes));
  const ledger::Outcome& outcome = outcomes[0];
  if (!outcome.ok()) return StatusOf(*outcome.refusal);
  if (outcome.repeated) return Repeated(call, tx, posting, journal, outcome);
  if (bounds != nullptr) {
    bounds->Note(journal, outcome.lines);
    RETURN_IF_ERROR(bounds->Write());
  }
  v1::Journal entered = JournalOf(posting.province_code, journal, outcome.lines, call.now);
  entered.set_principal(call.principal.name);
  if (posting.decision.stated()) FillDecision(posting.decision, entered.mutable_decision());
  RETURN_IF_ERROR(
      events.AppendEntered(posting.province_code, journal.subject, posting.kind, posting.decision));
  return entered;
}

void FillHold(const ledger::Hold& hold, absl::string_view province_code, v1::Hold* out) {
  out->mutable_ref()->set_journal(JournalName(province_code, hold.id.journal));
  out->mutable_ref()->set_number(static_cast<int>(hold.id.line));
  out->set_debit_account(NameOf(hold.debit));
  out->set_credit_account(NameOf(hold.credit));
  out->set_amount_vnd(hold.amount);
  out->set_remaining_vnd(hold.remaining);
  ToProto(hold.effective_day, out->mutable_effective_date());
  ToProto(hold.expiry_day, out->mutable_expiry_date());
}

}  // namespace twotier::budget::handlers
