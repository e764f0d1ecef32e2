// Ends that were entered wrongly, moved and taken back.

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;

class CorrectionTest : public PersonnelTest {
 protected:
  v1::CorrectAppointmentRequest Correction(const v1::Appointment& wrong,
                                           const std::string& signer) {
    v1::CorrectAppointmentRequest request;
    request.set_appointment(wrong.name());
    request.set_etag(wrong.etag());
    request.set_person(wrong.person());
    request.set_reason("nhầm người cùng tên");
    *request.mutable_form() = Form(signer);
    request.set_request_id(RequestId());
    return request;
  }
  // An end as it should have been; none: there should have been none.
  absl::StatusOr<v1::CorrectAppointmentResponse> MoveEnd(const v1::Appointment& wrong,
                                                         std::optional<absl::CivilDay> end) {
    v1::CorrectAppointmentRequest request = Correction(wrong, hai_chau_chair_);
    if (end) Set(request.mutable_end_date(), *end);
    request.set_no_end(!end);
    return server_.Call(&Stub::CorrectAppointment, request);
  }
  // Gives the person's service back and nothing else.
  absl::StatusOr<v1::CorrectAppointmentResponse> GiveServiceBack(const v1::Appointment& wrong,
                                                                 const std::string& signer) {
    v1::CorrectAppointmentRequest request = Correction(wrong, signer);
    request.set_serves_again(true);
    return server_.Call(&Stub::CorrectAppointment, request);
  }
  v1::Appointment Leave(const std::string& person, v1::EndReason reason,
                        absl::CivilDay day = kToday) {
    const auto ended =
        server_.Call(&Stub::EndAppointment, End(MainOf(person), reason, hai_chau_chair_, day));
    EXPECT_TRUE(ended.ok()) << ended.status();
    if (!ended.ok()) return {};
    return ended->effect().appointments(ended->effect().appointments_size() - 1).appointment();
  }
  v1::PersonState StateOf(const std::string& person) {
    v1::GetPersonRequest request;
    request.set_name(person);
    const auto found = server_.Call(&Stub::GetPerson, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->person().state() : v1::PERSON_STATE_UNSPECIFIED;
  }
  absl::StatusOr<v1::CorrectPersonResponse> ServeAgain(const std::string& person) {
    v1::GetPersonRequest get;
    get.set_name(person);
    const auto found = server_.Call(&Stub::GetPerson, get);
    if (!found.ok()) return found.status();
    v1::CorrectPersonRequest request;
    request.set_name(person);
    request.set_parent("provinces/48");
    *request.mutable_data() = found->person().data();
    request.set_reason("nhầm người cùng tên");
    request.set_etag(found->person().etag());
    request.set_serves(true);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::CorrectPerson, request);
  }
  void ExpectSound() { testing_support::ExpectSound(verify::VerifyStaff(database_.url())); }
};

TEST_P(CorrectionTest, ARetirementIsPostponedOrRevoked) {
  const std::string later = Person(5);
  const std::string never = Person(6);
  const auto moved = MoveEnd(Leave(later, v1::END_REASON_RETIREMENT, kToday + 10), kToday + 20);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_TRUE(moved->order().in_force());
  EXPECT_THAT(moved->effect().quotas(), SizeIs(0));
  EXPECT_EQ(moved->effect().appointments(0).appointment().end_order(), moved->order().name());
  const auto revoked = MoveEnd(Leave(never, v1::END_REASON_RETIREMENT, kToday + 10), std::nullopt);
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  const v1::Appointment& open = revoked->effect().appointments(0).appointment();
  EXPECT_FALSE(open.valid().has_end_date());
  EXPECT_EQ(open.end_reason(), v1::END_REASON_UNSPECIFIED);
  EXPECT_EQ(open.end_order(), "");
  // Nothing stands against what begins behind the day that was signed first.
  v1::AppointCivilServantRequest beside =
      Appointment(never, PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_, kToday + 12);
  beside.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  EXPECT_TRUE(server_.Call(&Stub::AppointCivilServant, beside).ok());
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  for (const std::string& person : {later, never}) {
    EXPECT_EQ(StateOf(person), v1::PERSON_STATE_ACTIVE);
  }
  server_.GoTo(kToday + 20);
  EXPECT_EQ(StateOf(later), v1::PERSON_STATE_RETIRED);
  EXPECT_EQ(StateOf(never), v1::PERSON_STATE_ACTIVE);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  ExpectSound();
}

TEST_P(CorrectionTest, ADeathOfSomebodyElseIsTakenBack) {
  const std::string person = Person(5);
  const v1::Appointment wrong = Leave(person, v1::END_REASON_DEATH);
  server_.GoTo(kToday + 3);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  const auto back = MoveEnd(wrong, std::nullopt);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_THAT(back->effect().quotas(), SizeIs(1));
  ASSERT_THAT(back->effect().rights(), SizeIs(1));
  EXPECT_TRUE(back->effect().rights(0).granted());
  EXPECT_EQ(StateOf(person), v1::PERSON_STATE_ACTIVE);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  EXPECT_EQ(MainOf(person).post(), wrong.post());
  ExpectSound();
  EXPECT_TRUE(server_
                  .Call(&Stub::TransferCivilServant,
                        Transfer(person, PostOf(kAnHai, v1::POST_KIND_OFFICIAL), kToday + 3))
                  .ok());
  // For some days only: he retires on the right one.
  const v1::Appointment early = Leave(Person(6), v1::END_REASON_RETIREMENT, kToday + 3);
  ASSERT_TRUE(MoveEnd(early, kToday + 8).ok());
  EXPECT_EQ(StateOf(Person(6)), v1::PERSON_STATE_ACTIVE);
  server_.GoTo(kToday + 8);
  EXPECT_EQ(StateOf(Person(6)), v1::PERSON_STATE_RETIRED);
  ExpectSound();
}

// What was given back may be somebody else's by now.
TEST_P(CorrectionTest, PostAndPlaceMustStillBeFree) {
  Register(90);
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 4);
  const v1::Appointment wrong = Leave(Person(5), v1::END_REASON_RESIGNATION);
  const auto appoint = [&](const std::string& post) {
    return server_.Call(&Stub::AppointCivilServant, Appointment(Person(90), post, hai_chau_chair_));
  };
  const auto other = appoint(PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(ReasonOf(MoveEnd(wrong, std::nullopt).status()), "QUOTA_EXCEEDED");
  Leave(Person(90), v1::END_REASON_RESIGNATION);
  ASSERT_TRUE(appoint(wrong.post()).ok());
  EXPECT_EQ(ReasonOf(MoveEnd(wrong, std::nullopt).status()), "POST_OCCUPIED");
  Leave(Person(90), v1::END_REASON_RESIGNATION);
  ASSERT_TRUE(EndPost(wrong.post()).ok());
  EXPECT_EQ(ReasonOf(MoveEnd(wrong, std::nullopt).status()), "POST_ENDED");
  ExpectSound();
}

TEST_P(CorrectionTest, AnEndThatIsOverMovesWithinThePast) {
  const v1::Appointment wrong = Leave(Person(5), v1::END_REASON_RESIGNATION, kToday + 4);
  server_.GoTo(kToday + 9);
  for (const absl::CivilDay end : {kToday + 2, kToday + 8}) {
    v1::Appointment stands = MainOf(Person(5));
    const auto moved = MoveEnd(stands, end);
    ASSERT_TRUE(moved.ok()) << moved.status();
    EXPECT_THAT(moved->effect().quotas(), SizeIs(0));
    stands = MainOf(Person(5));
    EXPECT_EQ(DayOf(stands.valid().end_date()), end);
    EXPECT_EQ(stands.end_reason(), v1::END_REASON_RESIGNATION);
    // Within twelve months, whatever was paid is due back.
    EXPECT_EQ(database_.Run("SELECT left_day FROM person WHERE left_day IS NOT NULL"),
              std::vector<std::string>{std::to_string(end - absl::CivilDay(1970, 1, 1))});
  }
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  ExpectSound();
}

// A key post counts the days since it is vacant, and by no end of whoever held it before.
TEST_P(CorrectionTest, APostIsVacantSinceTheRightDay) {
  const v1::Appointment wrong = Leave(Person(4), v1::END_REASON_RESIGNATION, kToday + 4);
  server_.GoTo(kToday + 9);
  const auto vacant_since = [&] {
    v1::ListVacanciesRequest request;
    request.set_parent("provinces/48");
    const auto found = server_.Call(&Stub::ListVacancies, request);
    EXPECT_TRUE(found.ok() && found->vacancies_size() == 1) << found.status();
    return DayOf(found->vacancies(0).vacant_since());
  };
  EXPECT_EQ(vacant_since(), kToday + 4);
  ASSERT_TRUE(MoveEnd(MainOf(Person(4)), kToday + 2).ok());
  EXPECT_EQ(vacant_since(), kToday + 2);
  Register(90);
  ASSERT_TRUE(server_
                  .Call(&Stub::AppointCivilServant,
                        Appointment(Person(90), wrong.post(), hai_chau_chair_, kToday + 9))
                  .ok());
  server_.GoTo(kToday + 20);
  Leave(Person(90), v1::END_REASON_RESIGNATION, kToday + 20);
  ASSERT_TRUE(MoveEnd(MainOf(Person(4)), kToday + 3).ok());
  EXPECT_EQ(vacant_since(), kToday + 20);
  ExpectSound();
}

TEST_P(CorrectionTest, WhatEndedWithAMainOneComesBackAfterIt) {
  v1::AppointCivilServantRequest beside =
      Appointment(Person(4), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_);
  beside.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, beside).ok());
  const auto ended = server_.Call(
      &Stub::EndAppointment, End(MainOf(Person(4)), v1::END_REASON_DISMISSAL, hai_chau_chair_));
  ASSERT_TRUE(ended.ok()) << ended.status();
  ASSERT_THAT(ended->effect().appointments(), SizeIs(2));
  const v1::Appointment rested = ended->effect().appointments(0).appointment();
  EXPECT_EQ(ReasonOf(MoveEnd(rested, std::nullopt).status()), "NO_MAIN_APPOINTMENT");
  ASSERT_TRUE(MoveEnd(ended->effect().appointments(1).appointment(), std::nullopt).ok());
  const auto back = MoveEnd(rested, std::nullopt);
  ASSERT_TRUE(back.ok()) << back.status();
  ExpectSound();
}

TEST_P(CorrectionTest, EndsAreHeldToWhatMayBe) {
  const v1::Appointment open = MainOf(Person(5));
  EXPECT_EQ(ReasonOf(MoveEnd(open, kToday + 5).status()), "CORRECTION_NOT_POSSIBLE");
  const v1::Appointment leaving = Leave(Person(5), v1::END_REASON_RETIREMENT, kToday + 10);
  const absl::Status at_once = MoveEnd(leaving, kToday).status();
  EXPECT_EQ(ReasonOf(at_once), "CORRECTION_NOT_POSSIBLE") << at_once;
  EXPECT_EQ(MetadataOf(at_once, "end_date"), "2026-11-12");
  v1::CorrectAppointmentRequest both = Correction(leaving, hai_chau_chair_);
  Set(both.mutable_end_date(), kToday + 20);
  both.set_no_end(true);
  EXPECT_THAT(error::FieldViolationsOf(server_.Call(&Stub::CorrectAppointment, both).status()),
              Contains(::testing::Field(&error::FieldViolation::field, "no_end")));

  v1::SecondCivilServantRequest second;
  second.set_parent("provinces/48");
  second.set_person(Person(6));
  second.set_post(PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3));
  Set(second.mutable_first_date(), kToday);
  Set(second.mutable_end_date(), kToday + 100);
  *second.mutable_form() = Form(hai_chau_chair_);
  second.set_request_id(RequestId());
  const auto seconded = server_.Call(&Stub::SecondCivilServant, second);
  ASSERT_TRUE(seconded.ok()) << seconded.status();
  const v1::Appointment away = seconded->effect().appointments(0).appointment();
  EXPECT_EQ(ReasonOf(MoveEnd(away, std::nullopt).status()), "CORRECTION_NOT_POSSIBLE");
  EXPECT_EQ(ReasonOf(MoveEnd(away, absl::CivilDay(2029, 11, 3)).status()),
            "CORRECTION_NOT_POSSIBLE");
  const auto longest = MoveEnd(away, absl::CivilDay(2029, 11, 2));
  ASSERT_TRUE(longest.ok()) << longest.status();
  // Three years are counted from the first date as it will stand.
  server_.GoTo(kToday + 9);
  v1::CorrectAppointmentRequest moved =
      Correction(longest->effect().appointments(0).appointment(), hai_chau_chair_);
  Set(moved.mutable_first_date(), kToday - 1);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CorrectAppointment, moved).status()),
            "CORRECTION_NOT_POSSIBLE");
  Set(moved.mutable_first_date(), kToday + 1);
  Set(moved.mutable_end_date(), absl::CivilDay(2029, 11, 3));
  moved.set_request_id(RequestId());
  const auto later = server_.Call(&Stub::CorrectAppointment, moved);
  EXPECT_TRUE(later.ok()) << later.status();
}

// What stands aside does not begin on another day than was signed.
TEST_P(CorrectionTest, WhatStandsAsideBeginsAsItWasSigned) {
  const absl::CivilDay first = kToday + 10;
  Register(90);
  const auto signed_order = server_.Call(
      &Stub::AppointCivilServant,
      Appointment(Person(90), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_, first));
  ASSERT_TRUE(signed_order.ok()) << signed_order.status();
  const std::string of_person = absl::StrCat(" WHERE 'persons/' || person_id = '", Person(90), "'");
  database_.Run(absl::StrCat("UPDATE person SET state = 2", of_person));
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * 10));
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                    "the appointment that cannot begin");
  database_.Run(absl::StrCat("UPDATE person SET state = 1", of_person));
  database_.Run("UPDATE due_effect SET retry_us = 9223372036854775807 WHERE failures > 0");
  const v1::Appointment waits = signed_order->effect().appointments(0).appointment();
  v1::CorrectAppointmentRequest earlier = Correction(waits, hai_chau_chair_);
  Set(earlier.mutable_first_date(), first - 1);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CorrectAppointment, earlier).status()),
            "CORRECTION_NOT_POSSIBLE");
  database_.Run("UPDATE due_effect SET retry_us = 0");
  server_.WaitUntil([&] { return QuotaOf(kHaiChau).used() == 5; }, "the appointment to begin");
  ExpectSound();
}

// Who resigned and died since does not serve again.
TEST_P(CorrectionTest, NobodyServesAgainWhoDiedSince) {
  const v1::Appointment resigned = Leave(Person(5), v1::END_REASON_RESIGNATION);
  const auto again =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(5), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                               hai_chau_chair_, kToday + 10));
  ASSERT_TRUE(again.ok()) << again.status();
  const v1::Appointment later = again->effect().appointments(0).appointment();
  ASSERT_TRUE(
      server_.Call(&Stub::EndAppointment, End(later, v1::END_REASON_DEATH, hai_chau_chair_)).ok());
  EXPECT_EQ(ReasonOf(MoveEnd(resigned, std::nullopt).status()), "PERSON_NOT_ACTIVE");
  v1::CorrectAppointmentRequest never = Correction(later, hai_chau_chair_);
  never.set_etag("\"2\"");
  never.set_no_end(true);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CorrectAppointment, never).status()), "APPOINTMENT_ENDED");
  // That death is on no appointment; whoever manages the person takes it back.
  const auto corrected = ServeAgain(Person(5));
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_THAT(corrected->fields(), ::testing::ElementsAre("state"));
  EXPECT_EQ(StateOf(Person(5)), v1::PERSON_STATE_ACTIVE);
  EXPECT_TRUE(MoveEnd(resigned, std::nullopt).ok());
  ExpectSound();
  const v1::Appointment dead = Leave(Person(6), v1::END_REASON_DEATH);
  const absl::Status said = ServeAgain(Person(6)).status();
  EXPECT_EQ(ReasonOf(said), "CORRECTION_NOT_POSSIBLE") << said;
  EXPECT_EQ(MetadataOf(said, "appointment"), dead.name());
}

// It stood aside on its first day, ended so, and what would have begun it was not looked at since.
TEST_P(CorrectionTest, NothingBeginsTwice) {
  Register(90);
  const auto ordered =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(90), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                               hai_chau_chair_, kToday + 10));
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  const v1::Appointment aside = ordered->effect().appointments(0).appointment();
  database_.Run("UPDATE due_effect SET retry_us = 9223372036854775807");
  server_.GoTo(kToday + 10);
  const auto ended = server_.Call(
      &Stub::EndAppointment, End(aside, v1::END_REASON_RESIGNATION, hai_chau_chair_, kToday + 12));
  ASSERT_TRUE(ended.ok()) << ended.status();
  server_.GoTo(kToday + 12);
  EXPECT_EQ(QuotaOf(kHaiChau).held(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  const auto back = MoveEnd(MainOf(Person(90)), std::nullopt);
  ASSERT_TRUE(back.ok()) << back.status();
  database_.Run("UPDATE due_effect SET retry_us = 0");
  server_.GoTo(kToday + 13);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 5);
  ExpectSound();
}

// What was the person's is somebody else's, or is no more: the person serves again all the same.
TEST_P(CorrectionTest, TheServiceIsGivenBackWhereThePostIsNot) {
  Register(90);
  const v1::Appointment occupied = Leave(Person(5), v1::END_REASON_DEATH);
  ASSERT_TRUE(server_
                  .Call(&Stub::AppointCivilServant,
                        Appointment(Person(90), occupied.post(), hai_chau_chair_))
                  .ok());
  const v1::Appointment gone = Leave(Person(6), v1::END_REASON_RETIREMENT);
  ASSERT_TRUE(EndPost(gone.post()).ok());
  server_.GoTo(kToday + 8);
  EXPECT_EQ(ReasonOf(MoveEnd(occupied, std::nullopt).status()), "POST_OCCUPIED");
  EXPECT_EQ(ReasonOf(MoveEnd(gone, std::nullopt).status()), "POST_ENDED");
  const int64_t used = QuotaOf(kHaiChau).used();
  for (const v1::Appointment& wrong : {occupied, gone}) {
    const auto back = GiveServiceBack(wrong, hai_chau_chair_);
    ASSERT_TRUE(back.ok()) << back.status();
    const v1::Appointment& stays = back->effect().appointments(0).appointment();
    EXPECT_EQ(stays.end_reason(), v1::END_REASON_ENTERED_WRONGLY);
    EXPECT_EQ(DayOf(stays.valid().end_date()), kToday);
    EXPECT_THAT(back->effect().quotas(), SizeIs(0));
    EXPECT_THAT(back->effect().rights(), SizeIs(0));
    EXPECT_EQ(StateOf(wrong.person()), v1::PERSON_STATE_ACTIVE);
    // It was not given back twice.
    EXPECT_EQ(ReasonOf(GiveServiceBack(stays, hai_chau_chair_).status()),
              "CORRECTION_NOT_POSSIBLE");
  }
  EXPECT_EQ(QuotaOf(kHaiChau).used(), used);
  EXPECT_THAT(database_.Run("SELECT left_day FROM person WHERE left_day IS NOT NULL"), SizeIs(0));
  ExpectSound();
  EXPECT_TRUE(server_
                  .Call(&Stub::AppointCivilServant,
                        Appointment(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL),
                                    an_hai_chair_, kToday + 8))
                  .ok());
  ExpectSound();
}

// Nor is anybody left there to sign.
TEST_P(CorrectionTest, TheServiceIsGivenBackWhereTheUnitHasEnded) {
  const v1::Appointment wrong = Leave(Person(5), v1::END_REASON_DISMISSAL);
  registry::v1::Resource unit = registry_.Current(kHaiChau);
  Set(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), kToday + 4);
  registry_.Send({unit});
  server_.GoTo(kToday + 4);
  server_.WaitUntil([&] { return ReasonOf(MoveEnd(wrong, std::nullopt).status()) == "UNIT_ENDED"; },
                    "the end of the unit");
  const auto back = GiveServiceBack(wrong, province_chair_);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_THAT(database_.Run("SELECT left_day FROM person WHERE left_day IS NOT NULL"), SizeIs(0));
}

TEST_P(CorrectionTest, OnlyAServiceThatWasEndedIsGivenBack) {
  EXPECT_EQ(ReasonOf(GiveServiceBack(MainOf(Person(5)), hai_chau_chair_).status()),
            "CORRECTION_NOT_POSSIBLE");
  // It was to end with the post, and does so: the person does not retire.
  const v1::Appointment closing = Leave(Person(6), v1::END_REASON_RETIREMENT, kToday + 3);
  v1::CorrectAppointmentRequest dated = Correction(closing, hai_chau_chair_);
  dated.set_serves_again(true);
  dated.set_no_end(true);
  EXPECT_THAT(error::FieldViolationsOf(server_.Call(&Stub::CorrectAppointment, dated).status()),
              Contains(::testing::Field(&error::FieldViolation::field, "serves_again")));
  ASSERT_TRUE(GiveServiceBack(closing, hai_chau_chair_).ok());
  server_.GoTo(kToday + 3);
  EXPECT_EQ(StateOf(Person(6)), v1::PERSON_STATE_ACTIVE);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  ExpectSound();
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(CorrectionTest);

}  // namespace
}  // namespace twotier::personnel::testing
