// What handlers reach besides the call, the request and the transaction.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_ENV_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_ENV_H_

#include <functional>
#include <string>

#include "common/feed/hub.h"
#include "common/page.h"
#include "services/personnel/snapshot.h"

namespace twotier::personnel::handlers {

// One for each service; const for the handlers. Nothing is owned; everything outlives the service's
// calls.
struct Env {
  const SnapshotHolder* snapshots = nullptr;
  const page::Sealer* pages = nullptr;
  feed::Hub* hub = nullptr;
  std::string claim_key;  // Secret of the database, for claims of national ids.
  // Tells the sequencer that an event is about to be committed; cheap, any thread. It may look too
  // early: then its own interval finds the event.
  std::function<void()> appended;
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_ENV_H_
