// How the taxes that levels share are split, per unit and budget year, by resolution of the
// provincial Council (Law 89/2025/QH15, Articles 9 and 31(9)).
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_SHARED_TAXES_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_SHARED_TAXES_H_

#include <cstdint>
#include <string>

#include "services/budget/domain/law.h"

namespace twotier::budget {

// Revenue that is split in one way. The numbers are those of the contract.
enum class SharedTax {
  kUnknown = 0,
  kVatCitSctPit = 1,  // Value added, corporate and personal income, special consumption.
  kEnvironmentTax = 2,
  kMineralWaterCentralLicence = 3,  // Rights to minerals and water, licensed by the centre.
  kLandUseIndividual = 4,
  kLandUseOrganisation = 5,
  kLandRentLocalTaxOffice = 6,     // Yearly rent collected by the local tax office.
  kLandRentProvinceTaxOffice = 7,  // Rent collected by the province's.
};

struct TaxShare {
  int budget_year = 0;
  std::string unit_code;
  SharedTax tax = SharedTax::kUnknown;
  int central_percent = 0;
  int province_percent = 0;
  int commune_percent = 0;
  bool named = false;    // The table names the unit; else it is one of "the remaining".
  bool applies = false;  // False: the unit has no budget that would receive the share.
  Source source;
};

// What an amount becomes: whole đồng, and nothing is lost. What rounding leaves goes to the centre,
// whose share no resolution of a province may shorten; the resolution does not speak of it.
struct SplitAmount {
  int64_t central_vnd = 0;
  int64_t province_vnd = 0;
  int64_t commune_vnd = 0;
};
SplitAmount Split(const TaxShare& share, int64_t collected_vnd);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_SHARED_TAXES_H_
