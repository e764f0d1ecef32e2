// Proves on a database what must hold of every post, appointment and quota, with other code than
// the service's: everything is counted again from the rows.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_STAFF_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_STAFF_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Checks personnel's database at `url`:
//   post holder   at most one main, concurrent or seconded holder of a post on every day, and one
//                 who acts; the row of the post names the one whose appointment is in force
//   main post     at most one main appointment of a person on every day, and one on every day of an
//                 appointment that is none
//   quota         used and held are what appointments and plans take; granted, allowance,
//                 distributed, held, used and free add up; nothing is above its limit
//   distribution  what a province has distributed is what its communes were granted
//   planned grant  each grant of a later date has what puts it in force
//   counts        posts and holders of a unit are as counted along
//   person        each has one claim and the other way round; references lead somewhere
//   plan          a plan in force has moved everybody whom it names, and ended what stood beside
// the places that appointments take (staff_places.h), allowances that have fallen
// (fallen_allowances.h), the pools of vice chairs (vice_chairs.h) and the ledger (verify_ledger.h).
// Errors: those of the engine; violations are no error.
absl::StatusOr<Report> VerifyStaff(absl::string_view url);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_STAFF_H_
