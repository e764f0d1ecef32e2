// Keeps grpc.health.v1 in step with the service.
#ifndef TWOTIER_COMMON_SERVER_HEALTH_H_
#define TWOTIER_COMMON_SERVER_HEALTH_H_

#include <functional>
#include <map>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/health_check_service_interface.h"

namespace twotier::server {

// Asks every source again and again on a thread of its own and reports what changed.
class HealthReporter {
 public:
  // How late a change may be seen: well below the second in which balancers look.
  static constexpr absl::Duration kInterval = absl::Milliseconds(50);

  // True: SERVING.
  using Source = std::function<bool()>;

  // `service` outlives this object. All sources are asked once before this returns.
  HealthReporter(grpc::HealthCheckServiceInterface& service, std::map<std::string, Source> sources);
  ~HealthReporter();
  HealthReporter(const HealthReporter&) = delete;
  HealthReporter& operator=(const HealthReporter&) = delete;

  // Says NOT_SERVING for everything, for good.
  void Stop();

 private:
  void Run();
  void Report();

  grpc::HealthCheckServiceInterface& service_;
  const std::map<std::string, Source> sources_;
  std::map<std::string, bool> reported_;  // Touched by one thread at a time: constructor, then Run.
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace twotier::server

#endif  // TWOTIER_COMMON_SERVER_HEALTH_H_
