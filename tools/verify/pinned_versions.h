// Whether dossiers say what the version of their procedure says that they are pinned to.
#ifndef TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_
#define TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tools/verify/dossier_rows.h"

namespace twotier::verify {

class PinnedVersions {
 public:
  // Empty when the version has its number alone and can be read, else what is wrong with it.
  std::string Add(const VersionRow& row);

  // Empty when the unit can be read, else what is wrong with it.
  std::string AddUnit(const CopiedUnitRow& row);

  // Empty when code and number of `row` name a version of the country, of the province that
  // numbered it, or of the one that its unit lay in on the day of its acceptance, that tells its
  // case apart, and whose term is the dossier's; else what is wrong.
  std::string Problem(const DossierRow& row) const;

  int64_t size() const { return static_cast<int64_t>(versions_.size()); }

 private:
  struct Version {
    std::string province_code;
    TermRow term;
    std::map<std::string, TermRow> cases;
  };

  struct InProvince {
    int64_t first_day = 0;  // Days since 1970-01-01.
    int64_t end_day = 0;
    std::string province_code;
  };

  // Empty: the dossier was not accepted, or its unit was nowhere on that day.
  std::string ProvinceAtAcceptance(const DossierRow& row) const;

  std::map<std::pair<std::string, int64_t>, Version> versions_;  // By code and number.
  std::map<std::string, std::vector<InProvince>> units_;         // By name.
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_
