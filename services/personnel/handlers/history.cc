#include "services/personnel/handlers/history.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/store/appointment_store.h"

namespace twotier::personnel::handlers {
namespace {

// Most ratings of an appointment in one answer: some twenty years of months.
constexpr int kRatingsMax = 250;
// Most appointments of an order in one answer; only imports and plans have more.
constexpr int kOfOrderMax = 1'000;

// Days of main appointments up to `today`; they never overlap.
int64_t ServiceDays(const std::vector<store::StoredAppointment>& all, absl::CivilDay today) {
  int64_t days = 0;
  for (const store::StoredAppointment& stored : all) {
    const Appointment& appointment = stored.appointment;
    if (!IsMain(appointment.kind)) continue;
    days +=
        std::max<int64_t>(0, std::min(appointment.valid.end, today + 1) - appointment.valid.first);
  }
  return days;
}

// What an order began in another province; its event names it.
absl::StatusOr<std::vector<store::StoredAppointment>> LoadBegunElsewhere(const Order& order,
                                                                         db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::vector<feed::StoredEvent> signed_first,
                   feed::ListEvents(tx, order.province_code, order.Name(), 0, 1));
  std::vector<store::StoredAppointment> begun;
  v1::OrderEvent body;
  if (signed_first.empty() || !body.ParseFromString(signed_first[0].event.body)) {
    return error::WithReason(absl::StatusCode::kDataLoss, "the event of an order cannot be read",
                             "UNREADABLE_ROW", {{"order", order.Name()}});
  }
  for (const v1::Appointment& appointment : body.appointments()) {
    const bool elsewhere = ProvinceCodeOf(appointment.name()) != order.province_code;
    if (!elsewhere || appointment.order() != order.Name()) continue;
    ASSIGN_OR_RETURN(begun.emplace_back(), RequireAppointment(tx, appointment.name()));
  }
  return begun;
}

// As they stand now.
absl::StatusOr<std::vector<store::StoredAppointment>> LoadBegunBy(const Order& order, db::Tx& tx) {
  const bool of_plan = order.kind == OrderKind::kReorganisation;
  ASSIGN_OR_RETURN(
      std::vector<store::StoredAppointment> begun,
      store::LoadBegunBy(tx, order, of_plan ? SplitName(order.reason).second : order.id,
                         kOfOrderMax));
  if (order.agreement.empty()) return begun;
  ASSIGN_OR_RETURN(std::vector<store::StoredAppointment> elsewhere, LoadBegunElsewhere(order, tx));
  std::move(elsewhere.begin(), elsewhere.end(), std::back_inserter(begun));
  return begun;
}

// What a unit that has ended by `day` became.
void FillSuccessors(const units::Units& units, const std::string& name, absl::CivilDay day,
                    v1::ListIncumbentsResponse& response) {
  const units::UnitRecord* unit = units.FindUnit(name);
  if (unit == nullptr || unit->On(day) != nullptr) return;
  for (std::string& successor : units.SuccessorsOn(*unit, day)) {
    response.add_successors(std::move(successor));
  }
}

}  // namespace

absl::StatusOr<v1::GetAppointmentResponse> GetAppointment(const Env&, const Call&,
                                                          const v1::GetAppointmentRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::StoredAppointment stored, RequireAppointment(tx, request.name()));
  const Appointment& appointment = stored.appointment;
  ASSIGN_OR_RETURN(const std::vector<store::RatingRow> ratings,
                   store::LoadRatings(tx, appointment.province_code, appointment.id, kRatingsMax));
  v1::GetAppointmentResponse response;
  ToProto(appointment, response.mutable_appointment());
  for (const store::RatingRow& rating : ratings) {
    personnel::ToProto(appointment.Name(), rating, response.add_ratings());
  }
  return response;
}

absl::StatusOr<v1::GetOrderResponse> GetOrder(const Env&, const Call&,
                                              const v1::GetOrderRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::optional<Order> order, store::LoadOrder(tx, request.name()));
  if (!order) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no order is ", request.name()), "ORDER_NOT_FOUND",
                             {{"order", request.name()}});
  }
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> begun, LoadBegunBy(*order, tx));
  v1::GetOrderResponse response;
  ToProto(*order, response.mutable_order());
  for (const store::StoredAppointment& stored : begun) {
    ToProto(stored.appointment, response.add_appointments());
  }
  return response;
}

absl::StatusOr<v1::GetPersonHistoryResponse> GetPersonHistory(
    const Env&, const Call& call, const v1::GetPersonHistoryRequest& request, db::Tx& tx) {
  RETURN_IF_ERROR(RequirePerson(tx, request.name()).status());
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> all,
                   store::LoadOfPerson(tx, request.name()));
  v1::GetPersonHistoryResponse response;
  for (const store::StoredAppointment& stored : all) {
    ToProto(stored.appointment, response.add_appointments());
  }
  response.set_service_days(ServiceDays(all, VietnamDay(call.now)));
  return response;
}

absl::StatusOr<v1::GetPostHistoryResponse> GetPostHistory(const Env&, const Call&,
                                                          const v1::GetPostHistoryRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, request.name()));
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> all,
                   store::LoadOfPost(tx, post.province_code, request.name()));
  v1::GetPostHistoryResponse response;
  ToProto(post, response.mutable_post());
  for (const store::StoredAppointment& stored : all) {
    ToProto(stored.appointment, response.add_appointments());
  }
  return response;
}

absl::StatusOr<v1::ListIncumbentsResponse> ListIncumbents(const Env& env, const Call& call,
                                                          const v1::ListIncumbentsRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListIncumbents", query, request.page_token()));
  const std::string province_code = ProvinceCodeOf(request.parent());
  const absl::CivilDay day =
      request.has_as_of() ? FromProto(request.as_of()) : VietnamDay(call.now);
  ASSIGN_OR_RETURN(std::vector<store::IncumbentRow> rows,
                   store::ListIncumbents(tx, province_code, request.unit(), day, cursor, size + 1));
  v1::ListIncumbentsResponse response;
  if (rows.size() > static_cast<size_t>(size)) {
    rows.resize(static_cast<size_t>(size));
    response.set_next_page_token(
        env.pages->Seal("ListIncumbents", query, rows.back().appointment.id));
  }
  for (const store::IncumbentRow& row : rows) {
    v1::Incumbent* incumbent = response.add_incumbents();
    ToProto(row.appointment, incumbent->mutable_appointment());
    incumbent->set_title(row.title);
    incumbent->set_body(absl::StrCat("provinces/", province_code, "/bodies/", row.body_id));
    incumbent->set_full_name(row.full_name);
    incumbent->set_seconded_away(row.seconded_away);
  }
  ToProto(day, response.mutable_as_of());
  FillSuccessors(*env.snapshots->Get()->units, request.unit(), day, response);
  return response;
}

void ValidateListIncumbents(const v1::ListIncumbentsRequest& request,
                            error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

}  // namespace twotier::personnel::handlers
