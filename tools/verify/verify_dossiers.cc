#include "tools/verify/verify_dossiers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/status_macros.h"
#include "tools/verify/dossier_rows.h"
#include "twotier/routing/v1/dossier.pb.h"

namespace twotier::verify {
namespace {

using routing::v1::DossierState;

constexpr absl::string_view kTimeline = "timeline";
constexpr absl::string_view kLife = "life";
constexpr absl::string_view kRecord = "record";
constexpr absl::string_view kDueList = "due list";
constexpr absl::string_view kApplicant = "applicant";
constexpr absl::string_view kNumbers = "numbers";
constexpr absl::string_view kPositions = "positions";

constexpr int64_t kMicrosADay = 86400LL * 1000 * 1000;
// Vietnam is seven hours ahead of UTC all year.
constexpr int64_t kVietnamOffsetMicros = 7LL * 3600 * 1000 * 1000;

// From which states a kind of entry leads, and to which; 0: the state stays.
struct Move {
  std::set<int> from;
  int to = 0;
};

const std::map<std::string, Move>& Moves() {
  using namespace routing::v1;  // The names of the states.
  static const auto* const moves = new std::map<std::string, Move>{
      {"dossier.submitted", {{DOSSIER_STATE_UNSPECIFIED}, DOSSIER_STATE_REGISTERED}},
      {"dossier.accepted", {{DOSSIER_STATE_REGISTERED}, DOSSIER_STATE_RECEIVED}},
      {"dossier.refused", {{DOSSIER_STATE_REGISTERED}, DOSSIER_STATE_NOT_RECEIVED}},
      {"dossier.assigned",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.forwarded",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.supplement_requested",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_SUPPLEMENT_REQUESTED}},
      {"dossier.supplement_provided",
       {{DOSSIER_STATE_SUPPLEMENT_REQUESTED}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.payment_requested",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_PAYMENT_REQUESTED}},
      {"dossier.payment_confirmed", {{DOSSIER_STATE_PAYMENT_REQUESTED}, DOSSIER_STATE_IN_PROGRESS}},
      {"dossier.due_date_extended",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_UNSPECIFIED}},
      {"dossier.processed",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS}, DOSSIER_STATE_PROCESSED}},
      {"dossier.returned", {{DOSSIER_STATE_PROCESSED}, DOSSIER_STATE_RETURNED}},
      {"dossier.withdrawn",
       {{DOSSIER_STATE_REGISTERED, DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS,
         DOSSIER_STATE_SUPPLEMENT_REQUESTED, DOSSIER_STATE_PAYMENT_REQUESTED},
        DOSSIER_STATE_WITHDRAWN}},
      {"dossier.stopped",
       {{DOSSIER_STATE_RECEIVED, DOSSIER_STATE_IN_PROGRESS, DOSSIER_STATE_SUPPLEMENT_REQUESTED,
         DOSSIER_STATE_PAYMENT_REQUESTED},
        DOSSIER_STATE_STOPPED}},
      {"dossier.rated", {{DOSSIER_STATE_RETURNED}, DOSSIER_STATE_UNSPECIFIED}},
  };
  return *moves;
}

// Whether the clock of a dossier in `state` is held by anybody.
bool ClockHeld(int64_t state) {
  return state == routing::v1::DOSSIER_STATE_RECEIVED ||
         state == routing::v1::DOSSIER_STATE_IN_PROGRESS ||
         state == routing::v1::DOSSIER_STATE_SUPPLEMENT_REQUESTED ||
         state == routing::v1::DOSSIER_STATE_PAYMENT_REQUESTED;
}

std::string NameOf(int64_t state) {
  const std::string& name = routing::v1::DossierState_Name(static_cast<DossierState>(state));
  return name.empty() ? absl::StrCat(state) : name;
}

std::optional<int64_t> Stated(int64_t micros) {
  if (micros == 0) return std::nullopt;
  return micros;
}

// What the entries of a dossier give: the row that should stand there. Only what entries decide is
// filled in.
class Replay {
 public:
  explicit Replay(const DossierRow& row) : row_(row) {}

  // Goes one entry on. Empty when that is allowed, else what is not.
  std::string Step(const EventRow& entry) {
    routing::v1::DossierEventBody body;
    if (!body.ParseFromString(entry.body)) return "has a body that cannot be read";
    const auto move = Moves().find(entry.kind);
    if (move == Moves().end()) return absl::StrCat("has an entry of unknown kind ", entry.kind);
    const int64_t after =
        move->second.to == routing::v1::DOSSIER_STATE_UNSPECIFIED ? given_.state : move->second.to;
    if (!move->second.from.contains(static_cast<int>(given_.state)) || body.state() != after) {
      return absl::StrCat("goes by ", entry.kind, " from ", NameOf(given_.state), " to ",
                          NameOf(body.state()));
    }
    given_.state = after;
    Times(entry.kind, body);
    Parts(entry.kind, body);
    return "";
  }

  const DossierRow& given() const { return given_; }

 private:
  void Times(const std::string& kind, const routing::v1::DossierEventBody& body) {
    const int64_t at = body.time_us();
    if (kind == "dossier.due_date_extended") {
      ++given_.extensions;
      if (!given_.first_due_us) given_.first_due_us = given_.due_us;
    }
    given_.due_us = Stated(body.due_time_us());
    given_.answer_by_us = Stated(body.answer_by_us());
    if (kind == "dossier.submitted") given_.submit_us = at;
    if (kind == "dossier.accepted") given_.accept_us = at;
    if (kind == "dossier.processed") given_.process_us = at;
    if (kind == "dossier.returned") given_.return_us = at;
    if (kind == "dossier.refused" || kind == "dossier.withdrawn" || kind == "dossier.stopped") {
      given_.end_us = at;
    }
    if (kind == "dossier.supplement_requested" || kind == "dossier.payment_requested") {
      given_.pause_us = at;
    }
    if (kind == "dossier.supplement_provided" || kind == "dossier.payment_confirmed") {
      given_.pause_us.reset();
    }
  }

  void Parts(const std::string& kind, const routing::v1::DossierEventBody& body) {
    if (kind == "dossier.submitted") {
      given_.center = body.center();
      given_.procedure_code = body.procedure_code();
      given_.unit = body.unit();
      given_.applicant_digest = body.applicant_digest();
      given_.owning_system = body.owning_system();
    }
    if (kind == "dossier.supplement_requested") ++given_.supplement_requests;
    if (kind == "dossier.assigned") given_.assignee = body.assignee();
    if (kind == "dossier.processed") given_.result_id = body.result_id();
    if (kind == "dossier.rated") given_.satisfaction = body.satisfaction();
    if (kind == "dossier.forwarded") Forwarded(body);
    if (body.has_payment()) {
      given_.fee_due_vnd = body.payment().due_vnd();
      given_.fee_paid_vnd.reset();
      if (body.payment().has_paid_vnd()) given_.fee_paid_vnd = body.payment().paid_vnd();
    }
  }

  // The clock stands still from the first body of another agency until it is back.
  void Forwarded(const routing::v1::DossierEventBody& body) {
    const auto& to = body.forwarded_to();
    const bool home = to.unit() == row_.body_unit && to.title() == row_.body_title;
    if (home) {
      given_.pause_us.reset();
    } else if (given_.agency_unit.empty()) {
      given_.pause_us = body.time_us();
    }
    given_.agency_unit = home ? "" : to.unit();
    given_.agency_title = home ? "" : to.title();
  }

  const DossierRow& row_;
  DossierRow given_;
};

std::string Shown(const std::optional<int64_t>& number) {
  return number ? absl::StrCat(*number) : "nothing";
}

// Where `row` differs from what its entries give; empty when it does not.
std::string Difference(const DossierRow& row, const DossierRow& given) {
  const std::vector<std::tuple<absl::string_view, std::optional<int64_t>, std::optional<int64_t>>>
      numbers = {
          {"state", row.state, given.state},
          {"submit_us", row.submit_us, given.submit_us},
          {"accept_us", row.accept_us, given.accept_us},
          {"due_us", row.due_us, given.due_us},
          {"first_due_us", row.first_due_us, given.first_due_us},
          {"process_us", row.process_us, given.process_us},
          {"return_us", row.return_us, given.return_us},
          {"end_us", row.end_us, given.end_us},
          {"supplement_us", row.pause_us, given.pause_us},
          {"answer_by_us", row.answer_by_us, given.answer_by_us},
          {"supplement_requests", row.supplement_requests, given.supplement_requests},
          {"extensions", row.extensions, given.extensions},
          {"fee_due_vnd", row.fee_due_vnd, given.fee_due_vnd},
          {"fee_paid_vnd", row.fee_paid_vnd, given.fee_paid_vnd},
          {"satisfaction", row.satisfaction, given.satisfaction},
      };
  for (const auto& [name, stored, replayed] : numbers) {
    if (stored != replayed) {
      return absl::StrCat("has ", name, " ", Shown(stored), ", its entries give ", Shown(replayed));
    }
  }
  const std::vector<std::tuple<absl::string_view, std::string, std::string>> texts = {
      {"center", row.center, given.center},
      {"procedure_code", row.procedure_code, given.procedure_code},
      {"unit", row.unit, given.unit},
      {"result_id", row.result_id, given.result_id},
      {"assignee", row.assignee, given.assignee},
      {"agency_unit", row.agency_unit, given.agency_unit},
      {"agency_title", row.agency_title, given.agency_title},
      {"owning_system", row.owning_system, given.owning_system},
  };
  for (const auto& [name, stored, replayed] : texts) {
    if (stored != replayed) {
      return absl::StrCat("has ", name, " '", stored, "', its entries give '", replayed, "'");
    }
  }
  return "";
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

class DossierCheck {
 public:
  DossierVisitor Visitor() {
    return {[this](const DossierRow& row) { Dossier(row); },
            [this](const EventRow& row) { Stray(row); },
            [this](const CounterRow& row) { Counter(row); },
            [this](const FeedRow& row) { Feed(row); }};
  }

  Report Done() {
    for (const auto& [key, given] : given_) {
      const auto& [province, center, day] = key;
      Add(kNumbers, absl::StrCat(center, " has given ", given.count, " numbers on day ", day,
                                 " and counts none"));
    }
    const std::string dossiers = absl::StrCat(dossiers_, " dossiers");
    report_.Checked(kTimeline, absl::StrCat(entries_, " entries of ", dossiers));
    for (const absl::string_view rule : {kLife, kRecord, kDueList, kApplicant}) {
      report_.Checked(rule, dossiers);
    }
    report_.Checked(kNumbers, absl::StrCat(counters_, " counters of a center and day"));
    report_.Checked(kPositions, absl::StrCat(numbered_, " positions"));
    return std::move(report_);
  }

 private:
  struct Given {
    int64_t count = 0;
    int64_t highest = 0;
  };

  void Add(absl::string_view rule, std::string what) { report_.Add(rule, std::move(what)); }

  void Dossier(const DossierRow& row) {
    ++dossiers_;
    entries_ += static_cast<int64_t>(row.entries.size());
    const std::string name = absl::StrCat(row.province_code, "/", row.code);
    if (const std::string problem = TimelineProblem(row); !problem.empty()) {
      Add(kTimeline, absl::StrCat(name, " ", problem));
    }
    Life(name, row);
    const int64_t listed = ClockHeld(row.state) ? row.due_us.value_or(0) : 0;
    if (row.open_due_us != listed) {
      Add(kDueList,
          absl::StrCat(name, " is listed as due at ", row.open_due_us, " instead of ", listed));
    }
    if (!row.has_applicant) Add(kApplicant, absl::StrCat(name, " has no applicant"));
    Number(name, row);
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

  void Life(const std::string& name, const DossierRow& row) {
    Replay replay(row);
    for (const EventRow& entry : row.entries) {
      const std::string problem = replay.Step(entry);
      if (problem.empty()) continue;
      Add(kLife, absl::StrCat(name, " ", problem, " at version ", entry.version));
      return;  // What follows from a false step is no news.
    }
    const std::string difference = Difference(row, replay.given());
    if (!difference.empty()) Add(kRecord, absl::StrCat(name, " ", difference));
    if (row.applicant_digest != replay.given().applicant_digest) {
      Add(kApplicant, absl::StrCat(name, " has another digest than its first entry"));
    }
  }

  void Number(const std::string& name, const DossierRow& row) {
    const auto parts = DayAndNumber(row.code);
    if (!parts || parts->first != (row.submit_us + kVietnamOffsetMicros) / kMicrosADay) {
      Add(kNumbers, absl::StrCat(name, " has not the date of its submission"));
      return;
    }
    Given& given = given_[{row.province_code, row.center, parts->first}];
    ++given.count;
    given.highest = std::max(given.highest, parts->second);
  }

  void Stray(const EventRow& entry) {
    Add(kTimeline, absl::StrCat(entry.subject, " has an entry ", entry.version, " and no dossier"));
  }

  // Codes are unique, so as many as the highest one leave no gap.
  void Counter(const CounterRow& row) {
    ++counters_;
    const auto found = given_.find({row.province_code, row.center, row.day});
    const Given given = found == given_.end() ? Given() : found->second;
    if (found != given_.end()) given_.erase(found);
    if (given.count == row.last && given.highest == row.last) return;
    Add(kNumbers, absl::StrCat(row.center, " counts ", row.last, " numbers on day ", row.day,
                               ", its ", given.count, " dossiers go up to ", given.highest));
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
  std::map<std::tuple<std::string, std::string, int64_t>, Given> given_;
  int64_t dossiers_ = 0;
  int64_t entries_ = 0;
  int64_t counters_ = 0;
  int64_t numbered_ = 0;
};

}  // namespace

absl::StatusOr<Report> VerifyDossiers(absl::string_view url) {
  DossierCheck check;
  RETURN_IF_ERROR(ReadDossiers(url, check.Visitor()));
  return check.Done();
}

}  // namespace twotier::verify
