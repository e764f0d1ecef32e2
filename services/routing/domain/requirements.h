// What a version demands of a dossier that is handed in.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_REQUIREMENTS_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_REQUIREMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/routing/domain/procedure.h"

namespace twotier::routing {

// A document of a dossier.
struct HandedIn {
  std::string folded_title;  // text::Fold of its title.
  bool data_reused = false;  // Its data came from a State database.
};

// OK when the procedure states no channels, or this one among them; else FAILED_PRECONDITION
// `CHANNEL_NOT_ALLOWED` (`channel`, `allowed`).
absl::Status CheckChannel(const Requirements& requirements, int channel);

// OK when every component that is required in the case was handed in, under its title. One whose
// data were reused counts where the version allows that. Which form and how many copies are good
// enough is for who receives it to judge. Else FAILED_PRECONDITION `COMPONENTS_MISSING`, where each
// missing one is a precondition violation.
absl::Status CheckComponents(const Requirements& requirements, absl::string_view case_key,
                             const std::vector<HandedIn>& handed_in);

// OK when no fee is stated, or `asked_vnd` and what was paid before are together not above it; else
// FAILED_PRECONDITION `FEE_EXCEEDED` (`fee_vnd`, `paid_vnd`). Less may be asked for: some are
// exempt.
absl::Status CheckFee(std::optional<int64_t> stated_vnd, int64_t paid_vnd, int64_t asked_vnd);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_REQUIREMENTS_H_
