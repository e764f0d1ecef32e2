#include "services/personnel/store/appointment_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "services/personnel/store/days.h"

namespace twotier::personnel::store {
namespace {

#define TWOTIER_APPOINTMENT_COLUMNS                                                          \
  "province_code, appointment_id, since_version, person, post, unit, post_kind, quota_kind," \
  " vice_chair, kind, first_day, end_day, end_reason, begin_order, end_order, unverified,"   \
  " quota_state, hold_book, hold_journal, hold_line"
#define TWOTIER_APPOINTMENT_NEWEST      \
  "SELECT " TWOTIER_APPOINTMENT_COLUMNS \
  " FROM appointment WHERE until_version = 9223372036854775807"

constexpr db::Statement kEndVersion{
    "personnel_end_appointment_version",
    "UPDATE appointment SET until_version = $3"
    " WHERE province_code = $1 AND appointment_id = $2 AND until_version = $4"
    " AND since_version = $3 - 1 AND quota_state = $5"};
constexpr db::Statement kInsert{
    "personnel_insert_appointment",
    "INSERT INTO appointment (" TWOTIER_APPOINTMENT_COLUMNS
    ", until_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
    " $16, $17, $18, $19, $20, $21)"};
constexpr db::Statement kSetQuotaState{
    "personnel_set_quota_state",
    "UPDATE appointment SET quota_state = $3"
    " WHERE province_code = $1 AND appointment_id = $2 AND until_version = $4"};
constexpr db::Statement kSetHeld{
    "personnel_set_held",
    "UPDATE appointment SET quota_state = 1, hold_book = $3, hold_journal = $4, hold_line = $5"
    " WHERE province_code = $1 AND appointment_id = $2 AND until_version = $6"};
constexpr db::Statement kSetFollowed{
    "personnel_set_followed",
    "UPDATE appointment SET hold_journal = $3"
    " WHERE province_code = $1 AND appointment_id = $2 AND until_version = $4 AND quota_state = 2"};
constexpr db::Statement kLoad{"personnel_load_appointment", TWOTIER_APPOINTMENT_NEWEST
                              " AND province_code = $1 AND appointment_id = $2"};
// In no order, so that several can be asked together.
constexpr db::Statement kLoadOfPerson{"personnel_load_appointments_of_person",
                                      TWOTIER_APPOINTMENT_NEWEST
                                      " AND person = $1 AND end_day > $2"};
constexpr db::Statement kLoadOfPost{"personnel_load_appointments_of_post",
                                    TWOTIER_APPOINTMENT_NEWEST
                                    " AND province_code = $1 AND post = $2 AND end_day > $3"};
// An appointment with quota_state 2 follows, and names in hold_journal whom.
constexpr db::Statement kLoadFollowers{"personnel_load_followers", TWOTIER_APPOINTMENT_NEWEST
                                       " AND quota_state = 2 AND hold_journal = $1"};
constexpr db::Statement kLoadAllFollowers{"personnel_load_all_followers",
                                          TWOTIER_APPOINTMENT_NEWEST " AND quota_state = 2"};
// Whatever version: what a list has said is kept when an order ends or corrects it.
constexpr db::Statement kWasListed{
    "personnel_was_listed",
    "SELECT 1 FROM appointment WHERE person = $1 AND post = $2 AND first_day = $3"
    " AND unverified = 1 LIMIT 1"};
constexpr db::Statement kLoadHolders{
    "personnel_load_holders",
    "SELECT kind, person FROM appointment WHERE until_version = 9223372036854775807"
    " AND province_code = $1 AND post = $2 AND first_day <= $3 AND end_day > $3"};
constexpr db::Statement kLoadBegunBy{
    "personnel_load_appointments_begun_by", TWOTIER_APPOINTMENT_NEWEST
    " AND province_code = $1 AND appointment_id > $2 AND appointment_id < $3 AND begin_order = $4"
    " ORDER BY appointment_id LIMIT $5"};
// An appointment of kind 4 is a secondment. Names are cut to ids (`persons/{id}`,
// `provinces/48/posts/{id}`): what is looked up in an index is a whole column.
constexpr db::Statement kListIncumbents{
    "personnel_list_incumbents",
    "SELECT a.province_code, a.appointment_id, a.since_version, a.person, a.post, a.unit,"
    " a.post_kind, a.quota_kind, a.vice_chair, a.kind, a.first_day, a.end_day, a.end_reason,"
    " a.begin_order, a.end_order, a.unverified, a.quota_state, t.title, t.body_id, p.full_name,"
    " CASE WHEN a.kind IN (1, 5) AND EXISTS (SELECT 1 FROM appointment s WHERE s.person = a.person"
    " AND s.until_version = 9223372036854775807 AND s.kind = 4 AND s.first_day <= $3"
    " AND s.end_day > $3) THEN 1 ELSE 0 END"
    " FROM appointment a JOIN person p ON p.person_id = SUBSTR(a.person, 9)"
    " JOIN post t ON t.province_code = a.province_code AND t.post_id = SUBSTR(a.post, 20)"
    " WHERE a.until_version = 9223372036854775807 AND a.province_code = $1 AND a.unit = $2"
    " AND a.first_day <= $3 AND a.end_day > $3 AND a.appointment_id > $4"
    " ORDER BY a.appointment_id LIMIT $5"};

#define TWOTIER_ORDER_COLUMNS                                                            \
  "province_code, order_id, kind, number, sign_day, signer_post, signer, effective_day," \
  " reason, agreement, created_us, open_effects, version, chain_hash"

constexpr db::Statement kInsertOrder{
    "personnel_insert_order", "INSERT INTO staff_order (" TWOTIER_ORDER_COLUMNS
                              ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
                              " $14)"};
constexpr db::Statement kUpdateOrder{
    "personnel_update_order",
    "UPDATE staff_order SET open_effects = $3, version = $4, chain_hash = $5"
    " WHERE province_code = $1 AND order_id = $2"};
constexpr db::Statement kLoadOrder{"personnel_load_order",
                                   "SELECT " TWOTIER_ORDER_COLUMNS
                                   " FROM staff_order WHERE province_code = $1 AND order_id = $2"};

constexpr db::Statement kLastRating{
    "personnel_last_rating",
    "SELECT COALESCE(MAX(version), 0) FROM rating WHERE province_code = $1"
    " AND appointment_id = $2 AND year = $3 AND month = $4"};
constexpr db::Statement kInsertRating{
    "personnel_insert_rating",
    "INSERT INTO rating (province_code, appointment_id, year, month, version, rank, rater_post,"
    " rated_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr db::Statement kLoadRatings{
    "personnel_load_ratings",
    "SELECT r.appointment_id, r.year, r.month, r.rank, r.rater_post, r.rated_us, r.version"
    " FROM rating r WHERE r.province_code = $1 AND r.appointment_id = $2"
    " AND NOT EXISTS (SELECT 1 FROM rating n WHERE n.province_code = r.province_code"
    " AND n.appointment_id = r.appointment_id AND n.year = r.year AND n.month = r.month"
    " AND n.version > r.version) ORDER BY r.year DESC, r.month DESC LIMIT $3"};

Appointment AppointmentOf(const db::Row& row) {
  Appointment appointment;
  appointment.province_code = row.Text(0);
  appointment.id = row.Text(1);
  appointment.version = row.Int(2);
  appointment.person = row.Text(3);
  appointment.post = row.Text(4);
  appointment.unit = row.Text(5);
  appointment.post_kind = static_cast<PostKind>(row.Int(6));
  appointment.quota_kind = static_cast<QuotaKind>(row.Int(7));
  appointment.vice_chair = row.Bool(8);
  appointment.kind = static_cast<AppointmentKind>(row.Int(9));
  appointment.valid = {DayOf(row.Int(10)), DayOf(row.Int(11))};
  appointment.end_reason = static_cast<EndReason>(row.Int(12));
  appointment.order = row.Text(13);
  appointment.end_order = row.Text(14);
  appointment.unverified = row.Bool(15);
  appointment.quota_state = static_cast<QuotaState>(row.Int(16));
  return appointment;
}

absl::StatusOr<std::vector<StoredAppointment>> ReadAll(absl::StatusOr<db::Rows> rows) {
  RETURN_IF_ERROR(rows.status());
  std::vector<StoredAppointment> all;
  all.reserve(rows->size());
  for (const db::Row& row : *rows) {
    StoredAppointment& stored = all.emplace_back();
    stored.appointment = AppointmentOf(row);
    stored.hold_book = row.Text(17);
    stored.hold = {row.Text(18), row.Int(19)};
    stored.stored_state = stored.appointment.quota_state;
  }
  std::sort(all.begin(), all.end(), [](const StoredAppointment& a, const StoredAppointment& b) {
    const Appointment& x = a.appointment;
    const Appointment& y = b.appointment;
    return std::tie(x.valid.first, x.province_code, x.id) <
           std::tie(y.valid.first, y.province_code, y.id);
  });
  return all;
}

// Of the version before, if there is one.
absl::Status EndVersion(db::Tx& tx, const StoredAppointment& stored) {
  const Appointment& a = stored.appointment;
  if (a.version == 1) return absl::OkStatus();
  return tx.Write(kEndVersion, {a.province_code, a.id, a.version, kStillHolds,
                                static_cast<int>(stored.stored_state)});
}

absl::Status InsertVersion(db::Tx& tx, const StoredAppointment& stored) {
  const Appointment& a = stored.appointment;
  return tx.Write(kInsert, {a.province_code,
                            a.id,
                            a.version,
                            a.person,
                            a.post,
                            a.unit,
                            static_cast<int>(a.post_kind),
                            static_cast<int>(a.quota_kind),
                            a.vice_chair,
                            static_cast<int>(a.kind),
                            NumberOf(a.valid.first),
                            NumberOf(a.valid.end),
                            static_cast<int>(a.end_reason),
                            a.order,
                            a.end_order,
                            a.unverified,
                            static_cast<int>(a.quota_state),
                            stored.hold_book,
                            stored.hold.journal,
                            stored.hold.line,
                            kStillHolds});
}

}  // namespace

absl::Status WriteAppointment(db::Tx& tx, const StoredAppointment& stored) {
  RETURN_IF_ERROR(EndVersion(tx, stored));
  return InsertVersion(tx, stored);
}

absl::Status WriteAppointments(db::Tx& tx, const std::deque<StoredAppointment>& all) {
  for (const StoredAppointment& stored : all) RETURN_IF_ERROR(EndVersion(tx, stored));
  for (const StoredAppointment& stored : all) RETURN_IF_ERROR(InsertVersion(tx, stored));
  return absl::OkStatus();
}

absl::Status SetQuotaState(db::Tx& tx, const Appointment& appointment, QuotaState state) {
  return tx.Write(kSetQuotaState, {appointment.province_code, appointment.id,
                                   static_cast<int>(state), kStillHolds});
}

absl::Status SetHeld(db::Tx& tx, const StoredAppointment& stored) {
  return tx.Write(kSetHeld, {stored.appointment.province_code, stored.appointment.id,
                             stored.hold_book, stored.hold.journal, stored.hold.line, kStillHolds});
}

absl::Status SetFollowed(db::Tx& tx, const StoredAppointment& stored) {
  return tx.Write(kSetFollowed, {stored.appointment.province_code, stored.appointment.id,
                                 stored.hold.journal, kStillHolds});
}

absl::StatusOr<std::optional<StoredAppointment>> LoadAppointment(db::Tx& tx,
                                                                 absl::string_view province_code,
                                                                 absl::string_view id) {
  ASSIGN_OR_RETURN(std::vector<StoredAppointment> found,
                   ReadAll(tx.Query(kLoad, {province_code, id})));
  if (found.empty()) return std::optional<StoredAppointment>();
  return std::optional<StoredAppointment>(std::move(found[0]));
}

db::BoundStatement LoadAppointmentQuery(absl::string_view province_code, absl::string_view id) {
  return {kLoad, {std::string(province_code), std::string(id)}, {}};
}

absl::StatusOr<std::vector<StoredAppointment>> LoadOfPerson(db::Tx& tx, absl::string_view person,
                                                            absl::CivilDay day) {
  return ReadAll(tx.Query(kLoadOfPerson, {person, NumberOf(day)}));
}

db::BoundStatement LoadOfPersonQuery(absl::string_view person, absl::CivilDay day) {
  return {kLoadOfPerson, {std::string(person), NumberOf(day)}, {}};
}

absl::StatusOr<std::vector<StoredAppointment>> LoadOfPost(db::Tx& tx,
                                                          absl::string_view province_code,
                                                          absl::string_view post,
                                                          absl::CivilDay day) {
  return ReadAll(tx.Query(kLoadOfPost, {province_code, post, NumberOf(day)}));
}

db::BoundStatement LoadOfPostQuery(absl::string_view province_code, absl::string_view post,
                                   absl::CivilDay day) {
  return {kLoadOfPost, {std::string(province_code), std::string(post), NumberOf(day)}, {}};
}

absl::StatusOr<std::vector<StoredAppointment>> LoadFollowers(db::Tx& tx,
                                                             absl::string_view appointment) {
  return ReadAll(tx.Query(kLoadFollowers, {appointment}));
}

db::BoundStatement LoadFollowersQuery(absl::string_view appointment) {
  return {kLoadFollowers, {std::string(appointment)}, {}};
}

absl::StatusOr<std::vector<StoredAppointment>> LoadAllFollowers(db::Tx& tx) {
  return ReadAll(tx.Query(kLoadAllFollowers, {}));
}

absl::StatusOr<bool> WasListed(db::Tx& tx, absl::string_view person, absl::string_view post,
                               absl::CivilDay first) {
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kWasListed, {person, post, NumberOf(first)}));
  return !rows.empty();
}

absl::StatusOr<std::vector<HolderRow>> LoadHolders(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view post, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadHolders, {province_code, post, NumberOf(day)}));
  std::vector<HolderRow> holders;
  for (const db::Row& row : rows) {
    holders.push_back({static_cast<AppointmentKind>(row.Int(0)), row.Text(1)});
  }
  return holders;
}

db::BoundStatement LoadHoldersQuery(absl::string_view province_code, absl::string_view post,
                                    absl::CivilDay day) {
  return {kLoadHolders, {std::string(province_code), std::string(post), NumberOf(day)}, {}};
}

absl::StatusOr<std::vector<StoredAppointment>> LoadBegunBy(db::Tx& tx, const Order& order,
                                                           absl::string_view maker, int limit) {
  // The sign behind '-' is '.'.
  return ReadAll(tx.Query(kLoadBegunBy, {order.province_code, absl::StrCat(maker, "-"),
                                         absl::StrCat(maker, "."), order.Name(), limit}));
}

absl::StatusOr<std::vector<IncumbentRow>> ListIncumbents(db::Tx& tx,
                                                         absl::string_view province_code,
                                                         absl::string_view unit, absl::CivilDay day,
                                                         absl::string_view after_id, int limit) {
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(kListIncumbents, {province_code, unit, NumberOf(day), after_id, limit}));
  std::vector<IncumbentRow> incumbents;
  incumbents.reserve(rows.size());
  for (const db::Row& row : rows) {
    incumbents.push_back(
        {AppointmentOf(row), row.Text(17), row.Text(18), row.Text(19), row.Bool(20)});
  }
  return incumbents;
}

absl::Status InsertOrder(db::Tx& tx, const Order& order) {
  return tx.Write(kInsertOrder, {order.province_code, order.id, static_cast<int>(order.kind),
                                 order.number, NumberOf(order.sign_day), order.signer_post,
                                 order.signer, NumberOf(order.effective_day), order.reason,
                                 order.agreement, absl::ToUnixMicros(order.created),
                                 order.open_effects, order.version, db::Blob{order.chain_hash}});
}

absl::Status UpdateOrder(db::Tx& tx, const Order& order) {
  return tx.Write(kUpdateOrder, {order.province_code, order.id, order.open_effects, order.version,
                                 db::Blob{order.chain_hash}});
}

absl::StatusOr<std::optional<Order>> LoadOrder(db::Tx& tx, absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4) return std::optional<Order>();
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kLoadOrder, {parts[1], parts[3]}));
  if (rows.empty()) return std::optional<Order>();
  const db::Row& row = rows[0];
  Order order;
  order.province_code = row.Text(0);
  order.id = row.Text(1);
  order.kind = static_cast<OrderKind>(row.Int(2));
  order.number = row.Text(3);
  order.sign_day = DayOf(row.Int(4));
  order.signer_post = row.Text(5);
  order.signer = row.Text(6);
  order.effective_day = DayOf(row.Int(7));
  order.reason = row.Text(8);
  order.agreement = row.Text(9);
  order.created = absl::FromUnixMicros(row.Int(10));
  order.open_effects = static_cast<int>(row.Int(11));
  order.version = row.Int(12);
  order.chain_hash = row.Bytes(13);
  return std::optional<Order>(std::move(order));
}

absl::StatusOr<int64_t> LastRatingVersion(db::Tx& tx, absl::string_view province_code,
                                          const RatingRow& of) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLastRating, {province_code, of.appointment_id, of.year, of.month}));
  return rows[0].Int(0);
}

absl::Status InsertRating(db::Tx& tx, absl::string_view province_code, const RatingRow& rating) {
  return tx.Write(kInsertRating,
                  {province_code, rating.appointment_id, rating.year, rating.month, rating.version,
                   rating.rank, rating.rater_post, absl::ToUnixMicros(rating.rated)});
}

absl::StatusOr<std::vector<RatingRow>> LoadRatings(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view appointment_id, int limit) {
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(kLoadRatings, {province_code, appointment_id, limit}));
  std::vector<RatingRow> ratings;
  for (const db::Row& row : rows) {
    ratings.push_back({row.Text(0), static_cast<int>(row.Int(1)), static_cast<int>(row.Int(2)),
                       static_cast<int>(row.Int(3)), row.Text(4), absl::FromUnixMicros(row.Int(5)),
                       row.Int(6)});
  }
  return ratings;
}

}  // namespace twotier::personnel::store
