#include "services/budget/handlers/transfers.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/ledger/reads.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/domain/spending.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/store/reference_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr size_t kJournalIdBytesMax = 64;

// Id of the journal that a reference names; the dispatcher has checked the form.
absl::string_view JournalIdOf(absl::string_view name) { return name.substr(name.rfind('/') + 1); }

bool IsNew(v1::TransferKind kind) {
  return kind == v1::TRANSFER_KIND_POST || kind == v1::TRANSFER_KIND_HOLD;
}

// What rests on a decision says whose; an estimate is one, and approved or not.
void CheckDecided(Stage from, Stage to, bool held, const TransfersOf& call, const std::string& at,
                  error::Violations& violations) {
  if (call.body == v1::BODY_UNSPECIFIED && !DecidedBy(from, to).empty()) {
    violations.Add("body", absl::StrCat("is who decided that money goes from ", NameOf(from),
                                        " to ", NameOf(to)));
  }
  if (!IsApproval(from, to)) return;
  if (held) violations.Add(at + "kind", "is POST where an estimate is approved");
  if (call.of_batch) violations.Add(at + "debit_account", "is no estimate: a journal approves it");
}

void CheckNew(const v1::Transfer& transfer, const TransfersOf& call, const std::string& at,
              error::Violations& violations) {
  const absl::string_view province_code = call.province_code;
  const bool held = transfer.kind() == v1::TRANSFER_KIND_HOLD;
  const std::optional<AccountKey> debit = KeyOfName(transfer.debit_account());
  const std::optional<AccountKey> credit = KeyOfName(transfer.credit_account());
  if (!debit || debit->province_code != province_code) {
    violations.Add(at + "debit_account", "is an account of the ledger's province");
  }
  if (!credit) {
    violations.Add(at + "credit_account", "is an account");
  } else if (held && credit->province_code != province_code) {
    // What settles it must not need another province's ledger.
    violations.Add(at + "credit_account", "of a hold is an account of the ledger's province");
  }
  if (debit && credit) CheckDecided(debit->stage, credit->stage, held, call, at, violations);
  if (transfer.has_hold()) violations.Add(at + "hold", "is set to settle or void one, only");
  const bool fits =
      held ? transfer.working_days() >= 1 && transfer.working_days() <= kHoldWorkingDaysMax
           : transfer.working_days() == 0;
  if (!fits) {
    violations.Add(at + "working_days",
                   absl::StrCat("is from 1 to ", kHoldWorkingDaysMax, " for a hold, else not set"));
  }
}

void CheckFollowing(const v1::Transfer& transfer, absl::string_view province_code,
                    const std::string& at, error::Violations& violations) {
  for (const auto& [field, name] : {std::pair("debit_account", &transfer.debit_account()),
                                    std::pair("credit_account", &transfer.credit_account())}) {
    if (!name->empty()) violations.Add(at + field, "is the hold's: it is not set");
  }
  if (!transfer.has_hold() || transfer.hold().number() < 1 ||
      ProvinceCodeOf(transfer.hold().journal()) != province_code) {
    violations.Add(at + "hold", "names a transfer of a journal of this ledger");
  }
  if (transfer.kind() == v1::TRANSFER_KIND_VOID && transfer.amount_vnd() != 0) {
    violations.Add(at + "amount_vnd", "is all that is left: it is not set");
  }
  if (transfer.working_days() != 0) violations.Add(at + "working_days", "is set for a hold only");
}

// What a well-formed transfer says, asked of nobody, without the accounts of a new one.
ledger::Line PlainLine(const v1::Transfer& transfer) {
  ledger::Line line{.kind = static_cast<ledger::Kind>(transfer.kind()),
                    .amount = transfer.amount_vnd(),
                    .text = transfer.text()};
  if (!IsNew(transfer.kind())) {
    line.hold = {std::string(JournalIdOf(transfer.hold().journal())), transfer.hold().number()};
  }
  return line;
}

}  // namespace

void CheckJournalId(absl::string_view id, absl::string_view field, error::Violations& violations) {
  const bool fits = !id.empty() && id.size() <= kJournalIdBytesMax &&
                    std::all_of(id.begin(), id.end(), [](char c) {
                      return absl::ascii_isalnum(c) || c == '-' || c == '_';
                    });
  // `~` is in the ids of what the service enters by itself.
  if (!fits) violations.Add(field, "has 1 to 64 letters, digits, `-` and `_`");
}

void CheckTransfer(const v1::Transfer& transfer, const TransfersOf& call, absl::string_view field,
                   error::Violations& violations) {
  const std::string at = absl::StrCat(field, ".");
  if (IsNew(transfer.kind())) {
    CheckNew(transfer, call, at, violations);
  } else if (transfer.kind() == v1::TRANSFER_KIND_SETTLE ||
             transfer.kind() == v1::TRANSFER_KIND_VOID) {
    CheckFollowing(transfer, call.province_code, at, violations);
  } else {
    violations.Add(at + "kind", "is POST, HOLD, SETTLE or VOID");
  }
}

bool Holds(absl::Span<const ledger::Line> lines) {
  return absl::c_any_of(lines,
                        [](const ledger::Line& line) { return line.kind == ledger::Kind::kHold; });
}

absl::StatusOr<std::vector<ledger::Line>> LinesAgain::Make(
    absl::Span<const v1::Transfer* const> transfers, const ledger::JournalRecord& entered) {
  std::vector<ledger::Line> lines;
  lines.reserve(transfers.size());
  for (const v1::Transfer* transfer : transfers) {
    ASSIGN_OR_RETURN(ledger::Line line, MakeLine(*transfer, entered));
    lines.push_back(std::move(line));
  }
  return lines;
}

absl::StatusOr<ledger::Line> LinesAgain::MakeLine(const v1::Transfer& transfer,
                                                  const ledger::JournalRecord& entered) {
  ledger::Line line = PlainLine(transfer);
  if (IsNew(transfer.kind())) {
    line.debit = IdOf(*KeyOfName(transfer.debit_account()));
    line.credit = IdOf(*KeyOfName(transfer.credit_account()));
  }
  if (line.kind != ledger::Kind::kHold) return line;
  if (instant_ != entered.recorded) {
    ASSIGN_OR_RETURN(const auto reference, store::LoadReferenceAt(tx_, entered.recorded));
    calendar_ = reference == nullptr ? nullptr : reference->calendar;
    instant_ = entered.recorded;
  }
  const absl::CivilDay effective_day = entered.entered.journal.effective_day;
  // A hold that nobody could count then is not the one that was entered.
  line.expiry_day = effective_day;
  if (calendar_ == nullptr) return line;
  const auto expiry =
      calendar_->AddWorkingDays(effective_day, transfer.working_days(), province_code_);
  if (expiry.ok()) line.expiry_day = expiry->day;
  return line;
}

absl::StatusOr<ledger::Line> LineMaker::Make(const v1::Transfer& transfer) {
  if (!transfer.currency_code().empty() && transfer.currency_code() != kVnd) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the accounts are in VND, not ", transfer.currency_code()), "WRONG_CURRENCY",
        {{"currency_code", transfer.currency_code()},
         {"account_currency_code", std::string(kVnd)}});
  }
  ledger::Line line = PlainLine(transfer);
  if (IsNew(transfer.kind())) return MakeNew(transfer, std::move(line));
  RETURN_IF_ERROR(CheckFollowing(line));
  return line;
}

const LineMaker::Account& LineMaker::AccountOf(const std::string& name) {
  const auto [it, is_new] = accounts_.try_emplace(name);
  if (is_new) {
    it->second.key = *KeyOfName(name);
    it->second.id = IdOf(it->second.key);
  }
  return it->second;
}

absl::StatusOr<ledger::Line> LineMaker::MakeNew(const v1::Transfer& transfer, ledger::Line line) {
  const auto& [debit, debit_id] = AccountOf(transfer.debit_account());
  const auto& [credit, credit_id] = AccountOf(transfer.credit_account());
  line.debit = debit_id;
  line.credit = credit_id;
  RETURN_IF_ERROR(CheckReserved(debit));
  RETURN_IF_ERROR(CheckReserved(credit));
  RETURN_IF_ERROR(CheckStep(debit, credit));
  RETURN_IF_ERROR(lawful_.CheckMover(Mover::kTransfer, debit, credit));
  RETURN_IF_ERROR(lawful_.CheckCodes(debit));
  RETURN_IF_ERROR(lawful_.CheckCodes(credit));
  RETURN_IF_ERROR(CheckDay(debit, credit, /*settles=*/false));
  RETURN_IF_ERROR(lawful_.CheckBody(debit, credit, body_));
  if (line.kind != ledger::Kind::kHold) {
    Note(debit, credit, line.amount);
    return line;
  }
  if (calendar_ == nullptr) {
    ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env_, tx_));
    calendar_ = snapshot->reference->calendar;
  }
  ASSIGN_OR_RETURN(
      const calendar::DayResult expiry,
      calendar_->AddWorkingDays(effective_day_, transfer.working_days(), province_code_));
  if (expiry.day < today_) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             "the last day of the hold is over", "HOLD_EXPIRED",
                             {{"expiry_date", absl::FormatCivilTime(expiry.day)}});
  }
  line.expiry_day = expiry.day;
  return line;
}

absl::Status LineMaker::CheckFollowing(const ledger::Line& line) {
  ASSIGN_OR_RETURN(const auto hold, ledger::FindHold(tx_, province_code_, line.hold));
  if (!hold.has_value()) return absl::OkStatus();  // The ledger says that there is no such hold.
  const auto debit = KeyOf(hold->debit.province_code, hold->debit.id);
  const auto credit = KeyOf(hold->credit.province_code, hold->credit.id);
  if (!debit || !credit) return absl::OkStatus();
  // What is let go pays nothing.
  if (line.kind == ledger::Kind::kSettle) {
    Note(*debit, *credit, line.amount);
    return CheckDay(*debit, *credit, /*settles=*/true);
  }
  RETURN_IF_ERROR(periods_.Check(*debit, effective_day_));
  return periods_.Check(*credit, effective_day_);
}

void LineMaker::Note(const AccountKey& debit, const AccountKey& credit, int64_t amount) {
  if (IsPayment(debit.stage, credit.stage)) payments_.push_back({debit, amount});
  if (ChangesEstimate(debit, credit)) changes_.push_back({debit, credit, amount});
}

absl::Status LineMaker::CheckDay(const AccountKey& debit, const AccountKey& credit, bool settles) {
  RETURN_IF_ERROR(periods_.Check(debit, effective_day_));
  RETURN_IF_ERROR(periods_.Check(credit, effective_day_));
  return lawful_.CheckDay(debit, credit, settles, effective_day_);
}

}  // namespace twotier::budget::handlers
