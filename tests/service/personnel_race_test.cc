// What holds under any sequence of orders and under 64 racing callers, seen by the checker.

#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "tests/service/personnel_fixture.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

class RaceTest : public PersonnelTest {
 protected:
  void ExpectProven() {
    const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    for (const verify::Finding& finding : report->findings) {
      ADD_FAILURE() << finding.rule << ": " << finding.what;
    }
  }
};

// 64 callers want An Hải's two free places and each other's posts. Each place goes to one.
TEST_P(RaceTest, SixtyFourCallersShareWhatThereIs) {
  constexpr int kCallers = 64;
  std::vector<v1::StaffRow> rows;
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 80);
  for (int i = 0; i < kCallers; ++i) {
    rows.push_back(Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 100 + i, 100 + i));
  }
  for (int i = 0; i < 8; ++i) {
    rows.push_back(Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 100 + i, 0));
  }
  Import(rows);
  std::vector<v1::TransferCivilServantRequest> requests;
  for (int i = 0; i < kCallers; ++i) {
    // Today, or on a later day: both take a place from now on.
    requests.push_back(Transfer(Person(100 + i), PostOf(kAnHai, v1::POST_KIND_OFFICIAL, 1 + i % 9),
                                kToday + (i % 2) * 3));
  }
  std::atomic<int> done = 0;
  std::map<std::string, int> refused;
  std::vector<absl::Status> statuses(kCallers);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      statuses[static_cast<size_t>(i)] =
          server_.Call(&Stub::TransferCivilServant, requests[static_cast<size_t>(i)]).status();
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const absl::Status& status : statuses) {
    if (status.ok()) {
      ++done;
    } else {
      ++refused[ReasonOf(status)];
    }
  }
  EXPECT_EQ(done, 2);
  EXPECT_EQ(refused["QUOTA_EXCEEDED"] + refused["POST_OCCUPIED"], kCallers - 2);
  EXPECT_EQ(QuotaOf(kAnHai).used() + QuotaOf(kAnHai).held(), 3);
  ExpectProven();
  server_.GoTo(kToday + 3);
  EXPECT_EQ(QuotaOf(kAnHai).used(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4 + kCallers - 2);
  ExpectProven();
}

// Transfers read some of what they need before their batch runs; appointments beside them, which do
// not, take the same posts meanwhile.
TEST_P(RaceTest, APostIsTakenOnceWhateverTheBatchHasRead) {
  constexpr int kPeople = 32;
  constexpr int kPosts = 4;
  Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 200);
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 60);
  Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 40);
  std::vector<v1::StaffRow> rows;
  for (int i = 0; i < 2 * kPeople; ++i) {
    rows.push_back(Row(i < kPeople ? kHaiChau : kAnHai, v1::BODY_KIND_OFFICE,
                       v1::POST_KIND_OFFICIAL, 100 + i, 100 + i));
  }
  for (int i = 0; i < kPosts; ++i) {
    rows.push_back(Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 50 + i, 0));
  }
  Import(rows);
  std::vector<v1::TransferCivilServantRequest> transfers;
  std::vector<v1::AppointCivilServantRequest> appointments;
  for (int i = 0; i < kPeople; ++i) {
    // Behind the fixture's vacant post and those that are held.
    const std::string post = PostOf(kAnHai, v1::POST_KIND_OFFICIAL, 2 + kPeople + i % kPosts);
    transfers.push_back(Transfer(Person(100 + i), post));
    appointments.push_back(Appointment(Person(100 + kPeople + i), post, an_hai_chair_));
    appointments.back().set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
  }
  std::atomic<int> done = 0;
  std::vector<std::thread> callers;
  for (size_t i = 0; i < transfers.size(); ++i) {
    callers.emplace_back([&, i] {
      if (server_.Call(&Stub::TransferCivilServant, transfers[i]).ok()) ++done;
    });
    callers.emplace_back([&, i] {
      if (server_.Call(&Stub::AppointCivilServant, appointments[i]).ok()) ++done;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, kPosts);
  ExpectProven();
}

// Two provinces, whose orders take two lanes, appoint the same people at the same time: the person
// is an aggregate of its own. Without its bump PostgreSQL lets both in.
TEST_P(RaceTest, NobodyIsAppointedInTwoProvincesAtOnce) {
  constexpr char kOther[] = "provinces/01";
  constexpr int kPeople = 16;
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 40);
  Grant(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 40, kOther);
  std::vector<v1::StaffRow> here;
  std::vector<v1::StaffRow> there = {
      Row(kHaNoi, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 300)};
  for (int i = 0; i < kPeople; ++i) {
    here.push_back(Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 50 + i, 0));
    there.push_back(Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1 + i, 0));
  }
  Import(here);
  Import(there, kOther);
  const std::string hanoi_chair = PostOf(kHaNoi, v1::POST_KIND_COMMITTEE_CHAIR, 1, kOther);
  std::vector<v1::AppointCivilServantRequest> requests;
  for (int i = 0; i < kPeople; ++i) {
    v1::RegisterPersonRequest person;
    person.set_parent("provinces/48");
    *person.mutable_data() =
        Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 400 + i).person();
    person.set_request_id(RequestId());
    ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, person).ok());
    requests.push_back(Appointment(Person(400 + i), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 4 + i),
                                   hai_chau_chair_));
    requests.push_back(Appointment(
        Person(400 + i), PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1 + i, kOther), hanoi_chair));
  }
  std::atomic<int> done = 0;
  std::vector<std::thread> callers;
  for (const v1::AppointCivilServantRequest& request : requests) {
    callers.emplace_back([&] {
      if (server_.Call(&Stub::AppointCivilServant, request).ok()) ++done;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, kPeople);
  ExpectProven();
}

// Random orders, some of them refused, days that pass: people, posts and quotas add up throughout.
TEST_P(RaceTest, AnySequenceOfOrdersAddsUp) {
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  Import({Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 0),
          Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 2, 0),
          Row(kHoaVang, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 3, 30)});
  const std::vector<std::string> persons = {Person(4), Person(5), Person(6), Person(30)};
  std::vector<std::string> posts;
  for (int n = 1; n <= 3; ++n) posts.push_back(PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, n));
  for (int n = 1; n <= 3; ++n) posts.push_back(PostOf(kHoaVang, v1::POST_KIND_OFFICIAL, n));
  posts.push_back(PostOf(kAnHai, v1::POST_KIND_OFFICIAL));
  absl::CivilDay day = kToday;
  std::map<std::string, int> outcomes;
  const auto count = [&](const absl::Status& status) {
    ++outcomes[status.ok() ? "OK" : ReasonOf(status)];
  };
  const bool holds = rc::check("any sequence of orders adds up", [&] {
    for (int step = 0; step < 6; ++step) {
      const std::string& person = *rc::gen::elementOf(persons);
      const std::string& post = *rc::gen::elementOf(posts);
      const absl::CivilDay first = day + *rc::gen::inRange(0, 4);
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
        case 1:
          count(server_.Call(&Stub::TransferCivilServant, Transfer(person, post, first)).status());
          break;
        case 2: {
          v1::SecondCivilServantRequest request;
          request.set_parent("provinces/48");
          request.set_person(person);
          request.set_post(post);
          Set(request.mutable_first_date(), first);
          Set(request.mutable_end_date(), first + *rc::gen::inRange(1, 6));
          *request.mutable_form() = Form(province_chair_);
          request.set_request_id(RequestId());
          count(server_.Call(&Stub::SecondCivilServant, request).status());
          break;
        }
        case 3: {
          v1::AppointCivilServantRequest request =
              Appointment(person, post, province_chair_, first);
          request.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
          Set(request.mutable_end_date(), first + *rc::gen::inRange(1, 6));
          count(server_.Call(&Stub::AppointCivilServant, request).status());
          break;
        }
        case 4:
          day = day + 1;
          server_.GoTo(day);
          break;
      }
    }
    const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
    RC_ASSERT(report.ok());
    for (const verify::Finding& finding : report->findings) RC_FAIL(finding.what);
  });
  EXPECT_TRUE(holds);
  EXPECT_GT(outcomes["OK"], 20) << "nearly everything was refused: nothing was tried";
  ExpectProven();
}

// Everything the fixture and a refused list leave behind is proven too.
TEST_P(RaceTest, TheCheckerFindsWhatIsAltered) {
  ExpectProven();
  database_.Run("UPDATE post SET holder = '' WHERE holder <> ''");
  database_.Run("UPDATE quota SET granted = granted + 1");
  const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  std::set<std::string> rules;
  for (const verify::Finding& finding : report->findings) rules.insert(finding.rule);
  EXPECT_THAT(rules, ::testing::IsSupersetOf({"counts", "quota", "distribution"}));
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(RaceTest);

}  // namespace
}  // namespace twotier::personnel::testing
