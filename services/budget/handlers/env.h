// What handlers reach besides the call, the request and the transaction.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_ENV_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_ENV_H_

#include <functional>

#include "common/feed/hub.h"
#include "common/page.h"
#include "services/budget/snapshot.h"

namespace twotier::budget::handlers {

// One for each service; const for the handlers. Nothing is owned; everything outlives the service's
// calls.
struct Env {
  const SnapshotHolder* snapshots = nullptr;
  const page::Sealer* pages = nullptr;
  feed::Hub* hub = nullptr;
  // Tells the sequencer that an event is about to be committed; cheap, any thread. It may look too
  // early: then its own interval finds the event.
  std::function<void()> appended;
};

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_ENV_H_
