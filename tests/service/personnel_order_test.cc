// Orders over gRPC: appointments, transfers, secondments, ends, and what they do to quotas.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using OrderTest = PersonnelTest;

std::vector<std::string> RightsOf(const v1::OrderEffect& effect, bool granted) {
  std::vector<std::string> rights;
  for (const v1::RightChange& right : effect.rights()) {
    if (right.granted() == granted) rights.push_back(right.right());
  }
  return rights;
}

TEST_P(OrderTest, TheListIsInForceAndUnverified) {
  const v1::Quota quota = QuotaOf(kHaiChau);
  EXPECT_EQ(quota.granted(), 10);
  EXPECT_EQ(quota.used(), 4);
  EXPECT_EQ(quota.available(), 6);
  EXPECT_EQ(QuotaOf(kDaNang).distributed(), 13);
  EXPECT_EQ(QuotaOf(kDaNang).available(), 85);
  const v1::Appointment main = MainOf(Person(5));
  EXPECT_TRUE(main.unverified());
  EXPECT_EQ(main.unit(), kHaiChau);
}

TEST_P(OrderTest, TransfersAtOneInstantWithThePlaceOfTheQuota) {
  const std::string person = Person(5);
  const v1::Appointment before = MainOf(person);
  const std::string post = PostOf(kAnHai, v1::POST_KIND_OFFICIAL);
  v1::TransferCivilServantRequest request = Transfer(person, post);

  // Only told: nothing happens, and the whole effect is the one of the order itself.
  request.set_validate_only(true);
  const auto told = server_.Call(&Stub::TransferCivilServant, request);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(MainOf(person).name(), before.name());
  EXPECT_EQ(QuotaOf(kAnHai).used(), 1);

  request.set_validate_only(false);
  const auto done = server_.Call(&Stub::TransferCivilServant, request);
  ASSERT_TRUE(done.ok()) << done.status();
  const v1::OrderEffect& effect = done->effect();
  ASSERT_THAT(effect.appointments(), SizeIs(2));
  EXPECT_EQ(told->effect().quotas_size(), 2);
  EXPECT_EQ(effect.appointments(0).appointment().end_reason(), v1::END_REASON_TRANSFER);
  EXPECT_EQ(DayOf(effect.appointments(0).appointment().valid().end_date()), kToday);
  EXPECT_TRUE(effect.appointments(1).begins());
  EXPECT_THAT(effect.vacated_posts(), Contains(before.post()));
  EXPECT_THAT(RightsOf(effect, true), Contains("dossier.process"));
  EXPECT_THAT(RightsOf(effect, false), Contains("dossier.process"));
  EXPECT_EQ(effect.salary().before_vnd(), 11'574'750);  // 3.66 × 2.53 m × 1.25.
  EXPECT_EQ(effect.salary().after_vnd(), effect.salary().before_vnd());
  EXPECT_TRUE(done->order().in_force());
  EXPECT_EQ(done->order().signer(), Person(1));
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 7);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 2);
  EXPECT_EQ(MainOf(person).post(), post);

  v1::GetOrderRequest get;
  get.set_name(done->order().name());
  const auto order = server_.Call(&Stub::GetOrder, get);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_THAT(order->appointments(), SizeIs(1));

  // The same request again is the same answer, another one on what is gone is refused.
  const auto again = server_.Call(&Stub::TransferCivilServant, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->order().name(), done->order().name());
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::TransferCivilServant, request).status()),
            "APPOINTMENT_ENDED");
}

TEST_P(OrderTest, NeverTakesMoreThanTheQuota) {
  Import({Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 0),
          Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 0)});
  for (int n = 1; n <= 2; ++n) {
    const auto done =
        server_.Call(&Stub::TransferCivilServant,
                     Transfer(Person(4 + n), PostOf(kAnHai, v1::POST_KIND_OFFICIAL, n)));
    ASSERT_TRUE(done.ok()) << done.status();
  }
  const absl::Status refused =
      server_
          .Call(&Stub::TransferCivilServant,
                Transfer(Person(4), PostOf(kAnHai, v1::POST_KIND_OFFICIAL, 3)))
          .status();
  EXPECT_EQ(ReasonOf(refused), "QUOTA_EXCEEDED") << refused;
  EXPECT_EQ(MetadataOf(refused, "unit"), kAnHai);
  EXPECT_EQ(MetadataOf(refused, "asked"), "1");
  EXPECT_EQ(MetadataOf(refused, "available"), "0");
  // Nothing half done.
  EXPECT_EQ(MainOf(Person(4)).unit(), kHaiChau);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 2);
}

TEST_P(OrderTest, AFutureOrderHoldsItsPlaceAndTakesEffectByDate) {
  const std::string person = Person(5);
  const std::string post = PostOf(kAnHai, v1::POST_KIND_OFFICIAL);
  const auto signed_order =
      server_.Call(&Stub::TransferCivilServant, Transfer(person, post, kToday + 10));
  ASSERT_TRUE(signed_order.ok()) << signed_order.status();
  EXPECT_FALSE(signed_order->order().in_force());
  EXPECT_EQ(QuotaOf(kAnHai).held(), 1);
  EXPECT_EQ(QuotaOf(kAnHai).available(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);

  server_.GoTo(kToday + 9);
  EXPECT_EQ(MainOf(person).unit(), kHaiChau);
  server_.GoTo(kToday + 10);
  EXPECT_EQ(MainOf(person).unit(), kAnHai);
  EXPECT_EQ(QuotaOf(kAnHai).held(), 0);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 2);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  v1::GetOrderRequest get;
  get.set_name(signed_order->order().name());
  EXPECT_TRUE(server_.Call(&Stub::GetOrder, get)->order().in_force());
  // It was nine hours late, which a scrape may still see after the next look.
  const auto lag = [&] { return server_.Gauge("twotier_personnel_effect_lag_seconds"); };
  EXPECT_EQ(lag(), 9 * 60 * 60);
  server_.LookAgain(absl::Minutes(1));
  EXPECT_EQ(lag(), 9 * 60 * 60);
  server_.LookAgain(absl::Minutes(1));
  EXPECT_EQ(lag(), 0);
}

TEST_P(OrderTest, ASuccessorTakesThePlaceThatTheHolderLeaves) {
  // Hải Châu's quota is full: four used of four.
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 4);
  const v1::Appointment leaving = MainOf(Person(5));
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(leaving, v1::END_REASON_RETIREMENT, hai_chau_chair_, kToday + 20))
                  .ok());
  v1::RegisterPersonRequest newcomer;
  newcomer.set_parent("provinces/48");
  *newcomer.mutable_data() =
      Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 90).person();
  newcomer.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, newcomer).ok());
  const auto follower =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(90), leaving.post(), hai_chau_chair_, kToday + 30));
  ASSERT_TRUE(follower.ok()) << follower.status();
  EXPECT_EQ(follower->effect().appointments(0).appointment().quota_state(),
            v1::QUOTA_STATE_FOLLOWS);
  // Another newcomer finds no place, today or between the two dates.
  newcomer.mutable_data()->set_national_id(NationalId(91));
  newcomer.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, newcomer).ok());
  const auto other =
      Appointment(Person(91), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::AppointCivilServant, other).status()), "QUOTA_EXCEEDED");
  server_.GoTo(kToday + 20);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).held(), 1);
  v1::AppointCivilServantRequest later = other;
  later.set_request_id(RequestId());
  Set(later.mutable_first_date(), kToday + 20);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::AppointCivilServant, later).status()), "QUOTA_EXCEEDED");
  server_.GoTo(kToday + 30);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  EXPECT_EQ(MainOf(Person(90)).post(), leaving.post());
  v1::GetPersonRequest get;
  get.set_name(leaving.person());
  EXPECT_EQ(server_.Call(&Stub::GetPerson, get)->person().state(), v1::PERSON_STATE_RETIRED);
}

TEST_P(OrderTest, ASecondeeStaysOnTheSendersQuota) {
  v1::SecondCivilServantRequest request;
  request.set_parent("provinces/48");
  request.set_person(Person(5));
  request.set_post(PostOf(kAnHai, v1::POST_KIND_OFFICIAL));
  Set(request.mutable_first_date(), kToday);
  Set(request.mutable_end_date(), kToday + 100);
  *request.mutable_form() = Form(province_chair_);
  request.set_request_id(RequestId());
  const auto seconded = server_.Call(&Stub::SecondCivilServant, request);
  ASSERT_TRUE(seconded.ok()) << seconded.status();
  EXPECT_THAT(seconded->effect().quotas(), IsEmpty());
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 1);
  request.set_person(Person(6));
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::SecondCivilServant, request).status()), "POST_OCCUPIED");
  server_.GoTo(kToday + 100);
  request.set_request_id(RequestId());
  Set(request.mutable_first_date(), kToday + 100);
  Set(request.mutable_end_date(), kToday + 200);
  EXPECT_TRUE(server_.Call(&Stub::SecondCivilServant, request).ok());
}

TEST_P(OrderTest, WhatRestsOnAMainAppointmentEndsWithIt) {
  v1::AppointCivilServantRequest acting =
      Appointment(Person(4), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_);
  acting.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  const auto second = server_.Call(&Stub::AppointCivilServant, acting);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->effect().appointments(0).appointment().quota_state(),
            v1::QUOTA_STATE_UNSPECIFIED);
  const auto ended = server_.Call(
      &Stub::EndAppointment, End(MainOf(Person(4)), v1::END_REASON_RESIGNATION, hai_chau_chair_));
  ASSERT_TRUE(ended.ok()) << ended.status();
  ASSERT_THAT(ended->effect().appointments(), SizeIs(2));
  EXPECT_EQ(ended->effect().appointments(0).appointment().end_reason(), v1::END_REASON_MAIN_ENDED);
  EXPECT_THAT(ended->effect().vacated_posts(), SizeIs(2));
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
}

TEST_P(OrderTest, WhatIsHeldBesideInAUnitIsLeftWithIt) {
  v1::AppointCivilServantRequest beside =
      Appointment(Person(5), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_);
  beside.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, beside).ok());
  const auto moved = server_.Call(&Stub::TransferCivilServant,
                                  Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL)));
  ASSERT_TRUE(moved.ok()) << moved.status();
  ASSERT_THAT(moved->effect().appointments(), SizeIs(3));
  const v1::Appointment& ended = moved->effect().appointments(0).appointment();
  EXPECT_EQ(ended.kind(), v1::APPOINTMENT_KIND_CONCURRENT);
  EXPECT_EQ(ended.end_reason(), v1::END_REASON_TRANSFER);
  EXPECT_THAT(moved->effect().vacated_posts(), SizeIs(2));
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(OrderTest, WhoIsToRetireRetiresWhereverHeIsByThen) {
  const std::string person = Person(5);
  const auto retires =
      server_.Call(&Stub::EndAppointment,
                   End(MainOf(person), v1::END_REASON_RETIREMENT, hai_chau_chair_, kToday + 10));
  ASSERT_TRUE(retires.ok()) << retires.status();
  const auto moved =
      server_.Call(&Stub::TransferCivilServant,
                   Transfer(person, PostOf(kAnHai, v1::POST_KIND_OFFICIAL), kToday + 2));
  ASSERT_TRUE(moved.ok()) << moved.status();
  server_.GoTo(kToday + 2);
  EXPECT_EQ(MainOf(person).unit(), kAnHai);
  EXPECT_EQ(MainOf(person).end_reason(), v1::END_REASON_RETIREMENT);
  server_.GoTo(kToday + 10);
  v1::GetPersonRequest request;
  request.set_name(person);
  EXPECT_EQ(server_.Call(&Stub::GetPerson, request)->person().state(), v1::PERSON_STATE_RETIRED);
  v1::GetOrderRequest order;
  order.set_name(retires->order().name());
  EXPECT_TRUE(server_.Call(&Stub::GetOrder, order)->order().in_force());
}

TEST_P(OrderTest, TakesBackWhatHasNotBegun) {
  const auto transfer =
      server_.Call(&Stub::TransferCivilServant,
                   Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL), kToday + 10));
  ASSERT_TRUE(transfer.ok());
  EXPECT_EQ(QuotaOf(kAnHai).held(), 1);
  // Death today: the transfer never happens.
  const auto ended = server_.Call(&Stub::EndAppointment,
                                  End(MainOf(Person(5)), v1::END_REASON_DEATH, hai_chau_chair_));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->effect().appointments(0).appointment().end_reason(), v1::END_REASON_NEVER_BEGAN);
  EXPECT_EQ(QuotaOf(kAnHai).held(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 1);
  EXPECT_EQ(ReasonOf(server_
                         .Call(&Stub::AppointCivilServant,
                               Appointment(Person(5), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 1),
                                           hai_chau_chair_, kToday + 10))
                         .status()),
            "PERSON_NOT_ACTIVE");
}

// The hold lies in the book of the province that let him go.
TEST_P(OrderTest, TakesBackWhatWaitsInAnotherProvince) {
  constexpr char kOther[] = "provinces/01";
  const absl::CivilDay day = kToday + 10;
  Grant(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 3, kOther);
  Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_HEAD, 1, 60),
          Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 0)},
         kOther);
  const std::string head = PostOf(kHaNoi, v1::POST_KIND_HEAD, 1, kOther);
  const std::string post = PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1, kOther);
  const auto held = [&] { return QuotaOf(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, kOther).held(); };
  v1::TransferCivilServantRequest transfer = Transfer(Person(5), post, day);
  transfer.mutable_agreement()->set_number("88/UBND-NV");
  const auto signed_order = server_.Call(&Stub::TransferCivilServant, transfer);
  ASSERT_TRUE(signed_order.ok()) << signed_order.status();
  EXPECT_EQ(held(), 1);
  const v1::Appointment waits = signed_order->effect().appointments(1).appointment();
  const auto ended =
      server_.Call(&Stub::EndAppointment, End(waits, v1::END_REASON_RESIGNATION, head, day));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(held(), 0);
  ASSERT_EQ(ended->effect().quotas_size(), 1);
  EXPECT_EQ(ended->effect().quotas(0).available_before(), 1);
  EXPECT_EQ(ended->effect().quotas(0).available_after(), 2);
  server_.GoTo(day);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

// Nor is what it brings later told by the order of another province than its book's.
TEST_P(OrderTest, WhatAnotherProvinceHasSignedEndsThere) {
  constexpr char kOther[] = "provinces/01";
  Grant(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 3, kOther);
  Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 0)}, kOther);
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment, End(MainOf(Person(5)), v1::END_REASON_RETIREMENT,
                                                   hai_chau_chair_, kToday + 10))
                  .ok());
  v1::TransferCivilServantRequest transfer =
      Transfer(Person(5), PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1, kOther), kToday + 5);
  transfer.mutable_agreement()->set_number("88/UBND-NV");
  const auto signed_order = server_.Call(&Stub::TransferCivilServant, transfer);
  ASSERT_TRUE(signed_order.ok()) << signed_order.status();
  server_.GoTo(kToday + 5);
  EXPECT_EQ(QuotaOf(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, kOther).used(), 1);
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, kOther).used(), 0);
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TEST_P(OrderTest, CorrectionsAreNewFacts) {
  const v1::Appointment before = MainOf(Person(5));
  v1::CorrectAppointmentRequest request;
  request.set_appointment(before.name());
  request.set_etag(before.etag());
  request.set_person(before.person());
  request.set_reason("ngày nhận việc ghi sai");
  Set(request.mutable_first_date(), absl::CivilDay(2025, 9, 1));
  request.set_verified(true);
  *request.mutable_form() = Form(hai_chau_chair_);
  request.set_request_id(RequestId());
  const auto corrected = server_.Call(&Stub::CorrectAppointment, request);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  const v1::Appointment after = MainOf(Person(5));
  EXPECT_EQ(DayOf(after.valid().first_date()), absl::CivilDay(2025, 9, 1));
  EXPECT_FALSE(after.unverified());
  EXPECT_EQ(after.version(), 2);
  EXPECT_EQ(corrected->order().reason(), "ngày nhận việc ghi sai");
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CorrectAppointment, request).status()), "STALE_ETAG");
  request.set_request_id(RequestId());
  request.set_etag(after.etag());
  Set(request.mutable_first_date(), kToday + 1);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CorrectAppointment, request).status()),
            "CORRECTION_NOT_POSSIBLE");
}

TEST_P(OrderTest, RefusesWithAReason) {
  const std::string official = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  const auto refusal = [&](const v1::AppointCivilServantRequest& request) {
    return ReasonOf(server_.Call(&Stub::AppointCivilServant, request).status());
  };
  EXPECT_EQ(refusal(Appointment("persons/nobody", official, hai_chau_chair_)), "PERSON_NOT_FOUND");
  EXPECT_EQ(refusal(Appointment(Person(5), "provinces/48/posts/none", hai_chau_chair_)),
            "POST_NOT_FOUND");
  EXPECT_EQ(refusal(Appointment(Person(5), official, hai_chau_chair_)), "APPOINTMENTS_OVERLAP");
  EXPECT_EQ(refusal(Appointment(Person(5), official, an_hai_chair_)), "SIGNER_NOT_COMPETENT");
  v1::AppointCivilServantRequest past =
      Appointment(Person(5), official, hai_chau_chair_, kToday - 1);
  Set(past.mutable_form()->mutable_sign_date(), kToday - 1);
  EXPECT_EQ(refusal(past), "DATE_PAST");
  v1::AppointCivilServantRequest turned = Appointment(Person(5), official, hai_chau_chair_);
  Set(turned.mutable_end_date(), kToday);
  Set(turned.mutable_form()->mutable_sign_date(), kToday + 1);
  turned.set_kind(v1::APPOINTMENT_KIND_SECONDED);
  turned.set_parent("provinces/01");
  const absl::Status malformed = server_.Call(&Stub::AppointCivilServant, turned).status();
  EXPECT_EQ(ReasonOf(malformed), "MALFORMED_REQUEST");
  EXPECT_THAT(error::FieldViolationsOf(malformed), SizeIs(4));

  v1::RegisterPersonRequest person;
  person.set_parent("provinces/48");
  *person.mutable_data() =
      Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 80).person();
  person.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, person).ok());
  v1::AppointCivilServantRequest acting = Appointment(Person(80), official, hai_chau_chair_);
  acting.set_kind(v1::APPOINTMENT_KIND_ACTING);
  EXPECT_EQ(refusal(acting), "NO_MAIN_APPOINTMENT");
  EXPECT_EQ(refusal(Appointment(Person(80), PostOf(kHaiChau, v1::POST_KIND_HEAD), hai_chau_chair_)),
            "POST_OCCUPIED");
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(OrderTest);

}  // namespace
}  // namespace twotier::personnel::testing
