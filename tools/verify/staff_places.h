// The places of quotas that appointments take, by what each of them is.
#ifndef TWOTIER_TOOLS_VERIFY_STAFF_PLACES_H_
#define TWOTIER_TOOLS_VERIFY_STAFF_PLACES_H_

#include "absl/status/status.h"
#include "common/db/db.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks in personnel's database at
//   place   an appointment is of a kind that its post takes. Permanent ones of a line of quota take
//           a place from their signing, and so does who holds a vice chair's post, in whatever
//           kind; nothing else does: who is seconded stays on the sender's quota. A place that is
//           waited for, or that is used until a day, has what begins and ends it; what is over has
//           given its place back
// Errors: those of the engine; violations are no error.
absl::Status VerifyPlaces(db::Tx& tx, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_STAFF_PLACES_H_
