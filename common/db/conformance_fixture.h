// Tables, statements and the database of the conformance suite (docs/sql.md).
#ifndef TWOTIER_COMMON_DB_CONFORMANCE_FIXTURE_H_
#define TWOTIER_COMMON_DB_CONFORMANCE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/db/database.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {

inline std::vector<Migration> Tables() {
  return {
      {"test",
       1,
       "tables",
       {"CREATE TABLE item (province_code TEXT NOT NULL, name TEXT NOT NULL, amount BIGINT NOT "
        "NULL,"
        " note TEXT, bytes BYTEA, PRIMARY KEY (province_code, name))",
        "CREATE TABLE part (province_code TEXT NOT NULL, name TEXT NOT NULL, item TEXT NOT NULL,"
        " PRIMARY KEY (province_code, name),"
        " FOREIGN KEY (province_code, item) REFERENCES item (province_code, name))",
        "CREATE TABLE post (name TEXT NOT NULL PRIMARY KEY, unit TEXT NOT NULL,"
        " open BIGINT NOT NULL)",
        "CREATE UNIQUE INDEX one_open_post ON post (unit) WHERE open = 1"}}};
}

inline constexpr Statement kClear{"clear", "DELETE FROM item"};
inline constexpr Statement kInsert{
    "insert", "INSERT INTO item (province_code, name, amount, note) VALUES ($1, $2, $3, $4)"};
inline constexpr Statement kRaise{
    "raise", "UPDATE item SET amount = amount + $3 WHERE province_code = $1 AND name = $2"};
inline constexpr Statement kPart{
    "part", "INSERT INTO part (province_code, name, item) VALUES ($1, $2, $3)"};
inline constexpr Statement kClearParts{"clear_parts", "DELETE FROM part"};
inline constexpr Statement kInsertBytes{
    "insert_bytes", "INSERT INTO item (province_code, name, amount, bytes) VALUES ($1, $2, 0, $3)"};
inline constexpr Statement kAll{
    "all", "SELECT name, amount, note, bytes FROM item WHERE province_code = $1 ORDER BY name"};

// One database an engine for the whole suite: making one costs more than all that is done with it.
class ConformanceTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  struct Shared {
    explicit Shared(testing_support::TestDatabase t) : test_database(std::move(t)) {}
    testing_support::TestDatabase test_database;
    std::unique_ptr<Database> database;
  };

  static std::map<std::string, std::unique_ptr<Shared>>& All() {
    static auto* all = new std::map<std::string, std::unique_ptr<Shared>>();
    return *all;
  }
  static void TearDownTestSuite() { All().clear(); }

  void SetUp() override {
    std::unique_ptr<Shared>& shared = All()[GetParam().name];
    if (shared == nullptr) {
      shared = std::make_unique<Shared>(GetParam().make());
      absl::StatusOr<std::unique_ptr<Database>> database =
          Database::Open(shared->test_database.url(), Tables(), {});
      ASSERT_TRUE(database.ok()) << database.status();
      shared->database = *std::move(database);
    }
    Do([](Tx& tx) { return tx.Exec(kClear, {}).status(); });
  }

  bool is_postgres() const { return database().engine() == Engine::kPostgres; }
  Database& database() const { return *All()[GetParam().name]->database; }
  absl::Status Try(std::function<absl::Status(Tx&)> work) {
    return database().Write({}, std::move(work));
  }
  void Do(std::function<absl::Status(Tx&)> work) {
    const absl::Status status = Try(std::move(work));
    ASSERT_TRUE(status.ok()) << status;
  }
  void Insert(const std::vector<std::string>& names) {
    Do([&](Tx& tx) -> absl::Status {
      int64_t amount = 0;
      for (const std::string& name : names) {
        RETURN_IF_ERROR(tx.Write(kInsert, {"48", name, ++amount, std::nullopt}));
      }
      return absl::OkStatus();
    });
  }
  // All cells of a query's result as text, row by row; NULL is "null".
  std::vector<std::string> Cells(const Statement& statement, Values values) {
    std::vector<std::string> cells;
    Do([&](Tx& tx) -> absl::Status {
      cells.clear();
      ASSIGN_OR_RETURN(const Rows rows, tx.Query(statement, values));
      for (const Row& row : rows) {
        for (size_t i = 0; i < row.size(); ++i) cells.push_back(CellText(row, i));
      }
      return absl::OkStatus();
    });
    return cells;
  }
  std::vector<std::string> Cells(const Statement& statement,
                                 std::initializer_list<Value> values = {}) {
    return Cells(statement, Values(values.begin(), values.size()));
  }
  // How often the integer columns come as integers is asserted by reading them as such.
  static std::string CellText(const Row& row, size_t column) {
    if (row.IsNull(column)) return "null";
    return IntegerColumns().contains(column) ? absl::StrCat(row.Int(column)) : row.Text(column);
  }
  // Columns of the statement under test that hold integers.
  static std::set<size_t>& IntegerColumns() {
    static auto* columns = new std::set<size_t>();
    return *columns;
  }
  static void Integers(std::set<size_t> columns) { IntegerColumns() = std::move(columns); }
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_CONFORMANCE_FIXTURE_H_
