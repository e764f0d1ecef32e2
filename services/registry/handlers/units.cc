#include "services/registry/handlers/units.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/status.h"
#include "common/status_macros.h"
#include "services/registry/handlers/paging.h"

namespace twotier::registry::handlers {
namespace {

// Key of a version in the order of ListUnits.
std::string KeyOf(const UnitTree& tree, VersionRef ref) {
  return absl::StrCat(tree.version(ref).code, "/", tree.unit(ref.unit).id);
}

bool Wanted(const v1::ListUnitsRequest& request, absl::string_view parent_id,
            const UnitHistory& unit, const UnitVersion& version) {
  return (request.tier() == v1::TIER_UNSPECIFIED ||
          static_cast<int>(unit.tier) == request.tier()) &&
         (parent_id.empty() || version.parent_id == parent_id) &&
         (request.province_code().empty() || version.province_code == request.province_code());
}

void FillPath(const Snapshot& snapshot, const ResolvedUnit& result, v1::ResolvedUnit* out) {
  *out->mutable_unit() = snapshot.unit(result.unit);
  out->set_relation(static_cast<v1::Relation>(result.relation));
  for (const PathStep& step : result.path) {
    v1::Succession* succession = out->add_path();
    succession->set_source(UnitName(snapshot.tree().unit(step.source).id));
    succession->set_target(UnitName(snapshot.tree().unit(step.target).id));
    succession->set_relation(static_cast<v1::Relation>(step.relation));
    SetDate(step.effective, succession->mutable_effective_date());
    if (!step.act.empty()) succession->mutable_act()->set_number(std::string(step.act));
  }
}

void ResolveOne(const Snapshot& snapshot, const v1::UnitQuery& request, absl::CivilDay to_day,
                v1::UnitResolution* out) {
  UnitQuery query;
  query.code = request.code();
  query.text = request.text();
  query.unit_id = UnitIdOf(request.unit());
  if (request.has_from_date()) query.from_day = ToDay(request.from_date());
  const Resolution resolution = Resolve(snapshot.tree(), query, to_day);
  if (!resolution.status.ok()) {
    *out->mutable_error() = rpc::ToRpcStatus(resolution.status);
    for (const VersionRef ref : resolution.candidates) *out->add_candidates() = snapshot.unit(ref);
    return;
  }
  *out->mutable_queried() = snapshot.unit(resolution.queried);
  for (const ResolvedUnit& result : resolution.results) {
    FillPath(snapshot, result, out->add_results());
  }
}

}  // namespace

void ValidateGetUnit(const v1::GetUnitRequest& request, error::Violations& violations) {
  if (request.name().empty() == request.code().empty()) {
    violations.Add("name", "exactly one of name and code must be set");
  }
}

absl::StatusOr<v1::GetUnitResponse> GetUnit(const Env& env, const Call& call,
                                            const v1::GetUnitRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const absl::CivilDay day, AsOf(call, request));
  const UnitTree& tree = snapshot->tree();
  std::optional<VersionRef> ref;
  if (!request.code().empty()) {
    ref = tree.ByCode(request.code(), day);
  } else if (const auto unit = tree.Find(UnitIdOf(request.name())); unit.has_value()) {
    ref = tree.On(*unit, day);
  }
  if (!ref.has_value()) {
    return UnitNotFound(request.code().empty() ? request.name() : request.code(), day);
  }
  v1::GetUnitResponse response;
  SetKnowledge(request, response);
  *response.mutable_unit() = snapshot->unit(*ref);
  SetDate(day, response.mutable_as_of());
  return response;
}

void ValidateListUnits(const v1::ListUnitsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ListUnitsResponse> ListUnits(const Env& env, const Call& call,
                                                const v1::ListUnitsRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const PageStart start, ReadPage(env, call, "ListUnits", request));
  const UnitTree& tree = snapshot->tree();
  const absl::string_view parent_id = UnitIdOf(request.parent());
  v1::ListUnitsResponse response;
  SetKnowledge(request, response);
  SetDate(start.day, response.mutable_as_of());
  std::string last;
  for (const VersionRef ref : tree.InCodeOrder()) {
    const UnitVersion& version = tree.version(ref);
    if (!version.valid.Contains(start.day) ||
        !Wanted(request, parent_id, tree.unit(ref.unit), version)) {
      continue;
    }
    std::string key = KeyOf(tree, ref);
    if (!start.after.empty() && key <= start.after) continue;
    if (response.units_size() == start.size) {
      response.set_next_page_token(NextToken(env, "ListUnits", start, last));
      break;
    }
    *response.add_units() = snapshot->unit(ref);
    last = std::move(key);
  }
  return response;
}

void ValidateResolveUnits(const v1::ResolveUnitsRequest& request, error::Violations& violations) {
  for (int i = 0; i < request.queries_size(); ++i) {
    const v1::UnitQuery& query = request.queries(i);
    const int set =
        int{!query.code().empty()} + int{!query.text().empty()} + int{!query.unit().empty()};
    if (set != 1) {
      violations.Add(absl::StrCat("queries[", i, "]"),
                     "exactly one of code, text and unit must be set");
    }
  }
}

absl::StatusOr<v1::ResolveUnitsResponse> ResolveUnits(const Env& env, const Call& call,
                                                      const v1::ResolveUnitsRequest& request,
                                                      db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const absl::CivilDay to_day =
      request.has_to_date() ? ToDay(request.to_date()) : VietnamDay(call.now);
  v1::ResolveUnitsResponse response;
  SetKnowledge(request, response);
  for (const v1::UnitQuery& query : request.queries()) {
    ResolveOne(*snapshot, query, to_day, response.add_resolutions());
  }
  SetDate(to_day, response.mutable_to_date());
  return response;
}

}  // namespace twotier::registry::handlers
