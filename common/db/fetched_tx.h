// A transaction whose first query was answered beforehand.
#ifndef TWOTIER_COMMON_DB_FETCHED_TX_H_
#define TWOTIER_COMMON_DB_FETCHED_TX_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/connection.h"
#include "common/db/database.h"
#include "common/db/db.h"

namespace twotier::db {

// `tx` as a read or a unit sees it whose `first` query was sent together with those of others. When
// it begins with another one, what was fetched is forgotten.
class FetchedTx final : public Tx {
 public:
  // All outlive this object; `rows` are given away.
  FetchedTx(Tx& tx, const BoundStatement& first, Rows& rows)
      : tx_(tx), first_(first), rows_(rows) {}

  absl::StatusOr<Rows> Query(const Statement& statement, Values values) override {
    if (std::exchange(fetched_, false) && Binds(first_, statement, values)) return std::move(rows_);
    return tx_.Query(statement, values);
  }
  absl::StatusOr<std::vector<Rows>> QueryAll(absl::Span<const BoundStatement> queries) override {
    fetched_ = false;
    return tx_.QueryAll(queries);
  }
  absl::StatusOr<int64_t> Exec(const Statement& statement, Values values) override {
    fetched_ = false;
    return tx_.Exec(statement, values);
  }
  absl::Status Write(const Statement& statement, Values values, int64_t rows_expected) override {
    fetched_ = false;
    return tx_.Write(statement, values, rows_expected);
  }
  absl::Status Guard(const std::function<absl::Status()>& body) override { return tx_.Guard(body); }
  bool conflicted() const override { return tx_.conflicted(); }

 private:
  Tx& tx_;
  const BoundStatement& first_;
  Rows& rows_;
  bool fetched_ = true;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_FETCHED_TX_H_
