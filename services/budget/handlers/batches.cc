// Many transfers in one call, each with its own answer.
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ledger/reads.h"
#include "common/ledger/store.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/handlers/contingency_bounds.h"
#include "services/budget/handlers/decided.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/journals.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/handlers/transfers.h"
#include "services/budget/handlers/under_ceilings.h"

namespace twotier::budget::handlers {
namespace {

// Transfers that are entered together.
struct Chain {
  Paying paying = {};
  int size = 0;
  std::vector<EstimateChange> changes = {};
  int changes_at = 0;  // The last transfer that changes an estimate.
  // Why it was refused before the ledger was asked, and which of its transfers is to blame.
  absl::Status refused = {};
  int refused_at = 0;
};

void FillReason(const absl::Status& status, v1::TransferResult* out) {
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  if (!reason.has_value()) return;
  out->set_reason(reason->reason);
  out->set_message(std::string(status.message()));
  for (const auto& [key, value] : reason->metadata) {
    if (key == "account") out->set_account(value);
  }
}

void FillRefusal(const ledger::Refusal& refusal, v1::TransferResult* out) {
  out->set_reason(std::string(ledger::ReasonOf(refusal.why)));
  if (!refusal.account.id.empty()) out->set_account(NameOf(refusal.account));
  out->set_available_vnd(refusal.available);
  out->set_asked_vnd(refusal.asked);
  out->set_held_vnd(refusal.held);
  if (refusal.why == ledger::Why::kIdTaken) {
    out->set_message(absl::StrCat("the id belongs to a journal with another ", refusal.field));
  }
}

// Makes the chains of a request, each with its lines or with why it has none.
class ChainMaker {
 public:
  ChainMaker(const Env& env, const Call& call, const v1::BatchCreateTransfersRequest& request,
             std::string subject, db::Tx& tx)
      : request_(request),
        subject_(std::move(subject)),
        lines_(env, tx, ProvinceCodeOf(request.parent()), FromProto(request.effective_date()),
               VietnamDay(call.now), static_cast<Body>(request.body())) {}

  absl::StatusOr<std::vector<Chain>> Make() {
    std::vector<Chain> chains;
    bool linked = false;
    for (const v1::BatchedTransfer& transfer : request_.transfers()) {
      if (!linked) chains.push_back(Begin(transfer));
      RETURN_IF_ERROR(Add(transfer.transfer(), chains.back()));
      linked = transfer.linked();
    }
    return chains;
  }

 private:
  Chain Begin(const v1::BatchedTransfer& transfer) const {
    return {.paying = {.journal = {.id = transfer.journal_id(),
                                   .effective_day = FromProto(request_.effective_date()),
                                   .act = request_.act().number(),
                                   .text = request_.text(),
                                   .subject = subject_,
                                   .version = 1}}};
  }

  // An error is one of the database; a refusal is noted.
  absl::Status Add(const v1::Transfer& transfer, Chain& chain) {
    ++chain.size;
    if (!chain.refused.ok()) return absl::OkStatus();
    absl::StatusOr<ledger::Line> line = lines_.Make(transfer);
    for (Payment& payment : lines_.TakePayments()) {
      chain.paying.payments.push_back(std::move(payment));
    }
    for (EstimateChange& change : lines_.TakeChanges()) {
      chain.changes.push_back(std::move(change));
      chain.changes_at = chain.size - 1;
    }
    if (line.ok()) {
      chain.paying.journal.lines.push_back(*std::move(line));
      return absl::OkStatus();
    }
    if (!absl::IsFailedPrecondition(line.status())) return line.status();
    chain.refused = line.status();
    chain.refused_at = chain.size - 1;
    return absl::OkStatus();
  }

  const v1::BatchCreateTransfersRequest& request_;
  const std::string subject_;
  LineMaker lines_;
};

// Refuses the chains that a contingency does not bear, one after the other. One that is there
// already has its answer.
absl::Status CheckEstimates(db::Tx& tx, absl::string_view province_code, std::vector<Chain>& chains,
                            ContingencyBounds& bounds) {
  std::vector<Chain*> changing;
  std::vector<std::string> ids;
  for (Chain& chain : chains) {
    if (!chain.refused.ok() || chain.changes.empty()) continue;
    changing.push_back(&chain);
    ids.push_back(chain.paying.journal.id);
  }
  if (changing.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto records, ledger::FindJournals(tx, province_code, ids));
  for (size_t i = 0; i < changing.size(); ++i) {
    if (records[i].has_value()) continue;
    const absl::Status status = bounds.Check(changing[i]->changes);
    if (!status.ok() && !absl::IsFailedPrecondition(status)) return status;
    changing[i]->refused = status;
    changing[i]->refused_at = changing[i]->changes_at;
  }
  return absl::OkStatus();
}

// The lines of a chain whose first transfer is at `begin`, as they were made when it was entered.
absl::StatusOr<std::vector<ledger::Line>> MadeAgain(const v1::BatchCreateTransfersRequest& request,
                                                    int begin, int size,
                                                    const ledger::JournalRecord& entered,
                                                    LinesAgain& again) {
  std::vector<const v1::Transfer*> transfers;
  for (int i = begin; i < begin + size; ++i) transfers.push_back(&request.transfers(i).transfer());
  return again.Make(transfers, entered);
}

// Chains that were refused, and were entered by their ids before: they have their answers, whatever
// has been closed, or is listed no more, since.
absl::Status TakeBackEntered(db::Tx& tx, absl::string_view province_code,
                             const v1::BatchCreateTransfersRequest& request, LinesAgain& again,
                             std::vector<Chain>& chains) {
  std::vector<std::string> ids;
  for (const Chain& chain : chains) {
    if (!chain.refused.ok()) ids.push_back(chain.paying.journal.id);
  }
  if (ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto records, ledger::FindJournals(tx, province_code, ids));
  auto record = records.begin();
  int first = 0;
  for (Chain& chain : chains) {
    const int begin = std::exchange(first, first + chain.size);
    if (chain.refused.ok() || !(record++)->has_value()) continue;
    ASSIGN_OR_RETURN(chain.paying.journal.lines,
                     MadeAgain(request, begin, chain.size, **std::prev(record), again));
    chain.paying.entered = true;
    chain.refused = absl::OkStatus();
  }
  return absl::OkStatus();
}

void Answer(const Chain& chain, const ledger::Outcome* outcome,
            v1::BatchCreateTransfersResponse* response) {
  for (int i = 0; i < chain.size; ++i) {
    v1::TransferResult* result = response->add_results();
    if (outcome == nullptr) {
      result->set_reason("OTHER_LINE_REFUSED");
      if (i == chain.refused_at) FillReason(chain.refused, result);
      continue;
    }
    result->set_repeated(outcome->repeated);
    if (outcome->ok()) {
      if (!outcome->repeated) response->set_entered(response->entered() + 1);
      continue;
    }
    const std::optional<ledger::Why> why = ledger::WhyOfLine(*outcome, i + 1);
    // What a ceiling refuses, it refuses to all that was to be paid together.
    const bool by_ceiling = outcome->refusal->line > chain.size;
    if (by_ceiling || *why == outcome->refusal->why) {
      FillRefusal(*outcome->refusal, result);
    } else {
      result->set_reason(std::string(ledger::ReasonOf(*why)));
    }
  }
}

}  // namespace

absl::StatusOr<v1::BatchCreateTransfersResponse> BatchCreateTransfers(
    const Env& env, const Call& call, const v1::BatchCreateTransfersRequest& request, db::Tx& tx) {
  const std::string province_code(ProvinceCodeOf(request.parent()));
  const std::string subject = absl::StrCat(request.parent(), "/batches/", call.new_id);
  ASSIGN_OR_RETURN(std::vector<Chain> chains, ChainMaker(env, call, request, subject, tx).Make());
  ContingencyBounds bounds(env, tx);
  RETURN_IF_ERROR(CheckEstimates(tx, province_code, chains, bounds));
  LinesAgain again(tx, province_code);
  RETURN_IF_ERROR(TakeBackEntered(tx, province_code, request, again, chains));
  std::vector<Paying> paying;
  std::vector<const ledger::Journal*> journals;
  int first = 0;
  for (const Chain& chain : chains) {
    const int begin = std::exchange(first, first + chain.size);
    if (!chain.refused.ok()) continue;
    paying.push_back(chain.paying);
    if (Holds(chain.paying.journal.lines)) {
      paying.back().again = [&request, &again, begin, size = chain.size](const auto& entered) {
        return MadeAgain(request, begin, size, entered, again);
      };
    }
    journals.push_back(&chain.paying.journal);
  }
  ASSIGN_OR_RETURN(std::vector<ledger::Outcome> outcomes,
                   PostUnderCeilings(tx, ContextOf(call, province_code), std::move(paying)));
  const store::DecisionRow decision{.body = static_cast<Body>(request.body())};
  RETURN_IF_ERROR(KeepDecision(tx, province_code, decision, journals, outcomes));
  v1::BatchCreateTransfersResponse response;
  std::vector<std::string> entered;
  size_t next = 0;
  for (const Chain& chain : chains) {
    const ledger::Outcome* outcome = chain.refused.ok() ? &outcomes[next++] : nullptr;
    Answer(chain, outcome, &response);
    if (outcome != nullptr && outcome->ok() && !outcome->repeated) {
      entered.push_back(JournalName(province_code, chain.paying.journal.id));
      if (!chain.changes.empty()) bounds.Note(chain.paying.journal, outcome->lines);
    }
  }
  if (entered.empty()) return response;
  RETURN_IF_ERROR(bounds.Write());
  Events events(env, call, tx);
  RETURN_IF_ERROR(events.AppendPosted(province_code, subject, entered, decision));
  return response;
}

void ValidateBatchCreateTransfers(const v1::BatchCreateTransfersRequest& request,
                                  error::Violations& violations) {
  CheckAct(request.act(), violations);
  const absl::string_view province_code = ProvinceCodeOf(request.parent());
  std::set<absl::string_view> ids;
  bool linked = false;
  for (int i = 0; i < request.transfers_size(); ++i) {
    const v1::BatchedTransfer& transfer = request.transfers(i);
    const std::string field = absl::StrCat("transfers[", i, "]");
    const std::string id_field = absl::StrCat(field, ".journal_id");
    if (linked) {
      if (!transfer.journal_id().empty()) {
        violations.Add(id_field, "is not set where the transfer before is linked");
      }
    } else {
      CheckJournalId(transfer.journal_id(), id_field, violations);
      if (!ids.insert(transfer.journal_id()).second) {
        violations.Add(id_field, "stands in the request already");
      }
    }
    CheckTransfer(transfer.transfer(),
                  {.province_code = province_code, .body = request.body(), .of_batch = true},
                  absl::StrCat(field, ".transfer"), violations);
    linked = transfer.linked();
  }
  if (linked) violations.Add("transfers", "the last one is linked to nothing");
}

}  // namespace twotier::budget::handlers
