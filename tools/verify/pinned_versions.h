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
  // case apart, and whose term is the dossier's, and when no other version of the same publisher
  // was in force where it was received here; else what is wrong. Which of a province's version and
  // the country's holds is not asked: that rests on how far a province may diverge.
  std::string Problem(const DossierRow& row) const;

  int64_t size() const { return static_cast<int64_t>(versions_.size()); }

 private:
  struct Decided {
    TermRow term;
    int64_t level = 0;  // Numbers of routing/v1/procedure.proto.
  };

  // Days since 1970-01-01.
  struct Version {
    std::string province_code;
    Decided all;
    std::map<std::string, Decided> cases;
    bool publication = false;
    int64_t first_day = 0;
    int64_t end_day = 0;
    int64_t known_us = 0;
    int64_t ended_day = 0;  // From here on the code may have ended.

    bool HoldsOn(int64_t day) const { return first_day <= day && day < end_day; }
    // Null: the case is none that it tells apart.
    const Decided* Of(const std::string& case_key) const;
  };

  struct InProvince {
    int64_t first_day = 0;  // Days since 1970-01-01.
    int64_t end_day = 0;
    std::string province_code;
  };

  // Empty unless another version of the publisher of `pinned` was in force when the dossier was
  // accepted.
  std::string NotInForce(const DossierRow& row, const Version& pinned) const;

  // Empty: the dossier was not accepted, or its unit was nowhere on that day.
  std::string ProvinceAtAcceptance(const DossierRow& row) const;

  std::map<std::pair<std::string, int64_t>, Version> versions_;  // By code and number.
  std::map<std::string, std::vector<InProvince>> units_;         // By name.
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_
