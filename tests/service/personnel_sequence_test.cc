// What holds under any sequence of orders, lists, grants and plans, seen by the checker.

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "tests/service/personnel_plan_steps.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"

namespace twotier::personnel::testing {
namespace {

// Officials of three communes and whoever joins them. Chairs stay, so that somebody can sign; Hòa
// Vang has none, and a plan may move all of its people.
class SequenceTest : public PlanSteps {
 protected:
  void SetUp() override {
    PersonnelTest::SetUp();
    Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
    std::vector<v1::StaffRow> rows;
    for (const char* unit : {kHaiChau, kAnHai, kHoaVang}) {
      for (int number = 11; number <= 13; ++number) rows.push_back(Listed(unit, number, 0));
    }
    rows.push_back(Listed(kHoaVang, 14, 30));
    Import(rows);
    for (const int national_id : {4, 5, 6, 30}) persons_.push_back(Person(national_id));
    for (const char* unit : {kHaiChau, kAnHai, kHoaVang}) {
      for (int n = 1; n <= 4; ++n)
        posts_.push_back({PostOf(unit, v1::POST_KIND_OFFICIAL, n), unit});
    }
  }

  using NamedStep = std::pair<const char*, absl::Status (SequenceTest::*)()>;
  static std::vector<NamedStep> Steps() {
    return {{"transfer", &SequenceTest::Transfers},
            {"second", &SequenceTest::Seconds},
            {"beside", &SequenceTest::AppointsBeside},
            {"appoint", &SequenceTest::Appoints},
            {"end", &SequenceTest::Ends},
            {"correct", &SequenceTest::Corrects},
            {"correct end", &SequenceTest::CorrectsEnd},
            {"list", &SequenceTest::Lists},
            {"grant", &SequenceTest::Grants},
            {"allow", &SequenceTest::Allows},
            {"plan", &SequenceTest::Plans},
            {"aside", &SequenceTest::StandsAside},
            {"day", &SequenceTest::NextDay}};
  }

  // Each does one thing, or is refused.
  absl::Status Transfers() {
    return Try(&Stub::TransferCivilServant, Transfer(AnyServing(), AnyPost().first, AnyDay()));
  }
  absl::Status Seconds() {
    v1::SecondCivilServantRequest request;
    request.set_parent("provinces/48");
    request.set_person(AnyServing());
    const auto [post, unit] = AnyPost();
    request.set_post(post);
    const absl::CivilDay first = AnyDay();
    Set(request.mutable_first_date(), first);
    Set(request.mutable_end_date(), first + *rc::gen::inRange(1, 6));
    // Within one unit its chair signs; between two, who stands above both.
    const bool stays = MainOf(request.person()).unit() == unit;
    *request.mutable_form() = Form(stays ? SignerOf(unit) : province_chair_);
    request.set_request_id(RequestId());
    return Try(&Stub::SecondCivilServant, request);
  }
  absl::Status AppointsBeside() {
    v1::AppointCivilServantRequest request = AnyAppointment(AnyServing());
    request.set_kind(
        *rc::gen::element(v1::APPOINTMENT_KIND_CONCURRENT, v1::APPOINTMENT_KIND_ACTING));
    Set(request.mutable_end_date(), DayOf(request.first_date()) + *rc::gen::inRange(1, 6));
    return Try(&Stub::AppointCivilServant, request);
  }
  absl::Status Appoints() {
    v1::AppointCivilServantRequest request =
        AnyAppointment(*rc::gen::arbitrary<bool>() ? Newcomer() : AnyPerson());
    request.set_kind(
        *rc::gen::element(v1::APPOINTMENT_KIND_PERMANENT, v1::APPOINTMENT_KIND_CONTRACT));
    if (*rc::gen::arbitrary<bool>()) {
      Set(request.mutable_end_date(), DayOf(request.first_date()) + *rc::gen::inRange(1, 20));
    }
    return Try(&Stub::AppointCivilServant, request);
  }
  absl::Status Ends() {
    const v1::Appointment ended = AnyOf(AnyServing());
    return Try(&Stub::EndAppointment,
               End(ended,
                   // Whoever retires or dies is out of the game.
                   *rc::gen::weightedElement<v1::EndReason>({{1, v1::END_REASON_RETIREMENT},
                                                             {1, v1::END_REASON_DEATH},
                                                             {2, v1::END_REASON_RESIGNATION},
                                                             {2, v1::END_REASON_DISMISSAL},
                                                             {4, v1::END_REASON_TERM_END}}),
                   SignerOf(ended.unit()), AnyDay()));
  }
  absl::Status Corrects() {
    const v1::Appointment wrong = AnyOf(AnyServing());
    v1::CorrectAppointmentRequest request;
    request.set_appointment(wrong.name());
    request.set_etag(wrong.etag());
    request.set_person(wrong.person());
    request.set_reason("ngày nhận việc ghi sai");
    Set(request.mutable_first_date(), DayOf(wrong.valid().first_date()) + *rc::gen::inRange(-2, 3));
    request.set_verified(*rc::gen::arbitrary<bool>());
    *request.mutable_form() = Form(SignerOf(wrong.unit()));
    request.set_request_id(RequestId());
    return Try(&Stub::CorrectAppointment, request);
  }
  // An end that is over or to come was wrong.
  absl::Status CorrectsEnd() {
    const v1::Appointment wrong = AnyOf(AnyPerson());
    v1::CorrectAppointmentRequest request;
    request.set_appointment(wrong.name());
    request.set_etag(wrong.etag());
    request.set_person(wrong.person());
    request.set_reason("ngày thôi việc ghi sai");
    if (*rc::gen::arbitrary<bool>()) {
      Set(request.mutable_end_date(), DayOf(wrong.valid().end_date()) + *rc::gen::inRange(-2, 5));
    } else {
      request.set_no_end(true);
    }
    *request.mutable_form() = Form(SignerOf(wrong.unit()));
    request.set_request_id(RequestId());
    return Try(&Stub::CorrectAppointment, request);
  }
  // Somebody known, from the first list or from a later day, or somebody new.
  absl::Status Lists() {
    const int national_id =
        *rc::gen::arbitrary<bool>() ? next_id_++ : *rc::gen::inRange(100, next_id_ + 1);
    v1::StaffRow row = Listed(*rc::gen::element(kHaiChau, kAnHai, kHoaVang),
                              *rc::gen::inRange(11, 15), national_id);
    Set(row.mutable_first_date(), day_ - *rc::gen::inRange(0, 4));
    const absl::Status listed = Try(&Stub::ImportStaff, List({row}));
    if (listed.ok()) persons_.push_back(Person(national_id));
    return listed;
  }
  absl::Status Grants() {
    const std::string unit = *rc::gen::element(kHaiChau, kAnHai, kHoaVang, kDaNang);
    // The province's is near to what it has granted on.
    const int64_t posts = *rc::gen::inRange(1, 9) + (unit == kDaNang ? 12 : 0);
    return TryGrant(unit, v1::QUOTA_KIND_CIVIL_SERVANT, posts).status();
  }
  absl::Status Allows() {
    const int64_t posts = *rc::gen::inRange(1, 4);
    return Allow(*rc::gen::element(kHaiChau, kAnHai, kHoaVang, kDaNang),
                 {{day_, posts}, {day_ + *rc::gen::inRange(1, 9), posts - 1}})
        .status();
  }
  // Signs a plan, so that other things happen before its slice; or executes the one that is signed.
  absl::Status Plans() {
    if (!plan_.name().empty()) return FinishPlan();
    plan_ = Draft({kHoaVang}, *rc::gen::element(kHaiChau, kAnHai), day_ + *rc::gen::inRange(1, 4),
                  /*carries=*/*rc::gen::arbitrary<bool>());
    const auto signed_plan = Sign(plan_);
    plan_ = signed_plan.ok() ? signed_plan->plan() : v1::ReorganisationPlan();
    return signed_plan.status();
  }
  // What waits to begin does not when its day comes, or is tried again: it may be ended meanwhile.
  absl::Status StandsAside() {
    database_.Run(*rc::gen::arbitrary<bool>()
                      ? "UPDATE due_effect SET retry_us = 9223372036854775807 WHERE kind = 1"
                      : "UPDATE due_effect SET retry_us = 0");
    return absl::OkStatus();
  }
  absl::Status NextDay() {
    // A plan that is not held on its day would wait aside and begin late.
    if (!plan_.name().empty()) FinishPlan().IgnoreError();
    day_ = day_ + 1;
    server_.GoTo(day_);
    return absl::OkStatus();
  }

  absl::CivilDay day_ = kToday;

 private:
  static constexpr int kDraws = 6;

  template <typename Method, typename Request>
  absl::Status Try(Method method, const Request& request) {
    return server_.Call(method, request).status();
  }
  // What cannot be held is given up.
  absl::Status FinishPlan() {
    const v1::ReorganisationPlan plan = std::exchange(plan_, v1::ReorganisationPlan());
    const absl::Status held = Execute(plan).status();
    if (held.ok()) return held;
    v1::CancelReorganisationPlanRequest request;
    request.set_name(plan.name());
    request.set_etag(plan.etag());
    request.set_request_id(RequestId());
    return Try(&Stub::CancelReorganisationPlan, request);
  }
  std::string Newcomer() {
    v1::RegisterPersonRequest request;
    request.set_parent("provinces/48");
    *request.mutable_data() = Listed(kHaiChau, 1, next_id_++).person();
    request.set_request_id(RequestId());
    const auto registered = server_.Call(&Stub::RegisterPerson, request);
    if (registered.ok()) persons_.push_back(registered->person());
    return registered.ok() ? registered->person() : "";
  }
  static v1::StaffRow Listed(const std::string& unit, int number, int national_id) {
    return Row(unit, v1::BODY_KIND_OFFICE, v1::POST_KIND_OFFICIAL, number, national_id);
  }
  v1::AppointCivilServantRequest AnyAppointment(const std::string& person) {
    const auto [post, unit] = AnyPost();
    return Appointment(person, post, SignerOf(unit), AnyDay());
  }
  // One of the person's appointments, mostly one that is not over; none when there is none.
  v1::Appointment AnyOf(const std::string& person) {
    v1::GetPersonHistoryRequest request;
    request.set_name(person);
    const auto history = server_.Call(&Stub::GetPersonHistory, request);
    if (!history.ok() || history->appointments_size() == 0) return {};
    std::vector<v1::Appointment> running;
    for (const v1::Appointment& appointment : history->appointments()) {
      const common::v1::DateRange& valid = appointment.valid();
      if (!valid.has_end_date() || DayOf(valid.end_date()) > day_) running.push_back(appointment);
    }
    if (!running.empty() && *rc::gen::inRange(0, 8) > 0) return *rc::gen::elementOf(running);
    return history->appointments(*rc::gen::inRange(0, history->appointments_size()));
  }
  // The last ones: many who came before are retired or dead.
  std::string AnyPerson() {
    const int from = std::max(0, static_cast<int>(persons_.size()) - 8);
    return persons_[static_cast<size_t>(
        *rc::gen::inRange(from, static_cast<int>(persons_.size())))];
  }
  // Somebody with a main post today, where one of a few has it: most orders need one.
  std::string AnyServing() {
    std::string person = AnyPerson();
    for (int more = 0; more < kDraws && MainOf(person).name().empty(); ++more) person = AnyPerson();
    return person;
  }
  std::pair<std::string, std::string> AnyPost() { return *rc::gen::elementOf(posts_); }
  absl::CivilDay AnyDay() { return day_ + *rc::gen::inRange(0, 4); }
  std::string SignerOf(const std::string& unit) const {
    return unit == kHaiChau ? hai_chau_chair_ : an_hai_chair_;
  }

  std::vector<std::string> persons_;
  std::vector<std::pair<std::string, std::string>> posts_;  // With their units.
  v1::ReorganisationPlan plan_;                             // Signed and not held.
  int next_id_ = 100;
};

TEST_P(SequenceTest, AnythingInAnyOrderAddsUp) {
  const std::vector<NamedStep> steps = Steps();
  std::map<std::string, int> done;
  std::map<std::string, int> refused;
  const auto sequence = [&] {
    for (int step = 0; step < 8; ++step) {
      const auto [name, run] = *rc::gen::elementOf(steps);
      const absl::Status status = (this->*run)();
      if (status.ok()) {
        ++done[name];
      } else {
        ++refused[absl::StrCat(name, " ", ReasonOf(status))];
      }
    }
    const absl::StatusOr<verify::Report> report = verify::VerifyStaff(database_.url());
    RC_ASSERT(report.ok());
    for (const verify::Finding& finding : report->findings) RC_FAIL(finding.what);
  };
  // Now and then a kind of step is refused in all of a hundred sequences.
  const auto each_done = [&] {
    return std::all_of(steps.begin(), steps.end(),
                       [&](const NamedStep& step) { return done[step.first] > 0; });
  };
  for (int round = 0; round < 3 && !each_done(); ++round) {
    ASSERT_TRUE(rc::check("anything in any order adds up", sequence));
  }
  std::string why;
  for (const auto& [name, times] : done) absl::StrAppend(&why, name, " done: ", times, "\n");
  for (const auto& [what, times] : refused) absl::StrAppend(&why, what, ": ", times, "\n");
  std::cout << why;
  for (const auto& [name, step] : steps) EXPECT_GT(done[name], 0) << name << " was always refused";
  testing_support::ExpectSound(verify::VerifyStaff(database_.url()));
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(SequenceTest);

}  // namespace
}  // namespace twotier::personnel::testing
