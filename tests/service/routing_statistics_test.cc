// Counts of dossiers by state and by how they keep their term, on both engines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using Stub = v1::RoutingService::Stub;

class RoutingStatisticsTest : public RoutingTest {
 protected:
  // Of the days of November 2026 from `first` to the one before `end`.
  static v1::GetDossierStatisticsRequest November(int first, int end,
                                                  const std::string& center = "") {
    v1::GetDossierStatisticsRequest request;
    request.set_parent("provinces/48");
    request.set_center(center);
    SetDate(request.mutable_first_date(), 2026, 11, first);
    SetDate(request.mutable_end_date(), 2026, 11, end);
    return request;
  }

  absl::StatusOr<v1::GetDossierStatisticsResponse> Ask(
      const v1::GetDossierStatisticsRequest& request) {
    return Invoke(&Stub::GetDossierStatistics, server_.stub(), request);
  }

  v1::GetDossierStatisticsResponse Count(const v1::GetDossierStatisticsRequest& request) {
    const auto response = Ask(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetDossierStatisticsResponse();
  }

  static std::string Shown(const v1::DossierCount& count) {
    std::string text =
        absl::StrCat("total ", count.total(), ", no term ", count.no_term(), ", in term ",
                     count.in_term(), ", overdue ", count.overdue(), ", early ", count.early(),
                     ", on time ", count.on_time(), ", late ", count.late(), ";");
    for (const v1::DossierStateCount& state : count.states()) {
      absl::StrAppend(&text, " ", v1::DossierState_Name(state.state()).substr(14), " ",
                      state.count());
    }
    return text;
  }

  static std::vector<std::string> ShownCenters(const v1::GetDossierStatisticsResponse& response) {
    std::vector<std::string> all;
    for (const v1::CenterDossierCount& center : response.centers()) {
      all.push_back(absl::StrCat(center.center(), ": ", Shown(center.count())));
    }
    return all;
  }

  v1::Dossier Submitted(const std::string& center = kCenter, const std::string& unit = kHaiChau) {
    const auto dossier = Submit(server_, Submission(kResidence, center, unit));
    EXPECT_TRUE(dossier.ok()) << dossier.status();
    return *dossier;
  }
  v1::Dossier Accepted() { return *Accept(server_, Submitted()); }
};

TWOTIER_ON_EVERY_ENGINE(RoutingStatisticsTest);

TEST_P(RoutingStatisticsTest, EachDossierCountsOnceByStateAndOnceByHowItKeepsItsTerm) {
  // Monday the 2nd; three working days end on Thursday the 5th.
  Submitted();
  Submitted(kOtherCenter, kAnHai);
  const v1::Dossier early = Accepted();
  const v1::Dossier on_time = Accepted();
  const v1::Dossier late = Accepted();
  Accepted();
  const auto asked = RequestSupplement(server_, Accepted());
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_TRUE(Complete(server_, early).ok());
  EXPECT_EQ(Shown(Count(November(2, 3)).total()),
            "total 7, no term 2, in term 4, overdue 0, early 1, on time 0, late 0; REGISTERED 2 "
            "RECEIVED 3 SUPPLEMENT_REQUESTED 1 PROCESSED 1");

  server_.clock().Set(Monday() + absl::Hours(24 * 3 + 7));  // Thursday, 16:00.
  ASSERT_TRUE(Complete(server_, on_time).ok());
  server_.clock().Set(Monday() + absl::Hours(24 * 4));
  const auto done = Complete(server_, late);
  ASSERT_TRUE(done.ok() && Return(server_, *done).ok());
  const v1::GetDossierStatisticsResponse counted = Count(November(2, 3));
  // What waits for its applicant has stopped its clock in time.
  EXPECT_EQ(Shown(counted.total()),
            "total 7, no term 2, in term 1, overdue 1, early 1, on time 1, late 1; REGISTERED 2 "
            "RECEIVED 1 SUPPLEMENT_REQUESTED 1 PROCESSED 2 RETURNED 1");
  EXPECT_THAT(
      ShownCenters(counted),
      ElementsAre(absl::StrCat(kCenter,
                               ": total 6, no term 1, in term 1, overdue 1, early 1, on time 1, "
                               "late 1; REGISTERED 1 RECEIVED 1 SUPPLEMENT_REQUESTED 1 "
                               "PROCESSED 2 RETURNED 1"),
                  absl::StrCat(kOtherCenter,
                               ": total 1, no term 1, in term 0, overdue 0, early 0, "
                               "on time 0, late 0; REGISTERED 1")));
  EXPECT_EQ(counted.count_time().seconds(), absl::ToUnixSeconds(server_.clock().Now()));
}

TEST_P(RoutingStatisticsTest, ADossierBelongsToTheDayOfItsCodeAndToItsCenter) {
  Submitted();
  server_.clock().Set(Monday() + absl::Hours(15));  // Midnight in Vietnam.
  Submitted();
  Submitted(kOtherCenter, kAnHai);
  EXPECT_EQ(Count(November(2, 3)).total().total(), 1);
  EXPECT_EQ(Count(November(3, 4)).total().total(), 2);
  EXPECT_EQ(Count(November(1, 30)).total().total(), 3);
  EXPECT_EQ(Count(November(4, 30)).total().total(), 0);
  EXPECT_EQ(Count(November(1, 30, kOtherCenter)).total().total(), 1);
  v1::GetDossierStatisticsRequest elsewhere = November(1, 30);
  elsewhere.set_parent("provinces/01");
  EXPECT_THAT(Count(elsewhere).centers(), IsEmpty());
}

TEST_P(RoutingStatisticsTest, ABrokenPromiseCountsAsLateHoweverItIsExtended) {
  const v1::Dossier dossier = Accepted();
  server_.clock().Set(Monday() + absl::Hours(24 * 4));
  v1::ExtendDueDateRequest extend;
  SetDate(extend.mutable_new_due_date(), 2026, 11, 13);
  extend.set_apology_number("04/XL");
  extend.set_reason("chờ đo đạc");
  const auto extended = TakeStep(&Stub::ExtendDueDate, server_, dossier, extend);
  ASSERT_TRUE(extended.ok()) << extended.status();
  EXPECT_FALSE(extended->overdue()) << "by the date that holds now";
  EXPECT_EQ(Count(November(2, 3)).total().overdue(), 1);
  ASSERT_TRUE(Complete(server_, *extended).ok());
  EXPECT_EQ(Count(November(2, 3)).total().late(), 1);
}

TEST_P(RoutingStatisticsTest, MoreDossiersThanAreReadAtATimeAreAllCounted) {
  const v1::Dossier dossier = Submitted();
  constexpr int kMore = 5'001;
  const std::string columns =
      "state, procedure_code, procedure_version, unit, center, return_center, body_unit,"
      " body_unit_full_name, body_level, body_line, body_title, channel, applicant_kind,"
      " applicant_ref, applicant_digest, components, term_value, term_half, term_unit, submit_us,"
      " due_provisional, open_due_us, supplement_requests, result_id, version, chain_hash";
  database_.Run(absl::StrCat("INSERT INTO dossier (province_code, code, ", columns,
                             ") WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                             " WHERE i < ",
                             kMore, ") SELECT province_code, 'H48.20194-261102-' || (20000 + i), ",
                             columns, " FROM dossier CROSS JOIN n WHERE code = '", dossier.code(),
                             "'"));
  EXPECT_EQ(
      Shown(Count(November(2, 3)).total()),
      absl::StrCat("total ", kMore + 1, ", no term ", kMore + 1,
                   ", in term 0, overdue 0, early 0, on time 0, late 0; REGISTERED ", kMore + 1));
}

TEST_P(RoutingStatisticsTest, AWrongPeriodIsRefusedWithEverythingThatIsWrong) {
  v1::GetDossierStatisticsRequest request = November(2, 2, "provinces/01/centers/H01");
  request.mutable_first_date()->set_year(1999);
  const absl::Status status = Ask(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
  const auto of = [](const char* field) { return Field(&error::FieldViolation::field, field); };
  EXPECT_THAT(error::FieldViolationsOf(status),
              ElementsAre(of("center"), of("first_date"), of("end_date")));

  v1::GetDossierStatisticsRequest long_one = November(1, 1);
  SetDate(long_one.mutable_end_date(), 2026, 12, 2);
  EXPECT_TRUE(Ask(long_one).ok()) << "31 days";
  SetDate(long_one.mutable_end_date(), 2026, 12, 3);
  EXPECT_EQ(ReasonOf(Ask(long_one).status()), "MALFORMED_REQUEST");
  EXPECT_EQ(ReasonOf(Ask({}).status()), "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace twotier::routing::testing
