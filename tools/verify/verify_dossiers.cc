#include "tools/verify/verify_dossiers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/status_macros.h"
#include "tools/verify/dossier_difference.h"
#include "tools/verify/dossier_places.h"
#include "tools/verify/dossier_replay.h"
#include "tools/verify/dossier_rows.h"
#include "tools/verify/due_dates.h"
#include "tools/verify/pinned_versions.h"
#include "twotier/routing/v1/dossier.pb.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kTimeline = "timeline";
constexpr absl::string_view kLife = "life";
constexpr absl::string_view kRecord = "record";
constexpr absl::string_view kDueDates = "due dates";
constexpr absl::string_view kDueList = "due list";
constexpr absl::string_view kApplicant = "applicant";
constexpr absl::string_view kNumbers = "numbers";
constexpr absl::string_view kImports = "imports";
constexpr absl::string_view kVersion = "version";
constexpr absl::string_view kPlaces = "places";
constexpr absl::string_view kAlarms = "alarms";
constexpr absl::string_view kPositions = "positions";

// Whether the clock of a dossier is held by anybody. A fee before acceptance or at the result has
// nothing to do with it.
bool ClockHeld(const DossierRow& row) {
  return row.state == routing::v1::DOSSIER_STATE_RECEIVED ||
         row.state == routing::v1::DOSSIER_STATE_IN_PROGRESS ||
         row.state == routing::v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED ||
         (row.state == routing::v1::DOSSIER_STATE_PAYMENT_REQUESTED &&
          row.fee_due_at == routing::v1::FEE_DUE_AT_SUPPLEMENT);
}

// Day and number of a code `{organisation id}-{yymmdd}-{number}`; nullopt: it is none.
std::optional<std::pair<int64_t, int64_t>> DayAndNumber(const std::string& code) {
  const std::vector<std::string> parts = absl::StrSplit(code, '-');
  if (parts.size() < 3) return std::nullopt;
  const std::string& day = parts[parts.size() - 2];
  const std::string& digits = parts.back();
  int64_t number = 0;
  absl::CivilDay date;
  if (day.size() != 6 || digits.size() < 4 || !absl::SimpleAtoi(digits, &number) ||
      !absl::ParseCivilTime(
          absl::StrCat("20", day.substr(0, 2), "-", day.substr(2, 2), "-", day.substr(4)), &date)) {
    return std::nullopt;
  }
  return std::make_pair(date - absl::CivilDay(1970, 1, 1), number);
}

// A code without the organisation id that it begins with.
absl::string_view Tail(absl::string_view code) {
  const size_t end = code.find('-');
  return end == absl::string_view::npos ? code : code.substr(end);
}

class DossierCheck {
 public:
  DossierVisitor Visitor() {
    return {[this](const CalendarRow& row) { Calendar(row); },
            [this](const VersionRow& row) { Version(row); },
            [this](const CopiedUnitRow& row) { Unit(row); },
            [this](const DossierRow& row) { Dossier(row); },
            [this](const EventRow& row) { Stray(row); },
            [this](const CounterRow& row) { Counter(row); },
            [this](const ImportedRow& row) { Imported(row); },
            [this](const PlaceRow& row) { Place(row); },
            [this](const HostRow& row) { places_.Find(row); },
            [this](const StrayAlarmRow& row) { StrayAlarm(row); },
            [this](const FeedRow& row) { Feed(row); }};
  }

  Report Done() {
    for (const auto& [key, given] : given_) {
      const auto& [province, center, day] = key;
      Add(kNumbers, absl::StrCat(center, " has given ", given.count, " numbers on day ", day,
                                 " and counts none"));
    }
    for (const auto& [dossier, told] : told_) {
      Add(kImports, absl::StrCat(dossier.first, "/", dossier.second, " is not found by its code ",
                                 told.external_code));
    }
    for (std::string& missing : places_.Missing()) Add(kPlaces, std::move(missing));
    const std::string dossiers = absl::StrCat(dossiers_, " dossiers");
    report_.Checked(kTimeline, absl::StrCat(entries_, " entries of ", dossiers));
    for (const absl::string_view rule : {kLife, kRecord, kDueDates, kDueList, kApplicant}) {
      report_.Checked(rule, dossiers);
    }
    report_.Checked(kNumbers, absl::StrCat(counters_, " counters of a center and day"));
    report_.Checked(kImports, absl::StrCat(imported_, " codes of other systems"));
    report_.Checked(kVersion, absl::StrCat(dossiers, " under ", versions_.size(), " versions"));
    report_.Checked(kPlaces, absl::StrCat(found_, " ids of centers"));
    report_.Checked(kAlarms, dossiers);
    report_.Checked(kPositions, absl::StrCat(numbered_, " positions"));
    return std::move(report_);
  }

 private:
  struct Given {
    int64_t count = 0;
    int64_t highest = 0;
    bool kept = false;  // An imported dossier kept its number.
  };

  void Add(absl::string_view rule, std::string what) { report_.Add(rule, std::move(what)); }

  void Calendar(const CalendarRow& row) {
    if (due_dates_.Add(row)) return;
    Add(kDueDates, absl::StrCat("calendar ", row.version, " cannot be read"));
  }

  void Version(const VersionRow& row) {
    const std::string problem = versions_.Add(row);
    if (!problem.empty()) Add(kVersion, problem);
  }

  void Unit(const CopiedUnitRow& row) {
    const std::string problem = versions_.AddUnit(row);
    if (!problem.empty()) Add(kVersion, problem);
  }

  void Dossier(const DossierRow& row) {
    ++dossiers_;
    entries_ += static_cast<int64_t>(row.entries.size());
    const std::string name = absl::StrCat(row.province_code, "/", row.code);
    if (const std::string problem = TimelineProblem(row); !problem.empty()) {
      Add(kTimeline, absl::StrCat(name, " ", problem));
    }
    const std::string received_at = Life(name, row);
    if (const std::string problem = due_dates_.Problem(row); !problem.empty()) {
      Add(kDueDates, absl::StrCat(name, " ", problem));
    }
    const int64_t listed = ClockHeld(row) ? row.due_us.value_or(0) : 0;
    if (row.open_due_us != listed) {
      Add(kDueList,
          absl::StrCat(name, " is listed as due at ", row.open_due_us, " instead of ", listed));
    }
    if (const std::string problem = versions_.Problem(row); !problem.empty()) {
      Add(kVersion, absl::StrCat(name, " ", problem));
    }
    if (!row.has_applicant) Add(kApplicant, absl::StrCat(name, " has no applicant"));
    Number(name, row, received_at);
    places_.Add(row);
    if (!row.external_code.empty()) {
      told_[{row.province_code, row.code}] = {row.external_code, FirstEntry(row).source_system()};
    }
  }

  static std::string TimelineProblem(const DossierRow& row) {
    const EventRow* before = nullptr;
    for (const EventRow& entry : row.entries) {
      std::string problem = ChainProblem(entry, before);
      if (!problem.empty()) return problem;
      before = &entry;
    }
    if (static_cast<int64_t>(row.entries.size()) != row.version) {
      return absl::StrCat("has version ", row.version, " and ", row.entries.size(), " entries");
    }
    if (before == nullptr || before->hash != row.chain_hash) {
      return "has another hash than its last entry";
    }
    return "";
  }

  // Returns the center that gave the dossier its number.
  std::string Life(const std::string& name, const DossierRow& row) {
    Replay replay(row);
    for (const EventRow& entry : row.entries) {
      const std::string problem = replay.Step(entry);
      if (problem.empty()) continue;
      Add(kLife, absl::StrCat(name, " ", problem, " at version ", entry.version));
      // What follows from a false step is no news.
      return replay.received_at().empty() ? row.center : replay.received_at();
    }
    const std::string difference = Difference(row, replay.given());
    if (!difference.empty()) Add(kRecord, absl::StrCat(name, " ", difference));
    if (row.applicant_digest != replay.given().applicant_digest) {
      Add(kApplicant, absl::StrCat(name, " has another digest than its first entry"));
    }
    return replay.received_at().empty() ? row.center : replay.received_at();
  }

  // Empty: there is none that can be read.
  static routing::v1::DossierEventBody FirstEntry(const DossierRow& row) {
    routing::v1::DossierEventBody first;
    if (row.entries.empty() || !first.ParseFromString(row.entries[0].body)) first.Clear();
    return first;
  }

  // The day that a number given here is of: of the submission, or of the import.
  static int64_t DayGiven(const DossierRow& row) {
    const int64_t imported_us = row.external_code.empty() ? 0 : FirstEntry(row).time_us();
    return VietnamDayOf(imported_us > 0 ? imported_us : row.submit_us);
  }

  void Number(const std::string& name, const DossierRow& row, const std::string& received_at) {
    const auto parts = DayAndNumber(row.code);
    const bool kept = !row.external_code.empty() && Tail(row.code) == Tail(row.external_code);
    if (!parts || (!kept && parts->first != DayGiven(row))) {
      Add(kNumbers, absl::StrCat(name, " has not the date of its submission"));
      return;
    }
    Given& given = given_[{row.province_code, received_at, parts->first}];
    ++given.count;
    given.highest = std::max(given.highest, parts->second);
    given.kept = given.kept || kept;
  }

  void Stray(const EventRow& entry) {
    Add(kTimeline, absl::StrCat(entry.subject, " has an entry ", entry.version, " and no dossier"));
  }

  // Codes are unique, so as many as the highest one leave no gap. A kept number may leave one.
  void Counter(const CounterRow& row) {
    ++counters_;
    const auto found = given_.find({row.province_code, row.center, row.day});
    const Given given = found == given_.end() ? Given() : found->second;
    if (found != given_.end()) given_.erase(found);
    if (given.highest == row.last && (given.count == row.last || given.kept)) return;
    Add(kNumbers, absl::StrCat(row.center, " counts ", row.last, " numbers on day ", row.day,
                               ", its ", given.count, " dossiers go up to ", given.highest));
  }

  // The organisation id of the key may be written in the other form than that of the code.
  void Imported(const ImportedRow& row) {
    ++imported_;
    const auto found = told_.find({row.province_code, row.code});
    if (found == told_.end() || Tail(found->second.external_code) != Tail(row.external_key)) {
      Add(kImports, absl::StrCat(row.province_code, "/", row.external_key, " stands for ", row.code,
                                 ", which has not that code"));
      return;
    }
    const std::string& system = found->second.source_system;
    if (!row.source_system.empty() && row.source_system != system) {
      Add(kImports, absl::StrCat(row.province_code, "/", row.external_key, " is of ",
                                 row.source_system, ", the first entry names ", system));
    }
    told_.erase(found);
  }

  void Place(const PlaceRow& row) {
    ++found_;
    places_.Find(row);
  }

  void StrayAlarm(const StrayAlarmRow& row) {
    Add(kAlarms, absl::StrCat("an alarm of ", row.province_code, "/", row.code, " names ",
                              row.center, ", which has it not"));
  }

  void Feed(const FeedRow& row) {
    numbered_ = row.numbered;
    if (row.deleted_position + row.numbered != row.head_position ||
        std::max(row.last_position, row.deleted_position) != row.head_position) {
      Add(kPositions, absl::StrCat("the feed's head stands at ", row.head_position,
                                   ", its last event at ", row.last_position, ", and ",
                                   row.numbered, " are behind ", row.deleted_position));
    }
  }

  Report report_;
  DueDates due_dates_;
  PinnedVersions versions_;
  DossierPlaces places_;
  std::map<std::tuple<std::string, std::string, int64_t>, Given> given_;
  // What is told of an imported dossier.
  struct Told {
    std::string external_code;
    std::string source_system;
  };
  // Of those that no code of another system stands for yet, by province and code.
  std::map<std::pair<std::string, std::string>, Told> told_;
  int64_t imported_ = 0;
  int64_t dossiers_ = 0;
  int64_t entries_ = 0;
  int64_t counters_ = 0;
  int64_t found_ = 0;  // Rows of places.
  int64_t numbered_ = 0;
};

}  // namespace

absl::StatusOr<Report> VerifyDossiers(absl::string_view url) {
  DossierCheck check;
  RETURN_IF_ERROR(ReadDossiers(url, check.Visitor()));
  return check.Done();
}

}  // namespace twotier::verify
