#include "services/budget/domain/spending.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors.h"

namespace twotier::budget {

absl::Status CheckCodes(const Classification& classification, const AccountKey& key) {
  const struct {
    absl::string_view name;
    Segment segment;
    const std::string& code;
  } segments[] = {{"chapter", Segment::kChapter, key.line.chapter},
                  {"item", Segment::kTypeItem, key.line.item},
                  {"sub_item", Segment::kSubItem, key.line.sub_item},
                  {"source", Segment::kSource, key.line.source}};
  std::vector<std::string> missing;
  for (const auto& each : segments) {
    if (each.code.empty()) continue;
    if (classification.Find(each.segment, each.code, key.year) != nullptr) continue;
    missing.push_back(absl::StrCat(each.name, " ", each.code));
  }
  if (missing.empty()) return absl::OkStatus();
  const std::string codes = absl::StrJoin(missing, ",");
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the classification of ", key.year, " does not have ", codes), "CODE_NOT_LISTED",
      {{"account", NameOf(key)}, {"budget_year", absl::StrCat(key.year)}, {"codes", codes}});
}

std::optional<YearAct> YearActOf(const AccountKey& debit, const AccountKey& credit, bool settles) {
  if (IsPayment(debit.stage, credit.stage)) {
    return settles ? YearAct::kCorrection : YearAct::kPayment;
  }
  const auto is = [&](Stage from, Stage to) { return debit.stage == from && credit.stage == to; };
  if (is(Stage::kPaid, Stage::kAllocated)) return YearAct::kCorrection;
  if (IsApproval(debit.stage, credit.stage)) return YearAct::kDecision;
  if (is(Stage::kApproved, Stage::kAllocated)) {
    return settles ? YearAct::kCorrection : YearAct::kDecision;
  }
  if (is(Stage::kAllocated, Stage::kAdjusted)) return YearAct::kUnitAdjustment;
  if (is(Stage::kAdjusted, Stage::kAllocated)) {
    const bool given_back = debit.line == credit.line;
    return given_back ? YearAct::kCorrection : YearAct::kUnitAdjustment;
  }
  return std::nullopt;
}

std::vector<Matter> DecidedBy(Stage from, Stage to) {
  if (IsApproval(from, to)) return {Matter::kEstimate};
  if (from != Stage::kApproved) return {};
  if (to == Stage::kAllocated) return {Matter::kAllocation, Matter::kAssignment};
  if (to != Stage::kApproved) return {};
  return {Matter::kAllocation, Matter::kAssignment, Matter::kSupplementaryEstimate};
}

}  // namespace twotier::budget
