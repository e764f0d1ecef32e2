#include "tests/service/routing_server.h"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/rpc/request_log.h"
#include "common/rpc/secret.h"
#include "google/protobuf/descriptor.h"

namespace twotier::routing::testing {
namespace {

// What cannot go wrong in a test that is worth running.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << std::endl;
  std::abort();
}

}  // namespace

RoutingServer::RoutingServer(const std::string& database, const std::string& registry_target,
                             const RoutingServerOptions& options)
    : log_file_(std::tmpfile(), &std::fclose),
      log_(fileno(log_file_.get())),
      clock_(options.now),
      metrics_(std::make_shared<prometheus::Registry>()) {
  const Clock& clock = options.clock == nullptr ? clock_ : *options.clock;
  options_.listen = "127.0.0.1:0";
  options_.database = database;
  options_.drain_notice = absl::ZeroDuration();
  authenticator_ = Must(rpc::CreateDevelopmentAuthenticator(options_.listen));
  std::vector<db::Migration> migrations = rpc::Migrations();
  for (db::Migration& migration : RoutingMigrations()) migrations.push_back(std::move(migration));
  database_ = Must(db::Database::Open(database, migrations, {}));
  pages_ = std::make_unique<page::Sealer>(Must(rpc::LoadSecret(*database_, rpc::kPageTokenSecret)));
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      v1::RoutingService::service_full_name());
  dispatcher_ = Must(rpc::Dispatcher::Create(descriptor, {.clock = &clock,
                                                          .authenticator = authenticator_.get(),
                                                          .metrics = metrics_.get(),
                                                          .ids = &ids_,
                                                          .database = database_.get(),
                                                          .log = &log_}));
  service_ = Must(BuildRouting(
      {.options = options_,
       .dispatcher = *dispatcher_,
       .database = *database_,
       .pages = *pages_,
       .clock = clock,
       .ids = ids_,
       .log = log_,
       .metrics = *metrics_},
      {.registry_target = registry_target,
       .reference_data_dir = absl::StrCat(options.source_dir, "/services/routing/data"),
       .alarms_rest = options.alarms_rest}));
  server_ =
      Must(server::Server::Start(options_, {.service = &service_->binding(),
                                            .full_name = v1::RoutingService::service_full_name(),
                                            .ready = [this] { return service_->ready(); },
                                            .begin_drain =
                                                [this] {
                                                  service_->BeginDrain();
                                                  dispatcher_->EndWatches();
                                                },
                                            .database = database_.get(),
                                            .metrics = metrics_,
                                            .log = &log_}));
  address_ = absl::StrCat("127.0.0.1:", server_->port());
  stub_ = v1::RoutingService::NewStub(
      grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()));
  WaitUntil([this] { return ready(); }, "the first snapshot of the registry");
}

RoutingServer::~RoutingServer() { server_->Drain(); }

std::string RoutingServer::LogText() {
  log_.Flush();
  std::string text;
  std::rewind(log_file_.get());
  char buffer[4096];
  for (size_t read; (read = std::fread(buffer, 1, sizeof(buffer), log_file_.get())) > 0;) {
    text.append(buffer, read);
  }
  return text;
}

void RoutingServer::WaitUntil(const std::function<bool()>& condition, absl::string_view what) {
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (!condition()) {
    if (absl::Now() > deadline) {
      std::cerr << "waited too long for " << what << std::endl;
      std::abort();
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
}

absl::Time Monday() {
  return absl::FromCivil(absl::CivilSecond(2026, 11, 2, 9, 0, 0), VietnamTimeZone());
}

void Identify(grpc::ClientContext& context, absl::string_view principal) {
  context.AddMetadata(std::string(rpc::kPrincipalMetadata), std::string(principal));
  // A call that hangs fails its test instead of hanging it.
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
}

std::string RequestId(int n) { return absl::StrFormat("00000000-0000-4000-8000-%012d", n); }

std::string RequestId() {
  static std::atomic<int> next{1'000'000};
  return RequestId(next++);
}

}  // namespace twotier::routing::testing
