// The pool of vice chairs of a province's communes, counted again.
#ifndef TWOTIER_TOOLS_VERIFY_VICE_CHAIRS_H_
#define TWOTIER_TOOLS_VERIFY_VICE_CHAIRS_H_

#include "absl/status/status.h"
#include "common/db/db.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Looks in personnel's database at
//   vice chairs   neither a province nor one of its communes was granted more of them than 2.5 for
//                 each commune that the province had on some day from 1 July 2025 to the end of the
//                 grant's year (Decree 300/2025 Art. 6): what was granted stays when communes merge
// Errors: those of the engine; violations are no error.
absl::Status VerifyViceChairs(db::Tx& tx, Report& report);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VICE_CHAIRS_H_
