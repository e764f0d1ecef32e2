#include "tests/load/staff_calls.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/workload.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace v1 = personnel::v1;
using v1::PersonnelService;
using Stub = PersonnelService::Stub;

constexpr char kMethod[] = "TransferCivilServant";
constexpr char kAct[] = "759/QĐ-TTg";
constexpr int kCommunes = 2;  // Of a province: from the first to the second and back.

const std::string& Method() {
  static const auto* const kName =
      new std::string(absl::StrCat("/", v1::PersonnelService::service_full_name(), "/", kMethod));
  return *kName;
}

class Filler {
 public:
  Filler(Stub& personnel, int people) : personnel_(personnel), people_(people) {}

  absl::Status Fill(const ProvinceUnits& province, Commuters& commuters) {
    // Room for everybody on either side, and for the chair.
    RETURN_IF_ERROR(Grant(province, province.unit, (people_ + 1) * (kCommunes + 1)));
    for (int i = 0; i < kCommunes; ++i) {
      RETURN_IF_ERROR(Grant(province, province.communes[i], people_));
    }
    RETURN_IF_ERROR(Import(province));
    ASSIGN_OR_RETURN(const auto chair, IncumbentsOf(province, province.unit));
    ASSIGN_OR_RETURN(const auto people, IncumbentsOf(province, province.communes[0]));
    v1::ListPostsRequest request;
    request.set_parent(province.Name());
    request.set_unit(province.communes[1]);
    request.set_page_size(1000);
    ASSIGN_OR_RETURN(const v1::ListPostsResponse vacant,
                     Ask(personnel_, &Stub::ListPosts, request));
    for (int i = 0; i < people_; ++i) {
      const v1::Appointment& appointment = people.incumbents(i).appointment();
      commuters.push_back({appointment.name(), appointment.etag(), appointment.person(),
                           vacant.posts(i).name(), appointment.post(),
                           chair.incumbents(0).appointment().post()});
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Grant(const ProvinceUnits& province, const std::string& unit, int posts) {
    v1::GrantQuotaRequest request;
    request.set_parent(province.Name());
    request.set_unit(unit);
    request.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
    request.set_posts(posts);
    request.set_year(2026);
    request.mutable_act()->set_number(kAct);
    request.set_request_id(ids_.Next());
    return Ask(personnel_, &Stub::GrantQuota, request).status();
  }

  void AddRow(v1::ImportStaffRequest& list, const std::string& unit, v1::PostKind kind, int number,
              bool held) {
    v1::StaffRow& row = *list.add_rows();
    row.set_unit(unit);
    row.set_body_kind(kind == v1::POST_KIND_OFFICIAL ? v1::BODY_KIND_OFFICE
                                                     : v1::BODY_KIND_COMMITTEE);
    row.set_post_kind(kind);
    row.set_post_number(number);
    row.set_title("Chuyên viên");
    row.set_grade(v1::GRADE_EXPERT);
    row.set_synthetic(true);
    if (!held) return;
    v1::PersonalData& person = *row.mutable_person();
    person.set_full_name("Nguyễn Văn An");
    person.mutable_birth_date()->set_year(1985);
    person.mutable_birth_date()->set_month(5);
    person.mutable_birth_date()->set_day(4);
    person.set_sex(v1::SEX_MALE);
    // No province has the code 999: nobody's number is taken.
    person.set_national_id(absl::StrFormat("9992%08d", next_person_++));
    row.mutable_qualifications()->set_education(v1::EDUCATION_BACHELOR);
    row.mutable_qualifications()->set_rank_coefficient_hundredths(366);
    row.set_appointment_kind(v1::APPOINTMENT_KIND_PERMANENT);
    *row.mutable_first_date() = list.list_date();
  }

  absl::Status Import(const ProvinceUnits& province) {
    v1::ImportStaffRequest list;
    list.set_parent(province.Name());
    list.mutable_list_date()->set_year(2025);
    list.mutable_list_date()->set_month(7);
    list.mutable_list_date()->set_day(1);
    list.mutable_act()->set_number(kAct);
    list.set_request_id(ids_.Next());
    AddRow(list, province.unit, v1::POST_KIND_COMMITTEE_CHAIR, 1, true);
    for (int i = 1; i <= people_; ++i) {
      AddRow(list, province.communes[0], v1::POST_KIND_OFFICIAL, i, true);
      AddRow(list, province.communes[1], v1::POST_KIND_OFFICIAL, i, false);
    }
    return Ask(personnel_, &Stub::ImportStaff, list).status();
  }

  absl::StatusOr<v1::ListIncumbentsResponse> IncumbentsOf(const ProvinceUnits& province,
                                                          const std::string& unit) {
    v1::ListIncumbentsRequest request;
    request.set_parent(province.Name());
    request.set_unit(unit);
    request.set_page_size(1000);
    return Ask(personnel_, &Stub::ListIncumbents, request);
  }

  Stub& personnel_;
  const int people_;
  int next_person_ = 0;
  RequestIds ids_;
};

}  // namespace

absl::StatusOr<std::vector<ProvinceUnits>> ListProvinces(const std::string& registry_address) {
  const auto registry = StubOf<registry::v1::RegistryService>(registry_address);
  registry::v1::ListUnitsRequest request;
  request.set_tier(registry::v1::TIER_PROVINCE);
  request.set_page_size(1000);
  ASSIGN_OR_RETURN(const registry::v1::ListUnitsResponse listed,
                   Ask(*registry, &registry::v1::RegistryService::Stub::ListUnits, request));
  std::vector<ProvinceUnits> provinces;
  std::map<std::string, size_t> numbers;
  for (const registry::v1::Unit& unit : listed.units()) {
    numbers[unit.province_code()] = provinces.size();
    provinces.push_back({unit.province_code(), unit.name(), {}});
  }
  ASSIGN_OR_RETURN(const std::vector<registry::v1::Unit> communes,
                   ListCommunes(*registry, nullptr));
  for (const registry::v1::Unit& unit : communes) {
    provinces[numbers[unit.province_code()]].communes.push_back(unit.name());
  }
  return provinces;
}

TransferCaller::TransferCaller(std::shared_ptr<Commuters> commuters, size_t number, bool judge)
    : commuters_(std::move(commuters)), commuter_(commuters_->at(number)), judge_(judge) {}

NextCall TransferCaller::Next() {
  v1::TransferCivilServantRequest request;
  request.set_appointment(commuter_.appointment);
  request.set_etag(commuter_.etag);
  request.set_person(commuter_.person);
  request.set_post(commuter_.post);
  *request.mutable_effective_date() = today_;
  request.mutable_form()->set_number("123/QĐ-UBND");
  *request.mutable_form()->mutable_sign_date() = today_;
  request.mutable_form()->set_signer_post(commuter_.signer_post);
  request.set_request_id(ids_.Next());
  return {&Method(), ToBuffer(request.SerializeAsString())};
}

absl::Status TransferCaller::Check(const grpc::ByteBuffer& answer) {
  grpc::ByteBuffer copy(answer);  // Shares the bytes; the reader wants a buffer it may change.
  grpc::ProtoBufferReader reader(&copy);
  v1::TransferCivilServantResponse response;
  if (!response.ParseFromZeroCopyStream(&reader) || response.order().name().empty()) {
    return absl::InternalError("no order");
  }
  if (!judge_) return absl::OkStatus();
  for (const v1::AppointmentChange& change : response.effect().appointments()) {
    if (!change.begins() || change.appointment().post() != commuter_.post) continue;
    commuter_.appointment = change.appointment().name();
    commuter_.etag = change.appointment().etag();
    std::swap(commuter_.post, commuter_.other);
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("not on the post: ", response.ShortDebugString()));
}

absl::StatusOr<StaffCalls> PrepareStaff(const std::string& registry_address,
                                        const std::string& personnel_address, int commuters) {
  ASSIGN_OR_RETURN(const std::vector<ProvinceUnits> provinces, ListProvinces(registry_address));
  const auto personnel = StubOf<PersonnelService>(personnel_address);
  const int each = commuters / static_cast<int>(provinces.size()) + 1;
  Filler filler(*personnel, each);
  Commuters all;
  for (const ProvinceUnits& province : provinces) RETURN_IF_ERROR(filler.Fill(province, all));
  // Neighbours in the list are of different provinces: any number of callers is spread over all.
  StaffCalls calls{.commuters = std::make_shared<Commuters>()};
  for (size_t i = 0; i < all.size(); ++i) {
    const size_t province = i % provinces.size();
    calls.commuters->push_back(all[province * static_cast<size_t>(each) + i / provinces.size()]);
  }
  TransferCaller caller(calls.commuters, 0, /*judge=*/true);
  v1::TransferCivilServantRequest request;
  if (!request.ParseFromString(ToBytes(caller.Next().request))) {
    return absl::InternalError("not a request");
  }
  ASSIGN_OR_RETURN(const v1::TransferCivilServantResponse response,
                   Ask(*personnel, &Stub::TransferCivilServant, request));
  std::string& answer = calls.answers[Method()];
  answer = response.SerializeAsString();
  RETURN_IF_ERROR(caller.Check(ToBuffer(answer)));
  return calls;
}

}  // namespace twotier::load
