#include "services/personnel/domain/appointment.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace twotier::personnel {
namespace {

absl::CivilDay Day(int n) { return absl::CivilDay(2026, 1, 1) + n; }

Appointment Make(int id, AppointmentKind kind, const std::string& person, const std::string& post,
                 int first, int end) {
  Appointment appointment;
  appointment.province_code = "48";
  appointment.id = absl::StrCat(id);
  appointment.kind = kind;
  appointment.person = person;
  appointment.post = post;
  appointment.post_kind = PostKind::kOfficial;
  appointment.valid = {Day(first), Day(end)};
  return appointment;
}

using Kind = AppointmentKind;

TEST(AppointmentTest, WhatMayNotStandSideBySide) {
  const struct {
    const char* name;
    Appointment stored;
    Appointment candidate;
    const char* reason;  // Empty: no conflict.
  } cases[] = {
      {"two main posts", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(2, Kind::kPermanent, "a", "q", 9, 20), "APPOINTMENTS_OVERLAP"},
      {"contract and permanent", Make(1, Kind::kContract, "a", "p", 0, 10),
       Make(2, Kind::kPermanent, "a", "q", 5, 20), "APPOINTMENTS_OVERLAP"},
      {"one after the other", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(2, Kind::kPermanent, "a", "q", 10, 20), ""},
      {"a concurrent post", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(2, Kind::kConcurrent, "a", "q", 0, 10), ""},
      {"the same post twice", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(2, Kind::kActing, "a", "p", 0, 10), "APPOINTMENTS_OVERLAP"},
      {"seconded twice", Make(1, Kind::kSeconded, "a", "p", 0, 10),
       Make(2, Kind::kSeconded, "a", "q", 9, 10), "APPOINTMENTS_OVERLAP"},
      {"two holders", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(2, Kind::kPermanent, "b", "p", 9, 20), "POST_OCCUPIED"},
      {"a secondee holds the post", Make(1, Kind::kSeconded, "a", "p", 0, 10),
       Make(2, Kind::kConcurrent, "b", "p", 0, 20), "POST_OCCUPIED"},
      {"acting for the holder", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(2, Kind::kActing, "b", "p", 0, 10), ""},
      {"two who act", Make(1, Kind::kActing, "a", "p", 0, 10),
       Make(2, Kind::kActing, "b", "p", 0, 10), "POST_OCCUPIED"},
      {"itself", Make(1, Kind::kPermanent, "a", "p", 0, 10),
       Make(1, Kind::kPermanent, "a", "p", 0, 20), ""},
  };
  for (const auto& c : cases) {
    const std::vector<Appointment> stored = {c.stored};
    const std::vector<Conflict> conflicts = ConflictsOf(c.candidate, stored);
    ASSERT_EQ(conflicts.empty(), std::string(c.reason).empty()) << c.name;
    if (!conflicts.empty()) {
      EXPECT_EQ(conflicts[0].reason, c.reason) << c.name;
    }
  }
}

TEST(AppointmentTest, WhoActsLeavesWhenThereIsAHolder) {
  const Appointment acting = Make(1, Kind::kActing, "a", "p", 0, 10);
  EXPECT_TRUE(GivesWay(acting, Make(2, Kind::kPermanent, "a", "p", 5, 20)));
  EXPECT_TRUE(GivesWay(acting, Make(2, Kind::kConcurrent, "b", "p", 0, 20)));
  EXPECT_FALSE(GivesWay(acting, Make(2, Kind::kPermanent, "b", "p", 10, 20)));
  EXPECT_FALSE(GivesWay(acting, Make(2, Kind::kPermanent, "b", "q", 5, 20)));
  EXPECT_FALSE(GivesWay(acting, Make(2, Kind::kActing, "b", "p", 5, 20)));
  EXPECT_FALSE(GivesWay(Make(1, Kind::kPermanent, "a", "p", 0, 10),
                        Make(2, Kind::kPermanent, "b", "p", 5, 20)));
}

TEST(AppointmentTest, OnlyAMainAppointmentCarriesOthers) {
  const std::vector<Appointment> mains = {Make(1, Kind::kPermanent, "a", "p", 0, 10),
                                          Make(2, Kind::kContract, "a", "q", 10, 20),
                                          Make(3, Kind::kPermanent, "b", "r", 20, 40)};
  EXPECT_TRUE(CheckMainCovers(Make(4, Kind::kSeconded, "a", "s", 5, 20), mains).ok());
  EXPECT_TRUE(CheckMainCovers(Make(4, Kind::kPermanent, "c", "s", 5, 20), mains).ok());
  const absl::Status status = CheckMainCovers(Make(4, Kind::kActing, "a", "s", 5, 21), mains);
  const auto reason = error::ReasonOf(status);
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "NO_MAIN_APPOINTMENT");
  EXPECT_EQ(reason->metadata[0].second, "2026-01-21");
  EXPECT_FALSE(CheckMainCovers(Make(4, Kind::kConcurrent, "c", "s", 0, 1), {}).ok());
}

TEST(AppointmentTest, AContractCarriesOnlyWhatItMayBe) {
  const std::vector<Appointment> mains = {Make(1, Kind::kContract, "a", "p", 0, 10),
                                          Make(2, Kind::kPermanent, "b", "q", 0, 10)};
  for (const Kind kind : {Kind::kConcurrent, Kind::kSeconded}) {
    for (const char* person : {"a", "b"}) {
      Appointment beside = Make(3, kind, person, "r", 0, 10);
      EXPECT_TRUE(CheckMainCovers(beside, mains).ok());
      beside.post_kind = PostKind::kHead;
      EXPECT_EQ(CheckMainCovers(beside, mains).ok(), beside.person == "b");
    }
  }
  Appointment acting = Make(3, Kind::kActing, "a", "r", 0, 10);
  acting.post_kind = PostKind::kHead;
  EXPECT_TRUE(CheckMainCovers(acting, mains).ok());
}

// By kind, the posts that take it.
TEST(AppointmentTest, KindsGoWithPosts) {
  const auto posts_of = [](Kind kind) {
    std::set<PostKind> posts;
    for (int post = 1; post <= static_cast<int>(PostKind::kMilitary); ++post) {
      if (GoesWith(kind, static_cast<PostKind>(post))) posts.insert(static_cast<PostKind>(post));
    }
    return posts;
  };
  std::set<PostKind> all = posts_of(Kind::kActing);
  EXPECT_EQ(all.size(), 13u);
  EXPECT_EQ(posts_of(Kind::kContract),
            (std::set{PostKind::kOfficial, PostKind::kPublicEmployee, PostKind::kContract}));
  all.erase(PostKind::kContract);
  for (const Kind kind : {Kind::kPermanent, Kind::kConcurrent, Kind::kSeconded}) {
    EXPECT_EQ(posts_of(kind), all);
  }
  const auto reason = error::ReasonOf(CheckGoesWith(Kind::kContract, PostKind::kHead));
  ASSERT_TRUE(reason.has_value());
  EXPECT_EQ(reason->reason, "APPOINTMENT_KIND_NOT_ALLOWED");
}

// Whatever is let in one after the other: on no day has a post two holders, or a person two main
// appointments.
RC_GTEST_PROP(AppointmentTest, SingleIncumbencyOnEveryDay, ()) {
  std::vector<Appointment> stored;
  for (int i = 0; i < 40; ++i) {
    const int first = *rc::gen::inRange(0, 30);
    const Appointment candidate =
        Make(i, static_cast<Kind>(*rc::gen::inRange(1, 6)), absl::StrCat(*rc::gen::inRange(0, 4)),
             absl::StrCat(*rc::gen::inRange(0, 4)), first, first + *rc::gen::inRange(1, 12));
    if (ConflictsOf(candidate, stored).empty() && CheckMainCovers(candidate, stored).ok()) {
      stored.push_back(candidate);
    }
  }
  for (int day = 0; day < 42; ++day) {
    std::map<std::string, int> holders;
    std::map<std::string, int> mains;
    for (const Appointment& a : stored) {
      if (!a.valid.Contains(Day(day))) continue;
      if (HoldsPost(a.kind)) RC_ASSERT(++holders[a.post] == 1);
      if (IsMain(a.kind)) RC_ASSERT(++mains[a.person] == 1);
    }
    for (const Appointment& a : stored) {
      if (a.valid.Contains(Day(day))) RC_ASSERT(mains[a.person] == 1);
    }
  }
}

TEST(AppointmentTest, MainAppointmentsTellWhoServesAndWhoLeft) {
  const auto ended = [](int id, Kind kind, int end, EndReason reason) {
    Appointment appointment = Make(id, kind, "a", "p", 0, end);
    appointment.end_reason = reason;
    return appointment;
  };
  std::vector<Appointment> of_person = {ended(1, Kind::kPermanent, 10, EndReason::kTransfer),
                                        ended(2, Kind::kActing, 12, EndReason::kResignation),
                                        ended(3, Kind::kPermanent, 20, EndReason::kEnteredWrongly)};
  EXPECT_EQ(ServiceOf(of_person, Day(30)).left, std::nullopt);
  of_person.push_back(ended(4, Kind::kContract, 25, EndReason::kDismissal));
  of_person.push_back(ended(5, Kind::kPermanent, 15, EndReason::kResignation));
  EXPECT_EQ(ServiceOf(of_person, Day(30)).left, Day(25));
  EXPECT_EQ(ServiceOf(of_person, Day(30)).state, PersonState::kActive);
  of_person.push_back(ended(6, Kind::kPermanent, 31, EndReason::kDeath));
  EXPECT_EQ(ServiceOf(of_person, Day(30)).state, PersonState::kActive);
  EXPECT_EQ(ServiceOf(of_person, Day(31)).state, PersonState::kDead);
  EXPECT_EQ(ServiceOf(of_person, Day(31)).left, Day(31));
}

TEST(AppointmentTest, NobodyServesBehindRetirementOrDeath) {
  const auto left = [](EndReason reason, Kind kind = Kind::kPermanent) {
    Appointment appointment = Make(1, kind, "a", "p", 0, 10);
    appointment.end_reason = reason;
    return appointment;
  };
  const struct {
    Appointment left;
    Appointment candidate;
    const char* state;  // Empty: it may begin.
  } cases[] = {
      {left(EndReason::kRetirement), Make(2, Kind::kPermanent, "a", "q", 10, 20), "RETIRED"},
      {left(EndReason::kDeath), Make(2, Kind::kActing, "a", "q", 15, 20), "DEAD"},
      {left(EndReason::kRetirement), Make(2, Kind::kConcurrent, "a", "q", 9, 10), ""},
      {left(EndReason::kRetirement), Make(2, Kind::kPermanent, "b", "q", 10, 20), ""},
      {left(EndReason::kResignation), Make(2, Kind::kPermanent, "a", "q", 10, 20), ""},
      {left(EndReason::kDismissal), Make(2, Kind::kPermanent, "a", "q", 10, 20), ""},
      {left(EndReason::kNeverBegan), Make(2, Kind::kPermanent, "a", "q", 10, 20), ""},
      {left(EndReason::kRetirement, Kind::kSeconded), Make(2, Kind::kPermanent, "a", "q", 10, 20),
       ""},
  };
  for (const auto& each : cases) {
    const absl::Status serves = CheckServes(each.candidate, {each.left});
    const std::optional<error::Reason> reason = error::ReasonOf(serves);
    EXPECT_EQ(reason ? reason->metadata[1].second : "", each.state) << serves;
  }
}

}  // namespace
}  // namespace twotier::personnel
