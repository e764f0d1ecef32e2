#include "services/budget/handlers/lawful.h"

#include <optional>
#include <vector>

#include "common/status_macros.h"
#include "services/budget/domain/spending.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/overdue_steps.h"

namespace twotier::budget::handlers {

absl::Status Lawful::CheckMover(Mover mover, const AccountKey& debit, const AccountKey& credit) {
  // Levels tell budgets apart: a transfer that stays in one needs none.
  if (mover == Mover::kTransfer && debit.unit == credit.unit &&
      debit.province_code == credit.province_code) {
    return budget::CheckMover(mover, {debit}, {credit});
  }
  return Ask([&](const Snapshot& snapshot) {
    const auto holder = [&](const AccountKey& key) {
      return Holder{key, LevelOf(*snapshot.units, key).value_or(Level::kUnknown)};
    };
    return budget::CheckMover(mover, holder(debit), holder(credit));
  });
}

absl::Status Lawful::CheckCodes(const AccountKey& key) {
  if (key.line == Line()) return absl::OkStatus();
  return Ask([&key](const Snapshot& snapshot) {
    return budget::CheckCodes(snapshot.reference->classification, key);
  });
}

absl::Status Lawful::CheckDay(const AccountKey& debit, const AccountKey& credit, bool settles,
                              absl::CivilDay day) {
  const std::optional<YearAct> act = YearActOf(debit, credit, settles);
  return act ? CheckAct(*act, debit, day) : absl::OkStatus();
}

absl::Status Lawful::CheckUndone(const AccountKey& debit, const AccountKey& credit,
                                 absl::CivilDay day) {
  if (!YearActOf(debit, credit, /*settles=*/false)) return absl::OkStatus();
  return CheckAct(YearAct::kCorrection, debit, day);
}

absl::Status Lawful::CheckAct(YearAct act, const AccountKey& debit, absl::CivilDay day) {
  return Ask([&](const Snapshot& snapshot) -> absl::Status {
    const std::optional<Level> level = LevelOf(*snapshot.units, debit);
    if (!level || in_time_.contains({act, *level, debit.year, day})) return absl::OkStatus();
    const Reference& reference = *snapshot.reference;
    StepQuestion question;
    question.budget_year = debit.year;
    question.level = *level;
    if (*level != Level::kNation) question.province_code = debit.province_code;
    question.day_off_moves = DayOffMoves(reference, debit.year);
    RETURN_IF_ERROR(CheckYearAct(reference.steps, *reference.calendar, question, act, day));
    in_time_.insert({act, *level, debit.year, day});
    return absl::OkStatus();
  });
}

absl::Status Lawful::CheckBody(const AccountKey& debit, const AccountKey& credit, Body body) {
  const std::vector<Matter> matters = DecidedBy(debit.stage, credit.stage);
  if (matters.empty()) return absl::OkStatus();
  return Ask([&](const Snapshot& snapshot) -> absl::Status {
    const std::optional<Level> level = LevelOf(*snapshot.units, debit);
    if (!level) return absl::OkStatus();
    return CompetencyOf(snapshot.reference->competencies, {matters, *level, body, debit.year})
        .status();
  });
}

absl::Status Lawful::Ask(absl::FunctionRef<absl::Status(const Snapshot&)> check) {
  if (snapshot_->reference != nullptr) {
    absl::Status status = check(*snapshot_);
    if (status.ok() || current_) return status;
  }
  ASSIGN_OR_RETURN(snapshot_, ReferencedSnapshot(env_, tx_));
  current_ = true;
  return check(*snapshot_);
}

}  // namespace twotier::budget::handlers
