#include "services/personnel/handlers/staff_import.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "common/clock.h"
#include "common/db/late_keys.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/salary.h"
#include "services/personnel/handlers/effects.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/handlers/organisation.h"
#include "services/personnel/handlers/persons.h"
#include "services/personnel/handlers/quota_moves.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/plan_store.h"
#include "services/personnel/store/post_store.h"

namespace twotier::personnel::handlers {
namespace {

// A body of a list, and what it has of posts.
struct ListedBody {
  Body body;
  std::vector<Post> posts;
};

// One list at work. Lives within one unit of work.
class ImportWork {
 public:
  ImportWork(const Env& env, const Call& call, const v1::ImportStaffRequest& request, db::Tx& tx)
      : env_(env), call_(call), request_(request), tx_(tx), today_(VietnamDay(call.now)) {
    order_.province_code = ProvinceCodeOf(request.parent());
    order_.id = call.new_id;
    order_.kind = OrderKind::kImport;
    order_.number = request.act().number();
    order_.sign_day = personnel::FromProto(request.list_date());
    order_.effective_day = order_.sign_day;
    order_.created = call.now;
  }

  absl::StatusOr<v1::ImportStaffResponse> Run() {
    ASSIGN_OR_RETURN(units_, CurrentUnits(*env_.snapshots, tx_));
    for (row_ = 0; row_ < request_.rows_size(); ++row_) RETURN_IF_ERROR(Take(request_.rows(row_)));
    RETURN_IF_ERROR(violations_.ToStatus("IMPORT_ROW_INVALID"));
    RETURN_IF_ERROR(WriteOrder());
    env_.appended();
    return response_;
  }

 private:
  void Wrong(absl::string_view field, absl::string_view what) {
    violations_.Add(absl::StrCat("rows[", row_, "].", field), what);
  }
  int NextOrdinal() { return ordinal_++; }

  absl::Status Take(const v1::StaffRow& row);
  // Null: the row is wrong.
  absl::StatusOr<ListedBody*> BodyFor(const v1::StaffRow& row);
  absl::StatusOr<std::vector<std::unique_ptr<ListedBody>>*> BodiesOf(const std::string& unit);
  Post NewPost(const v1::StaffRow& row, const Body& body) const;
  // Name of the person.
  absl::StatusOr<std::string> PersonFor(const v1::StaffRow& row, bool& is_new);
  // Whether the row is of somebody else than the one who has its national id.
  absl::StatusOr<bool> NamesAnother(const v1::StaffRow& row, const Appointment& appointment);
  Appointment NewAppointment(const v1::StaffRow& row, const Post& post,
                             const std::string& person) const;
  absl::Status Fill(const v1::StaffRow& row, Post& post, bool new_post);
  // Whether the row is of a post that is over, and so is wrong.
  bool HasEnded(const ListedBody& listed, PostKind kind, int number);
  void WrongEnd(const Post& post);
  absl::StatusOr<bool> Free(const Appointment& appointment, bool new_post, bool new_person);
  absl::StatusOr<bool> CameBefore(const Appointment& appointment,
                                  absl::Span<const Appointment> others);
  absl::Status WriteOrder();

  const Env& env_;
  const Call& call_;
  const v1::ImportStaffRequest& request_;
  db::Tx& tx_;
  const absl::CivilDay today_;
  std::shared_ptr<const units::Units> units_;
  std::map<std::string, std::vector<std::unique_ptr<ListedBody>>> bodies_;  // By unit.
  std::set<std::string> placed_;  // Persons that a row of this list has placed.
  QuotaMoves moves_;
  Order order_;
  error::Violations violations_;
  v1::ImportStaffResponse response_;
  int row_ = 0;
  int ordinal_ = 1;  // Of the next event; the order's own is the first.
};

absl::StatusOr<std::vector<std::unique_ptr<ListedBody>>*> ImportWork::BodiesOf(
    const std::string& unit) {
  const auto [it, is_new] = bodies_.try_emplace(unit);
  if (!is_new) return &it->second;
  ASSIGN_OR_RETURN(std::vector<Body> stored, store::LoadBodiesOf(tx_, order_.province_code, unit));
  for (Body& body : stored) {
    if (!body.valid.Contains(today_)) continue;
    auto listed = std::make_unique<ListedBody>();
    ASSIGN_OR_RETURN(listed->posts, store::LoadPostsOfBody(tx_, order_.province_code, body.id));
    listed->body = std::move(body);
    it->second.push_back(std::move(listed));
  }
  return &it->second;
}

absl::StatusOr<ListedBody*> ImportWork::BodyFor(const v1::StaffRow& row) {
  const absl::StatusOr<const units::UnitVersion*> unit =
      RequireUnit(*units_, row.unit(), order_.province_code, today_);
  if (!unit.ok()) {
    Wrong("unit", unit.status().message());
    return nullptr;
  }
  const BodyKind kind = static_cast<BodyKind>(row.body_kind());
  ASSIGN_OR_RETURN(auto* const bodies, BodiesOf(row.unit()));
  for (const std::unique_ptr<ListedBody>& listed : *bodies) {
    const bool named = row.body_name().empty() || listed->body.display_name == row.body_name();
    if (listed->body.kind == kind && named) return listed.get();
  }
  if (!MayHave(FactsOf(**unit), kind)) {
    Wrong("body_kind", absl::StrCat("the law gives ", (*unit)->full_name, " none"));
    return nullptr;
  }
  auto listed = std::make_unique<ListedBody>();
  Body& body = listed->body;
  body.province_code = order_.province_code;
  body.id = call_.NewId(ordinal_);
  body.unit = row.unit();
  body.kind = kind;
  body.display_name = row.body_name().empty() ? absl::StrCat(NameOf(kind), " ", (*unit)->full_name)
                                              : row.body_name();
  body.valid.first = order_.sign_day;
  if (row.has_person()) {
    body.valid.first = std::min(body.valid.first, personnel::FromProto(row.first_date()));
  }
  body.act = order_.number;
  RETURN_IF_ERROR(AddBody(call_, body, NextOrdinal(), tx_));
  response_.set_bodies(response_.bodies() + 1);
  bodies->push_back(std::move(listed));
  return bodies->back().get();
}

Post ImportWork::NewPost(const v1::StaffRow& row, const Body& body) const {
  Post post;
  post.province_code = order_.province_code;
  post.id = call_.NewId(ordinal_);
  post.body_id = body.id;
  post.body_kind = body.kind;
  post.unit = body.unit;
  post.kind = static_cast<PostKind>(row.post_kind());
  post.title = row.title();
  post.number = row.post_number();
  post.grade = row.grade();
  post.allowance_hundredths = row.allowance_coefficient_hundredths();
  post.valid.first = order_.sign_day;
  if (row.has_person()) {
    post.valid.first = std::min(post.valid.first, personnel::FromProto(row.first_date()));
  }
  post.act = order_.number;
  post.vacant_since = post.valid.first;
  const units::UnitVersion* unit = units_->FindUnit(body.unit)->On(today_);
  post.vice_chair = CountsAsViceChair(FactsOf(*unit), post.kind);
  return post;
}

absl::StatusOr<std::string> ImportWork::PersonFor(const v1::StaffRow& row, bool& is_new) {
  const std::string id = call_.NewId(ordinal_);
  ASSIGN_OR_RETURN(const std::string holder,
                   store::ClaimNationalId(tx_, ClaimOf(env_, row.person().national_id()), id));
  is_new = holder == id;
  if (!is_new) return absl::StrCat("persons/", holder);
  const store::PersonRow person =
      NewPerson(order_.province_code, id, row.person(), row.qualifications(), row.synthetic());
  RETURN_IF_ERROR(store::InsertPerson(tx_, person));
  response_.set_persons(response_.persons() + 1);
  return person.person.Name();
}

// A digit that is wrong may make another person's number of it. What came before is as it was, also
// where name, date of birth or sex were corrected since. A corrected number must be so in the list.
absl::StatusOr<bool> ImportWork::NamesAnother(const v1::StaffRow& row,
                                              const Appointment& appointment) {
  ASSIGN_OR_RETURN(const std::optional<store::PersonRow> known,
                   store::LoadPersonRow(tx_, appointment.person));
  if (!known) return PersonNotFound(appointment.person);
  if (IsWhoIsMeant(known->data, row.person())) return false;
  ASSIGN_OR_RETURN(
      const bool came_before,
      store::WasListed(tx_, appointment.person, appointment.post, appointment.valid.first));
  return !came_before;
}

Appointment ImportWork::NewAppointment(const v1::StaffRow& row, const Post& post,
                                       const std::string& person) const {
  Appointment appointment;
  appointment.province_code = order_.province_code;
  appointment.id = call_.NewId(ordinal_);
  appointment.person = person;
  appointment.post = post.Name();
  appointment.unit = post.unit;
  appointment.post_kind = post.kind;
  appointment.quota_kind = QuotaOf(post.kind);
  appointment.vice_chair = post.vice_chair;
  appointment.kind = static_cast<AppointmentKind>(row.appointment_kind());
  appointment.valid.first = personnel::FromProto(row.first_date());
  appointment.order = order_.Name();
  appointment.unverified = true;
  return appointment;
}

// Whether nothing stands against it. Of what is new nothing can.
absl::StatusOr<bool> ImportWork::Free(const Appointment& appointment, bool new_post,
                                      bool new_person) {
  std::vector<store::StoredAppointment> stored;
  if (!new_person) {
    ASSIGN_OR_RETURN(stored, store::LoadOfPerson(tx_, appointment.person));
  }
  if (!new_post) {
    ASSIGN_OR_RETURN(std::vector<store::StoredAppointment> of_post,
                     store::LoadOfPost(tx_, appointment.province_code, appointment.post));
    for (store::StoredAppointment& one : of_post) stored.push_back(std::move(one));
  }
  std::vector<Appointment> others;
  for (store::StoredAppointment& one : stored) others.push_back(std::move(one.appointment));
  const std::vector<Conflict> conflicts = ConflictsOf(appointment, others);
  if (!conflicts.empty()) {
    ASSIGN_OR_RETURN(const bool came_before, CameBefore(appointment, others));
    const bool of_person = conflicts[0].reason == "APPOINTMENTS_OVERLAP";
    if (came_before) {
      response_.set_unchanged(response_.unchanged() + 1);
    } else {
      Wrong(of_person ? "person" : "post_number",
            absl::StrCat(conflicts[0].reason, ": ", conflicts[0].other->Name(),
                         " stands against it"));
    }
    return false;
  }
  absl::Status serves = CheckServes(appointment, others);
  if (serves.ok() && !new_person) {
    ASSIGN_OR_RETURN(const Person person, RequirePerson(tx_, appointment.person));
    serves = CheckActive(person);
  }
  if (!serves.ok()) {
    Wrong("person", absl::StrCat("PERSON_NOT_ACTIVE: ", serves.message()));
    return false;
  }
  if (new_post) return true;
  ASSIGN_OR_RETURN(const std::optional<std::string> plan,
                   store::PlanOfPost(tx_, appointment.province_code, appointment.post));
  if (plan) Wrong("post_number", "POST_RESERVED: a signed plan has the post");
  return !plan;
}

// Whether the row says what is so, or what a list has said and orders have changed since.
absl::StatusOr<bool> ImportWork::CameBefore(const Appointment& appointment,
                                            absl::Span<const Appointment> others) {
  const bool is_so = std::any_of(others.begin(), others.end(), [&](const Appointment& other) {
    return other.person == appointment.person && other.post == appointment.post &&
           other.valid == appointment.valid;
  });
  if (is_so) return true;
  return store::WasListed(tx_, appointment.person, appointment.post, appointment.valid.first);
}

absl::Status ImportWork::Fill(const v1::StaffRow& row, Post& post, bool new_post) {
  bool new_person = false;
  ASSIGN_OR_RETURN(const std::string person, PersonFor(row, new_person));
  store::StoredAppointment stored{.appointment = NewAppointment(row, post, person)};
  if (!new_person) {
    ASSIGN_OR_RETURN(const bool another, NamesAnother(row, stored.appointment));
    if (another) {
      Wrong("person.national_id", absl::StrCat("NATIONAL_ID_TAKEN: ", person, " is somebody else"));
      return absl::OkStatus();
    }
  }
  if (!placed_.insert(person).second) {
    Wrong("person", "stands in another row of the list");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool free, Free(stored.appointment, new_post, new_person));
  if (!free) return absl::OkStatus();
  if (post.valid.end < stored.appointment.valid.end) {
    WrongEnd(post);
    return absl::OkStatus();
  }
  for (const store::QuotaSlot& slot : SlotsOf(stored.appointment)) {
    moves_.Take(slot);
    stored.appointment.quota_state = QuotaState::kUsed;
  }
  // Its appointments elsewhere were looked at; an order declares the person it names, as a list
  // cannot.
  const db::Key rested_on{"", person};
  if (!new_person) {
    RETURN_IF_ERROR(db::DeclareLate(tx_, absl::MakeSpan(&rested_on, 1)));
    ASSIGN_OR_RETURN(const Person known, RequirePerson(tx_, person));
    RETURN_IF_ERROR(ManageWhereAppointed(known, stored.appointment, tx_));
  }
  RETURN_IF_ERROR(store::WriteAppointment(tx_, stored));
  response_.set_appointments(response_.appointments() + 1);
  // A new post is written with its holder.
  if (!new_post) RETURN_IF_ERROR(store::SetHolder(tx_, post, stored.appointment.id));
  post.holder = stored.appointment.id;
  if (new_post) return absl::OkStatus();
  return store::AddToCount(tx_, post, 0, 1);
}

// A list brings back no post that an act has ended: a new one has another number.
bool ImportWork::HasEnded(const ListedBody& listed, PostKind kind, int number) {
  const auto ended = std::find_if(listed.posts.begin(), listed.posts.end(), [&](const Post& post) {
    return post.kind == kind && post.number == number;
  });
  if (ended == listed.posts.end()) return false;
  WrongEnd(*ended);
  return true;
}

void ImportWork::WrongEnd(const Post& post) {
  Wrong("post_number",
        absl::StrCat("POST_ENDED: ", post.Name(), " ends on ", Text(post.valid.end)));
}

absl::Status ImportWork::Take(const v1::StaffRow& row) {
  ASSIGN_OR_RETURN(ListedBody* const listed, BodyFor(row));
  if (listed == nullptr) return absl::OkStatus();
  const PostKind kind = static_cast<PostKind>(row.post_kind());
  if (!MayHave(listed->body.kind, kind)) {
    Wrong("post_kind", absl::StrCat("a ", NameOf(listed->body.kind), " has no such posts"));
    return absl::OkStatus();
  }
  const auto appointed = static_cast<AppointmentKind>(row.appointment_kind());
  if (row.has_person() && !GoesWith(appointed, kind)) {
    Wrong("appointment_kind",
          absl::StrCat("APPOINTMENT_KIND_NOT_ALLOWED: a post of the kind ", NameOf(kind),
                       " takes none that is ", NameOf(appointed)));
    return absl::OkStatus();
  }
  const auto found =
      std::find_if(listed->posts.begin(), listed->posts.end(), [&](const Post& post) {
        return post.kind == kind && post.number == row.post_number() && post.valid.Contains(today_);
      });
  const bool new_post = found == listed->posts.end();
  if (new_post && HasEnded(*listed, kind, row.post_number())) return absl::OkStatus();
  Post post = new_post ? NewPost(row, listed->body) : *found;
  if (row.has_person()) {
    RETURN_IF_ERROR(Fill(row, post, new_post));
  } else if (!new_post) {
    response_.set_unchanged(response_.unchanged() + 1);
  }
  const int ordinal = NextOrdinal();
  if (!new_post) {
    *found = post;
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(AddPost(call_, post, ordinal, tx_));
  response_.set_posts(response_.posts() + 1);
  listed->posts.push_back(std::move(post));
  return absl::OkStatus();
}

absl::Status ImportWork::WriteOrder() {
  const bool nothing = response_.appointments() == 0;
  if (nothing) return absl::OkStatus();
  RETURN_IF_ERROR(moves_
                      .Post(call_,
                            {.book = order_.province_code,
                             .id = order_.id,
                             .subject = order_.Name(),
                             .version = order_.version,
                             .act = order_.number},
                            tx_)
                      .status());
  v1::OrderEvent body;  // A list is too long for the appointments to stand in it.
  personnel::ToProto(order_, body.mutable_order());
  feed::Event event;
  event.province_code = order_.province_code;
  event.subject = order_.Name();
  event.version = order_.version;
  event.kind = "order.imported";
  event.body = body.SerializeAsString();
  RETURN_IF_ERROR(AppendEvent(tx_, call_, std::move(event), order_.chain_hash));
  response_.set_order(order_.Name());
  return store::InsertOrder(tx_, order_);
}

void CheckRow(const v1::StaffRow& row, const std::string& at, error::Violations& violations) {
  if (row.post_number() < 1) violations.Add(absl::StrCat(at, "post_number"), "must be from 1");
  const int allowance = row.allowance_coefficient_hundredths();
  if (allowance < 0 || allowance > kCoefficientMaxHundredths) {
    violations.Add(absl::StrCat(at, "allowance_coefficient_hundredths"),
                   absl::StrCat("must lie between 0 and ", kCoefficientMaxHundredths));
  }
  if (!row.has_person()) return;
  CheckPersonalData(row.person(), absl::StrCat(at, "person."), violations);
  CheckQualifications(row.qualifications(), absl::StrCat(at, "qualifications."), violations);
  if (row.appointment_kind() != v1::APPOINTMENT_KIND_PERMANENT &&
      row.appointment_kind() != v1::APPOINTMENT_KIND_CONTRACT) {
    violations.Add(absl::StrCat(at, "appointment_kind"), "must be permanent or contract");
  }
  if (!row.has_first_date()) {
    violations.Add(absl::StrCat(at, "first_date"), "must be given with the person");
  }
}

}  // namespace

absl::StatusOr<v1::ImportStaffResponse> ImportStaff(const Env& env, const Call& call,
                                                    const v1::ImportStaffRequest& request,
                                                    db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  error::Violations future;
  if (FromProto(request.list_date()) > today) {
    future.Add("list_date", "must not lie behind today: what is to come is ordered");
  }
  for (int i = 0; i < request.rows_size(); ++i) {
    if (request.rows(i).has_first_date() && FromProto(request.rows(i).first_date()) > today) {
      future.Add(absl::StrCat("rows[", i, "].first_date"),
                 "must not lie behind today: what is to come is ordered");
    }
  }
  RETURN_IF_ERROR(future.ToStatus("IMPORT_ROW_INVALID"));
  return ImportWork(env, call, request, tx).Run();
}

void ValidateImportStaff(const v1::ImportStaffRequest& request, error::Violations& violations) {
  if (request.act().number().empty()) violations.Add("act.number", "must name the act");
  for (int i = 0; i < request.rows_size(); ++i) {
    CheckRow(request.rows(i), absl::StrCat("rows[", i, "]."), violations);
  }
}

}  // namespace twotier::personnel::handlers
