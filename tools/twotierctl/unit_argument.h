// How a unit is named on the command line: by resource name, by a code or by words.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_UNIT_ARGUMENT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_UNIT_ARGUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/twotierctl/session.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::ctl {

// "units/..."
bool IsUnitName(const std::string& text);

// All digits.
bool IsUnitCode(const std::string& text);

// The query that asks the registry for what `text` names.
registry::v1::UnitQuery UnitQueryOf(const std::string& text);

// The resource name of the unit that `text` names, as it stands on `as_of` ("2025-07-01"; empty:
// today). A resource name is returned as it is. A code or name may be of any date; of several units
// that had it, the one that has it on `as_of` is meant, for codes and names are used again.
// INVALID_ARGUMENT when the unit was divided; the message lists the parts. A refusal of the
// registry otherwise, with the units that an ambiguous code or name may mean.
absl::StatusOr<std::string> ResolveUnitArgument(Session& session, const std::string& text,
                                                const std::string& as_of);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_UNIT_ARGUMENT_H_
