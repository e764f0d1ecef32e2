#include "tools/verify/verify_staff.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "tools/verify/connect.h"
#include "tools/verify/fallen_allowances.h"
#include "tools/verify/staff_places.h"
#include "tools/verify/staff_posts.h"
#include "tools/verify/verify_ledger.h"
#include "tools/verify/vice_chairs.h"

namespace twotier::verify {
namespace {

constexpr absl::string_view kHolder = "post holder";
constexpr absl::string_view kMain = "main post";
constexpr absl::string_view kQuota = "quota";
constexpr absl::string_view kDistribution = "distribution";
constexpr absl::string_view kPlanned = "planned grant";
constexpr absl::string_view kPerson = "person";
constexpr absl::string_view kPlan = "plan";

// Numbers as they are stored.
enum : int64_t { kPermanent = 1, kActing = 2, kConcurrent = 3, kSeconded = 4, kContract = 5 };
enum : int64_t { kHeld = 1, kUsed = 3 };
enum : int64_t { kRetirement = 2, kDeath = 5 };
constexpr int64_t kViceChair = 4;

constexpr db::Statement kAppointments{
    "verify_staff_appointments",
    "SELECT province_code, appointment_id, person, post, unit, quota_kind, vice_chair, kind,"
    " first_day, end_day, quota_state, end_reason FROM appointment"
    " WHERE until_version = 9223372036854775807 ORDER BY province_code, appointment_id"};
constexpr db::Statement kQuotas{
    "verify_staff_quotas",
    "SELECT q.province_code, q.unit, q.kind, q.granted, q.distributed, q.allowance,"
    " COALESCE(f.credits_posted - f.debits_posted - f.debits_pending, 0),"
    " COALESCE(f.debits_pending, 0), COALESCE(u.credits_posted - u.debits_posted, 0),"
    " COALESCE(a.debits_posted - a.credits_posted, 0),"
    " CASE WHEN f.account_id IS NULL OR u.account_id IS NULL OR a.account_id IS NULL"
    " THEN 0 ELSE 1 END, q.counted_in FROM quota q"
    " LEFT JOIN ledger_account f ON f.province_code = q.province_code"
    " AND f.account_id = 'quota/' || q.unit || '/' || CAST(q.kind AS TEXT) || '/free'"
    " LEFT JOIN ledger_account u ON u.province_code = q.province_code"
    " AND u.account_id = 'quota/' || q.unit || '/' || CAST(q.kind AS TEXT) || '/used'"
    " LEFT JOIN ledger_account a ON a.province_code = q.province_code"
    " AND a.account_id = 'quota/' || q.unit || '/' || CAST(q.kind AS TEXT) || '/allowance'"};
// What the centre has granted each province; the line stands in the account's id.
constexpr db::Statement kCentres{
    "verify_staff_centres",
    "SELECT province_code, account_id, debits_posted - credits_posted FROM ledger_account"
    " WHERE account_id > 'quota/centre/' AND account_id < 'quota/centre0'"
    " ORDER BY province_code, account_id"};
constexpr db::Statement kPlanHolds{
    "verify_staff_plan_holds",
    "SELECT l.province_code, p.unit, p.kind, p.vice_chair, n.carries_places, l.appointment_id"
    " FROM plan_line l JOIN plan n ON n.province_code = l.province_code AND n.plan_id = l.plan_id"
    " JOIN post p ON p.province_code = l.province_code"
    " AND l.post = 'provinces/' || p.province_code || '/posts/' || p.post_id"
    " WHERE n.state = 2 AND l.hold_line > 0"};
// Plans in force, with the instant of the write.
constexpr db::Statement kPlansInForce{
    "verify_staff_plans_in_force",
    "SELECT n.province_code, n.plan_id, n.effective_day, o.created_us"
    " FROM plan n JOIN staff_order o ON o.province_code = n.province_code"
    " AND n.in_order = 'provinces/' || o.province_code || '/orders/' || o.order_id"
    " WHERE n.state = 3"};
constexpr db::Statement kPlanLines{
    "verify_staff_plan_lines",
    "SELECT l.province_code, l.plan_id, l.appointment_id FROM plan_line l"
    " JOIN plan n ON n.province_code = l.province_code AND n.plan_id = l.plan_id"
    " WHERE n.state = 3"};
constexpr db::Statement kPlanUnits{
    "verify_staff_plan_units",
    "SELECT u.province_code, u.plan_id, u.unit FROM plan_unit u"
    " JOIN plan n ON n.province_code = u.province_code AND n.plan_id = u.plan_id"
    " WHERE n.state = 3"};
// What their orders ended, and something else was written of since: by a correction.
constexpr db::Statement kCorrectedSince{
    "verify_staff_corrected_since",
    "SELECT a.province_code, n.plan_id, a.appointment_id FROM plan n"
    " JOIN appointment a ON a.province_code = n.province_code AND a.end_order = n.in_order"
    " WHERE n.state = 3 AND a.until_version < 9223372036854775807"};
constexpr db::Statement kPersons{
    "verify_staff_persons",
    "SELECT p.person_id, CASE WHEN c.person_id IS NULL THEN 0 ELSE 1 END,"
    " CASE WHEN p.state IN (2, 3) THEN COALESCE(p.left_day, 0) ELSE 9223372036854775807 END"
    " FROM person p"
    " LEFT JOIN national_id_claim c ON c.person_id = p.person_id ORDER BY p.person_id"};
constexpr db::Statement kClaims{"verify_staff_claims", "SELECT COUNT(*) FROM national_id_claim"};

// Grants of later dates, one a line: "day year posts act"; and what puts them in force.
constexpr db::Statement kPlannedGrants{
    "verify_staff_planned_grants",
    "SELECT province_code, unit, kind, planned FROM quota WHERE planned <> ''"
    " ORDER BY province_code, unit, kind"};
constexpr db::Statement kDueGrants{
    "verify_staff_due_grants", "SELECT province_code, subject, day FROM due_effect WHERE kind = 7"};

struct Row {
  std::string province;
  std::string id;
  std::string person;
  std::string post;
  std::string unit;
  int64_t quota_kind = 0;
  bool vice_chair = false;
  int64_t kind = 0;
  int64_t first = 0;
  int64_t end = 0;
  int64_t quota_state = 0;
  int64_t end_reason = 0;

  bool main() const { return kind == kPermanent || kind == kContract; }
};

using Slot = std::tuple<std::string, std::string, int64_t>;

std::string NameOf(const Row& row) { return absl::StrCat(row.province, "/", row.id); }
std::string NameOf(const Slot& slot) {
  return absl::StrCat(std::get<0>(slot), " ", std::get<1>(slot), " line ", std::get<2>(slot));
}

// Adds a finding for each two of `rows` that overlap.
void CheckApart(std::vector<const Row*> rows, absl::string_view rule, absl::string_view what,
                Report& report) {
  std::sort(rows.begin(), rows.end(),
            [](const Row* a, const Row* b) { return a->first < b->first; });
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i]->first < rows[i - 1]->end && rows[i]->first < rows[i]->end) {
      report.Add(rule, absl::StrCat(what, ": ", NameOf(*rows[i - 1]), " and ", NameOf(*rows[i])));
    }
  }
}

class StaffCheck {
 public:
  explicit StaffCheck(db::Tx& tx) : tx_(tx) {}

  absl::StatusOr<Report> Run() {
    RETURN_IF_ERROR(ReadAppointments());
    CheckIncumbency();
    RETURN_IF_ERROR(VerifyPosts(tx_, report_));
    RETURN_IF_ERROR(CheckQuotas());
    RETURN_IF_ERROR(VerifyFallenAllowances(tx_, report_));
    RETURN_IF_ERROR(CheckPlannedGrants());
    RETURN_IF_ERROR(CheckPersons());
    RETURN_IF_ERROR(CheckPlans());
    RETURN_IF_ERROR(VerifyPlaces(tx_, report_));
    RETURN_IF_ERROR(VerifyViceChairs(tx_, report_));
    return std::move(report_);
  }

 private:
  absl::Status ReadAppointments();
  void CheckIncumbency();
  void CheckCovered(const std::vector<const Row*>& of_person);
  absl::Status AddPlanHolds(std::map<Slot, int64_t>& held);
  absl::Status CheckQuotas();
  absl::Status CheckCentres(const db::Rows& quotas);
  absl::Status CheckPlannedGrants();
  absl::Status CheckPersons();
  absl::Status CheckPlans();

  db::Tx& tx_;
  Report report_;
  std::vector<Row> rows_;
};

absl::Status StaffCheck::ReadAppointments() {
  ASSIGN_OR_RETURN(const db::Rows rows, tx_.Query(kAppointments, {}));
  rows_.reserve(rows.size());
  for (const db::Row& row : rows) {
    rows_.push_back({row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Int(5),
                     row.Bool(6), row.Int(7), row.Int(8), row.Int(9), row.Int(10), row.Int(11)});
  }
  return absl::OkStatus();
}

void StaffCheck::CheckCovered(const std::vector<const Row*>& of_person) {
  std::vector<std::pair<int64_t, int64_t>> mains;
  for (const Row* row : of_person) {
    if (row->main()) mains.emplace_back(row->first, row->end);
  }
  std::sort(mains.begin(), mains.end());
  for (const Row* row : of_person) {
    if (row->main() || row->first >= row->end) continue;
    int64_t covered = row->first;
    for (const auto& [first, end] : mains) {
      if (first <= covered) covered = std::max(covered, end);
    }
    if (covered < row->end) report_.Add(kMain, absl::StrCat(NameOf(*row), " has none on some day"));
  }
}

void StaffCheck::CheckIncumbency() {
  std::map<std::string, std::vector<const Row*>> holders;
  std::map<std::string, std::vector<const Row*>> acting;
  std::map<std::string, std::vector<const Row*>> persons;
  for (const Row& row : rows_) {
    (row.kind == kActing ? acting : holders)[row.post].push_back(&row);
    persons[row.person].push_back(&row);
  }
  for (const auto& [post, rows] : holders) CheckApart(rows, kHolder, post, report_);
  for (const auto& [post, rows] : acting) CheckApart(rows, kHolder, post, report_);
  for (const auto& [person, rows] : persons) {
    std::vector<const Row*> mains;
    for (const Row* row : rows) {
      if (row->main()) mains.push_back(row);
    }
    CheckApart(mains, kMain, person, report_);
    CheckCovered(rows);
  }
  report_.Checked(kHolder, absl::StrCat(holders.size(), " posts"));
  report_.Checked(kMain, absl::StrCat(persons.size(), " persons"));
}

// A plan holds the places that its people do not have already: on the same line of quota, in the
// same unit, or anywhere where places go along.
absl::Status StaffCheck::AddPlanHolds(std::map<Slot, int64_t>& held) {
  std::map<std::string, const Row*> by_id;
  for (const Row& row : rows_) by_id[NameOf(row)] = &row;
  ASSIGN_OR_RETURN(const db::Rows plans, tx_.Query(kPlanHolds, {}));
  for (const db::Row& row : plans) {
    const auto left = by_id.find(absl::StrCat(row.Text(0), "/", row.Text(5)));
    const bool stays = left != by_id.end() && left->second->kind == kPermanent &&
                       (row.Bool(4) || left->second->unit == row.Text(1));
    const int64_t line = LineOfPost(row.Int(2));
    if (!stays || left->second->quota_kind != line) ++held[{row.Text(0), row.Text(1), line}];
    if (row.Bool(3) && !(stays && left->second->vice_chair)) {
      ++held[{row.Text(0), row.Text(1), kViceChair}];
    }
  }
  return absl::OkStatus();
}

absl::Status StaffCheck::CheckQuotas() {
  std::map<Slot, int64_t> used;
  std::map<Slot, int64_t> held;
  for (const Row& row : rows_) {
    if (row.quota_state != kUsed && row.quota_state != kHeld) continue;
    std::map<Slot, int64_t>& to = row.quota_state == kUsed ? used : held;
    if (row.kind == kPermanent) ++to[{row.province, row.unit, row.quota_kind}];
    if (row.vice_chair) ++to[{row.province, row.unit, kViceChair}];
  }
  RETURN_IF_ERROR(AddPlanHolds(held));
  ASSIGN_OR_RETURN(const db::Rows quotas, tx_.Query(kQuotas, {}));
  struct Sums {
    int64_t distributed = 0;
    int64_t to_communes = 0;
  };
  std::map<std::pair<std::string, int64_t>, Sums> provinces;
  for (const db::Row& row : quotas) {
    const Slot slot{row.Text(0), row.Text(1), row.Int(2)};
    const int64_t free = row.Int(6);
    if (!row.Bool(10)) report_.Add(kQuota, absl::StrCat(NameOf(slot), " has no account"));
    if (row.Int(5) != row.Int(9)) {
      report_.Add(kQuota, absl::StrCat(NameOf(slot), " has an allowance of ", row.Int(5),
                                       ", the ledger one of ", row.Int(9)));
    }
    if (free < 0) report_.Add(kQuota, absl::StrCat(NameOf(slot), " is above its limit"));
    if (row.Int(3) + row.Int(5) - row.Int(4) - row.Int(7) - row.Int(8) != free) {
      report_.Add(kQuota, absl::StrCat(NameOf(slot), " does not add up"));
    }
    if (row.Int(8) != used[slot] || row.Int(7) != held[slot]) {
      report_.Add(kQuota,
                  absl::StrCat(NameOf(slot), " has ", row.Int(8), " used and ", row.Int(7),
                               " held; appointments take ", used[slot], " and ", held[slot]));
    }
    used.erase(slot);
    held.erase(slot);
    // Only a province's own line distributes; whoever does is no commune.
    Sums& sums = provinces[{row.Text(11), row.Int(2)}];
    sums.distributed += row.Int(4);
    if (row.Int(4) == 0) sums.to_communes += row.Int(3);
  }
  for (const auto& [left, how] : {std::pair(&used, " used"), std::pair(&held, " held")}) {
    for (const auto& [slot, places] : *left) {
      report_.Add(kQuota, absl::StrCat(NameOf(slot), " has ", places, how, " and no quota"));
    }
  }
  report_.Checked(kQuota, absl::StrCat(quotas.size(), " quotas"));
  for (const auto& [line, sums] : provinces) {
    // A line that nothing was distributed of may belong to a province that keeps it.
    if (sums.distributed > 0 && sums.distributed != sums.to_communes) {
      report_.Add(kDistribution,
                  absl::StrCat("province ", line.first, " line ", line.second, " has distributed ",
                               sums.distributed, ", communes have ", sums.to_communes));
    }
  }
  report_.Checked(kDistribution, absl::StrCat(provinces.size(), " lines of provinces"));
  return CheckCentres(quotas);
}

// What a province was granted by the centre is what is granted in it, less what it grants itself.
absl::Status StaffCheck::CheckCentres(const db::Rows& quotas) {
  using Line = std::pair<std::string, int64_t>;
  std::map<Line, int64_t> granted;         // By the province that counts it,
  std::map<Line, std::string> counted_in;  // which may have got another code since.
  for (const db::Row& row : quotas) {
    granted[{row.Text(11), row.Int(2)}] += row.Int(3) - row.Int(4);
    if (row.Int(4) > 0) counted_in[{row.Text(0), row.Int(2)}] = row.Text(11);
  }
  ASSIGN_OR_RETURN(const db::Rows centres, tx_.Query(kCentres, {}));
  for (const db::Row& row : centres) {
    int64_t kind = 0;
    const std::vector<absl::string_view> parts = absl::StrSplit(row.Text(1), '/');
    if (parts.size() != 4 || !absl::SimpleAtoi(parts[2], &kind)) continue;
    const auto other = counted_in.find({row.Text(0), kind});
    const std::string& province = other == counted_in.end() ? row.Text(0) : other->second;
    if (granted[{province, kind}] == row.Int(2)) continue;
    report_.Add(kDistribution,
                absl::StrCat("province ", province, " line ", kind, " was granted ", row.Int(2),
                             ", its quotas say ", granted[{province, kind}]));
  }
  return absl::OkStatus();
}

absl::Status StaffCheck::CheckPlannedGrants() {
  std::set<std::string> due;
  ASSIGN_OR_RETURN(const db::Rows effects, tx_.Query(kDueGrants, {}));
  for (const db::Row& row : effects) {
    due.insert(absl::StrCat(row.Text(0), " ", row.Text(1), " ", row.Int(2)));
  }
  int64_t grants = 0;
  ASSIGN_OR_RETURN(const db::Rows quotas, tx_.Query(kPlannedGrants, {}));
  for (const db::Row& row : quotas) {
    for (const absl::string_view line : absl::StrSplit(row.Text(3), '\n')) {
      const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits(' ', 3));
      const std::string name = absl::StrCat(row.Text(0), " ", row.Text(1), "|", row.Int(2));
      if (!due.contains(absl::StrCat(name, " ", parts[0]))) {
        report_.Add(kPlanned, absl::StrCat(name, ": nothing puts in force what day ", parts[0],
                                           " is granted"));
      }
      ++grants;
    }
  }
  report_.Checked(kPlanned, absl::StrCat(grants, " grants of later dates"));
  return absl::OkStatus();
}

absl::Status StaffCheck::CheckPersons() {
  ASSIGN_OR_RETURN(const db::Rows persons, tx_.Query(kPersons, {}));
  // The day on which each of them retires or dies, as the person or a main appointment says.
  std::map<std::string, int64_t> known;
  for (const db::Row& row : persons) {
    known[absl::StrCat("persons/", row.Text(0))] = row.Int(2);
    if (!row.Bool(1)) report_.Add(kPerson, absl::StrCat(row.Text(0), " has no claim"));
  }
  ASSIGN_OR_RETURN(const db::Rows claims, tx_.Query(kClaims, {}));
  if (claims[0].Int(0) != static_cast<int64_t>(persons.size())) {
    report_.Add(kPerson, absl::StrCat(claims[0].Int(0), " claims of ", persons.size(), " persons"));
  }
  for (const Row& row : rows_) {
    const bool leaves = row.end_reason == kRetirement || row.end_reason == kDeath;
    const auto person = known.find(row.person);
    if (person == known.end()) {
      report_.Add(kPerson, absl::StrCat(NameOf(row), " is of nobody"));
    } else if (row.main() && leaves) {
      person->second = std::min(person->second, row.end);
    }
  }
  for (const Row& row : rows_) {
    const auto person = known.find(row.person);
    if (person == known.end() || row.first >= row.end || row.end <= person->second) continue;
    report_.Add(kPerson, absl::StrCat(NameOf(row), " goes on behind retirement or death"));
  }
  report_.Checked(kPerson, absl::StrCat(persons.size(), " persons"));
  return absl::OkStatus();
}

// What plans in force have left behind: lines whose appointment still runs, and others in units
// that were emptied. Who began later is no business of a plan, nor what it did end and a correction
// has moved since. Joined here: right after a plan was
// executed a server knows nothing yet of how many rows there are.
absl::Status StaffCheck::CheckPlans() {
  std::map<std::string, const Row*> by_id;
  std::map<std::string, std::vector<const Row*>> by_unit;  // Behind the province.
  for (const Row& row : rows_) {
    by_id[NameOf(row)] = &row;
    if (!row.main()) by_unit[absl::StrCat(row.province, "/", row.unit)].push_back(&row);
  }
  ASSIGN_OR_RETURN(const db::Rows plans, tx_.Query(kPlansInForce, {}));
  std::map<std::string, std::pair<int64_t, int64_t>> days;  // Of effect, and of the write.
  for (const db::Row& plan : plans) {
    days[absl::StrCat(plan.Text(0), "/", plan.Text(1))] = {
        plan.Int(2), VietnamDay(absl::FromUnixMicros(plan.Int(3))) - absl::CivilDay(1970, 1, 1)};
  }
  std::set<std::pair<std::string, std::string>> corrected;  // Plan and appointment.
  ASSIGN_OR_RETURN(const db::Rows ended, tx_.Query(kCorrectedSince, {}));
  for (const db::Row& row : ended) {
    corrected.emplace(absl::StrCat(row.Text(0), "/", row.Text(1)), row.Text(2));
  }
  const auto look_at = [&](const db::Row& of_plan, const Row& row) {
    const std::string plan = absl::StrCat(of_plan.Text(0), "/", of_plan.Text(1));
    const auto& [effective, written] = days[plan];
    const bool is_line = of_plan.Text(2) == row.id;
    // A plan that is late finds over what ended since its day.
    if (row.end <= std::max(effective, written) || (!is_line && row.first >= effective)) return;
    if (corrected.contains({plan, row.id})) return;
    report_.Add(kPlan, absl::StrCat("plan ", plan, " has left ", row.id, " in its post"));
  };
  ASSIGN_OR_RETURN(const db::Rows lines, tx_.Query(kPlanLines, {}));
  for (const db::Row& line : lines) {
    const auto row = by_id.find(absl::StrCat(line.Text(0), "/", line.Text(2)));
    if (row != by_id.end()) look_at(line, *row->second);
  }
  ASSIGN_OR_RETURN(const db::Rows units, tx_.Query(kPlanUnits, {}));
  for (const db::Row& unit : units) {
    for (const Row* row : by_unit[absl::StrCat(unit.Text(0), "/", unit.Text(2))]) {
      look_at(unit, *row);
    }
  }
  report_.Checked(kPlan, absl::StrCat(plans.size(), " plans in force"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> VerifyStaff(absl::string_view url) {
  ASSIGN_OR_RETURN(const std::unique_ptr<db::Connection> connection, ConnectReadOnly(url));
  RETURN_IF_ERROR(connection->Begin(db::Access::kRead, {}));
  connection->StartUnit(/*singly=*/true);
  ASSIGN_OR_RETURN(Report report, StaffCheck(*connection).Run());
  RETURN_IF_ERROR(connection->Commit());
  ASSIGN_OR_RETURN(Report ledger, VerifyLedger(url));
  for (auto& checked : ledger.checked) report.checked.push_back(std::move(checked));
  for (Finding& finding : ledger.findings) report.findings.push_back(std::move(finding));
  return report;
}

}  // namespace twotier::verify
