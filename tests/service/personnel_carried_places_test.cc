// Plans that carry places: a province whose last place is used merges units all the same.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "tests/service/personnel_plan_steps.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Đà Nẵng has seven places: two for its own chairs, four for Hải Châu, one for An Hải. All are
// used. Hòa Vang is granted nothing; each unit has posts for everybody.
class CarriedPlacesTest : public PlanSteps {
 protected:
  void SetUp() override {
    PersonnelTest::SetUp();
    Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 4);
    Grant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 1);
    Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 7);
    std::vector<v1::StaffRow> rows;
    for (const char* unit : {kHaiChau, kAnHai, kHoaVang}) {
      for (int number = 11; number <= 15; ++number) {
        rows.push_back(Row(unit, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, number, 0));
      }
    }
    Import(rows);
  }

  v1::AppointCivilServantRequest Successor(absl::CivilDay day) {
    v1::RegisterPersonRequest person;
    person.set_parent("provinces/48");
    *person.mutable_data() =
        Row(kHaiChau, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, 1, 90).person();
    person.set_request_id(RequestId());
    const auto registered = server_.Call(&Stub::RegisterPerson, person);
    EXPECT_TRUE(registered.ok()) << registered.status();
    return Appointment(Person(90), MainOf(Person(5)).post(), hai_chau_chair_, day);
  }

  // The chair of An Hải is to be vice chair of Hòa Vang, which has a place of the pool and no
  // other.
  v1::ReorganisationPlan DraftViceChair() {
    return Choose(Draft({kAnHai}, kHoaVang, kDay),
                  {{Person(7), PostOf(kHoaVang, v1::POST_KIND_COMMITTEE_VICE_CHAIR)}});
  }
  void GrantViceChair() {
    Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7);
    Grant(kHoaVang, v1::QUOTA_KIND_VICE_CHAIR, 1);
    Import({Row(kHoaVang, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 1, 0)});
  }

  // Granted, allowed, distributed, held and used.
  std::vector<int64_t> Balance(const std::string& unit) {
    const v1::Quota quota = QuotaOf(unit);
    return {quota.granted(), quota.allowance(), quota.distributed(), quota.held(), quota.used()};
  }
  std::vector<std::string> Findings() {
    const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> found;
    if (!report.ok()) return found;
    for (const verify::Finding& finding : report->findings) found.push_back(finding.what);
    return found;
  }

  const absl::CivilDay kDay = kToday + 20;
};

TEST_P(CarriedPlacesTest, AMergedUnitHasThePlacesOfItsParts) {
  // Without it there is no way: no place is free before the old units end.
  EXPECT_EQ(ReasonOf(TryGrant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 5).status()),
            "QUOTA_EXCEEDED");
  EXPECT_EQ(ReasonOf(TryGrant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 0).status()),
            "QUOTA_BELOW_USE");
  const v1::ReorganisationPlan plan = Draft({kHaiChau, kAnHai}, kHoaVang, kDay);
  EXPECT_EQ(plan.people(), 5);
  EXPECT_TRUE(plan.carries_places());
  EXPECT_THAT(plan.emptied_units(), ::testing::UnorderedElementsAre(kHaiChau, kAnHai));
  ASSERT_TRUE(Sign(plan).ok());
  const auto held = Execute(plan);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_EQ(held->plan().held(), 5);
  EXPECT_THAT(Balance(kHaiChau), ElementsAre(4, 0, 0, 0, 4));
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(0, 0, 0, 0, 0));
  const int64_t version = QuotaOf(kHaiChau).version();

  server_.GoTo(kDay);
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(5, 0, 0, 0, 5));
  EXPECT_THAT(Balance(kHaiChau), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(Balance(kAnHai), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(Balance(kDaNang), ElementsAre(7, 0, 5, 0, 2));
  EXPECT_EQ(QuotaOf(kHaiChau).version(), version + 1);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_P(CarriedPlacesTest, WithoutThemTheNewUnitNeedsItsOwn) {
  const v1::ReorganisationPlan plan = Draft({kHaiChau, kAnHai}, kHoaVang, kDay, /*carries=*/false);
  ASSERT_TRUE(Sign(plan).ok());
  EXPECT_EQ(ReasonOf(Execute(plan).status()), "QUOTA_NOT_GRANTED");
}

TEST_P(CarriedPlacesTest, ASurplusGoesAlongWithTheStepsByWhichItFalls) {
  ASSERT_TRUE(Allow(kHaiChau, {{kToday, 2}, {kToday + 10, 1}, {kToday + 30, 0}}).ok());
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 2);
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 1);
  Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 6);
  Import({Row(kHoaVang, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_CHAIR, 1, 40)});
  const v1::ReorganisationPlan plan = Draft({kHaiChau, kAnHai}, kHoaVang, kDay);
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay);
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(4, 2, 0, 0, 6));
  EXPECT_EQ(QuotaOf(kHoaVang).overdue(), 1);  // As it was in Hải Châu since the tenth day.
  EXPECT_THAT(Balance(kHaiChau), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 0);
  EXPECT_THAT(Findings(), IsEmpty());
  v1::GetRunDownPlanRequest run_down;
  run_down.set_parent("provinces/48");
  run_down.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
  EXPECT_EQ(server_.Call(&Stub::GetRunDownPlan, run_down)->surplus_first(), 2);

  server_.GoTo(kToday + 30);
  EXPECT_EQ(QuotaOf(kHoaVang).overdue(), 2);
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(Person(5)), v1::END_REASON_RESIGNATION,
                            PostOf(kHoaVang, v1::POST_KIND_COMMITTEE_CHAIR), kToday + 30))
                  .ok());
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(4, 1, 0, 0, 5));
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_P(CarriedPlacesTest, WhoLeavesBeforeLeavesHisPlaceBehind) {
  const v1::ReorganisationPlan plan = Draft({kHaiChau, kAnHai}, kHoaVang, kDay);
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(Person(5)), v1::END_REASON_DEATH, hai_chau_chair_))
                  .ok());
  server_.GoTo(kDay);
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(4, 0, 0, 0, 4));
  EXPECT_THAT(Balance(kHaiChau), ElementsAre(1, 0, 0, 0, 0));
  // What is left goes back to the province.
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 0);
  EXPECT_EQ(QuotaOf(kDaNang).available(), 1);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_P(CarriedPlacesTest, APlaceIsPromisedOnce) {
  const absl::CivilDay retires = kDay + 20;
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(Person(5)), v1::END_REASON_RETIREMENT, hai_chau_chair_, retires))
                  .ok());
  const v1::AppointCivilServantRequest successor = Successor(retires);
  const auto waits = server_.Call(&Stub::AppointCivilServant, successor);
  ASSERT_TRUE(waits.ok()) << waits.status();
  const v1::ReorganisationPlan plan = Draft({kHaiChau}, kHoaVang, kDay);
  const absl::Status refused = Sign(plan).status();
  EXPECT_EQ(ReasonOf(refused), "PLAN_CONFLICTS");
  ASSERT_EQ(error::PreconditionsOf(refused).size(), 1u);
  EXPECT_EQ(error::PreconditionsOf(refused)[0].type, "PLACE_PROMISED");
  ASSERT_TRUE(
      server_
          .Call(&Stub::EndAppointment, End(waits->effect().appointments(0).appointment(),
                                           v1::END_REASON_RESIGNATION, hai_chau_chair_, retires))
          .ok());
  ASSERT_TRUE(Sign(plan).ok());

  // From its signing on the plan has the place.
  v1::AppointCivilServantRequest again = successor;
  again.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::AppointCivilServant, again).status()), "QUOTA_EXCEEDED");
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay);
  EXPECT_EQ(MainOf(Person(5)).unit(), kHoaVang);
  // The retirement that was signed stands.
  server_.GoTo(retires);
  EXPECT_EQ(MainOf(Person(5)).end_reason(), v1::END_REASON_RETIREMENT);
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(4, 0, 0, 0, 3));
  EXPECT_THAT(Findings(), IsEmpty());
}

// He has a place as a civil servant, which goes along, and none of the pool, which is held.
TEST_P(CarriedPlacesTest, WhoBecomesViceChairNeedsAPlaceOfThePoolOnly) {
  GrantViceChair();
  const auto pool = [&] { return QuotaOf(kHoaVang, v1::QUOTA_KIND_VICE_CHAIR); };
  const v1::ReorganisationPlan given_up = DraftViceChair();
  ASSERT_TRUE(Sign(given_up).ok());
  const auto held = Execute(given_up);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_EQ(pool().held(), 1);
  EXPECT_THAT(Findings(), IsEmpty());
  v1::CancelReorganisationPlanRequest cancel;
  cancel.set_name(given_up.name());
  cancel.set_etag(held->plan().etag());
  cancel.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::CancelReorganisationPlan, cancel).ok());
  EXPECT_EQ(pool().held(), 0);

  const v1::ReorganisationPlan plan = DraftViceChair();
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay);
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(1, 0, 0, 0, 1));
  EXPECT_THAT(Balance(kAnHai), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_EQ(pool().used(), 1);
  EXPECT_EQ(pool().held(), 0);
  EXPECT_THAT(Findings(), IsEmpty());
}

TEST_P(CarriedPlacesTest, ThePlaceOfThePoolIsFreeWhenHeLeavesBefore) {
  GrantViceChair();
  const v1::ReorganisationPlan plan = DraftViceChair();
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(MainOf(Person(7)), v1::END_REASON_DEATH, province_chair_))
                  .ok());
  server_.GoTo(kDay);
  EXPECT_THAT(Balance(kAnHai), ElementsAre(1, 0, 0, 0, 0));
  EXPECT_EQ(QuotaOf(kHoaVang, v1::QUOTA_KIND_VICE_CHAIR).available(), 1);
  EXPECT_THAT(Findings(), IsEmpty());
}

// It has granted on more than its grant: its own people stand on what it is allowed above.
TEST_P(CarriedPlacesTest, AProvinceThatHasGrantedOnItsAllowanceGivesNoMoreOfItThanPlaces) {
  ASSERT_TRUE(Allow(kDaNang, {{kToday, 3}, {kDay + 10, 0}}).ok());
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  EXPECT_THAT(Balance(kDaNang), ElementsAre(7, 3, 8, 0, 2));
  const v1::ReorganisationPlan plan = Draft({kDaNang}, kHoaVang, kDay);
  ASSERT_TRUE(Sign(plan).ok());
  ASSERT_TRUE(Execute(plan).ok());
  server_.GoTo(kDay);
  EXPECT_THAT(Balance(kDaNang), ElementsAre(7, 1, 8, 0, 0));
  EXPECT_THAT(Balance(kHoaVang), ElementsAre(3, 2, 0, 0, 2));
  EXPECT_THAT(Findings(), IsEmpty());
}

// What must stay the same whatever units merge: counted over all of them.
struct Kept {
  std::map<std::string, std::string> ends;    // Of each person's main appointment.
  std::map<absl::CivilDay, int64_t> allowed;  // By the steps, on each day to come.
  int64_t granted = 0;
  int64_t used = 0;

  friend bool operator==(const Kept&, const Kept&) = default;
};

class MergerTest : public CarriedPlacesTest {
 protected:
  // People that the fixture and SetUp put into the three units.
  static constexpr int kPeople[] = {3, 4, 5, 6, 7};
  const std::vector<std::string> units_ = {kHaiChau, kAnHai, kHoaVang};

  static int64_t AllowedOn(const v1::Quota& quota, absl::CivilDay day) {
    int64_t allowed = 0;
    for (const v1::AllowanceStep& step : quota.allowance_steps()) {
      if (DayOf(step.first_date()) <= day) allowed = step.posts();
    }
    return allowed;
  }
  Kept Count(absl::CivilDay day) {
    Kept kept;
    for (const std::string& unit : units_) {
      const v1::Quota quota = QuotaOf(unit);
      kept.granted += quota.granted();
      kept.used += quota.used();
      for (int after = 0; after < 60; after += 5) {
        kept.allowed[day + after] += AllowedOn(quota, day + after);
      }
    }
    for (const int number : kPeople) {
      const v1::Appointment main = MainOf(Person(number));
      kept.ends[main.person()] = main.valid().end_date().ShortDebugString();
    }
    return kept;
  }
  // Those of the people whose main appointment is in `unit` and runs on `day`.
  std::set<int> PeopleOf(const std::string& unit, absl::CivilDay day) {
    std::set<int> people;
    for (const int number : kPeople) {
      const v1::Appointment main = MainOf(Person(number));
      const bool runs = !main.valid().has_end_date() || DayOf(main.valid().end_date()) > day;
      if (main.unit() == unit && runs) people.insert(number);
    }
    return people;
  }
  void Merge(const std::string& from, const std::string& to, absl::CivilDay day) {
    const std::set<int> moved = PeopleOf(from, day);
    std::set<int> together = PeopleOf(to, day);
    together.insert(moved.begin(), moved.end());
    const v1::ReorganisationPlan plan = Draft({from}, to, day);
    RC_ASSERT(plan.people() == static_cast<int64_t>(moved.size()));
    const Kept before = Count(day);
    RC_ASSERT(Sign(plan).ok());
    RC_ASSERT(Execute(plan).ok());
    server_.GoTo(day);
    RC_ASSERT(Count(day) == before);
    RC_ASSERT(PeopleOf(to, day) == together);
    RC_ASSERT(PeopleOf(from, day).empty());
    // Whoever uses a place stands on a grant or on an allowance.
    RC_ASSERT(Balance(from)[4] == 0);
    RC_ASSERT(Balance(to)[0] + Balance(to)[1] >= Balance(to)[4]);
    for (const std::string& unit : {from, to}) {
      RC_ASSERT(Balance(unit)[1] >= AllowedOn(QuotaOf(unit), day));  // Its steps went along.
    }
    RC_ASSERT(QuotaOf(kDaNang).distributed() == before.granted);
    RC_ASSERT(Findings() == std::vector<std::string>());
  }
};

// Units merge and part again, with free places, with a surplus that falls, and with somebody whose
// retirement was signed before.
TEST_P(MergerTest, PreservesPeopleAndPlaces) {
  ASSERT_TRUE(Allow(kHaiChau, {{kToday, 2}, {kToday + 15, 1}, {kToday + 40, 0}}).ok());
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment, End(MainOf(Person(5)), v1::END_REASON_RETIREMENT,
                                                   hai_chau_chair_, kToday + 500))
                  .ok());
  absl::CivilDay day = kToday;
  int merged = 0;
  const bool holds = rc::check("any mergers preserve people and places", [&] {
    const std::string from = *rc::gen::elementOf(units_);
    const std::string to = *rc::gen::elementOf(units_);
    if (from == to || PeopleOf(from, day).empty()) return;
    day = day + 2;
    Merge(from, to, day);
    ++merged;
  });
  EXPECT_TRUE(holds);
  EXPECT_GT(merged, 10) << "nearly nobody was moved: nothing was tried";
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(CarriedPlacesTest);
TWOTIER_PERSONNEL_ON_EVERY_ENGINE(MergerTest);

}  // namespace
}  // namespace twotier::personnel::testing
