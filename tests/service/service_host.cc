#include "tests/service/service_host.h"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/rpc/request_log.h"
#include "common/rpc/secret.h"

namespace twotier::testing_support {
namespace {

// What cannot go wrong in a test that is worth running.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << std::endl;
  std::abort();
}

}  // namespace

ServiceHost::ServiceHost(const HostedService& service, const std::string& database, absl::Time now,
                         const Clock* own_clock)
    : log_file_(std::tmpfile(), &std::fclose),
      log_(fileno(log_file_.get())),
      clock_(now),
      metrics_(std::make_shared<prometheus::Registry>()) {
  const Clock& clock = own_clock == nullptr ? clock_ : *own_clock;
  options_.listen = "127.0.0.1:0";
  options_.database = database;
  options_.drain_notice = absl::ZeroDuration();
  authenticator_ = Must(rpc::CreateDevelopmentAuthenticator(options_.listen));
  std::vector<db::Migration> migrations = rpc::Migrations();
  for (const db::Migration& migration : service.migrations) migrations.push_back(migration);
  database_ = Must(db::Database::Open(database, migrations, {}));
  pages_ = std::make_unique<page::Sealer>(Must(rpc::LoadSecret(*database_, rpc::kPageTokenSecret)));
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      std::string(service.full_name));
  dispatcher_ = Must(rpc::Dispatcher::Create(descriptor, {.clock = &clock,
                                                          .authenticator = authenticator_.get(),
                                                          .metrics = metrics_.get(),
                                                          .ids = &ids_,
                                                          .database = database_.get(),
                                                          .log = &log_}));
  service_ = Must(service.build({.options = options_,
                                 .dispatcher = *dispatcher_,
                                 .database = *database_,
                                 .pages = *pages_,
                                 .clock = clock,
                                 .ids = ids_,
                                 .log = log_,
                                 .metrics = *metrics_}));
  server_ = Must(server::Server::Start(options_, {.service = &service_->binding(),
                                                  .full_name = std::string(service.full_name),
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
  WaitUntil([this] { return ready(); }, "the first snapshot of the registry");
}

ServiceHost::~ServiceHost() { server_->Drain(); }

std::shared_ptr<grpc::Channel> ServiceHost::channel() const {
  return grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
}

std::string ServiceHost::LogText() {
  log_.Flush();
  std::string text;
  std::rewind(log_file_.get());
  char buffer[4096];
  for (size_t read; (read = std::fread(buffer, 1, sizeof(buffer), log_file_.get())) > 0;) {
    text.append(buffer, read);
  }
  return text;
}

void ServiceHost::WaitUntil(const std::function<bool()>& condition, absl::string_view what) {
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

std::string ReasonOf(const absl::Status& status) {
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  return reason ? reason->reason : "";
}

std::string MetadataOf(const absl::Status& status, absl::string_view key) {
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  if (reason) {
    for (const auto& [name, value] : reason->metadata) {
      if (name == key) return value;
    }
  }
  return "absent";
}

}  // namespace twotier::testing_support
