#include "services/registry/snapshot.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/errors.h"
#include "common/status_macros.h"
#include "services/registry/convert.h"

namespace twotier::registry {

absl::StatusOr<std::shared_ptr<const Snapshot>> Snapshot::Create(RegisterState state,
                                                                 int64_t position) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->position_ = position;
  ASSIGN_OR_RETURN(snapshot->tree_, UnitTree::Build(std::move(state.units)));
  snapshot->changes_ = Changes(state, snapshot->tree_);
  snapshot->names_ = NameIndex(snapshot->tree_);
  size_t versions = 0;
  for (const UnitHistory& unit : snapshot->tree_.units()) versions += unit.versions.size();
  snapshot->units_.reserve(versions);
  snapshot->unit_begins_.reserve(versions + 1);
  for (const UnitHistory& unit : snapshot->tree_.units()) {
    snapshot->first_.push_back(static_cast<uint32_t>(snapshot->units_.size()));
    for (const UnitVersion& version : unit.versions) {
      snapshot->units_.push_back(ToProto(unit, version));
      snapshot->units_.back().AppendToString(&snapshot->unit_bytes_);
      snapshot->unit_begins_.push_back(static_cast<uint32_t>(snapshot->unit_bytes_.size()));
    }
  }
  snapshot->unit_bytes_.shrink_to_fit();
  for (const VersionRef ref : snapshot->tree_.InCodeOrder()) {
    snapshot->by_province_[snapshot->tree_.version(ref).province_code].push_back(ref);
  }
  snapshot->centers_ = std::move(state.centers);
  snapshot->tier_models_ = std::move(state.tier_models);
  snapshot->operations_ = Operations(std::move(state.systems), std::move(state.incidents),
                                     std::move(state.opening_hours));
  snapshot->IndexCenters();
  snapshot->MakeCoverage(state.counts);
  return snapshot;
}

absl::Span<const VersionRef> Snapshot::InCodeOrder(absl::string_view province_code) const {
  if (province_code.empty()) return tree_.InCodeOrder();
  const auto it = by_province_.find(province_code);
  if (it == by_province_.end()) return {};
  return it->second;
}

void Snapshot::IndexCenters() {
  for (uint32_t i = 0; i < centers_.size(); ++i) {
    const CenterHistory& center = centers_[i];
    center_by_name_.emplace(CenterName(center.province_code, center.id), i);
    std::vector<v1::Center>& protos = center_protos_.emplace_back();
    for (const CenterVersion& version : center.versions) {
      protos.push_back(ToProto(center, version));
      for (const std::string& unit_id : version.served_unit_ids) {
        std::vector<uint32_t>& serving = centers_by_unit_[unit_id];
        if (serving.empty() || serving.back() != i) serving.push_back(i);
      }
    }
  }
}

void Snapshot::MakeCoverage(absl::Span<const PublishedCount> counts) {
  std::set<absl::CivilDay> days = {kDataBegins};
  for (const UnitHistory& unit : tree_.units()) {
    for (const UnitVersion& version : unit.versions) {
      days.insert(version.valid.first);
      days.insert(version.valid.end);
    }
  }
  for (const CenterHistory& center : centers_) {
    for (const CenterVersion& version : center.versions) {
      days.insert(version.valid.first);
      days.insert(version.valid.end);
    }
  }
  for (const TierModelHistory& history : tier_models_) {
    for (const TierModelRow& model : history.models) {
      days.insert(model.valid.first);
      days.insert(model.valid.end);
    }
  }
  for (const PublishedCount& count : counts) days.insert(count.day);
  for (const absl::CivilDay day : days) {
    coverage_.emplace_back(
        day, ToProto(ComputeCoverage(tree_, centers_, tier_models_, counts, day), day));
  }
}

std::optional<uint32_t> Snapshot::FindCenter(absl::string_view name) const {
  const auto it = center_by_name_.find(name);
  if (it == center_by_name_.end()) return std::nullopt;
  return it->second;
}

std::optional<CenterRef> Snapshot::CenterOn(uint32_t center, absl::CivilDay day) const {
  const std::vector<CenterVersion>& versions = centers_[center].versions;
  for (uint32_t v = 0; v < versions.size(); ++v) {
    if (versions[v].valid.Contains(day)) return CenterRef{center, v};
  }
  return std::nullopt;
}

absl::Span<const uint32_t> Snapshot::CentersOf(absl::string_view unit_id) const {
  const auto it = centers_by_unit_.find(unit_id);
  if (it == centers_by_unit_.end()) return {};
  return it->second;
}

v1::Coverage Snapshot::CoverageOn(absl::CivilDay day) const {
  const auto after =
      std::upper_bound(coverage_.begin(), coverage_.end(), day,
                       [](absl::CivilDay a, const auto& entry) { return a < entry.first; });
  v1::Coverage coverage = std::prev(after)->second;
  SetDate(day, coverage.mutable_as_of());
  return coverage;
}

std::optional<v1::Resource> Snapshot::Find(absl::string_view subject) const {
  if (const absl::string_view id = UnitIdOf(subject); !id.empty()) {
    const std::optional<uint32_t> unit = tree_.Find(id);
    if (!unit.has_value()) return changes_.Find(subject);
    return ToResource(tree_.unit(*unit));
  }
  if (const std::optional<uint32_t> center = FindCenter(subject); center.has_value()) {
    return ToResource(centers_[*center]);
  }
  for (const TierModelHistory& history : tier_models_) {
    if (TierModelSubject(history.province_code) == subject) return ToResource(history);
  }
  if (std::optional<v1::Resource> change = changes_.Find(subject)) return change;
  return operations_.Find(subject);
}

absl::StatusOr<std::shared_ptr<const Snapshot>> SnapshotHolder::Get() const {
  std::shared_ptr<const Snapshot> snapshot = snapshot_.load();
  if (snapshot == nullptr) {
    return error::WithRetryAfter(
        error::WithReason(absl::StatusCode::kUnavailable, "the register is not loaded yet",
                          "SNAPSHOT_NOT_READY"),
        absl::Seconds(1));
  }
  return snapshot;
}

}  // namespace twotier::registry
