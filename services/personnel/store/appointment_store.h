// Orders, appointments, ratings, and what waits for its day. Errors of all functions: those of
// db::Tx.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_APPOINTMENT_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_APPOINTMENT_STORE_H_

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "services/personnel/domain/appointment.h"
#include "services/personnel/domain/records.h"

namespace twotier::personnel::store {

// An appointment and the hold that its place of the quota rests on, while it has not begun. The
// pool of vice chairs has a hold of its own, in the line behind it.
struct StoredAppointment {
  Appointment appointment;
  std::string hold_book = {};  // Province whose book holds the journal; empty: no hold.
  // The hold. Of one that follows (QuotaState::kFollows): `journal` is the name of the appointment
  // whose place it takes.
  ledger::LineId hold = {};
  // As it was loaded: WriteAppointment is a conflict where it has moved on since.
  QuotaState stored_state = QuotaState::kNone;
};

// Writes version `appointment.version`: what the version before said holds no more, and is kept.
absl::Status WriteAppointment(db::Tx& tx, const StoredAppointment& stored);
// The same of many: what was there ends before anything is inserted, so that PostgreSQL gets rows
// together (docs/adr/0014).
absl::Status WriteAppointments(db::Tx& tx, const std::deque<StoredAppointment>& all);
// Moves on what is no fact of the appointment: its state towards the quota.
absl::Status SetQuotaState(db::Tx& tx, const Appointment& appointment, QuotaState state);
// The same for one that followed and holds a place of its own now.
absl::Status SetHeld(db::Tx& tx, const StoredAppointment& stored);
// The same for one that follows another appointment from now on.
absl::Status SetFollowed(db::Tx& tx, const StoredAppointment& stored);

absl::StatusOr<std::optional<StoredAppointment>> LoadAppointment(db::Tx& tx,
                                                                 absl::string_view province_code,
                                                                 absl::string_view id);
// What LoadAppointment asks.
db::BoundStatement LoadAppointmentQuery(absl::string_view province_code, absl::string_view id);

// Before the end of every appointment.
inline constexpr absl::CivilDay kEver = absl::CivilDay(1, 1, 1);
// The newest versions of those that end behind `day`, in order of first day and name.
absl::StatusOr<std::vector<StoredAppointment>> LoadOfPerson(db::Tx& tx, absl::string_view person,
                                                            absl::CivilDay day = kEver);
db::BoundStatement LoadOfPersonQuery(absl::string_view person, absl::CivilDay day);
absl::StatusOr<std::vector<StoredAppointment>> LoadOfPost(db::Tx& tx,
                                                          absl::string_view province_code,
                                                          absl::string_view post,
                                                          absl::CivilDay day = kEver);
db::BoundStatement LoadOfPostQuery(absl::string_view province_code, absl::string_view post,
                                   absl::CivilDay day);
// Those that wait for the place of the quota that `appointment` (a name) leaves.
absl::StatusOr<std::vector<StoredAppointment>> LoadFollowers(db::Tx& tx,
                                                             absl::string_view appointment);
db::BoundStatement LoadFollowersQuery(absl::string_view appointment);

// Everybody in the country who waits for somebody else's place: few, because each waits for his
// day.
absl::StatusOr<std::vector<StoredAppointment>> LoadAllFollowers(db::Tx& tx);

// Whether a staff list has put `person` into `post` from `first` on, whatever became of it since.
absl::StatusOr<bool> WasListed(db::Tx& tx, absl::string_view person, absl::string_view post,
                               absl::CivilDay first);

// Somebody in a post on a day, whatever the kind of the appointment.
struct HolderRow {
  AppointmentKind kind = AppointmentKind::kUnknown;
  std::string person;
};
absl::StatusOr<std::vector<HolderRow>> LoadHolders(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view post, absl::CivilDay day);
db::BoundStatement LoadHoldersQuery(absl::string_view province_code, absl::string_view post,
                                    absl::CivilDay day);

// At most `limit` that `order` began in its own province, in order of their ids. `maker`: the id
// of the call, or of the plan, that their ids were made from (Call::NewId).
absl::StatusOr<std::vector<StoredAppointment>> LoadBegunBy(db::Tx& tx, const Order& order,
                                                           absl::string_view maker, int limit);

// Somebody who holds a post of a unit on a day.
struct IncumbentRow {
  Appointment appointment;
  std::string title;
  std::string body_id;
  std::string full_name;
  bool seconded_away = false;
};
absl::StatusOr<std::vector<IncumbentRow>> ListIncumbents(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         absl::string_view unit, absl::CivilDay day,
                                                         absl::string_view after_id, int limit);

absl::Status InsertOrder(db::Tx& tx, const Order& order);
// Writes open effects, version and chain hash.
absl::Status UpdateOrder(db::Tx& tx, const Order& order);
absl::StatusOr<std::optional<Order>> LoadOrder(db::Tx& tx, absl::string_view name);

struct RatingRow {
  std::string appointment_id;
  int year = 0;
  int month = 0;
  int rank = 0;
  std::string rater_post;
  absl::Time rated;
  int64_t version = 0;
};
// Version of the newest entry for the time; 0: there is none.
absl::StatusOr<int64_t> LastRatingVersion(db::Tx& tx, absl::string_view province_code,
                                          const RatingRow& of);
absl::Status InsertRating(db::Tx& tx, absl::string_view province_code, const RatingRow& rating);
// Newest time first, entries that were replaced left out.
absl::StatusOr<std::vector<RatingRow>> LoadRatings(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view appointment_id, int limit);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_APPOINTMENT_STORE_H_
