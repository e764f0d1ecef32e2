#include "services/registry/handlers/province_change.h"

#include <utility>

#include "common/etag.h"
#include "common/status_macros.h"
#include "services/registry/handlers/events.h"
#include "services/registry/store/center_store.h"
#include "services/registry/store/province_store.h"

namespace twotier::registry::handlers {
namespace {

constexpr absl::string_view kCenterChanged = "center.changed";

// Rules that this change overrode: those that no version before had.
std::vector<std::string> NewOverrides(const ProvinceChange& change) {
  std::vector<std::string> rules;
  for (const CenterHistory& center : change.after.centers) {
    const CenterHistory* old = FindCenter(change.before, center.id);
    for (size_t i = old == nullptr ? 0 : old->overrides.size(); i < center.overrides.size(); ++i) {
      rules.push_back(center.overrides[i].rule);
    }
  }
  return rules;
}

}  // namespace

absl::StatusOr<ProvinceChange> ReadProvince(db::Tx& tx, absl::string_view province_code,
                                            ChangeTerms terms,
                                            const std::vector<std::string>& unit_ids) {
  ProvinceChange change;
  ASSIGN_OR_RETURN(change.before, store::LoadProvince(tx, province_code, unit_ids));
  change.after = change.before;
  change.terms = std::move(terms);
  return change;
}

absl::Status CheckCenterEtag(const ProvinceChange& change, absl::string_view center_id,
                             absl::string_view etag) {
  const CenterHistory* center = FindCenter(change.before, center_id);
  if (center == nullptr) {
    return RequireCenter(change.before, center_id, change.terms.day).status();
  }
  return CheckEtag(etag, center->version);
}

absl::Status WriteProvince(db::Tx& tx, const Call& call, ProvinceChange& change,
                           absl::string_view center_id, absl::string_view kind, bool tier_model_too,
                           v1::CenterEffect* effect) {
  google::type::Date date;
  SetDate(change.terms.day, &date);
  Events events(
      tx, call,
      ChangeBody(call, &date, change.terms.act, NewOverrides(change), change.terms.reason));
  if (tier_model_too) {
    TierModelHistory& models = change.after.models;
    models.version = change.before.models.version + 1;
    RETURN_IF_ERROR(store::WriteTierModels(tx, models));
    RETURN_IF_ERROR(events.Append(change.after.code, TierModelSubject(change.after.code),
                                  models.version, kTierModelSet));
  }
  for (CenterHistory* center : ChangedCenters(change.before, change.after)) {
    const CenterHistory* old = FindCenter(change.before, center->id);
    center->version = old == nullptr ? 1 : old->version + 1;
    center->last_change = std::string(center->id == center_id ? kind : kCenterChanged);
    RETURN_IF_ERROR(store::WriteCenter(tx, *center));
    RETURN_IF_ERROR(events.Append(center->province_code,
                                  CenterName(center->province_code, center->id), center->version,
                                  center->last_change));
    if (effect == nullptr) continue;
    const CenterVersion* was = old == nullptr ? nullptr : VersionOn(*old, change.terms.day);
    if (was != nullptr) *effect->add_before() = ToProto(*old, *was);
    *effect->add_after() = CenterAfter(change, center->id);
  }
  if (effect == nullptr) return absl::OkStatus();
  for (const std::string& unit_id : NewlyUncovered(change.before, change.after, change.terms.day)) {
    effect->add_uncovered_units(UnitName(unit_id));
  }
  return absl::OkStatus();
}

v1::Center CenterAfter(const ProvinceChange& change, absl::string_view center_id) {
  const CenterHistory& center = *FindCenter(change.after, center_id);
  const CenterVersion* version = VersionOn(center, change.terms.day);
  return ToProto(center, version == nullptr ? center.versions.back() : *version);
}

std::string ChangeBody(const Call& call, const google::type::Date* effective_date,
                       absl::string_view act, const std::vector<std::string>& overridden_rules,
                       absl::string_view reason) {
  v1::ChangeReference body;
  if (effective_date != nullptr) *body.mutable_effective_date() = *effective_date;
  body.set_act(std::string(act));
  body.set_principal(call.principal.name);
  for (const std::string& rule : overridden_rules) body.add_overridden_rules(rule);
  body.set_reason(std::string(reason));
  return body.SerializeAsString();
}

void CheckSameProvince(absl::string_view field, absl::string_view other, absl::string_view name,
                       error::Violations& violations) {
  if (other.empty() || SegmentOf(other, 1) == SegmentOf(name, 1)) return;
  violations.Add(field, "must be a center of the same province");
}

}  // namespace twotier::registry::handlers
