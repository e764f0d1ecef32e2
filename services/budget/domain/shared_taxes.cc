#include "services/budget/domain/shared_taxes.h"

namespace twotier::budget {

SplitAmount Split(const TaxShare& share, int64_t collected_vnd) {
  SplitAmount split;
  split.province_vnd = PercentDown(collected_vnd, share.province_percent);
  split.commune_vnd = PercentDown(collected_vnd, share.commune_percent);
  split.central_vnd = collected_vnd - split.province_vnd - split.commune_vnd;
  return split;
}

}  // namespace twotier::budget
