#include "common/etag.h"

#include "absl/strings/str_cat.h"
#include "common/errors.h"

namespace twotier {

std::string EtagOf(int64_t version) { return absl::StrCat("\"", version, "\""); }

absl::Status CheckEtag(absl::string_view given, int64_t current) {
  const std::string expected = EtagOf(current);
  if (given == expected) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kAborted,
                           absl::StrCat("the resource changed: its etag is now ", expected),
                           "STALE_ETAG", {{"current_etag", expected}});
}

}  // namespace twotier
