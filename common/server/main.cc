#include "common/server/main.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "common/feed/epoch.h"
#include "common/rpc/authn.h"
#include "common/rpc/request_log.h"
#include "common/rpc/secret.h"
#include "common/server/metrics.h"
#include "common/server/purge.h"
#include "common/server/server.h"
#include "common/status_macros.h"

ABSL_FLAG(bool, new_feed_epoch, false,
          "Do not serve: give the feed of --database a new epoch and end. To be run once after a "
          "backup was restored, before the service is started on it; see docs/feed.md.");

namespace twotier::server {
namespace {

// The signals that end a service. Blocked in every thread; the main thread waits for them.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that closes its socket is an error of that call, not the end of the process.
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

std::vector<db::Migration> AllMigrations(const Description& description) {
  std::vector<db::Migration> migrations = rpc::Migrations();
  migrations.insert(migrations.end(), description.migrations.begin(), description.migrations.end());
  return migrations;
}

absl::Status Serve(const Description& description, const Options& options, Log& log,
                   const sigset_t& end_signals) {
  SystemClock clock;
  IdSource ids;
  const auto metrics = std::make_shared<prometheus::Registry>();
  DatabaseMetrics database_metrics(*metrics);
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Authenticator> authenticator,
                   rpc::CreateDevelopmentAuthenticator(options.listen));
  db::DatabaseOptions database_options = description.database;
  database_options.observer = &database_metrics;
  database_options.queue_bytes_max = static_cast<size_t>(options.queue_bytes_max);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<db::Database> database,
      db::Database::Open(options.database, AllMigrations(description), database_options));
  ASSIGN_OR_RETURN(std::string page_key, rpc::LoadSecret(*database, rpc::kPageTokenSecret));
  const page::Sealer pages(std::move(page_key));
  ASSIGN_OR_RETURN(
      const std::unique_ptr<rpc::Dispatcher> dispatcher,
      rpc::Dispatcher::Create(description.service, {.clock = &clock,
                                                    .authenticator = authenticator.get(),
                                                    .metrics = metrics.get(),
                                                    .ids = &ids,
                                                    .database = database.get(),
                                                    .log = &log}));
  ASSIGN_OR_RETURN(const std::unique_ptr<Service> service,
                   description.build({.options = options,
                                      .dispatcher = *dispatcher,
                                      .database = *database,
                                      .pages = pages,
                                      .clock = clock,
                                      .ids = ids,
                                      .log = log,
                                      .metrics = *metrics}));
  const std::unique_ptr<Chore> purge = PurgeRequestLog(*database, clock, log);
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                   Server::Start(options, {.service = &service->binding(),
                                           .full_name = description.service->full_name(),
                                           .ready = [&] { return service->ready(); },
                                           .begin_drain =
                                               [&] {
                                                 purge->Stop();
                                                 service->BeginDrain();
                                                 dispatcher->EndWatches();
                                               },
                                           .database = database.get(),
                                           .metrics = metrics,
                                           .log = &log}));
  int signal_number = 0;
  sigwait(&end_signals, &signal_number);
  log.Write(Severity::kInfo, "signal", {{"number", signal_number}});
  server->Drain();
  return absl::OkStatus();
}

// What --new_feed_epoch asks for.
absl::Status NewFeedEpoch(const Description& description, const Options& options, Log& log) {
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Database> database,
                   db::Database::Open(options.database, AllMigrations(description), {}));
  RETURN_IF_ERROR(feed::NewEpoch(*database));
  log.Write(Severity::kInfo, "new feed epoch", {{"database", WithoutPassword(options.database)}});
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv, const Description& description) {
  const std::string name = description.service->full_name();
  absl::SetProgramUsageMessage(absl::StrCat("Serves ", name, "."));
  absl::ParseCommandLine(argc, argv);
  const sigset_t end_signals = BlockEndSignals();
  Log log(STDOUT_FILENO);

  const absl::StatusOr<Options> options = OptionsFromFlags(description.defaults);
  absl::Status status = options.status();
  if (status.ok()) {
    LogFlags(log, *options);
    status = absl::GetFlag(FLAGS_new_feed_epoch) ? NewFeedEpoch(description, *options, log)
                                                 : Serve(description, *options, log, end_signals);
  }
  if (status.ok()) return 0;
  log.Write(Severity::kError, "cannot start", {{"service", name}, {"message", status.message()}});
  std::cerr << name << " cannot start: " << status.message() << std::endl;
  return 1;
}

}  // namespace twotier::server
