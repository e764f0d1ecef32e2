#include "common/server/health.h"

#include <utility>

namespace twotier::server {

HealthReporter::HealthReporter(grpc::HealthCheckServiceInterface& service,
                               std::map<std::string, Source> sources)
    : service_(service), sources_(std::move(sources)) {
  Report();
  thread_ = std::thread([this] { Run(); });
}

HealthReporter::~HealthReporter() { Stop(); }

void HealthReporter::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (!thread_.joinable()) return;
  thread_.join();
  service_.Shutdown();
}

void HealthReporter::Report() {
  for (const auto& [name, source] : sources_) {
    const bool serving = source();
    const auto reported = reported_.find(name);
    if (reported != reported_.end() && reported->second == serving) continue;
    reported_[name] = serving;
    service_.SetServingStatus(name, serving);
  }
}

void HealthReporter::Run() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kInterval)) return;
    }
    Report();
  }
}

}  // namespace twotier::server
