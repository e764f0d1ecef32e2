// Many consumers of one register's changes: what each costs, and how long a change takes to reach
// all of them.
#ifndef TWOTIER_TESTS_LOAD_WATCHERS_H_
#define TWOTIER_TESTS_LOAD_WATCHERS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/load/fleet.h"

namespace twotier::load {

struct WatchersOptions {
  std::string address;  // Of a registry with the national data.
  int watchers = 10'000;
  // Makes one change and returns once it is committed. Called when every watcher is at rest.
  std::function<absl::Status()> change{};
  // Called when every watcher is at rest, before the change: for measuring memory.
  std::function<absl::Status()> at_rest = [] { return absl::OkStatus(); };
};

struct WatchersResult {
  // From the answer to the change (or from the first watcher that had it, if that was earlier) to
  // the watcher in the middle, and to the last one.
  absl::Duration to_middle;
  absl::Duration to_last;
  // From the first watcher to the last one: what distributing alone takes.
  absl::Duration spread;
};

// Opens the streams, resumed at the current position; waits until each has had a sign of life, so
// that all are live; makes the change; waits until each has it. All streams go over as few
// connections as the server's limit of streams allows. INTERNAL when a stream ends;
// DEADLINE_EXCEEDED when not all of them get the change.
absl::StatusOr<WatchersResult> RunWatchers(const WatchersOptions& options);

// Imports the national data anew into the registry at `address`, with another name for one ward:
// one group of two changes, the ward and its center.
absl::Status RenameAWard(const Places& places, const std::string& address);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_WATCHERS_H_
