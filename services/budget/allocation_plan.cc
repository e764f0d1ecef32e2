#include "services/budget/allocation_plan.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/account.h"

namespace twotier::budget {
namespace {

absl::Status NotFound(absl::string_view code, absl::string_view message) {
  return error::WithReason(absl::StatusCode::kNotFound, message, "UNIT_NOT_FOUND",
                           {{"unit", std::string(code)}});
}

RunUnit RunUnitOf(const units::UnitRecord& unit, const units::UnitVersion& version) {
  return {version.code, unit.name, version.full_name, version.province_code};
}

units::Tier TierOf(const NormSet& set) {
  return set.of_provinces ? units::Tier::kProvince : units::Tier::kCommune;
}

absl::StatusOr<std::vector<RunUnit>> NamedUnits(const units::Units& units,
                                                absl::string_view province_code, const NormSet& set,
                                                const v1::AllocationPlan& plan) {
  const absl::CivilDay day = FromProto(plan.as_of());
  std::vector<RunUnit> named;
  for (const std::string& code : plan.unit_codes()) {
    const units::UnitRecord* unit = units.FindUnitByCode(code, day);
    const units::UnitVersion* version = unit == nullptr ? nullptr : unit->On(day);
    if (absl::c_linear_search(set.without_units, code)) {
      return NotFound(code, absl::StrCat("the norm set leaves out ", code));
    }
    if (version == nullptr || version->tier != TierOf(set)) {
      return NotFound(code, absl::StrCat("no unit of the norm set's level has the code ", code,
                                         " on ", absl::FormatCivilTime(day)));
    }
    if (province_code != kCentral && version->province_code != province_code) {
      return error::WithReason(absl::StatusCode::kFailedPrecondition,
                               absl::StrCat(code, " lies in province ", version->province_code),
                               "UNIT_OUTSIDE_PROVINCE",
                               {{"unit", code}, {"province_code", version->province_code}});
    }
    named.push_back(RunUnitOf(*unit, *version));
  }
  return named;
}

// What the registry has of one input; empty: nothing that can be believed.
std::string FigureOf(absl::string_view key, const units::UnitVersion& version) {
  if (key == "population" && version.population) return absl::StrCat(*version.population);
  if (key == "area_km2" && version.area_hectares > 0) {
    // Hectares are hundredths of a square kilometre.
    return absl::StrFormat("%d.%02d", version.area_hectares / 100, version.area_hectares % 100);
  }
  if (key != "unit_type") return "";
  switch (version.type) {
    case units::UnitType::kCommune:
      return "commune";
    case units::UnitType::kWard:
      return "ward";
    case units::UnitType::kSpecialZone:
      return "special_zone";
    case units::UnitType::kProvince:
      return "province";
    case units::UnitType::kCentrallyRunCity:
      return "city";
    default:
      return "";
  }
}

// Reads the entries of a plan into columns.
class FactReader {
 public:
  FactReader(const NormProgram& program, const std::vector<std::string>& codes,
             const v1::AllocationPlan& plan, const NormSet* also)
      : program_(program), plan_(plan), also_(also) {
    facts_.inputs.units = codes;
    for (size_t i = 0; i < codes.size(); ++i) places_.emplace(codes[i], i);
    const size_t inputs = program.set.inputs.size();
    facts_.inputs.values.assign(inputs,
                                std::vector<Rational>(codes.size(), Rational::NotComputable()));
    facts_.entries.assign(inputs, std::vector<int>(codes.size(), -1));
  }

  absl::StatusOr<RunFacts> Read() {
    for (int i = 0; i < plan_.inputs_size(); ++i) ReadEntry(i);
    for (int i = 0; i < plan_.inputs_size(); ++i) FillOthers(i);
    ReadPools();
    RETURN_IF_ERROR(violations_.ToStatus());
    return std::move(facts_);
  }

 private:
  static std::string PathOf(int entry) { return absl::StrCat("plan.inputs[", entry, "]"); }

  bool KnownElsewhere(const std::string& key) const {
    return also_ != nullptr &&
           std::any_of(also_->inputs.begin(), also_->inputs.end(),
                       [&key](const NormInput& input) { return input.key == key; });
  }

  void ReadEntry(int entry) {
    const v1::AllocationInput& from = plan_.inputs(entry);
    const int input = program_.FindInput(from.key());
    if (input < 0) {
      if (!KnownElsewhere(from.key())) {
        violations_.Add(PathOf(entry) + ".key", "is no input of the norm set");
      }
      return;
    }
    for (int i = 0; i < from.values_size(); ++i) {
      const v1::UnitValue& each = from.values(i);
      const auto place = places_.find(each.unit_code());
      if (place == places_.end()) {
        WrongValue(entry, i, "unit_code", "is no unit of the run");
        continue;
      }
      int& taken = facts_.entries[input][place->second];
      if (taken >= 0) {
        WrongValue(entry, i, "unit_code", "has a value of this input already");
        continue;
      }
      taken = entry;
      const Rational value = ValueOf(program_.set.inputs[input], each.value());
      if (!value.ok()) WrongValue(entry, i, "value", Expected(program_.set.inputs[input]));
      facts_.inputs.values[input][place->second] = value;
    }
  }

  void FillOthers(int entry) {
    const v1::AllocationInput& from = plan_.inputs(entry);
    const int input = program_.FindInput(from.key());
    if (input < 0 || from.others().empty()) return;
    const Rational value = ValueOf(program_.set.inputs[input], from.others());
    if (!value.ok()) {
      return violations_.Add(PathOf(entry) + ".others", Expected(program_.set.inputs[input]));
    }
    if (!filled_.insert(input).second) {
      return violations_.Add(PathOf(entry) + ".others",
                             "others have a value of this input already");
    }
    for (size_t unit = 0; unit < facts_.inputs.units.size(); ++unit) {
      if (facts_.entries[input][unit] >= 0) continue;
      facts_.entries[input][unit] = entry;
      facts_.inputs.values[input][unit] = value;
    }
  }

  void WrongValue(int entry, int value, absl::string_view field, absl::string_view description) {
    violations_.Add(absl::StrCat(PathOf(entry), ".values[", value, "].", field), description);
  }

  static Rational ValueOf(const NormInput& input, const std::string& text) {
    if (input.words.empty()) return ParseRational(text).value_or(Rational::NotComputable());
    const auto word = std::find(input.words.begin(), input.words.end(), text);
    if (word == input.words.end()) return Rational::NotComputable();
    return Rational(word - input.words.begin());
  }

  static std::string Expected(const NormInput& input) {
    return input.words.empty() ? "must be a number"
                               : "must be one of the input's words, for example " + input.words[0];
  }

  void ReadPools() {
    facts_.inputs.pools.assign(program_.set.pools.size(), 0);
    std::vector<bool> given(program_.set.pools.size(), false);
    for (int i = 0; i < plan_.pools_size(); ++i) {
      const v1::PoolAmount& from = plan_.pools(i);
      const std::string path = absl::StrCat("plan.pools[", i, "]");
      const auto pool = std::find_if(program_.set.pools.begin(), program_.set.pools.end(),
                                     [&](const NormPool& each) { return each.key == from.pool(); });
      if (pool == program_.set.pools.end()) {
        violations_.Add(path + ".pool", "is no pool of the norm set");
        continue;
      }
      const size_t place = pool - program_.set.pools.begin();
      if (given[place]) violations_.Add(path + ".pool", "stands in the plan already");
      if (from.amount_vnd() < 0) violations_.Add(path + ".amount_vnd", "must not be negative");
      given[place] = true;
      facts_.inputs.pools[place] = from.amount_vnd();
    }
    for (size_t i = 0; i < given.size(); ++i) {
      if (given[i]) continue;
      violations_.Add("plan.pools",
                      absl::StrCat("lacks the pool \"", program_.set.pools[i].key, "\""));
    }
  }

  const NormProgram& program_;
  const v1::AllocationPlan& plan_;
  const NormSet* const also_;
  absl::flat_hash_map<absl::string_view, size_t> places_;
  absl::flat_hash_set<int> filled_;
  RunFacts facts_;
  error::Violations violations_;
};

}  // namespace

absl::StatusOr<std::vector<RunUnit>> UnitsOf(const units::Units& units,
                                             absl::string_view province_code, const NormSet& set,
                                             const v1::AllocationPlan& plan) {
  ASSIGN_OR_RETURN(std::vector<RunUnit> found, NamedUnits(units, province_code, set, plan));
  if (plan.unit_codes().empty()) {
    const absl::CivilDay day = FromProto(plan.as_of());
    const absl::flat_hash_set<std::string> without(set.without_units.begin(),
                                                   set.without_units.end());
    for (const units::UnitRecord* unit : units.UnitsOn(day)) {
      const units::UnitVersion& version = *unit->On(day);
      const bool takes_part = version.tier == TierOf(set) && !without.contains(version.code) &&
                              (province_code == kCentral || version.province_code == province_code);
      if (takes_part) found.push_back(RunUnitOf(*unit, version));
    }
    if (found.empty()) {
      return NotFound(province_code, absl::StrCat("no unit of province ", province_code,
                                                  " takes part on ", absl::FormatCivilTime(day)));
    }
  }
  std::sort(found.begin(), found.end(),
            [](const RunUnit& a, const RunUnit& b) { return a.code < b.code; });
  return found;
}

std::vector<const RunUnit*> WithoutValue(const std::string& input,
                                         const std::vector<RunUnit>& run_units,
                                         const v1::AllocationPlan& plan) {
  absl::flat_hash_set<absl::string_view> given;
  for (const v1::AllocationInput& entry : plan.inputs()) {
    if (entry.key() != input) continue;
    if (!entry.others().empty()) return {};
    for (const v1::UnitValue& value : entry.values()) given.insert(value.unit_code());
  }
  std::vector<const RunUnit*> units;
  for (const RunUnit& unit : run_units) {
    if (!given.contains(unit.code)) units.push_back(&unit);
  }
  return units;
}

void AddRegistryFacts(const units::Units& units, const std::vector<RunUnit>& run_units,
                      const NormSet& set, v1::AllocationPlan& plan) {
  const absl::CivilDay day = FromProto(plan.as_of());
  for (const NormInput& input : set.inputs) {
    if (input.source != InputSource::kRegistry) continue;
    v1::AllocationInput added;
    added.set_key(input.key);
    added.set_certainty(v1::INPUT_CERTAINTY_PUBLISHED);
    added.set_source(absl::StrCat("registry, as of ", absl::FormatCivilTime(day)));
    for (const RunUnit* unit : WithoutValue(input.key, run_units, plan)) {
      const std::string figure = FigureOf(input.key, *units.FindUnit(unit->name)->On(day));
      if (figure.empty()) continue;
      v1::UnitValue* value = added.add_values();
      value->set_unit_code(unit->code);
      value->set_value(figure);
    }
    if (added.values_size() > 0) *plan.add_inputs() = std::move(added);
  }
}

absl::StatusOr<RunFacts> FactsOf(const NormProgram& program, const std::vector<std::string>& codes,
                                 const v1::AllocationPlan& plan, const NormSet* also) {
  return FactReader(program, codes, plan, also).Read();
}

int AssumedOf(const RunFacts& facts, const v1::AllocationPlan& plan, size_t unit) {
  int assumed = 0;
  for (const std::vector<int>& column : facts.entries) {
    const int entry = column[unit];
    if (entry >= 0 && plan.inputs(entry).certainty() == v1::INPUT_CERTAINTY_ASSUMED) ++assumed;
  }
  return assumed;
}

}  // namespace twotier::budget
