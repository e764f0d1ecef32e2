#include "services/registry/domain/change_event.h"

#include <algorithm>
#include <map>
#include <set>

namespace twotier::registry {
namespace {

void AddOnce(std::vector<std::string>& ids, const std::string& id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

void AddOwnKinds(const UnitVersion& before, const UnitVersion& after, std::set<ChangeKind>& kinds) {
  // With the type the full name changes by itself.
  const bool same_type = before.type == after.type;
  if (before.short_name != after.short_name || (same_type && before.full_name != after.full_name)) {
    kinds.insert(ChangeKind::kRename);
  }
  if (!same_type) kinds.insert(ChangeKind::kRetype);
  if (before.province_code != after.province_code) kinds.insert(ChangeKind::kReparent);
  if (before.code != after.code) kinds.insert(ChangeKind::kRecode);
}

}  // namespace

bool GoesOn(const ChangeEvent& event, absl::string_view unit_id) {
  return std::any_of(event.edges.begin(), event.edges.end(), [&](const ChangeEdge& edge) {
    return edge.source_id == unit_id && edge.target_id == unit_id;
  });
}

bool IsFounded(const ChangeEvent& event, absl::string_view unit_id) {
  return std::find(event.founded_ids.begin(), event.founded_ids.end(), unit_id) !=
         event.founded_ids.end();
}

std::vector<std::string> SourcesOf(const ChangeEvent& event) {
  std::vector<std::string> ids;
  for (const ChangeEdge& edge : event.edges) AddOnce(ids, edge.source_id);
  return ids;
}

std::vector<std::string> TargetsOf(const ChangeEvent& event) {
  std::vector<std::string> ids;
  for (const ChangeEdge& edge : event.edges) AddOnce(ids, edge.target_id);
  return ids;
}

std::set<std::string> UnitsAfter(const ChangeEvent& event, const std::set<std::string>& unit_ids) {
  std::set<std::string> after;
  for (const std::string& unit_id : unit_ids) {
    bool ends = false;
    bool goes_on = false;
    for (const ChangeEdge& edge : event.edges) {
      if (edge.source_id != unit_id) continue;
      ends = true;
      goes_on = goes_on || edge.target_id == unit_id;
    }
    ends = ends && !goes_on;
    if (!ends) after.insert(unit_id);
    for (const ChangeEdge& edge : event.edges) {
      if (edge.source_id != unit_id) continue;
      if (ends || IsFounded(event, edge.target_id)) after.insert(edge.target_id);
    }
  }
  return after;
}

std::vector<std::string> EndedBy(const ChangeEvent& event) {
  std::vector<std::string> ids = SourcesOf(event);
  ids.erase(std::remove_if(ids.begin(), ids.end(),
                           [&](const std::string& id) { return GoesOn(event, id); }),
            ids.end());
  return ids;
}

std::vector<ChangeKind> KindsOf(const ChangeEvent& event, VersionOfUnit before,
                                VersionOfUnit after) {
  std::map<std::string, std::vector<const ChangeEdge*>> out;
  std::map<std::string, std::vector<const ChangeEdge*>> in;
  for (const ChangeEdge& edge : event.edges) {
    out[edge.source_id].push_back(&edge);
    in[edge.target_id].push_back(&edge);
  }
  const auto is_self = [](const ChangeEdge* edge) { return edge->source_id == edge->target_id; };
  const auto divided = [&](const std::string& id) { return out.at(id).size() > 1; };
  std::set<ChangeKind> kinds;
  for (const auto& [id, edges] : out) {
    if (edges.size() < 2) continue;
    const bool goes_on = std::any_of(edges.begin(), edges.end(), is_self);
    kinds.insert(goes_on ? ChangeKind::kPartialTransfer : ChangeKind::kSplit);
  }
  for (const auto& [id, edges] : in) {
    const bool swallows = std::any_of(edges.begin(), edges.end(), [&](const ChangeEdge* edge) {
      return !is_self(edge) && !divided(edge->source_id);
    });
    if (edges.size() > 1 && swallows) kinds.insert(ChangeKind::kMerge);
    // What it was before: itself, or the one unit that it was made from.
    const bool goes_on = std::any_of(edges.begin(), edges.end(), is_self);
    if (!goes_on && (edges.size() > 1 || divided(edges[0]->source_id))) continue;
    const UnitVersion* was = before(goes_on ? id : edges[0]->source_id);
    const UnitVersion* is = after(id);
    if (was != nullptr && is != nullptr) AddOwnKinds(*was, *is, kinds);
  }
  return {kinds.begin(), kinds.end()};
}

}  // namespace twotier::registry
