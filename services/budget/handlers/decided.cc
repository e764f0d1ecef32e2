#include "services/budget/handlers/decided.h"

#include <algorithm>
#include <optional>
#include <string>

#include "common/status_macros.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/spending.h"

namespace twotier::budget::handlers {
namespace {

bool IsDecided(const ledger::Line& line) {
  const auto debit = KeyOf(line.debit.province_code, line.debit.id);
  const auto credit = KeyOf(line.credit.province_code, line.credit.id);
  return debit && credit && !DecidedBy(debit->stage, credit->stage).empty();
}

// The field by which a journal that came again differs; empty: none. The totals of a contingency
// are not among them: their journal has an id of the service's.
absl::string_view DiffersBy(const ledger::Journal& journal,
                            const std::optional<store::DecisionRow>& kept,
                            const store::DecisionRow& asked) {
  // Such a journal says who decided: without a row it is from before decisions were kept, and
  // nothing is known that could differ.
  if (!kept && std::any_of(journal.lines.begin(), journal.lines.end(), IsDecided)) return "";
  const store::DecisionRow before = kept.value_or(store::DecisionRow());
  if (before.body != asked.body) return "body";
  if (before.revenue_vnd != asked.revenue_vnd) return "revenue_vnd";
  if (before.supplements_vnd != asked.supplements_vnd) return "supplements_vnd";
  return "";
}

}  // namespace

absl::Status KeepDecision(db::Tx& tx, absl::string_view province_code,
                          const store::DecisionRow& decision,
                          absl::Span<const ledger::Journal* const> journals,
                          std::vector<ledger::Outcome>& outcomes) {
  std::vector<size_t> again;
  std::vector<std::string> ids;
  for (size_t i = 0; i < journals.size(); ++i) {
    const ledger::Outcome& outcome = outcomes[i];
    if (outcome.repeated) {
      again.push_back(i);
      ids.push_back(journals[i]->id);
    } else if (decision.stated() && (outcome.ok() || ledger::IsRemembered(outcome.refusal->why))) {
      RETURN_IF_ERROR(store::InsertDecision(tx, province_code, journals[i]->id, decision));
    }
  }
  if (again.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto kept, store::FindDecisions(tx, province_code, ids));
  for (size_t i = 0; i < again.size(); ++i) {
    const absl::string_view field = DiffersBy(*journals[again[i]], kept[i], decision);
    if (field.empty()) continue;
    outcomes[again[i]] = {
        .refusal = ledger::Refusal{.why = ledger::Why::kIdTaken, .field = std::string(field)}};
  }
  return absl::OkStatus();
}

void FillDecision(const store::DecisionRow& row, v1::JournalDecision* out) {
  out->set_body(static_cast<v1::Body>(row.body));
  out->set_revenue_vnd(row.revenue_vnd);
  out->set_expenditure_vnd(row.expenditure_vnd);
  out->set_balancing_paid_out_vnd(row.balancing_paid_out_vnd);
  out->set_targeted_received_vnd(row.targeted_received_vnd);
  out->set_supplements_vnd(row.supplements_vnd);
}

}  // namespace twotier::budget::handlers
