// What a journal looks like, whatever the ledger holds. Only files of this room include it.
#ifndef TWOTIER_COMMON_LEDGER_FORM_H_
#define TWOTIER_COMMON_LEDGER_FORM_H_

#include <optional>
#include <vector>

#include "common/ledger/ledger.h"

namespace twotier::ledger {

// The first thing that is wrong with the form of `journal`; nullopt when it may be applied.
std::optional<Refusal> CheckForm(const Journal& journal);

// kIdTaken with the first field in which `asked` differs from `entered`, a journal of its id that
// was entered with `lines`; nullopt when it is the same. Compared is what a caller says, not what
// the ledger fills in, nor the event that tells of it.
std::optional<Refusal> CompareWithEntered(const Journal& entered, const std::vector<Line>& lines,
                                          const Journal& asked);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_FORM_H_
