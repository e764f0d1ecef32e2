// Any bytes as a file of reference data or a statement of the Treasury: refused with rows that are
// named, or read. The name of the first column says which file it is.

#include <cstdint>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "services/budget/reference_file.h"
#include "services/budget/treasury_file.h"

namespace budget = twotier::budget;

namespace {

void ReadShares(absl::string_view content, twotier::RowErrors& errors) {
  for (const budget::TaxShare& share : budget::ReadSharedTaxes(content, errors)) {
    const int sum = share.central_percent + share.province_percent + share.commune_percent;
    if (errors.empty() && sum != 100) std::abort();
  }
}

void ReadSegments(absl::string_view content, twotier::RowErrors& errors) {
  const budget::TreasuryLayout layout(budget::ReadTreasurySegments(content, errors));
  if (errors.empty() && layout.digits() > budget::TreasuryLayout::kDigitsMax) std::abort();
}

void ReadStatement(absl::string_view content, twotier::RowErrors& errors) {
  const budget::StatementPeriod year{absl::CivilDay(2027, 1, 1), absl::CivilDay(2027, 12, 31)};
  const budget::TreasuryLayout layout({});
  for (const auto& row : budget::ReadStatementFile(content, year, layout, errors)) {
    if (errors.empty() && row.line.item.amount_vnd <= 0) std::abort();
  }
}

template <auto read>
void Read(absl::string_view content, twotier::RowErrors& errors) {
  read(content, errors);
}

struct File {
  absl::string_view begin;
  void (*read)(absl::string_view content, twotier::RowErrors& errors);
};
constexpr File kFiles[] = {
    {"step,", Read<budget::ReadBudgetSteps>},
    {"category,", Read<budget::ReadCarryOver>},
    {"segment,", Read<budget::ReadClassification>},
    {"matter,", Read<budget::ReadCompetencies>},
    {"limit,", Read<budget::ReadLimits>},
    {"relation_code,", Read<budget::ReadRelationCodes>},
    {"budget_year,", ReadShares},
    {"position,", ReadSegments},
    {"line_id,", ReadStatement},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view content(reinterpret_cast<const char*>(data), size);
  for (const File& file : kFiles) {
    if (!absl::StartsWith(content, file.begin)) continue;
    twotier::RowErrors errors;
    file.read(content, errors);
  }
  return 0;
}
