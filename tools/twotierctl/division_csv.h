// Who gets what of a unit that ends, as a CSV file: one part of an account or a hold a row.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_DIVISION_CSV_H_
#define TWOTIER_TOOLS_TWOTIERCTL_DIVISION_CSV_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "twotier/budget/v1/succession.pb.h"

namespace twotier::ctl {

// A plan to fill in: a row without an amount for each item and successor. The item is an account,
// 48/…, or a hold, 48/JOURNAL#1; its amounts must add up to `left_vnd`.
std::string DivisionCsv(const budget::v1::GetSuccessionResponse& succession);

// Adds the rows of `content` to the plan. What cannot be read goes to `errors`, named by `file`,
// line and column; whether the parts add up is for the service to say. `file` must outlive
// `errors`.
void ReadDivision(absl::string_view file, absl::string_view content,
                  budget::v1::PlanSuccessionRequest& plan, RowErrors& errors);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_DIVISION_CSV_H_
