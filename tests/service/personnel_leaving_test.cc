// Who retires, dies, resigns or is dismissed, and what may come after that: orders and staff lists.

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class LeavingTest : public PersonnelTest {
 protected:
  v1::PersonState StateOf(const std::string& person) {
    v1::GetPersonRequest request;
    request.set_name(person);
    const auto found = server_.Call(&Stub::GetPerson, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->person().state() : v1::PERSON_STATE_UNSPECIFIED;
  }
  void Leave(const std::string& person, v1::EndReason reason, absl::CivilDay day = kToday) {
    const auto ended =
        server_.Call(&Stub::EndAppointment, End(MainOf(person), reason, hai_chau_chair_, day));
    ASSERT_TRUE(ended.ok()) << ended.status();
  }
  // What a list is refused for, "field: description".
  std::vector<std::string> WrongIn(const std::vector<v1::StaffRow>& rows) {
    std::vector<std::string> wrong;
    const absl::Status refused = server_.Call(&Stub::ImportStaff, List(rows)).status();
    for (const auto& violation : error::FieldViolationsOf(refused)) {
      wrong.push_back(absl::StrCat(violation.field, ": ", violation.description));
    }
    return wrong;
  }
};

// Whoever is to retire is appointed to nothing that begins by then or later, and the order in which
// the two are signed does not matter.
TEST_P(LeavingTest, NobodyIsAppointedBehindTheEndOfTheService) {
  const absl::CivilDay end = kToday + 10;
  const std::string person = Person(5);
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(person), v1::END_REASON_RETIREMENT, hai_chau_chair_, end))
                  .ok());
  const auto appoint = [&](absl::CivilDay first) {
    return server_
        .Call(&Stub::AppointCivilServant, Appointment(person, post, hai_chau_chair_, first))
        .status();
  };
  for (const absl::CivilDay first : {end, end + 20}) {
    const absl::Status refused = appoint(first);
    EXPECT_EQ(ReasonOf(refused), "PERSON_NOT_ACTIVE") << refused;
    EXPECT_EQ(MetadataOf(refused, "state"), "RETIRED");
    EXPECT_EQ(MetadataOf(refused, "date"), "2026-11-12");
  }
  server_.GoTo(end);
  EXPECT_EQ(ReasonOf(appoint(end)), "PERSON_NOT_ACTIVE");
  // The same where the retirement has not reached the person yet.
  database_.Run("UPDATE person SET state = 1 WHERE state = 2");
  EXPECT_EQ(ReasonOf(appoint(end)), "PERSON_NOT_ACTIVE");
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
}

// What an order of the time before this was refused has left waits aside, with its reason.
TEST_P(LeavingTest, WhatIsOfSomebodyRetiredDoesNotBegin) {
  Register(90);
  const std::string person = Person(90);
  ASSERT_TRUE(server_
                  .Call(&Stub::AppointCivilServant,
                        Appointment(person, PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                                    hai_chau_chair_, kToday + 10))
                  .ok());
  database_.Run(
      absl::StrCat("UPDATE person SET state = 2 WHERE 'persons/' || person_id = '", person, "'"));
  server_.clock().Set(server_.clock().Now() + absl::Hours(24 * 10));
  server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                    "the appointment that cannot begin");
  EXPECT_EQ(database_.Run("SELECT reason FROM due_effect WHERE failures > 0"),
            std::vector<std::string>{"PERSON_NOT_ACTIVE"});
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
}

// Nobody waits any more: its place is free, and no later look lets it begin.
TEST_P(LeavingTest, WhatWaitsAsideGivesItsPlaceBackWhenItIsEnded) {
  for (const int days : {0, 5}) {
    const int row = 90 + days;
    const absl::CivilDay first = VietnamDay(server_.clock().Now()) + 10;
    Register(row);
    const std::string person = Person(row);
    const auto signed_order = server_.Call(
        &Stub::AppointCivilServant,
        Appointment(person, PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_, first));
    ASSERT_TRUE(signed_order.ok()) << signed_order.status();
    EXPECT_EQ(QuotaOf(kHaiChau).held(), 1);
    const auto set_state = [&](int state) {
      database_.Run(absl::StrCat("UPDATE person SET state = ", state,
                                 " WHERE 'persons/' || person_id = '", person, "'"));
    };
    set_state(2);
    server_.clock().Set(server_.clock().Now() + absl::Hours(24 * 10));
    server_.WaitUntil([&] { return server_.Gauge("twotier_personnel_effects_failed") == 1; },
                      "the appointment that cannot begin");
    set_state(1);
    database_.Run("UPDATE due_effect SET retry_us = 9223372036854775807 WHERE failures > 0");
    const auto ended = server_.Call(&Stub::EndAppointment,
                                    End(signed_order->effect().appointments(0).appointment(),
                                        v1::END_REASON_RESIGNATION, hai_chau_chair_, first + days));
    ASSERT_TRUE(ended.ok()) << ended.status();
    server_.clock().Set(server_.clock().Now() + absl::Hours(24 * days));
    server_.WaitUntil([&] { return QuotaOf(kHaiChau).held() == 0; }, "its place to come free");
    database_.Run("UPDATE due_effect SET retry_us = 0");
    server_.WaitUntil([&] { return database_.Run("SELECT 1 FROM due_effect").empty(); },
                      "the last look at it");
    EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
    testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
  }
}

TEST_P(LeavingTest, RetirementAndDeathEndEverythingThatSomebodyIs) {
  const std::string person = Person(4);
  v1::AppointCivilServantRequest second =
      Appointment(person, PostOf(kAnHai, v1::POST_KIND_OFFICIAL), an_hai_chair_);
  second.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  const auto beside = server_.Call(&Stub::AppointCivilServant, second);
  ASSERT_TRUE(beside.ok()) << beside.status();
  const v1::Appointment concurrent = beside->effect().appointments(0).appointment();
  for (const v1::EndReason reason : {v1::END_REASON_RETIREMENT, v1::END_REASON_DEATH}) {
    const absl::Status refused =
        server_.Call(&Stub::EndAppointment, End(concurrent, reason, an_hai_chair_)).status();
    EXPECT_EQ(ReasonOf(refused), "APPOINTMENT_NOT_MAIN") << refused;
    EXPECT_EQ(MetadataOf(refused, "kind"), "CONCURRENT");
  }
  const auto ended = server_.Call(&Stub::EndAppointment,
                                  End(MainOf(person), v1::END_REASON_DEATH, hai_chau_chair_));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_THAT(ended->effect().vacated_posts(), SizeIs(2));
  EXPECT_EQ(StateOf(person), v1::PERSON_STATE_DEAD);
}

// A death may be recorded on what was to begin. The appointment in force then ends by death.
TEST_P(LeavingTest, ADeathCountsAlsoOnWhatHasNotBegun) {
  const std::string person = Person(5);
  const auto moved =
      server_.Call(&Stub::TransferCivilServant,
                   Transfer(person, PostOf(kAnHai, v1::POST_KIND_OFFICIAL), kToday + 10));
  ASSERT_TRUE(moved.ok()) << moved.status();
  const auto dead = server_.Call(
      &Stub::EndAppointment,
      End(moved->effect().appointments(1).appointment(), v1::END_REASON_DEATH, an_hai_chair_));
  ASSERT_TRUE(dead.ok()) << dead.status();
  EXPECT_EQ(MainOf(person).end_reason(), v1::END_REASON_DEATH);
  Register(90);
  // Nor is there one in force.
  const auto first =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(90), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3),
                               hai_chau_chair_, kToday + 10));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment, End(first->effect().appointments(0).appointment(),
                                                   v1::END_REASON_DEATH, hai_chau_chair_))
                  .ok());
  for (const std::string& name : {person, Person(90)}) {
    EXPECT_EQ(StateOf(name), v1::PERSON_STATE_DEAD);
  }
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).held() + QuotaOf(kAnHai).held(), 0);
}

// Nobody comes back by a list either. What it said before they left it may say again.
TEST_P(LeavingTest, NobodyIsListedBehindTheEndOfTheService) {
  const v1::StaffRow fifth = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 5);
  const v1::StaffRow sixth = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 6);
  Leave(Person(5), v1::END_REASON_RETIREMENT);
  Leave(Person(6), v1::END_REASON_DISMISSAL);
  server_.GoTo(kToday + 5);
  v1::StaffRow back = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 5);
  Set(back.mutable_first_date(), kToday + 1);
  const std::string refused = absl::StrCat("rows[0].person: PERSON_NOT_ACTIVE: ", Person(5),
                                           " is RETIRED from 2026-11-02 on");
  EXPECT_THAT(WrongIn({back}), ElementsAre(refused));
  // Also where nothing but the person tells.
  database_.Run("UPDATE appointment SET end_reason = 6 WHERE end_reason = 2");
  EXPECT_THAT(
      WrongIn({back}),
      ElementsAre(absl::StrCat("rows[0].person: PERSON_NOT_ACTIVE: ", Person(5), " is RETIRED")));
  EXPECT_EQ(Import({fifth, sixth}).unchanged(), 2);
  // Who was dismissed may come back.
  v1::StaffRow again = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 6);
  Set(again.mutable_first_date(), kToday + 1);
  EXPECT_EQ(Import({again}).appointments(), 1);
}

// A row that came before is no news, whatever orders have made of it.
TEST_P(LeavingTest, AListThatCameBeforeChangesNothing) {
  const std::vector<v1::StaffRow> rows = {
      Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_HEAD, 1, 4),
      Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 5),
      Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 6)};
  const v1::Appointment corrected = MainOf(Person(4));
  v1::CorrectAppointmentRequest correct;
  correct.set_appointment(corrected.name());
  correct.set_etag(corrected.etag());
  correct.set_person(corrected.person());
  correct.set_reason("ngày nhận việc ghi sai");
  Set(correct.mutable_first_date(), absl::CivilDay(2025, 9, 1));
  correct.set_verified(true);
  *correct.mutable_form() = Form(hai_chau_chair_);
  correct.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::CorrectAppointment, correct).ok());
  const std::string left = MainOf(Person(5)).post();
  ASSERT_TRUE(server_
                  .Call(&Stub::TransferCivilServant,
                        Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL)))
                  .ok());
  Leave(Person(6), v1::END_REASON_RESIGNATION);
  Register(90);
  ASSERT_TRUE(
      server_.Call(&Stub::AppointCivilServant, Appointment(Person(90), left, hai_chau_chair_))
          .ok());
  const v1::ImportStaffResponse again = Import(rows);
  EXPECT_EQ(again.unchanged(), 3);
  EXPECT_EQ(again.posts() + again.persons() + again.appointments() + again.bodies(), 0);
  EXPECT_EQ(MainOf(Person(5)).unit(), kAnHai);
  // Another date is news, and what stands against it is told.
  std::vector<v1::StaffRow> other = {rows[1]};
  Set(other[0].mutable_first_date(), absl::CivilDay(2025, 8, 1));
  EXPECT_THAT(WrongIn(other),
              ElementsAre(::testing::StartsWith("rows[0].person: APPOINTMENTS_OVERLAP")));
}

// Nor does it fill one that will have ended before the person leaves it.
TEST_P(LeavingTest, AListBringsBackNoPostThatHasEnded) {
  const auto row = [](const char* unit, int number, int national_id) {
    return Row(unit, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, number, national_id);
  };
  const std::string over = PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3);
  const std::string closing = PostOf(kAnHai, v1::POST_KIND_OFFICIAL);
  ASSERT_TRUE(EndPost(over, kToday).ok());
  EXPECT_EQ(ReasonOf(EndPost(over, kToday)), "POST_ENDED") << "it is counted off once";
  ASSERT_TRUE(EndPost(closing, kToday + 10).ok());
  const std::vector<v1::StaffRow> rows = {row(kHaiChau, 3, 0), row(kHaiChau, 3, 95),
                                          row(kAnHai, 1, 96), row(kHaiChau, 5, 97)};
  const auto told = [](const std::string& at, const std::string& post, const std::string& day) {
    return absl::StrCat("rows[", at, "].post_number: POST_ENDED: ", post, " ends on ", day);
  };
  EXPECT_THAT(WrongIn(rows),
              ElementsAre(told("0", over, "2026-11-02"), told("1", over, "2026-11-02"),
                          told("2", closing, "2026-11-12")));
  // Nothing of the list is there, not even what was right.
  v1::FindPersonByNationalIdRequest find;
  find.set_national_id(NationalId(97));
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::FindPersonByNationalId, find).status()),
            "PERSON_NOT_FOUND");
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
  // A vacant post that goes on until its day is as it was.
  EXPECT_EQ(Import({row(kAnHai, 1, 0)}).unchanged(), 1);
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(LeavingTest);

}  // namespace
}  // namespace twotier::personnel::testing
