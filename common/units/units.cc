#include "common/units/units.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace twotier::units {

std::shared_ptr<const Units> Units::With(const Units& base, const UnitChanges& changes) {
  auto result = std::make_shared<Units>();
  result->Become(base, changes);
  return result;
}

void Units::Become(const Units& base, const UnitChanges& changes) {
  units_ = base.units_;
  changes_ = base.changes_;
  for (const auto& unit : changes.units) units_.insert_or_assign(unit->name, unit);
  for (const auto& change : changes.changes) changes_.insert_or_assign(change->name, change);
  BuildIndexes();
}

void Units::BuildIndexes() {
  for (const auto& [name, unit] : units_) {
    absl::flat_hash_set<absl::string_view> codes;
    for (const UnitVersion& version : unit->versions) {
      if (codes.insert(version.code).second) units_of_code_[version.code].push_back(unit.get());
    }
  }
  for (auto& [code, units] : units_of_code_) {
    const auto first_day = [&code = code](const UnitRecord* unit) {
      for (const UnitVersion& version : unit->versions) {
        if (version.code == code) return version.valid.first;
      }
      return kNoEnd;
    };
    std::sort(units.begin(), units.end(), [&](const UnitRecord* a, const UnitRecord* b) {
      const auto left = first_day(a);
      const auto right = first_day(b);
      return left != right ? left < right : a->name < b->name;
    });
  }
  for (const ChangeRecord* change : EndingChanges()) {
    for (const std::string& unit : change->ended_units) change_ending_.emplace(unit, change);
  }
  for (const ChangeRecord* change : EndingOrMovingChanges()) {
    for (const UnitRecord* unit : MovedBy(*change)) changes_moving_[unit->name].push_back(change);
  }
}

const UnitRecord* Units::FindUnit(absl::string_view name) const {
  const auto it = units_.find(name);
  return it == units_.end() ? nullptr : it->second.get();
}

const ChangeRecord* Units::FindChange(absl::string_view name) const {
  const auto it = changes_.find(name);
  return it == changes_.end() ? nullptr : it->second.get();
}

std::vector<const ChangeRecord*> Units::EndingChanges() const {
  std::vector<const ChangeRecord*> ending;
  for (const auto& [name, change] : changes_) {
    if (!change->cancelled && !change->ended_units.empty()) ending.push_back(change.get());
  }
  std::sort(ending.begin(), ending.end(),
            [](const ChangeRecord* a, const ChangeRecord* b) { return a->name < b->name; });
  return ending;
}

const ChangeRecord* Units::ChangeEnding(absl::string_view unit) const {
  const auto it = change_ending_.find(unit);
  return it == change_ending_.end() ? nullptr : it->second;
}

std::vector<const ChangeRecord*> Units::EndingOrMovingChanges() const {
  std::vector<const ChangeRecord*> found;
  for (const auto& [name, change] : changes_) {
    const bool concerns = !change->ended_units.empty() || !MovedBy(*change).empty();
    if (!change->cancelled && concerns) found.push_back(change.get());
  }
  std::sort(found.begin(), found.end(),
            [](const ChangeRecord* a, const ChangeRecord* b) { return a->name < b->name; });
  return found;
}

std::vector<const UnitRecord*> Units::MovedBy(const ChangeRecord& change) const {
  std::vector<const UnitRecord*> moved;
  for (const std::string& name : change.kept_units) {
    const UnitRecord* unit = FindUnit(name);
    if (unit == nullptr) continue;
    const UnitVersion* before = unit->On(change.effective - 1);
    const UnitVersion* after = unit->On(change.effective);
    const bool known = before != nullptr && after != nullptr;
    if (known && before->province_code != after->province_code) moved.push_back(unit);
  }
  return moved;
}

const ChangeRecord* Units::ChangeMoving(absl::string_view unit, absl::CivilDay day) const {
  const auto it = changes_moving_.find(unit);
  if (it == changes_moving_.end()) return nullptr;
  const ChangeRecord* last = nullptr;
  for (const ChangeRecord* change : it->second) {
    if (change->effective > day) continue;
    if (last == nullptr || last->effective < change->effective) last = change;
  }
  return last;
}

const ChangeRecord* Units::ChangeMoving(absl::string_view unit, absl::string_view province_code,
                                        absl::CivilDay day) const {
  const UnitRecord* record = FindUnit(unit);
  if (record == nullptr) return nullptr;
  const UnitVersion* away = nullptr;  // It left with the beginning of this one.
  for (size_t i = 1; i < record->versions.size(); ++i) {
    const UnitVersion& after = record->versions[i];
    const bool leaves = record->versions[i - 1].province_code == province_code &&
                        after.province_code != province_code;
    // What is done has no meaning for a unit that came back, and what lies ahead none for one that
    // is still away.
    const bool is_done = after.valid.first <= day;
    if (is_done && after.province_code == province_code) away = nullptr;
    if (leaves && (is_done || away == nullptr)) away = &after;
  }
  if (away == nullptr) return nullptr;
  const auto it = changes_moving_.find(unit);
  if (it == changes_moving_.end()) return nullptr;
  for (const ChangeRecord* change : it->second) {
    if (change->effective == away->valid.first) return change;
  }
  return nullptr;
}

std::vector<const UnitRecord*> Units::UnitsOn(absl::CivilDay day) const {
  std::vector<const UnitRecord*> alive;
  for (const auto& [name, unit] : units_) {
    if (unit->On(day) != nullptr) alive.push_back(unit.get());
  }
  std::sort(alive.begin(), alive.end(),
            [](const UnitRecord* a, const UnitRecord* b) { return a->name < b->name; });
  return alive;
}

std::set<std::string> Units::ProvincesOn(absl::CivilDay day) const {
  std::set<std::string> provinces;
  for (const auto& [name, unit] : units_) {
    if (const UnitVersion* version = unit->On(day)) provinces.insert(version->province_code);
  }
  return provinces;
}

std::set<std::string> Units::Provinces() const {
  std::set<std::string> provinces;
  for (const auto& [name, unit] : units_) {
    for (const UnitVersion& version : unit->versions) provinces.insert(version.province_code);
  }
  return provinces;
}

const std::vector<const UnitRecord*>& Units::UnitsOfCode(absl::string_view code) const {
  static const auto* const kNone = new std::vector<const UnitRecord*>();
  const auto it = units_of_code_.find(code);
  return it == units_of_code_.end() ? *kNone : it->second;
}

const UnitRecord* Units::FindUnitByCode(absl::string_view code, absl::CivilDay day) const {
  for (const UnitRecord* unit : UnitsOfCode(code)) {
    const UnitVersion* version = unit->On(day);
    if (version != nullptr && version->code == code) return unit;
  }
  return nullptr;
}

std::vector<std::string> Units::SuccessorsOn(const UnitRecord& unit, absl::CivilDay day) const {
  std::set<std::string> alive;
  absl::flat_hash_set<absl::string_view> seen;
  seen.insert(unit.name);  // Not from a list: that would view a copy which ends with the statement.
  std::vector<const UnitRecord*> open = {&unit};
  while (!open.empty()) {
    const UnitRecord* current = open.back();
    open.pop_back();
    for (const UnitSuccessor& step : current->successors) {
      if (step.effective > day || !seen.insert(step.unit).second) continue;
      const UnitRecord* next = FindUnit(step.unit);
      if (next == nullptr) continue;
      if (next->On(day) != nullptr) {
        alive.insert(next->name);
      } else {
        open.push_back(next);
      }
    }
  }
  return std::vector<std::string>(alive.begin(), alive.end());
}

}  // namespace twotier::units
