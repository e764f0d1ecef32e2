// The reference data of public finance, whole and checked.
#ifndef TWOTIER_SERVICES_BUDGET_DOMAIN_REFERENCE_H_
#define TWOTIER_SERVICES_BUDGET_DOMAIN_REFERENCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/calendar/calendar.h"
#include "services/budget/domain/budget_steps.h"
#include "services/budget/domain/classification.h"
#include "services/budget/domain/competence.h"
#include "services/budget/domain/limits.h"
#include "services/budget/domain/shared_taxes.h"
#include "services/budget/domain/treasury_code.h"
#include "services/budget/domain/year_close.h"

namespace twotier::budget {

// Code under which a unit has relations with the State budget.
struct RelationCode {
  static constexpr int kDigits = 7;

  std::string code;
  std::string unit_code;
  std::string holder;  // Name of the body that has it.
  absl::CivilDay first_day;
  Source source;
};

// Immutable once read.
struct Reference {
  int64_t version = 0;  // Of the import it comes from.
  std::shared_ptr<const calendar::Calendar> calendar;
  BudgetSteps steps{{}};
  Limits limits{{}};
  std::vector<Competency> competencies;
  std::vector<CarryRule> carry_rules;
  Classification classification{{}};
  TreasuryLayout treasury{{}};
  std::vector<RelationCode> relation_codes;
  std::vector<TaxShare> tax_shares;
};

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_DOMAIN_REFERENCE_H_
