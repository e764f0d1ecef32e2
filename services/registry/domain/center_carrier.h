// What one change of units makes of one center: buildings and people are there the next morning, so
// it goes on with the units after.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_CARRIER_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_CARRIER_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "services/registry/domain/center.h"
#include "services/registry/domain/change_event.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

class CenterCarrier {
 public:
  // `after` holds the event. Both outlive the carrier.
  CenterCarrier(const UnitTree& after, const ChangeEvent& event);

  // Changes what a center of the province is on and after the event's date: what it serves, who
  // runs it, and its name where that is its unit's. What is closed stays as it is. True when it
  // loses all its units, so that the law closes it; its state is left to the caller.
  bool Carry(absl::string_view province_code, CenterVersion& version) const;

 private:
  std::string LargestPart(const std::string& source) const;
  bool IsTouched(const std::string& unit_id) const;
  void Rename(CenterVersion& version) const;

  const UnitTree& after_;
  const ChangeEvent& event_;
  std::map<std::string, std::string> authority_;  // Who runs the centers of a unit that ends.
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_CENTER_CARRIER_H_
