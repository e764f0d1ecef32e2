#include "services/routing/domain/procedure.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace twotier::routing {
namespace {

std::vector<DraftReason> DraftReasonsOfCases(const Procedure& procedure) {
  const auto any = [&procedure](const auto& holds) {
    return std::any_of(procedure.cases.begin(), procedure.cases.end(), holds);
  };
  std::vector<DraftReason> reasons;
  if (!procedure.proven ||
      any([](const ProcedureCase& each) { return each.level == Level::kUnknown; })) {
    reasons.push_back(DraftReason::kCompetenceNotProven);
  }
  if (any([](const ProcedureCase& each) { return !each.term.has_value(); })) {
    reasons.push_back(DraftReason::kTermUnknown);
  }
  if (!any([](const ProcedureCase& each) { return each.level != Level::kMinistry; })) {
    reasons.push_back(DraftReason::kMinistryOnly);
  }
  return reasons;
}

}  // namespace

const ProcedureCase* Procedure::FindCase(absl::string_view key) const {
  for (const ProcedureCase& each : cases) {
    if (each.key == key) return &each;
  }
  return nullptr;
}

const Term* Procedure::TermOf(absl::string_view case_key) const {
  const ProcedureCase* of_case = FindCase(case_key);
  if (!cases.empty() && of_case == nullptr) return nullptr;
  const std::optional<Term>& known = of_case == nullptr ? term : of_case->term;
  return known ? &*known : nullptr;
}

std::vector<DraftReason> DraftReasonsOf(const Procedure& procedure) {
  if (!procedure.cases.empty()) return DraftReasonsOfCases(procedure);
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

Level LevelOf(const std::vector<ProcedureCase>& cases) {
  Level level = cases.front().level;
  for (const ProcedureCase& each : cases) {
    if (each.level == level || level == Level::kMinistryOrLocal) continue;
    const bool ministry = each.level == Level::kMinistry || level == Level::kMinistry;
    level = ministry ? Level::kMinistryOrLocal : Level::kProvinceOrCommune;
  }
  return level;
}

bool IsCaseKey(absl::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
  });
}

bool IsNationalForm(absl::string_view code) {
  return code.size() == 8 && code[1] == '.' && absl::ascii_isdigit(code[0]) &&
         std::all_of(code.begin() + 2, code.end(), absl::ascii_isdigit);
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
