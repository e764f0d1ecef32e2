#include "services/personnel/handlers/quotas.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/planned_grants.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/store/due_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {
namespace {

using store::QuotaRow;
using store::QuotaSlot;

// Steps of an allowance, old and new: an act has at most 20, and five years hold few acts.
constexpr size_t kStepsMax = 100;
// Years for which quotas are granted: from the first of two tiers on.
constexpr int kYearMin = 2025;
constexpr int kYearMax = 2100;

// The first date from which the new steps would allow more than the old ones and what a cut that is
// planned takes away: grant and allowance together only fall.
absl::Status CheckOnlyFalls(const Quota& before, const std::vector<AllowanceStep>& after) {
  if (before.steps.empty()) return absl::OkStatus();
  std::vector<absl::CivilDay> days;
  for (const AllowanceStep& step : before.steps) days.push_back(step.first);
  for (const AllowanceStep& step : after) days.push_back(step.first);
  for (const PlannedGrant& grant : before.planned) days.push_back(grant.first);
  std::sort(days.begin(), days.end());
  for (const absl::CivilDay day : days) {
    const int64_t asked = AllowanceOn(after, day);
    const int64_t cut = std::max<int64_t>(0, before.granted - GrantedOn(before, day));
    const int64_t allowed = AllowanceOn(before.steps, day) + cut;
    // What began before the steps that are replaced is past.
    if (day < after.front().first || asked <= allowed) continue;
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("on ", Text(day), " only ", allowed, " were allowed"), "ALLOWANCE_ONLY_FALLS",
        {{"date", Text(day)}, {"asked", absl::StrCat(asked)}, {"allowed", absl::StrCat(allowed)}});
  }
  return absl::OkStatus();
}

GrantTerms TermsOf(const v1::GrantQuotaRequest& request, absl::CivilDay today) {
  GrantTerms terms;
  terms.slot = {ProvinceCodeOf(request.parent()), request.unit(),
                static_cast<QuotaKind>(request.quota_kind())};
  terms.first = request.has_first_date() ? personnel::FromProto(request.first_date())
                                         : FirstDayOf(request.year(), today);
  terms.year = request.year();
  terms.posts = request.posts();
  terms.act = request.act().number();
  return terms;
}

std::vector<AllowanceStep> StepsOf(const v1::GrantSurplusAllowanceRequest& request) {
  std::vector<AllowanceStep> steps;
  for (const v1::AllowanceStep& step : request.steps()) {
    steps.push_back({personnel::FromProto(step.first_date()), step.posts()});
  }
  return steps;
}

// FAILED_PRECONDITION `ALLOWANCE_ONLY_FALLS`; INVALID_ARGUMENT where there are too many.
absl::StatusOr<std::vector<AllowanceStep>> StepsAfter(const Quota& before,
                                                      std::vector<AllowanceStep> asked) {
  RETURN_IF_ERROR(CheckOnlyFalls(before, asked));
  std::vector<AllowanceStep> steps = FollowedBy(before.steps, std::move(asked));
  if (steps.size() <= kStepsMax) return steps;
  error::Violations violations;
  violations.Add("steps", absl::StrCat("must be at most ", kStepsMax,
                                       ", together with those that stay before them"));
  return violations.ToStatus();
}

void CheckAct(const common::v1::LegalAct& act, error::Violations& violations) {
  if (act.number().empty()) violations.Add("act.number", "must name the act");
}

}  // namespace

absl::Status WriteQuota(const Call& call, QuotaRow& row, absl::string_view kind, db::Tx& tx,
                        int ordinal) {
  v1::Quota message;
  ToProto(row, VietnamDay(call.now), &message);
  feed::Event event;
  event.province_code = row.quota.province_code;
  event.subject = row.quota.Name();
  event.version = row.quota.version;
  event.kind = std::string(kind);
  event.body = message.SerializeAsString();
  RETURN_IF_ERROR(AppendEvent(tx, call, std::move(event), row.quota.chain_hash, ordinal));
  return store::WriteQuota(tx, row.quota);
}

store::DueEffect AllowanceDue(const QuotaSlot& slot, absl::CivilDay day) {
  return {slot.province_code, day, store::DueKind::kAllowance,
          absl::StrCat(slot.unit, "|", static_cast<int>(slot.kind))};
}

store::DueEffect GrantDue(const QuotaSlot& slot, absl::CivilDay day) {
  store::DueEffect due = AllowanceDue(slot, day);
  due.kind = store::DueKind::kGrant;
  return due;
}

absl::StatusOr<v1::GrantQuotaResponse> GrantQuota(const Env& env, const Call& call,
                                                  const v1::GrantQuotaRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const absl::CivilDay today = VietnamDay(call.now);
  const GrantTerms terms = TermsOf(request, today);
  RETURN_IF_ERROR(CheckNotPast(terms.first, call));
  ASSIGN_OR_RETURN(Grant grant, PrepareGrant(*units, terms, &request.etag(), today, tx));
  ASSIGN_OR_RETURN(v1::GrantQuotaResponse response,
                   terms.first > today ? PlanGrant(call, grant, 0, tx)
                                       : PutInForce(call, grant, call.new_id, 0, tx));
  RETURN_IF_ERROR(CheckPlannedDays(*units, terms.slot.province_code, terms.slot.kind, today, tx));
  env.appended();
  return response;
}

void ValidateGrantQuota(const v1::GrantQuotaRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
  if (absl::StrContains(request.act().number(), '\n')) {
    violations.Add("act.number", "must be one line");
  }
  if (request.posts() < 0 || request.posts() > kPostsMax) {
    violations.Add("posts", absl::StrCat("must lie between 0 and ", kPostsMax));
  }
  if (request.year() < kYearMin || request.year() > kYearMax) {
    violations.Add("year", absl::StrCat("must lie between ", kYearMin, " and ", kYearMax));
  } else if (request.has_first_date() && request.first_date().year() != request.year()) {
    violations.Add("first_date", "must lie within the year");
  }
}

absl::StatusOr<v1::GrantSurplusAllowanceResponse> GrantSurplusAllowance(
    const Env& env, const Call& call, const v1::GrantSurplusAllowanceRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const absl::CivilDay today = VietnamDay(call.now);
  const std::string province_code = ProvinceCodeOf(request.parent());
  ASSIGN_OR_RETURN(const units::UnitVersion* unit, RequireUnitOn(*units, request.unit(), today));
  if (unit->province_code != province_code) {
    return OutsideProvince(request.unit(), province_code, unit->province_code);
  }
  const QuotaSlot slot = KeptSlot(
      *units, {province_code, request.unit(), static_cast<QuotaKind>(request.quota_kind())});
  RETURN_IF_ERROR(DeclareKeptIn(slot, province_code, tx));
  ASSIGN_OR_RETURN(const std::optional<Quota> stored, store::LoadQuota(tx, slot));
  if (!stored) return NotGranted(slot);
  RETURN_IF_ERROR(CheckEtag(request.etag(), stored->version));
  ASSIGN_OR_RETURN(QuotaRow row, store::LoadRow(tx, *stored));
  ASSIGN_OR_RETURN(const std::vector<AllowanceStep> steps, StepsAfter(*stored, StepsOf(request)));
  const QuotaBalance before = row.balance;
  const int64_t more = std::max(AllowanceOn(steps, today) - before.allowance, -before.available());
  row.quota.steps = steps;
  row.quota.allowance = row.balance.allowance = before.allowance + more;
  row.quota.act = request.act().number();
  ++row.quota.version;
  RETURN_IF_ERROR(MovePlaces(call, row.quota, call.new_id, store::AllowanceAccount(slot),
                             store::FreeAccount(slot), more, tx));
  for (const AllowanceStep& step : steps) {
    if (step.first <= today) continue;
    RETURN_IF_ERROR(store::InsertDue(tx, AllowanceDue(slot, step.first)));
  }
  RETURN_IF_ERROR(WriteQuota(call, row, "quota.allowance_granted", tx));
  RETURN_IF_ERROR(LetOthersTryAgain(province_code, slot.kind, today, tx));
  if (unit->tier == UnitTier::kProvince) {
    RETURN_IF_ERROR(CheckPlannedDays(*units, province_code, slot.kind, today, tx, &*stored));
  }
  env.appended();
  v1::GrantSurplusAllowanceResponse response;
  *response.add_changes() = ChangeOf(slot, before, row.balance);
  ToProto(row, today, response.mutable_quota());
  return response;
}

void ValidateGrantSurplusAllowance(const v1::GrantSurplusAllowanceRequest& request,
                                   error::Violations& violations) {
  CheckAct(request.act(), violations);
  const std::vector<AllowanceStep> steps = StepsOf(request);
  if (!OnlyFalls(steps)) {
    violations.Add("steps", "must be in order of their dates, each below the one before");
  }
  for (int i = 0; i < request.steps_size(); ++i) {
    if (request.steps(i).posts() > kPostsMax) {
      violations.Add(absl::StrCat("steps[", i, "].posts"),
                     absl::StrCat("must not be above ", kPostsMax));
    }
  }
}

absl::StatusOr<v1::ListQuotasResponse> ListQuotas(const Env& env, const Call& call,
                                                  const v1::ListQuotasRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListQuotas", query, request.page_token()));
  const std::pair<std::string, std::string> parts = absl::StrSplit(cursor, '|');
  store::QuotaCursor after{parts.first, 0};
  if (!cursor.empty() && !absl::SimpleAtoi(parts.second, &after.kind)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  ASSIGN_OR_RETURN(
      std::vector<QuotaRow> rows,
      store::ListQuotas(tx, ProvinceCodeOf(request.parent()), request.unit(), after, size + 1));
  v1::ListQuotasResponse response;
  if (rows.size() > static_cast<size_t>(size)) {
    rows.resize(static_cast<size_t>(size));
    const Quota& last = rows.back().quota;
    response.set_next_page_token(env.pages->Seal(
        "ListQuotas", query, absl::StrCat(last.unit, "|", static_cast<int>(last.kind))));
  }
  for (const QuotaRow& row : rows) ToProto(row, VietnamDay(call.now), response.add_quotas());
  return response;
}

void ValidateListQuotas(const v1::ListQuotasRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::GetRunDownPlanResponse> GetRunDownPlan(const Env&, const Call& call,
                                                          const v1::GetRunDownPlanRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<QuotaRow> rows,
                   store::LoadBalances(tx, ProvinceCodeOf(request.parent())));
  v1::GetRunDownPlanResponse response;
  for (const QuotaRow& row : rows) {
    if (static_cast<int>(row.quota.kind) != static_cast<int>(request.quota_kind())) continue;
    // Steps only fall; an allowance that another unit's was added to may begin with less.
    int64_t most = 0;
    for (const AllowanceStep& step : row.quota.steps) most = std::max(most, step.posts);
    response.set_surplus_first(response.surplus_first() + most);
    const QuotaBalance& balance = row.balance;
    const int64_t above = balance.used + balance.distributed - balance.granted;
    if (above <= 0) continue;
    response.set_surplus(response.surplus() + above);
    response.set_units(response.units() + 1);
  }
  const std::vector<AllowanceStep> targets = RunDownOf(response.surplus_first(), kTwoTiersBegan);
  for (const AllowanceStep& target : targets) {
    v1::RunDownTarget* added = response.add_targets();
    ToProto(target.first, added->mutable_date());
    added->set_surplus_max(target.posts);
  }
  response.set_surplus_max(AllowanceOn(targets, VietnamDay(call.now)));
  return response;
}

}  // namespace twotier::personnel::handlers
