// What the reference data allow, for handlers that move money.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_LAWFUL_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_LAWFUL_H_

#include <memory>
#include <set>
#include <tuple>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/chain.h"
#include "services/budget/domain/law.h"
#include "services/budget/domain/year_close.h"
#include "services/budget/handlers/env.h"

namespace twotier::budget::handlers {

// Asks memory, so that nothing is read to move money: who imports reference data while others post
// has imported them after. Before it refuses, it asks again by what the transaction sees.
// FAILED_PRECONDITION `REFERENCE_NOT_LOADED`, when the data are needed; UNAVAILABLE
// `SNAPSHOT_NOT_READY`. Lives for one call.
class Lawful {
 public:
  Lawful(const Env& env, db::Tx& tx) : env_(env), tx_(tx), snapshot_(env.snapshots->Get()) {}

  // The refusal of budget::CheckMover.
  absl::Status CheckMover(Mover mover, const AccountKey& debit, const AccountKey& credit);

  // The refusal of budget::CheckCodes.
  absl::Status CheckCodes(const AccountKey& key);
  // Whether the transfer may take effect on a day: FAILED_PRECONDITION `TOO_LATE_IN_YEAR`,
  // `LIMIT_NOT_KNOWN`.
  absl::Status CheckDay(const AccountKey& debit, const AccountKey& credit, bool settles,
                        absl::CivilDay day);

  // The same of a journal that undoes the transfer: it is a correction, whatever it undoes.
  absl::Status CheckUndone(const AccountKey& debit, const AccountKey& credit, absl::CivilDay day);

  // Whether the body decides what the transfer rests on: FAILED_PRECONDITION `BODY_NOT_COMPETENT`.
  absl::Status CheckBody(const AccountKey& debit, const AccountKey& credit, Body body);

 private:
  // A day of a budget year that was found in time.
  using InTime = std::tuple<YearAct, Level, int, absl::CivilDay>;

  absl::Status CheckAct(YearAct act, const AccountKey& debit, absl::CivilDay day);
  absl::Status Ask(absl::FunctionRef<absl::Status(const Snapshot&)> check);

  const Env& env_;
  db::Tx& tx_;
  std::shared_ptr<const Snapshot> snapshot_;
  bool current_ = false;  // Whether the snapshot is what the transaction sees.
  std::set<InTime> in_time_;
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_LAWFUL_H_
