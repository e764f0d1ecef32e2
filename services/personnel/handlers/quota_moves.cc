#include "services/personnel/handlers/quota_moves.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/db/late_keys.h"
#include "common/errors.h"
#include "common/ledger/reads.h"
#include "common/status_macros.h"

namespace twotier::personnel::handlers {
namespace {

using store::QuotaSlot;

ledger::Line PostLine(ledger::AccountId debit, ledger::AccountId credit, int64_t amount) {
  ledger::Line line;
  line.kind = ledger::Kind::kPost;
  line.debit = std::move(debit);
  line.credit = std::move(credit);
  line.amount = amount;
  return line;
}

// Uses what is held, or lets it go.
ledger::Line EndOf(const ledger::LineId& hold, bool settle) {
  ledger::Line line;
  line.kind = settle ? ledger::Kind::kSettle : ledger::Kind::kVoid;
  line.hold = hold;
  if (settle) line.amount = 1;
  return line;
}

int64_t HeldOf(const ledger::Totals& free) { return free.debits_pending; }
int64_t FreeOf(const ledger::Totals& free) {
  return free.credits_posted - free.debits_posted - HeldOf(free);
}
int64_t UsedOf(const ledger::Totals& used) { return used.credits_posted - used.debits_posted; }

// What postings, one after the other, did to the slots whose accounts they changed, in order of the
// slots.
std::vector<v1::QuotaChange> ChangesOf(const std::vector<ledger::ChangedAccount>& accounts) {
  std::map<QuotaSlot, v1::QuotaChange> changes;
  std::set<QuotaSlot> freed;  // Whose state before is known.
  for (const ledger::ChangedAccount& changed : accounts) {
    const std::optional<QuotaSlot> slot = store::SlotOf(changed.account.id);
    if (!slot) continue;
    const ledger::Totals& totals = changed.account.totals;
    v1::QuotaChange& change = changes[*slot];
    change.set_unit(slot->unit);
    change.set_quota_kind(static_cast<v1::QuotaKind>(slot->kind));
    if (changed.account.id == store::FreeAccount(*slot)) {
      if (freed.insert(*slot).second) {
        change.set_available_before(FreeOf(totals) - FreeOf(changed.added));
      }
      change.set_available_after(FreeOf(totals));
      change.set_held_after(HeldOf(totals));
    } else if (changed.account.id == store::UsedAccount(*slot)) {
      change.set_used_after(UsedOf(totals));
    }
  }
  std::vector<v1::QuotaChange> in_order;
  for (auto& [slot, change] : changes) in_order.push_back(std::move(change));
  return in_order;
}

// What of the freed places is given up, because an allowance's time is over.
absl::StatusOr<std::vector<ledger::Line>> GiveUp(db::Tx& tx, absl::CivilDay today,
                                                 const std::map<QuotaSlot, int64_t>& freed) {
  std::vector<ledger::Line> lines;
  for (const auto& [slot, places] : freed) {
    ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, slot));
    if (!quota) continue;
    const int64_t given_up = std::min(places, quota->Overdue(today));
    if (given_up <= 0) continue;
    RETURN_IF_ERROR(store::AddAllowance(tx, slot, -given_up));
    lines.push_back(PostLine(store::FreeAccount(slot), store::AllowanceAccount(slot), given_up));
  }
  return lines;
}

}  // namespace

absl::Status QuotaRefused(const ledger::Refusal& refusal) {
  const std::optional<QuotaSlot> slot = store::SlotOf(refusal.account);
  if (!slot) return ledger::ToStatus(refusal);
  const std::string kind(NameOf(slot->kind));
  if (refusal.why == ledger::Why::kAccountUnknown) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("nothing is granted to ", slot->unit, " on ", kind),
                             "QUOTA_NOT_GRANTED", {{"unit", slot->unit}, {"quota_kind", kind}});
  }
  if (refusal.why != ledger::Why::kLimitExceeded) return ledger::ToStatus(refusal);
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(slot->unit, " has ", refusal.available, " free places of ",
                                        kind, ", not ", refusal.asked),
                           "QUOTA_EXCEEDED",
                           {{"unit", slot->unit},
                            {"quota_kind", kind},
                            {"asked", absl::StrCat(refusal.asked)},
                            {"available", absl::StrCat(refusal.available)},
                            {"held", absl::StrCat(refusal.held)}});
}

size_t QuotaMoves::Hold(const QuotaSlot& slot) {
  held_.push_back({slot, "", {}, false});
  return new_holds_++;
}

void QuotaMoves::Settle(const QuotaSlot& slot, const std::string& book,
                        const ledger::LineId& hold) {
  held_.push_back({slot, book, hold, true});
}

void QuotaMoves::Void(const QuotaSlot& slot, const std::string& book, const ledger::LineId& hold) {
  held_.push_back({slot, book, hold, false});
}

QuotaMoves::Freed QuotaMoves::CountFreed() const {
  Freed freed;
  for (const auto& [slot, places] : taken_) {
    if (places < 0) freed[slot] -= places;
  }
  for (const auto& [slots, places] : carried_) freed[slots.first] -= places;
  for (const Held& held : held_) {
    if (held.hold.journal.empty()) {
      --freed[held.slot];  // It takes what came free before anything is given up.
    } else if (!held.settle) {
      ++freed[held.slot];
    }
  }
  return freed;
}

// What comes free stands before what is taken: an order may fill the place that it empties.
std::vector<ledger::Line> QuotaMoves::Lines(std::vector<ledger::LineId>& holds,
                                            const Journal& journal,
                                            const std::vector<ledger::Line>& carried) const {
  std::vector<ledger::Line> lines;
  for (const auto& [slot, places] : taken_) {
    if (places >= 0) continue;
    lines.push_back(PostLine(store::UsedAccount(slot), store::FreeAccount(slot), -places));
  }
  for (const Held& held : held_) {
    if (held.book == journal.book) lines.push_back(EndOf(held.hold, held.settle));
  }
  lines.insert(lines.end(), carried.begin(), carried.end());
  for (const auto& [slot, places] : taken_) {
    if (places <= 0) continue;
    lines.push_back(PostLine(store::FreeAccount(slot), store::UsedAccount(slot), places));
  }
  for (const Held& held : held_) {
    if (!held.hold.journal.empty()) continue;
    ledger::Line line;
    line.kind = ledger::Kind::kHold;
    line.debit = store::FreeAccount(held.slot);
    line.credit = store::UsedAccount(held.slot);
    line.amount = 1;
    // It ends with the order that made it, not by itself.
    line.expiry_day = kNoEnd;
    lines.push_back(std::move(line));
    holds.push_back({journal.id, static_cast<int64_t>(lines.size())});
  }
  return lines;
}

// Holds of other books, one journal for each. It is told by the event that told of the hold: that
// of this unit of work is no event of the book's province.
absl::Status QuotaMoves::PostElsewhere(const Call& call, const Journal& journal, db::Tx& tx,
                                       std::vector<ledger::ChangedAccount>& changed) const {
  std::map<std::string, ledger::Journal> entries;  // By book.
  const absl::CivilDay today = VietnamDay(call.now);
  for (const Held& held : held_) {
    if (held.book.empty() || held.book == journal.book) continue;
    ledger::Journal& entry = entries[held.book];
    entry.lines.push_back(EndOf(held.hold, held.settle));
    if (!entry.id.empty()) continue;
    ASSIGN_OR_RETURN(const std::optional<ledger::JournalRecord> made,
                     ledger::FindJournal(tx, held.book, held.hold.journal));
    entry.id = journal.id;
    entry.effective_day = today;
    entry.act = journal.act;
    if (made) entry.subject = made->entered.journal.subject;
    if (made) entry.version = made->entered.journal.version;
  }
  for (const auto& [book, entry] : entries) {
    const db::Key key{book, std::string(ledger::kKeyName)};
    RETURN_IF_ERROR(db::DeclareLate(tx, absl::MakeSpan(&key, 1)));
    ASSIGN_OR_RETURN(const ledger::Outcome outcome,
                     ledger::Post(tx, {book, call.now, today}, entry, changed));
    if (!outcome.ok()) return QuotaRefused(*outcome.refusal);
  }
  return absl::OkStatus();
}

absl::StatusOr<QuotaMoves::Posted> QuotaMoves::Post(const Call& call, const Journal& journal,
                                                    db::Tx& tx) const {
  Posted posted;
  const absl::CivilDay today = VietnamDay(call.now);
  std::vector<ledger::ChangedAccount> changed;
  RETURN_IF_ERROR(PostElsewhere(call, journal, tx, changed));
  ASSIGN_OR_RETURN(const std::vector<ledger::Line> given_up, GiveUp(tx, today, CountFreed()));
  ASSIGN_OR_RETURN(CarriedPlaces carried,
                   CarriedPlaces::Load(carried_, journal.distributor, today, tx));
  ledger::Journal entry;
  entry.id = journal.id;
  entry.lines = Lines(posted.holds, journal, carried.lines());
  // Behind the rest, so that the numbers of the holds stay.
  entry.lines.insert(entry.lines.end(), given_up.begin(), given_up.end());
  if (entry.lines.empty()) {
    posted.changes = ChangesOf(changed);
    return posted;
  }
  entry.effective_day = today;
  entry.act = journal.act;
  entry.subject = journal.subject;
  entry.version = journal.version;
  ASSIGN_OR_RETURN(const ledger::Outcome outcome,
                   ledger::Post(tx, {journal.book, call.now, today}, entry, changed));
  if (!outcome.ok()) return QuotaRefused(*outcome.refusal);
  posted.changes = ChangesOf(changed);
  RETURN_IF_ERROR(carried.Write(call, journal.act, journal.first_event, tx));
  return posted;
}

std::vector<db::BoundStatement> QuotaMoves::Queries(const Call& call,
                                                    const Journal& journal) const {
  std::vector<ledger::LineId> holds;
  ledger::Journal entry;
  entry.id = journal.id;
  entry.lines = Lines(holds, journal, {});
  if (entry.lines.empty()) return {};
  std::vector<db::BoundStatement> queries;
  for (const auto& [slot, places] : CountFreed()) queries.push_back(store::LoadQuotaQuery(slot));
  const std::vector<db::BoundStatement> of_ledger =
      ledger::FirstQueries({journal.book, call.now, VietnamDay(call.now)}, entry);
  queries.insert(queries.end(), of_ledger.begin(), of_ledger.end());
  return queries;
}

}  // namespace twotier::personnel::handlers
