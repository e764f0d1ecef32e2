// An approved run, entered into the ledger as one journal.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/chain.h"
#include "services/budget/handlers/allocation_run.h"
#include "services/budget/handlers/allocations.h"
#include "services/budget/handlers/contingency_bounds.h"
#include "services/budget/handlers/estimate.h"
#include "services/budget/handlers/events.h"
#include "services/budget/handlers/lawful.h"
#include "services/budget/handlers/posting.h"

namespace twotier::budget::handlers {
namespace {

constexpr absl::string_view kPosted = "allocation.posted";

// The ledgers that get something are bumped before anything is read: who asks names them.
absl::Status CheckLedgers(const v1::PostAllocationRunRequest& request,
                          const std::vector<store::PartRow>& parts) {
  std::set<absl::string_view> named;
  for (const std::string& province : request.provinces()) named.insert(ProvinceCodeOf(province));
  std::set<std::string> missing;
  for (const store::PartRow& part : parts) {
    if (named.contains(part.province_code)) continue;
    missing.insert(absl::StrCat("provinces/", part.province_code));
  }
  if (missing.empty()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "the run has units of other provinces", "LEDGER_NOT_NAMED",
                           {{"ledgers", absl::StrJoin(missing, ",")}});
}

// The account of each part that is not zero.
std::vector<AccountKey> ReceiversOf(const v1::AccountKey& to,
                                    const std::vector<store::PartRow>& parts) {
  std::vector<AccountKey> receivers;
  for (const store::PartRow& part : parts) {
    if (part.amount_vnd == 0) continue;
    AccountKey key = FromProto(part.province_code, to);
    key.unit = part.unit;
    receivers.push_back(std::move(key));
  }
  return receivers;
}

absl::Status CheckKeys(Lawful& lawful, const store::RunRow& run, const AccountKey& from,
                       const std::vector<AccountKey>& receivers, absl::CivilDay day) {
  if (from.year != run.year) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("the run is of ", run.year), "WRONG_YEAR",
                             {{"account", budget::NameOf(from)}, {"year", absl::StrCat(run.year)}});
  }
  RETURN_IF_ERROR(CheckReserved(from));
  RETURN_IF_ERROR(lawful.CheckCodes(from));
  // All that receive have one line.
  if (!receivers.empty()) RETURN_IF_ERROR(lawful.CheckCodes(receivers[0]));
  for (const AccountKey& receiver : receivers) {
    RETURN_IF_ERROR(CheckReserved(receiver));
    RETURN_IF_ERROR(CheckStep(from, receiver));
    RETURN_IF_ERROR(lawful.CheckMover(Mover::kRun, from, receiver));
    RETURN_IF_ERROR(lawful.CheckDay(from, receiver, /*settles=*/false, day));
  }
  return absl::OkStatus();
}

// One line for each part. They sum to the run's total, which a run was created with.
absl::StatusOr<std::vector<ledger::Line>> LinesOf(const store::RunRow& run, const AccountKey& from,
                                                  const std::vector<AccountKey>& receivers,
                                                  const std::vector<store::PartRow>& parts) {
  std::vector<ledger::Line> lines;
  int64_t sum = 0;
  auto receiver = receivers.begin();
  for (const store::PartRow& part : parts) {
    sum += part.amount_vnd;
    if (part.amount_vnd == 0) continue;
    lines.push_back(PostLine(from, *receiver++, part.amount_vnd, part.full_name));
  }
  if (sum == run.total_vnd) return lines;
  return error::WithReason(absl::StatusCode::kInternal,
                           absl::StrCat("the parts of ", NameOf(run), " do not sum to its total"),
                           "BROKEN_INVARIANT", {{"subject", NameOf(run)}});
}

}  // namespace

absl::StatusOr<v1::PostAllocationRunResponse> PostAllocationRun(
    const Env& env, const Call& call, const v1::PostAllocationRunRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(store::RunRow run, RequireRun(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), run.version));
  RETURN_IF_ERROR(CheckRunState(run, store::RunState::kApproved));
  ASSIGN_OR_RETURN(const std::vector<store::PartRow> parts,
                   store::ListParts(tx, run.province_code, run.run_id));
  RETURN_IF_ERROR(CheckLedgers(request, parts));
  const AccountKey from = FromProto(run.province_code, request.from());
  std::vector<AccountKey> keys = ReceiversOf(request.to(), parts);
  Lawful lawful(env, tx);
  RETURN_IF_ERROR(CheckKeys(lawful, run, from, keys, FromProto(request.effective_date())));
  Posting posting{.province_code = run.province_code,
                  // Of this attempt: a journal that was refused stays refused.
                  .journal_id = absl::StrCat("allocation-", call.new_id),
                  .effective_day = FromProto(request.effective_date()),
                  .act = run.approval_act,
                  .text = NameOf(run),
                  .decision = {.body = run.approval_body}};
  ASSIGN_OR_RETURN(posting.lines, LinesOf(run, from, keys, parts));
  ContingencyBounds bounds(env, tx);
  RETURN_IF_ERROR(bounds.Check(EstimateChangesOf(posting.lines)));
  RETURN_IF_ERROR(Periods(tx).Check(run.province_code, posting.lines, posting.effective_day));
  Events events(env, call, tx);
  keys.push_back(from);
  RETURN_IF_ERROR(OpenMissing(env, call, events, tx, keys).status());
  ASSIGN_OR_RETURN(const v1::Journal journal, Enter(call, events, tx, posting, &bounds));
  run.state = store::RunState::kPosted;
  run.journal = journal.name();
  run.post_time = call.now;
  RETURN_IF_ERROR(ChangeRun(events, kPosted, tx, run));
  v1::PostAllocationRunResponse response;
  RunToProto(run, response.mutable_run());
  return response;
}

void ValidatePostAllocationRun(const v1::PostAllocationRunRequest& request,
                               error::Violations& violations) {
  const absl::string_view province_code = ProvinceCodeOf(request.name());
  CheckKey(FromProto(province_code, request.from()), "from", violations);
  if (!request.to().unit().empty()) {
    violations.Add("to.unit", "is left empty: each unit of the run stands there");
    return;
  }
  // Everything else of the key is that of every unit.
  CheckKey(FromProto(kCentral, request.to()), "to", violations);
}

}  // namespace twotier::budget::handlers
