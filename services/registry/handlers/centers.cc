#include "services/registry/handlers/centers.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/registry/domain/province_centers.h"
#include "services/registry/handlers/paging.h"

namespace twotier::registry::handlers {
namespace {

bool Wanted(const v1::ListCentersRequest& request, absl::string_view served_unit_id,
            const CenterHistory& center, const CenterVersion& version) {
  return (request.province_code().empty() || center.province_code == request.province_code()) &&
         (request.kind() == v1::CENTER_KIND_UNSPECIFIED ||
          static_cast<int>(version.kind) == request.kind()) &&
         (request.state() == v1::CENTER_STATE_UNSPECIFIED ||
          static_cast<int>(version.state) == request.state()) &&
         (served_unit_id.empty() ||
          std::binary_search(version.served_unit_ids.begin(), version.served_unit_ids.end(),
                             served_unit_id));
}

}  // namespace

absl::StatusOr<v1::GetCenterResponse> GetCenter(const Env& env, const Call& call,
                                                const v1::GetCenterRequest& request, db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const absl::CivilDay day, AsOf(call, request));
  std::optional<CenterRef> ref;
  if (const auto center = snapshot->FindCenter(request.name()); center.has_value()) {
    ref = snapshot->CenterOn(*center, day);
  }
  if (!ref.has_value()) return CenterNotFound(request.name(), day);
  v1::GetCenterResponse response;
  SetKnowledge(request, response);
  *response.mutable_center() = snapshot->center(*ref);
  SetDate(day, response.mutable_as_of());
  return response;
}

void ValidateListCenters(const v1::ListCentersRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  if (request.province_code().empty() && request.served_unit().empty()) {
    violations.Add("province_code", "province_code or served_unit must be set");
  }
}

absl::StatusOr<v1::ListCentersResponse> ListCenters(const Env& env, const Call& call,
                                                    const v1::ListCentersRequest& request,
                                                    db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const PageStart start, ReadPage(env, call, "ListCenters", request));
  const absl::string_view served = UnitIdOf(request.served_unit());
  v1::ListCentersResponse response;
  SetKnowledge(request, response);
  SetDate(start.day, response.mutable_as_of());
  // Returns false when the page is full.
  const auto add = [&](uint32_t index) {
    const std::optional<CenterRef> ref = snapshot->CenterOn(index, start.day);
    if (!ref.has_value()) return true;
    const CenterHistory& center = snapshot->centers()[index];
    if (!Wanted(request, served, center, center.versions[ref->version])) return true;
    const v1::Center& proto = snapshot->center(*ref);
    if (!start.after.empty() && proto.name() <= start.after) return true;
    if (response.centers_size() == start.size) {
      response.set_next_page_token(NextToken(env, "ListCenters", start,
                                             response.centers(response.centers_size() - 1).name()));
      return false;
    }
    *response.add_centers() = proto;
    return true;
  };
  // Positions are in the order of the names.
  if (!served.empty()) {
    for (const uint32_t index : snapshot->CentersOf(served)) {
      if (!add(index)) break;
    }
  } else {
    for (uint32_t index = 0; index < snapshot->centers().size() && add(index); ++index) {
    }
  }
  return response;
}

absl::StatusOr<v1::GetTierModelResponse> GetTierModel(const Env& env, const Call& call,
                                                      const v1::GetTierModelRequest& request,
                                                      db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const absl::CivilDay day, AsOf(call, request));
  for (const TierModelHistory& history : snapshot->tier_models()) {
    if (history.province_code != SegmentOf(request.name(), 1)) continue;
    const TierModelRow* model = ModelOn(history, day);
    if (model == nullptr) break;
    v1::GetTierModelResponse response;
    SetKnowledge(request, response);
    *response.mutable_tier_model() = ToProto(history, *model);
    SetDate(day, response.mutable_as_of());
    return response;
  }
  const std::string date = absl::FormatCivilTime(day);
  return error::WithReason(absl::StatusCode::kNotFound,
                           absl::StrCat("no ", request.name(), " is known for ", date),
                           "TIER_MODEL_NOT_FOUND", {{"as_of", date}});
}

absl::StatusOr<v1::GetCoverageResponse> GetCoverage(const Env& env, const Call& call,
                                                    const v1::GetCoverageRequest& request,
                                                    db::Tx* tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  ASSIGN_OR_RETURN(const absl::CivilDay day, AsOf(call, request));
  v1::GetCoverageResponse response;
  SetKnowledge(request, response);
  *response.mutable_coverage() = snapshot->CoverageOn(day);
  return response;
}

}  // namespace twotier::registry::handlers
