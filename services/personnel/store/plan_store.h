// Plans of reorganisation in the database. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_PLAN_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_PLAN_STORE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/personnel/domain/appointment.h"

namespace twotier::personnel::store {

// The numbers of the contract.
enum class PlanState { kUnknown = 0, kDraft = 1, kSigned = 2, kInForce = 3, kCancelled = 4 };

struct Plan {
  std::string province_code;
  std::string id;
  std::string display_name;
  std::string act;
  absl::CivilDay effective_day;
  PlanState state = PlanState::kDraft;
  std::vector<std::string> to_units;
  std::vector<std::string> emptied_units;
  bool carries_places = false;
  int64_t people = 0;
  int64_t placed = 0;
  int64_t held = 0;
  std::string number;  // Of the order; as the rest of it known once it is signed.
  absl::CivilDay sign_day;
  std::string signer_post;
  std::string signer;
  std::string order;  // Name, once it is in force.
  int64_t version = 1;
  std::string chain_hash;

  std::string Name() const;
};

struct PlanLine {
  std::string person;
  std::string appointment_id;  // Of the plan's province.
  std::string post;            // Empty: none is chosen.
  std::vector<std::string> wishes;
  bool held = false;
  ledger::LineId hold;  // Line 0: none was needed, or the place is carried.
};

absl::Status InsertPlan(db::Tx& tx, const Plan& plan);
// Writes everything but name, act, date and units; the row holds the version before.
absl::Status UpdatePlan(db::Tx& tx, const Plan& plan);
absl::StatusOr<std::optional<Plan>> LoadPlan(db::Tx& tx, absl::string_view province_code,
                                             absl::string_view plan_id);

absl::Status InsertLine(db::Tx& tx, const Plan& plan, const PlanLine& line);
// Writes everything but the wishes.
absl::Status UpdateLine(db::Tx& tx, const Plan& plan, const PlanLine& line);
absl::Status DeleteLine(db::Tx& tx, const Plan& plan, absl::string_view person);
absl::StatusOr<std::optional<PlanLine>> LoadLine(db::Tx& tx, const Plan& plan,
                                                 absl::string_view person);
// At most `limit` in order of the persons behind `after`; with `open_only` those that are not held.
absl::StatusOr<std::vector<PlanLine>> ListLines(db::Tx& tx, const Plan& plan,
                                                absl::string_view after, bool open_only, int limit);
// Persons of lines whose main appointment still holds on the day before the plan's and goes on.
absl::StatusOr<std::set<std::string>> WhoseLinesStand(db::Tx& tx, const Plan& plan);

// Takes the posts of all lines for the plan, none of which another plan has.
absl::Status ReservePosts(db::Tx& tx, const Plan& plan);
// Lets go of all posts of the plan.
absl::Status ReleasePosts(db::Tx& tx, const Plan& plan);
// Id of the signed plan that has taken the post; nothing when none has.
absl::StatusOr<std::optional<std::string>> PlanOfPost(db::Tx& tx, absl::string_view province_code,
                                                      absl::string_view post);
// All of a province: the post's name and the plan's id.
absl::StatusOr<std::map<std::string, std::string>> LoadTakenPosts(db::Tx& tx,
                                                                  absl::string_view province_code);
// Ids of appointments that other signed plans of the province move, and of those plans.
absl::StatusOr<std::map<std::string, std::string>> LoadPlannedElsewhere(db::Tx& tx,
                                                                        const Plan& plan);
db::BoundStatement PlanOfPostQuery(absl::string_view province_code, absl::string_view post);

// Of the write that puts a plan in force, before it ends any appointment: vacates the posts of
// those who go on behind `day`, unless somebody has come already.
absl::Status LeavePosts(db::Tx& tx, const Plan& plan, absl::CivilDay day);
// Seats whoever has an appointment of the plan's order: `moved` people, all of whom are written.
absl::Status SeatTaken(db::Tx& tx, const Plan& plan, int64_t moved);

// Appointments of whatever kind to posts of a unit that hold on `day` or begin later.
struct StaffOfUnit {
  std::string appointment_id;
  std::string person;
  AppointmentKind kind = AppointmentKind::kUnknown;
  absl::CivilDay first;
  bool planned = false;  // A signed plan moves the person, or ends what is not main.
  std::string post;
};
absl::StatusOr<std::vector<StaffOfUnit>> ListStaff(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view unit, absl::CivilDay day);
// Whether a signed plan moves the appointment, and its place of the quota with it.
absl::StatusOr<bool> PlanCarries(db::Tx& tx, const Appointment& appointment);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_PLAN_STORE_H_
