// Any bytes as a file of reference data or a statement of the Treasury: refused with rows that are
// named, or read. Every reader gets them; the header says at once whose they are.

#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "services/budget/reference_file.h"
#include "services/budget/treasury_file.h"

namespace budget = twotier::budget;

namespace {

void ReadRules(absl::string_view content) {
  twotier::RowErrors errors;
  budget::ReadBudgetSteps(content, errors);
  budget::ReadCarryOver(content, errors);
  budget::ReadClassification(content, errors);
  budget::ReadCompetencies(content, errors);
  budget::ReadLimits(content, errors);
  budget::ReadRelationCodes(content, errors);
}

void ReadShares(absl::string_view content) {
  twotier::RowErrors errors;
  for (const budget::TaxShare& share : budget::ReadSharedTaxes(content, errors)) {
    const int sum = share.central_percent + share.province_percent + share.commune_percent;
    if (errors.empty() && sum != 100) std::abort();
  }
}

void ReadSegments(absl::string_view content) {
  twotier::RowErrors errors;
  const budget::TreasuryLayout layout(budget::ReadTreasurySegments(content, errors));
  if (errors.empty() && layout.digits() > budget::TreasuryLayout::kDigitsMax) std::abort();
}

void ReadStatement(absl::string_view content) {
  const budget::StatementPeriod year{absl::CivilDay(2027, 1, 1), absl::CivilDay(2027, 12, 31)};
  twotier::RowErrors errors;
  const budget::TreasuryLayout layout({});
  for (const auto& row : budget::ReadStatementFile(content, year, layout, errors)) {
    if (errors.empty() && row.line.item.amount_vnd <= 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view content(reinterpret_cast<const char*>(data), size);
  ReadRules(content);
  ReadShares(content);
  ReadSegments(content);
  ReadStatement(content);
  return 0;
}
