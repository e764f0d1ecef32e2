// The yardstick of a ledger on SQLite: rows of transfers, inserted one by one in one transaction,
// and nothing else.
#ifndef TWOTIER_TESTS_LOAD_RAW_INSERTS_H_
#define TWOTIER_TESTS_LOAD_RAW_INSERTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace twotier::load {

// A database with one table that has the columns and the key of the ledger's transfers, written
// with the durability of the services. Not thread-safe.
class RawInserts {
 public:
  // `path`: where the file is made.
  static absl::StatusOr<RawInserts> Create(const std::string& path);

  RawInserts(RawInserts&&) = default;
  RawInserts& operator=(RawInserts&&) = default;

  // Rows a second for `duration`, `rows` to a transaction; the WAL is copied back as it grows.
  absl::StatusOr<double> Run(int rows, absl::Duration duration);

 private:
  struct Close {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };

  RawInserts() = default;
  absl::Status Execute(const char* sql);
  absl::Status InsertOne();

  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<sqlite3_stmt, Close> insert_;
  int64_t inserted_ = 0;
};

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_RAW_INSERTS_H_
