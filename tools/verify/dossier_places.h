// What says where dossiers are found, beside where they lie.
#ifndef TWOTIER_TOOLS_VERIFY_DOSSIER_PLACES_H_
#define TWOTIER_TOOLS_VERIFY_DOSSIER_PLACES_H_

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tools/verify/dossier_rows.h"

namespace twotier::verify {

// Lists and counts of a center look only at the codes that it is known to have, and those of a
// province only at the provinces that it is known to have taken dossiers over from: what such a row
// does not say is in no list and no count.
class DossierPlaces {
 public:
  // Where `row` lies and was received.
  void Add(const DossierRow& row);
  // A row that is there; after all dossiers.
  void Find(const PlaceRow& row);
  void Find(const HostRow& row);

  // What is not there. Last.
  std::vector<std::string> Missing() const;

 private:
  // Province, center, organisation id.
  std::set<std::tuple<std::string, std::string, std::string>> places_;
  // Province in which dossiers lie, province of their codes.
  std::set<std::pair<std::string, std::string>> hosts_;
};

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_DOSSIER_PLACES_H_
