// The code of a dossier: `{organisation id}-{yymmdd}-{number of the day}`.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_CODE_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_CODE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace twotier::routing {

// Parts of a code.
struct DossierCode {
  std::string organisation_id;
  absl::CivilDay day;  // In Vietnam.
  int64_t number = 0;  // From 1.

  friend bool operator==(const DossierCode&, const DossierCode&) = default;
};

// Four digits as provincial systems write it ("H17.11-260701-0001"); the 10,000th of a day has
// five, and so on.
std::string FormatDossierCode(absl::string_view organisation_id, absl::CivilDay day,
                              int64_t number);

// What lies, in the order of bytes, before the first code of `day` and behind every code of the day
// before.
std::string CodeBefore(absl::string_view organisation_id, absl::CivilDay day);

// Reads what FormatDossierCode writes, with the years 2000-2099; nullopt for anything else.
std::optional<DossierCode> ParseDossierCode(absl::string_view code);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_DOSSIER_CODE_H_
