#include "services/registry/handlers/center_changes.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/organisation_id.h"
#include "common/status_macros.h"
#include "services/registry/domain/center_life.h"
#include "services/registry/domain/tier_change.h"
#include "services/registry/handlers/province_change.h"

namespace twotier::registry::handlers {
namespace {

bool IsCenterId(absl::string_view id) {
  return std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-';
  });
}

void CheckOrganisationId(absl::string_view field, absl::string_view text,
                         error::Violations& violations) {
  if (ParseOrganisationId(text).has_value()) return;
  violations.Add(field, "must be an organisation id, for example H15.50.05.13 or 000.00.01.H26");
}

// New values of the fields in the mask; the validator has seen to their form.
CenterAmendment AmendmentOf(const v1::UpdateCenterRequest& request) {
  CenterAmendment amendment;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "display_name") amendment.display_name = request.center().display_name();
    if (path == "unit") amendment.unit_id = std::string(UnitIdOf(request.center().unit()));
    if (path == "parent")
      amendment.parent_id = std::string(SegmentOf(request.center().parent(), 3));
    if (path == "organisation_id") {
      amendment.organisation_id = ParseOrganisationId(request.center().organisation_id());
    }
  }
  return amendment;
}

void CheckMasked(const v1::UpdateCenterRequest& request, const std::string& path,
                 error::Violations& violations) {
  constexpr size_t kNameBytesMax = 256;
  const v1::Center& center = request.center();
  if (path == "display_name") {
    if (center.display_name().empty() || center.display_name().size() > kNameBytesMax) {
      violations.Add("center.display_name", "must have 1 to 256 bytes");
    }
  } else if (path == "unit") {
    if (UnitIdOf(center.unit()).empty()) violations.Add("center.unit", "must be units/{unit_id}");
  } else if (path == "parent") {
    if (SegmentOf(center.parent(), 2) != "centers" || SegmentOf(center.parent(), 3).empty()) {
      violations.Add("center.parent", "must be provinces/{province_code}/centers/{center_id}");
    }
    CheckSameProvince("center.parent", center.parent(), request.name(), violations);
  } else if (path == "organisation_id") {
    CheckOrganisationId("center.organisation_id", center.organisation_id(), violations);
  } else {
    violations.Add("update_mask", absl::StrCat("cannot change \"", path, "\""));
  }
}

TierChange TierChangeOf(const v1::SetTierModelRequest& request) {
  TierChange change;
  change.model = static_cast<TierModel>(request.model());
  change.others_become = static_cast<CenterKind>(request.others_become());
  for (const v1::SiteConversion& site : request.conversions()) {
    change.sites.push_back({std::string(SegmentOf(site.center(), 3)),
                            static_cast<CenterKind>(site.becomes()),
                            std::string(SegmentOf(site.successor(), 3))});
  }
  return change;
}

bool IsBranchOrPoint(v1::CenterKind kind) {
  return kind == v1::CENTER_KIND_BRANCH || kind == v1::CENTER_KIND_RECEPTION_POINT;
}

}  // namespace

absl::StatusOr<v1::CreateCenterResponse> CreateCenter(const Env&, const Call& call,
                                                      const v1::CreateCenterRequest& request,
                                                      db::Tx& tx) {
  NewCenter center;
  center.id = request.center_id();
  center.kind = static_cast<CenterKind>(request.kind());
  center.display_name = request.display_name();
  center.unit_id = std::string(UnitIdOf(request.unit()));
  center.parent_id = std::string(SegmentOf(request.parent_center(), 3));
  center.served_unit_ids = UnitIds(request.served_units());
  if (!request.organisation_id().empty()) {
    center.organisation_id = ParseOrganisationId(request.organisation_id()).value_or("");
  }
  std::vector<std::string> asked = center.served_unit_ids;
  asked.push_back(center.unit_id);
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.parent(), 1), TermsOf(request), asked));
  RETURN_IF_ERROR(PlanCenter(change.after, center, change.terms));
  v1::CreateCenterResponse response;
  RETURN_IF_ERROR(WriteProvince(tx, call, change, center.id, "center.planned",
                                /*tier_model_too=*/false, response.mutable_effect()));
  *response.mutable_center() = CenterAfter(change, center.id);
  return response;
}

void ValidateCreateCenter(const v1::CreateCenterRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
  CheckSameProvince("parent_center", request.parent_center(), request.parent(), violations);
  if (!IsCenterId(request.center_id())) {
    violations.Add("center_id", "must consist of letters, digits, '.' and '-'");
  }
  if (!request.parent_center().empty() && !IsBranchOrPoint(request.kind())) {
    violations.Add("parent_center", "only a branch or reception point belongs to another center");
  }
  if (!request.organisation_id().empty()) {
    CheckOrganisationId("organisation_id", request.organisation_id(), violations);
  }
}

absl::StatusOr<v1::UpdateCenterResponse> UpdateCenter(const Env&, const Call& call,
                                                      const v1::UpdateCenterRequest& request,
                                                      db::Tx& tx) {
  const absl::string_view id = SegmentOf(request.name(), 3);
  const CenterAmendment amendment = AmendmentOf(request);
  std::vector<std::string> asked;
  if (amendment.unit_id) asked.push_back(*amendment.unit_id);
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.name(), 1), TermsOf(request), asked));
  RETURN_IF_ERROR(CheckCenterEtag(change, id, request.etag()));
  RETURN_IF_ERROR(AmendCenter(change.after, id, amendment, change.terms));
  v1::UpdateCenterResponse response;
  RETURN_IF_ERROR(WriteProvince(tx, call, change, id, "center.updated", /*tier_model_too=*/false,
                                response.mutable_effect()));
  *response.mutable_center() = CenterAfter(change, id);
  return response;
}

void ValidateUpdateCenter(const v1::UpdateCenterRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
  if (request.has_update_mask() && request.update_mask().paths().empty()) {
    violations.Add("update_mask", "must name a field");
  }
  for (const std::string& path : request.update_mask().paths()) {
    CheckMasked(request, path, violations);
  }
}

absl::StatusOr<v1::RecordReadinessResponse> RecordReadiness(
    const Env&, const Call& call, const v1::RecordReadinessRequest& request, db::Tx& tx) {
  const absl::string_view id = SegmentOf(request.name(), 3);
  ChangeTerms terms;
  terms.day = VietnamDay(call.now);
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.name(), 1), std::move(terms)));
  RETURN_IF_ERROR(CheckCenterEtag(change, id, request.etag()));
  std::vector<ReadinessEntry> entries;
  for (const v1::ReadinessRecord& item : request.items()) {
    ReadinessEntry& entry = entries.emplace_back();
    entry.item = static_cast<ReadinessItem>(item.item());
    if (item.has_done_date()) entry.done = ToDay(item.done_date());
    entry.note = item.note();
  }
  CenterHistory& center = *FindCenter(change.after, id);
  registry::RecordReadiness(center, entries);
  RETURN_IF_ERROR(WriteProvince(tx, call, change, id, "center.readiness_recorded",
                                /*tier_model_too=*/false, /*effect=*/nullptr));
  v1::RecordReadinessResponse response;
  const CenterVersion& last = center.versions.back();
  *response.mutable_center() = ToProto(center, last);
  for (const ReadinessItem item : MissingReadiness(center, last.kind, kNoEnd)) {
    response.add_missing(static_cast<v1::ReadinessItem>(item));
  }
  return response;
}

void ValidateRecordReadiness(const v1::RecordReadinessRequest& request,
                             error::Violations& violations) {
  std::set<int> seen;
  for (int i = 0; i < request.items_size(); ++i) {
    if (!seen.insert(request.items(i).item()).second) {
      violations.Add(absl::StrCat("items[", i, "].item"), "must be named once");
    }
  }
}

absl::StatusOr<v1::SetServedUnitsResponse> SetServedUnits(const Env&, const Call& call,
                                                          const v1::SetServedUnitsRequest& request,
                                                          db::Tx& tx) {
  const absl::string_view id = SegmentOf(request.name(), 3);
  std::vector<std::string> unit_ids = UnitIds(request.served_units());
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.name(), 1), TermsOf(request), unit_ids));
  RETURN_IF_ERROR(CheckCenterEtag(change, id, request.etag()));
  RETURN_IF_ERROR(ServeUnits(change.after, id, std::move(unit_ids), change.terms));
  RETURN_IF_ERROR(RequireCoverage(change.before, change.after, id, change.terms));
  v1::SetServedUnitsResponse response;
  RETURN_IF_ERROR(WriteProvince(tx, call, change, id, "center.served_units_set",
                                /*tier_model_too=*/false, response.mutable_effect()));
  *response.mutable_center() = CenterAfter(change, id);
  return response;
}

void ValidateSetServedUnits(const v1::SetServedUnitsRequest& request,
                            error::Violations& violations) {
  CheckAct(request, violations);
}

absl::StatusOr<v1::SetTierModelResponse> SetTierModel(const Env&, const Call& call,
                                                      const v1::SetTierModelRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(ProvinceChange change,
                   ReadProvince(tx, SegmentOf(request.name(), 1), TermsOf(request)));
  RETURN_IF_ERROR(CheckEtag(request.etag(), change.before.models.version));
  RETURN_IF_ERROR(ChangeTierModel(change.after, TierChangeOf(request), change.terms));
  // Overrides are recorded in the center of the province: it belongs to none of the others.
  std::string main_id;
  for (const CenterHistory& center : change.after.centers) {
    const CenterVersion* version = VersionOn(center, change.terms.day);
    if (version != nullptr && version->kind == CenterKind::kProvincial) main_id = center.id;
  }
  RETURN_IF_ERROR(RequireCoverage(change.before, change.after, main_id, change.terms));
  v1::SetTierModelResponse response;
  RETURN_IF_ERROR(WriteProvince(tx, call, change, /*center_id=*/"", kTierModelSet,
                                /*tier_model_too=*/true, response.mutable_effect()));
  *response.mutable_tier_model() =
      ToProto(change.after.models, *ModelOn(change.after.models, change.terms.day));
  return response;
}

void ValidateSetTierModel(const v1::SetTierModelRequest& request, error::Violations& violations) {
  CheckAct(request, violations);
  const bool single = request.model() == v1::TIER_MODEL_SINGLE_LEVEL;
  if (request.others_become() != v1::CENTER_KIND_UNSPECIFIED &&
      (!single || !IsBranchOrPoint(request.others_become()))) {
    violations.Add("others_become",
                   "must be BRANCH or RECEPTION_POINT, and only with the single-level model");
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.conversions_size(); ++i) {
    const v1::SiteConversion& site = request.conversions(i);
    const std::string at = absl::StrCat("conversions[", i, "]");
    CheckSameProvince(absl::StrCat(at, ".center"), site.center(), request.name(), violations);
    CheckSameProvince(absl::StrCat(at, ".successor"), site.successor(), request.name(), violations);
    if (!seen.insert(site.center()).second) {
      violations.Add(absl::StrCat(at, ".center"), "must be named once");
    }
    const bool fits = site.becomes() == v1::CENTER_KIND_UNSPECIFIED ||
                      IsBranchOrPoint(site.becomes()) ||
                      (!single && site.becomes() == v1::CENTER_KIND_COMMUNE);
    if (!fits) violations.Add(absl::StrCat(at, ".becomes"), "does not fit the model");
    if (site.becomes() != v1::CENTER_KIND_UNSPECIFIED && !site.successor().empty()) {
      violations.Add(absl::StrCat(at, ".successor"), "only a center that closes has a successor");
    }
  }
}

}  // namespace twotier::registry::handlers
