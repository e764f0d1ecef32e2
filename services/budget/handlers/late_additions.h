// What was added to a unit's estimate so late that it may be carried over (Law 89/2025/QH15,
// Article 66(3)(a)).
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_LATE_ADDITIONS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_LATE_ADDITIONS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/law.h"
#include "services/budget/handlers/given.h"

namespace twotier::budget::handlers {

// An estimate grows by what is approved, and by what the level above gives: to hand out approved
// money adds nothing, however late. So an allotment is added what it gets of approved money that
// came late, which is handed out before what was there; on one day what comes goes before what is
// handed out. What goes back is taken off, and what another unit had for a while counts again.
// Where a unit follows one that ended, what that one was added late came with its money, as far as
// it got it.
//
// Lives for one call. Errors: those of the ledger's reads.
class LateAdditions {
 public:
  // To budgets of a level in a year, from `first_day` on.
  LateAdditions(db::Tx& tx, Level level, int year, absl::CivilDay first_day)
      : tx_(tx), level_(level), year_(year), first_day_(first_day) {}

  // What was added to an account of allocated money, and not taken back.
  absl::StatusOr<int64_t> To(const AccountKey& allotment);

 private:
  // What was added to a unit's approved money.
  struct Approved {
    std::map<AccountKey, int64_t> handed_out = {};  // By the account that got it.
    std::map<std::string, int64_t> waiting = {};    // By purpose.
    std::map<std::string, int64_t> left = {};       // To those who follow, late or not.
  };
  struct Flow;
  struct Net {
    int64_t added = 0;
    int64_t left = 0;
  };

  bool IsAbove(const AccountKey& key, const AccountKey& other) const;
  absl::StatusOr<const Approved*> ApprovedOf(const LedgerUnit& unit);
  absl::Status Read(const LedgerUnit& unit, Approved& approved);
  // Adds what flows, in the order of the days, come to.
  static void Count(absl::Span<const Flow> flows, Approved& approved);
  absl::StatusOr<Net> NetOf(const AccountKey& allotment, std::set<LedgerUnit> later);

  db::Tx& tx_;
  const Level level_;
  const int year_;
  const absl::CivilDay first_day_;
  std::map<LedgerUnit, Approved> approved_;
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_LATE_ADDITIONS_H_
