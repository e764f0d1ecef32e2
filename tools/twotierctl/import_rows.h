// What the commands share that take a CSV file over, many rows in one call: what a service finds
// wrong with a call is told of the rows of the file.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_IMPORT_ROWS_H_
#define TWOTIER_TOOLS_TWOTIERCTL_IMPORT_ROWS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "tools/twotierctl/context.h"

namespace twotier::ctl {

// The rows of one call.
struct SentRows {
  absl::string_view file;
  absl::string_view field;  // Of the request, that has a record for each: "rows".
  std::vector<int> lines;   // Of the file, in order of the records. Never empty.
  // The column that a field of a record was read from.
  std::function<std::string(absl::string_view field)> column_of;
};

// Adds the fields that a service refused to `errors`: those of a record at its line, those of the
// whole call at its first one. False when it refused no field; nothing was added then.
bool AddRefused(const SentRows& sent, const absl::Status& refused, RowErrors& errors);

// Shows every error; INVALID_ARGUMENT with `outcome`, which says what the file was good for. OK
// where there is none.
absl::Status CheckRows(const Context& context, const RowErrors& errors, absl::string_view outcome);

// The outcome of a file that was found wrong before anything was written.
inline constexpr absl::string_view kNothingImported = "nothing was imported";

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_IMPORT_ROWS_H_
