#include "services/budget/domain/budget_year.h"

#include <algorithm>
#include <climits>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"

namespace twotier::budget {
namespace {

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// The last day in time of one step, or why there is none.
struct LastDay {
  std::optional<absl::CivilDay> day;
  bool provisional = false;
  bool from_last_day = false;
  std::string why;

  static LastDay Not(std::string why) {
    LastDay none;
    none.why = std::move(why);
    return none;
  }
};

class Dating {
 public:
  Dating(const BudgetSteps& rules, const calendar::Calendar& calendar, const StepQuestion& question,
         const DoneSteps& done)
      : rules_(rules), calendar_(calendar), question_(question), done_(done) {}

  const BudgetStep* Find(absl::string_view id) const {
    return rules_.Find(id, question_.budget_year, question_.province_code);
  }

  // Whether it comes as often as something happens.
  bool Repeats(const BudgetStep& step) const {
    if (step.kind == StepKind::kEvent) return true;
    const BudgetStep* base = Find(step.after);
    return base != nullptr && Repeats(*base);
  }

  std::optional<absl::CivilDay> DoneOn(const BudgetStep& step, int occurrence) const {
    const auto found = done_.find({step.id, Repeats(step) ? occurrence : 1});
    if (found == done_.end()) return std::nullopt;
    return found->second;
  }

  DatedStep Of(const BudgetStep& step, int occurrence) const {
    DatedStep dated;
    dated.step = &step;
    dated.occurrence = occurrence;
    dated.done = DoneOn(step, occurrence);
    LastDay last = Last(step, occurrence);
    dated.last_day = last.day;
    dated.provisional = last.provisional;
    dated.from_last_day = last.from_last_day;
    dated.why_not_dated = std::move(last.why);
    dated.state = StateOf(dated);
    return dated;
  }

 private:
  LastDay Last(const BudgetStep& step, int occurrence) const {
    switch (step.limit) {
      case StepLimit::kBefore:
      case StepLimit::kBy: {
        const absl::CivilDay date(question_.budget_year + step.year_offset, step.month, step.day);
        LastDay last;
        last.day = step.limit == StepLimit::kBefore ? date - 1 : date;
        return Moved(std::move(last));
      }
      case StepLimit::kCalendarDays:
      case StepLimit::kWorkingDays:
      case StepLimit::kNotAfter:
        return AfterBase(step, occurrence);
      case StepLimit::kNone:
      case StepLimit::kUnknown:
        break;
    }
    return LastDay::Not("the law names no day");
  }

  LastDay AfterBase(const BudgetStep& step, int occurrence) const {
    const BudgetStep* base = Find(step.after);
    if (base == nullptr) return LastDay::Not(absl::StrCat("no step is ", step.after));
    LastDay begin;
    begin.day = DoneOn(*base, occurrence);
    if (!begin.day) {
      // Who may act and whoever something happens to owes nothing before it happened.
      if (base->kind != StepKind::kDuty) {
        return LastDay::Not(absl::StrCat("waits for ", base->id));
      }
      begin = Last(*base, occurrence);
      if (!begin.day) return begin;
      begin.from_last_day = true;
    }
    return Counted(step, begin);
  }

  LastDay Counted(const BudgetStep& step, LastDay begin) const {
    if (step.limit == StepLimit::kNotAfter) return begin;
    if (step.limit == StepLimit::kCalendarDays) {
      begin.day = *begin.day + step.days;
      return Moved(std::move(begin));
    }
    return InCalendar(begin,
                      calendar_.AddWorkingDays(*begin.day, step.days, question_.province_code));
  }

  // A date, moved off a day off where the question says so.
  LastDay Moved(LastDay last) const {
    if (!question_.day_off_moves) return last;
    return InCalendar(last, calendar_.WorkingDayAtOrAfter(*last.day, question_.province_code));
  }

  LastDay InCalendar(LastDay last, const absl::StatusOr<calendar::DayResult>& counted) const {
    if (!counted.ok()) {
      return LastDay::Not(
          absl::StrCat("the working-day calendar ends on ", Text(calendar_.last_day())));
    }
    last.day = counted->day;
    last.provisional = last.provisional || counted->provisional;
    return last;
  }

  StepState StateOf(const DatedStep& dated) const {
    if (dated.done) {
      const bool late = dated.last_day && *dated.done > *dated.last_day;
      return late ? StepState::kDoneLate : StepState::kDone;
    }
    if (!dated.last_day) return StepState::kNotDated;
    if (question_.today <= *dated.last_day) return StepState::kOpen;
    return dated.step->kind == StepKind::kDuty ? StepState::kOverdue : StepState::kPassed;
  }

  const BudgetSteps& rules_;
  const calendar::Calendar& calendar_;
  const StepQuestion& question_;
  const DoneSteps& done_;
};

// How often the events that `step` follows from, or itself, came; at least once, to be shown.
int OccurrencesOf(const Dating& dating, const BudgetStep& step, const DoneSteps& done) {
  if (!dating.Repeats(step)) return 1;
  int last = 1;
  for (const BudgetStep* each = &step; each != nullptr; each = dating.Find(each->after)) {
    const auto behind = done.upper_bound({each->id, INT_MAX});
    if (behind != done.begin() && std::prev(behind)->first.first == each->id) {
      last = std::max(last, std::prev(behind)->first.second);
    }
  }
  return last;
}

absl::Status Refusal(absl::string_view reason, absl::string_view message, const StepRecord& record,
                     error::Metadata more = {}) {
  more.insert(more.begin(), {"step", record.key.first});
  return error::WithReason(absl::StatusCode::kFailedPrecondition, message, reason, std::move(more));
}

absl::Status CheckOrder(const Dating& dating, const BudgetStep& step, const StepRecord& record) {
  const auto out_of_order = [&record](absl::string_view why) {
    return Refusal("STEP_OUT_OF_ORDER", absl::StrCat(record.key.first, " ", why), record);
  };
  const int occurrence = record.key.second;
  if (occurrence > 1 && !dating.Repeats(step)) return out_of_order("comes once a year");
  const BudgetStep* base = dating.Find(step.after);
  const std::optional<absl::CivilDay> begun =
      base == nullptr ? std::nullopt : dating.DoneOn(*base, occurrence);
  if (step.kind == StepKind::kEvent && occurrence > 1 && !dating.DoneOn(step, occurrence - 1)) {
    return out_of_order("is recorded by number, and the one before is missing");
  }
  if (base == nullptr) return absl::OkStatus();
  if (step.limit == StepLimit::kNotAfter) {
    if (begun && record.day > *begun) {
      return out_of_order(absl::StrCat("must not come after ", base->id, " of ", Text(*begun)));
    }
    return absl::OkStatus();
  }
  // A duty of others may have been done and not recorded; what only happens is known by its record.
  if (!begun && base->kind != StepKind::kDuty) {
    return out_of_order(absl::StrCat("follows from ", base->id, ", which is not recorded"));
  }
  if (begun && record.day < *begun) {
    return out_of_order(absl::StrCat("must not come before ", base->id, " of ", Text(*begun)));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<DatedStep> DatedStepsOf(const BudgetSteps& rules, const calendar::Calendar& calendar,
                                    const StepQuestion& question, const DoneSteps& done) {
  const Dating dating(rules, calendar, question, done);
  std::vector<DatedStep> steps;
  for (const BudgetStep* step : rules.Of(question.budget_year, question.province_code)) {
    if (step->level != question.level) continue;
    const int occurrences = OccurrencesOf(dating, *step, done);
    for (int i = 1; i <= occurrences; ++i) steps.push_back(dating.Of(*step, i));
  }
  const auto rank = [](const DatedStep& step) {
    return std::make_pair(step.state != StepState::kOverdue,
                          step.last_day.value_or(absl::CivilDay::max()));
  };
  std::stable_sort(steps.begin(), steps.end(),
                   [&rank](const DatedStep& a, const DatedStep& b) { return rank(a) < rank(b); });
  return steps;
}

DatedStep DatedStepOf(const BudgetSteps& rules, const calendar::Calendar& calendar,
                      const StepQuestion& question, const DoneSteps& done, const StepKey& key) {
  const Dating dating(rules, calendar, question, done);
  return dating.Of(*dating.Find(key.first), key.second);
}

absl::StatusOr<const BudgetStep*> CheckRecord(const BudgetSteps& rules,
                                              const calendar::Calendar& calendar,
                                              const StepQuestion& question, const DoneSteps& done,
                                              const StepRecord& record) {
  const Dating dating(rules, calendar, question, done);
  const BudgetStep* step = dating.Find(record.key.first);
  if (step == nullptr || step->level != question.level) {
    return error::WithReason(
        absl::StatusCode::kNotFound,
        absl::StrCat("budget year ", question.budget_year, " has no step ", record.key.first,
                     " of level ", NameOf(question.level)),
        "STEP_NOT_FOUND",
        {{"step", record.key.first}, {"budget_year", absl::StrCat(question.budget_year)}});
  }
  if (step->kind == StepKind::kBoundary) {
    return Refusal("STEP_NOT_RECORDED", absl::StrCat(step->id, " is a day that nobody acts on"),
                   record);
  }
  if (record.body != step->body) {
    return Refusal("BODY_NOT_COMPETENT",
                   absl::StrCat(step->id, " is not for ", NameOf(record.body), " but for ",
                                NameOf(step->body)),
                   record,
                   {{"level", std::string(NameOf(step->level))},
                    {"body", std::string(NameOf(record.body))},
                    {"competent", std::string(NameOf(step->body))}});
  }
  if (record.day > question.today) {
    return Refusal("STEP_AHEAD", absl::StrCat(Text(record.day), " is after today"), record,
                   {{"date", Text(record.day)}, {"today", Text(question.today)}});
  }
  RETURN_IF_ERROR(CheckOrder(dating, *step, record));
  const DatedStep dated = dating.Of(*step, record.key.second);
  if (step->kind == StepKind::kRight && dated.last_day && record.day > *dated.last_day) {
    return Refusal("STEP_PAST_ITS_DAY",
                   absl::StrCat(step->id, " could be done until ", Text(*dated.last_day)), record,
                   {{"date", Text(record.day)}, {"last_day", Text(*dated.last_day)}});
  }
  return step;
}

}  // namespace twotier::budget
