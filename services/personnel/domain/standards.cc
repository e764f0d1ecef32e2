#include "services/personnel/domain/standards.h"

#include "absl/strings/str_cat.h"

namespace twotier::personnel {

std::vector<Unmet> UnmetStandards(const Standards& standards, const Qualifications& person,
                                  absl::CivilDay first) {
  std::vector<Unmet> unmet;
  if (person.education < standards.education_min) {
    unmet.push_back({"EDUCATION", absl::StrCat("level ", static_cast<int>(standards.education_min),
                                               " or higher is required")});
  }
  if (person.theory < standards.theory_min) {
    unmet.push_back(
        {"POLITICAL_THEORY",
         absl::StrCat("level ", static_cast<int>(standards.theory_min), " or higher is required")});
  }
  if (standards.service_months_min > 0) {
    const absl::CivilMonth begins(first);
    if (!person.service_first ||
        begins - absl::CivilMonth(*person.service_first) < standards.service_months_min) {
      unmet.push_back({"SERVICE", absl::StrCat(standards.service_months_min,
                                               " months of service are required")});
    }
  }
  if (standards.months_to_pension_min > 0 &&
      (!person.pension_from ||
       *person.pension_from - absl::CivilMonth(first) < standards.months_to_pension_min)) {
    unmet.push_back({"TIME_TO_PENSION", absl::StrCat(standards.months_to_pension_min,
                                                     " months to the pension are required")});
  }
  return unmet;
}

}  // namespace twotier::personnel
