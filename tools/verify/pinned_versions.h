// Whether dossiers say what the version of their procedure says that they are pinned to.
#ifndef TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_
#define TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tools/verify/dossier_rows.h"

namespace twotier::verify {

class PinnedVersions {
 public:
  // Empty when the version has its number alone and can be read, else what is wrong with it.
  std::string Add(const VersionRow& row);

  // Empty when code and number of `row` name a version of the country or of its province, that
  // tells its case apart, and whose term is the dossier's; else what is wrong.
  std::string Problem(const DossierRow& row) const;

  int64_t size() const { return static_cast<int64_t>(versions_.size()); }

 private:
  struct Version {
    std::string province_code;
    TermRow term;
    std::map<std::string, TermRow> cases;
  };

  std::map<std::pair<std::string, int64_t>, Version> versions_;  // By code and number.
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_PINNED_VERSIONS_H_
