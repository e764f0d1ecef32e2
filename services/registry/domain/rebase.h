// Figures of units of one date on the units of a later one.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_REBASE_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_REBASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// By what the figure of a divided unit is divided. Numbers as in twotier/registry/v1.
enum class ShareBasis { kUnspecified = 0, kPopulation = 1, kArea = 2 };

struct UnitFigure {
  std::string unit_id;
  int64_t value = 0;  // At most kFigureMax either way.
};

inline constexpr int64_t kFigureMax = 1'000'000'000'000'000;

// Carries figures of units that exist on `from` over to those of `to`, which is not before it.
// Every figure arrives whole: it is divided by the shares, rounded towards zero, and what is left
// over goes one by one to the parts with the largest remainders (largest remainder method; ties in
// order of the ids). In order of the ids.
//
// NOT_FOUND `UNIT_NOT_FOUND`; OUT_OF_RANGE `DATE_BEFORE_DATA`; FAILED_PRECONDITION `SHARE_UNKNOWN`
// with every unit whose shares are not known.
absl::StatusOr<std::vector<UnitFigure>> RebaseFigures(const UnitTree& tree,
                                                      absl::Span<const UnitFigure> figures,
                                                      absl::CivilDay from, absl::CivilDay to,
                                                      ShareBasis basis);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_REBASE_H_
