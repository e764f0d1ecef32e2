// Ids of State organisations, in the two forms that are in use.
//
// Since Decision 20/2020/QĐ-TTg an id is read from left to right: `H15.50.05.13` begins with the
// province (`Hnn`) or the ministry (`Gnn`) and goes down, at most six levels. The older form has
// four groups from right to left: in `000.00.01.H26` the last one is the province, the one before
// it a unit of it, then units of that; groups of zeros stand for levels that are not there. Both
// write the same path, so that one is turned into the other without a table. `Hnn` is not the
// province's code.
#ifndef TWOTIER_COMMON_ORGANISATION_ID_H_
#define TWOTIER_COMMON_ORGANISATION_ID_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace twotier {

// Most levels of an id, the province's or ministry's included.
inline constexpr size_t kOrganisationLevelsMax = 6;

// The id from left to right, whichever form `text` has. Absent when it has neither. Groups below
// the first have two to five digits: this register's provisional ids end with a unit's code.
std::optional<std::string> ParseOrganisationId(absl::string_view text);

// A code of any system with the organisation id at its beginning, if there is one, written from
// left to right: what stands for the same dossier is the same text.
std::string CodeLeftToRight(absl::string_view code);

// The older form of an id that is written from left to right. Empty where that form cannot write
// it: more than four levels, or a group that is longer than its place.
std::string OlderForm(absl::string_view organisation_id);

}  // namespace twotier

#endif  // TWOTIER_COMMON_ORGANISATION_ID_H_
