// Citizens at the counters: many callers who submit and accept dossiers and repeat whatever was not
// answered.
#ifndef TWOTIER_TESTS_E2E_CALLERS_H_
#define TWOTIER_TESTS_E2E_CALLERS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tests/e2e/crowd.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::e2e {

// A submission that was answered, and the dossier it made.
struct Acknowledged {
  routing::v1::SubmitDossierRequest request;
  routing::v1::Dossier submitted;
  routing::v1::Dossier accepted;
};

// Each caller submits a dossier, accepts it, and begins anew, until the crowd ends. A call that
// ends with UNAVAILABLE or DEADLINE_EXCEEDED is repeated with the same request id until it is
// answered; any other failure ends the caller and is reported. Thread-safe.
class Callers {
 public:
  // Callers are dealt out among the servers. Submissions are used in turn.
  Callers(std::vector<std::string> addresses,
          std::vector<routing::v1::SubmitDossierRequest> submissions, int count);

  // A step of it is a dossier.
  Crowd& crowd() { return crowd_; }

  // After the crowd's end.
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  int64_t repeated() const { return repeated_; }

 private:
  Crowd::Step Start(int caller);

  const std::vector<std::string> addresses_;
  const std::vector<routing::v1::SubmitDossierRequest> submissions_;
  std::atomic<int64_t> repeated_{0};
  absl::Mutex mutex_;
  std::vector<Acknowledged> acknowledged_;  // Guarded by mutex_ until the crowd ends.
  Crowd crowd_;                             // Ends first.
};

}  // namespace twotier::e2e

#endif  // TWOTIER_TESTS_E2E_CALLERS_H_
