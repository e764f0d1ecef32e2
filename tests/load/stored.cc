#include "tests/load/stored.h"

#include <sqlite3.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/multiply.h"
#include "tests/load/postgres.h"
#include "tests/load/timeline_check.h"
#include "tools/verify/verify_dossiers.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace rt = routing::v1;

// Dossiers that are read again by the bench: too many to stay in a small cache.
constexpr int64_t kSample = 100'000;
// Timelines whose hashes are recomputed.
constexpr int kChecked = 1000;

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

// Submits one dossier for each prepared request; what is stored is made of them.
absl::Status SubmitOriginals(const Places& places, const std::string& registry_address,
                             const std::string& database, const Workload& workload) {
  ASSIGN_OR_RETURN(Server routing,
                   StartRouting(places, "routing_storing", database, registry_address));
  RETURN_IF_ERROR(PrepareGetDossier(routing.address(), *workload.submit_dossier).status());
  RETURN_IF_ERROR(Settle(database));
  return routing.process().Terminate();
}

// `dossiers verify`, and timelines as the service shows them.
absl::Status CheckStored(const Places& places, const std::string& registry_address,
                         const std::string& database, const std::vector<std::string>& names) {
  ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyDossiers(database));
  if (!report.findings.empty()) {
    return absl::DataLossError(
        absl::StrCat(report.findings.size(), " findings: ", report.findings.front().what));
  }
  ASSIGN_OR_RETURN(Server routing,
                   StartRouting(places, "routing_checking", database, registry_address));
  RETURN_IF_ERROR(CheckSample(routing.address(), names));
  return routing.process().Terminate();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const PreparedCalls>> StoreDossiers(
    const Places& places, const std::string& registry_address, const std::string& database,
    const Workload& workload, int64_t count) {
  RETURN_IF_ERROR(SubmitOriginals(places, registry_address, database, workload));
  const auto originals = static_cast<int64_t>(workload.submit_dossier->requests.size());
  const absl::Time begin = absl::Now();
  ASSIGN_OR_RETURN(
      const std::vector<std::string> names,
      MultiplyDossiers(database, std::max<int64_t>(1, count - originals), kSample, begin));
  const absl::Time stored = absl::Now();
  RETURN_IF_ERROR(Settle(database));
  const absl::Time settled = absl::Now();
  RETURN_IF_ERROR(CheckStored(places, registry_address, database, names));
  std::cerr << "bench: stored " << count << " dossiers in "
            << absl::Trunc(stored - begin, absl::Seconds(1)) << ", settled in "
            << absl::Trunc(settled - stored, absl::Seconds(1)) << ", verified in "
            << absl::Trunc(absl::Now() - settled, absl::Seconds(1)) << std::endl;

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
