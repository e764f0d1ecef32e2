#include "services/personnel/handlers/organisation.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/etag.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/planned_grants.h"
#include "services/personnel/domain/salary.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/store/appointment_store.h"
#include "services/personnel/store/due_store.h"
#include "services/personnel/store/post_store.h"
#include "services/personnel/store/quota_store.h"

namespace twotier::personnel::handlers {
namespace {

// Most findings in one answer.
constexpr int kFindingsMax = 10'000;

absl::CivilDay AsOf(const google::type::Date& asked, bool has, const Call& call) {
  return has ? FromProto(asked) : VietnamDay(call.now);
}

void CheckAct(const common::v1::LegalAct& act, error::Violations& violations) {
  if (act.number().empty()) violations.Add("act.number", "must name the act");
}

absl::Status AppendBody(const Call& call, Body& body, absl::string_view kind, int ordinal,
                        db::Tx& tx) {
  v1::Body message;
  ToProto(body, &message);
  feed::Event event;
  event.province_code = body.province_code;
  event.subject = body.Name();
  event.version = body.version;
  event.kind = std::string(kind);
  event.body = message.SerializeAsString();
  return AppendEvent(tx, call, std::move(event), body.chain_hash, ordinal);
}

absl::Status AppendPost(const Call& call, Post& post, absl::string_view kind, int ordinal,
                        db::Tx& tx) {
  v1::Post message;
  ToProto(post, &message);
  feed::Event event;
  event.province_code = post.province_code;
  event.subject = post.Name();
  event.version = post.version;
  event.kind = std::string(kind);
  event.body = message.SerializeAsString();
  return AppendEvent(tx, call, std::move(event), post.chain_hash, ordinal);
}

std::string AllowedKinds(const UnitFacts& unit) {
  std::vector<absl::string_view> names;
  for (int kind = 1; kind <= static_cast<int>(BodyKind::kPartyBody); ++kind) {
    if (MayHave(unit, static_cast<BodyKind>(kind))) {
      names.push_back(NameOf(static_cast<BodyKind>(kind)));
    }
  }
  return absl::StrJoin(names, ",");
}

absl::Status Ended(absl::string_view what, absl::string_view reason, const std::string& name,
                   const DayRange& valid) {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           absl::StrCat(name, " does not exist then"), reason,
                           {{std::string(what), name},
                            {"first_date", Text(valid.first)},
                            {"end_date", Text(valid.end)}});
}

// The bodies of one unit as the rules look at them.
using BodiesOfUnits = std::map<std::string, std::vector<BodyFacts>>;

absl::StatusOr<BodiesOfUnits> LoadFacts(db::Tx& tx, const std::string& province_code,
                                        const std::string& unit, absl::CivilDay day) {
  std::map<std::string, std::pair<std::string, size_t>> places;  // By body id: unit and index.
  BodiesOfUnits facts;
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<Body> bodies,
                     store::ListBodies(tx, province_code, unit, day, after, page::kSizeMax));
    for (const Body& body : bodies) {
      places[body.id] = {body.unit, facts[body.unit].size()};
      facts[body.unit].push_back({body.Name(), body.kind, 0, {}});
    }
    if (bodies.size() < static_cast<size_t>(page::kSizeMax)) break;
    after = bodies.back().id;
  }
  ASSIGN_OR_RETURN(const std::vector<store::PostCount> counts,
                   store::CountPosts(tx, province_code, day));
  for (const store::PostCount& count : counts) {
    const auto place = places.find(count.body_id);
    if (place == places.end()) continue;
    BodyFacts& body = facts[place->second.first][place->second.second];
    body.posts[count.kind] += count.posts;
    if (QuotaOf(count.kind) != QuotaKind::kNone) body.counted_posts += count.posts;
  }
  return facts;
}

void AddFindings(const std::string& unit, const std::vector<Finding>& findings,
                 v1::CheckOrganisationResponse& response) {
  for (const Finding& finding : findings) {
    response.set_total(response.total() + 1);
    if (response.findings_size() >= kFindingsMax) continue;
    v1::OrganisationFinding* added = response.add_findings();
    added->set_unit(unit);
    added->set_body(finding.body);
    added->set_code(finding.code);
    added->set_kind(static_cast<v1::BodyKind>(finding.kind));
    added->set_found(finding.found);
    added->set_expected(finding.expected);
    added->set_source(finding.source);
  }
}

Post PostOf(const v1::CreatePostRequest& request, const Body& body, const Call& call) {
  Post post;
  post.province_code = body.province_code;
  post.id = call.new_id;
  post.body_id = body.id;
  post.body_kind = body.kind;
  post.unit = body.unit;
  post.kind = static_cast<PostKind>(request.kind());
  post.title = request.title();
  post.grade = request.grade();
  post.allowance_hundredths = request.allowance_coefficient_hundredths();
  post.standards = personnel::FromProto(request.standards());
  post.valid = {personnel::FromProto(request.first_date()), body.valid.end};
  post.act = request.act().number();
  post.vacant_since = post.valid.first;
  return post;
}

}  // namespace

absl::Status AddBody(const Call& call, Body& body, int ordinal, db::Tx& tx) {
  RETURN_IF_ERROR(AppendBody(call, body, "body.created", ordinal, tx));
  return store::InsertBody(tx, body);
}

absl::Status AddPost(const Call& call, Post& post, int ordinal, db::Tx& tx) {
  RETURN_IF_ERROR(AppendPost(call, post, "post.created", ordinal, tx));
  RETURN_IF_ERROR(store::InsertPost(tx, post));
  const absl::CivilDay today = VietnamDay(call.now);
  if (post.valid.end <= today) return absl::OkStatus();
  if (post.valid.end != kNoEnd) {  // With its body.
    RETURN_IF_ERROR(store::InsertDue(
        tx, {post.province_code, post.valid.end, store::DueKind::kPostEnds, post.id}));
  }
  const int filled = post.holder.empty() ? 0 : 1;
  if (post.valid.first <= today) return store::AddToCount(tx, post, 1, filled);
  return store::InsertDue(
      tx, {post.province_code, post.valid.first, store::DueKind::kPostBegins, post.id});
}

absl::Status EndPostOn(const Call& call, Post& post, absl::CivilDay end, int ordinal, db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  post.valid.end = end;
  ++post.version;
  RETURN_IF_ERROR(AppendPost(call, post, "post.ended", ordinal, tx));
  RETURN_IF_ERROR(store::UpdatePost(tx, post));
  const bool begun = post.valid.first <= today;
  if (begun && end <= today) return store::AddToCount(tx, post, -1, 0);
  if (!begun && end <= post.valid.first) {
    return store::DeleteDue(
        tx, {post.province_code, post.valid.first, store::DueKind::kPostBegins, post.id});
  }
  return store::InsertDue(tx, {post.province_code, end, store::DueKind::kPostEnds, post.id});
}

absl::Status EndBodyOn(const Call& call, Body& body, absl::CivilDay end, const std::string& act,
                       int ordinal, db::Tx& tx) {
  body.valid.end = end;
  body.end_act = act;
  ++body.version;
  RETURN_IF_ERROR(AppendBody(call, body, "body.ended", ordinal, tx));
  return store::UpdateBody(tx, body);
}

absl::StatusOr<v1::CreateBodyResponse> CreateBody(const Env& env, const Call& call,
                                                  const v1::CreateBodyRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  Body body;
  body.province_code = ProvinceCodeOf(request.parent());
  body.id = call.new_id;
  body.unit = request.unit();
  body.kind = static_cast<BodyKind>(request.kind());
  body.display_name = request.display_name();
  body.valid.first = personnel::FromProto(request.first_date());
  body.act = request.act().number();
  ASSIGN_OR_RETURN(const units::UnitVersion* unit,
                   RequireUnit(*units, body.unit, body.province_code, body.valid.first));
  if (!MayHave(FactsOf(*unit), body.kind)) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the law gives ", unit->full_name, " no ", NameOf(body.kind)),
        "BODY_KIND_NOT_ALLOWED",
        {{"kind", std::string(NameOf(body.kind))}, {"allowed", AllowedKinds(FactsOf(*unit))}});
  }
  RETURN_IF_ERROR(AddBody(call, body, 0, tx));
  env.appended();
  v1::CreateBodyResponse response;
  ToProto(body, response.mutable_body());
  return response;
}

void ValidateCreateBody(const v1::CreateBodyRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::EndBodyResponse> EndBody(const Env& env, const Call& call,
                                            const v1::EndBodyRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Body body, RequireBody(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), body.version));
  const absl::CivilDay end = personnel::FromProto(request.end_date());
  if (end <= body.valid.first || end > body.valid.end) {
    return Ended("body", "BODY_ENDED", request.name(), body.valid);
  }
  ASSIGN_OR_RETURN(const std::vector<Post> posts,
                   store::LoadPostsOfBody(tx, body.province_code, body.id));
  std::vector<std::string> beyond;
  for (const Post& post : posts) {
    if (post.valid.end > end) beyond.push_back(post.Name());
  }
  if (!beyond.empty()) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(beyond.size(), " posts of the body exist beyond ", Text(end)),
        "BODY_HAS_POSTS", {{"posts", absl::StrJoin(beyond, ",")}});
  }
  RETURN_IF_ERROR(EndBodyOn(call, body, end, request.act().number(), 0, tx));
  env.appended();
  v1::EndBodyResponse response;
  ToProto(body, response.mutable_body());
  return response;
}

void ValidateEndBody(const v1::EndBodyRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::ListBodiesResponse> ListBodies(const Env& env, const Call& call,
                                                  const v1::ListBodiesRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListBodies", query, request.page_token()));
  ASSIGN_OR_RETURN(
      std::vector<Body> bodies,
      store::ListBodies(tx, ProvinceCodeOf(request.parent()), request.unit(),
                        AsOf(request.as_of(), request.has_as_of(), call), cursor, size + 1));
  v1::ListBodiesResponse response;
  if (bodies.size() > static_cast<size_t>(size)) {
    bodies.resize(static_cast<size_t>(size));
    response.set_next_page_token(env.pages->Seal("ListBodies", query, bodies.back().id));
  }
  for (const Body& body : bodies) ToProto(body, response.add_bodies());
  return response;
}

void ValidateListBodies(const v1::ListBodiesRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::CheckOrganisationResponse> CheckOrganisation(
    const Env& env, const Call& call, const v1::CheckOrganisationRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, CurrentSnapshot(*env.snapshots, tx));
  const auto& units = snapshot->units;
  const std::string province_code = ProvinceCodeOf(request.parent());
  const absl::CivilDay day = AsOf(request.as_of(), request.has_as_of(), call);
  if (!request.unit().empty()) {
    RETURN_IF_ERROR(RequireUnit(*units, request.unit(), province_code, day).status());
  }
  ASSIGN_OR_RETURN(const BodiesOfUnits facts, LoadFacts(tx, province_code, request.unit(), day));
  v1::CheckOrganisationResponse response;
  for (const units::UnitRecord* record : units->UnitsOn(day)) {
    const units::UnitVersion* version = record->On(day);
    if (KeptIn(*record) != province_code) continue;
    if (version->tier != UnitTier::kProvince && version->tier != UnitTier::kCommune) continue;
    if (!request.unit().empty() && record->name != request.unit()) continue;
    response.set_units(response.units() + 1);
    if (version->tier == UnitTier::kProvince) {
      ASSIGN_OR_RETURN(const std::optional<Quota> pool,
                       store::LoadQuota(tx, {province_code, record->name, QuotaKind::kViceChair}));
      const int64_t granted = pool ? GrantedOn(*pool, day) : 0;
      const int64_t communes = CommunesOf(*units, version->province_code, day);
      AddFindings(record->name, CheckViceChairs(granted, communes), response);
    }
    UnitFacts unit = FactsOf(*version);
    unit.has_centers = snapshot->HasCenters(version->province_code, day);
    const auto bodies = facts.find(record->name);
    AddFindings(record->name,
                personnel::CheckOrganisation(
                    unit, bodies == facts.end() ? std::vector<BodyFacts>() : bodies->second),
                response);
  }
  return response;
}

absl::StatusOr<v1::CreatePostResponse> CreatePost(const Env& env, const Call& call,
                                                  const v1::CreatePostRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  ASSIGN_OR_RETURN(const Body body, RequireBody(tx, request.parent()));
  Post post = PostOf(request, body, call);
  if (!body.valid.Contains(post.valid.first)) {
    return Ended("body", "BODY_ENDED", request.parent(), body.valid);
  }
  if (!MayHave(body.kind, post.kind)) {
    return error::WithReason(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("a ", NameOf(body.kind), " has no ", NameOf(post.kind)),
        "POST_KIND_NOT_ALLOWED",
        {{"kind", std::string(NameOf(post.kind))}, {"body_kind", std::string(NameOf(body.kind))}});
  }
  const units::UnitRecord* unit = units->FindUnit(body.unit);
  const units::UnitVersion* version = unit == nullptr ? nullptr : unit->On(post.valid.first);
  post.vice_chair = version != nullptr && CountsAsViceChair(FactsOf(*version), post.kind);
  RETURN_IF_ERROR(AddPost(call, post, 0, tx));
  env.appended();
  v1::CreatePostResponse response;
  ToProto(post, response.mutable_post());
  return response;
}

void ValidateCreatePost(const v1::CreatePostRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
  if (request.allowance_coefficient_hundredths() < 0 ||
      request.allowance_coefficient_hundredths() > kCoefficientMaxHundredths) {
    violations.Add("allowance_coefficient_hundredths",
                   absl::StrCat("must lie between 0 and ", kCoefficientMaxHundredths));
  }
  if (request.standards().service_months_min() < 0) {
    violations.Add("standards.service_months_min", "must not be negative");
  }
  if (request.standards().months_to_pension_min() < 0) {
    violations.Add("standards.months_to_pension_min", "must not be negative");
  }
}

absl::StatusOr<v1::EndPostResponse> EndPost(const Env& env, const Call& call,
                                            const v1::EndPostRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Post post, RequirePost(tx, request.name()));
  RETURN_IF_ERROR(CheckEtag(request.etag(), post.version));
  const absl::CivilDay end = personnel::FromProto(request.end_date());
  RETURN_IF_ERROR(CheckNotPast(end, call));
  // One that has ended is not counted off again.
  const bool over = post.valid.end <= VietnamDay(call.now);
  if (over || end <= post.valid.first || end > post.valid.end) {
    return Ended("post", "POST_ENDED", request.name(), post.valid);
  }
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> held,
                   store::LoadOfPost(tx, post.province_code, post.Name()));
  std::vector<std::string> beyond;
  for (const store::StoredAppointment& stored : held) {
    const Appointment& appointment = stored.appointment;
    if (appointment.valid.end > end && appointment.valid.first < appointment.valid.end) {
      beyond.push_back(appointment.Name());
    }
  }
  if (!beyond.empty()) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             absl::StrCat("the post is held beyond ", Text(end)), "POST_HELD",
                             {{"appointments", absl::StrJoin(beyond, ",")}});
  }
  RETURN_IF_ERROR(CheckNotReserved(tx, post));
  RETURN_IF_ERROR(EndPostOn(call, post, end, 0, tx));
  env.appended();
  v1::EndPostResponse response;
  ToProto(post, response.mutable_post());
  return response;
}

void ValidateEndPost(const v1::EndPostRequest& request, error::Violations& violations) {
  CheckAct(request.act(), violations);
}

absl::StatusOr<v1::GetPostResponse> GetPost(const Env&, const Call&,
                                            const v1::GetPostRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const Post post, RequirePost(tx, request.name()));
  v1::GetPostResponse response;
  ToProto(post, response.mutable_post());
  return response;
}

absl::StatusOr<v1::ListPostsResponse> ListPosts(const Env& env, const Call& call,
                                                const v1::ListPostsRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListPosts", query, request.page_token()));
  const std::pair<std::string, std::string> after = absl::StrSplit(cursor, '|');
  ASSIGN_OR_RETURN(std::vector<Post> posts,
                   store::ListPosts(tx, ProvinceCodeOf(request.parent()), request.unit(),
                                    AsOf(request.as_of(), request.has_as_of(), call),
                                    {"", after.first, after.second}, size + 1));
  v1::ListPostsResponse response;
  if (posts.size() > static_cast<size_t>(size)) {
    posts.resize(static_cast<size_t>(size));
    response.set_next_page_token(
        env.pages->Seal("ListPosts", query, absl::StrCat(posts.back().unit, "|", posts.back().id)));
  }
  for (const Post& post : posts) ToProto(post, response.add_posts());
  return response;
}

void ValidateListPosts(const v1::ListPostsRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

}  // namespace twotier::personnel::handlers
