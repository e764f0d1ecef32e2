// What an acknowledged import changes: at once for every decision, and for good across restarts.
#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_still_process.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

constexpr absl::string_view kHeader =
    "code,name,field,ministry,level,line,body_title,former_level,proven,term_value,term_unit,"
    "term_cases,cutoff_minute,fee_vnd,online_level,boundary,acts,decentralisation_acts,known_"
    "from\n";
constexpr char kNewProcedure[] = "9.999999";

// A published procedure of the commune with a term of `days` working days.
std::string Row(absl::string_view code, int days) {
  return absl::StrCat(code, ",Thủ tục,Lĩnh vực,Bộ Công an,COMMUNE,POLICE,Công an cấp Xã,,1,", days,
                      ",WORKING_DAY,,,,,,68/2020/QH14,,2026-06-01\n");
}

void Import(RoutingServer& server, absl::string_view name, const std::string& content) {
  v1::ImportCatalogueRequest request;
  v1::CatalogueFile* file = request.add_files();
  file->set_file_name(std::string(name));
  file->set_content(content);
  request.set_request_id(RequestId());
  const auto response = Invoke(&Stub::ImportCatalogue, server.stub(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->catalogue_version(), 2) << "the reference data were the first";
}

using RoutingImportTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingImportTest);

TEST_P(RoutingImportTest, ASubmissionUsesTheVersionThatIsCommitted) {
  StillProcess process(database_);
  ASSERT_EQ(process.Submit(Submission())->procedure_version(), 1);
  Import(server_, "procedures.csv", absl::StrCat(kHeader, Row(kResidence, 7)));
  const auto dossier = process.Submit(Submission());
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  EXPECT_EQ(dossier->procedure_version(), 2);
  EXPECT_THAT(dossier->code(), ::testing::EndsWith("-0002"));
}

TEST_P(RoutingImportTest, ARefusalDoesNotRestOnOldMemory) {
  StillProcess process(database_);
  EXPECT_EQ(ReasonOf(process.Submit(Submission(kNewProcedure)).status()), "PROCEDURE_NOT_FOUND");
  Import(server_, "procedures.csv", absl::StrCat(kHeader, Row(kNewProcedure, 7)));
  const auto dossier = process.Submit(Submission(kNewProcedure));
  EXPECT_TRUE(dossier.ok()) << dossier.status();
}

TEST_P(RoutingImportTest, ACenterThatOperatesAgainIsNotRefusedOnOldMemory) {
  const auto request = Submission(kResidence, kSuspendedCenter);
  StillProcess process(database_);
  EXPECT_EQ(ReasonOf(process.Submit(request).status()), "CENTER_NOT_ACCEPTING");
  registry_.SetCenterState(kSuspendedCenter, registry::v1::CENTER_STATE_OPERATING);
  // Each try is a request of its own: a refusal is remembered under its request id.
  const auto operates = [&] {
    return Submit(server_, Submission(kResidence, kSuspendedCenter)).ok();
  };
  RoutingServer::WaitUntil(operates, "the center to operate");
  const auto dossier = process.Submit(request);
  EXPECT_TRUE(dossier.ok()) << dossier.status();
}

TEST_P(RoutingImportTest, AnAcceptanceCountsOnTheCalendarThatIsCommitted) {
  StillProcess process(database_);
  const auto before = process.Accept(*process.Submit(Submission()));
  ASSERT_TRUE(before.ok()) << before.status();
  // The table of one holiday: the next day, a Tuesday.
  Import(server_, "calendar.csv",
         "date,kind,province_code,name,act,known_from,certainty\n"
         "2026-11-03,statutory,,Ngày nghỉ,45/2019/QH14,2021-01-01,sure\n"
         "2027-01-01,statutory,,Tết Dương lịch,45/2019/QH14,2021-01-01,sure\n");
  const auto after = process.Accept(*process.Submit(Submission()));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->due_time().seconds() - before->due_time().seconds(), 24 * 60 * 60);
}

TEST_P(RoutingImportTest, ARestartDoesNotUndoAnImport) {
  Import(server_, "procedures.csv", absl::StrCat(kHeader, Row(kResidence, 7)));
  {
    // Imports the reference data that the first one began with, as a restart does.
    RoutingServer again(database_, registry_.address());
    const auto dossier = Submit(again, Submission());
    ASSERT_TRUE(dossier.ok()) << dossier.status();
    EXPECT_EQ(dossier->procedure_version(), 2);
  }
  EXPECT_THAT(database_.Run(absl::StrCat("SELECT term_value FROM procedure_version WHERE code = '",
                                         kResidence, "' ORDER BY version")),
              ::testing::ElementsAre("3", "7"));
}

}  // namespace
}  // namespace twotier::routing::testing
