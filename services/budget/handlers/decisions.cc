#include "services/budget/handlers/decisions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "services/budget/convert.h"
#include "services/budget/domain/spending.h"
#include "services/budget/handlers/reference.h"
#include "services/budget/overdue_steps.h"

namespace twotier::budget::handlers {
namespace {

absl::Status CheckNotAhead(const Call& call, absl::CivilDay day) {
  const absl::CivilDay today = VietnamDay(call.now);
  if (day <= today) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("nothing is decided on ", absl::FormatCivilTime(day), " yet"),
      "EFFECTIVE_IN_FUTURE",
      {{"date", absl::FormatCivilTime(day)}, {"today", absl::FormatCivilTime(today)}});
}

}  // namespace

StepQuestion Acting::question() const {
  return {budget_year, place.level, place.rules_province(), DayOffMoves(reference(), budget_year),
          effective_day};
}

AccountKey Acting::Key(Stage stage, const Line& line, absl::string_view purpose) const {
  return {place.province_code, place.full_unit, budget_year, stage, line, std::string(purpose)};
}

absl::Status Acting::CheckInTime(YearAct what) const {
  return CheckYearAct(reference().steps, *reference().calendar, question(), what, effective_day);
}

absl::StatusOr<Acting> ActingOf(const Env& env, const Call& call,
                                const v1::BudgetDecision& decision, db::Tx& tx) {
  Acting acting;
  ASSIGN_OR_RETURN(acting.snapshot, ReferencedSnapshot(env, tx));
  ASSIGN_OR_RETURN(acting.place, PlaceOf(*acting.snapshot->units, decision.parent(),
                                         decision.unit(), VietnamDay(call.now)));
  acting.budget_year = decision.budget_year();
  acting.effective_day = FromProto(decision.effective_date());
  RETURN_IF_ERROR(CheckNotAhead(call, acting.effective_day));
  acting.act = decision.act().number();
  acting.decision.body = static_cast<Body>(decision.body());
  return acting;
}

absl::StatusOr<const Competency*> RuleFor(const Acting& acting, Matter matter, v1::Body body) {
  return CompetencyOf(acting.reference().competencies,
                      {{matter}, acting.place.level, static_cast<Body>(body), acting.budget_year});
}

absl::Status CheckResolution(const Env& env, const Call& call, const Resolution& resolution,
                             db::Tx& tx) {
  RETURN_IF_ERROR(CheckNotAhead(call, resolution.day));
  ASSIGN_OR_RETURN(const auto reference, ReferenceIn(env, tx));
  const Level level = resolution.province_code == kCentral ? Level::kNation : Level::kProvince;
  return CheckCompetentIn(
      reference->competencies,
      {.matters = {resolution.matter}, .level = level, .body = static_cast<Body>(resolution.body)},
      resolution.years);
}

void CheckDecision(const v1::BudgetDecision& decision, error::Violations& violations) {
  if (decision.budget_year() < kFirstYear || decision.budget_year() > kLastYear) {
    violations.Add("decision.budget_year",
                   absl::StrCat("must be a year from ", kFirstYear, " to ", kLastYear));
  }
  if (decision.act().number().empty()) {
    violations.Add("decision.act.number", "is the number of the act");
  }
}

void CheckPositive(int64_t amount_vnd, absl::string_view field, error::Violations& violations) {
  if (amount_vnd <= 0) violations.Add(field, "must be above 0");
}

Line LineOf(const v1::Line& line) {
  return {line.chapter(), line.item(), line.sub_item(), line.source()};
}

void CheckLine(const v1::Line& line, absl::string_view field, error::Violations& violations) {
  // The key of an account knows the form of its segments; the rest of this one is well-formed.
  AccountKey key;
  key.province_code = std::string(kCentral);
  key.year = kFirstYear;
  key.stage = Stage::kAllocated;
  key.line = LineOf(line);
  error::Violations of_key;
  CheckKey(key, "", of_key);
  constexpr absl::string_view kLine = "line";
  for (const error::FieldViolation& violation : of_key.all()) {
    violations.Add(absl::StrCat(field, violation.field.substr(kLine.size())),
                   violation.description);
  }
}

absl::StatusOr<v1::Journal> PostLines(const Env& env, const Call& call, Events& events, db::Tx& tx,
                                      const Acting& acting, absl::string_view kind,
                                      absl::string_view text, absl::Span<const AccountKey> keys,
                                      std::vector<ledger::Line> lines) {
  for (const AccountKey& key : keys) {
    // What is carried over keeps its line, whatever the classification of the next year is.
    if (key.year != acting.budget_year) continue;
    RETURN_IF_ERROR(CheckCodes(acting.reference().classification, key));
  }
  RETURN_IF_ERROR(OpenMissing(env, call, events, tx, keys).status());
  absl::StatusOr<v1::Journal> posted = Post(env, call, events, tx,
                                            {.province_code = acting.place.province_code,
                                             .journal_id = call.new_id,
                                             .effective_day = acting.effective_day,
                                             .act = acting.act,
                                             .text = std::string(text),
                                             .lines = std::move(lines),
                                             .decision = acting.decision,
                                             .kind = std::string(kind)});
  if (!posted.ok()) return error::WithNothingKept(posted.status());
  return posted;
}

}  // namespace twotier::budget::handlers
