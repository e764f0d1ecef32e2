// Collects every rule that a change would break, so that the caller learns them all at once.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_REFUSALS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_REFUSALS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"

namespace twotier::registry {

class Refusals {
 public:
  // At most this many are named; the metadata of the first one tell the kind of the others too.
  static constexpr size_t kNamedMax = 100;

  // `unit_id` breaks the rule that `reason` stands for. `metadata` go with the reason when this is
  // the first one.
  void Add(absl::string_view reason, absl::string_view unit_id, absl::string_view description,
           error::Metadata metadata = {}) {
    std::string subject = absl::StrCat("units/", unit_id);
    if (violations_.empty()) {
      reason_ = std::string(reason);
      metadata_ = std::move(metadata);
      metadata_.insert(metadata_.begin(), {"unit", subject});
    }
    if (violations_.size() == kNamedMax) return;
    violations_.push_back({std::string(reason), std::move(subject), std::string(description)});
  }

  bool empty() const { return violations_.empty(); }

  // OK when empty; else FAILED_PRECONDITION with the reason of the first one and all of them as
  // precondition violations.
  absl::Status ToStatus() const {
    if (violations_.empty()) return absl::OkStatus();
    return error::WithPreconditions(
        error::WithReason(absl::StatusCode::kFailedPrecondition,
                          absl::StrCat(violations_[0].subject, " ", violations_[0].description),
                          reason_, metadata_),
        violations_);
  }

 private:
  std::string reason_;
  error::Metadata metadata_;
  std::vector<error::PreconditionViolation> violations_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_REFUSALS_H_
