#include "services/budget/domain/chain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/errors.h"

namespace twotier::budget {
namespace {

// How the lines of both accounts hang together.
enum class Lines {
  kAny,      // Money is given, or given back: another line may get it.
  kSame,     // It stays where it is.
  kNarrows,  // The receiving line is the paying one or a part of it.
  kWidens,   // The other way round.
};

// A step of the chain.
struct Step {
  Stage from;
  Stage to;
  bool same_unit;
  Lines lines;
  int years = 0;  // By how many the receiving account's is later.
};

constexpr Step kSteps[] = {
    // The unit puts its estimate together; the Council decides it (Law 89/2025/QH15, Article 46)
    // and
    // may decide other lines than were estimated.
    {Stage::kSource, Stage::kEstimate, true, Lines::kSame},
    {Stage::kEstimate, Stage::kApproved, true, Lines::kAny},
    // A supplement for a lower budget, decided above (Article 4).
    {Stage::kApproved, Stage::kApproved, false, Lines::kAny},
    // Assignment to who spends it (Article 46(7) and (8)), and back what is not to be spent there.
    {Stage::kApproved, Stage::kAllocated, false, Lines::kAny},
    {Stage::kAllocated, Stage::kApproved, false, Lines::kAny},
    // An adjustment takes and gives (Article 54).
    {Stage::kAllocated, Stage::kAdjusted, false, Lines::kAny},
    {Stage::kAdjusted, Stage::kAllocated, false, Lines::kAny},
    // A payment, and money that comes back.
    {Stage::kAllocated, Stage::kPaid, true, Lines::kNarrows},
    {Stage::kPaid, Stage::kAllocated, true, Lines::kWidens},
    // Final accounts (Article 71).
    {Stage::kPaid, Stage::kSettled, true, Lines::kSame},
    // What is left at the end of the year is carried over or cancelled (Article 66).
    {Stage::kAllocated, Stage::kCarriedOver, true, Lines::kSame},
    {Stage::kCarriedOver, Stage::kAllocated, true, Lines::kAny, 1},
    {Stage::kAllocated, Stage::kCancelled, true, Lines::kSame},
    {Stage::kApproved, Stage::kCancelled, true, Lines::kSame},
    {Stage::kCarriedOver, Stage::kCancelled, true, Lines::kSame},
};

// Whether `part` says all that `whole` says.
bool IsPartOf(const Line& part, const Line& whole) {
  const auto within = [](const std::string& narrow, const std::string& wide) {
    return wide.empty() || narrow == wide;
  };
  return within(part.chapter, whole.chapter) && within(part.item, whole.item) &&
         within(part.sub_item, whole.sub_item) && within(part.source, whole.source);
}

bool Fit(Lines lines, const Line& debit, const Line& credit) {
  switch (lines) {
    case Lines::kAny:
      return true;
    case Lines::kSame:
      return debit == credit;
    case Lines::kNarrows:
      return IsPartOf(credit, debit);
    case Lines::kWidens:
      return IsPartOf(debit, credit);
  }
  return false;
}

absl::Status Refuse(const AccountKey& credit, absl::string_view reason, absl::string_view message,
                    error::Metadata more = {}) {
  error::Metadata metadata = {{"account", NameOf(credit)}};
  metadata.insert(metadata.end(), more.begin(), more.end());
  return error::WithReason(absl::StatusCode::kFailedPrecondition, message, reason,
                           std::move(metadata));
}

}  // namespace

std::vector<Stage> StagesAfter(Stage from) {
  std::vector<Stage> stages;
  for (const Step& step : kSteps) {
    if (step.from == from) stages.push_back(step.to);
  }
  return stages;
}

absl::Status CheckStep(const AccountKey& debit, const AccountKey& credit) {
  const Step* const step = std::find_if(std::begin(kSteps), std::end(kSteps), [&](const Step& s) {
    return s.from == debit.stage && s.to == credit.stage;
  });
  if (step == std::end(kSteps)) {
    const std::string allowed =
        absl::StrJoin(StagesAfter(debit.stage), ",",
                      [](std::string* out, Stage stage) { absl::StrAppend(out, NameOf(stage)); });
    return Refuse(
        credit, "STEP_NOT_ALLOWED",
        absl::StrCat("money does not go from ", NameOf(debit.stage), " to ", NameOf(credit.stage)),
        {{"from", std::string(NameOf(debit.stage))},
         {"to", std::string(NameOf(credit.stage))},
         {"allowed", allowed}});
  }
  if (credit.year != debit.year + step->years) {
    return Refuse(credit, "WRONG_YEAR", "the money is of another year",
                  {{"year", absl::StrCat(debit.year + step->years)}});
  }
  if (step->same_unit &&
      (debit.unit != credit.unit || debit.province_code != credit.province_code)) {
    return Refuse(credit, "WRONG_UNIT", "the money is another unit's", {{"unit", debit.unit}});
  }
  if (!Fit(step->lines, debit.line, credit.line)) {
    return Refuse(credit, "WRONG_LINE", "the money is of another line",
                  {{"debit_account", NameOf(debit)}});
  }
  if (!debit.purpose.empty() && credit.purpose != debit.purpose) {
    return Refuse(credit, "WRONG_PURPOSE", "targeted money pays only what it is meant for",
                  {{"purpose", debit.purpose}, {"asked_purpose", credit.purpose}});
  }
  return absl::OkStatus();
}

bool IsOfCreditLine(const AccountKey& key) { return absl::StartsWith(key.purpose, "credit-"); }

bool IsOfLoan(const AccountKey& key) { return absl::StartsWith(key.purpose, "credit-l-"); }

absl::Status CheckReserved(const AccountKey& key) {
  if (key.purpose != "contingency" && !IsOfCreditLine(key)) return absl::OkStatus();
  return Refuse(key, "PURPOSE_RESERVED", "this money moves by rules of its own",
                {{"purpose", key.purpose}});
}

}  // namespace twotier::budget
