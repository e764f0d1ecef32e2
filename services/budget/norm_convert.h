// Between norms as the contract and as the rules know them.
#ifndef TWOTIER_SERVICES_BUDGET_NORM_CONVERT_H_
#define TWOTIER_SERVICES_BUDGET_NORM_CONVERT_H_

#include "services/budget/domain/norm.h"
#include "twotier/budget/v1/norms.pb.h"

namespace twotier::budget {

// Takes over what is written, right or wrong: Compile judges it.
NormSet FromProto(const v1::NormSetContent& content);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_NORM_CONVERT_H_
