#include "services/budget/handlers/budget_steps.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/account.h"
#include "services/budget/handlers/place.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/overdue_steps.h"
#include "services/budget/reference_convert.h"
#include "services/budget/store/step_store.h"

namespace twotier::budget::handlers {
namespace {

constexpr int kOccurrencesMax = 100;

// What a question about one place rests on.
struct Asked {
  std::shared_ptr<const Snapshot> snapshot;
  Place place;
  StepQuestion question;
  std::vector<store::StepRow> own;  // Steps of the place itself.
  DoneSteps done;                   // With those of the levels above.

  const BudgetSteps& rules() const { return snapshot->reference->steps; }
  const calendar::Calendar& days() const { return *snapshot->reference->calendar; }
  const store::StepRow* OwnStep(const StepKey& key) const {
    const auto found =
        std::find_if(own.begin(), own.end(), [&](const auto& row) { return row.key == key; });
    return found == own.end() ? nullptr : &*found;
  }
};

absl::StatusOr<Asked> Ask(const Env& env, db::Tx& tx, absl::string_view parent,
                          absl::string_view unit, int budget_year, absl::CivilDay today) {
  Asked asked;
  ASSIGN_OR_RETURN(asked.snapshot, ReferencedSnapshot(env, tx));
  ASSIGN_OR_RETURN(asked.place, PlaceOf(*asked.snapshot->units, parent, unit, today));
  const Place& place = asked.place;
  asked.question = {budget_year, place.level, place.rules_province(),
                    DayOffMoves(*asked.snapshot->reference, budget_year), today};
  ASSIGN_OR_RETURN(asked.own, store::LoadSteps(tx, place.province_code, budget_year, place.unit));
  for (const store::StepRow& row : asked.own) asked.done[row.key] = row.day;
  const auto add_above = [&](absl::string_view province_code) -> absl::Status {
    ASSIGN_OR_RETURN(const auto rows, store::LoadSteps(tx, province_code, budget_year, ""));
    for (const store::StepRow& row : rows) asked.done.emplace(row.key, row.day);
    return absl::OkStatus();
  };
  if (place.level == Level::kCommune) RETURN_IF_ERROR(add_above(place.province_code));
  if (place.level != Level::kNation) RETURN_IF_ERROR(add_above(kCentral));
  return asked;
}

void Show(const Asked& asked, const DatedStep& dated, v1::BudgetStep* out) {
  ToProto(dated, out);
  out->set_unit(asked.place.full_unit);
  const store::StepRow* row = asked.OwnStep({dated.step->id, dated.occurrence});
  if (row != nullptr) ToProto(*row, out->mutable_done());
}

absl::Status AlreadyRecorded(const store::StepRow& row) {
  return error::WithReason(absl::StatusCode::kAlreadyExists,
                           absl::StrCat(NameOf(row), " is recorded; a correction has its etag"),
                           "STEP_ALREADY_RECORDED",
                           {{"name", NameOf(row)}, {"etag", EtagOf(row.version)}});
}

// The record that `request` asks for, behind the one that is there.
absl::StatusOr<store::StepRow> RowOf(const Asked& asked, const StepRecord& record, const Call& call,
                                     const v1::RecordBudgetStepRequest& request) {
  store::StepRow row;
  row.province_code = asked.place.province_code;
  row.budget_year = request.budget_year();
  row.unit = asked.place.unit;
  row.key = record.key;
  row.body = record.body;
  row.day = record.day;
  row.act = request.act().number();
  row.act_title = request.act().title();
  row.recorded = call.now;
  const store::StepRow* held = asked.OwnStep(record.key);
  if (held == nullptr) {
    if (!request.etag().empty()) RETURN_IF_ERROR(CheckEtag(request.etag(), 0));
    return row;
  }
  if (request.etag().empty()) return AlreadyRecorded(*held);
  RETURN_IF_ERROR(CheckEtag(request.etag(), held->version));
  row.version = held->version + 1;
  row.chain_hash = held->chain_hash;
  return row;
}

// Steps whose last day is another one in `after`, without `key` itself.
void AddMoved(const Asked& asked, const DoneSteps& after, const StepKey& key,
              v1::RecordBudgetStepResponse& response) {
  std::map<StepKey, std::optional<absl::CivilDay>> before;
  for (const DatedStep& step :
       DatedStepsOf(asked.rules(), asked.days(), asked.question, asked.done)) {
    before[{step.step->id, step.occurrence}] = step.last_day;
  }
  for (const DatedStep& step : DatedStepsOf(asked.rules(), asked.days(), asked.question, after)) {
    const StepKey moved{step.step->id, step.occurrence};
    if (moved == key) continue;
    const auto was = before.find(moved);
    if (was != before.end() && was->second == step.last_day) continue;
    if (was == before.end() && !step.last_day) continue;
    Show(asked, step, response.add_moved_steps());
  }
}

}  // namespace

absl::StatusOr<v1::ListBudgetStepsResponse> ListBudgetSteps(
    const Env& env, const Call& call, const v1::ListBudgetStepsRequest& request, db::Tx& tx) {
  const absl::CivilDay day =
      request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now);
  ASSIGN_OR_RETURN(Asked asked,
                   Ask(env, tx, request.parent(), request.unit(), request.budget_year(), day));
  if (request.day_off_rule() != v1::DAY_OFF_RULE_UNSPECIFIED) {
    asked.question.day_off_moves = request.day_off_rule() == v1::DAY_OFF_RULE_MOVES;
  }
  v1::ListBudgetStepsResponse response;
  response.set_reference_version(asked.snapshot->reference->version);
  for (const DatedStep& step :
       DatedStepsOf(asked.rules(), asked.days(), asked.question, asked.done)) {
    Show(asked, step, response.add_steps());
  }
  return response;
}

void ValidateListBudgetSteps(const v1::ListBudgetStepsRequest& request,
                             error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
}

absl::StatusOr<v1::ListOverdueStepsResponse> ListOverdueSteps(
    const Env& env, const Call& call, const v1::ListOverdueStepsRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  const absl::CivilDay today = VietnamDay(call.now);
  ASSIGN_OR_RETURN(const Place place, PlaceOf(*snapshot->units, request.parent(), "", today));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string after,
                   env.pages->Open("ListOverdueSteps", query, request.page_token()));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const auto nation, store::LoadSteps(tx, kCentral, request.budget_year(), ""));
  ASSIGN_OR_RETURN(const auto province,
                   store::LoadProvinceSteps(tx, place.province_code, request.budget_year()));
  const StepsDone done(nation, province);
  v1::ListOverdueStepsResponse response;
  int shown = 0;
  std::string last;
  for (const StepUnit& unit : StepUnitsOf(*snapshot->units, place.province_code, today)) {
    // The province stands before the codes of its communes.
    const std::string cursor = absl::StrCat(static_cast<int>(unit.level), ".", unit.code);
    if (!after.empty() && cursor <= after) continue;
    if (shown == size) {
      response.set_next_page_token(env.pages->Seal("ListOverdueSteps", query, last));
      break;
    }
    for (const DatedStep& step :
         OverdueOf(*snapshot, unit, place.province_code, request.budget_year(), today, done)) {
      v1::BudgetStep* out = response.add_steps();
      ToProto(step, out);
      out->set_unit(unit.unit.empty() ? place.full_unit : unit.unit);
    }
    last = cursor;
    ++shown;
  }
  return response;
}

void ValidateListOverdueSteps(const v1::ListOverdueStepsRequest& request,
                              error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::RecordBudgetStepResponse> RecordBudgetStep(
    const Env& env, const Call& call, const v1::RecordBudgetStepRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Asked asked, Ask(env, tx, request.parent(), request.unit(),
                                          request.budget_year(), VietnamDay(call.now)));
  const StepRecord record{{request.step(), std::max(request.occurrence(), 1)},
                          static_cast<Body>(request.body()),
                          FromProto(request.date())};
  RETURN_IF_ERROR(
      CheckRecord(asked.rules(), asked.days(), asked.question, asked.done, record).status());
  ASSIGN_OR_RETURN(store::StepRow row, RowOf(asked, record, call, request));

  DoneSteps after = asked.done;
  after[record.key] = record.day;
  v1::RecordBudgetStepResponse response;
  v1::BudgetStep* step = response.mutable_step();
  ToProto(DatedStepOf(asked.rules(), asked.days(), asked.question, after, record.key), step);
  step->set_unit(asked.place.full_unit);
  ToProto(row, step->mutable_done());
  AddMoved(asked, after, record.key, response);

  feed::Event event;
  event.province_code = row.province_code;
  event.subject = NameOf(row);
  event.version = row.version;
  event.kind = "budgetStep.recorded";
  event.body = step->done().SerializeAsString();
  event.previous_hash = row.chain_hash;
  ASSIGN_OR_RETURN(row.chain_hash, feed::Append(tx, call, event));
  RETURN_IF_ERROR(store::InsertStep(tx, row));
  env.appended();
  return response;
}

void ValidateRecordBudgetStep(const v1::RecordBudgetStepRequest& request,
                              error::Violations& violations) {
  CheckBudgetYear(request.budget_year(), violations);
  if (request.occurrence() < 0 || request.occurrence() > kOccurrencesMax) {
    violations.Add("occurrence", absl::StrCat("must be 0 to ", kOccurrencesMax));
  }
  CheckAct(request.act(), violations);
}

}  // namespace twotier::budget::handlers
