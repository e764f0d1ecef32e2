#include "tools/verify/due_dates.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/csv.h"
#include "common/status_macros.h"
#include "twotier/routing/v1/dossier.pb.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kFile = "calendar.csv";
constexpr int64_t kMinute = 60LL * 1000 * 1000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kVietnamOffset = 7 * kHour;
// Minutes of the day at which a term in days and half a day end.
constexpr int64_t kDayEnds = 17 * 60;
constexpr int64_t kHalfDayEnds = 12 * 60;
// A step that began just before another calendar was imported may have seen it.
constexpr int64_t kImportedMeanwhile = kMinute;
// No term and no pause is longer; a calendar without working days ends the search.
constexpr int64_t kDaysMax = 3660;

int64_t DayOf(int64_t micros) { return (micros + kVietnamOffset) / kDay; }
int64_t MinuteOf(int64_t day, int64_t minute) {
  return day * kDay - kVietnamOffset + minute * kMinute;
}

std::optional<int64_t> DayOf(const std::string& date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day)) return std::nullopt;
  return day - absl::CivilDay(1970, 1, 1);
}

int64_t LastDayOfYear(int64_t day) {
  const absl::CivilDay epoch(1970, 1, 1);
  return absl::CivilDay((epoch + day).year(), 12, 31) - epoch;
}

// The clock of one dossier on one calendar. Instants are microseconds. It remembers whether what it
// was asked for rests on days that are not decided.
class Clock {
 public:
  Clock(const DossierRow& dossier, const WorkingDays& days) : dossier_(dossier), days_(days) {}

  int64_t Accepted(int64_t at) {
    const int64_t value = dossier_.term_value;
    switch (dossier_.term_unit) {
      case routing::v1::TERM_UNIT_IMMEDIATE:
        return SameDay(at);
      case routing::v1::TERM_UNIT_HOUR:
        return at + value * kHour + (dossier_.term_half ? kHour / 2 : 0);
      case routing::v1::TERM_UNIT_CALENDAR_DAY:
        return MinuteOf(AtOrBehind(StartDay(at) + value), kDayEnds);
      default:
        return dossier_.term_half ? MinuteOf(Behind(StartDay(at), value + 1), kHalfDayEnds)
                                  : MinuteOf(Behind(StartDay(at), value), kDayEnds);
    }
  }

  int64_t Resumed(int64_t due, int64_t paused, int64_t at) {
    at = std::max(at, paused);
    if (dossier_.term_unit == routing::v1::TERM_UNIT_HOUR) return due + (at - paused);
    const bool late = paused > due;
    const int64_t counts = late ? at : SameDay(at);
    int64_t pause = 0;
    for (int64_t day = DayOf(paused) + 1; day <= DayOf(counts); ++day) {
      if (days_.Works(dossier_.province_code, day)) ++pause;
    }
    RestsOn(DayOf(paused) + 1, DayOf(counts));
    const int64_t moved = due + (Behind(DayOf(due), pause) - DayOf(due)) * kDay;
    return late ? moved : std::max(moved, counts);
  }

  // The end of the working day of `at`, or of the next one.
  int64_t EndOfDay(int64_t at) { return MinuteOf(AtOrBehind(DayOf(at)), kDayEnds); }

  bool EndsAWorkingDay(int64_t at) { return at == EndOfDay(at); }

  bool rests_on_undecided() const { return rests_on_undecided_; }

 private:
  int64_t Behind(int64_t day, int64_t count) {
    const int64_t found = days_.Behind(dossier_.province_code, day, count);
    RestsOn(day + 1, found);
    return found;
  }
  int64_t AtOrBehind(int64_t day) {
    const int64_t found = days_.AtOrBehind(dossier_.province_code, day);
    RestsOn(day, found);
    return found;
  }

  void RestsOn(int64_t first, int64_t last) {
    rests_on_undecided_ =
        rests_on_undecided_ || days_.Undecided(dossier_.province_code, first, last);
  }

  // What comes behind the cut-off, or on a day off where there is one, counts as received on the
  // next working day.
  int64_t StartDay(int64_t at) {
    const int64_t day = DayOf(at);
    if (!dossier_.cutoff_minute) return day;
    return at > MinuteOf(day, *dossier_.cutoff_minute) ? Behind(day, 1) : AtOrBehind(day);
  }

  // The end of the working day that what comes at `at` counts on.
  int64_t SameDay(int64_t at) {
    const int64_t day = DayOf(at);
    const bool next = at > MinuteOf(day, dossier_.cutoff_minute.value_or(kDayEnds));
    return MinuteOf(next ? Behind(day, 1) : AtOrBehind(day), kDayEnds);
  }

  const DossierRow& dossier_;
  const WorkingDays& days_;
  bool rests_on_undecided_ = false;
};

int64_t MicrosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

// When a dossier is due that was received and paused elsewhere; 0: it was not received.
int64_t Imported(Clock& clock, const routing::v1::ImportedRecord& told) {
  if (!told.has_accept_time()) return 0;
  int64_t due = clock.Accepted(MicrosOf(told.accept_time()));
  for (const routing::v1::ClockPause& pause : told.pauses()) {
    if (!pause.has_end_time()) continue;
    due = clock.Resumed(due, MicrosOf(pause.start_time()), MicrosOf(pause.end_time()));
  }
  return due;
}

// Something that happened to a clock.
struct Moved {
  enum Kind { kStarted, kStopped, kWentOn, kExtended };
  Kind kind = kStarted;
  int64_t at = 0;
  int64_t due = 0;  // Of an extension: the due time that it gave.
};

// What an entry finds.
struct Standing {
  int64_t due_us = 0;
  int64_t first_due_us = 0;   // That no extension has moved; 0: there was none.
  int64_t paused_us = 0;      // 0: the clock runs.
  int64_t due_paused_us = 0;  // From when the due time moves by it: an extension begins it anew.
  std::vector<Moved> moves;
  routing::v1::Body home;  // The competent body.
  // The dates rest on days that were not decided by every calendar that agrees, or by one.
  bool surely_provisional = false;
  bool maybe_provisional = false;
};

// Whether a due date that is computed again is what `moves` give on one calendar, and the one
// before the first extension too.
bool IsRecount(Clock& clock, const std::vector<Moved>& moves,
               const routing::v1::DossierEventBody& body) {
  int64_t due = 0;
  int64_t first = 0;
  int64_t paused = 0;  // 0: the clock runs.
  int64_t due_paused = 0;
  for (const Moved& move : moves) {
    if (move.kind == Moved::kStarted) due = clock.Accepted(move.at);
    if (move.kind == Moved::kStopped) paused = due_paused = move.at;
    if (move.kind == Moved::kWentOn) {
      const int64_t at = std::max(move.at, due_paused);
      due = clock.Resumed(due, due_paused, at);
      if (first != 0) first = clock.Resumed(first, paused, at);
      paused = 0;
    }
    if (move.kind != Moved::kExtended) continue;
    if (first == 0) first = due;
    if (paused != 0) due_paused = move.at;
    due = clock.EndOfDay(move.due);
  }
  return due == body.due_time_us() && first == body.recomputation().first_due_time_us();
}

// The applicant is asked, and the clock stands still for it: a fee before acceptance or at the
// result lets it alone. Entries from before it was recorded say nothing of when a fee was due.
bool Asks(const std::string& kind, const routing::v1::DossierEventBody& body) {
  const auto due_at = body.payment().due_at();
  return kind == "dossier.supplement_requested" ||
         (kind == "dossier.payment_requested" && (due_at == routing::v1::FEE_DUE_UNSPECIFIED ||
                                                  due_at == routing::v1::FEE_DUE_AT_SUPPLEMENT));
}

// What the clock stood still for is there, or not awaited any more.
bool Answers(const std::string& kind, const routing::v1::DossierEventBody& body) {
  const bool fee =
      kind == "dossier.payment_confirmed" || kind == "dossier.payment_request_cancelled";
  return kind == "dossier.supplement_provided" ||
         (fee && body.state() == routing::v1::DOSSIER_STATE_IN_PROGRESS);
}

bool IsHome(const routing::v1::DossierEventBody& body, const Standing& standing) {
  return body.has_forwarded_to() && body.forwarded_to().unit() == standing.home.unit() &&
         body.forwarded_to().title() == standing.home.title();
}

// Whether the entry may say `body.first_due_time_us()` by `clock`, if it was recorded.
bool AgreesWithoutExtensions(Clock& clock, bool resumes, const Standing& before,
                             const routing::v1::DossierEventBody& body) {
  const int64_t first = body.first_due_time_us();
  if (first == 0 || body.has_recomputation()) return true;
  if (before.first_due_us == 0) return first == before.due_us;
  if (!resumes) return first == before.first_due_us;
  const int64_t at = std::max(body.time_us(), before.due_paused_us);
  return first == clock.Resumed(before.first_due_us, before.paused_us, at);
}

// Whether the entry may say `body.due_time_us()` by `clock`.
bool Agrees(Clock& clock, const std::string& kind, const Standing& before,
            const routing::v1::DossierEventBody& body) {
  const int64_t due = body.due_time_us();
  const bool resumes = Answers(kind, body) || IsHome(body, before);
  if (!AgreesWithoutExtensions(clock, resumes, before, body)) return false;
  if (kind == "dossier.imported") return due == Imported(clock, body.imported());
  if (kind == "dossier.accepted") return due == clock.Accepted(body.time_us());
  if (kind == "dossier.due_date_recomputed") return IsRecount(clock, before.moves, body);
  if (kind == "dossier.due_date_extended") {
    // Only compared with: the date does not rest on it.
    Clock other = clock;
    const int64_t present =
        before.paused_us == 0 ? before.due_us
                              : other.Resumed(before.due_us, before.due_paused_us, body.time_us());
    return due > present && due > body.time_us() && clock.EndsAWorkingDay(due);
  }
  if (resumes) {
    return before.paused_us != 0 &&
           due == clock.Resumed(before.due_us, before.due_paused_us, body.time_us());
  }
  return due == before.due_us;
}

// Goes one entry on.
void Follow(const std::string& kind, const routing::v1::DossierEventBody& body,
            Standing& standing) {
  const bool home = IsHome(body, standing);
  const int64_t at = body.time_us();
  const auto stop = [&](int64_t since) {
    standing.paused_us = standing.due_paused_us = since;
    standing.moves.push_back({Moved::kStopped, since});
  };
  const auto go_on = [&](int64_t since) {
    standing.paused_us = 0;
    standing.moves.push_back({Moved::kWentOn, since});
  };
  if (kind == "dossier.accepted") standing.moves.push_back({Moved::kStarted, at});
  if (kind == "dossier.due_date_extended") {
    standing.moves.push_back({Moved::kExtended, at, body.due_time_us()});
    if (standing.paused_us != 0) standing.due_paused_us = at;
  }
  if (Asks(kind, body) || (body.has_forwarded_to() && !home && standing.paused_us == 0)) {
    stop(at);
  } else if (home || Answers(kind, body)) {
    go_on(at);
  }
  if (body.imported().has_accept_time()) {
    standing.moves.push_back({Moved::kStarted, MicrosOf(body.imported().accept_time())});
  }
  for (const routing::v1::ClockPause& pause : body.imported().pauses()) {
    stop(MicrosOf(pause.start_time()));
    if (pause.has_end_time()) go_on(MicrosOf(pause.end_time()));
  }
  if (body.has_competent_body()) standing.home = body.competent_body();
  if (body.has_rerouting()) standing.home = body.rerouting().to().competent_body();
  standing.due_us = body.due_time_us();
  if (body.first_due_time_us() != 0) standing.first_due_us = body.first_due_time_us();
}

// Whether the row is marked as what its timeline ends with. One that was extended may have been
// marked by a migration.
std::string MarkProblem(const DossierRow& dossier, const Standing& standing) {
  if (standing.surely_provisional && !dossier.due_provisional) {
    return "rests on days that are not decided and is not marked provisional";
  }
  if (!standing.maybe_provisional && dossier.due_provisional && !dossier.first_due_us) {
    return "is marked provisional and rests on decided days alone";
  }
  return "";
}

// The body that decided first: the row has the last one.
routing::v1::Body FirstHome(const DossierRow& dossier) {
  routing::v1::DossierEventBody body;
  for (const EventRow& entry : dossier.entries) {
    if (!body.ParseFromString(entry.body) || !body.has_rerouting()) continue;
    return body.rerouting().from().competent_body();
  }
  routing::v1::Body home;
  home.set_unit(dossier.body_unit);
  home.set_title(dossier.body_title);
  return home;
}

}  // namespace

absl::StatusOr<WorkingDays> WorkingDays::Read(absl::string_view content) {
  RowErrors errors;
  bool complete = true;
  std::vector<CsvRow> rows = ReadCsv(
      kFile, content, {"date", "kind", "province_code", "known_from", "name", "act", "certainty"},
      errors, complete);
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));
  // For one day and place what became known last counts.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const CsvRow& a, const CsvRow& b) { return a.cells[3] < b.cells[3]; });
  WorkingDays days;
  for (const CsvRow& row : rows) {
    const std::string& kind = row.cells[1];
    const std::optional<int64_t> day = DayOf(row.cells[0]);
    if (!day) return absl::InvalidArgumentError(absl::StrCat(row.cells[0], " is no date"));
    days.last_day_ = std::max(days.last_day_, LastDayOfYear(*day));
    std::set<int64_t>& proposed = days.proposed_[row.cells[2]];
    if (kind == "proposed") {  // Does not count until it is decided.
      proposed.insert(*day);
      continue;
    }
    proposed.erase(*day);
    Decision& decision = days.places_[row.cells[2]][*day];
    decision.decided = true;
    decision.works.reset();
    if (kind != "ordinary") decision.works = kind == "makeup_work";
  }
  return days;
}

bool WorkingDays::Decides(const std::string& place, int64_t day) const {
  const auto found = places_.find(place);
  return found != places_.end() && found->second.contains(day);
}

bool WorkingDays::Undecided(const std::string& province_code, int64_t first, int64_t last) const {
  if (last > std::max(last_day_, first - 1)) return true;
  for (const std::string& place : {province_code, std::string()}) {
    const auto found = proposed_.find(place);
    if (found == proposed_.end()) continue;
    for (auto day = found->second.lower_bound(first); day != found->second.end() && *day <= last;
         ++day) {
      // What a province has decided for itself replaces what is proposed for the country.
      if (place == province_code || !Decides(province_code, *day)) return true;
    }
  }
  return false;
}

bool WorkingDays::Works(const std::string& province_code, int64_t day) const {
  // 1 January 1970 was a Thursday.
  const int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 0: Monday.
  for (const std::string& place : {province_code, std::string()}) {
    const auto found = places_.find(place);
    if (found == places_.end()) continue;
    const auto decision = found->second.find(day);
    if (decision == found->second.end() || !decision->second.decided) continue;
    return decision->second.works.value_or(weekday < 5);
  }
  return weekday < 5;
}

int64_t WorkingDays::Behind(const std::string& province_code, int64_t day, int64_t count) const {
  for (int64_t tried = 0; count > 0 && tried < kDaysMax; ++tried) {
    if (Works(province_code, ++day)) --count;
  }
  return day;
}

int64_t WorkingDays::AtOrBehind(const std::string& province_code, int64_t day) const {
  return Works(province_code, day) ? day : Behind(province_code, day, 1);
}

bool DueDates::Add(const CalendarRow& row) {
  absl::StatusOr<WorkingDays> days = WorkingDays::Read(row.content);
  if (!days.ok()) return false;
  calendars_.push_back({row.imported_us, *std::move(days)});
  return true;
}

std::string DueDates::Problem(const DossierRow& dossier) const {
  Standing before;
  before.home = FirstHome(dossier);
  for (const EventRow& entry : dossier.entries) {
    routing::v1::DossierEventBody body;
    if (!body.ParseFromString(entry.body)) return "";  // Found by the rule of lives.
    // By the last calendar that was there, or by one that was imported meanwhile.
    bool agrees = false;
    bool all_undecided = true;
    bool one_undecided = false;
    for (size_t i = 0; i < calendars_.size(); ++i) {
      const bool there = calendars_[i].imported_us <= body.time_us() + kImportedMeanwhile;
      const bool replaced =
          i + 1 < calendars_.size() && calendars_[i + 1].imported_us <= body.time_us();
      if (!there || replaced) continue;
      Clock clock(dossier, calendars_[i].days);
      if (!Agrees(clock, entry.kind, before, body)) continue;
      agrees = true;
      all_undecided = all_undecided && clock.rests_on_undecided();
      one_undecided = one_undecided || clock.rests_on_undecided();
    }
    if (!agrees && (body.due_time_us() != 0 || before.due_us != 0)) {
      return absl::StrCat("is said to be due at ", body.due_time_us(), " by version ",
                          entry.version, ", which no calendar of that time gives");
    }
    // A recount begins anew; a date that is moved still rests on what it rested on.
    const bool anew = entry.kind == "dossier.due_date_recomputed";
    before.surely_provisional = (agrees && all_undecided) || (before.surely_provisional && !anew);
    before.maybe_provisional = one_undecided || (before.maybe_provisional && !anew);
    Follow(entry.kind, body, before);
  }
  return MarkProblem(dossier, before);
}

}  // namespace twotier::verify
