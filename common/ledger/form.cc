#include "common/ledger/form.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace twotier::ledger {
namespace {

using MayRefuse = std::optional<Refusal>;

std::string FieldOf(int64_t number, absl::string_view name) {
  return absl::StrCat("lines[", number - 1, "].", name);
}

MayRefuse Malformed(int64_t number, absl::string_view name) {
  return Refusal{.why = Why::kMalformed,
                 .line = number,
                 .field = number == 0 ? std::string(name) : FieldOf(number, name)};
}

bool IsId(absl::string_view id) { return !id.empty() && id.size() <= kIdBytesMax; }

bool IsEmpty(const AccountId& id) { return id == AccountId(); }

bool IsAccountId(const AccountId& id) { return IsId(id.province_code) && IsId(id.id); }

// A new transfer names its accounts.
MayRefuse CheckNew(const Journal& journal, const Line& line, int64_t number) {
  if (!IsAccountId(line.debit)) return Malformed(number, "debit");
  if (!IsAccountId(line.credit)) return Malformed(number, "credit");
  if (line.debit == line.credit) {
    return Refusal{.why = Why::kSameAccount, .line = number, .account = line.debit};
  }
  if (line.hold != LineId()) return Malformed(number, "hold");
  const bool dated = line.kind == Kind::kHold ? line.expiry_day >= journal.effective_day
                                              : line.expiry_day == absl::CivilDay();
  if (!dated) return Malformed(number, "expiry_day");
  return std::nullopt;
}

// What follows a hold names it alone.
MayRefuse CheckFollowing(const Line& line, int64_t number) {
  if (!IsId(line.hold.journal) || line.hold.line < 1) return Malformed(number, "hold");
  if (!IsEmpty(line.debit)) return Malformed(number, "debit");
  if (!IsEmpty(line.credit)) return Malformed(number, "credit");
  if (line.expiry_day != absl::CivilDay()) return Malformed(number, "expiry_day");
  if (line.kind != Kind::kSettle && line.amount != 0) return Malformed(number, "amount");
  return std::nullopt;
}

MayRefuse CheckLine(const Journal& journal, const Line& line, int64_t number) {
  if (line.text.size() > kTextBytesMax) return Malformed(number, "text");
  MayRefuse refusal;
  switch (line.kind) {
    case Kind::kPost:
    case Kind::kHold:
      refusal = CheckNew(journal, line, number);
      break;
    case Kind::kSettle:
    case Kind::kVoid:
    case Kind::kExpire:
      refusal = CheckFollowing(line, number);
      break;
    default:  // kReversal, or no kind at all.
      return Malformed(number, "kind");
  }
  if (refusal.has_value()) return refusal;
  const bool has_amount = line.kind != Kind::kVoid && line.kind != Kind::kExpire;
  if (has_amount && line.amount <= 0) {
    return Refusal{.why = Why::kAmountNotPositive,
                   .line = number,
                   .field = FieldOf(number, "amount"),
                   .asked = line.amount};
  }
  return std::nullopt;
}

MayRefuse Taken(int64_t number, absl::string_view name) {
  return Refusal{.why = Why::kIdTaken,
                 .line = number,
                 .field = number == 0 ? std::string(name) : FieldOf(number, name)};
}

MayRefuse CompareLine(const Line& entered, const Line& asked, int64_t number) {
  if (entered.kind != asked.kind) return Taken(number, "kind");
  const bool is_new = asked.kind == Kind::kPost || asked.kind == Kind::kHold;
  if (is_new && entered.debit != asked.debit) return Taken(number, "debit");
  if (is_new && entered.credit != asked.credit) return Taken(number, "credit");
  if (entered.hold != asked.hold) return Taken(number, "hold");
  if ((is_new || asked.kind == Kind::kSettle) && entered.amount != asked.amount) {
    return Taken(number, "amount");
  }
  if (entered.expiry_day != asked.expiry_day) return Taken(number, "expiry_day");
  if (entered.text != asked.text) return Taken(number, "text");
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> CheckForm(const Journal& journal) {
  if (!IsId(journal.id)) return Malformed(0, "id");
  if (!IsId(journal.subject)) return Malformed(0, "subject");
  if (journal.version < 1) return Malformed(0, "version");
  if (journal.act.size() > kIdBytesMax) return Malformed(0, "act");
  if (journal.text.size() > kTextBytesMax) return Malformed(0, "text");
  const bool reverses = !journal.reverses.empty();
  if (reverses && !IsId(journal.reverses)) return Malformed(0, "reverses");
  if (reverses != journal.lines.empty() || journal.lines.size() > kLinesMax) {
    return Malformed(0, "lines");
  }
  int64_t number = 0;
  for (const Line& line : journal.lines) {
    if (MayRefuse refusal = CheckLine(journal, line, ++number)) return refusal;
  }
  return std::nullopt;
}

std::optional<Refusal> CompareWithEntered(const Journal& entered, const std::vector<Line>& lines,
                                          const Journal& asked) {
  if (entered.effective_day != asked.effective_day) return Taken(0, "effective_day");
  if (entered.act != asked.act) return Taken(0, "act");
  if (entered.text != asked.text) return Taken(0, "text");
  if (entered.reverses != asked.reverses) return Taken(0, "reverses");
  if (!asked.reverses.empty()) return std::nullopt;  // Its lines are the ledger's.
  if (lines.size() != asked.lines.size()) return Taken(0, "lines");
  for (size_t i = 0; i < asked.lines.size(); ++i) {
    const int64_t number = static_cast<int64_t>(i) + 1;
    if (MayRefuse refusal = CompareLine(lines[i], asked.lines[i], number)) return refusal;
  }
  return std::nullopt;
}

}  // namespace twotier::ledger
