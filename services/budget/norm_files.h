// Norm sets as files: text protos that a service publishes when it starts for the first time.
#ifndef TWOTIER_SERVICES_BUDGET_NORM_FILES_H_
#define TWOTIER_SERVICES_BUDGET_NORM_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "twotier/budget/v1/norms.pb.h"

namespace twotier::budget {

// Ends the name of a file that holds a norm set.
inline constexpr absl::string_view kNormFileEnding = ".textproto";

// Reads a NormSetContent in protobuf's text form. INVALID_ARGUMENT with the line and column of each
// mistake, under `file`.
absl::StatusOr<v1::NormSetContent> ReadNormText(absl::string_view file, const std::string& text);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_NORM_FILES_H_
