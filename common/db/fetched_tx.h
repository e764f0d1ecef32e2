// A transaction whose first queries were answered beforehand.
#ifndef TWOTIER_COMMON_DB_FETCHED_TX_H_
#define TWOTIER_COMMON_DB_FETCHED_TX_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/db/connection.h"
#include "common/db/database.h"
#include "common/db/db.h"

namespace twotier::db {

// `tx` as a read or a unit sees it whose first queries were sent together with those of others.
// When it does something else before it has asked them all, what is left is forgotten.
class FetchedTx final : public Tx {
 public:
  // All outlive this object; `rows` are parallel to `first` and are given away. Where they are
  // absent, the query is asked when it is its turn.
  FetchedTx(Tx& tx, absl::Span<const BoundStatement> first, absl::Span<std::optional<Rows>> rows)
      : tx_(tx), first_(first), rows_(rows) {}

  absl::StatusOr<Rows> Query(const Statement& statement, Values values) override {
    if (next_ == first_.size()) return tx_.Query(statement, values);
    if (!Binds(first_[next_], statement, values)) {
      Forget();
      return tx_.Query(statement, values);
    }
    std::optional<Rows> rows = std::exchange(rows_[next_++], std::nullopt);
    if (rows.has_value()) return *std::move(rows);
    return tx_.Query(statement, values);
  }
  absl::StatusOr<std::vector<Rows>> QueryAll(absl::Span<const BoundStatement> queries) override {
    std::vector<Rows> all(queries.size());
    std::vector<BoundStatement> left;
    std::vector<size_t> places;
    for (size_t i = 0; i < queries.size(); ++i) {
      const BoundStatement& query = queries[i];
      if (next_ < first_.size() && !Binds(first_[next_], query.statement, ValuesOf(query))) {
        Forget();
      }
      std::optional<Rows> rows;
      if (next_ < first_.size()) rows = std::exchange(rows_[next_++], std::nullopt);
      if (rows.has_value()) {
        all[i] = *std::move(rows);
      } else {
        left.push_back(query);
        places.push_back(i);
      }
    }
    absl::StatusOr<std::vector<Rows>> asked = tx_.QueryAll(left);
    if (!asked.ok()) return asked;
    for (size_t i = 0; i < places.size(); ++i) all[places[i]] = std::move((*asked)[i]);
    return all;
  }
  absl::StatusOr<int64_t> Exec(const Statement& statement, Values values) override {
    Forget();
    return tx_.Exec(statement, values);
  }
  absl::Status Write(const Statement& statement, Values values, int64_t rows_expected) override {
    Forget();
    return tx_.Write(statement, values, rows_expected);
  }
  absl::Status Guard(const std::function<absl::Status()>& body) override { return tx_.Guard(body); }
  bool conflicted() const override { return tx_.conflicted(); }

 private:
  void Forget() { next_ = first_.size(); }

  Tx& tx_;
  const absl::Span<const BoundStatement> first_;
  const absl::Span<std::optional<Rows>> rows_;
  size_t next_ = 0;
};

}  // namespace twotier::db

#endif  // TWOTIER_COMMON_DB_FETCHED_TX_H_
