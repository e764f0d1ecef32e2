#include "tests/service/personnel_fixture.h"

#include <algorithm>

#include "common/clock.h"

namespace twotier::personnel::testing {

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void PersonnelTest::SetUp() {
  Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 100);
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 10);
  Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  Import({Row(kDaNang, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 1),
          Row(kDaNang, v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_CHAIR, 1, 2),
          Row(kHaiChau, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 3),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_HEAD, 1, 4),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 5),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 6),
          Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 0),
          Row(kAnHai, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 7),
          Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 0)});
  province_chair_ = PostOf(kDaNang, v1::POST_KIND_COMMITTEE_CHAIR);
  council_chair_ = PostOf(kDaNang, v1::POST_KIND_COUNCIL_CHAIR);
  hai_chau_chair_ = PostOf(kHaiChau, v1::POST_KIND_COMMITTEE_CHAIR);
  an_hai_chair_ = PostOf(kAnHai, v1::POST_KIND_COMMITTEE_CHAIR);
}

absl::StatusOr<v1::GrantQuotaResponse> PersonnelTest::TryGrant(const std::string& unit,
                                                               v1::QuotaKind kind, int64_t posts,
                                                               const std::string& province) {
  v1::GrantQuotaRequest request;
  request.set_parent(province);
  request.set_unit(unit);
  request.set_quota_kind(kind);
  request.set_posts(posts);
  request.set_year(2026);
  request.mutable_act()->set_number("15/QĐ-UBND");
  request.set_etag(QuotaOf(unit, kind, province).etag());
  request.set_request_id(RequestId());
  return server_.Call(&Stub::GrantQuota, request);
}

v1::Quota PersonnelTest::Grant(const std::string& unit, v1::QuotaKind kind, int64_t posts,
                               const std::string& province) {
  const auto response = TryGrant(unit, kind, posts, province);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->quota() : v1::Quota();
}

absl::StatusOr<v1::GrantSurplusAllowanceResponse> PersonnelTest::Allow(
    const std::string& unit, const std::vector<std::pair<absl::CivilDay, int64_t>>& steps) {
  v1::GrantSurplusAllowanceRequest request;
  request.set_parent("provinces/48");
  request.set_unit(unit);
  request.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
  for (const auto& [day, posts] : steps) {
    v1::AllowanceStep* step = request.add_steps();
    Set(step->mutable_first_date(), day);
    step->set_posts(posts);
  }
  request.mutable_act()->set_number("16/NQ-HĐND");
  request.set_etag(QuotaOf(unit).etag());
  if (request.etag().empty()) request.set_etag("\"0\"");
  request.set_request_id(RequestId());
  return server_.Call(&Stub::GrantSurplusAllowance, request);
}

v1::Quota PersonnelTest::QuotaOf(const std::string& unit, v1::QuotaKind kind,
                                 const std::string& province) {
  v1::ListQuotasRequest request;
  request.set_parent(province);
  request.set_unit(unit);
  const auto response = server_.Call(&Stub::ListQuotas, request);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return {};
  for (const v1::Quota& quota : response->quotas()) {
    if (quota.quota_kind() == kind) return quota;
  }
  return {};
}

v1::ImportStaffRequest PersonnelTest::List(const std::vector<v1::StaffRow>& rows,
                                           const std::string& province) {
  v1::ImportStaffRequest request;
  request.set_parent(province);
  for (const v1::StaffRow& row : rows) *request.add_rows() = row;
  Set(request.mutable_list_date(), absl::CivilDay(2025, 7, 1));
  request.mutable_act()->set_number("759/QĐ-TTg");
  request.set_request_id(RequestId());
  return request;
}

v1::ImportStaffResponse PersonnelTest::Import(const std::vector<v1::StaffRow>& rows,
                                              const std::string& province) {
  const auto response = server_.Call(&Stub::ImportStaff, List(rows, province));
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? *response : v1::ImportStaffResponse();
}

std::string PersonnelTest::Person(int national_id) {
  v1::FindPersonByNationalIdRequest request;
  request.set_national_id(NationalId(national_id));
  const auto response = server_.Call(&Stub::FindPersonByNationalId, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.ok() ? response->person().name() : "";
}

void PersonnelTest::Register(int national_id) {
  v1::RegisterPersonRequest request;
  request.set_parent("provinces/48");
  *request.mutable_data() =
      Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, national_id).person();
  request.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, request).ok());
}

absl::Status PersonnelTest::EndPost(const std::string& name, absl::CivilDay day) {
  v1::GetPostRequest get;
  get.set_name(name);
  const auto post = server_.Call(&Stub::GetPost, get);
  if (!post.ok()) return post.status();
  v1::EndPostRequest request;
  request.set_name(name);
  request.set_etag(post->post().etag());
  Set(request.mutable_end_date(), day);
  request.mutable_act()->set_number("31/NQ-HĐND");
  request.set_request_id(RequestId());
  return server_.Call(&Stub::EndPost, request).status();
}

std::string PersonnelTest::PostOf(const std::string& unit, v1::PostKind kind, int n,
                                  const std::string& province) {
  v1::ListPostsRequest request;
  request.set_parent(province);
  request.set_unit(unit);
  request.set_page_size(1000);
  const auto response = server_.Call(&Stub::ListPosts, request);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return "";
  std::vector<std::string> names;
  for (const v1::Post& post : response->posts()) {
    if (post.kind() == kind) names.push_back(post.name());
  }
  // In the order of the list that made them: ids of one call end with a number.
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  if (static_cast<size_t>(n) <= names.size()) return names[static_cast<size_t>(n) - 1];
  ADD_FAILURE() << unit << " has no such post";
  return "";
}

v1::Appointment PersonnelTest::MainOf(const std::string& person) {
  v1::GetPersonHistoryRequest request;
  request.set_name(person);
  const auto response = server_.Call(&Stub::GetPersonHistory, request);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return {};
  v1::Appointment main;
  for (const v1::Appointment& appointment : response->appointments()) {
    const bool is_main = appointment.kind() == v1::APPOINTMENT_KIND_PERMANENT ||
                         appointment.kind() == v1::APPOINTMENT_KIND_CONTRACT;
    const absl::CivilDay today = VietnamDay(server_.clock().Now());
    if (is_main && DayOf(appointment.valid().first_date()) <= today) main = appointment;
  }
  return main;
}

v1::OrderForm PersonnelTest::Form(const std::string& signer) {
  v1::OrderForm form;
  form.set_number("123/QĐ-UBND");
  Set(form.mutable_sign_date(), VietnamDay(server_.clock().Now()));
  form.set_signer_post(signer);
  return form;
}

v1::AppointCivilServantRequest PersonnelTest::Appointment(const std::string& person,
                                                          const std::string& post,
                                                          const std::string& signer,
                                                          absl::CivilDay first) {
  v1::AppointCivilServantRequest request;
  request.set_parent(post.substr(0, post.find("/posts/")));
  request.set_person(person);
  request.set_post(post);
  request.set_kind(v1::APPOINTMENT_KIND_PERMANENT);
  Set(request.mutable_first_date(), first);
  *request.mutable_form() = Form(signer);
  request.set_request_id(RequestId());
  return request;
}

v1::TransferCivilServantRequest PersonnelTest::Transfer(const std::string& person,
                                                        const std::string& post,
                                                        absl::CivilDay day) {
  const v1::Appointment main = MainOf(person);
  v1::TransferCivilServantRequest request;
  request.set_appointment(main.name());
  request.set_etag(main.etag());
  request.set_person(person);
  request.set_post(post);
  Set(request.mutable_effective_date(), day);
  *request.mutable_form() = Form(province_chair_);
  request.set_request_id(RequestId());
  return request;
}

v1::EndAppointmentRequest PersonnelTest::End(const v1::Appointment& appointment,
                                             v1::EndReason reason, const std::string& signer,
                                             absl::CivilDay day) {
  v1::EndAppointmentRequest request;
  request.set_appointment(appointment.name());
  request.set_etag(appointment.etag());
  request.set_person(appointment.person());
  Set(request.mutable_end_date(), day);
  request.set_end_reason(reason);
  *request.mutable_form() = Form(signer);
  request.set_request_id(RequestId());
  return request;
}

}  // namespace twotier::personnel::testing
