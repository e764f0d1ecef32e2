// Any bytes as a file of reference data or a statement of the Treasury: refused with rows that are
// named, or read. The first byte chooses the file.

#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "services/budget/reference_file.h"
#include "services/budget/treasury_file.h"

namespace budget = twotier::budget;

namespace {

void Read(int file, absl::string_view content, twotier::RowErrors& errors) {
  switch (file) {
    case 0:
      budget::ReadBudgetSteps(content, errors);
      return;
    case 1:
      budget::ReadCarryOver(content, errors);
      return;
    case 2:
      budget::ReadClassification(content, errors);
      return;
    case 3:
      budget::ReadCompetencies(content, errors);
      return;
    case 4:
      budget::ReadLimits(content, errors);
      return;
    case 5:
      budget::ReadRelationCodes(content, errors);
      return;
    case 6:
      for (const budget::TaxShare& share : budget::ReadSharedTaxes(content, errors)) {
        const int sum = share.central_percent + share.province_percent + share.commune_percent;
        if (errors.empty() && sum != 100) std::abort();
      }
      return;
    case 7: {
      const budget::TreasuryLayout layout(budget::ReadTreasurySegments(content, errors));
      if (errors.empty() && layout.digits() > budget::TreasuryLayout::kDigitsMax) std::abort();
      return;
    }
    default: {
      const budget::StatementPeriod year{absl::CivilDay(2027, 1, 1), absl::CivilDay(2027, 12, 31)};
      for (const auto& row :
           budget::ReadStatementFile(content, year, budget::TreasuryLayout({}), errors)) {
        if (errors.empty() && row.line.item.amount_vnd <= 0) std::abort();
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int kFiles = 9;
  if (size == 0) return 0;
  twotier::RowErrors errors;
  Read(data[0] % kFiles, absl::string_view(reinterpret_cast<const char*>(data) + 1, size - 1),
       errors);
  return 0;
}
