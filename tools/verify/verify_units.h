// Proves on a register's database what must hold for units, centers and feed at every date, with
// other code and other structures than the register's own.
#ifndef TWOTIER_TOOLS_VERIFY_VERIFY_UNITS_H_
#define TWOTIER_TOOLS_VERIFY_VERIFY_UNITS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/verify/register_rows.h"
#include "tools/verify/report.h"

namespace twotier::verify {

// Rules of units as they are believed now. Dates of interest are those on which a unit begins or
// ends: nothing changes between two of them.
//   one version     at every date of a unit's life it has exactly one version
//   one parent      at every date each unit has one parent of the level above, in its province, and
//                   no unit stands above itself
//   unique codes    no two units have one code on one date
//   succession      an ended unit has successors, one that began since 1 July 2025 predecessors,
//   and
//                   every step leads from a unit of the day before to a unit of the day
void CheckUnits(const RegisterRows& rows, Report& report);

//   shares          those of a unit that is divided on a date are all known and add up to the
//   whole,
//                   or none of them is known; people and area each for itself
//   changes         what a recorded change founds begins on its date, what it ends ends then, each
//                   of its steps is there, and its caretaker is a unit; of one that was cancelled
//                   nothing is left: no unit, no step, no version, no center that serves
void CheckChanges(const RegisterRows& rows, Report& report);

//   served          on every date from 1 July 2025 on every commune is served by an operating
//   center
//                   of any kind: single-level provinces have no commune centers, and the provincial
//                   center serves what would be left to nobody
void CheckServed(const RegisterRows& rows, Report& report);

//   record versions the rows of every record belong to its events: versions count from 1, each one
//                   wrote or ended something, and the rows believed at each make a whole history
void CheckRecords(const RegisterRows& rows, Report& report);

//   event chain     the events of a subject count from 1, each chains to the one before, and its
//                   content gives its hash
//   positions       positions count from 1 to the feed's head without gap, in the order of each
//                   subject's versions; groups are whole; knowledge time never goes back
void CheckFeed(const RegisterRows& rows, Report& report);

// All of them on the database at `url`. Errors: those of ReadRegisterRows; violations are no error.
absl::StatusOr<Report> VerifyUnits(absl::string_view url);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_VERIFY_UNITS_H_
