#include "services/registry/handlers/units.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

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

// Those of `all`, in code order, that come after `key`; all of them for an empty one.
absl::Span<const VersionRef> AfterKey(const UnitTree& tree, absl::Span<const VersionRef> all,
                                      absl::string_view key) {
  if (key.empty()) return all;
  const size_t slash = key.find('/');  // Codes are digits.
  const auto after = std::make_pair(key.substr(0, slash), key.substr(slash + 1));
  const auto begin = std::partition_point(all.begin(), all.end(), [&](VersionRef ref) {
    return std::make_pair(absl::string_view(tree.version(ref).code),
                          absl::string_view(tree.unit(ref.unit).id)) <= after;
  });
  return all.subspan(static_cast<size_t>(begin - all.begin()));
}

bool Wanted(const v1::ListUnitsRequest& request, absl::string_view parent_id,
            const UnitHistory& unit, const UnitVersion& version) {
  return (request.tier() == v1::TIER_UNSPECIFIED ||
          static_cast<int>(unit.tier) == request.tier()) &&
         (parent_id.empty() || version.parent_id == parent_id);
}

rpc::Encoded<v1::ResolvedUnit> EncodeResult(const Snapshot& snapshot, const ResolvedUnit& result) {
  v1::ResolvedUnit rest;  // All but the unit.
  rest.set_relation(static_cast<v1::Relation>(result.relation));
  if (result.population_ppm.has_value()) {
    rest.set_population_ppm(static_cast<int32_t>(*result.population_ppm));
  }
  if (result.area_ppm.has_value()) rest.set_area_ppm(static_cast<int32_t>(*result.area_ppm));
  for (const absl::string_view hamlet : result.hamlets) rest.add_hamlets(std::string(hamlet));
  for (const PathStep& step : result.path) {
    v1::Succession* succession = rest.add_path();
    succession->set_source(UnitName(snapshot.tree().unit(step.source).id));
    succession->set_target(UnitName(snapshot.tree().unit(step.target).id));
    succession->set_relation(static_cast<v1::Relation>(step.relation));
    SetDate(step.effective, succession->mutable_effective_date());
    if (!step.act.empty()) succession->mutable_act()->set_number(std::string(step.act));
  }
  rpc::Encoded<v1::ResolvedUnit> encoded;
  encoded.AddMessage(v1::ResolvedUnit::kUnitFieldNumber, snapshot.unit_bytes(result.unit));
  encoded.Add(rest);
  return encoded;
}

rpc::Encoded<v1::UnitResolution> ResolveOne(const Snapshot& snapshot, const v1::UnitQuery& request,
                                            absl::CivilDay to_day) {
  UnitQuery query;
  query.code = request.code();
  query.text = request.text();
  query.unit_id = UnitIdOf(request.unit());
  if (request.has_from_date()) query.from_day = ToDay(request.from_date());
  const Resolution resolution = Resolve(snapshot.tree(), query, to_day);
  rpc::Encoded<v1::UnitResolution> encoded;
  v1::UnitResolution rest;  // All but units.
  if (!resolution.status.ok()) {
    *rest.mutable_error() = rpc::ToRpcStatus(resolution.status);
    for (const VersionRef ref : resolution.candidates) {
      encoded.AddMessage(v1::UnitResolution::kCandidatesFieldNumber, snapshot.unit_bytes(ref));
    }
  } else {
    encoded.AddMessage(v1::UnitResolution::kQueriedFieldNumber,
                       snapshot.unit_bytes(resolution.queried));
    for (const ResolvedUnit& result : resolution.results) {
      encoded.AddMessage(v1::UnitResolution::kResultsFieldNumber,
                         EncodeResult(snapshot, result).bytes());
    }
    rest.set_discriminator(static_cast<v1::Discriminator>(resolution.discriminator));
  }
  encoded.Add(rest);
  return encoded;
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

absl::StatusOr<rpc::Encoded<v1::ListUnitsResponse>> ListUnits(const Env& env, const Call& call,
                                                              const v1::ListUnitsRequest& request,
                                                              db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const PageStart start, ReadPage(env, call, "ListUnits", request));
  const UnitTree& tree = snapshot->tree();
  const absl::string_view parent_id = UnitIdOf(request.parent());
  rpc::Encoded<v1::ListUnitsResponse> response;
  v1::ListUnitsResponse rest;  // All but the units.
  SetKnowledge(request, rest);
  SetDate(start.day, rest.mutable_as_of());
  int count = 0;
  VersionRef last;
  for (const VersionRef ref :
       AfterKey(tree, snapshot->InCodeOrder(request.province_code()), start.after)) {
    const UnitVersion& version = tree.version(ref);
    if (!version.valid.Contains(start.day) ||
        !Wanted(request, parent_id, tree.unit(ref.unit), version)) {
      continue;
    }
    if (count == start.size) {
      rest.set_next_page_token(NextToken(env, "ListUnits", start, KeyOf(tree, last)));
      break;
    }
    response.AddMessage(v1::ListUnitsResponse::kUnitsFieldNumber, snapshot->unit_bytes(ref));
    ++count;
    last = ref;
  }
  response.Add(rest);
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

absl::StatusOr<rpc::Encoded<v1::ResolveUnitsResponse>> ResolveUnits(
    const Env& env, const Call& call, const v1::ResolveUnitsRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  const absl::CivilDay to_day =
      request.has_to_date() ? ToDay(request.to_date()) : VietnamDay(call.now);
  rpc::Encoded<v1::ResolveUnitsResponse> response;
  for (const v1::UnitQuery& query : request.queries()) {
    response.AddMessage(v1::ResolveUnitsResponse::kResolutionsFieldNumber,
                        ResolveOne(*snapshot, query, to_day).bytes());
  }
  v1::ResolveUnitsResponse rest;  // All but the resolutions.
  SetKnowledge(request, rest);
  SetDate(to_day, rest.mutable_to_date());
  response.Add(rest);
  return response;
}

}  // namespace twotier::registry::handlers
