// The steps of a dossier as changes of its record. Each checks that the step is allowed, changes
// the record, and counts its version up; a refused step leaves the record as it was.
//
// Errors of all: those of CheckStep. Accept and ProvideSupplement also FAILED_PRECONDITION
// `CALENDAR_ENDS`.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_STEPS_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_STEPS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing {

// Valid reception: the clock starts and the due time is computed.
absl::Status Accept(Dossier& dossier, absl::Time now, const calendar::Calendar& calendar);

// The clock stands still from now on.
absl::Status RequestSupplement(Dossier& dossier, absl::Time now);

// The clock goes on; the due time moves by what it stood still. An instant before the request
// (another clock) counts as the instant of the request.
absl::Status ProvideSupplement(Dossier& dossier, absl::Time now,
                               const calendar::Calendar& calendar);

absl::Status CompleteProcessing(Dossier& dossier, absl::Time now, absl::string_view result_id);

absl::Status ReturnResult(Dossier& dossier, absl::Time now);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_STEPS_H_
