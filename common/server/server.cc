#include "common/server/server.h"

#include <exception>
#include <map>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/server/health.h"
#include "common/server/metrics.h"
#include "common/status_macros.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "prometheus/exposer.h"

namespace twotier::server {
namespace {

// /metrics is asked by one or two collectors.
constexpr int kMetricsThreads = 1;

// Plugins are process-wide in gRPC: they are installed once, before the first server.
void InstallPlugins(const Options& options) {
  grpc::EnableDefaultHealthCheckService(true);
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (options.channelz) grpc::channelz::experimental::InitChannelzService();
}

}  // namespace

class Server::Impl {
 public:
  Impl(const Options& options, Served served)
      : options_(options),
        served_(std::move(served)),
        process_metrics_(std::make_shared<ProcessMetrics>(*served_.log)) {}

  absl::Status Start() {
    RETURN_IF_ERROR(StartMetrics());
    InstallPlugins(options_);
    grpc::ServerBuilder builder;
    Configure(options_, builder);
    builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(served_.service);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen));
    }
    StartHealth();
    served_.log->Write(Severity::kInfo, "listening",
                       {{"address", options_.listen},
                        {"port", port_},
                        {"metrics_address", options_.metrics_listen},
                        {"metrics_port", metrics_port()}});
    return absl::OkStatus();
  }

  int port() const { return port_; }
  int metrics_port() const {
    if (exposer_ == nullptr) return 0;
    const std::vector<int> ports = exposer_->GetListeningPorts();
    return ports.empty() ? 0 : ports[0];
  }

  void Drain() {
    if (server_ == nullptr) return;
    served_.log->Write(Severity::kInfo, "draining", {});
    health_->Stop();
    absl::SleepFor(options_.drain_notice);  // For balancers to look and turn away.
    if (served_.begin_drain) served_.begin_drain();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + options_.drain_max));
    server_->Wait();
    if (served_.database != nullptr) served_.database->Drain(options_.drain_max);
    health_.reset();
    server_.reset();
    served_.log->Write(Severity::kInfo, "drained", {});
  }

 private:
  absl::Status StartMetrics() {
    if (options_.metrics_listen.empty()) return absl::OkStatus();
    try {  // The library knows no other way to say that the port is taken.
      exposer_ = std::make_unique<prometheus::Exposer>(options_.metrics_listen, kMetricsThreads);
    } catch (const std::exception& thrown) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.metrics_listen,
                                                 " for metrics: ", thrown.what()));
    }
    if (served_.metrics != nullptr) exposer_->RegisterCollectable(served_.metrics);
    exposer_->RegisterCollectable(process_metrics_);
    return absl::OkStatus();
  }

  void StartHealth() {
    const std::function<bool()>& ready = served_.ready;
    std::map<std::string, HealthReporter::Source> sources = {{"", ready},
                                                             {served_.full_name, ready}};
    if (served_.database != nullptr) {
      sources[absl::StrCat(served_.full_name, ".writes")] = [this] {
        return served_.ready() && served_.database->Writable().ok();
      };
    }
    health_ =
        std::make_unique<HealthReporter>(*server_->GetHealthCheckService(), std::move(sources));
  }

  const Options options_;
  const Served served_;
  const std::shared_ptr<ProcessMetrics> process_metrics_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HealthReporter> health_;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options, Served served) {
  RETURN_IF_ERROR(CheckOptions(options));
  auto impl = std::make_unique<Impl>(options, std::move(served));
  RETURN_IF_ERROR(impl->Start());
  return absl::WrapUnique(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { Drain(); }

int Server::port() const { return impl_->port(); }
int Server::metrics_port() const { return impl_->metrics_port(); }
void Server::Drain() { impl_->Drain(); }

}  // namespace twotier::server
