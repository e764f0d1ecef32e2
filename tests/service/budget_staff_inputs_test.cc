// Norms that ask for staff: what personnel told of a run's date is frozen with the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/grpcpp.h"
#include "tests/service/budget_norms_fixture.h"
#include "tests/support/metric_families.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;

// Plays personnel: tells the staff that it was given, of the day that it was given.
class PlayedPersonnel final : public personnel::v1::PersonnelService::Service {
 public:
  PlayedPersonnel() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    SetDay(2);
  }
  ~PlayedPersonnel() override { server_->Shutdown(); }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  // A day of November 2026.
  void SetDay(int day) {
    absl::MutexLock lock(&mutex_);
    testing_support::SetDate(staffing_.mutable_as_of(), 2026, 11, day);
    asked_ = 0;
  }
  // Civil servants of a unit of Đà Nẵng, which has distributed places to the units below it and is
  // allowed some for a while beyond what it was granted.
  void Tell(const std::string& unit, int64_t granted, int64_t used, int64_t distributed = 0,
            int64_t allowance = 0, int64_t held = 0) {
    absl::MutexLock lock(&mutex_);
    personnel::v1::UnitStaffing* told = nullptr;
    for (personnel::v1::UnitStaffing& each : *staffing_.mutable_units()) {
      if (each.unit() == unit) told = &each;
    }
    if (told == nullptr) told = staffing_.add_units();
    told->set_province("provinces/48");
    told->set_unit(unit);
    told->clear_lines();
    personnel::v1::StaffingLine* line = told->add_lines();
    line->set_quota_kind(personnel::v1::QUOTA_KIND_CIVIL_SERVANT);
    line->set_granted(granted);
    line->set_allowance(allowance);
    line->set_used(used);
    line->set_held(held);
    line->set_available(granted + allowance - used - held - distributed);
    asked_ = 0;
  }
  void TellNothing() {
    absl::MutexLock lock(&mutex_);
    staffing_.clear_units();
    asked_ = 0;
  }
  void SetAway(bool away, grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE) {
    absl::MutexLock lock(&mutex_);
    away_ = away;
    code_ = code;
    asked_ = 0;
  }
  // Since anything was changed.
  int asked() {
    absl::MutexLock lock(&mutex_);
    return asked_;
  }

  grpc::Status GetStaffing(grpc::ServerContext*, const personnel::v1::GetStaffingRequest* request,
                           personnel::v1::GetStaffingResponse* response) override {
    absl::MutexLock lock(&mutex_);
    ++asked_;
    if (away_) return {code_, "away"};
    *response = staffing_;
    if (!request->by_unit()) response->clear_units();
    return grpc::Status::OK;
  }

 private:
  absl::Mutex mutex_;
  personnel::v1::GetStaffingResponse staffing_ ABSL_GUARDED_BY(mutex_);
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::StatusCode code_ ABSL_GUARDED_BY(mutex_) = grpc::StatusCode::UNAVAILABLE;
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Constructed before the server that asks it.
struct BesidePersonnel {
  PlayedPersonnel personnel;
};

class StaffInputsTest : private BesidePersonnel, public NormsTest {
 protected:
  StaffInputsTest() : NormsTest(personnel.address()) {}

  void SetUp() override {
    personnel.Tell(kHaiChau, 40, 30);
    personnel.Tell(kAnHai, 30, 20);
    WaitUntilHeard();
    ASSERT_TRUE(Publish("filled", NormsBy("civil_servants_filled")).ok());
    ASSERT_TRUE(Publish("vacant", NormsBy("civil_servants_vacant")).ok());
  }

  // 100 đồng by what personnel tells.
  static v1::NormSetContent NormsBy(const std::string& key) {
    v1::NormSetContent content = SupplementNorms();
    content.mutable_inputs(0)->set_key(key);
    content.mutable_inputs(0)->set_source(v1::NORM_INPUT_SOURCE_PERSONNEL);
    content.mutable_lines(1)->mutable_distribution()->mutable_weight()->set_input(key);
    return content;
  }
  static v1::AllocationPlan Plan(const std::string& norm_set, int day = 2) {
    v1::AllocationPlan plan;
    plan.set_norm_set("provinces/48/normSets/" + norm_set);
    plan.set_year(2026);
    testing_support::SetDate(plan.mutable_as_of(), 2026, 11, day);
    plan.add_unit_codes("20194");
    plan.add_unit_codes("20195");
    for (const auto& [key, value] : {std::pair("least", "0"), std::pair("kind", "plain")}) {
      v1::AllocationInput* input = plan.add_inputs();
      input->set_key(key);
      input->set_certainty(v1::INPUT_CERTAINTY_PUBLISHED);
      input->set_source("test");
      input->set_others(value);
    }
    plan.add_pools()->set_pool("supplement");
    plan.mutable_pools(0)->set_amount_vnd(100);
    return plan;
  }
  // Until what personnel was told to tell has been written: the second question comes after it.
  void WaitUntilHeard() {
    testing_support::ServiceHost::WaitUntil([this] { return personnel.asked() >= 2; },
                                            "a second question");
  }
  // The series of a family whose label, if it has one, has the value; -1: there is none.
  double Metric(const std::string& name, const std::string& label = "") {
    return MetricOf(server_, name, label);
  }
  static double MetricOf(BudgetServer& server, const std::string& name,
                         const std::string& label = "") {
    for (const auto& family : server.metrics().Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        if (!metric.label.empty() && metric.label[0].value != label) continue;
        return metric.label.empty() ? metric.gauge.value : metric.counter.value;
      }
    }
    return -1;
  }
  double Failures(const std::string& reason) {
    return Metric("twotier_budget_staff_copy_failures_total", reason);
  }
  // How often the log has an event.
  size_t Lines(const std::string& event) {
    const std::vector<std::string> parts = absl::StrSplit(server_.LogText(), event);
    return parts.size() - 1;
  }
  std::vector<int64_t> AmountsOf(const v1::AllocationPlan& plan) {
    const auto simulated = Simulate(plan);
    EXPECT_TRUE(simulated.ok()) << simulated.status();
    std::vector<int64_t> amounts;
    if (!simulated.ok()) return amounts;
    for (const v1::UnitAllocation& unit : simulated->units()) amounts.push_back(unit.amount_vnd());
    return amounts;
  }
  static std::vector<std::string> LacksOf(const absl::Status& refused) {
    std::vector<std::string> lacks;
    for (const auto& violation : error::PreconditionsOf(refused)) {
      lacks.push_back(violation.subject);
    }
    return lacks;
  }

  using BesidePersonnel::personnel;
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(StaffInputsTest);

TEST_P(StaffInputsTest, ARunTakesWhatPersonnelToldAndFreezesIt) {
  EXPECT_THAT(AmountsOf(Plan("filled")), ElementsAre(60, 40));
  EXPECT_THAT(AmountsOf(Plan("vacant")), ElementsAre(50, 50));
  const auto created = Create(Plan("filled"));
  ASSERT_TRUE(created.ok()) << created.status();
  personnel.Tell(kHaiChau, 40, 20);
  WaitUntilHeard();
  EXPECT_THAT(AmountsOf(Plan("filled")), ElementsAre(50, 50));
  v1::ExplainAllocationRequest explain;
  explain.set_name(created->run().name());
  explain.set_unit_code("20194");
  const auto explained = server_.Call(&Stub::ExplainAllocation, explain);
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->working().unit().amount_vnd(), 60);
  std::vector<std::string> sources;
  for (const v1::LineWorking& line : explained->working().lines()) {
    for (const v1::WorkingFact& fact : line.facts()) {
      if (fact.input() == "civil_servants_filled") sources.push_back(fact.source());
    }
  }
  EXPECT_THAT(sources, ElementsAre("personnel, as of 2026-11-02"));
}

// 25 places are granted beyond those distributed, and 10 of them are somebody's; a place promised
// to somebody is vacant until that person comes, and a surplus allowed for a while is no place.
TEST_P(StaffInputsTest, PlacesThatAProvinceDistributedAreNotVacantThere) {
  personnel.Tell(kHaiChau, 12'525, 10, 12'500, 7, 3);
  personnel.Tell(kAnHai, 30, 25);
  WaitUntilHeard();
  EXPECT_THAT(AmountsOf(Plan("vacant")), ElementsAre(75, 25));
  // Above its quota.
  personnel.Tell(kHaiChau, 10, 12, 0, 5);
  WaitUntilHeard();
  EXPECT_THAT(AmountsOf(Plan("vacant")), ElementsAre(0, 100));
}

TEST_P(StaffInputsTest, WhatIsHandedOverPrecedes) {
  v1::AllocationPlan plan = Plan("filled");
  v1::AllocationInput* input = plan.add_inputs();
  input->set_key("civil_servants_filled");
  input->set_certainty(v1::INPUT_CERTAINTY_ASSUMED);
  input->set_source("test");
  v1::UnitValue* value = input->add_values();
  value->set_unit_code("20194");
  value->set_value("60");
  EXPECT_THAT(AmountsOf(plan), ElementsAre(75, 25));
}

TEST_P(StaffInputsTest, EveryDayHasItsFigures) {
  server_.clock().Advance(absl::Hours(24));
  personnel.SetDay(3);
  personnel.Tell(kHaiChau, 40, 20);
  WaitUntilHeard();
  EXPECT_THAT(AmountsOf(Plan("filled", 3)), ElementsAre(50, 50));
  EXPECT_THAT(AmountsOf(Plan("filled", 2)), ElementsAre(60, 40));
}

TEST_P(StaffInputsTest, UnitsThatPersonnelDoesNotTellOfAreNamed) {
  personnel.TellNothing();
  personnel.Tell(kHaiChau, 40, 30);
  WaitUntilHeard();
  const absl::Status refused = Simulate(Plan("filled")).status();
  EXPECT_EQ(ReasonOf(refused), "ALLOCATION_INPUT_MISSING");
  EXPECT_EQ(MetadataOf(refused, "unit_code"), "20195");
  EXPECT_EQ(MetadataOf(refused, "input"), "civil_servants_filled");
}

TEST_P(StaffInputsTest, AnOutageIsCountedByReasonAndLoggedOnce) {
  const double heard = Metric("twotier_budget_staff_heard_timestamp_seconds");
  EXPECT_EQ(heard,
            absl::ToDoubleSeconds(absl::FromCivil(absl::CivilDay(2026, 11, 2), VietnamTimeZone()) -
                                  absl::UnixEpoch()));
  EXPECT_EQ(Failures("away"), 0);
  personnel.SetAway(true);
  testing_support::ServiceHost::WaitUntil([this] { return Failures("away") >= 3; }, "an outage");
  EXPECT_EQ(Lines("staff_not_copied"), 1);
  EXPECT_EQ(Lines("staff_copied_again"), 0);
  personnel.SetAway(false);
  WaitUntilHeard();
  EXPECT_EQ(Lines("staff_copied_again"), 1);
  EXPECT_EQ(Failures("refused"), 0);
  personnel.SetAway(true, grpc::StatusCode::PERMISSION_DENIED);
  testing_support::ServiceHost::WaitUntil([this] { return Failures("refused") >= 2; }, "refusals");
  EXPECT_EQ(Lines("staff_not_copied"), 2);
  EXPECT_EQ(Metric("twotier_budget_staff_heard_timestamp_seconds"), heard);
}

// The day that was heard is known also to a process that begins while personnel is away.
TEST_P(StaffInputsTest, TheLastDayHeardOutlivesTheProcess) {
  const std::string kHeard = "twotier_budget_staff_heard_timestamp_seconds";
  const testing_support::TestDatabase database = GetParam().make();
  const auto start = [&] {
    return std::make_unique<BudgetServer>(database, registry_.address(), testing_support::Monday(),
                                          "services/budget/data", personnel.address());
  };
  std::unique_ptr<BudgetServer> server = start();
  testing_support::ServiceHost::WaitUntil([&] { return MetricOf(*server, kHeard) > 0; }, "a day");
  const double heard = MetricOf(*server, kHeard);
  server = nullptr;
  personnel.SetAway(true);
  server = start();
  testing_support::ServiceHost::WaitUntil([&] { return MetricOf(*server, kHeard) == heard; },
                                          "the day of before");
}

TEST_P(StaffInputsTest, MetricFamiliesAreThoseThatDashboardsRestOn) {
  testing_support::ServiceHost::WaitUntil(
      [this] {
        return testing_support::MetricFamiliesOf(server_.metrics(), "twotier_budget_") ==
               testing_support::KnownMetricFamilies("budget_metric_families.txt");
      },
      "every family of the list, and no other");
}

TEST_P(StaffInputsTest, ADayOnWhichPersonnelWasNotHeardIsNotGuessed) {
  personnel.SetAway(true);
  WaitUntilHeard();
  // Budget goes on, and knows what it has heard.
  EXPECT_THAT(AmountsOf(Plan("filled")), ElementsAre(60, 40));
  const absl::Status refused = Simulate(Plan("filled", 3)).status();
  EXPECT_EQ(ReasonOf(refused), "PERSONNEL_NOT_HEARD");
  EXPECT_EQ(MetadataOf(refused, "as_of"), "2026-11-03");
  EXPECT_EQ(MetadataOf(refused, "first_day"), "2026-11-02");
  EXPECT_EQ(MetadataOf(refused, "last_day"), "2026-11-02");
  EXPECT_THAT(LacksOf(refused),
              ElementsAre("20194 civil_servants_filled", "20195 civil_servants_filled"));
  const absl::Status before = Simulate(Plan("filled", 1)).status();
  EXPECT_EQ(ReasonOf(before), "PERSONNEL_NOT_HEARD");
  EXPECT_EQ(MetadataOf(before, "last_day"), "absent");
  // What is handed over needs nobody.
  v1::AllocationPlan given = Plan("filled", 3);
  v1::AllocationInput* input = given.add_inputs();
  input->set_key("civil_servants_filled");
  input->set_certainty(v1::INPUT_CERTAINTY_ASSUMED);
  input->set_source("test");
  input->set_others("1");
  EXPECT_THAT(AmountsOf(given), ElementsAre(50, 50));
  // After a gap a new time begins.
  personnel.SetDay(5);
  personnel.SetAway(false);
  WaitUntilHeard();
  EXPECT_THAT(AmountsOf(Plan("filled", 5)), ElementsAre(60, 40));
  EXPECT_EQ(ReasonOf(Simulate(Plan("filled", 4)).status()), "PERSONNEL_NOT_HEARD");
}

}  // namespace
}  // namespace twotier::budget::testing
