// Facts of an allocation as a CSV file: one value of one unit a row; docs/norms.md describes it.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_ALLOCATION_CSV_H_
#define TWOTIER_TOOLS_TWOTIERCTL_ALLOCATION_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "twotier/budget/v1/allocation.pb.h"

namespace twotier::ctl {

struct AllocationFacts {
  // Rows of one input, certainty and source together, in the order of their first rows.
  std::vector<budget::v1::AllocationInput> inputs;
  // Codes of the units that have rows, rising.
  std::vector<std::string> unit_codes;
};

// The rows of `content`. What cannot be read goes to `errors`, named by `file`, line and column;
// the facts are of no use then. Whether a value suits its input is for the service to say. `file`
// must outlive `errors`.
AllocationFacts ReadAllocationFacts(absl::string_view file, absl::string_view content,
                                    RowErrors& errors);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_ALLOCATION_CSV_H_
