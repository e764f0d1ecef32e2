#include "tests/service/dossier_proof.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "tools/verify/dossier_rows.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

constexpr int64_t kHourMicros = 3600LL * 1000 * 1000;
constexpr int64_t kDayMicros = 24 * kHourMicros;
constexpr int kPageSize = 1000;
constexpr int kDaysAtATime = 31;
// Of the findings that an error names.
constexpr size_t kNamedMax = 5;

int64_t VietnamDayOf(int64_t micros) { return (micros + 7 * kHourMicros) / kDayMicros; }

// Numbers as the contract names them, by center.
struct Numbers {
  std::map<int, int64_t> states = {};
  int64_t total = 0, no_term = 0, in_term = 0, overdue = 0, early = 0, on_time = 0, late = 0;

  friend bool operator==(const Numbers&, const Numbers&) = default;
};

Numbers NumbersOf(const v1::DossierCount& count) {
  Numbers numbers{.total = count.total(),
                  .no_term = count.no_term(),
                  .in_term = count.in_term(),
                  .overdue = count.overdue(),
                  .early = count.early(),
                  .on_time = count.on_time(),
                  .late = count.late()};
  for (const v1::DossierStateCount& state : count.states()) {
    numbers.states[state.state()] += state.count();
  }
  return numbers;
}

void Add(const Numbers& more, Numbers& numbers) {
  for (const auto& [state, count] : more.states) numbers.states[state] += count;
  numbers.total += more.total;
  numbers.no_term += more.no_term;
  numbers.in_term += more.in_term;
  numbers.overdue += more.overdue;
  numbers.early += more.early;
  numbers.on_time += more.on_time;
  numbers.late += more.late;
}

std::string Shown(const Numbers& numbers) {
  return absl::StrCat("total ", numbers.total, ", no term ", numbers.no_term, ", in term ",
                      numbers.in_term, ", overdue ", numbers.overdue, ", early ", numbers.early,
                      ", on time ", numbers.on_time, ", late ", numbers.late, ", states ",
                      absl::StrJoin(numbers.states, " ", absl::PairFormatter(":")));
}

bool Partitions(const Numbers& numbers) {
  int64_t in_states = 0;
  for (const auto& [state, count] : numbers.states) in_states += count;
  return in_states == numbers.total && numbers.no_term + numbers.in_term + numbers.overdue +
                                               numbers.early + numbers.on_time + numbers.late ==
                                           numbers.total;
}

// One stretch of a dossier's life, from an entry to the next one or to the present.
struct Stretch {
  int64_t from_us = 0;
  int64_t until_us = 0;
  v1::DossierState state = v1::DOSSIER_STATE_UNSPECIFIED;
  v1::FeeDue due_at = v1::FEE_DUE_UNSPECIFIED;  // Of what was asked for last.
  int64_t due_us = 0;                           // 0: none.
  std::optional<int64_t> paused_us;             // Since when the clock stands still.

  bool WaitsFor(v1::FeeDue fee) const {
    return state == v1::DOSSIER_STATE_PAYMENT_REQUESTED && due_at == fee;
  }
  bool open() const {
    return state == v1::DOSSIER_STATE_RECEIVED || state == v1::DOSSIER_STATE_IN_PROGRESS ||
           state == v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED || WaitsFor(v1::FEE_DUE_AT_SUPPLEMENT);
  }
  // Whatever comes behind it is behind what the term is about.
  bool processed() const { return state == v1::DOSSIER_STATE_PROCESSED; }
};

// What the timeline of a dossier tells.
struct Told {
  std::vector<Stretch> stretches;
  int64_t accepted_us = 0;
  int64_t first_due_us = 0;  // The due time that no extension has moved.
  bool extended = false;
  int supplements = 0;
  std::vector<int64_t> unanswered_us;  // By when the applicant was awaited, who did not answer.
  std::vector<int64_t> silent_us;      // The same of agencies that it was taken back from.
};

bool Resumes(const std::string& kind, const v1::DossierEventBody& body) {
  return body.state() == v1::DOSSIER_STATE_IN_PROGRESS &&
         (kind == "dossier.supplement_provided" || kind == "dossier.payment_confirmed" ||
          kind == "dossier.payment_request_cancelled");
}
bool Pauses(const std::string& kind, const v1::DossierEventBody& body) {
  return kind == "dossier.supplement_requested" ||
         (kind == "dossier.payment_requested" &&
          body.payment().due_at() == v1::FEE_DUE_AT_SUPPLEMENT);
}

Told Tell(const verify::DossierRow& row, int64_t now_us) {
  Told told;
  std::optional<int64_t> paused_us;
  v1::FeeDue due_at = v1::FEE_DUE_UNSPECIFIED;
  int64_t answer_by_us = 0;
  for (const verify::EventRow& entry : row.entries) {
    v1::DossierEventBody body;
    body.ParseFromString(entry.body);  // `dossiers verify` has found it readable.
    if (!told.stretches.empty()) told.stretches.back().until_us = body.time_us();
    if (entry.kind == "dossier.accepted") told.accepted_us = body.time_us();
    if (entry.kind == "dossier.due_date_extended") told.extended = true;
    told.first_due_us = told.extended ? body.first_due_time_us() : body.due_time_us();
    if (entry.kind == "dossier.supplement_requested") ++told.supplements;
    const bool home = body.has_forwarded_to() && body.forwarded_to().unit() == row.body_unit &&
                      body.forwarded_to().title() == row.body_title;
    if (Pauses(entry.kind, body) || (body.has_forwarded_to() && !home && !paused_us)) {
      paused_us = body.time_us();
    } else if (Resumes(entry.kind, body) || home) {
      paused_us.reset();
    }
    if (entry.kind == "dossier.payment_requested") due_at = body.payment().due_at();
    const bool ended = entry.kind == "dossier.stopped" || entry.kind == "dossier.refused" ||
                       entry.kind == "dossier.payment_request_cancelled";
    if (ended && body.principal() == "system:routing") {
      told.unanswered_us.push_back(answer_by_us);
    }
    if (entry.kind == "dossier.forwarded" && body.principal() == "system:routing") {
      told.silent_us.push_back(answer_by_us);
    }
    answer_by_us = body.answer_by_us();
    told.stretches.push_back(
        {body.time_us(), now_us, body.state(), due_at, body.due_time_us(), paused_us});
  }
  return told;
}

// The numbers of one dossier.
Numbers NumbersOf(const Told& told) {
  const Stretch& last = told.stretches.back();
  Numbers numbers{.states = {{last.state, 1}}, .total = 1};
  if (told.first_due_us == 0) {
    numbers.no_term = 1;
    return numbers;
  }
  const auto processed = std::find_if(told.stretches.begin(), told.stretches.end(),
                                      [](const Stretch& stretch) { return stretch.processed(); });
  const Stretch& end = processed == told.stretches.end() ? last : *processed;
  const bool ended = !end.open();
  int64_t stopped_us = ended ? end.from_us : end.until_us;
  if (!end.processed() && end.paused_us) stopped_us = *end.paused_us;
  if (told.supplements > 1 || stopped_us > told.first_due_us) {
    (ended ? numbers.late : numbers.overdue) = 1;
  } else if (!ended) {
    numbers.in_term = 1;
  } else {
    const bool before = VietnamDayOf(stopped_us) < VietnamDayOf(told.first_due_us);
    (before ? numbers.early : numbers.on_time) = 1;
  }
  return numbers;
}

// Kind and date of an alarm.
using AlarmKey = std::pair<int, int64_t>;

// Alarms of one dossier: those that must have been set off and those that may. Whoever looks, looks
// at every instant at which anything happens, before it happens.
struct AlarmsTold {
  std::set<AlarmKey> must;
  std::set<AlarmKey> may;
};

bool RunsBehind(const Stretch& stretch, int64_t due_us) {
  const bool stood_still_in_time = stretch.paused_us && *stretch.paused_us <= due_us;
  return !stood_still_in_time && (stretch.from_us > due_us || stretch.until_us > due_us);
}

// Whether its clock ran within the last day before `due_us`, and somebody looked then.
bool RunsNear(const Stretch& stretch, int64_t due_us) {
  return !stretch.paused_us && stretch.from_us <= due_us &&
         (stretch.until_us > due_us - kDayMicros || stretch.from_us > due_us - kDayMicros);
}

AlarmsTold AlarmsOf(const Told& told) {
  AlarmsTold alarms;
  for (const Stretch& stretch : told.stretches) {
    if (!stretch.open()) continue;
    const int64_t due_us = stretch.due_us;
    const AlarmKey soon = {v1::ALARM_KIND_DUE_SOON, due_us};
    if (told.accepted_us <= due_us - kDayMicros) {
      if (RunsNear(stretch, due_us)) alarms.must.insert(soon);
      // A clock that runs again behind its date: whether that is seen first depends on the others.
      if (RunsBehind(stretch, due_us)) alarms.may.insert(soon);
    }
    if (RunsBehind(stretch, due_us)) alarms.must.insert({v1::ALARM_KIND_OVERDUE, due_us});
  }
  for (const int64_t us : told.unanswered_us) alarms.must.insert({v1::ALARM_KIND_UNANSWERED, us});
  for (const int64_t us : told.silent_us) alarms.must.insert({v1::ALARM_KIND_AGENCY_SILENT, us});
  alarms.may.insert(alarms.must.begin(), alarms.must.end());
  return alarms;
}

class Proof {
 public:
  Proof(RoutingServer& server, const std::vector<Known>& known)
      : server_(server), now_us_(absl::ToUnixMicros(server.clock().Now())) {
    for (const Known& one : known) {
      if (!one.dossier.name().empty()) known_[one.dossier.name()] = &one;
    }
  }

  absl::Status Verify(const std::string& url) {
    ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyDossiers(url));
    for (const verify::Finding& finding : report.findings) {
      Wrong(absl::StrCat(finding.rule, ": ", finding.what));
    }
    return absl::OkStatus();
  }

  absl::Status ReadRows(const std::string& url) {
    verify::DossierVisitor visitor;
    visitor.calendar = [](const verify::CalendarRow&) {};
    visitor.version = [](const verify::VersionRow&) {};
    visitor.unit = [](const verify::CopiedUnitRow&) {};
    visitor.dossier = [this](const verify::DossierRow& row) { Dossier(row); };
    visitor.stray = [](const verify::EventRow&) {};
    visitor.counter = [](const verify::CounterRow&) {};
    visitor.imported = [](const verify::ImportedRow&) {};
    visitor.place = [](const verify::PlaceRow&) {};
    visitor.host = [](const verify::HostRow&) {};
    visitor.stray_alarm = [](const verify::StrayAlarmRow&) {};
    visitor.feed = [](const verify::FeedRow&) {};
    RETURN_IF_ERROR(verify::ReadDossiers(url, visitor));
    for (const auto& [name, one] : known_) Wrong(absl::StrCat(name, " is not stored"));
    return absl::OkStatus();
  }

  // Asks for the days from `first` to today, some at a time.
  absl::Status CompareStatistics(absl::CivilDay first) {
    const absl::CivilDay end = VietnamDay(server_.clock().Now()) + 1;
    for (const std::string& province : provinces_) {
      std::map<std::string, Numbers> centers;
      Numbers total;
      for (absl::CivilDay day = first; day < end; day += kDaysAtATime) {
        v1::GetDossierStatisticsRequest request;
        request.set_parent(absl::StrCat("provinces/", province));
        ToProto(day, request.mutable_first_date());
        ToProto(std::min(end, day + kDaysAtATime), request.mutable_end_date());
        ASSIGN_OR_RETURN(const v1::GetDossierStatisticsResponse response,
                         Invoke(&Stub::GetDossierStatistics, server_.stub(), request));
        for (const v1::CenterDossierCount& center : response.centers()) {
          Add(NumbersOf(center.count()), centers[center.center()]);
        }
        Add(NumbersOf(response.total()), total);
      }
      Compare(province, total, centers);
    }
    return absl::OkStatus();
  }

  absl::Status CompareAlarms() {
    for (const std::string& province : provinces_) {
      v1::ListAlarmsRequest request;
      request.set_parent(absl::StrCat("provinces/", province));
      request.set_page_size(kPageSize);
      do {
        ASSIGN_OR_RETURN(const v1::ListAlarmsResponse page,
                         Invoke(&Stub::ListAlarms, server_.stub(), request));
        for (const v1::Alarm& alarm : page.alarms()) SetOff(alarm);
        request.set_page_token(page.next_page_token());
      } while (!request.page_token().empty());
    }
    for (const auto& [name, told] : alarms_) {
      for (const auto& [kind, due_us] : told.must) {
        Wrong(absl::StrCat(name, " has no alarm of kind ", kind, " for ", due_us));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckCoverage() {
    ASSIGN_OR_RETURN(const v1::CheckCoverageResponse coverage,
                     Invoke(&Stub::CheckCoverage, server_.stub(), v1::CheckCoverageRequest()));
    if (coverage.holes() != 0 || coverage.overlaps() != 0 || coverage.questions() == 0) {
      Wrong(absl::StrCat(coverage.holes(), " of ", coverage.questions(),
                         " questions have no competent body, ", coverage.overlaps(), " several"));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Proven> Done() {
    if (wrong_ == 0) return proven_;
    return absl::InternalError(
        absl::StrCat(wrong_, " things do not hold: ", absl::StrJoin(named_, "; ")));
  }

 private:
  void Wrong(std::string what) {
    ++wrong_;
    if (named_.size() < kNamedMax) named_.push_back(std::move(what));
  }

  void Dossier(const verify::DossierRow& row) {
    const std::string name = absl::StrCat("provinces/", row.province_code, "/dossiers/", row.code);
    ++proven_.dossiers;
    provinces_.insert(row.province_code);
    const auto found = known_.find(name);
    if (found == known_.end()) {
      Wrong(absl::StrCat(name, " is stored, and nobody submitted it"));
    } else {
      CompareKnown(name, row, *found->second);
      known_.erase(found);
    }
    const Told told = Tell(row, now_us_);
    if (told.stretches.empty()) return;  // Found by Verify.
    const Numbers numbers = NumbersOf(told);
    Add(numbers, rebuilt_[row.province_code]
                         [row.received_center.empty() ? row.center : row.received_center]);
    proven_.early += numbers.early;
    proven_.on_time += numbers.on_time;
    proven_.late += numbers.late;
    proven_.open += numbers.in_term + numbers.overdue;
    alarms_[name] = AlarmsOf(told);
  }

  void CompareKnown(const std::string& name, const verify::DossierRow& row, const Known& known) {
    const bool unanswered =
        known.Waits() && absl::ToUnixMicros(FromProto(known.dossier.answer_by_time())) < now_us_;
    const v1::DossierState state =
        unanswered ? After(StepOfSilence(known), known.dossier) : known.dossier.state();
    const int64_t version = known.dossier.version() + (unanswered ? 1 : 0);
    if (row.state == state && row.version == version) return;
    Wrong(absl::StrCat(name, " is in state ", row.state, " and version ", row.version,
                       ", its callers know of ", state, " and ", version));
  }

  void Compare(const std::string& province, const Numbers& total,
               const std::map<std::string, Numbers>& centers) {
    Numbers sum;
    for (const auto& [center, numbers] : rebuilt_[province]) {
      const auto found = centers.find(center);
      const Numbers counted = found == centers.end() ? Numbers() : found->second;
      if (!(counted == numbers) || !Partitions(counted)) {
        Wrong(absl::StrCat(center, " counts ", Shown(counted), "; its timelines give ",
                           Shown(numbers)));
      }
      Add(numbers, sum);
    }
    if (!(total == sum) || centers.size() != rebuilt_[province].size()) {
      Wrong(absl::StrCat("province ", province, " counts ", Shown(total), " in ", centers.size(),
                         " centers; the timelines give ", Shown(sum)));
    }
  }

  void SetOff(const v1::Alarm& alarm) {
    ++proven_.alarms;
    const AlarmKey key = {alarm.kind(), absl::ToUnixMicros(FromProto(alarm.due_time()))};
    AlarmsTold& told = alarms_[alarm.dossier()];
    told.must.erase(key);
    if (told.may.erase(key) == 1) return;
    Wrong(absl::StrCat(alarm.dossier(), " has an alarm of kind ", key.first, " for ", key.second,
                       " too many"));
  }

  RoutingServer& server_;
  const int64_t now_us_;
  std::map<std::string, const Known*> known_;  // Those not stored yet, by name.
  std::set<std::string> provinces_;
  std::map<std::string, std::map<std::string, Numbers>> rebuilt_;  // By province and center.
  std::map<std::string, AlarmsTold> alarms_;                       // Not seen yet, by dossier.
  Proven proven_;
  int64_t wrong_ = 0;
  std::vector<std::string> named_;
};

}  // namespace

absl::StatusOr<Proven> ProveDossiers(const std::string& url, RoutingServer& server,
                                     const std::vector<Known>& known, absl::CivilDay first) {
  Proof proof(server, known);
  RETURN_IF_ERROR(proof.Verify(url));
  RETURN_IF_ERROR(proof.ReadRows(url));
  RETURN_IF_ERROR(proof.CompareStatistics(first));
  RETURN_IF_ERROR(proof.CompareAlarms());
  RETURN_IF_ERROR(proof.CheckCoverage());
  return proof.Done();
}

}  // namespace twotier::routing::testing
