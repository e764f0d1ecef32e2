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

// Whose the money is after a step.
enum class Units {
  kSame,  // Its own unit's.
  // Another unit may get it, by the decision that hands it on; what movers bring to one goes
  kBelow,   // to the budget below,
  kNext,    // to the budget below, or back to the one above,
  kAbove,   // to the budget above,
  kDecided  // nowhere: only a decision of its own brings it to another unit.
};

// Who moves money by a step, beside the service itself.
enum class Movers {
  kNone,              // Only the service, by a decision that has an RPC of its own.
  kTransfers,         // Whoever asks for transfers.
  kTransfersAndRuns,  // And allocation runs.
};

// A step of the chain.
struct Step {
  Stage from;
  Stage to;
  Units units;
  Lines lines;
  Movers movers = Movers::kTransfers;
  int years = 0;  // By how many the receiving account's is later.
};

constexpr Step kSteps[] = {
    // The unit puts its estimate together; the Council decides it (Law 89/2025/QH15, Article 46)
    // and may decide other lines than were estimated.
    {Stage::kSource, Stage::kEstimate, Units::kSame, Lines::kSame},
    {Stage::kEstimate, Stage::kApproved, Units::kSame, Lines::kAny},
    // A supplement for a lower budget, decided above (Article 4), and what is given back of one.
    {Stage::kApproved, Stage::kApproved, Units::kNext, Lines::kAny, Movers::kTransfersAndRuns},
    // Assignment to who spends it (Article 46(7) and (8)), and back what is not to be spent there.
    {Stage::kApproved, Stage::kAllocated, Units::kBelow, Lines::kAny, Movers::kTransfersAndRuns},
    {Stage::kAllocated, Stage::kApproved, Units::kAbove, Lines::kAny},
    // An adjustment takes and gives (Article 54); between units the Committee decides (54(3)).
    {Stage::kAllocated, Stage::kAdjusted, Units::kDecided, Lines::kAny},
    {Stage::kAdjusted, Stage::kAllocated, Units::kDecided, Lines::kAny},
    // A payment, and money that comes back.
    {Stage::kAllocated, Stage::kPaid, Units::kSame, Lines::kNarrows},
    {Stage::kPaid, Stage::kAllocated, Units::kSame, Lines::kWidens},
    // Final accounts (Article 71).
    {Stage::kPaid, Stage::kSettled, Units::kSame, Lines::kSame},
    // What is left at the end of the year is carried over or cancelled (Article 66). Which of it is
    // carried over is for who closes the year to say, by a category of 66(3).
    {Stage::kAllocated, Stage::kCarriedOver, Units::kSame, Lines::kSame, Movers::kNone},
    {Stage::kCarriedOver, Stage::kAllocated, Units::kSame, Lines::kAny, Movers::kNone, 1},
    {Stage::kAllocated, Stage::kCancelled, Units::kSame, Lines::kSame},
    {Stage::kApproved, Stage::kCancelled, Units::kSame, Lines::kSame},
    {Stage::kCarriedOver, Stage::kCancelled, Units::kSame, Lines::kSame},
};

const Step* StepOf(Stage from, Stage to) {
  const Step* const step = std::find_if(std::begin(kSteps), std::end(kSteps), [&](const Step& s) {
    return s.from == from && s.to == to;
  });
  return step == std::end(kSteps) ? nullptr : step;
}

bool Takes(Mover mover, const Step& step) {
  return mover == Mover::kRun ? step.movers == Movers::kTransfersAndRuns
                              : step.movers != Movers::kNone;
}

bool OfOneUnit(const AccountKey& debit, const AccountKey& credit) {
  return debit.unit == credit.unit && debit.province_code == credit.province_code;
}

// Whether `upper` is the budget above `lower`: of a commune its province's, of a province the
// centre's.
bool IsAbove(const Holder& upper, const Holder& lower) {
  if (lower.level == Level::kProvince) return upper.level == Level::kNation;
  return lower.level == Level::kCommune && upper.level == Level::kProvince &&
         upper.key.province_code == lower.key.province_code;
}

// Whether what `debit` has may come to `credit`, another unit's, by a mover of the step.
bool Reaches(Units units, const Holder& debit, const Holder& credit) {
  switch (units) {
    case Units::kBelow:
      return IsAbove(debit, credit);
    case Units::kNext:
      return IsAbove(debit, credit) || IsAbove(credit, debit);
    case Units::kAbove:
      return IsAbove(credit, debit);
    case Units::kSame:
    case Units::kDecided:
      return false;
  }
  return false;
}

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

absl::Status NotAllowed(Mover mover, const AccountKey& debit, const AccountKey& credit) {
  const std::string allowed =
      absl::StrJoin(StagesAfter(debit.stage, mover), ",",
                    [](std::string* out, Stage stage) { absl::StrAppend(out, NameOf(stage)); });
  return Refuse(
      credit, "STEP_NOT_ALLOWED",
      absl::StrCat("no ", mover == Mover::kRun ? "run" : "transfer", " brings money from ",
                   NameOf(debit.stage), " to ", NameOf(credit.stage)),
      {{"from", std::string(NameOf(debit.stage))},
       {"to", std::string(NameOf(credit.stage))},
       {"allowed", allowed}});
}

absl::Status WrongUnit(const AccountKey& debit, const AccountKey& credit) {
  return Refuse(credit, "WRONG_UNIT", "the money is another unit's", {{"unit", debit.unit}});
}

}  // namespace

std::vector<Stage> StagesAfter(Stage from, Mover mover) {
  std::vector<Stage> stages;
  for (const Step& step : kSteps) {
    if (step.from == from && Takes(mover, step)) stages.push_back(step.to);
  }
  return stages;
}

absl::Status CheckStep(const AccountKey& debit, const AccountKey& credit) {
  const Step* const step = StepOf(debit.stage, credit.stage);
  if (step == nullptr) return NotAllowed(Mover::kTransfer, debit, credit);
  if (credit.year != debit.year + step->years) {
    return Refuse(credit, "WRONG_YEAR", "the money is of another year",
                  {{"year", absl::StrCat(debit.year + step->years)}});
  }
  if (step->units == Units::kSame && !OfOneUnit(debit, credit)) return WrongUnit(debit, credit);
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

absl::Status CheckMover(Mover mover, const Holder& debit, const Holder& credit) {
  const Step* const step = StepOf(debit.key.stage, credit.key.stage);
  if (step == nullptr || !Takes(mover, *step)) {
    return NotAllowed(mover, debit.key, credit.key);
  }
  // What a commune has is not the province's to divide.
  if (mover == Mover::kRun && debit.level == Level::kCommune) {
    return WrongUnit(debit.key, credit.key);
  }
  if (OfOneUnit(debit.key, credit.key)) return absl::OkStatus();
  return Reaches(step->units, debit, credit) ? absl::OkStatus() : WrongUnit(debit.key, credit.key);
}

bool IsOfCreditLine(const AccountKey& key) { return absl::StartsWith(key.purpose, "credit-"); }

bool IsOfLoan(const AccountKey& key) { return absl::StartsWith(key.purpose, "credit-l-"); }

absl::Status CheckReserved(const AccountKey& key) {
  if (key.purpose != "contingency" && !IsOfCreditLine(key)) return absl::OkStatus();
  return Refuse(key, "PURPOSE_RESERVED", "this money moves by rules of its own",
                {{"purpose", key.purpose}});
}

}  // namespace twotier::budget
