#include "services/budget/handlers/journals.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/ledger/reads.h"
#include "common/ledger/store.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/handlers/closed_accounts.h"
#include "services/budget/handlers/contingency_bounds.h"
#include "services/budget/handlers/decided.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/lawful.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/transfers.h"
#include "services/budget/store/account_store.h"
#include "services/budget/store/period_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kReversed = "journal.reversed";
constexpr absl::string_view kListMethod = "ListJournals";
// Journals that one page of a range of dates looks at: some milliseconds.
constexpr size_t kLookedAtMax = 5000;

absl::Status NotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no journal ", name),
                           "JOURNAL_NOT_FOUND", {{"journal", std::string(name)}});
}

absl::string_view IdIn(absl::string_view name) { return name.substr(name.rfind('/') + 1); }

// Who entered it stands in the event that told of it.
absl::StatusOr<std::string> PrincipalOf(db::Tx& tx, absl::string_view province_code,
                                        const ledger::Journal& journal) {
  ASSIGN_OR_RETURN(const std::vector<feed::StoredEvent> events,
                   feed::ListEvents(tx, province_code, journal.subject, journal.version - 1, 1));
  v1::EventBody body;
  if (events.empty() || !body.ParseFromString(events[0].event.body)) return std::string();
  return body.principal();
}

v1::Journal RecordedJournal(absl::string_view province_code, const ledger::JournalRecord& record,
                            const std::optional<store::DecisionRow>& decision) {
  const ledger::EnteredJournal& entered = record.entered;
  v1::Journal out =
      JournalOf(province_code, entered.journal, entered.journal.lines, record.recorded);
  if (!record.reversed_by.empty()) {
    out.set_reversed_by(JournalName(province_code, record.reversed_by));
  }
  if (entered.refusal.has_value()) {
    out.set_refused(std::string(ledger::ReasonOf(entered.refusal->why)));
  }
  if (decision) FillDecision(*decision, out.mutable_decision());
  return out;
}

// A reversal takes money back from where it went: whoever asks for it names those ledgers, because
// they are bumped before anything is read.
absl::Status CheckLedgers(absl::string_view province_code, const v1::ReverseJournalRequest& request,
                          const ledger::JournalRecord& record) {
  std::set<std::string> named = {std::string(province_code)};
  for (const std::string& ledger : request.other_ledgers()) {
    named.insert(std::string(ProvinceCodeOf(ledger)));
  }
  return CheckLedgersNamed(named, record.entered.journal.lines);
}

// Ids of one page, and where the next one goes on.
struct Page {
  std::vector<std::string> ids = {};
  std::string last_looked_at = {};
  bool end = false;
};

// Journals are in the order of their ids: those of other dates are looked at and left out, a
// bounded number for one page.
absl::StatusOr<Page> PageOf(db::Tx& tx, const v1::ListJournalsRequest& request, std::string after,
                            size_t size) {
  const absl::CivilDay from =
      request.has_from_date() ? FromProto(request.from_date()) : absl::CivilDay::min();
  const absl::CivilDay until =
      request.has_until_date() ? FromProto(request.until_date()) : absl::CivilDay::max();
  const bool dated = request.has_from_date() || request.has_until_date();
  const size_t look_at = dated ? kLookedAtMax : size;
  ASSIGN_OR_RETURN(const std::vector<ledger::JournalHead> heads,
                   ledger::ListJournals(tx, ProvinceCodeOf(request.parent()), after,
                                        static_cast<int>(look_at) + 1));
  Page page{.last_looked_at = std::move(after)};
  for (size_t i = 0; i < std::min(heads.size(), look_at) && page.ids.size() < size; ++i) {
    page.last_looked_at = heads[i].id;
    if (heads[i].effective_day < from || heads[i].effective_day > until) continue;
    page.ids.push_back(heads[i].id);
  }
  page.end = heads.empty() || page.last_looked_at == heads.back().id;
  return page;
}

// A journal that is there already has its answer, and is part of what was approved: it is looked
// for before anything is refused.
absl::Status CheckEstimates(const Env& env, db::Tx& tx, const v1::PostJournalRequest& request,
                            absl::Span<const EstimateChange> changes, ContingencyBounds& bounds) {
  if (changes.empty()) return absl::OkStatus();
  absl::Status status =
      CheckRevenue(env, tx, changes, {request.revenue_vnd(), request.supplements_vnd()});
  if (status.ok()) status = bounds.Check(changes);
  if (status.ok()) return status;
  ASSIGN_OR_RETURN(const auto record,
                   ledger::FindJournal(tx, ProvinceCodeOf(request.parent()), request.journal_id()));
  return record.has_value() ? absl::OkStatus() : status;
}

// The same of the journal that undoes another one. What was undone before has its answer, too.
absl::Status CheckEstimates(const ledger::JournalRecord& record, ContingencyBounds& bounds) {
  if (!record.reversed_by.empty() || record.entered.refusal) return absl::OkStatus();
  return bounds.Check(EstimateChangesOf(record.entered.journal.lines, /*reversed=*/true));
}

// What the transfers move, as it was made when the journal was entered.
absl::StatusOr<std::vector<ledger::Line>> MadeAgain(db::Tx& tx,
                                                    const v1::PostJournalRequest& request,
                                                    const ledger::JournalRecord& entered) {
  const std::vector<const v1::Transfer*> transfers(request.transfers().pointer_begin(),
                                                   request.transfers().pointer_end());
  return LinesAgain(tx, ProvinceCodeOf(request.parent())).Make(transfers, entered);
}

// Sets what the transfers move. What was entered by this id before has its answer, whatever has
// been closed, or is listed no more, since.
absl::Status MakeLines(db::Tx& tx, const v1::PostJournalRequest& request, LineMaker& maker,
                       Posting& posting) {
  absl::Status refused;
  for (const v1::Transfer& transfer : request.transfers()) {
    absl::StatusOr<ledger::Line> line = maker.Make(transfer);
    refused = line.status();
    if (!refused.ok()) break;
    posting.lines.push_back(*std::move(line));
  }
  posting.payments = maker.TakePayments();
  if (!absl::IsFailedPrecondition(refused)) return refused;
  ASSIGN_OR_RETURN(const auto record,
                   ledger::FindJournal(tx, posting.province_code, posting.journal_id));
  if (!record) return refused;
  posting.entered = true;
  ASSIGN_OR_RETURN(posting.lines, MadeAgain(tx, request, *record));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::PostJournalResponse> PostJournal(const Env& env, const Call& call,
                                                    const v1::PostJournalRequest& request,
                                                    db::Tx& tx) {
  Posting posting{.province_code = std::string(ProvinceCodeOf(request.parent())),
                  .journal_id = request.journal_id(),
                  .effective_day = FromProto(request.effective_date()),
                  .act = request.act().number(),
                  .text = request.text(),
                  .decision = {.body = static_cast<Body>(request.body()),
                               .revenue_vnd = request.revenue_vnd(),
                               .supplements_vnd = request.supplements_vnd()}};
  LineMaker maker(env, tx, posting.province_code, posting.effective_day, VietnamDay(call.now),
                  posting.decision.body);
  RETURN_IF_ERROR(MakeLines(tx, request, maker, posting));
  if (Holds(posting.lines)) {
    posting.again = [&](const auto& entered) { return MadeAgain(tx, request, entered); };
  }
  ContingencyBounds bounds(env, tx);
  const std::vector<EstimateChange> changes = maker.TakeChanges();
  RETURN_IF_ERROR(CheckEstimates(env, tx, request, changes, bounds));
  Events events(env, call, tx);
  v1::PostJournalResponse response;
  ASSIGN_OR_RETURN(*response.mutable_journal(),
                   Enter(call, events, tx, posting, changes.empty() ? nullptr : &bounds));
  RETURN_IF_ERROR(bounds.ConfirmNone());
  return response;
}

std::vector<db::BoundStatement> FirstOfPostJournal(const Call& call,
                                                   const v1::PostJournalRequest& request) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  ledger::Journal journal{.id = request.journal_id()};
  std::vector<Payment> payments;
  std::vector<EstimateChange> changes;
  for (const v1::Transfer& transfer : request.transfers()) {
    const std::optional<AccountKey> debit = KeyOfName(transfer.debit_account());
    const std::optional<AccountKey> credit = KeyOfName(transfer.credit_account());
    if (!debit || !credit || credit->province_code != province_code) return {};
    if (ChangesEstimate(*debit, *credit)) changes.push_back({*debit, *credit});
    journal.lines.push_back({.debit = IdOf(*debit), .credit = IdOf(*credit)});
    if (IsPayment(debit->stage, credit->stage)) payments.push_back({*debit, 0});
  }
  // In the order of PostJournal: what is asked in another is asked again, by each call for itself.
  std::vector<db::BoundStatement> queries = {store::LoadPeriodsQuery(province_code)};
  for (const AccountKey& contingency : ContingenciesOf(changes)) {
    queries.push_back(store::FindContingencyQuery(IdOf(contingency)));
  }
  for (AccountKey& ceiling : CeilingsOf(payments, FromProto(request.effective_date()))) {
    ledger::Line& line = journal.lines.emplace_back();
    line.debit = IdOf(ceiling);
    queries.push_back(ledger::FindAccountQuery(line.debit));
    ceiling.stage = Stage::kCeilingPaid;
    line.credit = IdOf(ceiling);
  }
  std::vector<db::BoundStatement> of_ledger =
      ledger::FirstQueries(ContextOf(call, province_code), journal);
  std::move(of_ledger.begin(), of_ledger.end(), std::back_inserter(queries));
  return queries;
}

void ValidatePostJournal(const v1::PostJournalRequest& request, error::Violations& violations) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  CheckJournalId(request.journal_id(), "journal_id", violations);
  CheckAct(request.act(), violations);
  for (int i = 0; i < request.transfers_size(); ++i) {
    const v1::Transfer& transfer = request.transfers(i);
    const std::string field = absl::StrCat("transfers[", i, "]");
    CheckTransfer(transfer, {.province_code = province_code, .body = request.body()}, field,
                  violations);
    if (transfer.kind() != v1::TRANSFER_KIND_VOID && transfer.amount_vnd() <= 0) {
      violations.Add(absl::StrCat(field, ".amount_vnd"), "is above 0");
    }
  }
  if (request.revenue_vnd() < 0) violations.Add("revenue_vnd", "must not be negative");
  if (request.supplements_vnd() < 0) violations.Add("supplements_vnd", "must not be negative");
}

namespace {

// Whether the lines of a journal may be undone on a day. What a credit line has drawn is its own
// count: only its own RPCs move its money.
absl::Status CheckUndone(const Env& env, db::Tx& tx, absl::string_view province_code,
                         const ledger::JournalRecord& record, absl::CivilDay day) {
  Lawful lawful(env, tx);
  for (const ledger::Line& line : record.entered.journal.lines) {
    const auto key_of = [&](const ledger::AccountId& id) {
      return KeyOf(id.province_code.empty() ? province_code : id.province_code, id.id);
    };
    const std::optional<AccountKey> debit = key_of(line.debit);
    const std::optional<AccountKey> credit = key_of(line.credit);
    for (const std::optional<AccountKey>* key : {&debit, &credit}) {
      if (*key && IsOfCreditLine(**key)) return CheckReserved(**key);
    }
    if (debit && credit) RETURN_IF_ERROR(lawful.CheckUndone(*debit, *credit, day));
  }
  return absl::OkStatus();
}

// Accounts of ceilings that the journal took from or filled, and that were lifted since.
absl::StatusOr<std::vector<store::AccountRow>> LiftedOf(db::Tx& tx, absl::string_view province_code,
                                                        const ledger::JournalRecord& record) {
  std::vector<store::AccountRow> lifted;
  if (!record.reversed_by.empty()) return lifted;
  std::set<std::string> seen;
  for (const ledger::Line& line : record.entered.journal.lines) {
    for (const ledger::AccountId* id : {&line.debit, &line.credit}) {
      const std::optional<AccountKey> key = KeyOf(province_code, id->id);
      if (!key || !IsOfCeiling(key->stage) || !seen.insert(id->id).second) continue;
      ASSIGN_OR_RETURN(auto row, store::FindAccount(tx, province_code, id->id));
      if (row.has_value() && !row->close_act.empty()) lifted.push_back(*std::move(row));
    }
  }
  return lifted;
}

// What a payment took comes back to its ceilings, whether or not they were lifted since: those are
// opened for it, and stay lifted.
absl::StatusOr<v1::Journal> EnterUnderLifted(const Call& call, Events& events, db::Tx& tx,
                                             std::vector<store::AccountRow> lifted,
                                             const Posting& posting, ContingencyBounds& bounds) {
  const absl::CivilDay today = VietnamDay(call.now);
  std::vector<std::string> acts;
  for (store::AccountRow& row : lifted) {
    acts.push_back(row.close_act);
    RETURN_IF_ERROR(SetClosed(events, tx, row, "", today));
  }
  absl::StatusOr<v1::Journal> entered = Enter(call, events, tx, posting, &bounds);
  // After a refusal too: what the ledger refused stays.
  for (size_t i = 0; i < lifted.size(); ++i) {
    RETURN_IF_ERROR(SetClosed(events, tx, lifted[i], acts[i], today));
  }
  return entered;
}

}  // namespace

absl::StatusOr<v1::ReverseJournalResponse> ReverseJournal(const Env& env, const Call& call,
                                                          const v1::ReverseJournalRequest& request,
                                                          db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.name());
  const std::string id(IdIn(request.name()));
  ASSIGN_OR_RETURN(const auto record, ledger::FindJournal(tx, province_code, id));
  Periods periods(tx);
  ContingencyBounds bounds(env, tx);
  std::vector<store::AccountRow> lifted;
  if (record.has_value()) {
    RETURN_IF_ERROR(CheckLedgers(province_code, request, *record));
    const absl::CivilDay day = FromProto(request.effective_date());
    RETURN_IF_ERROR(CheckUndone(env, tx, province_code, *record, day));
    RETURN_IF_ERROR(periods.Check(province_code, record->entered.journal.lines, day));
    RETURN_IF_ERROR(CheckEstimates(*record, bounds));
    ASSIGN_OR_RETURN(lifted, LiftedOf(tx, province_code, *record));
  }
  Events events(env, call, tx);
  v1::ReverseJournalResponse response;
  ASSIGN_OR_RETURN(*response.mutable_journal(),
                   EnterUnderLifted(call, events, tx, std::move(lifted),
                                    {.province_code = std::string(province_code),
                                     .journal_id = request.journal_id(),
                                     .effective_day = FromProto(request.effective_date()),
                                     .act = request.act().number(),
                                     .text = request.reason(),
                                     .reverses = id,
                                     .kind = std::string(kReversed)},
                                    bounds));
  return response;
}

void ValidateReverseJournal(const v1::ReverseJournalRequest& request,
                            error::Violations& violations) {
  CheckJournalId(request.journal_id(), "journal_id", violations);
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::GetJournalResponse> GetJournal(const Env&, const Call&,
                                                  const v1::GetJournalRequest& request,
                                                  db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.name());
  const std::string id(IdIn(request.name()));
  ASSIGN_OR_RETURN(const auto record, ledger::FindJournal(tx, province_code, id));
  if (!record.has_value()) return NotFound(request.name());
  ASSIGN_OR_RETURN(const auto decisions, store::FindDecisions(tx, province_code, {id}));
  v1::GetJournalResponse response;
  *response.mutable_journal() = RecordedJournal(province_code, *record, decisions[0]);
  ASSIGN_OR_RETURN(*response.mutable_journal()->mutable_principal(),
                   PrincipalOf(tx, province_code, record->entered.journal));
  return response;
}

absl::StatusOr<v1::ListJournalsResponse> ListJournals(const Env& env, const Call&,
                                                      const v1::ListJournalsRequest& request,
                                                      db::Tx& tx) {
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open(kListMethod, query, request.page_token()));
  ASSIGN_OR_RETURN(const Page page, PageOf(tx, request, after, static_cast<size_t>(size)));
  ASSIGN_OR_RETURN(const auto records, ledger::FindJournals(tx, province_code, page.ids));
  ASSIGN_OR_RETURN(const auto decisions, store::FindDecisions(tx, province_code, page.ids));
  v1::ListJournalsResponse response;
  for (size_t i = 0; i < records.size(); ++i) {
    if (!records[i].has_value()) continue;
    *response.add_journals() = RecordedJournal(province_code, *records[i], decisions[i]);
  }
  if (!page.end) {
    response.set_next_page_token(env.pages->Seal(kListMethod, query, page.last_looked_at));
  }
  return response;
}

void ValidateListJournals(const v1::ListJournalsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  if (request.has_from_date() && request.has_until_date() &&
      FromProto(request.until_date()) < FromProto(request.from_date())) {
    violations.Add("until_date", "must not be before from_date");
  }
}

}  // namespace twotier::budget::handlers
