// A transaction in which the next queries may be asked together.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_LOOK_AHEAD_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_LOOK_AHEAD_H_

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/db/fetched_tx.h"
#include "common/status_macros.h"

namespace twotier::personnel::handlers {

// Passes everything on to `tx`, but for what was asked ahead. Lives within one unit of work.
class LookAheadTx final : public db::Tx {
 public:
  explicit LookAheadTx(db::Tx& tx) : tx_(tx) {}

  // Asks `queries` in one flight. Whoever asks them next, in this order, finds the answers; a
  // change, or another query, in between lets go of those that are left. At most once.
  absl::Status Ask(std::vector<db::BoundStatement> queries) {
    queries_ = std::move(queries);
    ASSIGN_OR_RETURN(std::vector<db::Rows> rows, tx_.QueryAll(queries_));
    for (db::Rows& found : rows) rows_.emplace_back(std::move(found));
    ahead_.emplace(tx_, queries_, absl::MakeSpan(rows_));
    return absl::OkStatus();
  }

  absl::StatusOr<db::Rows> Query(const db::Statement& statement, db::Values values) override {
    return now().Query(statement, values);
  }
  absl::StatusOr<std::vector<db::Rows>> QueryAll(
      absl::Span<const db::BoundStatement> queries) override {
    return now().QueryAll(queries);
  }
  absl::StatusOr<int64_t> Exec(const db::Statement& statement, db::Values values) override {
    return now().Exec(statement, values);
  }
  absl::Status Write(const db::Statement& statement, db::Values values,
                     int64_t rows_expected) override {
    return now().Write(statement, values, rows_expected);
  }
  absl::Status Guard(const std::function<absl::Status()>& body) override {
    return now().Guard(body);
  }
  bool conflicted() const override { return tx_.conflicted(); }

 private:
  db::Tx& now() { return ahead_ ? static_cast<db::Tx&>(*ahead_) : tx_; }

  db::Tx& tx_;
  std::vector<db::BoundStatement> queries_;
  std::vector<std::optional<db::Rows>> rows_;
  std::optional<db::FetchedTx> ahead_;
};

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_LOOK_AHEAD_H_
