// Persons, lists, views and severance over gRPC.

#include <set>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class StaffingTest : public PersonnelTest {
 protected:
  v1::RegisterPersonRequest Newcomer(int national_id) {
    v1::RegisterPersonRequest request;
    request.set_parent("provinces/48");
    const v1::StaffRow row =
        Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, national_id);
    *request.mutable_data() = row.person();
    *request.mutable_qualifications() = row.qualifications();
    request.set_request_id(RequestId());
    return request;
  }
};

TEST_P(StaffingTest, APersonIsFoundByTheNationalId) {
  const auto registered = server_.Call(&Stub::RegisterPerson, Newcomer(50));
  ASSERT_TRUE(registered.ok()) << registered.status();
  v1::FindPersonByNationalIdRequest find;
  find.set_national_id(NationalId(50));
  const auto found = server_.Call(&Stub::FindPersonByNationalId, find);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->person().name(), registered->person());
  EXPECT_EQ(found->person().data().national_id(), NationalId(50));
  const absl::Status taken = server_.Call(&Stub::RegisterPerson, Newcomer(50)).status();
  EXPECT_EQ(ReasonOf(taken), "NATIONAL_ID_TAKEN");
  EXPECT_EQ(MetadataOf(taken, "person"), registered->person());
  find.set_national_id(NationalId(51));
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::FindPersonByNationalId, find).status()),
            "PERSON_NOT_FOUND");
  v1::RegisterPersonRequest wrong = Newcomer(51);
  wrong.mutable_data()->set_national_id("04800000005A");
  wrong.mutable_qualifications()->set_rank_coefficient_hundredths(-1);
  EXPECT_THAT(error::FieldViolationsOf(server_.Call(&Stub::RegisterPerson, wrong).status()),
              SizeIs(2));

  v1::UpdateQualificationsRequest update;
  update.set_name(registered->person());
  update.set_parent("provinces/01");
  update.mutable_qualifications()->set_education(v1::EDUCATION_MASTER);
  update.set_etag(registered->etag());
  update.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::UpdateQualifications, update).status()),
            "PERSON_OF_OTHER_PROVINCE");
  update.set_parent("provinces/48");
  update.set_request_id(RequestId());
  EXPECT_TRUE(server_.Call(&Stub::UpdateQualifications, update).ok());
  update.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::UpdateQualifications, update).status()), "STALE_ETAG");
}

TEST_P(StaffingTest, StandardsOfAPostAreChecked) {
  ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, Newcomer(52)).ok());
  v1::GetPostRequest get;
  get.set_name(PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3));
  v1::CreatePostRequest create;
  create.set_parent(server_.Call(&Stub::GetPost, get)->post().body());
  create.set_kind(v1::POST_KIND_OFFICIAL);
  create.set_title("Công chức");
  create.mutable_standards()->set_education_min(v1::EDUCATION_MASTER);
  create.mutable_standards()->set_political_theory_min(v1::POLITICAL_THEORY_ADVANCED);
  Set(create.mutable_first_date(), kToday);
  create.mutable_act()->set_number("1/QĐ");
  create.set_request_id(RequestId());
  const auto post = server_.Call(&Stub::CreatePost, create);
  ASSERT_TRUE(post.ok()) << post.status();
  const absl::Status refused =
      server_
          .Call(&Stub::AppointCivilServant,
                Appointment(Person(52), post->post().name(), hai_chau_chair_))
          .status();
  EXPECT_EQ(ReasonOf(refused), "STANDARDS_NOT_MET");
  std::vector<std::string> unmet;
  for (const auto& violation : error::PreconditionsOf(refused)) unmet.push_back(violation.subject);
  EXPECT_THAT(unmet, ElementsAre("EDUCATION", "POLITICAL_THEORY"));
}

TEST_P(StaffingTest, AListIsTakenOnceAndWhole) {
  const v1::StaffRow vacant = Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_HEAD, 1, 0);
  v1::StaffRow filled = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 9, 60);
  const v1::ImportStaffResponse first = Import({vacant, filled});
  EXPECT_EQ(first.bodies(), 1);
  EXPECT_EQ(first.posts(), 2);
  EXPECT_EQ(first.persons(), 1);
  EXPECT_EQ(first.appointments(), 1);
  const v1::ImportStaffResponse again = Import({vacant, filled});
  EXPECT_EQ(again.unchanged(), 2);
  EXPECT_EQ(again.posts() + again.persons() + again.appointments() + again.bodies(), 0);

  v1::StaffRow other_post = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 7, 60);
  v1::StaffRow held = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 61);
  v1::StaffRow wrong_unit = Row(kHaNoi, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 62);
  v1::StaffRow wrong_body = Row(kHaiChau, v1::BODY_KIND_ECONOMIC_OFFICE, v1::POST_KIND_HEAD, 1, 0);
  v1::StaffRow wrong_post = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_PARTY, 1, 0);
  v1::StaffRow good = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 8, 63);
  v1::StaffRow twice = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 10, 63);
  const absl::Status refused =
      server_
          .Call(&Stub::ImportStaff,
                List({other_post, held, wrong_unit, wrong_body, wrong_post, good, twice}))
          .status();
  EXPECT_EQ(ReasonOf(refused), "IMPORT_ROW_INVALID");
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(refused)) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("rows[0].person", "rows[1].post_number", "rows[2].unit",
                                  "rows[3].body_kind", "rows[4].post_kind", "rows[6].person"));
  v1::FindPersonByNationalIdRequest find;
  find.set_national_id(NationalId(63));
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::FindPersonByNationalId, find).status()),
            "PERSON_NOT_FOUND");
  // The quota stands above every list.
  std::vector<v1::StaffRow> many;
  for (int i = 0; i < 3; ++i) {
    many.push_back(Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 20 + i, 70 + i));
  }
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ImportStaff, List(many)).status()), "QUOTA_EXCEEDED");
}

TEST_P(StaffingTest, TellsWhoHoldsWhatAsOfADate) {
  const std::string post = PostOf(kAnHai, v1::POST_KIND_OFFICIAL);
  ASSERT_TRUE(
      server_.Call(&Stub::TransferCivilServant, Transfer(Person(5), post, kToday + 10)).ok());
  const auto incumbents = [&](const std::string& unit, absl::CivilDay day) {
    v1::ListIncumbentsRequest request;
    request.set_parent("provinces/48");
    request.set_unit(unit);
    Set(request.mutable_as_of(), day);
    request.set_page_size(1);
    std::set<std::string> persons;
    do {
      const auto page = server_.Call(&Stub::ListIncumbents, request);
      if (!page.ok()) {
        ADD_FAILURE() << page.status();
        break;
      }
      for (const v1::Incumbent& incumbent : page->incumbents()) {
        EXPECT_THAT(incumbent.full_name(), Not(IsEmpty()));
        persons.insert(incumbent.appointment().person());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return persons;
  };
  EXPECT_THAT(incumbents(kHaiChau, absl::CivilDay(2025, 6, 30)), IsEmpty());
  EXPECT_THAT(incumbents(kHaiChau, kToday), SizeIs(4));
  EXPECT_THAT(incumbents(kHaiChau, kToday + 10), SizeIs(3));
  EXPECT_THAT(incumbents(kAnHai, kToday + 10), ::testing::Contains(Person(5)));
  v1::GetPostHistoryRequest history;
  history.set_name(post);
  EXPECT_THAT(server_.Call(&Stub::GetPostHistory, history)->appointments(), SizeIs(1));
}

TEST_P(StaffingTest, ListsVacantKeyPostsWithTheirDays) {
  const auto vacancies = [&](int days_min) {
    v1::ListVacanciesRequest request;
    request.set_parent("provinces/48");
    request.set_vacant_days_min(days_min);
    const auto response = server_.Call(&Stub::ListVacancies, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListVacanciesResponse();
  };
  EXPECT_THAT(vacancies(0).vacancies(), IsEmpty());
  const v1::Appointment chair = MainOf(Person(3));
  ASSERT_TRUE(
      server_.Call(&Stub::EndAppointment, End(chair, v1::END_REASON_RESIGNATION, province_chair_))
          .ok());
  v1::AppointCivilServantRequest acting = Appointment(Person(4), chair.post(), province_chair_);
  acting.set_kind(v1::APPOINTMENT_KIND_ACTING);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, acting).ok());
  // Who acts may become the holder, or leaves when there is another one.
  const auto acting_end = [](const v1::OrderEffect& effect) {
    for (const v1::AppointmentChange& change : effect.appointments()) {
      const v1::Appointment& ended = change.appointment();
      if (ended.kind() != v1::APPOINTMENT_KIND_ACTING) continue;
      EXPECT_EQ(ended.end_reason(), v1::END_REASON_TERM_END);
      return DayOf(ended.valid().end_date());
    }
    return absl::CivilDay();
  };
  v1::TransferCivilServantRequest promotion = Transfer(Person(4), chair.post(), kToday + 40);
  promotion.set_validate_only(true);
  const auto promoted = server_.Call(&Stub::TransferCivilServant, promotion);
  ASSERT_TRUE(promoted.ok()) << promoted.status();
  EXPECT_EQ(acting_end(promoted->effect()), kToday + 40);
  const auto filled =
      server_.Call(&Stub::TransferCivilServant, Transfer(Person(5), chair.post(), kToday + 40));
  ASSERT_TRUE(filled.ok()) << filled.status();
  EXPECT_EQ(acting_end(filled->effect()), kToday + 40);
  server_.GoTo(kToday + 30);
  const v1::ListVacanciesResponse vacant = vacancies(0);
  ASSERT_THAT(vacant.vacancies(), SizeIs(1));
  EXPECT_EQ(vacant.vacancies(0).post().name(), chair.post());
  EXPECT_EQ(vacant.vacancies(0).vacant_days(), 30);
  EXPECT_TRUE(vacant.vacancies(0).acting());
  EXPECT_EQ(DayOf(vacant.vacancies(0).filled_from()), kToday + 40);
  EXPECT_THAT(vacancies(29).vacancies(), SizeIs(1));
  EXPECT_THAT(vacancies(30).vacancies(), IsEmpty());
  server_.GoTo(kToday + 40);
  EXPECT_THAT(vacancies(0).vacancies(), IsEmpty());
  v1::ListIncumbentsRequest incumbents;
  incumbents.set_parent("provinces/48");
  incumbents.set_unit(kHaiChau);
  const auto held = server_.Call(&Stub::ListIncumbents, incumbents);
  ASSERT_TRUE(held.ok()) << held.status();
  for (const v1::Incumbent& one : held->incumbents()) {
    EXPECT_NE(one.appointment().kind(), v1::APPOINTMENT_KIND_ACTING);
  }
}

TEST_P(StaffingTest, CountsStaffAgainstQuota) {
  v1::GetStaffingRequest request;
  request.set_by_unit(true);
  const auto country = server_.Call(&Stub::GetStaffing, request);
  ASSERT_TRUE(country.ok()) << country.status();
  ASSERT_THAT(country->total().lines(), SizeIs(1));
  const v1::StaffingLine& line = country->total().lines(0);
  EXPECT_EQ(line.quota_kind(), v1::QUOTA_KIND_CIVIL_SERVANT);
  EXPECT_EQ(line.granted(), 100);  // What is distributed is not counted twice.
  EXPECT_EQ(line.used(), 7);
  EXPECT_EQ(line.available(), 93);
  EXPECT_EQ(line.posts(), 9);
  ASSERT_THAT(country->total().grades(), SizeIs(1));
  EXPECT_EQ(country->total().grades(0).filled(), 7);
  EXPECT_EQ(country->total().key_posts(), 5);
  EXPECT_EQ(country->total().key_posts_vacant(), 0);
  ASSERT_THAT(country->provinces(), SizeIs(1));
  EXPECT_THAT(country->units(), SizeIs(3));
  request.set_parent("provinces/01");
  EXPECT_THAT(server_.Call(&Stub::GetStaffing, request)->provinces(), IsEmpty());
}

TEST_P(StaffingTest, ForecastsRetirementsAndEstimatesPay) {
  v1::StaffRow old = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 11, 64);
  Set(old.mutable_person()->mutable_birth_date(), absl::CivilDay(1965, 6, 20));
  v1::StaffRow past = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 12, 65);
  Set(past.mutable_person()->mutable_birth_date(), absl::CivilDay(1963, 1, 1));
  // By a concurrent post: the council's chair of An Hải retires.
  v1::StaffRow chair = Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 11, 66);
  Set(chair.mutable_person()->mutable_birth_date(), absl::CivilDay(1965, 6, 20));
  // Born before the ages rose, and serving on.
  v1::StaffRow oldest = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 13, 67);
  Set(oldest.mutable_person()->mutable_birth_date(), absl::CivilDay(1960, 3, 1));
  v1::StaffRow leaves = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 14, 68);
  Set(leaves.mutable_person()->mutable_birth_date(), absl::CivilDay(1965, 6, 20));
  v1::StaffRow retires = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 15, 69);
  Set(retires.mutable_person()->mutable_birth_date(), absl::CivilDay(1965, 6, 20));
  Import({old, past, chair, oldest, leaves, retires,
          Row(kAnHai, v1::BODY_KIND_COUNCIL, v1::POST_KIND_COUNCIL_CHAIR, 1, 0),
          Row(kAnHai, v1::BODY_KIND_PARTY_BODY, v1::POST_KIND_PARTY, 1, 70)});
  v1::AppointCivilServantRequest beside =
      Appointment(Person(66), PostOf(kAnHai, v1::POST_KIND_COUNCIL_CHAIR), council_chair_);
  beside.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  ASSERT_TRUE(server_.Call(&Stub::AppointCivilServant, beside).ok());
  // One leaves before the age, another retires after it by a signed order.
  for (const auto& [number, reason, day] :
       {std::tuple(68, v1::END_REASON_RESIGNATION, absl::CivilDay(2026, 12, 1)),
        std::tuple(69, v1::END_REASON_RETIREMENT, absl::CivilDay(2027, 5, 1))}) {
    ASSERT_TRUE(
        server_
            .Call(&Stub::EndAppointment, End(MainOf(Person(number)), reason, hai_chau_chair_, day))
            .ok());
  }
  v1::ForecastRetirementsRequest forecast;
  forecast.set_quarters(3);
  const auto quarters = server_.Call(&Stub::ForecastRetirements, forecast);
  ASSERT_TRUE(quarters.ok()) << quarters.status();
  ASSERT_THAT(quarters->quarters(), SizeIs(3));
  EXPECT_EQ(quarters->quarters(0).quarter(), 4);
  EXPECT_EQ(quarters->quarters(1).quarter(), 1);
  EXPECT_EQ(quarters->quarters(1).people(), 2);  // 61 years and 6 months in December: January.
  EXPECT_EQ(quarters->quarters(1).key_posts(), 1);
  EXPECT_EQ(quarters->quarters(2).people(), 1);
  EXPECT_EQ(quarters->past_the_age(), 2);
  forecast.set_quarters(81);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ForecastRetirements, forecast).status()),
            "MALFORMED_REQUEST");

  v1::EstimateSalariesRequest estimate;
  estimate.set_parent("provinces/48");
  const auto pay = server_.Call(&Stub::EstimateSalaries, estimate);
  ASSERT_TRUE(pay.ok()) << pay.status();
  ASSERT_THAT(pay->lines(), SizeIs(3));
  EXPECT_EQ(pay->base_vnd(), 2'530'000);
  int64_t sum = 0;
  for (const v1::SalaryLine& line : pay->lines()) sum += line.monthly_vnd();
  EXPECT_EQ(sum, 13 * 11'574'750);
  EXPECT_EQ(pay->lines(0).yearly_vnd(), 0);

  // Half of 2026 has the base salary of before July; the working adds up.
  server_.clock().Advance(absl::Minutes(1));
  estimate.set_year(2026);
  server_.WaitUntil(
      [&] {
        const auto told = server_.Call(&Stub::EstimateSalaries, estimate);
        return told.ok() && told->revision() > 0;
      },
      "what was entered to be numbered");
  const auto yearly = server_.Call(&Stub::EstimateSalaries, estimate);
  ASSERT_TRUE(yearly.ok()) << yearly.status();
  ASSERT_THAT(yearly->months(), SizeIs(2));
  EXPECT_GT(yearly->as_known_at().seconds(), 0);
  for (const v1::SalaryLine& line : yearly->lines()) {
    int64_t worked = 0;
    for (const v1::SalaryMonths& months : yearly->months()) {
      worked += months.months() * (line.coefficient_hundredths() * months.base_vnd() / 80);
    }
    EXPECT_EQ(line.yearly_vnd(), worked) << line.unit();
  }
  estimate.set_year(1999);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::EstimateSalaries, estimate).status()),
            "MALFORMED_REQUEST");
}

TEST_P(StaffingTest, ComputesSeveranceWithTheWorking) {
  v1::ComputeSeveranceRequest request;
  request.set_rule(v1::SEVERANCE_RULE_DECREE_178);
  request.set_departure(v1::DEPARTURE_EARLY_RETIREMENT);
  Set(request.mutable_leave_date(), absl::CivilDay(2025, 5, 1));
  Set(request.mutable_apparatus_decision_date(), absl::CivilDay(2025, 3, 1));
  request.set_rank_coefficient_hundredths(465);
  request.set_post_coefficient_hundredths(60);
  request.set_service_months(22 * 12);
  Set(request.mutable_birth_date(), absl::CivilDay(1966, 1, 15));
  request.set_sex(v1::SEX_MALE);
  const auto computed = server_.Call(&Stub::ComputeSeverance, request);
  ASSERT_TRUE(computed.ok()) << computed.status();
  EXPECT_EQ(computed->monthly_vnd(), 15'356'250);
  EXPECT_EQ(computed->total_vnd(), 744'778'125);
  EXPECT_THAT(computed->lines(), SizeIs(4));
  Set(request.mutable_leave_date(), absl::CivilDay(2026, 5, 1));
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ComputeSeverance, request).status()),
            "SEVERANCE_RULE_NOT_IN_FORCE");
  request.set_rule(v1::SEVERANCE_RULE_DECREE_154);
  request.clear_birth_date();
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ComputeSeverance, request).status()),
            "SEVERANCE_NOT_PROVIDED");
  request.set_monthly_vnd(-1);
  request.set_service_months(-1);
  EXPECT_THAT(error::FieldViolationsOf(server_.Call(&Stub::ComputeSeverance, request).status()),
              SizeIs(2));
}

TEST_P(StaffingTest, StreamsWhatBecomesKnownWithoutPersonalData) {
  grpc::ClientContext context;
  testing_support::Identify(context);
  v1::WatchChangesRequest request;
  request.set_parent("provinces/48");
  const auto reader = server_.stub().WatchChanges(&context, request);
  v1::WatchChangesResponse response;
  ASSERT_TRUE(reader->Read(&response));  // The stream stands.
  const std::string person = Person(5);
  const auto done = server_.Call(&Stub::TransferCivilServant,
                                 Transfer(person, PostOf(kAnHai, v1::POST_KIND_OFFICIAL)));
  ASSERT_TRUE(done.ok()) << done.status();
  bool seen = false;
  while (!seen && reader->Read(&response)) {
    EXPECT_EQ(response.SerializeAsString().find("Nguyễn"), std::string::npos);
    for (const v1::PersonnelChange& change : response.changes()) {
      if (change.subject() != done->order().name()) continue;
      seen = true;
      EXPECT_EQ(change.kind(), "order.signed");
      EXPECT_THAT(change.order().appointments(), SizeIs(2));
    }
  }
  EXPECT_TRUE(seen);
  context.TryCancel();
  EXPECT_EQ(server_.LogText().find("Nguyễn"), std::string::npos);
  EXPECT_EQ(server_.LogText().find(NationalId(5)), std::string::npos);
}

TEST_P(StaffingTest, RatesWork) {
  const v1::Appointment main = MainOf(Person(5));
  v1::RankCivilServantRequest request;
  request.set_appointment(main.name());
  request.set_year(2026);
  request.set_month(10);
  request.set_rank(v1::RATING_RANK_WELL);
  request.set_rater_post(PostOf(kHaiChau, v1::POST_KIND_HEAD));
  request.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RankCivilServant, request).ok());
  request.set_rank(v1::RATING_RANK_EXCELLENT);
  request.set_rater_post(hai_chau_chair_);
  request.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::RankCivilServant, request).ok());
  v1::GetAppointmentRequest get;
  get.set_name(main.name());
  const auto rated = server_.Call(&Stub::GetAppointment, get);
  ASSERT_TRUE(rated.ok()) << rated.status();
  ASSERT_THAT(rated->ratings(), SizeIs(1));
  EXPECT_EQ(rated->ratings(0).rank(), v1::RATING_RANK_EXCELLENT);
  EXPECT_EQ(rated->ratings(0).version(), 2);
  request.set_rater_post(an_hai_chair_);
  request.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::RankCivilServant, request).status()),
            "SIGNER_NOT_COMPETENT");
  // What has begun may be rated, its month and its year; what is to come may not.
  request.set_rater_post(hai_chau_chair_);
  const auto rate = [&](int year, int month) {
    request.set_year(year);
    request.set_month(month);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::RankCivilServant, request).status();
  };
  EXPECT_TRUE(rate(2026, 11).ok());
  EXPECT_TRUE(rate(2026, 0).ok());
  for (const auto& [month, field] : {std::pair(12, "month"), std::pair(0, "year")}) {
    const absl::Status early = rate(month == 0 ? 2027 : 2026, month);
    ASSERT_THAT(error::FieldViolationsOf(early), SizeIs(1)) << early;
    EXPECT_EQ(error::FieldViolationsOf(early)[0].field, field);
  }
  EXPECT_EQ(ReasonOf(rate(2025, 12)), "MALFORMED_REQUEST");
  ASSERT_TRUE(server_
                  .Call(&Stub::TransferCivilServant,
                        Transfer(Person(5), PostOf(kAnHai, v1::POST_KIND_OFFICIAL)))
                  .ok());
  request.set_appointment(MainOf(Person(5)).name());
  request.set_rater_post(an_hai_chair_);
  EXPECT_EQ(ReasonOf(rate(2026, 10)), "APPOINTMENT_ENDED");
  get.set_name("provinces/48/appointments/none");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetAppointment, get).status()), "APPOINTMENT_NOT_FOUND");
  v1::GetOrderRequest order;
  order.set_name("provinces/48/orders/none");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetOrder, order).status()), "ORDER_NOT_FOUND");
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(StaffingTest);

}  // namespace
}  // namespace twotier::personnel::testing
