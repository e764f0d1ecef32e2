// What holds under 64 racing callers, seen by the checker. Any sequence of orders:
// personnel_sequence_test.cc.

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

class RaceTest : public PersonnelTest {
 protected:
  void ExpectProven() { testing_support::ExpectSound(verify::VerifyStaff(database_.url())); }

  // Makes all calls at once and tells how many succeeded.
  static int Succeeded(const std::vector<std::function<bool()>>& calls) {
    std::atomic<int> succeeded = 0;
    std::vector<std::thread> callers;
    for (const std::function<bool()>& call : calls) {
      callers.emplace_back([&] {
        if (call()) ++succeeded;
      });
    }
    for (std::thread& caller : callers) caller.join();
    return succeeded;
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
  std::vector<std::function<bool()>> calls;
  for (int i = 0; i < kPeople; ++i) {
    // Behind the fixture's vacant post and those that are held.
    const std::string post = PostOf(kAnHai, v1::POST_KIND_OFFICIAL, 2 + kPeople + i % kPosts);
    calls.push_back([this, transfer = Transfer(Person(100 + i), post)] {
      return server_.Call(&Stub::TransferCivilServant, transfer).ok();
    });
    v1::AppointCivilServantRequest beside =
        Appointment(Person(100 + kPeople + i), post, an_hai_chair_);
    beside.set_kind(v1::APPOINTMENT_KIND_CONCURRENT);
    calls.push_back(
        [this, beside] { return server_.Call(&Stub::AppointCivilServant, beside).ok(); });
  }
  EXPECT_EQ(Succeeded(calls), kPosts);
  ExpectProven();
}

// A transfer may have read the post before a mate of its batch ends it: the version that it read is
// not the post's any more then.
TEST_P(RaceTest, APostIsEndedOrTakenWhateverTheBatchHasRead) {
  constexpr int kPosts = 32;
  Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 200);
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 60);
  Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 40);
  std::vector<v1::StaffRow> rows;
  for (int i = 0; i < kPosts; ++i) {
    rows.push_back(Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 100 + i, 100 + i));
    rows.push_back(Row(kAnHai, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 100 + i, 0));
  }
  Import(rows);
  std::vector<std::function<bool()>> calls;
  for (int i = 0; i < kPosts; ++i) {
    v1::GetPostRequest get;
    get.set_name(PostOf(kAnHai, v1::POST_KIND_OFFICIAL, 2 + i));
    const auto post = server_.Call(&Stub::GetPost, get);
    ASSERT_TRUE(post.ok()) << post.status();
    v1::EndPostRequest end;
    end.set_name(post->post().name());
    end.set_etag(post->post().etag());
    Set(end.mutable_end_date(), kToday);
    end.mutable_act()->set_number("16/QĐ-UBND");
    end.set_request_id(RequestId());
    calls.push_back([this, end] { return server_.Call(&Stub::EndPost, end).ok(); });
    calls.push_back([this, transfer = Transfer(Person(100 + i), end.name())] {
      return server_.Call(&Stub::TransferCivilServant, transfer).ok();
    });
  }
  EXPECT_EQ(Succeeded(calls), kPosts);
  ExpectProven();
}

// Two provinces, whose orders take two lanes, appoint the same people at the same time, or take
// them over from lists: the person is an aggregate of its own. Without its bump PostgreSQL lets
// both in.
class TwoProvincesTest : public RaceTest {
 protected:
  static constexpr char kOther[] = "provinces/01";
  static constexpr int kPeople = 16;

  // The people, in no post yet, and a vacant post for each of them in either province.
  void SetUp() override {
    RaceTest::SetUp();
    Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 40);
    Grant(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 40, kOther);
    std::vector<v1::StaffRow> here;
    std::vector<v1::StaffRow> there = {
        Row(kHaNoi, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 300)};
    for (int i = 0; i < kPeople; ++i) {
      here.push_back(Here(i, 0));
      there.push_back(There(i, 0));
      v1::RegisterPersonRequest person;
      person.set_parent("provinces/48");
      *person.mutable_data() = Here(i, 400 + i).person();
      person.set_request_id(RequestId());
      ASSERT_TRUE(server_.Call(&Stub::RegisterPerson, person).ok());
    }
    Import(here);
    Import(there, kOther);
    hanoi_chair_ = PostOf(kHaNoi, v1::POST_KIND_COMMITTEE_CHAIR, 1, kOther);
  }

  static v1::StaffRow Here(int i, int national_id) {
    return Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 50 + i, national_id);
  }
  static v1::StaffRow There(int i, int national_id) {
    return Row(kHaNoi, v1::BODY_KIND_DEPARTMENT, v1::POST_KIND_OFFICIAL, 1 + i, national_id);
  }

  std::function<bool()> ListedHere(int i) {
    return [this, request = List({Here(i, 400 + i)})] {
      return server_.Call(&Stub::ImportStaff, request).ok();
    };
  }
  std::function<bool()> ListedThere(int i) {
    return [this, request = List({There(i, 400 + i)}, kOther)] {
      return server_.Call(&Stub::ImportStaff, request).ok();
    };
  }
  std::function<bool()> AppointedHere(int i) {
    return Appointed(Appointment(Person(400 + i), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 4 + i),
                                 hai_chau_chair_));
  }
  std::function<bool()> AppointedThere(int i) {
    return Appointed(Appointment(
        Person(400 + i), PostOf(kHaNoi, v1::POST_KIND_OFFICIAL, 1 + i, kOther), hanoi_chair_));
  }

 private:
  std::function<bool()> Appointed(const v1::AppointCivilServantRequest& request) {
    return [this, request] { return server_.Call(&Stub::AppointCivilServant, request).ok(); };
  }

  std::string hanoi_chair_;
};

TEST_P(TwoProvincesTest, NobodyIsAppointedInBothAtOnce) {
  std::vector<std::function<bool()>> calls;
  for (int i = 0; i < kPeople; ++i) {
    calls.push_back(AppointedHere(i));
    calls.push_back(AppointedThere(i));
  }
  EXPECT_EQ(Succeeded(calls), kPeople);
  ExpectProven();
}

TEST_P(TwoProvincesTest, NobodyIsTakenOverByBothAtOnce) {
  std::vector<std::function<bool()>> calls;
  for (int i = 0; i < kPeople; ++i) {
    calls.push_back(ListedHere(i));
    calls.push_back(ListedThere(i));
  }
  EXPECT_EQ(Succeeded(calls), kPeople);
  ExpectProven();
}

TEST_P(TwoProvincesTest, NobodyIsTakenOverByOneAndAppointedInTheOtherAtOnce) {
  std::vector<std::function<bool()>> calls;
  for (int i = 0; i < kPeople; ++i) {
    calls.push_back(i % 2 == 0 ? ListedHere(i) : AppointedHere(i));
    calls.push_back(i % 2 == 0 ? AppointedThere(i) : ListedThere(i));
  }
  EXPECT_EQ(Succeeded(calls), kPeople);
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
TWOTIER_PERSONNEL_ON_EVERY_ENGINE(TwoProvincesTest);

}  // namespace
}  // namespace twotier::personnel::testing
