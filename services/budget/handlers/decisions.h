// What every decision on a budget has, and who may take it.
#ifndef TWOTIER_SERVICES_BUDGET_HANDLERS_DECISIONS_H_
#define TWOTIER_SERVICES_BUDGET_HANDLERS_DECISIONS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/budget/domain/account.h"
#include "services/budget/domain/year_close.h"
#include "services/budget/handlers/env.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/posting.h"
#include "services/budget/store/decision_store.h"
#include "twotier/budget/v1/lawful_spending.pb.h"

namespace twotier::budget::handlers {

// The purpose of money that only the Committee may use (Law 89/2025/QH15, Article 10).
inline constexpr absl::string_view kContingencyPurpose = "contingency";

// A decision whose budget is known.
struct Acting {
  std::shared_ptr<const Snapshot> snapshot;
  Place place;
  int budget_year = 0;
  absl::CivilDay effective_day;
  std::string act;
  store::DecisionRow decision;  // Kept with what is posted.

  const Reference& reference() const { return *snapshot->reference; }
  StepQuestion question() const;
  // An account of the unit and year.
  AccountKey Key(Stage stage, const Line& line, absl::string_view purpose) const;
  // Refuses what comes too late in the year.
  absl::Status CheckInTime(YearAct what) const;
};

// NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION `UNIT_OUTSIDE_PROVINCE`, `REFERENCE_NOT_LOADED`,
// `EFFECTIVE_IN_FUTURE` (metadata `date`, `today`).
absl::StatusOr<Acting> ActingOf(const Env& env, const Call& call,
                                const v1::BudgetDecision& decision, db::Tx& tx);

// The rule that gives the matter to the body of the decision; the error of CompetencyOf.
absl::StatusOr<const Competency*> RuleFor(const Acting& acting, Matter matter, v1::Body body);

// A decision on what is no unit's budget: a norm set, an allocation run.
struct Resolution {
  Matter matter = Matter::kUnknown;
  absl::string_view province_code;  // "00": the country.
  YearSpan years;                   // For which it holds.
  v1::Body body = v1::BODY_UNSPECIFIED;
  absl::CivilDay day;
};
// Whether the body could decide, and has: the refusal of CheckCompetentIn; FAILED_PRECONDITION
// `EFFECTIVE_IN_FUTURE` (metadata `date`, `today`), `REFERENCE_NOT_LOADED`.
absl::Status CheckResolution(const Env& env, const Call& call, const Resolution& resolution,
                             db::Tx& tx);

void CheckDecision(const v1::BudgetDecision& decision, error::Violations& violations);
void CheckPositive(int64_t amount_vnd, absl::string_view field, error::Violations& violations);

Line LineOf(const v1::Line& line);
// The segments of a line have their digits, or are empty.
void CheckLine(const v1::Line& line, absl::string_view field, error::Violations& violations);

// Opens what accounts of the lines are missing and posts them as one journal. FAILED_PRECONDITION
// `CODE_NOT_LISTED`, and the refusals of OpenMissing and Post.
absl::StatusOr<v1::Journal> PostLines(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                      const Acting& acting, absl::string_view kind,
                                      absl::string_view text, absl::Span<const AccountKey> keys,
                                      std::vector<ledger::Line> lines);

}  // namespace twotier::budget::handlers

#endif  // TWOTIER_SERVICES_BUDGET_HANDLERS_DECISIONS_H_
