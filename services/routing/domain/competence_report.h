// What follows from all procedures, assignments and units together.
#ifndef TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_REPORT_H_
#define TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/routing/domain/catalogue.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/register.h"

namespace twotier::routing {

// Most faults that one report names.
inline constexpr size_t kCoverageFaultsMax = 1000;

struct CoverageFault {
  std::string procedure_code;
  std::string unit;
  std::string case_key;
  std::string reason;
};

struct CoverageReport {
  int64_t procedures = 0;
  int64_t units = 0;
  int64_t questions = 0;
  int64_t holes = 0;
  int64_t overlaps = 0;
  std::vector<CoverageFault> faults;  // At most kCoverageFaultsMax.
};

// Asks who decides every routed procedure for every unit of `province_code` (empty: of the country)
// and every case on `day`: communes for all of them, provinces too for what a province decides.
// Procedures of the country without assignments and cases differ only in their level, so that one
// of each level is asked for all; of the others one unit of each province and tier is asked for all
// of it in which no assignment holds by itself. The national data: some 10 ms. A unit is asked
// about the version of its province.
CoverageReport CheckCoverage(const Catalogue& catalogue, const Register& units,
                             absl::string_view province_code, absl::CivilDay day);

// How many procedures are decided where.
struct DecentralizationLine {
  int64_t procedures = 0;
  std::map<Level, int64_t> by_level;

  // Share decided at ministries among those whose level is proven, in parts per million, rounded
  // down; 0 when there are none.
  int64_t MinistryPpm() const;
};

struct Decentralization {
  DecentralizationLine total;
  std::map<std::string, DecentralizationLine> by_ministry;
};

// Of the procedures that hold on `day` in the country, or in a province with its own. A level that
// is not proven counts as unknown. What an act assigned in the whole of it and for every case
// counts where it went; what single communes or cases were given does not.
Decentralization CountLevels(const Catalogue& catalogue, absl::string_view province_code,
                             absl::CivilDay day);

}  // namespace twotier::routing

#endif  // TWOTIER_SERVICES_ROUTING_DOMAIN_COMPETENCE_REPORT_H_
