// Grants at work: what they rest on, what they move today, and what they plan.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_GRANTS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_GRANTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "common/units/units.h"
#include "services/personnel/store/quota_store.h"
#include "twotier/personnel/v1/quota.pb.h"

namespace twotier::personnel::handlers {

// What is granted to a unit on one line, all in all.
struct GrantTerms {
  store::QuotaSlot slot;  // In the province that grants, or is granted to.
  absl::CivilDay first;
  int year = 0;
  int64_t posts = 0;
  std::string act;
};

// Lives within one unit of work. Errors of all functions: those of db::Tx and the stores.
struct Grant {
  GrantTerms terms;                        // With the slot under which the unit is kept.
  std::string province_code;               // In which it lies.
  store::QuotaRow row;                     // Before it.
  std::optional<store::QuotaSlot> parent;  // The province's, when a commune is granted to.
  ledger::AccountId source;                // Where its places come from.
};

// Reads what the grant rests on, and opens the accounts of a line that is new. `etag` is compared
// with what is there; empty: nothing must be; null: whatever is there is replaced. The province in
// which the unit lies is a key of the unit of work; that which it is kept under is declared late.
// NOT_FOUND `UNIT_NOT_FOUND`; ABORTED `STALE_ETAG`, also where what the unit was granted in another
// province has not been taken over yet; FAILED_PRECONDITION `UNIT_ENDED`, `UNIT_OUTSIDE_PROVINCE`,
// `QUOTA_NOT_GRANTED`, `VICE_CHAIR_POOL_EXCEEDED`.
absl::StatusOr<Grant> PrepareGrant(const units::Units& units, GrantTerms terms,
                                   const std::string* etag, absl::CivilDay today, db::Tx& tx);

// Moves the places; what of them an overdue allowance owes is given up, in the unit that is granted
// more or in the province that gets them back. `journal_id` and `ordinal`, of the event, are unique
// in the call. FAILED_PRECONDITION `QUOTA_EXCEEDED`, `QUOTA_BELOW_USE`.
absl::StatusOr<v1::GrantQuotaResponse> PutInForce(const Call& call, Grant& grant,
                                                  const std::string& journal_id, int ordinal,
                                                  db::Tx& tx);

// Keeps it for its first day, on which ApplyPlannedGrant puts it in force. `ordinal` as above.
// INVALID_ARGUMENT where there are too many.
absl::StatusOr<v1::GrantQuotaResponse> PlanGrant(const Call& call, Grant& grant, int ordinal,
                                                 db::Tx& tx);

// Other grants of the line in the province may have waited for places that came free, or for an
// allowance.
absl::Status LetOthersTryAgain(absl::string_view province_code, QuotaKind kind,
                               absl::CivilDay today, db::Tx& tx);

// FAILED_PRECONDITION `QUOTA_EXCEEDED` with metadata `date` where communes would have more than
// their province on a day that is planned. `before`: the province's quota as it was, where only
// what is worse now counts.
absl::Status CheckPlannedDays(const units::Units& units, const std::string& province_code,
                              QuotaKind kind, absl::CivilDay today, db::Tx& tx,
                              const Quota* before = nullptr);

// Puts in force what was planned for today or before, and forgets it where the unit has ended
// or left the province meanwhile. Errors: those of PrepareGrant and PutInForce.
absl::Status ApplyPlannedGrant(const units::Units& units, const Call& call,
                               const store::QuotaSlot& slot, db::Tx& tx);

// The slot of a unit, under the code that it is kept under.
store::QuotaSlot KeptSlot(const units::Units& units, store::QuotaSlot slot);
// The slot of the province's own unit; without a unit where it has none today.
store::QuotaSlot SlotOfProvince(const units::Units& units, const std::string& province_code,
                                QuotaKind kind, absl::CivilDay today);

// Declares the province that `slot` is kept under late, unless it is `province_code`, a key of the
// unit of work.
absl::Status DeclareKeptIn(const store::QuotaSlot& slot, absl::string_view province_code,
                           db::Tx& tx);

// Communes of a province on a day.
int64_t CommunesOf(const units::Units& units, absl::string_view province_code, absl::CivilDay day);

// What a change does to one quota.
v1::QuotaChange ChangeOf(const store::QuotaSlot& slot, const QuotaBalance& before,
                         const QuotaBalance& after);

// Moves `amount` places of a quota, back when it is negative. FAILED_PRECONDITION `QUOTA_EXCEEDED`.
absl::Status MovePlaces(const Call& call, const Quota& quota, const std::string& journal_id,
                        const ledger::AccountId& from, const ledger::AccountId& to, int64_t amount,
                        db::Tx& tx);

// What is overdue of an allowance is given up as far as places are free: `journal_id` has freed
// them, or the allowance has fallen. Tells the row.
absl::Status GiveUpFree(const Call& call, store::QuotaRow& row, const std::string& journal_id,
                        db::Tx& tx);

absl::Status NotGranted(const store::QuotaSlot& slot);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_GRANTS_H_
