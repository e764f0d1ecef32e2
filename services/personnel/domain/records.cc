#include "services/personnel/domain/records.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace twotier::personnel {

std::string Body::Name() const { return absl::StrCat("provinces/", province_code, "/bodies/", id); }

std::string Post::Name() const { return absl::StrCat("provinces/", province_code, "/posts/", id); }

std::string Post::BodyName() const {
  return absl::StrCat("provinces/", province_code, "/bodies/", body_id);
}

absl::string_view NameOf(PersonState state) {
  switch (state) {
    case PersonState::kUnknown:
      return "UNSPECIFIED";
    case PersonState::kActive:
      return "ACTIVE";
    case PersonState::kRetired:
      return "RETIRED";
    case PersonState::kDead:
      return "DEAD";
  }
  return "UNSPECIFIED";
}

std::string Person::Name() const { return absl::StrCat("persons/", id); }

std::string Order::Name() const {
  return absl::StrCat("provinces/", province_code, "/orders/", id);
}

std::string Quota::Name() const {
  return absl::StrCat("provinces/", province_code, "/quotas/", absl::StripPrefix(unit, "units/"),
                      ".", NameOf(kind));
}

}  // namespace twotier::personnel
