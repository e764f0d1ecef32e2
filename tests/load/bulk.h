// Rows in bulk, past the services: read as they stand, and added as fast as an engine takes them.
#ifndef TWOTIER_TESTS_LOAD_BULK_H_
#define TWOTIER_TESTS_LOAD_BULK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace twotier::load {

struct Bytes {
  std::string value;
};
// NULL, BIGINT, TEXT, BYTEA.
using Cell = std::variant<std::monostate, int64_t, std::string, Bytes>;
using Cells = std::vector<Cell>;

// A table with the rows it had when it was read.
struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<Cells> rows;

  // Place of a column; a table without it ends the process: the bench knows the schema.
  size_t Column(absl::string_view column) const;
};

// Adds rows to some tables at once. What was added counts when Finish returned OK. Not thread-safe.
class BulkWriter {
 public:
  virtual ~BulkWriter() = default;
  // `table` counts the tables given to Begin.
  virtual absl::Status Add(size_t table, const Cells& row) = 0;
  virtual absl::Status Finish() = 0;
};

// A database that no service has open. Errors of all functions: INTERNAL with the engine's words.
class Bulk {
 public:
  // `url` as a service takes it.
  static absl::StatusOr<std::unique_ptr<Bulk>> Open(const std::string& url);
  virtual ~Bulk() = default;

  virtual absl::StatusOr<Table> Read(const std::string& table) = 0;
  // Tables whose rows are added; only their names and columns count.
  virtual absl::StatusOr<std::unique_ptr<BulkWriter>> Begin(
      const std::vector<const Table*>& tables) = 0;
  virtual absl::Status Execute(const std::string& sql) = 0;
};

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_BULK_H_
