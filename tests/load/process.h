// Server processes of benches and end-to-end tests: started, watched, measured and ended by their
// id.
#ifndef TWOTIER_TESTS_LOAD_PROCESS_H_
#define TWOTIER_TESTS_LOAD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace twotier::load {

// A child process. It is killed when its owner goes away, and by the kernel when this process dies
// first. Not thread-safe.
class Process {
 public:
  // Starts `argv` with standard output and error appended to `log_path`. NOT_FOUND when argv[0]
  // cannot be run.
  static absl::StatusOr<Process> Start(const std::vector<std::string>& argv,
                                       const std::string& log_path);

  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Process& operator=(Process&& other) noexcept;
  ~Process() { Kill(); }

  pid_t pid() const { return pid_; }

  // SIGKILL, and waits for the end. Nothing happens when it has ended already.
  void Kill();
  // SIGTERM, and waits for the end. As Wait.
  absl::Status Terminate();

  // Waits for the end. INTERNAL unless it ends with code 0; FAILED_PRECONDITION when it has ended
  // before.
  absl::Status Wait();

  // User and system time it has used so far.
  absl::StatusOr<absl::Duration> CpuTime() const;
  // Resident memory.
  absl::StatusOr<double> ResidentMb() const;

 private:
  explicit Process(pid_t pid) : pid_(pid) {}

  pid_t pid_;
};

// A loopback address, "127.0.0.1:PORT", whose port nothing listens on at the moment, and no
// outgoing connection takes.
absl::StatusOr<std::string> FreeAddress();

// Waits until grpc.health.v1 at `address` reports SERVING for `service`. DEADLINE_EXCEEDED after
// `timeout`.
absl::Status WaitServing(const std::string& address, const std::string& service,
                         absl::Duration timeout);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_PROCESS_H_
