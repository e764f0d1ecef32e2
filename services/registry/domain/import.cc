#include "services/registry/domain/import.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/csv.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/domain/assembly.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

namespace {

// Every model of the data set, or the stored one where a call recorded it.
std::vector<TierModelHistory> ModelsInForce(std::vector<TierModelHistory> models,
                                            const std::vector<TierModelHistory>& stored) {
  for (TierModelHistory& history : models) {
    for (const TierModelHistory& before : stored) {
      if (before.province_code == history.province_code && IsRecorded(before)) history = before;
    }
  }
  return models;
}

}  // namespace

absl::StatusOr<PreparedImport> PrepareImport(absl::Span<const DataFile> files,
                                             const std::vector<TierModelHistory>& stored_models) {
  RowErrors errors;
  ReferenceData data = ReadReferenceData(files, errors);
  CheckCountWords(data.counts, errors);
  std::vector<UnitHistory> units;
  if (data.complete) units = Assemble(data, errors);
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));

  ASSIGN_OR_RETURN(const UnitTree tree, UnitTree::Build(units));
  PreparedImport prepared;
  prepared.counts = CheckCounts(tree, data.counts);
  RETURN_IF_ERROR(RequireCounts(prepared.counts));
  RegisterState& state = prepared.state;
  state.tier_models = TierModels(data.tier_models);
  state.centers =
      DeriveCenters(tree, ModelsInForce(state.tier_models, stored_models), data.organisation_ids);
  state.systems = std::move(data.systems);
  state.counts = std::move(data.counts);
  std::sort(state.counts.begin(), state.counts.end(), [](const auto& a, const auto& b) {
    return std::tie(a.day, a.what) < std::tie(b.day, b.what);
  });
  state.units = std::move(units);
  return prepared;
}

namespace {

// Keys and contents by which records are matched and compared.
std::string KeyOf(const UnitHistory& unit) { return unit.id; }
std::string KeyOf(const CenterHistory& center) {
  return absl::StrCat(center.province_code, "/", center.id);
}
std::string KeyOf(const TierModelHistory& model) { return model.province_code; }
std::string KeyOf(const InformationSystem& system) {
  return absl::StrCat(system.province_code, "/", system.id);
}

bool SameContent(const UnitHistory& a, const UnitHistory& b) {
  return a.tier == b.tier && a.versions == b.versions && a.successions == b.successions;
}
bool SameContent(const CenterHistory& a, const CenterHistory& b) {
  return a.versions == b.versions;
}
bool SameContent(const TierModelHistory& a, const TierModelHistory& b) {
  return a.models == b.models;
}

// Moves new and changed histories to `out` with their next version.
template <typename T, typename Visit>
Difference Plan(absl::string_view kind, std::vector<T> imported, const std::vector<T>& stored,
                std::vector<T>& out, Visit visit) {
  absl::flat_hash_map<std::string, const T*> by_key;
  for (const T& record : stored) by_key.emplace(KeyOf(record), &record);
  Difference difference{kind};
  for (T& record : imported) {
    const auto it = by_key.find(KeyOf(record));
    const T* before = it == by_key.end() ? nullptr : it->second;
    if (before != nullptr && IsRecorded(*before)) {
      ++difference.kept;
      continue;
    }
    visit(record, before);
    if (before == nullptr) {
      ++difference.added;
    } else if (SameContent(record, *before)) {
      ++difference.unchanged;
      continue;
    } else {
      ++difference.changed;
    }
    record.version = before == nullptr ? 1 : before->version + 1;
    out.push_back(std::move(record));
  }
  return difference;
}

// Compares the parts of one record; `same_key` matches a part with its stored counterpart.
template <typename P, typename SameKey>
void CountParts(const std::vector<P>& parts, const std::vector<P>* before, SameKey same_key,
                Difference& difference) {
  for (const P& part : parts) {
    const P* match = nullptr;
    if (before != nullptr) {
      const auto it = std::find_if(before->begin(), before->end(),
                                   [&](const P& other) { return same_key(part, other); });
      if (it != before->end()) match = &*it;
    }
    ++(match == nullptr ? difference.added
                        : (part == *match ? difference.unchanged : difference.changed));
  }
}

Difference PlanCounts(std::vector<PublishedCount> imported,
                      const std::vector<PublishedCount>& stored, std::vector<PublishedCount>& out) {
  Difference difference{"published_count"};
  for (PublishedCount& count : imported) {
    const auto it = std::find_if(stored.begin(), stored.end(), [&](const PublishedCount& other) {
      return other.day == count.day && other.what == count.what;
    });
    if (it == stored.end()) {
      ++difference.added;
    } else if (it->count == count.count && it->binding == count.binding &&
               it->source == count.source) {
      ++difference.unchanged;
      continue;
    } else {
      ++difference.changed;
    }
    out.push_back(std::move(count));
  }
  return difference;
}

}  // namespace

ImportPlan PlanImport(RegisterState imported, const RegisterState& stored) {
  ImportPlan plan;
  Difference versions{"unit_version"};
  Difference successions{"succession"};
  const Difference units = Plan(
      "unit", std::move(imported.units), stored.units, plan.units,
      [&](const UnitHistory& unit, const UnitHistory* before) {
        CountParts(
            unit.versions, before == nullptr ? nullptr : &before->versions,
            [](const auto& a, const auto& b) { return a.valid.first == b.valid.first; }, versions);
        CountParts(
            unit.successions, before == nullptr ? nullptr : &before->successions,
            [](const auto& a, const auto& b) {
              return a.effective == b.effective && a.target_id == b.target_id;
            },
            successions);
      });
  const auto nothing = [](const auto&, const auto*) {};
  const Difference centers =
      Plan("center", std::move(imported.centers), stored.centers, plan.centers, nothing);
  const Difference models = Plan("tier_model", std::move(imported.tier_models), stored.tier_models,
                                 plan.tier_models, nothing);
  const Difference systems = Plan("information_system", std::move(imported.systems), stored.systems,
                                  plan.systems, nothing);
  const Difference counts = PlanCounts(std::move(imported.counts), stored.counts, plan.counts);
  plan.differences = {units, versions, successions, centers, models, systems, counts};
  return plan;
}

absl::StatusOr<UnitTree> TreeWith(std::vector<UnitHistory> stored,
                                  absl::Span<const UnitHistory> changed) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < stored.size(); ++i) places.emplace(stored[i].id, i);
  for (const UnitHistory& unit : changed) {
    const auto [it, added] = places.emplace(unit.id, stored.size());
    if (added) {
      stored.push_back(unit);
    } else {
      stored[it->second] = unit;
    }
  }
  std::erase_if(stored, [](const UnitHistory& unit) { return unit.versions.empty(); });
  absl::StatusOr<UnitTree> tree = UnitTree::Build(std::move(stored));
  if (tree.ok()) return tree;
  const std::optional<error::Reason> broken = error::ReasonOf(tree.status());
  if (!broken.has_value() || broken->metadata.empty()) return tree.status();
  const std::vector<error::PreconditionViolation> violations = {
      {"STORED_UNITS", absl::StrCat("units/", broken->metadata[0].second),
       std::string(tree.status().message())}};
  const absl::Status refusal = error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the data do not fit what is stored: ", tree.status().message()),
      "CONFLICTS_WITH_STORED", broken->metadata);
  return error::WithPreconditions(refusal, violations);
}

absl::Status RequireCountsFrom(const UnitTree& tree, absl::Span<const PublishedCount> counts,
                               absl::CivilDay day) {
  std::vector<PublishedCount> concerned;
  for (const PublishedCount& count : counts) {
    if (count.binding && day <= count.day) concerned.push_back(count);
  }
  return RequireCounts(CheckCounts(tree, concerned));
}

absl::StatusOr<std::vector<CheckedCount>> CheckPlan(const ImportPlan& plan, RegisterState stored) {
  ASSIGN_OR_RETURN(const UnitTree tree, TreeWith(std::move(stored.units), plan.units));
  std::vector<PublishedCount> counts = plan.counts;
  std::vector<std::string> released;
  for (PublishedCount& before : stored.counts) {
    const auto it =
        std::find_if(plan.counts.begin(), plan.counts.end(), [&](const PublishedCount& count) {
          return count.day == before.day && count.what == before.what;
        });
    if (it == plan.counts.end()) {
      counts.push_back(std::move(before));
    } else if (before.binding && !it->binding) {
      released.push_back(NameOf(before));
    }
  }
  std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    return std::tie(a.day, a.what) < std::tie(b.day, b.what);
  });
  std::vector<CheckedCount> checked = CheckCounts(tree, counts);
  RETURN_IF_ERROR(RequireCounts(checked, released));
  return checked;
}

}  // namespace twotier::registry
