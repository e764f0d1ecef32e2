// What handlers reach besides the call, the request and the transaction.
#ifndef TWOTIER_SERVICES_ROUTING_HANDLERS_ENV_H_
#define TWOTIER_SERVICES_ROUTING_HANDLERS_ENV_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/feed/hub.h"
#include "common/page.h"
#include "services/routing/snapshot.h"

namespace twotier::routing::handlers {

// Principal of what the process does by itself.
inline constexpr absl::string_view kOwnPrincipal = "system:routing";

// One for each service; const for the handlers. Nothing is owned; everything outlives the service's
// calls.
struct Env {
  const SnapshotHolder* snapshots = nullptr;
  const page::Sealer* pages = nullptr;
  feed::Hub* hub = nullptr;
  std::string applicant_salt;  // Secret of the database.
  // Tells the sequencer that an event is about to be committed; cheap, any thread. It may look too
  // early: then its own interval finds the event.
  std::function<void()> appended;
};

}  // namespace twotier::routing::handlers

#endif  // TWOTIER_SERVICES_ROUTING_HANDLERS_ENV_H_
