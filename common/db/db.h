// The contract both engines keep: statements, values, rows, and a transaction.
//
// SQL is written once, in PostgreSQL's `$1` form and in the subset that design and conformance
// suite describe (docs/sql.md). Code that uses this header does not know which engine runs it.
#ifndef TWOTIER_COMMON_DB_DB_H_
#define TWOTIER_COMMON_DB_DB_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace twotier::db {

// A statement with a name. The name is the label in metrics and the prepared statement; it is
// unique within a service. Declared `constexpr` beside the row type it serves: SQL text is never
// built at run time.
struct Statement {
  absl::string_view name;
  absl::string_view sql;
};

// Bytes, as opposed to text.
struct Blob {
  absl::string_view bytes;

  friend bool operator==(const Blob&, const Blob&) = default;
};

// One bound value. It does not own: what it points to must live until the call returns (Tx copies
// what it defers). Booleans are bound as 0 and 1.
class Value {
 public:
  Value(std::nullopt_t) : value_(std::monostate()) {}
  Value(int64_t value) : value_(value) {}
  Value(int value) : value_(static_cast<int64_t>(value)) {}
  Value(bool value) : value_(static_cast<int64_t>(value)) {}
  Value(absl::string_view text) : value_(text) {}
  Value(const std::string& text) : value_(absl::string_view(text)) {}
  Value(const char* text) : value_(absl::string_view(text)) {}
  Value(Blob blob) : value_(blob) {}
  template <typename T>
  Value(const std::optional<T>& value) : value_(value ? Value(*value).value_ : Variant()) {}

  using Variant = std::variant<std::monostate, int64_t, absl::string_view, Blob>;
  const Variant& get() const { return value_; }

 private:
  Variant value_;
};

using Values = absl::Span<const Value>;

// One row of a result. Columns are numbered from 0 as they stand in the SELECT. Asking for a type
// that the column does not hold is a broken program: it ends the process with the statement's name.
class Row {
 public:
  using Cell = std::variant<std::monostate, int64_t, std::string>;
  // `statement` must outlive the row; names of statements are literals.
  explicit Row(std::vector<Cell> cells, absl::string_view statement = "")
      : cells_(std::move(cells)), statement_(statement) {}

  bool IsNull(size_t column) const { return At(column).index() == 0; }
  int64_t Int(size_t column) const {
    const auto* value = std::get_if<int64_t>(&At(column));
    if (value == nullptr) EndProcess(column, "an integer");
    return *value;
  }
  bool Bool(size_t column) const { return Int(column) != 0; }
  const std::string& Text(size_t column) const {
    const auto* value = std::get_if<std::string>(&At(column));
    if (value == nullptr) EndProcess(column, "text or bytes");
    return *value;
  }
  const std::string& Bytes(size_t column) const { return Text(column); }
  std::optional<int64_t> OptInt(size_t column) const {
    return IsNull(column) ? std::nullopt : std::optional<int64_t>(Int(column));
  }
  std::optional<std::string> OptText(size_t column) const {
    return IsNull(column) ? std::nullopt : std::optional<std::string>(Text(column));
  }
  size_t size() const { return cells_.size(); }

 private:
  const Cell& At(size_t column) const {
    if (column >= cells_.size()) EndProcess(column, "a column");
    return cells_[column];
  }
  [[noreturn]] void EndProcess(size_t column, const char* expected) const;

  std::vector<Cell> cells_;
  absl::string_view statement_;
};

using Rows = std::vector<Row>;

// A statement with its values, owned.
struct BoundStatement {
  Statement statement;
  std::vector<Row::Cell> values;
  std::vector<bool> is_blob;  // Parallel to `values`; true binds bytes instead of text.
  // As Unit::first of several units of a batch: all get the rows that were there before the batch,
  // although a mate may have changed them since. What such a unit writes must hold, or be refused
  // by the engine, whatever they say then.
  bool shared = false;
};

// A transaction, as a unit of work sees it. Not thread-safe; valid only during the call it is
// handed to.
//
// The body of a unit of work MUST NOT keep state across calls: it may run twice. Values it read
// hold only if the unit is reported as committed.
//
// Errors of every method: ALREADY_EXISTS (unique constraint), FAILED_PRECONDITION (another
// constraint), UNAVAILABLE (connection or I/O), RESOURCE_EXHAUSTED (disk or memory full),
// DEADLINE_EXCEEDED (cancelled). After a conflict with another transaction every further call fails
// with ABORTED and the engine runs the unit again; nothing that the body returns then is looked at.
class Tx {
 public:
  virtual ~Tx() = default;

  // Returns the rows of a SELECT, or of a change with RETURNING.
  virtual absl::StatusOr<Rows> Query(const Statement& statement, Values values) = 0;

  // Returns the rows of each of several SELECTs, in order: in one flight where the engine has
  // flights, and those that differ in nothing but their values as one statement (together.h).
  virtual absl::StatusOr<std::vector<Rows>> QueryAll(absl::Span<const BoundStatement> queries) = 0;

  // Makes a change and returns the number of rows it touched.
  virtual absl::StatusOr<int64_t> Exec(const Statement& statement, Values values) = 0;

  // Makes a change that must touch exactly `rows_expected` rows, without waiting for its result:
  // PostgreSQL gets it in a pipeline. A failure is reported by this or any later call or, at the
  // latest, instead of the commit. Touching another number of rows is a conflict: somebody else was
  // faster.
  virtual absl::Status Write(const Statement& statement, Values values,
                             int64_t rows_expected = 1) = 0;

  // Runs `body`; when it returns an error, everything it wrote is undone and its error is returned,
  // while what was written before stays. Not to be nested.
  virtual absl::Status Guard(const std::function<absl::Status()>& body) = 0;

  // True once the engine decided that this transaction lost to another one.
  virtual bool conflicted() const = 0;

  // Convenience for literal lists: tx.Query(kGet, {name, 5}).
  absl::StatusOr<Rows> Query(const Statement& s, std::initializer_list<Value> values) {
    return Query(s, Values(values.begin(), values.size()));
  }
  absl::StatusOr<int64_t> Exec(const Statement& s, std::initializer_list<Value> values) {
    return Exec(s, Values(values.begin(), values.size()));
  }
  absl::Status Write(const Statement& s, std::initializer_list<Value> values,
                     int64_t rows_expected = 1) {
    return Write(s, Values(values.begin(), values.size()), rows_expected);
  }
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_DB_H_
