#include "tests/load/postgres.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "tests/load/process.h"

namespace twotier::load {
namespace {

// Debian keeps it outside the path.
constexpr char kPgbench[] = "/usr/lib/postgresql/15/bin/pgbench";

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

absl::StatusOr<Result> Run(absl::string_view url, absl::string_view sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb(std::string(url).c_str()), PQfinish);
  Result result(PQexec(connection.get(), std::string(sql).c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  return absl::InternalError(absl::StrCat(PQerrorMessage(connection.get()), " in: ", sql));
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Runs pgbench to its end and returns what it printed.
absl::StatusOr<std::string> Pgbench(const std::vector<std::string>& options,
                                    absl::string_view url) {
  static std::atomic<int> run = 0;
  const std::string log = absl::StrCat(std::filesystem::temp_directory_path().string(),
                                       "/twotier_pgbench_", getpid(), "_", run++, ".log");
  const auto remove_log = absl::MakeCleanup([&log] { std::filesystem::remove(log); });
  std::vector<std::string> command = {kPgbench};
  command.insert(command.end(), options.begin(), options.end());
  command.emplace_back(url);
  ASSIGN_OR_RETURN(Process process, Process::Start(command, log));
  const absl::Status ended = process.Wait();
  const std::string printed = ReadFile(log);
  if (!ended.ok()) return absl::InternalError(absl::StrCat("pgbench: ", printed));
  return printed;
}

}  // namespace

absl::StatusOr<PostgresDatabase> PostgresDatabase::Create(absl::string_view server_url) {
  static std::atomic<int> created = 0;
  const size_t path = server_url.rfind('/');
  if (!absl::StartsWith(server_url, "postgresql://") || path < sizeof("postgresql://")) {
    return absl::InvalidArgumentError(absl::StrCat("not postgresql://HOST/DATABASE: ", server_url));
  }
  PostgresDatabase database;
  database.server_url_ = std::string(server_url);
  database.name_ = absl::StrCat("twotier_load_", getpid(), "_", created++);
  database.url_ = absl::StrCat(server_url.substr(0, path + 1), database.name_);
  RETURN_IF_ERROR(ExecuteOnPostgres(
      server_url,
      {absl::StrCat("CREATE DATABASE ", database.name_,
                    " TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'")}));
  return database;
}

PostgresDatabase::PostgresDatabase(PostgresDatabase&& other) noexcept
    : server_url_(std::move(other.server_url_)),
      name_(std::exchange(other.name_, "")),
      url_(std::move(other.url_)) {}

PostgresDatabase& PostgresDatabase::operator=(PostgresDatabase&& other) noexcept {
  std::swap(server_url_, other.server_url_);
  std::swap(name_, other.name_);
  std::swap(url_, other.url_);
  return *this;
}

PostgresDatabase::~PostgresDatabase() {
  if (name_.empty()) return;
  const absl::Status dropped = ExecuteOnPostgres(
      server_url_, {absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)")});
  if (!dropped.ok()) std::cerr << "a database is left behind: " << dropped << "\n";
}

absl::Status ExecuteOnPostgres(absl::string_view url, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) RETURN_IF_ERROR(Run(url, statement).status());
  return absl::OkStatus();
}

absl::StatusOr<std::string> AskPostgres(absl::string_view url, absl::string_view query) {
  ASSIGN_OR_RETURN(const Result result, Run(url, query));
  if (PQntuples(result.get()) == 0) return absl::NotFoundError(absl::StrCat("no row: ", query));
  return std::string(PQgetvalue(result.get(), 0, 0));
}

absl::Status PreparePgbench(absl::string_view url, int scale) {
  return Pgbench({"-i", "-q", "-s", absl::StrCat(scale)}, url).status();
}

absl::StatusOr<double> RunPgbench(absl::string_view url, absl::Duration duration) {
  const int64_t seconds = std::max<int64_t>(1, absl::ToInt64Seconds(duration));
  ASSIGN_OR_RETURN(
      const std::string printed,
      Pgbench({"-M", "prepared", "-c", "8", "-j", "2", "-T", absl::StrCat(seconds)}, url));
  // "tps = 1234.567890 (without initial connection time)"
  const std::vector<absl::string_view> around = absl::StrSplit(printed, "tps = ");
  double transactions_per_second = 0;
  if (around.size() != 2 ||
      !absl::SimpleAtod(around[1].substr(0, around[1].find(' ')), &transactions_per_second)) {
    return absl::InternalError(absl::StrCat("cannot read what pgbench printed: ", printed));
  }
  return transactions_per_second;
}

}  // namespace twotier::load
