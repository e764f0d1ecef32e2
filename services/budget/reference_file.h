// Reads the files of services/budget/data (README.md there). Every wrong cell is reported as
// `file:row:column`, where rows are lines of the file and the header is line 1.
#ifndef TWOTIER_SERVICES_BUDGET_REFERENCE_FILE_H_
#define TWOTIER_SERVICES_BUDGET_REFERENCE_FILE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/csv.h"
#include "services/budget/domain/reference.h"

namespace twotier::budget {

inline constexpr absl::string_view kBudgetStepsFile = "budget_steps.csv";
inline constexpr absl::string_view kCarryOverFile = "carry_over.csv";
inline constexpr absl::string_view kClassificationFile = "classification.csv";
inline constexpr absl::string_view kCompetenciesFile = "competencies.csv";
inline constexpr absl::string_view kLimitsFile = "limits.csv";
inline constexpr absl::string_view kRelationCodesFile = "relation_codes.csv";
inline constexpr absl::string_view kSharedTaxesFile = "shared_taxes.csv";
inline constexpr absl::string_view kTreasurySegmentsFile = "treasury_segments.csv";

// Content by name of the file.
using ReferenceFiles = std::map<std::string, std::string, std::less<>>;

// Names of all files, the calendar's among them.
absl::Span<const absl::string_view> ReferenceFileNames();

// Null when something is wrong, or when `files` is not all of them.
std::shared_ptr<Reference> ReadReference(const ReferenceFiles& files, RowErrors& errors);

// The files one by one. What is returned beside errors is of no use.
std::vector<BudgetStep> ReadBudgetSteps(absl::string_view content, RowErrors& errors);
std::vector<CarryRule> ReadCarryOver(absl::string_view content, RowErrors& errors);
std::vector<ClassificationCode> ReadClassification(absl::string_view content, RowErrors& errors);
std::vector<Competency> ReadCompetencies(absl::string_view content, RowErrors& errors);
std::vector<LimitRule> ReadLimits(absl::string_view content, RowErrors& errors);
std::vector<RelationCode> ReadRelationCodes(absl::string_view content, RowErrors& errors);
std::vector<TaxShare> ReadSharedTaxes(absl::string_view content, RowErrors& errors);
std::vector<TreasurySegment> ReadTreasurySegments(absl::string_view content, RowErrors& errors);

}  // namespace twotier::budget

#endif  // TWOTIER_SERVICES_BUDGET_REFERENCE_FILE_H_
