#include "tests/load/bulk.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"

namespace twotier::load {
namespace {

// ---- SQLite

// Rows of one transaction: the log stays small, and few commits cost nothing.
constexpr int64_t kRowsACommit = 200'000;

using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

absl::Status Failure(sqlite3* database, absl::string_view sql) {
  return absl::InternalError(absl::StrCat(sqlite3_errmsg(database), " in: ", sql));
}

absl::StatusOr<Statement> Prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return Failure(database, sql);
  }
  return Statement(prepared, sqlite3_finalize);
}

absl::Status Run(sqlite3* database, const std::string& sql) {
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return absl::OkStatus();
  }
  return Failure(database, sql);
}

Cell CellOf(sqlite3_stmt* row, int column) {
  const auto text = [&] {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
    const auto size = static_cast<size_t>(sqlite3_column_bytes(row, column));
    return size == 0 ? std::string() : std::string(bytes, size);
  };
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(row, column);
    case SQLITE_TEXT:
      return text();
    case SQLITE_BLOB:
      return Bytes{text()};
    default:
      return std::monostate();
  }
}

// Returns SQLite's code.
int Bind(sqlite3_stmt* statement, int at, const Cell& cell) {
  const auto size = [](const std::string& text) { return static_cast<int>(text.size()); };
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    return sqlite3_bind_int64(statement, at, *number);
  }
  if (const auto* text = std::get_if<std::string>(&cell)) {
    return sqlite3_bind_text(statement, at, text->data(), size(*text), SQLITE_STATIC);
  }
  if (const auto* bytes = std::get_if<Bytes>(&cell)) {
    return sqlite3_bind_blob(statement, at, bytes->value.data(), size(bytes->value), SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, at);
}

class SqliteWriter final : public BulkWriter {
 public:
  SqliteWriter(sqlite3* database, std::vector<Statement> inserts)
      : database_(database), inserts_(std::move(inserts)) {}
  ~SqliteWriter() override {
    if (sqlite3_get_autocommit(database_) == 0) (void)Run(database_, "ROLLBACK");
  }

  absl::Status Add(size_t table, const Cells& row) override {
    sqlite3_stmt* insert = inserts_[table].get();
    for (size_t i = 0; i < row.size(); ++i) {
      if (Bind(insert, static_cast<int>(i) + 1, row[i]) != SQLITE_OK) {
        return Failure(database_, sqlite3_sql(insert));
      }
    }
    const int code = sqlite3_step(insert);
    sqlite3_reset(insert);
    if (code != SQLITE_DONE) return Failure(database_, sqlite3_sql(insert));
    if (++rows_ % kRowsACommit != 0) return absl::OkStatus();
    return Run(database_, "COMMIT; BEGIN");
  }
  absl::Status Finish() override { return Run(database_, "COMMIT"); }

 private:
  sqlite3* const database_;
  std::vector<Statement> inserts_;
  int64_t rows_ = 0;
};

class SqliteBulk final : public Bulk {
 public:
  explicit SqliteBulk(sqlite3* database) : database_(database, sqlite3_close) {}

  absl::StatusOr<Table> Read(const std::string& name) override {
    ASSIGN_OR_RETURN(const Statement select,
                     Prepare(database_.get(), absl::StrCat("SELECT * FROM ", name)));
    Table table{.name = name, .columns = {}, .rows = {}};
    const int columns = sqlite3_column_count(select.get());
    for (int i = 0; i < columns; ++i) {
      table.columns.emplace_back(sqlite3_column_name(select.get(), i));
    }
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(select.get())) == SQLITE_ROW) {
      Cells row;
      for (int i = 0; i < columns; ++i) row.push_back(CellOf(select.get(), i));
      table.rows.push_back(std::move(row));
    }
    if (code != SQLITE_DONE) return Failure(database_.get(), name);
    return table;
  }

  absl::StatusOr<std::unique_ptr<BulkWriter>> Begin(
      const std::vector<const Table*>& tables) override {
    std::vector<Statement> inserts;
    for (const Table* table : tables) {
      const std::string places =
          absl::StrJoin(std::vector<std::string>(table->columns.size(), "?"), ",");
      ASSIGN_OR_RETURN(Statement insert,
                       Prepare(database_.get(), absl::StrCat("INSERT INTO ", table->name, " (",
                                                             absl::StrJoin(table->columns, ","),
                                                             ") VALUES (", places, ")")));
      inserts.push_back(std::move(insert));
    }
    // A machine that loses power loses a bench.
    RETURN_IF_ERROR(
        Run(database_.get(), "PRAGMA synchronous = OFF; PRAGMA cache_size = -524288; BEGIN"));
    return std::make_unique<SqliteWriter>(database_.get(), std::move(inserts));
  }

  absl::Status Execute(const std::string& sql) override { return Run(database_.get(), sql); }

 private:
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database_;
};

// ---- PostgreSQL

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

// Numbers of pg_type.
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;

absl::StatusOr<Connection> Connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()), PQfinish);
  if (PQstatus(connection.get()) == CONNECTION_OK) return connection;
  return absl::InternalError(PQerrorMessage(connection.get()));
}

absl::StatusOr<Result> Run(PGconn* connection, const std::string& sql) {
  Result result(PQexec(connection, sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN) {
    return result;
  }
  return absl::InternalError(absl::StrCat(PQerrorMessage(connection), " in: ", sql));
}

Cell CellOf(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::monostate();
  const absl::string_view text = PQgetvalue(result, row, column);
  if (PQftype(result, column) == kInt8) {
    int64_t number = 0;
    (void)absl::SimpleAtoi(text, &number);  // The engine wrote it.
    return number;
  }
  if (PQftype(result, column) == kBytea) return Bytes{absl::HexStringToBytes(text.substr(2))};
  return std::string(text);
}

// As COPY reads it.
void Append(const Cell& cell, std::string& line) {
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    absl::StrAppend(&line, *number);
  } else if (const auto* bytes = std::get_if<Bytes>(&cell)) {
    absl::StrAppend(&line, "\\\\x", absl::BytesToHexString(bytes->value));
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    for (const char c : *text) {
      if (c == '\\' || c == '\n' || c == '\r' || c == '\t') line.push_back('\\');
      line.push_back(c);
    }
  } else {
    line.append("\\N");
  }
}

class PostgresWriter final : public BulkWriter {
 public:
  explicit PostgresWriter(std::vector<Connection> copies) : copies_(std::move(copies)) {}

  absl::Status Add(size_t table, const Cells& row) override {
    line_.clear();
    for (const Cell& cell : row) {
      if (!line_.empty()) line_.push_back('\t');
      Append(cell, line_);
    }
    line_.push_back('\n');
    PGconn* copy = copies_[table].get();
    if (PQputCopyData(copy, line_.data(), static_cast<int>(line_.size())) == 1) {
      return absl::OkStatus();
    }
    return absl::InternalError(PQerrorMessage(copy));
  }

  absl::Status Finish() override {
    for (const Connection& copy : copies_) {
      if (PQputCopyEnd(copy.get(), nullptr) != 1) {
        return absl::InternalError(PQerrorMessage(copy.get()));
      }
      const Result result(PQgetResult(copy.get()), PQclear);
      if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
        return absl::InternalError(PQerrorMessage(copy.get()));
      }
      const Result more(PQgetResult(copy.get()), PQclear);
      if (more != nullptr) return absl::InternalError("the copy has not ended");
    }
    return absl::OkStatus();
  }

 private:
  std::vector<Connection> copies_;  // One for each table.
  std::string line_;
};

class PostgresBulk final : public Bulk {
 public:
  PostgresBulk(std::string url, Connection connection)
      : url_(std::move(url)), connection_(std::move(connection)) {}

  absl::StatusOr<Table> Read(const std::string& name) override {
    ASSIGN_OR_RETURN(const Result result,
                     Run(connection_.get(), absl::StrCat("SELECT * FROM ", name)));
    Table table{.name = name, .columns = {}, .rows = {}};
    const int columns = PQnfields(result.get());
    for (int i = 0; i < columns; ++i) table.columns.emplace_back(PQfname(result.get(), i));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      Cells cells;
      for (int i = 0; i < columns; ++i) cells.push_back(CellOf(result.get(), row, i));
      table.rows.push_back(std::move(cells));
    }
    return table;
  }

  absl::StatusOr<std::unique_ptr<BulkWriter>> Begin(
      const std::vector<const Table*>& tables) override {
    std::vector<Connection> copies;
    for (const Table* table : tables) {
      ASSIGN_OR_RETURN(Connection copy, Connect(url_));
      RETURN_IF_ERROR(
          Run(copy.get(), absl::StrCat("COPY ", table->name, " (",
                                       absl::StrJoin(table->columns, ","), ") FROM STDIN"))
              .status());
      copies.push_back(std::move(copy));
    }
    return std::make_unique<PostgresWriter>(std::move(copies));
  }

  absl::Status Execute(const std::string& sql) override {
    return Run(connection_.get(), sql).status();
  }

 private:
  const std::string url_;
  const Connection connection_;
};

}  // namespace

size_t Table::Column(absl::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found != columns.end()) return static_cast<size_t>(found - columns.begin());
  std::cerr << "table " << name << " has no column " << column << std::endl;
  std::abort();
}

absl::StatusOr<std::unique_ptr<Bulk>> Bulk::Open(const std::string& url) {
  absl::string_view path = url;
  if (!absl::ConsumePrefix(&path, "sqlite:")) {
    ASSIGN_OR_RETURN(Connection connection, Connect(url));
    return std::make_unique<PostgresBulk>(url, std::move(connection));
  }
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(std::string(path).c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  auto bulk = std::make_unique<SqliteBulk>(opened);
  if (code != SQLITE_OK) return Failure(opened, url);
  return bulk;
}

}  // namespace twotier::load
