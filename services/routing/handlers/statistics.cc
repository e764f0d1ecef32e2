#include "services/routing/handlers/statistics.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/dossier_count.h"
#include "services/routing/handlers/places.h"
#include "services/routing/store/dossier_count_store.h"

namespace twotier::routing::handlers {
namespace {

// A month of the largest province is half a million dossiers, read in about a second; nobody may
// keep a read transaction for longer.
constexpr int64_t kDaysMax = 31;

void ToProto(const DossierCount& count, v1::DossierCount* out) {
  out->set_total(count.total);
  for (const auto& [state, number] : count.states) {
    v1::DossierStateCount* of_state = out->add_states();
    of_state->set_state(static_cast<v1::DossierState>(state));
    of_state->set_count(number);
  }
  const auto of = [&count](Timeliness how) {
    const auto found = count.timeliness.find(how);
    return found == count.timeliness.end() ? 0 : found->second;
  };
  out->set_no_term(of(Timeliness::kNoTerm));
  out->set_in_term(of(Timeliness::kInTerm));
  out->set_overdue(of(Timeliness::kOverdue));
  out->set_early(of(Timeliness::kEarly));
  out->set_on_time(of(Timeliness::kOnTime));
  out->set_late(of(Timeliness::kLate));
}

}  // namespace

absl::StatusOr<v1::GetDossierStatisticsResponse> GetDossierStatistics(
    const Env&, const Call& call, const v1::GetDossierStatisticsRequest& request, db::Tx& tx) {
  const store::DossierPeriod period = {
      .province_code = std::string(absl::StripPrefix(request.parent(), "provinces/")),
      .center = request.center(),
      .first = FromProto(request.first_date()),
      .end = FromProto(request.end_date())};
  std::map<std::string, DossierCount> centers;
  RETURN_IF_ERROR(store::VisitDossiers(
      tx, period, [&](const Dossier& dossier) { centers[dossier.center].Add(dossier, call.now); }));
  v1::GetDossierStatisticsResponse response;
  DossierCount total;
  for (const auto& [center, count] : centers) {
    v1::CenterDossierCount* of_center = response.add_centers();
    of_center->set_center(center);
    ToProto(count, of_center->mutable_count());
    total.Add(count);
  }
  ToProto(total, response.mutable_total());
  routing::ToProto(call.now, response.mutable_count_time());
  return response;
}

void ValidateGetDossierStatistics(const v1::GetDossierStatisticsRequest& request,
                                  error::Violations& violations) {
  CheckCenterIn(request.parent(), request.center(), "center", violations);
  if (!request.has_first_date() || !request.has_end_date()) return;  // Found by the constraints.
  // The codes that the days are found by write years in two digits.
  if (request.first_date().year() < 2000 || request.end_date().year() > 2099) {
    violations.Add("first_date", "must lie, like end_date, in the years 2000 to 2099");
  }
  const int64_t days = FromProto(request.end_date()) - FromProto(request.first_date());
  if (days < 1 || days > kDaysMax) {
    violations.Add("end_date", absl::StrCat("must be 1 to ", kDaysMax, " days after first_date"));
  }
}

}  // namespace twotier::routing::handlers
