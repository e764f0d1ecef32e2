// Databases on the PostgreSQL server that benches and end-to-end tests run on, and its own
// yardstick, pgbench.
#ifndef TWOTIER_TESTS_LOAD_POSTGRES_H_
#define TWOTIER_TESTS_LOAD_POSTGRES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace twotier::load {

// A new database, dropped with its owner. Not thread-safe.
class PostgresDatabase {
 public:
  // `server_url` names a superuser: postgresql://USER@HOST:PORT/ANY_DATABASE. The database has the
  // collation that the services demand.
  static absl::StatusOr<PostgresDatabase> Create(absl::string_view server_url);

  PostgresDatabase(PostgresDatabase&& other) noexcept;
  PostgresDatabase& operator=(PostgresDatabase&& other) noexcept;
  ~PostgresDatabase();

  const std::string& url() const { return url_; }

  // Leaves the database behind: its server is about to be stopped for good.
  void Forget() { name_.clear(); }

 private:
  PostgresDatabase() = default;

  std::string server_url_;
  std::string name_;
  std::string url_;
};

// Runs statements that return nothing, each in a transaction of its own.
absl::Status ExecuteOnPostgres(absl::string_view url, const std::vector<std::string>& statements);

// First column of the first row. NOT_FOUND without a row.
absl::StatusOr<std::string> AskPostgres(absl::string_view url, absl::string_view query);

// Fills `url` with the tables of pgbench (TPC-B-like).
absl::Status PreparePgbench(absl::string_view url, int scale);

// Transactions a second of `pgbench -M prepared -c 8 -j 2`.
absl::StatusOr<double> RunPgbench(absl::string_view url, absl::Duration duration);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_POSTGRES_H_
