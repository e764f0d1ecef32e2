#include "services/registry/domain/assembly.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {
namespace {

// A unit that is being put together: its rows by date.
struct Draft {
  std::vector<const VersionRow*> rows;
  std::vector<Succession> steps;
  bool has_predecessor = false;

  absl::CivilDay first() const { return rows.front()->version.valid.first; }
  absl::CivilDay end() const { return rows.back()->version.valid.end; }
  Tier tier() const { return rows.front()->tier; }
  const VersionRow* On(absl::CivilDay day) const {
    for (const VersionRow* row : rows) {
      if (row->version.valid.Contains(day)) return row;
    }
    return nullptr;
  }
};

std::string Day(absl::CivilDay day) { return absl::FormatCivilTime(day); }

class Assembler {
 public:
  Assembler(const ReferenceData& data, RowErrors& errors) : data_(data), errors_(errors) {}

  std::vector<UnitHistory> Run() {
    CollectVersions();
    CheckCodes();
    CheckParents();
    CollectSteps();
    DeriveDistrictSteps();
    CheckEnds();
    CheckTierModels();
    if (!errors_.empty()) return {};
    return Finish();
  }

 private:
  void CollectVersions() {
    for (const VersionRow& row : data_.versions) drafts_[row.unit_id].rows.push_back(&row);
    for (auto& [id, draft] : drafts_) {
      std::stable_sort(draft.rows.begin(), draft.rows.end(), [](const auto* a, const auto* b) {
        return a->version.valid.first < b->version.valid.first;
      });
      for (size_t i = 0; i < draft.rows.size(); ++i) {
        CheckVersion(*draft.rows[i], i > 0 ? draft.rows[i - 1] : nullptr);
        if (!draft.rows[i]->version.code.empty()) {
          by_code_[draft.rows[i]->version.code].push_back(draft.rows[i]);
        }
      }
    }
    for (auto& [code, rows] : by_code_) {
      std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) {
        return a->version.valid.first < b->version.valid.first;
      });
    }
  }

  void CheckVersion(const VersionRow& row, const VersionRow* before) {
    const UnitVersion& version = row.version;
    if (version.valid.first < kDataBegins) {
      errors_.Add(row.place, "valid_from", absl::StrCat("must not lie before ", Day(kDataBegins)));
    }
    if (before == nullptr) {
      if (version.change != Relation::kUnspecified) {
        errors_.Add(row.place, "change", "must be empty in the first version of a unit");
      }
      return;
    }
    if (before->tier != row.tier) {
      errors_.Add(row.place, "unit_id", "is the id of a unit of another level");
    } else if (version.change == Relation::kUnspecified) {
      errors_.Add(row.place, "change", "must say how this version differs from the one before");
    }
    if (before->version.valid.end != version.valid.first) {
      errors_.Add(row.place, "valid_from",
                  absl::StrCat("must be ", Day(before->version.valid.end),
                               ", where the version before ends: no gap, no overlap"));
    }
  }

  void CheckCodes() {
    for (const auto& [code, rows] : by_code_) {
      for (size_t i = 1; i < rows.size(); ++i) {
        if (rows[i]->unit_id != rows[i - 1]->unit_id &&
            rows[i]->version.valid.first < rows[i - 1]->version.valid.end) {
          errors_.Add(
              rows[i]->place, "code",
              absl::StrCat("is the code of another unit on ", Day(rows[i]->version.valid.first),
                           " (", rows[i - 1]->place.file, ":", rows[i - 1]->place.row, ")"));
        }
      }
    }
  }

  const VersionRow* ByCode(const std::string& code, absl::CivilDay day) const {
    const auto it = by_code_.find(code);
    if (it == by_code_.end()) return nullptr;
    for (const VersionRow* row : it->second) {
      if (row->version.valid.Contains(day)) return row;
    }
    return nullptr;
  }

  void CheckParents() {
    for (const VersionRow& row : data_.versions) {
      if (row.tier == Tier::kProvince) {
        if (!row.parent_code.empty()) {
          errors_.Add(row.place, "parent_code", "must be empty for a province");
        }
        continue;
      }
      const VersionRow* parent = ByCode(row.parent_code, row.version.valid.first);
      if (parent == nullptr || parent->tier >= row.tier) {
        errors_.Add(row.place, "parent_code",
                    absl::StrCat("must be the code of a unit of the level above on ",
                                 Day(row.version.valid.first)));
      } else if (drafts_[parent->unit_id].end() < row.version.valid.end) {
        errors_.Add(row.place, "parent_code",
                    absl::StrCat("names a unit that ends on ", Day(drafts_[parent->unit_id].end()),
                                 ", before this version does"));
      }
    }
  }

  // The draft that `source` names on the day before `day`.
  Draft* Source(const SuccessionRow& row) {
    if (const auto it = drafts_.find(row.source); it != drafts_.end()) {
      return it->second.On(row.effective - 1) != nullptr ? &it->second : nullptr;
    }
    const VersionRow* found = ByCode(row.source, row.effective - 1);
    return found == nullptr ? nullptr : &drafts_[found->unit_id];
  }

  void CollectSteps() {
    for (const SuccessionRow& row : data_.successions) {
      Draft* source = Source(row);
      const VersionRow* target = ByCode(row.target, row.effective);
      if (source == nullptr) {
        errors_.Add(row.place, "source",
                    absl::StrCat("names no unit that exists on ", Day(row.effective - 1)));
      }
      if (target == nullptr) {
        errors_.Add(row.place, "target",
                    absl::StrCat("names no unit that exists on ", Day(row.effective)));
      }
      if (source == nullptr || target == nullptr) continue;
      if (source->rows.front()->unit_id == target->unit_id) {
        errors_.Add(row.place, "target", "must be another unit than the source");
        continue;
      }
      if (!steps_seen_.insert({source, target->unit_id, row.effective}).second) {
        errors_.Add(row.place, "target", "repeats an earlier row");
        continue;
      }
      source->steps.push_back(
          {target->unit_id, row.effective, row.relation, row.act, Origin::kPublished});
      drafts_[target->unit_id].has_predecessor = true;
    }
  }

  // The table relates communes only. A district's people are where its communes' people went: whole
  // when that is one unit, else a part in each.
  void DeriveDistrictSteps() {
    std::map<std::string, std::map<std::string, std::string>> targets;  // District, target, act.
    std::map<std::string, absl::CivilDay> ends;
    for (const auto& [id, draft] : drafts_) {
      for (const VersionRow* row : draft.rows) {
        const absl::CivilDay end = row->version.valid.end;
        if (row->tier != Tier::kCommune || end == kNoEnd) continue;
        const VersionRow* district = ByCode(row->parent_code, end - 1);
        if (district == nullptr || district->tier != Tier::kDistrict ||
            district->version.valid.end != end) {
          continue;
        }
        ends[district->unit_id] = end;
        if (const VersionRow* next = draft.On(end); next != nullptr) {
          targets[district->unit_id].emplace(id, next->version.act);
        }
        for (const Succession& step : draft.steps) {
          if (step.effective == end) targets[district->unit_id].emplace(step.target_id, step.act);
        }
      }
    }
    for (const auto& [district, by_target] : targets) {
      Draft& draft = drafts_[district];
      if (!draft.steps.empty()) continue;  // The table knows better: an island district.
      const Relation relation = by_target.size() == 1 ? Relation::kWhole : Relation::kPart;
      for (const auto& [target, act] : by_target) {
        draft.steps.push_back({target, ends[district], relation, act, Origin::kDerived});
      }
    }
  }

  void CheckEnds() {
    for (const auto& [id, draft] : drafts_) {
      const bool continued = std::any_of(
          draft.steps.begin(), draft.steps.end(),
          [end = draft.end()](const Succession& step) { return step.effective == end; });
      if (draft.end() != kNoEnd && !continued) {
        errors_.Add(
            draft.rows.back()->place, "valid_to",
            "the unit ends on this date, but no row of successions.csv says what became of it");
      }
      if (kDataBegins < draft.first() && !draft.has_predecessor) {
        errors_.Add(draft.rows.front()->place, "valid_from",
                    "the unit begins on this date, but no row of successions.csv says out of what");
      }
    }
  }

  void CheckTierModels() {
    std::map<std::string, absl::CivilDay> covered_until;
    for (const TierModelRow& row : data_.tier_models) {
      if (ByCode(row.province_code, row.valid.first) == nullptr) {
        errors_.Add(row.place, "province_code",
                    absl::StrCat("names no province that exists on ", Day(row.valid.first)));
      }
      const auto [it, added] = covered_until.emplace(row.province_code, row.valid.end);
      if (!added && it->second != row.valid.first) {
        errors_.Add(row.place, "valid_from",
                    absl::StrCat("must be ", Day(it->second), ", where the model before ends"));
      }
      it->second = row.valid.end;
    }
    for (const auto& [id, draft] : drafts_) {
      if (draft.tier() != Tier::kProvince || draft.end() != kNoEnd) continue;
      const auto it = covered_until.find(draft.rows.back()->version.code);
      if (it == covered_until.end() || it->second != kNoEnd) {
        errors_.Add(draft.rows.back()->place, "code", "the province has no tier model to its end");
      }
    }
  }

  std::vector<UnitHistory> Finish() {
    std::vector<UnitHistory> units;
    units.reserve(drafts_.size());
    for (auto& [id, draft] : drafts_) {
      UnitHistory unit{id, draft.tier(), 0, {}, std::move(draft.steps)};
      for (const VersionRow* row : draft.rows) {
        UnitVersion version = row->version;
        const VersionRow* top = row;
        while (top->tier != Tier::kProvince) {
          top = ByCode(top->parent_code, row->version.valid.first);
          if (version.parent_id.empty()) version.parent_id = top->unit_id;
        }
        version.province_code = top->version.code;
        unit.versions.push_back(std::move(version));
      }
      SortSteps(unit.successions);
      units.push_back(std::move(unit));
    }
    return units;
  }

  const ReferenceData& data_;
  RowErrors& errors_;
  std::map<std::string, Draft> drafts_;  // By unit id: the order of the result.
  absl::flat_hash_map<std::string, std::vector<const VersionRow*>> by_code_;
  std::set<std::tuple<const Draft*, std::string, absl::CivilDay>> steps_seen_;
};

}  // namespace

std::vector<UnitHistory> Assemble(const ReferenceData& data, RowErrors& errors) {
  return Assembler(data, errors).Run();
}

}  // namespace twotier::registry
