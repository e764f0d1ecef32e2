// What every change of centers does: read the province, let the domain alter it, write what differs
// with one event each, and tell the whole effect.
#ifndef TWOTIER_SERVICES_REGISTRY_HANDLERS_PROVINCE_CHANGE_H_
#define TWOTIER_SERVICES_REGISTRY_HANDLERS_PROVINCE_CHANGE_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/registry/convert.h"
#include "services/registry/domain/province_centers.h"
#include "twotier/registry/v1/center_change.pb.h"

namespace twotier::registry::handlers {

// A province before and after one change.
struct ProvinceChange {
  Province before;
  Province after;
  ChangeTerms terms;
};

// Reads the province and, of `unit_ids`, those that lie elsewhere. `after` equals `before`.
absl::StatusOr<ProvinceChange> ReadProvince(db::Tx& tx, absl::string_view province_code,
                                            ChangeTerms terms,
                                            const std::vector<std::string>& unit_ids = {});

// ABORTED `STALE_ETAG`; NOT_FOUND `CENTER_NOT_FOUND` when no such center was ever there.
absl::Status CheckCenterEtag(const ProvinceChange& change, absl::string_view center_id,
                             absl::string_view etag);

// Writes every center that differs, with its next version: `kind` is the event of the center the
// call names, "center.changed" that of the others. With `tier_model_too` writes the models, first.
// Fills the effect.
absl::Status WriteProvince(db::Tx& tx, const Call& call, ProvinceChange& change,
                           absl::string_view center_id, absl::string_view kind, bool tier_model_too,
                           v1::CenterEffect* effect);

// The center on the date of the change; its last version where none stands on it.
v1::Center CenterAfter(const ProvinceChange& change, absl::string_view center_id);

// Body of the events of a change.
std::string ChangeBody(const Call& call, const google::type::Date* effective_date,
                       absl::string_view act, const std::vector<std::string>& overridden_rules,
                       absl::string_view reason = "");

// Terms of a request that has `effective_date`, and maybe `act` and `override_reason`.
template <typename Request>
ChangeTerms TermsOf(const Request& request) {
  ChangeTerms terms;
  terms.day = ToDay(request.effective_date());
  if constexpr (requires { request.act(); }) terms.act = request.act().number();
  if constexpr (requires { request.override_reason(); }) {
    terms.override_reason = request.override_reason();
  }
  return terms;
}

// An act is known by its number.
template <typename Request>
void CheckAct(const Request& request, error::Violations& violations) {
  constexpr size_t kNumberBytesMax = 128;
  if (!request.has_act()) return;  // Reported as a required field.
  if (request.act().number().empty()) violations.Add("act.number", "must not be empty");
  if (request.act().number().size() > kNumberBytesMax) {
    violations.Add("act.number", "must have at most 128 bytes");
  }
}

// `other` is empty or a center of the province that `name` is of.
void CheckSameProvince(absl::string_view field, absl::string_view other, absl::string_view name,
                       error::Violations& violations);

// Ids of units by their names.
template <typename Names>
std::vector<std::string> UnitIds(const Names& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.emplace_back(UnitIdOf(name));
  return ids;
}

}  // namespace twotier::registry::handlers

#endif  // TWOTIER_SERVICES_REGISTRY_HANDLERS_PROVINCE_CHANGE_H_
