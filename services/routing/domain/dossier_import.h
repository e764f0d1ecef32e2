// An open dossier as another system had it, and what it is here: its state, the date it is due and
// who holds its clock follow from what is told of its life; nothing of that is taken over as said.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_IMPORT_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_IMPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "common/errors.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing {

// Why a clock stood still: numbers of routing/v1/dossier.proto.
enum class PauseKind { kUnknown = 0, kSupplement = 1, kPayment = 2, kOtherAgency = 3 };

// A time for which the clock stood still.
struct ClockPause {
  PauseKind kind = PauseKind::kUnknown;
  absl::Time start;
  std::optional<absl::Time> end;        // Absent: it still does.
  std::optional<absl::Time> answer_by;  // Only while it lasts; an agency's may have passed.
  CompetentBody agency;                 // Of kOtherAgency only.
  Payment payment;                      // Of kPayment only: what is due, and how it was paid.
};

// A fee that was paid and stopped no clock: at reception or at the result.
struct PaidFee {
  FeeDue due_at = FeeDue::kUnknown;
  absl::Time time;
  int64_t paid_vnd = 0;
  PaymentGateway gateway = PaymentGateway::kUnknown;
  std::string reference;
};

// What is told of the life of a dossier that is not ended: no result was returned, and it was
// neither refused, withdrawn nor stopped.
struct ImportedLife {
  absl::Time submit_time;
  std::optional<absl::Time> accept_time;
  std::vector<ClockPause> pauses;  // As they followed each other.
  std::optional<absl::Time> process_time;
  std::string result_id;
  std::string assignee;
  std::vector<PaidFee> fees;  // As they followed each other.
};

// Everything that cannot have been so, named by the fields of v1::ImportedRecord
// ("pauses[1].end_time"). Empty: it can be imported.
std::vector<error::FieldViolation> ProblemsOf(const ImportedLife& life, absl::Time now);

// Gives `dossier`, of which procedure, term and province are set, the life that ProblemsOf found
// nothing wrong with. A date to answer by that is not told is kAnswerDaysDefault days from `now`:
// the applicant was told none that has passed. Supplement requests above those that are allowed
// here are taken over: they were made. Errors: those of DueOf and DueAfterPause.
absl::Status Live(Dossier& dossier, const ImportedLife& life, absl::Time now,
                  const calendar::Calendar& calendar);

// Whether a due date that the other system told is another one. Days are compared: it may close its
// counters at another hour. Terms in hours end at their instant.
bool DueDiffers(const Dossier& dossier, absl::Time source_due_time);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_IMPORT_H_
