#include "services/personnel/handlers/orders.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "common/db/late_keys.h"
#include "common/etag.h"
#include "common/ledger/ledger.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/order_work.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/person_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

// Law 80/2025/QH15: a secondment lasts at most three years.
constexpr int kSecondmentMonthsMax = 36;
// Its rules on rating hold from 1 January 2026.
constexpr int kRatedYearMin = 2026;
constexpr int kRatedYearMax = 2100;

// Puts what an order did into the answer of its RPC.
template <typename Response>
absl::StatusOr<Response> Answer(OrderWork& work) {
  ASSIGN_OR_RETURN(OrderWork::Result result, work.Finish());
  Response response;
  *response.mutable_order() = std::move(result.order);
  *response.mutable_effect() = std::move(result.effect);
  return response;
}

void CheckForm(const v1::OrderForm& form, const google::type::Date& effective,
               error::Violations& violations) {
  if (form.sign_date().year() == 0 || effective.year() == 0) return;
  if (personnel::FromProto(form.sign_date()) > personnel::FromProto(effective)) {
    violations.Add("form.sign_date", "must not lie behind the date from which it takes effect");
  }
}

void CheckProvince(absl::string_view parent, absl::string_view post,
                   error::Violations& violations) {
  if (ProvinceCodeOf(parent) != ProvinceCodeOf(post)) {
    violations.Add("post", "must be a post of the province in parent");
  }
}

// The appointment that a request names, of the person it names, still running on `day`.
absl::Status CheckNamed(const Appointment& appointment, const std::string& person,
                        absl::CivilDay day) {
  RETURN_IF_ERROR(CheckOf(appointment, person));
  return day < appointment.valid.end ? absl::OkStatus() : AppointmentEnded(appointment);
}

absl::Status CheckMain(const Appointment& appointment) {
  if (IsMain(appointment.kind)) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(appointment.Name(), " is not a main appointment"),
                           "APPOINTMENT_NOT_MAIN",
                           {{"kind", std::string(NameOf(appointment.kind))}});
}

absl::Status CheckTransfer(const v1::TransferCivilServantRequest& request,
                           const Appointment& appointment, absl::CivilDay day, const Call& call) {
  RETURN_IF_ERROR(CheckNamed(appointment, request.person(), day));
  RETURN_IF_ERROR(CheckMain(appointment));
  const std::string to = ProvinceCodeOf(request.post());
  return to == appointment.province_code ? absl::OkStatus() : CheckScope(call, to);
}

// Where the unit that is left, or lends, lies in another province than the one that is reached.
absl::Status CheckAgreed(const common::v1::LegalAct& agreement, const units::Units& units,
                         const Post& left, const Post& reached, absl::CivilDay day) {
  const std::string to = PlaceOf(reached, units, day).province_code;
  if (to == PlaceOf(left, units, day).province_code) return absl::OkStatus();
  if (!agreement.number().empty()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("province ", to, " has not agreed"), "AGREEMENT_MISSING",
                           {{"province_code", to}});
}

// Who seconds somebody of another province may act there too. The signature rests on posts of that
// one.
absl::Status CheckLent(const Post& main, const Post& post, const Call& call, db::Tx& tx) {
  if (main.province_code == post.province_code) return absl::OkStatus();
  RETURN_IF_ERROR(CheckScope(call, main.province_code));
  const db::Key lending{main.province_code, std::string(ledger::kKeyName)};
  return db::DeclareLate(tx, absl::MakeSpan(&lending, 1));
}

// What rests on a main appointment that ends on `day` ends with it; what was to begin later never
// does. Main ones that follow stay only after a transfer. One that `main` was to follow is what the
// person leaves in truth: it ends for the order's reason.
absl::Status EndRest(OrderWork& work, const Appointment& main, absl::CivilDay day,
                     EndReason reason) {
  for (const store::StoredAppointment& stored : work.OfPerson()) {
    const Appointment& other = stored.appointment;
    if (other.Name() == main.Name() || other.valid.end <= day) continue;
    if (other.valid.first >= other.valid.end) continue;  // Taken back before.
    RETURN_IF_ERROR(work.End(stored, std::max(day, other.valid.first),
                             IsMain(other.kind) ? reason : EndReason::kMainEnded));
  }
  return absl::OkStatus();
}

// Secondments end with the transfer: who is seconded comes from somewhere else then. So does what
// is held or looked after beside the main post in a unit that is left for another one.
absl::Status EndBeside(OrderWork& work, const Appointment& left, const Post& taken,
                       absl::CivilDay day) {
  for (const store::StoredAppointment& stored : work.OfPerson()) {
    const Appointment& other = stored.appointment;
    const bool stays_behind = other.unit == left.unit && other.unit != taken.unit;
    if (IsMain(other.kind) || other.valid.end <= day) continue;
    if (other.valid.first >= other.valid.end) continue;  // Taken back before.
    if (other.kind != AppointmentKind::kSeconded && !stays_behind) continue;
    RETURN_IF_ERROR(work.End(stored, std::max(day, other.valid.first), EndReason::kTransfer));
  }
  return absl::OkStatus();
}

DayRange RangeOf(const google::type::Date& first, bool has_end, const google::type::Date& end) {
  DayRange range{personnel::FromProto(first), kNoEnd};
  if (has_end) range.end = personnel::FromProto(end);
  return range;
}

// The main post that holds on `day`; nothing when the person has none.
absl::StatusOr<std::vector<Post>> MainPostOn(const OrderWork& work, absl::CivilDay day,
                                             db::Tx& tx) {
  std::vector<Post> posts;
  for (const store::StoredAppointment& stored : work.OfPerson()) {
    const Appointment& appointment = stored.appointment;
    if (!IsMain(appointment.kind) || !appointment.valid.Contains(day)) continue;
    ASSIGN_OR_RETURN(Post post, RequirePost(tx, appointment.post));
    posts.push_back(std::move(post));
  }
  return posts;
}

DayRange RatedTime(const v1::RankCivilServantRequest& request) {
  if (request.month() == 0) {
    return {absl::CivilDay(request.year(), 1, 1), absl::CivilDay(request.year() + 1, 1, 1)};
  }
  const absl::CivilMonth month(request.year(), request.month());
  return {absl::CivilDay(month), absl::CivilDay(month + 1)};
}

// A year is rated before 15 December (Decree 335/2025 Art. 19): what is rated has begun, and need
// not be over.
absl::Status NotBegun(const v1::RankCivilServantRequest& request) {
  error::Violations violations;
  violations.Add(request.month() == 0 ? "year" : "month", "must have begun");
  return violations.ToStatus();
}

absl::Status NotOneself(const PostPlace& rated) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition, "nobody rates himself",
                           "SIGNER_NOT_COMPETENT",
                           {{"authority", std::string(NameOf(AuthorityFor(rated)))},
                            {"post_kind", std::string(NameOf(rated.kind))}});
}

// Who appoints rates, and the head of the body whose post it is. The centre has no post here.
absl::Status CheckRater(const Env& env, const Call& call, const Appointment& appointment,
                        const std::string& rater_post, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  const absl::CivilDay today = VietnamDay(call.now);
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, appointment.post));
  const PostPlace rated = PlaceOf(post, *units, today);
  if (rater_post.empty()) return CheckSigner(nullptr, {rated});
  ASSIGN_OR_RETURN(const Post rater, RequirePost(tx, rater_post));
  const PostPlace place = PlaceOf(rater, *units, today);
  const bool head = rater.kind == PostKind::kHead && rater.BodyName() == post.BodyName() &&
                    rater.Name() != post.Name();
  if (!head) RETURN_IF_ERROR(CheckSigner(&place, {rated}));
  ASSIGN_OR_RETURN(const std::string holder, HolderOn(tx, rater_post, today));
  if (holder == appointment.person) return NotOneself(rated);
  if (!holder.empty()) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat("nobody holds ", rater_post), "SIGNER_POST_VACANT",
                           {{"post", rater_post}, {"sign_date", Text(today)}});
}

}  // namespace

absl::Status CheckOf(const Appointment& appointment, const std::string& person) {
  if (appointment.person == person) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(appointment.Name(), " is not of ", person),
                           "APPOINTMENT_OF_OTHER_PERSON", {{"person", appointment.person}});
}

absl::Status AppointmentEnded(const Appointment& appointment) {
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(appointment.Name(), " ends on ", Text(appointment.valid.end)),
      "APPOINTMENT_ENDED",
      {{"appointment", appointment.Name()}, {"end_date", Text(appointment.valid.end)}});
}

absl::CivilDay SecondmentEndMax(absl::CivilDay first) {
  const absl::CivilMonth last = absl::CivilMonth(first) + kSecondmentMonthsMax;
  return absl::CivilDay(last.year(), last.month(), first.day());
}

absl::StatusOr<v1::AppointCivilServantResponse> AppointCivilServant(
    const Env& env, const Call& call, const v1::AppointCivilServantRequest& request, db::Tx& tx) {
  const DayRange valid = RangeOf(request.first_date(), request.has_end_date(), request.end_date());
  RETURN_IF_ERROR(CheckNotPast(valid.first, call));
  OrderWork work(env, call, tx, OrderKind::kAppoint, ProvinceCodeOf(request.parent()),
                 request.form(), valid.first);
  RETURN_IF_ERROR(work.Load(request.person()));
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, request.post()));
  RETURN_IF_ERROR(work.CheckSigned({post}));
  RETURN_IF_ERROR(work.Begin(static_cast<AppointmentKind>(request.kind()), post, valid));
  return Answer<v1::AppointCivilServantResponse>(work);
}

void ValidateAppointCivilServant(const v1::AppointCivilServantRequest& request,
                                 error::Violations& violations) {
  if (request.kind() == v1::APPOINTMENT_KIND_SECONDED) {
    violations.Add("kind", "must be permanent, acting, concurrent or contract");
  }
  CheckOrder(request.first_date(), request.end_date(), "end_date", violations);
  CheckForm(request.form(), request.first_date(), violations);
  CheckProvince(request.parent(), request.post(), violations);
}

absl::StatusOr<v1::TransferCivilServantResponse> TransferCivilServant(
    const Env& env, const Call& call, const v1::TransferCivilServantRequest& request, db::Tx& tx) {
  const absl::CivilDay day = personnel::FromProto(request.effective_date());
  RETURN_IF_ERROR(CheckNotPast(day, call));
  ASSIGN_OR_RETURN(const store::StoredAppointment left,
                   RequireAppointment(tx, request.appointment()));
  const Appointment& appointment = left.appointment;
  RETURN_IF_ERROR(CheckTransfer(request, appointment, day, call));
  RETURN_IF_ERROR(CheckEtag(request.etag(), appointment.version));
  OrderWork work(env, call, tx, OrderKind::kTransfer, appointment.province_code, request.form(),
                 day);
  work.set_agreement(request.agreement().number());
  RETURN_IF_ERROR(work.LoadPerson(request.person()));
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, request.post()));
  RETURN_IF_ERROR(work.LoadSigner());
  RETURN_IF_ERROR(work.LookAhead(left, post));
  RETURN_IF_ERROR(work.LoadAppointments());
  ASSIGN_OR_RETURN(const Post old_post, RequirePost(work.tx(), appointment.post));
  RETURN_IF_ERROR(CheckAgreed(request.agreement(), work.units(), old_post, post, day));
  RETURN_IF_ERROR(work.CheckSigned({old_post, post}));
  RETURN_IF_ERROR(EndBeside(work, appointment, post, day));
  RETURN_IF_ERROR(work.End(left, old_post, day, EndReason::kTransfer));
  RETURN_IF_ERROR(work.BeginInstead(appointment, post, day));
  return Answer<v1::TransferCivilServantResponse>(work);
}

std::vector<db::BoundStatement> FirstOfTransfer(const Call& call,
                                                const v1::TransferCivilServantRequest& request) {
  // What takes effect later writes nothing to the post by which it would notice that it has ended.
  if (personnel::FromProto(request.effective_date()) > VietnamDay(call.now)) return {};
  const std::string& signer = request.form().signer_post();
  std::vector<db::BoundStatement> queries = {
      store::LoadAppointmentQuery(SplitName(request.appointment()).first,
                                  SplitName(request.appointment()).second),
      units::LoadChangeQuery(), store::LoadPersonQuery(request.person()),
      store::LoadPostQuery(SplitName(request.post()).first, SplitName(request.post()).second)};
  if (signer.empty()) return queries;
  // A mate of the batch may be what ends the signer's appointment: the order comes before it then.
  queries.push_back(store::LoadPostQuery(SplitName(signer).first, SplitName(signer).second));
  queries.push_back(store::LoadHoldersQuery(SplitName(signer).first, signer,
                                            personnel::FromProto(request.form().sign_date())));
  queries[queries.size() - 2].shared = true;
  queries.back().shared = true;
  return queries;
}

void ValidateTransferCivilServant(const v1::TransferCivilServantRequest& request,
                                  error::Violations& violations) {
  CheckForm(request.form(), request.effective_date(), violations);
}

absl::StatusOr<v1::SecondCivilServantResponse> SecondCivilServant(
    const Env& env, const Call& call, const v1::SecondCivilServantRequest& request, db::Tx& tx) {
  const DayRange valid = RangeOf(request.first_date(), true, request.end_date());
  RETURN_IF_ERROR(CheckNotPast(valid.first, call));
  OrderWork work(env, call, tx, OrderKind::kSecond, ProvinceCodeOf(request.parent()),
                 request.form(), valid.first);
  RETURN_IF_ERROR(work.Load(request.person()));
  work.set_agreement(request.agreement().number());
  ASSIGN_OR_RETURN(std::vector<Post> posts, MainPostOn(work, valid.first, tx));
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, request.post()));
  for (const Post& main : posts) {
    RETURN_IF_ERROR(CheckLent(main, post, call, tx));
    RETURN_IF_ERROR(CheckAgreed(request.agreement(), work.units(), main, post, valid.first));
  }
  posts.push_back(post);
  RETURN_IF_ERROR(work.CheckSigned(posts));
  RETURN_IF_ERROR(work.Begin(AppointmentKind::kSeconded, post, valid));
  return Answer<v1::SecondCivilServantResponse>(work);
}

void ValidateSecondCivilServant(const v1::SecondCivilServantRequest& request,
                                error::Violations& violations) {
  CheckOrder(request.first_date(), request.end_date(), "end_date", violations);
  CheckForm(request.form(), request.first_date(), violations);
  CheckProvince(request.parent(), request.post(), violations);
  if (request.first_date().year() == 0 || request.end_date().year() == 0) return;
  const absl::CivilDay first = personnel::FromProto(request.first_date());
  if (personnel::FromProto(request.end_date()) > SecondmentEndMax(first)) {
    violations.Add("end_date", "must lie within three years of first_date");
  }
}

absl::StatusOr<v1::EndAppointmentResponse> EndAppointment(const Env& env, const Call& call,
                                                          const v1::EndAppointmentRequest& request,
                                                          db::Tx& tx) {
  const absl::CivilDay day = personnel::FromProto(request.end_date());
  RETURN_IF_ERROR(CheckNotPast(day, call));
  ASSIGN_OR_RETURN(const store::StoredAppointment stored,
                   RequireAppointment(tx, request.appointment()));
  const Appointment& appointment = stored.appointment;
  const EndReason reason = static_cast<EndReason>(request.end_reason());
  RETURN_IF_ERROR(CheckNamed(appointment, request.person(), day));
  // Who may end all that somebody is, is who may end the main appointment.
  if (StateAfter(reason) != PersonState::kActive) RETURN_IF_ERROR(CheckMain(appointment));
  RETURN_IF_ERROR(CheckEtag(request.etag(), appointment.version));
  OrderWork work(env, call, tx, OrderKind::kEnd, appointment.province_code, request.form(), day);
  RETURN_IF_ERROR(work.Load(request.person(), /*leavers_too=*/true));
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, appointment.post));
  RETURN_IF_ERROR(work.CheckSigned({post}));
  if (IsMain(appointment.kind)) RETURN_IF_ERROR(EndRest(work, appointment, day, reason));
  RETURN_IF_ERROR(work.End(stored, day, reason));
  RETURN_IF_ERROR(work.Leave(day, reason));
  return Answer<v1::EndAppointmentResponse>(work);
}

void ValidateEndAppointment(const v1::EndAppointmentRequest& request,
                            error::Violations& violations) {
  CheckForm(request.form(), request.end_date(), violations);
  if (request.end_reason() != v1::END_REASON_UNSPECIFIED &&
      (request.end_reason() < v1::END_REASON_RETIREMENT ||
       request.end_reason() > v1::END_REASON_TERM_END)) {
    violations.Add("end_reason",
                   "must be retirement, resignation, dismissal, death or the end of the term");
  }
}

absl::StatusOr<v1::RankCivilServantResponse> RankCivilServant(
    const Env& env, const Call& call, const v1::RankCivilServantRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const store::StoredAppointment stored,
                   RequireAppointment(tx, request.appointment()));
  const Appointment& appointment = stored.appointment;
  DayRange worked = RatedTime(request);
  worked.end = std::min(worked.end, VietnamDay(call.now) + 1);
  if (worked.first >= worked.end) return NotBegun(request);
  if (!Overlap(appointment.valid, worked)) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition, "the appointment did not hold in that time",
        "APPOINTMENT_ENDED",
        {{"appointment", appointment.Name()}, {"end_date", Text(appointment.valid.end)}});
  }
  RETURN_IF_ERROR(CheckRater(env, call, appointment, request.rater_post(), tx));
  store::RatingRow rating;
  rating.appointment_id = appointment.id;
  rating.year = request.year();
  rating.month = request.month();
  rating.rank = request.rank();
  rating.rater_post = request.rater_post();
  rating.rated = call.now;
  ASSIGN_OR_RETURN(const int64_t last,
                   store::LastRatingVersion(tx, appointment.province_code, rating));
  rating.version = last + 1;
  RETURN_IF_ERROR(store::InsertRating(tx, appointment.province_code, rating));
  v1::RankCivilServantResponse response;
  personnel::ToProto(appointment.Name(), rating, response.mutable_rating());
  return response;
}

void ValidateRankCivilServant(const v1::RankCivilServantRequest& request,
                              error::Violations& violations) {
  if (request.year() < kRatedYearMin || request.year() > kRatedYearMax) {
    violations.Add("year",
                   absl::StrCat("must lie between ", kRatedYearMin, " and ", kRatedYearMax));
  }
  if (request.month() < 0 || request.month() > 12) {
    violations.Add("month", "must be a month, or 0 for the year");
  }
}

}  // namespace twotier::personnel::handlers
