#include "tests/support/database.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace twotier::testing_support {
namespace {

[[noreturn]] void EndProcess(absl::string_view what) {
  std::fprintf(stderr, "test database: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

std::string ServerUrl() {
  const char* url = std::getenv("TWOTIER_TEST_POSTGRES");
  if (url == nullptr) {
    EndProcess("TWOTIER_TEST_POSTGRES is not set; run the tests with ./dev test");
  }
  return url;
}

// `url` with another database name.
std::string WithDatabase(const std::string& url, absl::string_view name) {
  const size_t authority = url.find("://") + 3;
  const size_t path = url.find('/', authority);
  const size_t query = url.find('?', authority);
  const std::string parameters = query == std::string::npos ? "" : url.substr(query);
  return absl::StrCat(url.substr(0, std::min(path, query)), "/", name, parameters);
}

std::vector<std::string> RunPostgres(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  if (PQstatus(connection) != CONNECTION_OK) EndProcess(PQerrorMessage(connection));
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    EndProcess(absl::StrCat(sql, ": ", PQerrorMessage(connection)));
  }
  std::vector<std::string> column;
  for (int row = 0; row < PQntuples(result); ++row) column.push_back(PQgetvalue(result, row, 0));
  PQclear(result);
  PQfinish(connection);
  return column;
}

std::vector<std::string> RunSqlite(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) EndProcess(sqlite3_errmsg(database));
  sqlite3_busy_timeout(database, 5000);
  std::vector<std::string> column;
  const auto add = [](void* to, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(to)->push_back(values[0] == nullptr ? "" : values[0]);
    return 0;
  };
  if (sqlite3_exec(database, sql.c_str(), add, &column, nullptr) != SQLITE_OK) {
    EndProcess(absl::StrCat(sql, ": ", sqlite3_errmsg(database)));
  }
  sqlite3_close(database);
  return column;
}

}  // namespace

class TestDatabase::Impl {
 public:
  virtual ~Impl() = default;
  virtual std::vector<std::string> Run(absl::string_view sql) = 0;
  virtual void RunOnServer(absl::string_view) { EndProcess("only PostgreSQL has a server"); }

  std::string engine;
  std::string url;
  std::string name;  // Path of the file, or name of the database.
};

namespace {

class SqliteImpl final : public TestDatabase::Impl {
 public:
  SqliteImpl() {
    std::string pattern = (std::filesystem::temp_directory_path() / "twotier-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) EndProcess("cannot make a temporary directory");
    directory_ = pattern;
    engine = "Sqlite";
    name = directory_ + "/test.db";
    url = "sqlite:" + name;
  }
  ~SqliteImpl() override {
    std::error_code ignored;  // A directory that stays in /tmp fails no test.
    std::filesystem::remove_all(directory_, ignored);
  }
  std::vector<std::string> Run(absl::string_view sql) override {
    return RunSqlite(name, std::string(sql));
  }

 private:
  std::string directory_;
};

class PostgresImpl final : public TestDatabase::Impl {
 public:
  explicit PostgresImpl(const TestDatabase::PostgresSettings& settings) : server_(ServerUrl()) {
    static std::atomic<int> count{0};
    engine = "Postgres";
    name = absl::StrCat("twotier_test_", getpid(), "_", count++);
    url = WithDatabase(server_, name);
    RunPostgres(server_, absl::StrCat("CREATE DATABASE ", name, " TEMPLATE template0 LC_COLLATE '",
                                      settings.collation, "' LC_CTYPE '", settings.collation,
                                      "' ENCODING 'UTF8'"));
  }
  ~PostgresImpl() override {
    RunPostgres(server_, absl::StrCat("DROP DATABASE IF EXISTS ", name, " WITH (FORCE)"));
  }
  std::vector<std::string> Run(absl::string_view sql) override {
    return RunPostgres(url, std::string(sql));
  }
  void RunOnServer(absl::string_view sql) override { RunPostgres(server_, std::string(sql)); }

 private:
  const std::string server_;
};

}  // namespace

TestDatabase::TestDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TestDatabase::TestDatabase(TestDatabase&&) noexcept = default;
TestDatabase& TestDatabase::operator=(TestDatabase&&) noexcept = default;
TestDatabase::~TestDatabase() = default;

const std::string& TestDatabase::url() const { return impl_->url; }
const std::string& TestDatabase::engine() const { return impl_->engine; }
std::string TestDatabase::path() const { return impl_->name; }

void TestDatabase::KillConnections() {
  impl_->RunOnServer(
      absl::StrCat("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '",
                   impl_->name, "'"));
}

void TestDatabase::AllowConnections(bool allow) {
  impl_->RunOnServer(absl::StrCat("ALTER DATABASE ", impl_->name, " ALLOW_CONNECTIONS ",
                                  allow ? "true" : "false"));
}

std::vector<std::string> TestDatabase::Run(absl::string_view sql) { return impl_->Run(sql); }

TestDatabase MakeSqlite() { return TestDatabase(std::make_unique<SqliteImpl>()); }
TestDatabase MakePostgres(const TestDatabase::PostgresSettings& settings) {
  return TestDatabase(std::make_unique<PostgresImpl>(settings));
}
TestDatabase MakePostgres() { return MakePostgres(TestDatabase::PostgresSettings{}); }

std::vector<EngineParam> Engines() {
  return {{"Sqlite", &MakeSqlite}, {"Postgres", static_cast<MakeDatabase>(&MakePostgres)}};
}

}  // namespace twotier::testing_support
