// What orders are refused for beside what stands in the way, and transfers across provinces.

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {
namespace {

using RefusalTest = PersonnelTest;

TEST_P(RefusalTest, TheSignersPostMustHaveHadAHolder) {
  const std::string official = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  v1::AppointCivilServantRequest request = Appointment(Person(4), official, hai_chau_chair_);
  request.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  // The chair has held the post since 1 July 2025.
  Set(request.mutable_form()->mutable_sign_date(), absl::CivilDay(2025, 6, 30));
  const absl::Status vacant = server_.Call(&Stub::AppointCivilServant, request).status();
  EXPECT_EQ(ReasonOf(vacant), "SIGNER_POST_VACANT");
  EXPECT_EQ(MetadataOf(vacant, "sign_date"), "2025-06-30");
  request.clear_form();
  *request.mutable_form() = Form("");
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::AppointCivilServant, request).status()),
            "SIGNER_NOT_COMPETENT");
}

// Who signs is who holds the post on that day, which nobody knows before it has come.
TEST_P(RefusalTest, NothingIsSignedInTheFuture) {
  v1::AppointCivilServantRequest appoint = Appointment(
      Person(4), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_, kToday + 10);
  appoint.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  const auto is_early = [&](v1::OrderForm& form, const std::function<absl::Status()>& sign) {
    Set(form.mutable_sign_date(), kToday + 1);
    const absl::Status early = sign();
    ASSERT_EQ(error::FieldViolationsOf(early).size(), 1) << early;
    EXPECT_EQ(error::FieldViolationsOf(early)[0].field, "form.sign_date");
    Set(form.mutable_sign_date(), kToday);
    EXPECT_TRUE(sign().ok());
  };
  is_early(*appoint.mutable_form(), [&] {
    appoint.set_request_id(RequestId());
    return server_.Call(&Stub::AppointCivilServant, appoint).status();
  });
  const v1::Appointment main = MainOf(Person(5));
  v1::CorrectAppointmentRequest correct;
  correct.set_appointment(main.name());
  correct.set_etag(main.etag());
  correct.set_person(main.person());
  correct.set_reason("đã đối chiếu quyết định");
  correct.set_verified(true);
  *correct.mutable_form() = Form(hai_chau_chair_);
  is_early(*correct.mutable_form(), [&] {
    correct.set_request_id(RequestId());
    return server_.Call(&Stub::CorrectAppointment, correct).status();
  });
  v1::CreateReorganisationPlanRequest create;
  create.set_parent("provinces/48");
  create.set_display_name("Sắp xếp Hòa Vang");
  Set(create.mutable_effective_date(), kToday + 5);
  create.mutable_act()->set_number("30/NQ-HĐND");
  create.add_from_units(kHoaVang);
  create.add_to_units(kAnHai);
  create.set_request_id(RequestId());
  const auto plan = server_.Call(&Stub::CreateReorganisationPlan, create);
  ASSERT_TRUE(plan.ok()) << plan.status();
  v1::SignReorganisationPlanRequest sign;
  sign.set_name(plan->plan().name());
  sign.set_etag(plan->plan().etag());
  *sign.mutable_form() = Form(province_chair_);
  is_early(*sign.mutable_form(), [&] {
    sign.set_request_id(RequestId());
    return server_.Call(&Stub::SignReorganisationPlan, sign).status();
  });
}

TEST_P(RefusalTest, AnAppointmentIsNamedWithItsPerson) {
  v1::TransferCivilServantRequest other =
      Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL));
  other.set_person(Person(6));
  const absl::Status refused = server_.Call(&Stub::TransferCivilServant, other).status();
  EXPECT_EQ(ReasonOf(refused), "APPOINTMENT_OF_OTHER_PERSON");
  EXPECT_EQ(MetadataOf(refused, "person"), Person(5));

  v1::AppointCivilServantRequest concurrent =
      Appointment(Person(5), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_);
  concurrent.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  const auto second = server_.Call(&Stub::AppointCivilServant, concurrent);
  ASSERT_TRUE(second.ok()) << second.status();
  v1::TransferCivilServantRequest not_main =
      Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL));
  not_main.set_appointment(second->effect().appointments(0).appointment().name());
  not_main.set_etag(second->effect().appointments(0).appointment().etag());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::TransferCivilServant, not_main).status()),
            "APPOINTMENT_NOT_MAIN");
}

TEST_P(RefusalTest, AnotherProvinceMustHaveAgreed) {
  constexpr char kOther[] = "provinces/01";
  Grant(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 5, kOther);
  Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 0)}, kOther);
  const std::string post = PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1, kOther);
  v1::TransferCivilServantRequest request = Transfer(Person(5), post, kToday + 4);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::TransferCivilServant, request).status()),
            "AGREEMENT_MISSING");
  request.mutable_agreement()->set_number("88/UBND-NV");
  request.set_request_id(RequestId());
  // Who may act in Đà Nẵng only puts nobody into a post of Hà Nội.
  grpc::ClientContext context;
  testing_support::Identify(context);
  context.AddMetadata(std::string(rpc::kProvincesMetadata), "48");
  v1::TransferCivilServantResponse response;
  EXPECT_EQ(ReasonOf(rpc::FromGrpcStatus(
                server_.stub().TransferCivilServant(&context, request, &response))),
            "OUT_OF_SCOPE");
  request.set_request_id(RequestId());
  const auto done = server_.Call(&Stub::TransferCivilServant, request);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(QuotaOf(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, kOther).held(), 1);
  // The order of one province moves places of both, on its day.
  server_.GoTo(kToday + 4);
  EXPECT_EQ(QuotaOf(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, kOther).used(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  EXPECT_EQ(MainOf(Person(5)).post(), post);
  v1::GetOrderRequest get;
  get.set_name(done->order().name());
  const auto order = server_.Call(&Stub::GetOrder, get);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_TRUE(order->order().in_force());
  ASSERT_EQ(order->appointments_size(), 1);
  EXPECT_EQ(order->appointments(0).post(), post);
}

TEST_P(RefusalTest, NobodyIsSecondedWithoutBothProvinces) {
  constexpr char kOther[] = "provinces/01";
  Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 0)}, kOther);
  v1::SecondCivilServantRequest request;
  request.set_parent(kOther);
  request.set_person(Person(5));
  request.set_post(PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1, kOther));
  Set(request.mutable_first_date(), kToday);
  Set(request.mutable_end_date(), kToday + 100);
  *request.mutable_form() = Form(province_chair_);
  request.set_request_id(RequestId());
  const absl::Status missing = server_.Call(&Stub::SecondCivilServant, request).status();
  EXPECT_EQ(ReasonOf(missing), "AGREEMENT_MISSING") << missing;
  EXPECT_EQ(MetadataOf(missing, "province_code"), "01");
  request.mutable_agreement()->set_number("88/UBND-NV");
  request.set_request_id(RequestId());
  // Who may act in Hà Nội only takes nobody out of Đà Nẵng.
  grpc::ClientContext context;
  testing_support::Identify(context);
  context.AddMetadata(std::string(rpc::kProvincesMetadata), "01");
  v1::SecondCivilServantResponse response;
  EXPECT_EQ(ReasonOf(rpc::FromGrpcStatus(
                server_.stub().SecondCivilServant(&context, request, &response))),
            "OUT_OF_SCOPE");
  request.set_request_id(RequestId());
  const auto seconded = server_.Call(&Stub::SecondCivilServant, request);
  ASSERT_TRUE(seconded.ok()) << seconded.status();
  EXPECT_EQ(database_.Run("SELECT agreement FROM staff_order WHERE province_code = '01'"),
            std::vector<std::string>{"88/UBND-NV"});
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(RefusalTest);

}  // namespace
}  // namespace twotier::personnel::testing
