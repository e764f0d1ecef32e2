#include "services/budget/handlers/transfers.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {
namespace {

constexpr size_t kJournalIdBytesMax = 64;

// Id of the journal that a reference names; the dispatcher has checked the form.
absl::string_view JournalIdOf(absl::string_view name) { return name.substr(name.rfind('/') + 1); }

bool IsNew(v1::TransferKind kind) {
  return kind == v1::TRANSFER_KIND_POST || kind == v1::TRANSFER_KIND_HOLD;
}

void CheckNew(const v1::Transfer& transfer, absl::string_view province_code, const std::string& at,
              error::Violations& violations) {
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

}  // namespace

void CheckJournalId(absl::string_view id, absl::string_view field, error::Violations& violations) {
  const bool fits = !id.empty() && id.size() <= kJournalIdBytesMax &&
                    std::all_of(id.begin(), id.end(), [](char c) {
                      return absl::ascii_isalnum(c) || c == '-' || c == '_';
                    });
  if (!fits) violations.Add(field, "has 1 to 64 letters, digits, `-` and `_`");
}

absl::Status NoCalendar() {
  return error::WithRetryAfter(
      error::WithReason(absl::StatusCode::kUnavailable, "the calendar is not loaded yet",
                        "SNAPSHOT_NOT_READY"),
      absl::Seconds(1));
}

void CheckTransfer(const v1::Transfer& transfer, absl::string_view province_code,
                   absl::string_view field, error::Violations& violations) {
  const std::string at = absl::StrCat(field, ".");
  if (IsNew(transfer.kind())) {
    CheckNew(transfer, province_code, at, violations);
  } else if (transfer.kind() == v1::TRANSFER_KIND_SETTLE ||
             transfer.kind() == v1::TRANSFER_KIND_VOID) {
    CheckFollowing(transfer, province_code, at, violations);
  } else {
    violations.Add(at + "kind", "is POST, HOLD, SETTLE or VOID");
  }
}

absl::StatusOr<ledger::Line> LineOf(const v1::Transfer& transfer, absl::string_view province_code,
                                    absl::CivilDay effective_day,
                                    const calendar::Calendar* calendar) {
  if (!transfer.currency_code().empty() && transfer.currency_code() != kVnd) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the accounts are in VND, not ", transfer.currency_code()), "WRONG_CURRENCY",
        {{"currency_code", transfer.currency_code()},
         {"account_currency_code", std::string(kVnd)}});
  }
  ledger::Line line{.kind = static_cast<ledger::Kind>(transfer.kind()),
                    .amount = transfer.amount_vnd(),
                    .text = transfer.text()};
  if (!IsNew(transfer.kind())) {
    line.hold = {std::string(JournalIdOf(transfer.hold().journal())), transfer.hold().number()};
    return line;
  }
  const AccountKey debit = *KeyOfName(transfer.debit_account());
  const AccountKey credit = *KeyOfName(transfer.credit_account());
  RETURN_IF_ERROR(CheckReserved(debit));
  RETURN_IF_ERROR(CheckReserved(credit));
  RETURN_IF_ERROR(CheckStep(debit, credit));
  line.debit = IdOf(debit);
  line.credit = IdOf(credit);
  if (transfer.kind() == v1::TRANSFER_KIND_HOLD) {
    ASSIGN_OR_RETURN(
        const calendar::DayResult expiry,
        calendar->AddWorkingDays(effective_day, transfer.working_days(), province_code));
    line.expiry_day = expiry.day;
  }
  return line;
}

}  // namespace twotier::budget::handlers
