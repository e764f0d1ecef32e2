#include "services/routing/domain/procedure.h"

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace twotier::routing {

std::vector<DraftReason> DraftReasonsOf(const Procedure& procedure) {
  std::vector<DraftReason> reasons;
  if (!procedure.proven || procedure.level == Level::kUnknown) {
    reasons.push_back(DraftReason::kCompetenceNotProven);
  }
  if (!procedure.term.has_value()) reasons.push_back(DraftReason::kTermUnknown);
  if (procedure.level == Level::kProvinceOrCommune || procedure.level == Level::kMinistryOrLocal) {
    reasons.push_back(DraftReason::kLevelDependsOnCase);
  }
  if (procedure.level == Level::kMinistry) reasons.push_back(DraftReason::kMinistryOnly);
  return reasons;
}

absl::string_view NameOf(DraftReason reason) {
  switch (reason) {
    case DraftReason::kCompetenceNotProven:
      return "COMPETENCE_NOT_PROVEN";
    case DraftReason::kTermUnknown:
      return "TERM_UNKNOWN";
    case DraftReason::kLevelDependsOnCase:
      return "LEVEL_DEPENDS_ON_CASE";
    case DraftReason::kMinistryOnly:
      return "MINISTRY_ONLY";
  }
  return "UNSPECIFIED";
}

absl::string_view NameOf(Level level) {
  switch (level) {
    case Level::kUnknown:
      return "UNSPECIFIED";
    case Level::kMinistry:
      return "MINISTRY";
    case Level::kProvince:
      return "PROVINCE";
    case Level::kCommune:
      return "COMMUNE";
    case Level::kProvinceOrCommune:
      return "PROVINCE_OR_COMMUNE";
    case Level::kMinistryOrLocal:
      return "MINISTRY_OR_LOCAL";
  }
  return "UNSPECIFIED";
}

absl::string_view NameOf(Line line) {
  switch (line) {
    case Line::kUnknown:
      return "UNSPECIFIED";
    case Line::kLocal:
      return "LOCAL";
    case Line::kPolice:
      return "POLICE";
    case Line::kMilitary:
      return "MILITARY";
    case Line::kCentralVertical:
      return "CENTRAL_VERTICAL";
  }
  return "UNSPECIFIED";
}

std::optional<TermValue> ParseTermValue(absl::string_view text) {
  TermValue result;
  if (absl::ConsumeSuffix(&text, ".5")) result.half = true;
  if (text.empty() || text.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(text, &result.value) || result.value > kTermValueMax) {
    return std::nullopt;
  }
  return result;
}

}  // namespace twotier::routing
