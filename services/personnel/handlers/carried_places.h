// Places that go along with who has them: what a used place stands on, a part of the grant or of
// the allowance, moves from the old unit's quota to the new one's.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_CARRIED_PLACES_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_CARRIED_PLACES_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {

// Places by the slots that they leave and reach; both are of one line of quota.
using PlacesCarried = std::map<std::pair<store::QuotaSlot, store::QuotaSlot>, int64_t>;

// One journal's worth; lives within one unit of work. Grants go first, then allowances with the
// steps by which they fall; together both units have what they had.
class CarriedPlaces {
 public:
  // `distributor`: the province's own unit. What is granted on stays in its grant. Errors: those of
  // the stores.
  static absl::StatusOr<CarriedPlaces> Load(const PlacesCarried& places,
                                            const std::string& distributor, absl::CivilDay today,
                                            db::Tx& tx);

  // What stands between what comes free and what is taken.
  const std::vector<ledger::Line>& lines() const { return lines_; }

  // After the posting: both quotas as they are now, each with its event, counted from `ordinal`.
  absl::Status Write(const Call& call, const std::string& act, int ordinal, db::Tx& tx);

 private:
  absl::Status LoadQuotas(const PlacesCarried& places, absl::CivilDay today, db::Tx& tx);
  void Carry(Quota& from, Quota& to, int64_t places, const std::string& distributor);

  std::map<store::QuotaSlot, Quota> quotas_;
  std::vector<ledger::Line> lines_;
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_CARRIED_PLACES_H_
