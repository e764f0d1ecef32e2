// Proves on a routing database what must hold of every dossier, with other code than the service's.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_DOSSIERS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_DOSSIERS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Checks every dossier of the database at `url`:
//   timeline   the entries of a dossier count from 1 to its version, each chains to the one before,
//              its content gives its hash, and the last hash is the dossier's
//   life       each entry leads from the state before by a step that is allowed there
//   record     what stands in the dossier is what its entries give: state, dates, counts, fee
//   due dates  each is what the calendar of its time gives for the term, the pauses and extensions,
//              and marked provisional where that rests on days that are not decided, and only there
//   due list   a dossier is in the lists by due date while its clock is held, and only then
//   applicant  each dossier has its applicant, with the digest of its first entry
//   numbers    the codes of a center and day count from 1 to the last number given, without gap
//   version    code and number of its procedure name one version, of the country or of its
//              province; its term is that of the version, or of its case where the version has
//              cases; none that its publisher put above it was in force when it was accepted
//   positions  the feed's positions count up to its head without gap
// Errors: those of ReadDossiers; violations are no error.
absl::StatusOr<Report> VerifyDossiers(absl::string_view url);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_DOSSIERS_H_
