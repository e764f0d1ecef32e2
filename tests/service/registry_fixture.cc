#include "tests/service/registry_fixture.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/errors.h"
#include "common/rpc/request_log.h"
#include "common/rpc/secret.h"
#include "common/status_macros.h"

namespace twotier::registry {
namespace {

constexpr db::Statement kCountEvents{"count_events", "SELECT COUNT(*) FROM event"};
constexpr db::Statement kCountPending{"count_pending",
                                      "SELECT COUNT(*) FROM event WHERE position IS NULL"};

// The number that `statement` gives; -1 when the database does not answer.
int64_t CountOf(db::Database& database, const db::Statement& statement) {
  int64_t count = -1;
  const absl::Status status = database.ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(statement, {}));
    count = rows[0].Int(0);
    return absl::OkStatus();
  });
  return status.ok() ? count : -1;
}

// What cannot go wrong in a test that is worth running.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << std::endl;
  std::abort();
}

std::vector<db::Migration> AllMigrations() {
  std::vector<db::Migration> migrations = rpc::Migrations();
  for (db::Migration& migration : Migrations()) migrations.push_back(std::move(migration));
  return migrations;
}

// True when the message shows `subject` at `version` or later.
bool Shows(const v1::WatchChangesResponse& message, absl::string_view subject, int64_t version) {
  const auto shows = [&](const v1::Resource& resource) {
    return resource.subject() == subject && resource.version() >= version;
  };
  const auto& part = message.snapshot_part().resources();
  const auto& changes = message.group().changes();
  return std::any_of(part.begin(), part.end(), shows) ||
         std::any_of(changes.begin(), changes.end(), shows);
}

}  // namespace

RegistryServer::RegistryServer(const testing_support::TestDatabase& database,
                               const std::string& data_dir)
    : log_file_(std::tmpfile(), &std::fclose),
      log_(fileno(log_file_.get())),
      clock_(absl::FromUnixSeconds(kNowSeconds)),
      metrics_(std::make_shared<prometheus::Registry>()) {
  options_.listen = "127.0.0.1:0";
  options_.database = database.url();
  options_.drain_notice = absl::ZeroDuration();
  authenticator_ = Must(rpc::CreateDevelopmentAuthenticator(options_.listen));
  database_ = Must(db::Database::Open(database.url(), AllMigrations(), {}));
  pages_ = std::make_unique<page::Sealer>(Must(rpc::LoadSecret(*database_, rpc::kPageTokenSecret)));
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      v1::RegistryService::service_full_name());
  dispatcher_ = Must(rpc::Dispatcher::Create(service, {.clock = &clock_,
                                                       .authenticator = authenticator_.get(),
                                                       .metrics = metrics_.get(),
                                                       .ids = &ids_,
                                                       .database = database_.get(),
                                                       .log = &log_}));
  registry_ = Must(Registry::Create({.options = options_,
                                     .dispatcher = *dispatcher_,
                                     .database = *database_,
                                     .pages = *pages_,
                                     .clock = clock_,
                                     .ids = ids_,
                                     .log = log_,
                                     .metrics = *metrics_},
                                    data_dir));
  server_ =
      Must(server::Server::Start(options_, {.service = &registry_->binding(),
                                            .full_name = v1::RegistryService::service_full_name(),
                                            .ready = [this] { return registry_->ready(); },
                                            .begin_drain =
                                                [this] {
                                                  registry_->BeginDrain();
                                                  dispatcher_->EndWatches();
                                                },
                                            .database = database_.get(),
                                            .metrics = metrics_,
                                            .log = &log_}));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options_.message_bytes_max);
  // A channel of its own for each server: ports are used again.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  stub_ = v1::RegistryService::NewStub(
      grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments));
}

RegistryServer::~RegistryServer() { server_->Drain(); }

void RegistryServer::Await(absl::string_view subject, int64_t version) {
  while (true) {
    grpc::ClientContext context;
    Identify(context);
    const auto reader = stub_->WatchChanges(&context, {});
    v1::WatchChangesResponse message;
    while (reader->Read(&message)) {
      if (!Shows(message, subject, version)) continue;
      context.TryCancel();
      return;
    }
    // A group that is too large to send ends the stream; its consumers begin again.
    const absl::Status end = rpc::FromGrpcStatus(reader->Finish());
    if (Reason(end) == "RESUME_TOKEN_EXPIRED") continue;
    std::cerr << "stream ended: " << end << std::endl;
    std::abort();
  }
}

void RegistryServer::AwaitNumbered() {
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (CountOf(*database_, kCountPending) != 0) {
    if (absl::Now() > deadline) {
      std::cerr << "waited too long for the sequencer" << std::endl;
      std::abort();
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
}

int64_t RegistryServer::CountEvents() { return CountOf(*database_, kCountEvents); }

double RegistryServer::Gauge(absl::string_view family, absl::string_view label) {
  for (const prometheus::MetricFamily& found : metrics_->Collect()) {
    if (found.name != family) continue;
    for (const prometheus::ClientMetric& metric : found.metric) {
      if (label.empty() || (metric.label.size() == 1 && metric.label[0].value == label)) {
        return metric.gauge.value;
      }
    }
  }
  return -1;
}

v1::ImportUnitsRequest ImportOf(const testing::Files& files, int n, bool validate_only) {
  v1::ImportUnitsRequest request;
  for (const auto& [name, content] : files) {
    v1::ImportFile* file = request.add_files();
    file->set_file_name(name);
    file->set_content(content);
  }
  request.set_request_id(absl::StrFormat("a0000000-0000-4000-8000-%012d", n));
  request.set_validate_only(validate_only);
  return request;
}

std::string Reason(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

void SetDate(int year, int month, int day, google::type::Date* date) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

}  // namespace twotier::registry
