// Rows that are inserted later, together with others of their table.
//
// Most of what PostgreSQL's backend spends on a prepared one-row INSERT beside the row is beginning
// and ending the statement. Units of a batch insert into the same tables; their rows wait here
// until something could miss them, and then go in one statement for each table. See docs/adr/0014.
#ifndef TWOTIER_COMMON_DB_HELD_ROWS_H_
#define TWOTIER_COMMON_DB_HELD_ROWS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "common/db/database.h"
#include "common/db/db.h"

namespace twotier::db {

// The parts of an INSERT of one row: `before` ends with VALUES, `row` is the list in parentheses,
// `after` is empty or ON CONFLICT DO NOTHING. They lie in the text they were taken from.
struct RowInsert {
  absl::string_view table;
  absl::string_view before;
  absl::string_view row;
  absl::string_view after;
};

// nullopt for every other statement, also for an insert that returns or updates rows: it might
// meet the same row twice in one statement.
std::optional<RowInsert> ParseRowInsert(absl::string_view sql);

// The statement that inserts `times` rows; its parameters are those of the first row, then those of
// the second, and so on. `parameters`: of one row.
std::string Repeated(const RowInsert& insert, size_t parameters, size_t times);

// Whether `sql` names `table`, as a word.
bool Names(absl::string_view sql, absl::string_view table);

// Not thread-safe.
class HeldRows {
 public:
  // Rows of one statement, in the order in which they came.
  struct Group {
    Statement statement;
    std::vector<BoundStatement> rows;
  };

  // Keeps a row, when it may wait; false: nothing was done with it. Values are copied.
  bool Hold(const Statement& statement, Values values, int64_t rows_expected);

  // Whether `statement` might miss rows that are held.
  bool Concern(const Statement& statement) const;

  // What is held, tables in the order in which their first rows came; nothing is held any more.
  std::vector<Group> Take();

  bool empty() const { return groups_.empty(); }
  size_t size() const { return size_; }
  void Clear();

 private:
  std::vector<Group> groups_;
  size_t size_ = 0;
  // What was found about statements, by name. Names are literals; so is SQL.
  absl::flat_hash_map<absl::string_view, std::optional<RowInsert>> parsed_;
};

// Copies `values`.
BoundStatement Bind(const Statement& statement, Values values);

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_HELD_ROWS_H_
