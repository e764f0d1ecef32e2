// Etags: the version of a resource as a quoted decimal, for example "\"7\"".
#ifndef TWOTIER_COMMON_ETAG_H_
#define TWOTIER_COMMON_ETAG_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace twotier {

std::string EtagOf(int64_t version);

// OK when `given` is the etag of `current`; else ABORTED `STALE_ETAG` with metadata `current_etag`.
// That an etag came at all is for the field's `required` constraint to check.
absl::Status CheckEtag(absl::string_view given, int64_t current);

}  // namespace twotier

#endif  // TWOTIER_COMMON_ETAG_H_
