// Opening hours over gRPC, on both engines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "tests/service/registry_center_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using Code = absl::StatusCode;

constexpr char kHours[] = "provinces/48/centers/H48.00001/openingHours";
constexpr absl::CivilDay kMonday(2026, 11, 23);

class RegistryOpeningTest : public RegistryCenterTest {
 protected:
  // 7:30 to 11:30 on Monday and Saturday.
  v1::SetOpeningHoursRequest Mornings(int version, absl::CivilDay from) {
    auto request = Of<v1::SetOpeningHoursRequest>(kHours, version, from);
    for (const v1::Weekday weekday : {v1::WEEKDAY_MONDAY, v1::WEEKDAY_SATURDAY}) {
      v1::WeekdayHours* day = request.add_days();
      day->set_weekday(weekday);
      v1::DayInterval* interval = day->add_intervals();
      interval->set_from_minute(450);
      interval->set_to_minute(690);
    }
    return request;
  }

  absl::StatusOr<v1::GetOpeningResponse> At(absl::CivilDay day, int hour) {
    v1::GetOpeningRequest request;
    request.set_name(kHours);
    // Vietnam is seven hours ahead of UTC.
    request.mutable_time()->set_seconds((day - absl::CivilDay(1970, 1, 1)) * 86400 +
                                        (hour - 7) * 3600);
    return server_->Call(&Stub::GetOpening, request);
  }
};

INSTANTIATE_TEST_SUITE_P(All, RegistryOpeningTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryOpeningTest, TellsSinceAndUntilWhenItIsOpen) {
  EXPECT_FALSE(At(kMonday, 9)->known()) << "nobody told";
  const auto set = server_->Call(&Stub::SetOpeningHours, Mornings(0, kMonday));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->opening_hours().etag(), "\"1\"");
  server_->Await(kHours, 1);
  const auto open = At(kMonday, 9);
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_TRUE(open->known() && open->open() && open->operating());
  EXPECT_EQ(open->until_time().seconds() - open->since_time().seconds(), 4 * 3600);
  EXPECT_EQ(open->intervals_size(), 1);
  EXPECT_TRUE(At(kMonday + 5, 9)->open()) << "Saturday morning";
  const auto closed = At(kMonday, 12);
  EXPECT_FALSE(closed->open());
  EXPECT_EQ(closed->until_time().seconds() - closed->since_time().seconds(), (5 * 24 - 4) * 3600)
      << "until Saturday";
  EXPECT_FALSE(At(kMonday - 1, 9)->known());
  Restart();
  EXPECT_TRUE(At(kMonday, 9)->open());
}

TEST_P(RegistryOpeningTest, AnExceptionHoldsForOneDateAndCanBeTakenBack) {
  ASSERT_TRUE(server_->Call(&Stub::SetOpeningHours, Mornings(0, kMonday)).ok());
  v1::SetOpeningExceptionRequest request;
  request.set_name(kHours);
  registry::SetDate(kMonday, request.mutable_date());
  request.set_note("Ngày Văn hóa Việt Nam");
  request.set_etag("\"1\"");
  request.set_request_id(NextId());
  ASSERT_TRUE(server_->Call(&Stub::SetOpeningException, request).ok());
  server_->Await(kHours, 2);
  EXPECT_FALSE(At(kMonday, 9)->open());
  v1::GetOpeningRequest date;
  date.set_name(kHours);
  registry::SetDate(kMonday, date.mutable_date());
  EXPECT_FALSE(server_->Call(&Stub::GetOpening, date)->open());
  EXPECT_EQ(server_->Call(&Stub::GetOpening, date)->opening_hours().exceptions_size(), 1);
  registry::SetDate(kMonday + 7, date.mutable_date());
  EXPECT_TRUE(server_->Call(&Stub::GetOpening, date)->open());
  request.set_remove(true);
  request.set_etag("\"2\"");
  request.set_request_id(NextId());
  ASSERT_TRUE(server_->Call(&Stub::SetOpeningException, request).ok());
  server_->Await(kHours, 3);
  EXPECT_TRUE(At(kMonday, 9)->open());
}

TEST_P(RegistryOpeningTest, OneExceptionLeavesTheOthersAsTheyWere) {
  int version = 0;
  const auto close = [&](absl::CivilDay day, const std::string& note, bool remove = false) {
    v1::SetOpeningExceptionRequest request;
    request.set_name(kHours);
    registry::SetDate(day, request.mutable_date());
    request.set_note(note);
    request.set_remove(remove);
    request.set_etag(absl::StrCat("\"", version++, "\""));
    request.set_request_id(NextId());
    EXPECT_TRUE(server_->Call(&Stub::SetOpeningException, request).ok()) << note;
  };
  for (int i = 0; i < 4; ++i) close(kMonday + i, absl::StrCat("closed ", i));
  close(kMonday + 1, "a flood");
  close(kMonday + 2, "", /*remove=*/true);
  server_->Await(kHours, version);
  const auto notes = [&] {
    v1::GetOpeningRequest request;
    request.set_name(kHours);
    registry::SetDate(kMonday, request.mutable_date());
    std::vector<std::string> told;
    const auto response = server_->Call(&Stub::GetOpening, request);
    for (const auto& each : response->opening_hours().exceptions()) told.push_back(each.note());
    return told;
  };
  EXPECT_THAT(notes(), ElementsAre("closed 0", "a flood", "closed 3"));
  Restart();
  EXPECT_THAT(notes(), ElementsAre("closed 0", "a flood", "closed 3"));
  EXPECT_THAT(database_.Run("SELECT COUNT(*) FROM opening_exception"), ElementsAre("5"))
      << "a row a change";
}

TEST_P(RegistryOpeningTest, ASuspendedCenterIsClosedWhateverItsHoursSay) {
  ASSERT_TRUE(server_->Call(&Stub::SetOpeningHours, Mornings(0, kMonday)).ok());
  auto suspend = Of<v1::SuspendCenterRequest>(kNorth, 1, kMonday);
  suspend.set_successor(kSouth);
  ASSERT_TRUE(server_->Call(&Stub::SuspendCenter, suspend).ok());
  server_->Await(kNorth, 2);
  const auto opening = At(kMonday, 9);
  EXPECT_TRUE(opening->known());
  EXPECT_FALSE(opening->open());
  EXPECT_FALSE(opening->operating());
  EXPECT_FALSE(opening->has_until_time());
}

TEST_P(RegistryOpeningTest, RefusesWhatDoesNotFit) {
  ASSERT_TRUE(server_->Call(&Stub::SetOpeningHours, Mornings(0, kMonday)).ok());
  EXPECT_EQ(Reason(server_->Call(&Stub::SetOpeningHours, Mornings(0, kMonday)).status()),
            "STALE_ETAG");
  EXPECT_EQ(Reason(server_->Call(&Stub::SetOpeningHours, Mornings(1, kMonday - 7)).status()),
            "LATER_CHANGE_PLANNED");
  auto nowhere = Mornings(0, kMonday);
  nowhere.set_name("provinces/48/centers/none/openingHours");
  EXPECT_EQ(Reason(server_->Call(&Stub::SetOpeningHours, nowhere).status()), "CENTER_NOT_FOUND");
  auto wrong = Mornings(1, kMonday);
  wrong.mutable_days(0)->mutable_intervals(0)->set_to_minute(1441);
  wrong.mutable_days(1)->set_weekday(v1::WEEKDAY_MONDAY);
  const absl::Status malformed = server_->Call(&Stub::SetOpeningHours, wrong).status();
  EXPECT_EQ(malformed.code(), Code::kInvalidArgument);
  EXPECT_EQ(error::FieldViolationsOf(malformed).size(), 2u);
  EXPECT_EQ(Reason(At(absl::CivilDay(2025, 6, 1), 9).status()), "DATE_BEFORE_DATA");
  v1::GetOpeningRequest both;
  both.set_name(kHours);
  both.mutable_time();
  registry::SetDate(kMonday, both.mutable_date());
  EXPECT_EQ(server_->Call(&Stub::GetOpening, both).status().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace twotier::registry
