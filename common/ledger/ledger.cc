#include "common/ledger/ledger.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier::ledger {
namespace {

std::string MessageOf(const Refusal& refusal) {
  std::string message(ReasonOf(refusal.why));
  if (refusal.line > 0) absl::StrAppend(&message, " in line ", refusal.line);
  if (!refusal.account.id.empty()) absl::StrAppend(&message, ", account ", refusal.account.id);
  if (!refusal.field.empty()) absl::StrAppend(&message, ", field ", refusal.field);
  if (refusal.asked != 0) {
    absl::StrAppend(&message, ": asked ", refusal.asked, ", available ", refusal.available,
                    ", held ", refusal.held);
  }
  return message;
}

error::Metadata MetadataOf(const Refusal& refusal) {
  error::Metadata metadata;
  if (refusal.line > 0) metadata.emplace_back("line", absl::StrCat(refusal.line));
  if (!refusal.account.id.empty()) metadata.emplace_back("account", refusal.account.id);
  if (!refusal.field.empty()) metadata.emplace_back("field", refusal.field);
  if (refusal.asked != 0) {
    metadata.emplace_back("available", absl::StrCat(refusal.available));
    metadata.emplace_back("asked", absl::StrCat(refusal.asked));
    metadata.emplace_back("held", absl::StrCat(refusal.held));
  }
  return metadata;
}

absl::StatusCode CodeOf(Why why) {
  switch (why) {
    case Why::kIdTaken:
      return absl::StatusCode::kAlreadyExists;
    case Why::kMalformed:
    case Why::kAmountNotPositive:
    case Why::kSameAccount:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

int64_t AvailableOf(Limit limit, const Totals& totals) {
  switch (limit) {
    case Limit::kNone:
      break;
    case Limit::kDebitsWithinCredits:
      return totals.credits_posted - totals.debits_posted - totals.debits_pending;
    case Limit::kCreditsWithinDebits:
      return totals.debits_posted - totals.credits_posted - totals.credits_pending;
  }
  return std::numeric_limits<int64_t>::max();
}

absl::string_view ReasonOf(Why why) {
  switch (why) {
    case Why::kLimitExceeded:
      return "LIMIT_EXCEEDED";
    case Why::kAccountUnknown:
      return "ACCOUNT_UNKNOWN";
    case Why::kAccountClosed:
      return "ACCOUNT_CLOSED";
    case Why::kBeforeOpening:
      return "BEFORE_ACCOUNT_OPENED";
    case Why::kInFuture:
      return "EFFECTIVE_IN_FUTURE";
    case Why::kUnitMismatch:
      return "UNIT_MISMATCH";
    case Why::kOverflow:
      return "AMOUNT_OVERFLOW";
    case Why::kHoldUnknown:
      return "HOLD_UNKNOWN";
    case Why::kHoldSettled:
      return "HOLD_SETTLED";
    case Why::kHoldVoided:
      return "HOLD_VOIDED";
    case Why::kHoldExpired:
      return "HOLD_EXPIRED";
    case Why::kHoldNotDue:
      return "HOLD_NOT_DUE";
    case Why::kBeyondHold:
      return "BEYOND_HOLD";
    case Why::kJournalUnknown:
      return "JOURNAL_UNKNOWN";
    case Why::kJournalReversed:
      return "JOURNAL_REVERSED";
    case Why::kNotReversible:
      return "JOURNAL_NOT_REVERSIBLE";
    case Why::kBeforeOriginal:
      return "BEFORE_ORIGINAL";
    case Why::kOtherLineRefused:
      return "OTHER_LINE_REFUSED";
    case Why::kIdTaken:
      return "JOURNAL_ID_TAKEN";
    case Why::kMalformed:
      return "MALFORMED_JOURNAL";
    case Why::kAmountNotPositive:
      return "AMOUNT_NOT_POSITIVE";
    case Why::kSameAccount:
      return "SAME_ACCOUNT";
  }
  return "MALFORMED_JOURNAL";
}

absl::Status ToStatus(const Refusal& refusal) {
  const absl::StatusCode code = CodeOf(refusal.why);
  absl::Status status =
      error::WithReason(code, MessageOf(refusal), ReasonOf(refusal.why), MetadataOf(refusal));
  if (code != absl::StatusCode::kInvalidArgument || refusal.field.empty()) return status;
  return error::WithViolations(std::move(status), {{refusal.field, MessageOf(refusal)}});
}

std::optional<Why> WhyOfLine(const Outcome& outcome, int64_t line) {
  if (outcome.ok()) return std::nullopt;
  const bool itself = outcome.refusal->line == 0 || outcome.refusal->line == line;
  return itself ? outcome.refusal->why : Why::kOtherLineRefused;
}

}  // namespace twotier::ledger
