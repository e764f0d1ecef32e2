// The form of requests that change or correct units.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_CHANGE_CHECKS_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_CHANGE_CHECKS_H_

#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "google/protobuf/repeated_field.h"
#include "google/type/latlng.pb.h"

namespace twotier::registry::handlers {

// Codes of communes have five digits (Decision 19/2025/QĐ-TTg).
void CheckCommuneCode(absl::string_view field, absl::string_view code,
                      error::Violations& violations);
// 0 to 10^15.
void CheckFigure(absl::string_view field, int64_t value, error::Violations& violations);
// Degrees, WGS 84.
void CheckPoint(absl::string_view field, const google::type::LatLng& point,
                error::Violations& violations);
// 1 to 200 bytes each, without line breaks, each once.
void CheckHamlets(absl::string_view field,
                  const google::protobuf::RepeatedPtrField<std::string>& hamlets,
                  error::Violations& violations);

// Shares of an edge or a step.
template <typename Message>
void CheckPart(absl::string_view field, const Message& part, error::Violations& violations) {
  constexpr int32_t kWhole = 1'000'000;
  if (part.population_ppm() < 0 || part.population_ppm() > kWhole) {
    violations.Add(absl::StrCat(field, ".population_ppm"), "must be 0 to 1,000,000");
  }
  if (part.area_ppm() < 0 || part.area_ppm() > kWhole) {
    violations.Add(absl::StrCat(field, ".area_ppm"), "must be 0 to 1,000,000");
  }
  CheckHamlets(absl::StrCat(field, ".hamlets"), part.hamlets(), violations);
}

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_CHANGE_CHECKS_H_
