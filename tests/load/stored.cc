#include "tests/load/stored.h"

#include <sqlite3.h>

#include <iostream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/driver.h"
#include "tests/load/postgres.h"
#include "tests/load/timeline_check.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace rt = routing::v1;

constexpr int kCallers = 512;
constexpr absl::Duration kSlice = absl::Seconds(1);
// Dossiers that are read again by the bench: too many to stay in a small cache.
constexpr int64_t kSample = 100'000;
// Timelines whose hashes are recomputed.
constexpr int kChecked = 1000;

// Submits dossiers and keeps the names of some.
class StoringCaller final : public Caller {
 public:
  StoringCaller(std::shared_ptr<const PreparedCalls> submissions, size_t first, int64_t keep_one_in,
                std::vector<std::string>& names)
      : submit_(std::move(submissions), first), keep_one_in_(keep_one_in), names_(names) {}

  NextCall Next() override { return submit_.Next(); }

  absl::Status Check(const grpc::ByteBuffer& answer) override {
    if (stored_++ % keep_one_in_ != 0) return submit_.Check(answer);
    rt::SubmitDossierResponse response;
    if (!response.ParseFromString(ToBytes(answer)) || response.dossier().name().empty()) {
      return absl::InternalError("no dossier in the answer");
    }
    names_.push_back(response.dossier().name());
    return absl::OkStatus();
  }

 private:
  ReplayCaller submit_;
  const int64_t keep_one_in_;
  int64_t stored_ = 0;
  std::vector<std::string>& names_;  // All callers are driven by one thread.
};

// How long the sequencer may take to number what was stored faster than it numbers.
constexpr absl::Duration kSequencedTimeout = absl::Minutes(10);
constexpr absl::Duration kSequencedCheck = absl::Milliseconds(500);

absl::StatusOr<int64_t> AskSqlite(const std::string& path, const std::string& query) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
  sqlite3_stmt* prepared = nullptr;
  if (code != SQLITE_OK ||
      sqlite3_prepare_v2(database.get(), query.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return absl::InternalError(absl::StrCat(sqlite3_errmsg(database.get()), " in: ", query));
  }
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared,
                                                                             sqlite3_finalize);
  if (sqlite3_step(statement.get()) != SQLITE_ROW) {
    return absl::InternalError(absl::StrCat(sqlite3_errmsg(database.get()), " in: ", query));
  }
  return sqlite3_column_int64(statement.get(), 0);
}

absl::StatusOr<int64_t> CountUnsequenced(const std::string& database) {
  const std::string query = "SELECT COUNT(*) FROM event WHERE position IS NULL";
  absl::string_view path = database;
  if (absl::ConsumePrefix(&path, "sqlite:")) return AskSqlite(std::string(path), query);
  ASSIGN_OR_RETURN(const std::string count, AskPostgres(database, query));
  int64_t unsequenced = 0;
  if (!absl::SimpleAtoi(count, &unsequenced)) return absl::InternalError("COUNT is no number");
  return unsequenced;
}

// What is measured later shall not pay for what was stored before: waits until every event has its
// position, and lets PostgreSQL do what autovacuum would have done on the way to such a volume.
absl::Status Settle(const std::string& database) {
  const absl::Time give_up = absl::Now() + kSequencedTimeout;
  for (;;) {
    ASSIGN_OR_RETURN(const int64_t unsequenced, CountUnsequenced(database));
    if (unsequenced == 0) break;
    if (absl::Now() > give_up) {
      return absl::DeadlineExceededError(absl::StrCat(unsequenced, " events have no position"));
    }
    absl::SleepFor(kSequencedCheck);
  }
  if (!absl::StartsWith(database, "postgresql:")) return absl::OkStatus();
  return ExecuteOnPostgres(database, {"VACUUM ANALYZE", "CHECKPOINT"});
}

absl::Status CheckSample(const std::string& routing_address,
                         const std::vector<std::string>& names) {
  const auto routing = StubOf<rt::RoutingService>(routing_address);
  for (int i = 0; i < kChecked; ++i) {
    rt::ListDossierEntriesRequest request;
    request.set_name(names[static_cast<size_t>(i) * names.size() / kChecked]);
    ASSIGN_OR_RETURN(const rt::ListDossierEntriesResponse timeline,
                     Ask(*routing, &rt::RoutingService::Stub::ListDossierEntries, request));
    RETURN_IF_ERROR(CheckTimeline(request.name(), timeline));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const PreparedCalls>> StoreDossiers(
    const Places& places, const std::string& registry_address, const std::string& database,
    const Workload& workload, int64_t count) {
  ASSIGN_OR_RETURN(Server routing,
                   StartRouting(places, "routing_storing", database, registry_address));
  std::vector<std::string> names;
  LoadOptions options;
  options.addresses = {routing.address()};
  options.in_flight = kCallers;
  options.warm_up = absl::ZeroDuration();
  options.duration = kSlice;
  options.make_caller = [&](int caller) {
    return std::make_unique<StoringCaller>(workload.submit_dossier, static_cast<size_t>(caller) * 7,
                                           std::max<int64_t>(1, count / kSample), names);
  };
  const absl::Time begin = absl::Now();
  int64_t stored = 0;
  while (stored < count) {
    ASSIGN_OR_RETURN(const LoadResult result, RunLoad(options));
    stored += result.calls;
  }
  const absl::Time end = absl::Now();
  RETURN_IF_ERROR(Settle(database));
  std::cerr << "bench: stored " << stored << " dossiers in "
            << absl::Trunc(end - begin, absl::Seconds(1)) << ", settled after "
            << absl::Trunc(absl::Now() - end, absl::Seconds(1)) << " more" << std::endl;
  RETURN_IF_ERROR(CheckSample(routing.address(), names));
  RETURN_IF_ERROR(routing.process().Terminate());

  auto calls = std::make_shared<PreparedCalls>();
  calls->method = RoutingMethod("GetDossier");
  calls->answer_type = &rt::GetDossierResponse::default_instance();
  for (const std::string& name : names) {
    rt::GetDossierRequest request;
    request.set_name(name);
    calls->requests.push_back(request.SerializeAsString());
  }
  return calls;
}

}  // namespace twotier::load
