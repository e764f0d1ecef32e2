#include "services/personnel/handlers/quotas.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/ledger/store.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/quota_moves.h"
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

// A quota at work, and the accounts between which a grant moves.
struct Grant {
  QuotaRow row;
  QuotaSlot slot;
  std::optional<QuotaSlot> parent;  // The province's, when a commune is granted to.
  ledger::AccountId source;
};

int64_t CommunesOf(const units::Units& units, absl::string_view province_code,
                   absl::CivilDay today) {
  int64_t communes = 0;
  for (const units::UnitRecord* record : units.UnitsOn(today)) {
    const units::UnitVersion* version = record->On(today);
    communes += version->province_code == province_code && version->tier == UnitTier::kCommune;
  }
  return communes;
}

absl::Status CheckPool(const units::Units& units, const v1::GrantQuotaRequest& request,
                       absl::CivilDay today) {
  if (request.quota_kind() != v1::QUOTA_KIND_VICE_CHAIR) return absl::OkStatus();
  const int64_t communes = CommunesOf(units, ProvinceCodeOf(request.parent()), today);
  const int64_t pool = ViceChairPool(communes);
  if (request.posts() <= pool) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("the pool of ", communes, " communes is ", pool),
                           "VICE_CHAIR_POOL_EXCEEDED",
                           {{"asked", absl::StrCat(request.posts())},
                            {"pool", absl::StrCat(pool)},
                            {"communes", absl::StrCat(communes)}});
}

// What is there before; opens the accounts of what is new. An empty etag stands for nothing.
absl::StatusOr<QuotaRow> LoadOrOpen(db::Tx& tx, const QuotaSlot& slot, const std::string& etag,
                                    absl::CivilDay today) {
  ASSIGN_OR_RETURN(const std::optional<Quota> quota, store::LoadQuota(tx, slot));
  if (quota) {
    RETURN_IF_ERROR(CheckEtag(etag, quota->version));
    return store::LoadRow(tx, *quota);
  }
  if (!etag.empty()) RETURN_IF_ERROR(CheckEtag(etag, 0));
  RETURN_IF_ERROR(store::OpenSlot(tx, slot, today));
  QuotaRow row;
  row.quota.province_code = slot.province_code;
  row.quota.unit = slot.unit;
  row.quota.kind = slot.kind;
  return row;
}

absl::Status NotGranted(const QuotaSlot& slot) {
  const std::string kind(NameOf(slot.kind));
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("nothing is granted to ", slot.unit, " on ", kind),
                           "QUOTA_NOT_GRANTED", {{"unit", slot.unit}, {"quota_kind", kind}});
}

// The day as of which a unit is granted something: today, but the first of a unit that is yet to
// begin, so that a plan for it can be signed and held before, and the last of one that has ended
// when all it was granted goes back to the province.
absl::CivilDay GrantDay(const units::UnitRecord* unit, int64_t posts, absl::CivilDay today) {
  if (unit == nullptr || unit->versions.empty() || unit->On(today) != nullptr) return today;
  const absl::CivilDay first = unit->versions.front().valid.first;
  if (first > today) return first;
  const absl::CivilDay end = unit->versions.back().valid.end;
  return end <= today && posts == 0 ? end - 1 : today;
}

absl::StatusOr<Grant> Prepare(const units::Units& units, const v1::GrantQuotaRequest& request,
                              absl::CivilDay today, db::Tx& tx) {
  Grant grant;
  grant.slot = {ProvinceCodeOf(request.parent()), request.unit(),
                static_cast<QuotaKind>(request.quota_kind())};
  const absl::CivilDay day = GrantDay(units.FindUnit(request.unit()), request.posts(), today);
  ASSIGN_OR_RETURN(const units::UnitVersion* unit,
                   RequireUnit(units, request.unit(), grant.slot.province_code, day));
  if (unit->tier == UnitTier::kProvince) {
    RETURN_IF_ERROR(CheckPool(units, request, today));
    RETURN_IF_ERROR(store::OpenCentre(tx, grant.slot, today));
    grant.source = store::CentreAccount(grant.slot);
  } else {
    const units::UnitRecord* province = units.FindUnitByCode(grant.slot.province_code, today);
    grant.parent = grant.slot;
    grant.parent->unit = province == nullptr ? "" : province->name;
    ASSIGN_OR_RETURN(const std::optional<Quota> of_parent, store::LoadQuota(tx, *grant.parent));
    if (!of_parent) return NotGranted(*grant.parent);
    grant.source = store::FreeAccount(*grant.parent);
  }
  ASSIGN_OR_RETURN(grant.row, LoadOrOpen(tx, grant.slot, request.etag(), today));
  return grant;
}

v1::QuotaChange ChangeOf(const QuotaSlot& slot, const QuotaBalance& before,
                         const QuotaBalance& after) {
  v1::QuotaChange change;
  change.set_unit(slot.unit);
  change.set_quota_kind(static_cast<v1::QuotaKind>(slot.kind));
  change.set_available_before(before.available());
  change.set_available_after(after.available());
  change.set_held_after(after.held);
  change.set_used_after(after.used);
  return change;
}

// Moves `amount` places, back when it is negative.
absl::Status Move(const Call& call, const Quota& quota, const ledger::AccountId& from,
                  const ledger::AccountId& to, int64_t amount, db::Tx& tx) {
  if (amount == 0) return absl::OkStatus();
  const absl::CivilDay today = VietnamDay(call.now);
  ledger::Journal journal;
  journal.id = call.new_id;
  journal.effective_day = today;
  journal.act = quota.act;
  journal.subject = quota.Name();
  journal.version = quota.version;
  ledger::Line& line = journal.lines.emplace_back();
  line.debit = amount > 0 ? from : to;
  line.credit = amount > 0 ? to : from;
  line.amount = amount > 0 ? amount : -amount;
  ASSIGN_OR_RETURN(const ledger::Outcome outcome,
                   ledger::Post(tx, {quota.province_code, call.now, today}, journal));
  return outcome.ok() ? absl::OkStatus() : QuotaRefused(*outcome.refusal);
}

// The first date from which the new steps would allow more than the old ones.
absl::Status CheckOnlyFalls(const Quota& before, const std::vector<AllowanceStep>& after) {
  if (before.steps.empty()) return absl::OkStatus();
  std::vector<absl::CivilDay> days;
  for (const AllowanceStep& step : before.steps) days.push_back(step.first);
  for (const AllowanceStep& step : after) days.push_back(step.first);
  std::sort(days.begin(), days.end());
  for (const absl::CivilDay day : days) {
    const int64_t asked = AllowanceOn(after, day);
    const int64_t allowed = AllowanceOn(before.steps, day);
    // What began before the steps that are replaced is past.
    if (day < after.front().first || asked <= allowed) continue;
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("on ", Text(day), " only ", allowed, " were allowed"), "ALLOWANCE_ONLY_FALLS",
        {{"date", Text(day)}, {"asked", absl::StrCat(asked)}, {"allowed", absl::StrCat(allowed)}});
  }
  return absl::OkStatus();
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

absl::StatusOr<v1::GrantQuotaResponse> GrantQuota(const Env& env, const Call& call,
                                                  const v1::GrantQuotaRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  ASSIGN_OR_RETURN(Grant grant, Prepare(*units, request, VietnamDay(call.now), tx));
  const QuotaBalance before = grant.row.balance;
  const int64_t more = request.posts() - before.granted;
  if (-more > before.available()) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(request.unit(), " needs at least ", before.granted - before.available()),
        "QUOTA_BELOW_USE",
        {{"unit", request.unit()},
         {"quota_kind", std::string(NameOf(grant.slot.kind))},
         {"asked", absl::StrCat(request.posts())},
         {"least", absl::StrCat(before.granted - before.available())}});
  }
  Quota& quota = grant.row.quota;
  quota.granted = grant.row.balance.granted = request.posts();
  quota.year = request.year();
  quota.act = request.act().number();
  ++quota.version;
  RETURN_IF_ERROR(Move(call, quota, grant.source, store::FreeAccount(grant.slot), more, tx));
  v1::GrantQuotaResponse response;
  *response.add_changes() = ChangeOf(grant.slot, before, grant.row.balance);
  if (grant.parent) {
    RETURN_IF_ERROR(store::AddDistributed(tx, *grant.parent, more));
    ASSIGN_OR_RETURN(const std::optional<Quota> parent, store::LoadQuota(tx, *grant.parent));
    ASSIGN_OR_RETURN(const QuotaRow after, store::LoadRow(tx, *parent));
    QuotaBalance earlier = after.balance;
    earlier.distributed -= more;
    *response.add_changes() = ChangeOf(*grant.parent, earlier, after.balance);
  }
  RETURN_IF_ERROR(WriteQuota(call, grant.row, "quota.granted", tx));
  env.appended();
  ToProto(grant.row, VietnamDay(call.now), response.mutable_quota());
  return response;
}

void ValidateGrantQuota(const v1::GrantQuotaRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
  if (request.posts() < 0 || request.posts() > kPostsMax) {
    violations.Add("posts", absl::StrCat("must lie between 0 and ", kPostsMax));
  }
  if (request.year() < kYearMin || request.year() > kYearMax) {
    violations.Add("year", absl::StrCat("must lie between ", kYearMin, " and ", kYearMax));
  }
}

absl::StatusOr<v1::GrantSurplusAllowanceResponse> GrantSurplusAllowance(
    const Env& env, const Call& call, const v1::GrantSurplusAllowanceRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const absl::CivilDay today = VietnamDay(call.now);
  const QuotaSlot slot{ProvinceCodeOf(request.parent()), request.unit(),
                       static_cast<QuotaKind>(request.quota_kind())};
  RETURN_IF_ERROR(RequireUnit(*units, slot.unit, slot.province_code, today).status());
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
  RETURN_IF_ERROR(
      Move(call, row.quota, store::AllowanceAccount(slot), store::FreeAccount(slot), more, tx));
  for (const AllowanceStep& step : steps) {
    if (step.first <= today) continue;
    RETURN_IF_ERROR(store::InsertDue(tx, AllowanceDue(slot, step.first)));
  }
  RETURN_IF_ERROR(WriteQuota(call, row, "quota.allowance_granted", tx));
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
  // Two-tier government began on that day; the five years count from it.
  const absl::CivilDay first(2025, 7, 1);
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
  const std::vector<AllowanceStep> targets = RunDownOf(response.surplus_first(), first);
  for (const AllowanceStep& target : targets) {
    v1::RunDownTarget* added = response.add_targets();
    ToProto(target.first, added->mutable_date());
    added->set_surplus_max(target.posts);
  }
  response.set_surplus_max(AllowanceOn(targets, VietnamDay(call.now)));
  return response;
}

}  // namespace twotier::personnel::handlers
