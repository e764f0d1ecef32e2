// Who somebody is: who may see it, and which province answers for the person.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {
namespace {

constexpr char kOther[] = "provinces/01";

class PersonTest : public PersonnelTest {
 protected:
  // As Server::Call, by somebody who may act in one province only.
  template <typename Request, typename Response>
  absl::StatusOr<Response> CallFrom(const std::string& province_code,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                                    const Request& request) {
    grpc::ClientContext context;
    testing_support::Identify(context);
    context.AddMetadata(std::string(rpc::kProvincesMetadata), province_code);
    Response response;
    const grpc::Status status = (server_.stub().*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }
  v1::Person SeenFrom(const std::string& province_code, const std::string& name) {
    v1::GetPersonRequest request;
    request.set_name(name);
    const auto response = CallFrom(province_code, &Stub::GetPerson, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->person() : v1::Person();
  }
  // A vacant post of Hà Nội's, which has a free place.
  std::string PostElsewhere() {
    Grant(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 5, kOther);
    Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1, 0)}, kOther);
    return PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1, kOther);
  }
  void TransferElsewhere(const std::string& person, absl::CivilDay day) {
    v1::TransferCivilServantRequest request = Transfer(person, PostElsewhere(), day);
    request.mutable_agreement()->set_number("88/UBND-NV");
    const auto done = server_.Call(&Stub::TransferCivilServant, request);
    ASSERT_TRUE(done.ok()) << done.status();
  }
};

TEST_P(PersonTest, IsSeenWhereTheyAreManagedOrHaveAPost) {
  const std::string person = Person(5);
  EXPECT_EQ(SeenFrom("48", person).data().national_id(), NationalId(5));
  const v1::Person foreign = SeenFrom("01", person);
  EXPECT_EQ(foreign.name(), person);
  EXPECT_EQ(foreign.state(), v1::PERSON_STATE_ACTIVE);
  EXPECT_EQ(foreign.managing_province(), "provinces/48");
  EXPECT_FALSE(foreign.has_data());
  EXPECT_FALSE(foreign.has_qualifications());
  // Whoever knows the number finds the person, and learns no more than that.
  v1::FindPersonByNationalIdRequest find;
  find.set_national_id(NationalId(5));
  const auto found = CallFrom("01", &Stub::FindPersonByNationalId, find);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->person().SerializeAsString(), foreign.SerializeAsString());
  // Who is to come concerns the other province from the signing on.
  TransferElsewhere(person, kToday + 4);
  EXPECT_EQ(SeenFrom("01", person).data().national_id(), NationalId(5));
}

// Whoever goes is looked after where they are: by an order of its day or of a later one, or by a
// list.
TEST_P(PersonTest, IsManagedWhereTheMainPostIs) {
  const std::string person = Person(5);
  TransferElsewhere(person, kToday + 4);
  EXPECT_EQ(SeenFrom("48", person).managing_province(), "provinces/48");
  server_.GoTo(kToday + 4);
  const v1::Person moved = SeenFrom("01", person);
  EXPECT_EQ(moved.managing_province(), kOther);
  EXPECT_FALSE(SeenFrom("48", person).has_data());
  v1::UpdateQualificationsRequest update;
  update.set_name(person);
  update.set_parent("provinces/48");
  *update.mutable_qualifications() = moved.qualifications();
  update.set_etag(moved.etag());
  update.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::UpdateQualifications, update).status()),
            "PERSON_OF_OTHER_PROVINCE");
  update.set_parent(kOther);
  update.set_request_id(RequestId());
  EXPECT_TRUE(server_.Call(&Stub::UpdateQualifications, update).ok());

  Register(90);
  Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 2, 90),
          Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 3, 0)},
         kOther);
  EXPECT_EQ(SeenFrom("01", Person(90)).managing_province(), kOther);
  v1::TransferCivilServantRequest at_once =
      Transfer(Person(6), PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 3, kOther), kToday + 4);
  at_once.mutable_agreement()->set_number("88/UBND-NV");
  ASSERT_TRUE(server_.Call(&Stub::TransferCivilServant, at_once).ok());
  EXPECT_EQ(SeenFrom("01", Person(6)).managing_province(), kOther);
}

// Who was transferred before that was looked at.
TEST_P(PersonTest, ADatabaseFromBeforeManagesPeopleWhereTheyAre) {
  const std::string moved = Person(5);
  const std::string waits = Person(6);
  TransferElsewhere(moved, kToday + 4);
  server_.GoTo(kToday + 4);
  Import({Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 2, 0)}, kOther);
  v1::TransferCivilServantRequest later =
      Transfer(waits, PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 2, kOther), kToday + 8);
  later.mutable_agreement()->set_number("88/UBND-NV");
  ASSERT_TRUE(server_.Call(&Stub::TransferCivilServant, later).ok());
  // What step 7 of the migrations finds, and step 8, which comes with it.
  database_.Run("UPDATE person SET province_code = '48'");
  database_.Run("DROP INDEX quota_by_count");
  database_.Run("ALTER TABLE quota DROP COLUMN counted_in");
  database_.Run("DELETE FROM migration WHERE module = 'personnel' AND version >= 7");
  { const PersonnelServer again(database_.url(), registry_.address()); }
  EXPECT_EQ(database_.Run("SELECT DISTINCT counted_in FROM quota WHERE unit = 'units/province48'"),
            std::vector<std::string>{"48"});
  EXPECT_EQ(SeenFrom("01", moved).managing_province(), kOther);
  for (const std::string& person : {waits, Person(4)}) {
    EXPECT_EQ(SeenFrom("48", person).managing_province(), "provinces/48");
  }
}

// A digit that is wrong may make somebody else's number.
TEST_P(PersonTest, AListAppointsNobodyByTheNumberAlone) {
  Register(90);
  const v1::StaffRow right = Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 90);
  std::vector<v1::StaffRow> wrong(3, right);
  wrong[0].mutable_person()->set_full_name("Trần Thị Bình");
  Set(wrong[1].mutable_person()->mutable_birth_date(), absl::CivilDay(1981, 5, 4));
  wrong[2].mutable_person()->set_sex(v1::SEX_FEMALE);
  for (const v1::StaffRow& row : wrong) {
    const absl::Status refused = server_.Call(&Stub::ImportStaff, List({row})).status();
    const auto violations = error::FieldViolationsOf(refused);
    ASSERT_EQ(violations.size(), 1) << refused;
    EXPECT_EQ(violations[0].field, "rows[0].person.national_id");
    EXPECT_EQ(violations[0].description, "NATIONAL_ID_TAKEN: " + Person(90) + " is somebody else");
  }
  EXPECT_TRUE(MainOf(Person(90)).name().empty());
  v1::StaffRow spelled = right;
  spelled.mutable_person()->set_full_name("NGUYEN VAN 90");
  EXPECT_EQ(Import({spelled}).appointments(), 1);
}

TEST_P(PersonTest, WhoSomebodyIsIsCorrectedWithAReason) {
  const v1::Person wrong = SeenFrom("48", Person(5));
  v1::CorrectPersonRequest request;
  request.set_name(wrong.name());
  request.set_parent("provinces/48");
  *request.mutable_data() = wrong.data();
  request.set_reason("gõ nhầm số định danh và ngày sinh");
  request.set_etag(wrong.etag());
  const auto correct = [&] {
    request.set_request_id(RequestId());
    return server_.Call(&Stub::CorrectPerson, request);
  };
  const absl::Status nothing = correct().status();
  ASSERT_EQ(error::FieldViolationsOf(nothing).size(), 1) << nothing;
  EXPECT_EQ(error::FieldViolationsOf(nothing)[0].field, "data");
  request.mutable_data()->set_national_id(NationalId(6));
  const absl::Status taken = correct().status();
  EXPECT_EQ(ReasonOf(taken), "NATIONAL_ID_TAKEN");
  EXPECT_EQ(MetadataOf(taken, "person"), Person(6));
  request.mutable_data()->set_national_id(NationalId(95));
  Set(request.mutable_data()->mutable_birth_date(), absl::CivilDay(1965, 6, 20));
  request.set_parent(kOther);
  EXPECT_EQ(ReasonOf(correct().status()), "PERSON_OF_OTHER_PROVINCE");
  request.set_parent("provinces/48");
  const auto corrected = correct();
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_THAT(corrected->fields(), ::testing::ElementsAre("birth_date", "national_id"));
  EXPECT_EQ(ReasonOf(correct().status()), "STALE_ETAG");
  request.set_name("persons/nobody");
  EXPECT_EQ(ReasonOf(correct().status()), "PERSON_NOT_FOUND");

  // The number finds the person, and the other one is free for whom it belongs to.
  EXPECT_EQ(Person(95), wrong.name());
  Register(5);
  EXPECT_NE(Person(5), wrong.name());
  v1::GetPersonRequest get;
  get.set_name(wrong.name());
  const auto seen = server_.Call(&Stub::GetPerson, get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->person().etag(), corrected->etag());
  EXPECT_EQ(seen->person().data().full_name(), wrong.data().full_name());
  ASSERT_EQ(seen->corrections_size(), 1);
  EXPECT_EQ(seen->corrections(0).reason(), request.reason());
  EXPECT_EQ(seen->corrections(0).version(), 2);
  EXPECT_EQ(CallFrom("01", &Stub::GetPerson, get)->corrections_size(), 0);
  // The age of retirement follows the date of birth.
  v1::ForecastRetirementsRequest forecast;
  forecast.set_quarters(2);
  EXPECT_EQ(server_.Call(&Stub::ForecastRetirements, forecast)->quarters(1).people(), 1);
}

TEST_P(PersonTest, NobodyIsRatedByHimself) {
  v1::RankCivilServantRequest request;
  request.set_year(2026);
  request.set_month(10);
  request.set_rank(v1::RATING_RANK_WELL);
  const auto rate = [&](const std::string& appointment, const std::string& rater) {
    request.set_appointment(appointment);
    request.set_rater_post(rater);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::RankCivilServant, request).status();
  };
  // Who leads the province is rated by the centre.
  const std::string chair = MainOf(Person(1)).name();
  EXPECT_TRUE(rate(chair, "").ok());
  EXPECT_EQ(ReasonOf(rate(chair, province_chair_)), "SIGNER_NOT_COMPETENT");
  EXPECT_EQ(ReasonOf(rate(MainOf(Person(5)).name(), "")), "SIGNER_NOT_COMPETENT");

  request.set_month(11);
  v1::AppointCivilServantRequest beside =
      Appointment(Person(3), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), hai_chau_chair_);
  beside.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  const auto second = server_.Call(&Stub::AppointCivilServant, beside);
  ASSERT_TRUE(second.ok()) << second.status();
  const std::string concurrent = second->effect().appointments(0).appointment().name();
  EXPECT_EQ(ReasonOf(rate(concurrent, hai_chau_chair_)), "SIGNER_NOT_COMPETENT");
  EXPECT_TRUE(rate(concurrent, PostOf(kHaiChau, v1::POST_KIND_HEAD)).ok());
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(PersonTest);

}  // namespace
}  // namespace twotier::personnel::testing
