#include "services/budget/store/decision_store.h"

#include "common/status_macros.h"

namespace twotier::budget::store {
namespace {

constexpr db::Statement kFind{
    "budget_find_decision",
    "SELECT body, revenue_vnd, expenditure_vnd, balancing_paid_out_vnd, targeted_received_vnd,"
    " supplements_vnd FROM budget_decision WHERE province_code = $1 AND journal = $2"};

constexpr db::Statement kInsert{
    "budget_insert_decision",
    "INSERT INTO budget_decision (province_code, journal, body, revenue_vnd, expenditure_vnd,"
    " balancing_paid_out_vnd, targeted_received_vnd, supplements_vnd)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT DO NOTHING"};

}  // namespace

absl::StatusOr<std::vector<std::optional<DecisionRow>>> FindDecisions(
    db::Tx& tx, absl::string_view province_code, absl::Span<const std::string> ids) {
  std::vector<db::BoundStatement> queries;
  queries.reserve(ids.size());
  for (const std::string& id : ids)
    queries.push_back({kFind, {std::string(province_code), id}, {}});
  ASSIGN_OR_RETURN(const std::vector<db::Rows> answers, tx.QueryAll(queries));
  std::vector<std::optional<DecisionRow>> decisions(ids.size());
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].empty()) continue;
    const db::Row& row = answers[i][0];
    decisions[i] = DecisionRow{.body = static_cast<Body>(row.Int(0)),
                               .revenue_vnd = row.Int(1),
                               .expenditure_vnd = row.Int(2),
                               .balancing_paid_out_vnd = row.Int(3),
                               .targeted_received_vnd = row.Int(4),
                               .supplements_vnd = row.Int(5)};
  }
  return decisions;
}

absl::Status InsertDecision(db::Tx& tx, absl::string_view province_code, absl::string_view journal,
                            const DecisionRow& row) {
  return tx.Write(kInsert, {province_code, journal, static_cast<int64_t>(row.body), row.revenue_vnd,
                            row.expenditure_vnd, row.balancing_paid_out_vnd,
                            row.targeted_received_vnd, row.supplements_vnd});
}

}  // namespace twotier::budget::store
