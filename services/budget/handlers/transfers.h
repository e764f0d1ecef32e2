// Transfers as they are asked for, as lines of the ledger.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_TRANSFERS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_TRANSFERS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "common/errors.h"
#include "common/ledger/ledger.h"
#include "common/status_macros.h"
#include "services/budget/handlers/env.h"
#include "twotier/budget/v1/journal.pb.h"

namespace twotier::budget::handlers {

// Longest time that a hold is kept, in working days: longer than any budget year.
inline constexpr int kHoldWorkingDaysMax = 366;

// Adds a violation when `id` is no id of a journal.
void CheckJournalId(absl::string_view id, absl::string_view field, error::Violations& violations);

// Adds what is malformed in a transfer of the ledger of `province_code`. Whether its amount is
// above 0 is for the ledger to say, where each transfer has an answer of its own.
void CheckTransfer(const v1::Transfer& transfer, absl::string_view province_code,
                   absl::string_view field, error::Violations& violations);

// UNAVAILABLE `SNAPSHOT_NOT_READY`.
absl::Status NoCalendar();

// The calendar that holds expire by, as `tx` sees it; null when none of `transfers` is a hold.
// Works on whatever has transfers. Errors: those of CurrentSnapshot and of NoCalendar.
template <typename Transfers, typename Get>
absl::StatusOr<std::shared_ptr<const calendar::Calendar>> CalendarFor(const Env& env, db::Tx& tx,
                                                                      const Transfers& transfers,
                                                                      Get get) {
  for (const auto& transfer : transfers) {
    if (get(transfer).kind() != v1::TRANSFER_KIND_HOLD) continue;
    ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                     CurrentSnapshot(*env.snapshots, tx));
    if (snapshot->reference == nullptr) return NoCalendar();
    return snapshot->reference->calendar;
  }
  return nullptr;
}

// The line that a well-formed transfer asks for. FAILED_PRECONDITION: `WRONG_CURRENCY`,
// `PURPOSE_RESERVED`, the refusals of CheckStep, `CALENDAR_ENDS` (the hold would expire after the
// last year of the calendar). `calendar` is not null for a hold.
absl::StatusOr<ledger::Line> LineOf(const v1::Transfer& transfer, absl::string_view province_code,
                                    absl::CivilDay effective_day,
                                    const calendar::Calendar* calendar);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_TRANSFERS_H_
