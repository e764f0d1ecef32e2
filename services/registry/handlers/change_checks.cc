#include "services/registry/handlers/change_checks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/registry/convert.h"
#include "services/registry/domain/rebase.h"
#include "services/registry/handlers/changes.h"
#include "services/registry/handlers/province_change.h"

namespace twotier::registry::handlers {
namespace {

std::string At(absl::string_view field, int index) { return absl::StrCat(field, "[", index, "]"); }

void CheckFounded(const std::string& at, const v1::ChangeTarget& target,
                  error::Violations& violations) {
  const std::pair<absl::string_view, bool> required[] = {
      {"code", target.code().empty()},
      {"type", target.type() == v1::UNIT_TYPE_UNSPECIFIED},
      {"full_name", target.full_name().empty()},
      {"short_name", target.short_name().empty()},
      {"parent", target.parent().empty()},
  };
  for (const auto& [name, missing] : required) {
    if (missing) violations.Add(absl::StrCat(at, ".", name), "is required of a founded unit");
  }
}

void CheckTarget(const std::string& at, const v1::ChangeTarget& target,
                 error::Violations& violations) {
  if (target.unit().empty() == target.key().empty()) {
    violations.Add(at, "exactly one of unit and key must be set");
  } else if (target.unit().empty()) {
    CheckFounded(at, target, violations);
    if (!UnitIdOf(target.key()).empty()) {
      violations.Add(absl::StrCat(at, ".key"), "must not look like the name of a unit");
    }
  }
  // Other forms than that of a code of some level are reported by the field's own constraint.
  constexpr size_t kDistrictDigits = 3;
  if (!target.code().empty() && target.code().size() <= kDistrictDigits) {
    CheckCommuneCode(absl::StrCat(at, ".code"), target.code(), violations);
  }
  CheckFigure(absl::StrCat(at, ".area_hectares"), target.area_hectares(), violations);
  CheckFigure(absl::StrCat(at, ".population"), target.population(), violations);
  if (target.has_point()) CheckPoint(absl::StrCat(at, ".point"), target.point(), violations);
}

// How edges, sources and targets refer to each other.
void CheckEdges(const v1::ApplyChangeEventRequest& request, error::Violations& violations) {
  std::map<std::string, int> sources;
  for (int i = 0; i < request.sources_size(); ++i) {
    if (!sources.emplace(request.sources(i).unit(), i).second) {
      violations.Add(absl::StrCat(At("sources", i), ".unit"), "must be named once");
    }
  }
  std::map<std::string, int> targets;
  for (int i = 0; i < request.targets_size(); ++i) {
    const v1::ChangeTarget& target = request.targets(i);
    const std::string& name = target.unit().empty() ? target.key() : target.unit();
    if (!targets.emplace(name, i).second) violations.Add(At("targets", i), "must be named once");
    if (!target.unit().empty() && !sources.contains(target.unit())) {
      violations.Add(absl::StrCat(At("targets", i), ".unit"),
                     "goes on and must be one of the sources too");
    }
  }
  std::set<std::string> reached;
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < request.edges_size(); ++i) {
    const v1::ChangeEdge& edge = request.edges(i);
    const std::string at = At("edges", i);
    if (!sources.contains(edge.source())) {
      violations.Add(absl::StrCat(at, ".source"), "must be one of the sources");
    }
    if (!targets.contains(edge.target())) {
      violations.Add(absl::StrCat(at, ".target"), "must be one of the targets");
    }
    if (!seen.emplace(edge.source(), edge.target()).second) {
      violations.Add(at, "must be there once");
    }
    reached.insert(edge.target());
    CheckPart(at, edge, violations);
  }
  for (const auto& [name, i] : targets) {
    if (!reached.contains(name)) violations.Add(At("targets", i), "no edge leads to it");
  }
}

void CheckCaretaker(const v1::ApplyChangeEventRequest& request, error::Violations& violations) {
  const std::string& caretaker = request.caretaker();
  if (caretaker.empty()) {
    const bool all_go_on = std::all_of(
        request.sources().begin(), request.sources().end(), [&](const v1::ChangeSource& source) {
          return std::any_of(
              request.targets().begin(), request.targets().end(),
              [&](const v1::ChangeTarget& target) { return target.unit() == source.unit(); });
        });
    if (!all_go_on) violations.Add("caretaker", "is required where a unit ends");
    return;
  }
  const bool is_key = std::any_of(request.targets().begin(), request.targets().end(),
                                  [&](const v1::ChangeTarget& target) {
                                    return target.unit().empty() && target.key() == caretaker;
                                  });
  const absl::string_view id = UnitIdOf(caretaker);
  if (!is_key && (id.empty() || id.find('/') != absl::string_view::npos)) {
    violations.Add("caretaker", "must be units/{unit_id} or the key of a target");
  }
}

}  // namespace

void CheckCommuneCode(absl::string_view field, absl::string_view code,
                      error::Violations& violations) {
  constexpr size_t kDigits = 5;
  if (code.size() != kDigits || !std::all_of(code.begin(), code.end(), absl::ascii_isdigit)) {
    violations.Add(field, "must have five digits");
  }
}

void CheckFigure(absl::string_view field, int64_t value, error::Violations& violations) {
  if (value < 0 || value > kFigureMax) violations.Add(field, "must be 0 to 10^15");
}

void CheckPoint(absl::string_view field, const google::type::LatLng& point,
                error::Violations& violations) {
  // Not a number is in no range.
  if (!(std::abs(point.latitude()) <= 90) || !(std::abs(point.longitude()) <= 180)) {
    violations.Add(field, "must have a latitude of -90 to 90 and a longitude of -180 to 180");
  }
}

void CheckHamlets(absl::string_view field,
                  const google::protobuf::RepeatedPtrField<std::string>& hamlets,
                  error::Violations& violations) {
  constexpr size_t kBytesMax = 200;
  std::set<absl::string_view> seen;
  for (int i = 0; i < hamlets.size(); ++i) {
    const std::string& hamlet = hamlets[i];
    if (hamlet.empty() || hamlet.size() > kBytesMax || hamlet.find('\n') != std::string::npos) {
      violations.Add(At(field, i), "must have 1 to 200 bytes and no line break");
    } else if (!seen.insert(hamlet).second) {
      violations.Add(At(field, i), "must be named once");
    }
  }
}

void ValidateApplyChangeEvent(const v1::ApplyChangeEventRequest& request,
                              error::Violations& violations) {
  CheckAct(request, violations);
  for (int i = 0; i < request.targets_size(); ++i) {
    CheckTarget(At("targets", i), request.targets(i), violations);
  }
  CheckEdges(request, violations);
  CheckCaretaker(request, violations);
}

void ValidateCorrectUnit(const v1::CorrectUnitRequest& request, error::Violations& violations) {
  const v1::Unit& unit = request.unit();
  if (request.update_mask().paths().empty() && request.steps().empty()) {
    violations.Add("update_mask", "must name a field, or steps must name a step");
  }
  constexpr size_t kNameBytesMax = 256;
  const auto check_name = [&](absl::string_view field, const std::string& name) {
    if (name.empty() || name.size() > kNameBytesMax) {
      violations.Add(field, "must have 1 to 256 bytes");
    }
  };
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "code") {
      CheckCommuneCode("unit.code", unit.code(), violations);
    } else if (path == "type") {
      if (unit.type() == v1::UNIT_TYPE_UNSPECIFIED || !v1::UnitType_IsValid(unit.type())) {
        violations.Add("unit.type", "must be a known type");
      }
    } else if (path == "full_name") {
      check_name("unit.full_name", unit.full_name());
    } else if (path == "short_name") {
      check_name("unit.short_name", unit.short_name());
    } else if (path == "area_hectares") {
      CheckFigure("unit.area_hectares", unit.area_hectares(), violations);
    } else if (path == "population") {
      CheckFigure("unit.population", unit.population(), violations);
    } else if (path == "point") {
      if (unit.has_point()) CheckPoint("unit.point", unit.point(), violations);
    } else if (path == "act") {
      if (unit.act().number().size() > kNameBytesMax) {
        violations.Add("unit.act.number", "must have at most 256 bytes");
      }
    } else {
      violations.Add("update_mask", absl::StrCat("cannot change \"", path, "\""));
    }
  }
  std::set<std::pair<std::string, absl::CivilDay>> seen;
  for (int i = 0; i < request.steps_size(); ++i) {
    const v1::StepCorrection& step = request.steps(i);
    CheckPart(At("steps", i), step, violations);
    if (step.has_effective_date() &&
        !seen.emplace(step.target(), ToDay(step.effective_date())).second) {
      violations.Add(At("steps", i), "must be there once");
    }
  }
}

}  // namespace twotier::registry::handlers
