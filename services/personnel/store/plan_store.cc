#include "services/personnel/store/plan_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "services/personnel/store/days.h"

namespace twotier::personnel::store {
namespace {

#define TWOTIER_PLAN_COLUMNS                                                                   \
  "province_code, plan_id, display_name, act, effective_day, state, to_units, people, placed," \
  " held, number, sign_day, signer_post, signer, in_order, version, chain_hash,"               \
  " carries_places"

constexpr db::Statement kInsertPlan{
    "personnel_insert_plan",
    "INSERT INTO plan (" TWOTIER_PLAN_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
    " $18)"};
constexpr db::Statement kUpdatePlan{
    "personnel_update_plan",
    "UPDATE plan SET state = $3, placed = $4, held = $5, number = $6, sign_day = $7,"
    " signer_post = $8, signer = $9, in_order = $10, version = $11, chain_hash = $12,"
    " people = $13"
    " WHERE province_code = $1 AND plan_id = $2 AND version = $11 - 1"};
constexpr db::Statement kInsertUnit{
    "personnel_insert_plan_unit",
    "INSERT INTO plan_unit (province_code, unit, plan_id) VALUES ($1, $2, $3)"};
constexpr db::Statement kLoadUnits{
    "personnel_load_plan_units",
    "SELECT unit FROM plan_unit WHERE province_code = $1 AND plan_id = $2 ORDER BY unit"};
constexpr db::Statement kLoadPlan{"personnel_load_plan",
                                  "SELECT " TWOTIER_PLAN_COLUMNS
                                  " FROM plan WHERE province_code = $1 AND plan_id = $2"};

#define TWOTIER_LINE_COLUMNS "person, appointment_id, post, wishes, held, hold_journal, hold_line"

constexpr db::Statement kInsertLine{
    "personnel_insert_plan_line",
    "INSERT INTO plan_line (province_code, plan_id, " TWOTIER_LINE_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"};
constexpr db::Statement kUpdateLine{
    "personnel_update_plan_line",
    "UPDATE plan_line SET post = $4, held = $5, hold_journal = $6, hold_line = $7,"
    " appointment_id = $8 WHERE province_code = $1 AND plan_id = $2 AND person = $3"};
constexpr db::Statement kDeleteLine{
    "personnel_delete_plan_line",
    "DELETE FROM plan_line WHERE province_code = $1 AND plan_id = $2 AND person = $3"};
constexpr db::Statement kLoadLine{"personnel_load_plan_line",
                                  "SELECT " TWOTIER_LINE_COLUMNS
                                  " FROM plan_line WHERE province_code = $1 AND plan_id = $2"
                                  " AND person = $3"};
constexpr db::Statement kListLines{
    "personnel_list_plan_lines",
    "SELECT " TWOTIER_LINE_COLUMNS
    " FROM plan_line WHERE province_code = $1 AND plan_id = $2 AND person > $3"
    " AND ($4 = 0 OR held = 0) ORDER BY person LIMIT $5"};
constexpr db::Statement kWhoseLinesStand{
    "personnel_whose_lines_stand",
    "SELECT l.person FROM plan_line l JOIN appointment a"
    " ON a.province_code = l.province_code AND a.appointment_id = l.appointment_id"
    " WHERE l.province_code = $1 AND l.plan_id = $2 AND a.until_version = 9223372036854775807"
    " AND a.kind IN (1, 5) AND a.first_day < $3 AND a.end_day > $3"};
constexpr db::Statement kReservePosts{
    "personnel_reserve_posts",
    "INSERT INTO plan_post (province_code, post, plan_id) SELECT province_code, post, plan_id"
    " FROM plan_line WHERE province_code = $1 AND plan_id = $2"};
constexpr db::Statement kReleasePosts{
    "personnel_release_posts", "DELETE FROM plan_post WHERE province_code = $1 AND plan_id = $2"};
constexpr db::Statement kPlanOfPost{
    "personnel_plan_of_post",
    "SELECT plan_id FROM plan_post WHERE province_code = $1 AND post = $2"};
constexpr db::Statement kLoadTakenPosts{
    "personnel_load_taken_posts", "SELECT post, plan_id FROM plan_post WHERE province_code = $1"};
constexpr db::Statement kLoadPlanned{
    "personnel_load_planned_appointments",
    "SELECT l.appointment_id, l.plan_id FROM plan n JOIN plan_line l"
    " ON l.province_code = n.province_code AND l.plan_id = n.plan_id"
    " WHERE n.province_code = $1 AND n.state = 2 AND n.plan_id <> $2"};
// Kinds 1 and 5 are main: a line moves them. What is not main ends with the unit's plan.
constexpr db::Statement kListStaff{
    "personnel_list_staff",
    "SELECT a.appointment_id, a.person, a.kind, a.first_day, CASE WHEN EXISTS (SELECT 1 FROM "
    "plan_line l"
    " JOIN plan n ON n.province_code = l.province_code AND n.plan_id = l.plan_id"
    " WHERE l.province_code = a.province_code AND l.appointment_id = a.appointment_id"
    " AND n.state = 2) THEN 1 WHEN a.kind NOT IN (1, 5) AND EXISTS (SELECT 1 FROM plan_unit u"
    " JOIN plan n ON n.province_code = u.province_code AND n.plan_id = u.plan_id"
    " WHERE u.province_code = a.province_code AND u.unit = a.unit AND n.state = 2"
    " AND a.first_day <= n.effective_day)"
    " THEN 1 ELSE 0 END, a.post FROM appointment a"
    " WHERE a.until_version = 9223372036854775807 AND a.province_code = $1 AND a.unit = $2"
    " AND a.first_day < a.end_day AND a.end_day > $3 ORDER BY a.appointment_id"};
constexpr db::Statement kCarries{
    "personnel_plan_carries",
    "SELECT 1 FROM plan_line l JOIN plan n"
    " ON n.province_code = l.province_code AND n.plan_id = l.plan_id"
    " WHERE l.province_code = $1 AND l.appointment_id = $2 AND n.state = 2"
    " AND n.carries_places = 1"};

// Each row is found by its key, line by line, whatever statistics there are.
constexpr db::Statement kVacate{
    "personnel_vacate_with_plan",
    "UPDATE post SET holder = '', vacant_since_day = $3 FROM plan_line AS l JOIN appointment AS a"
    " ON a.province_code = l.province_code AND a.appointment_id = l.appointment_id"
    " WHERE l.province_code = $1 AND l.plan_id = $2"
    " AND a.until_version = 9223372036854775807 AND a.end_day > $4"
    " AND post.province_code = $1 AND post.post_id = SUBSTR(a.post, 20)"
    " AND post.holder = a.appointment_id"};
// Ids of a plan's appointments begin with its own (MoveLine); the name of a post is cut to its id.
constexpr db::Statement kSeat{
    "personnel_seat_with_plan",
    "UPDATE post SET holder = a.appointment_id FROM appointment AS a"
    " WHERE a.province_code = $1 AND a.appointment_id > $2 AND a.appointment_id < $3"
    " AND a.begin_order = $4 AND a.until_version = 9223372036854775807"
    " AND post.province_code = $1 AND post.post_id = SUBSTR(a.post, 20)"};

PlanLine LineOf(const db::Row& row) {
  PlanLine line;
  line.person = row.Text(0);
  line.appointment_id = row.Text(1);
  line.post = row.Text(2);
  line.wishes = absl::StrSplit(row.Text(3), '|', absl::SkipEmpty());
  line.held = row.Bool(4);
  line.hold = {row.Text(5), row.Int(6)};
  return line;
}

}  // namespace

std::string Plan::Name() const {
  return absl::StrCat("provinces/", province_code, "/reorganisationPlans/", id);
}

absl::Status InsertPlan(db::Tx& tx, const Plan& plan) {
  const std::string to_units = absl::StrJoin(plan.to_units, "|");
  RETURN_IF_ERROR(tx.Write(
      kInsertPlan,
      {plan.province_code, plan.id, plan.display_name, plan.act, NumberOf(plan.effective_day),
       static_cast<int>(plan.state), to_units, plan.people, plan.placed, plan.held, plan.number,
       NumberOf(plan.sign_day), plan.signer_post, plan.signer, plan.order, plan.version,
       db::Blob{plan.chain_hash}, plan.carries_places}));
  for (const std::string& unit : plan.emptied_units) {
    RETURN_IF_ERROR(tx.Write(kInsertUnit, {plan.province_code, unit, plan.id}));
  }
  return absl::OkStatus();
}

absl::Status UpdatePlan(db::Tx& tx, const Plan& plan) {
  return tx.Write(kUpdatePlan,
                  {plan.province_code, plan.id, static_cast<int>(plan.state), plan.placed,
                   plan.held, plan.number, NumberOf(plan.sign_day), plan.signer_post, plan.signer,
                   plan.order, plan.version, db::Blob{plan.chain_hash}, plan.people});
}

absl::StatusOr<std::optional<Plan>> LoadPlan(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view plan_id) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadPlan, {province_code, plan_id}));
  if (rows.empty()) return std::optional<Plan>();
  const db::Row& row = rows[0];
  Plan plan;
  plan.province_code = row.Text(0);
  plan.id = row.Text(1);
  plan.display_name = row.Text(2);
  plan.act = row.Text(3);
  plan.effective_day = DayOf(row.Int(4));
  plan.state = static_cast<PlanState>(row.Int(5));
  plan.to_units = absl::StrSplit(row.Text(6), '|', absl::SkipEmpty());
  plan.people = row.Int(7);
  plan.placed = row.Int(8);
  plan.held = row.Int(9);
  plan.number = row.Text(10);
  plan.sign_day = DayOf(row.Int(11));
  plan.signer_post = row.Text(12);
  plan.signer = row.Text(13);
  plan.order = row.Text(14);
  plan.version = row.Int(15);
  plan.chain_hash = row.Bytes(16);
  plan.carries_places = row.Bool(17);
  ASSIGN_OR_RETURN(const db::Rows units, tx.Query(kLoadUnits, {province_code, plan_id}));
  for (const db::Row& unit : units) plan.emptied_units.push_back(unit.Text(0));
  return std::optional<Plan>(std::move(plan));
}

absl::Status InsertLine(db::Tx& tx, const Plan& plan, const PlanLine& line) {
  const std::string wishes = absl::StrJoin(line.wishes, "|");
  return tx.Write(kInsertLine, {plan.province_code, plan.id, line.person, line.appointment_id,
                                line.post, wishes, line.held, line.hold.journal, line.hold.line});
}

absl::Status UpdateLine(db::Tx& tx, const Plan& plan, const PlanLine& line) {
  return tx.Write(kUpdateLine, {plan.province_code, plan.id, line.person, line.post, line.held,
                                line.hold.journal, line.hold.line, line.appointment_id});
}

absl::Status DeleteLine(db::Tx& tx, const Plan& plan, absl::string_view person) {
  return tx.Write(kDeleteLine, {plan.province_code, plan.id, person});
}

absl::StatusOr<std::optional<PlanLine>> LoadLine(db::Tx& tx, const Plan& plan,
                                                 absl::string_view person) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadLine, {plan.province_code, plan.id, person}));
  if (rows.empty()) return std::optional<PlanLine>();
  return std::optional<PlanLine>(LineOf(rows[0]));
}

absl::StatusOr<std::vector<PlanLine>> ListLines(db::Tx& tx, const Plan& plan,
                                                absl::string_view after, bool open_only,
                                                int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListLines, {plan.province_code, plan.id, after,
                                                              open_only ? 1 : 0, limit}));
  std::vector<PlanLine> lines;
  lines.reserve(rows.size());
  for (const db::Row& row : rows) lines.push_back(LineOf(row));
  return lines;
}

absl::StatusOr<std::set<std::string>> WhoseLinesStand(db::Tx& tx, const Plan& plan) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kWhoseLinesStand, {plan.province_code, plan.id,
                                                                    NumberOf(plan.effective_day)}));
  std::set<std::string> persons;
  for (const db::Row& row : rows) persons.insert(row.Text(0));
  return persons;
}

absl::Status ReservePosts(db::Tx& tx, const Plan& plan) {
  return tx.Write(kReservePosts, {plan.province_code, plan.id}, plan.people);
}

absl::Status ReleasePosts(db::Tx& tx, const Plan& plan) {
  return tx.Exec(kReleasePosts, {plan.province_code, plan.id}).status();
}

absl::StatusOr<std::optional<std::string>> PlanOfPost(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view post) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kPlanOfPost, {province_code, post}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(rows[0].Text(0));
}

absl::StatusOr<std::map<std::string, std::string>> LoadTakenPosts(db::Tx& tx,
                                                                  absl::string_view province_code) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadTakenPosts, {province_code}));
  std::map<std::string, std::string> taken;
  for (const db::Row& row : rows) taken[row.Text(0)] = row.Text(1);
  return taken;
}

absl::StatusOr<std::map<std::string, std::string>> LoadPlannedElsewhere(db::Tx& tx,
                                                                        const Plan& plan) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadPlanned, {plan.province_code, plan.id}));
  std::map<std::string, std::string> planned;
  for (const db::Row& row : rows) planned[row.Text(0)] = row.Text(1);
  return planned;
}

db::BoundStatement PlanOfPostQuery(absl::string_view province_code, absl::string_view post) {
  return {kPlanOfPost, {std::string(province_code), std::string(post)}, {}};
}

absl::Status LeavePosts(db::Tx& tx, const Plan& plan, absl::CivilDay day) {
  return tx
      .Exec(kVacate, {plan.province_code, plan.id, NumberOf(plan.effective_day), NumberOf(day)})
      .status();
}

absl::Status SeatTaken(db::Tx& tx, const Plan& plan, int64_t moved) {
  return tx.Write(
      kSeat,
      {plan.province_code, absl::StrCat(plan.id, "-"), absl::StrCat(plan.id, "."), plan.order},
      moved);
}

absl::StatusOr<std::vector<StaffOfUnit>> ListStaff(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view unit, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kListStaff, {province_code, unit, NumberOf(day)}));
  std::vector<StaffOfUnit> staff;
  staff.reserve(rows.size());
  for (const db::Row& row : rows) {
    staff.push_back({row.Text(0), row.Text(1), static_cast<AppointmentKind>(row.Int(2)),
                     DayOf(row.Int(3)), row.Bool(4), row.Text(5)});
  }
  return staff;
}

absl::StatusOr<bool> PlanCarries(db::Tx& tx, const Appointment& appointment) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kCarries, {appointment.province_code, appointment.id}));
  return !rows.empty();
}

}  // namespace twotier::personnel::store
