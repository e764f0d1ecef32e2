// A throwaway database for one test, on each engine.
#ifndef TWOTIER_TESTS_SUPPORT_DATABASE_H_
#define TWOTIER_TESTS_SUPPORT_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace twotier::testing_support {

// Lives on the engine until it is destroyed. Close every Database that uses it before that. A
// database that cannot be made ends the process: tests on an engine are never skipped.
class TestDatabase {
 public:
  // What makes a PostgreSQL database another one than the services accept.
  struct PostgresSettings {
    std::string collation = "C";
  };

  class Impl;  // One for each engine.

  TestDatabase(TestDatabase&&) noexcept;
  TestDatabase& operator=(TestDatabase&&) noexcept;
  ~TestDatabase();

  // For Database::Open and --database.
  const std::string& url() const;
  // "Sqlite" or "Postgres".
  const std::string& engine() const;
  bool is_postgres() const { return engine() == "Postgres"; }
  // SQLite: path of the file, in a directory of its own.
  std::string path() const;

  // PostgreSQL only. Ends every connection to it, as a crash of the server does.
  void KillConnections();
  // PostgreSQL only. While false, no connection can be made; existing ones stay.
  void AllowConnections(bool allow);
  // Runs one SQL statement outside of every Database and returns the first column of its rows, as
  // text.
  std::vector<std::string> Run(absl::string_view sql);

 private:
  explicit TestDatabase(std::unique_ptr<Impl> impl);
  friend TestDatabase MakeSqlite();
  friend TestDatabase MakePostgres(const PostgresSettings& settings);

  std::unique_ptr<Impl> impl_;
};

TestDatabase MakeSqlite();
// On the server that TWOTIER_TEST_POSTGRES names.
TestDatabase MakePostgres(const TestDatabase::PostgresSettings& settings);
TestDatabase MakePostgres();

// The engines as parameters of a gtest suite:
//   INSTANTIATE_TEST_SUITE_P(All, XTest, testing::ValuesIn(Engines()), EngineName);
using MakeDatabase = TestDatabase (*)();
struct EngineParam {
  const char* name;
  MakeDatabase make;
};
std::vector<EngineParam> Engines();

// For the last argument of INSTANTIATE_TEST_SUITE_P.
inline constexpr auto EngineName = [](const auto& info) { return std::string(info.param.name); };

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_DATABASE_H_
