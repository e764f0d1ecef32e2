// A staff list as a CSV file: one post a row, with its holder; docs/personnel.md describes it.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_STAFF_CSV_H_
#define TWOTIER_TOOLS_TWOTIERCTL_STAFF_CSV_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "twotier/personnel/v1/staff_import.pb.h"

namespace twotier::ctl {

// One row of the file.
struct StaffLine {
  int line = 0;  // Of the file, from 1.
  personnel::v1::StaffRow row;
};

// The rows of `content`. What cannot be read goes to `errors`, named by `file`, line and column;
// the rows are of no use then. What the service checks is left to it. `file` must outlive `errors`.
std::vector<StaffLine> ReadStaffLines(absl::string_view file, absl::string_view content,
                                      RowErrors& errors);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_STAFF_CSV_H_
