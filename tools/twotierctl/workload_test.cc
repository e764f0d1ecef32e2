#include "tools/twotierctl/workload.h"

#include "gtest/gtest.h"

namespace twotier::ctl {
namespace {

class WorkloadTest : public ::testing::Test {
 protected:
  void Staff(const char* unit, int64_t posts, int64_t filled) {
    personnel::v1::UnitStaffing* added = units_.Add();
    added->set_unit(unit);
    for (const int64_t part : {int64_t{1}, posts - 1}) {
      personnel::v1::GradeLine* grade = added->add_grades();
      grade->set_posts(part);
      grade->set_filled(part == 1 ? 0 : filled);
    }
  }
  void Center(const char* name, const char* unit) {
    registry::v1::Center* added = centers_.Add();
    added->set_name(name);
    added->set_unit(unit);
  }
  void Count(const char* center, routing::v1::DossierState state, int64_t count,
             int64_t overdue = 0) {
    routing::v1::CenterDossierCount* added = counts_.Add();
    added->set_center(center);
    added->mutable_count()->set_total(count);
    added->mutable_count()->set_overdue(overdue);
    routing::v1::DossierStateCount* of_state = added->mutable_count()->add_states();
    of_state->set_state(state);
    of_state->set_count(count);
  }

  google::protobuf::RepeatedPtrField<personnel::v1::UnitStaffing> units_;
  google::protobuf::RepeatedPtrField<routing::v1::CenterDossierCount> counts_;
  google::protobuf::RepeatedPtrField<registry::v1::Center> centers_;
};

TEST_F(WorkloadTest, AddsUpCentersAndPeriodsOfAUnit) {
  Staff("units/a", 5, 4);
  Center("provinces/48/centers/1", "units/a");
  Center("provinces/48/centers/2", "units/a");
  Count("provinces/48/centers/1", routing::v1::DOSSIER_STATE_IN_PROGRESS, 10, 2);
  Count("provinces/48/centers/2", routing::v1::DOSSIER_STATE_RETURNED, 20);
  Count("provinces/48/centers/1", routing::v1::DOSSIER_STATE_PROCESSED, 3, 1);
  const std::vector<Workload> lines = WorkloadOf(units_, counts_, centers_);
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0].unit, "units/a");
  EXPECT_EQ(lines[0].posts, 5);
  EXPECT_EQ(lines[0].filled, 4);
  EXPECT_EQ(lines[0].received, 33);
  EXPECT_EQ(lines[0].open, 13);
  EXPECT_EQ(lines[0].overdue, 3);
  EXPECT_EQ(lines[0].TenthsAPost(), 82);
}

TEST_F(WorkloadTest, WhatHasEndedIsNotOpen) {
  Center("provinces/48/centers/1", "units/a");
  for (int state = routing::v1::DOSSIER_STATE_REGISTERED;
       state <= routing::v1::DOSSIER_STATE_RETURNED; ++state) {
    Count("provinces/48/centers/1", static_cast<routing::v1::DossierState>(state), 1);
  }
  const std::vector<Workload> lines = WorkloadOf(units_, counts_, centers_);
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0].received, 10);
  EXPECT_EQ(lines[0].open, 6);
  EXPECT_EQ(lines[0].TenthsAPost(), 0) << "nobody is there";
}

TEST_F(WorkloadTest, LeavesNothingOut) {
  Staff("units/b", 3, 1);
  Staff("units/a", 2, 1);
  Count("provinces/48/centers/gone", routing::v1::DOSSIER_STATE_RECEIVED, 4);
  const std::vector<Workload> lines = WorkloadOf(units_, counts_, centers_);
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[0].unit, "");
  EXPECT_EQ(lines[0].received, 4);
  EXPECT_EQ(lines[1].unit, "units/a");
  EXPECT_EQ(lines[2].unit, "units/b");
}

}  // namespace
}  // namespace twotier::ctl
