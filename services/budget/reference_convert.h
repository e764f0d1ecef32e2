// Between the rules of public finance and the contract's messages.
#ifndef TWOTIER_SERVICES_BUDGET_REFERENCE_CONVERT_H_
#define TWOTIER_SERVICES_BUDGET_REFERENCE_CONVERT_H_

#include <string>

#include "services/budget/domain/budget_year.h"
#include "services/budget/domain/reference.h"
#include "services/budget/store/step_store.h"
#include "twotier/budget/v1/budget_step.pb.h"
#include "twotier/budget/v1/finance_reference.pb.h"

namespace twotier::budget {

void ToProto(const Source& source, v1::LegalSource* out);
void ToProto(const ClassificationCode& code, v1::ClassificationCode* out);
void ToProto(const TaxShare& share, v1::TaxShare* out);
void ToProto(const Competency& competency, v1::Competency* out);
void ToProto(const LimitRule& rule, v1::LimitRule* out);
void ToProto(const CarryRule& rule, v1::CarryRule* out);
void ToProto(const RelationCode& code, v1::RelationCode* out);

// `provinces/{province_code}/budgetSteps/{budget_year}.{step}.{occurrence}.{unit_id or x}`.
std::string NameOf(const store::StepRow& row);
void ToProto(const store::StepRow& row, v1::BudgetStepRecord* out);
// Without what was recorded.
void ToProto(const DatedStep& dated, v1::BudgetStep* out);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_REFERENCE_CONVERT_H_
