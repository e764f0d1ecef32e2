// twotierctl's commands against the real services: what is repeated, resolved and shown.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "google/protobuf/util/json_util.h"
#include "tests/e2e/suite.h"
#include "tests/load/staff_calls.h"
#include "tests/support/ctl.h"
#include "tools/twotierctl/failure.h"
#include "twotier/personnel/v1/quota.pb.h"
#include "twotier/personnel/v1/reorganisation.pb.h"
#include "twotier/routing/v1/competence.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::e2e {
namespace {

namespace v1 = routing::v1;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kProcedure[] = "1.004873";  // Confirmation of marital status, of the commune.
constexpr char kCode[] = "20242";  // Phường Hải Châu, Đà Nẵng; once Phường Phước Ninh's.
constexpr char kFirstId[] = "3f0c7c9e-5a51-4d7e-9a36-0c7f6f0d1a11";
constexpr char kSecondId[] = "3f0c7c9e-5a51-4d7e-9a36-0c7f6f0d1a12";

using Ran = testing_support::CtlRun;

template <class Message>
Message Parsed(const Ran& ran) {
  EXPECT_TRUE(ran.status.ok()) << ran.status;
  Message message;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ran.out, &message).ok()) << ran.out;
  return message;
}

class CtlTest : public SuiteTest {
 protected:
  void SetUp() override {
    SuiteTest::SetUp();
    const auto database = NewDatabase(kSqlite);
    ASSERT_TRUE(database.ok()) << database.status();
    auto routing = StartRouting("routing", *database);
    ASSERT_TRUE(routing.ok()) << routing.status();
    routing_ = *std::move(routing);
    const auto competence =
        Parsed<v1::ResolveCompetenceResponse>(Run({"route", "explain", kProcedure, kCode}));
    ASSERT_FALSE(competence.competence().reception_places().empty());
    center_ = competence.competence().reception_places(0).center();
    unit_ = competence.competence().unit();
  }

  // Runs twotierctl --json with these arguments; without --json where `json` is false.
  Ran Run(std::vector<std::string> arguments, bool json = true) {
    std::vector<ctl::Service> services = {
        {"registry", load::kRegistryService, registry_->address()},
        {"routing", load::kRoutingService, routing_->address()}};
    if (personnel_) {
      services.push_back({"personnel", load::kPersonnelService, personnel_->address()});
    }
    return testing_support::RunCtl(
        {.nouns = {ctl::AddCallCommands, ctl::AddProcedureCommands, ctl::AddCenterCommands,
                   ctl::AddDossierCommands, ctl::AddImportCommands, ctl::AddStaffCommands},
         .session = {.services = services, .principal = "dev"},
         .json = json},
        std::move(arguments));
  }

  // Runs it until `enough` holds of what it gave: memory follows what was committed. What the last
  // run gave is returned when that took too long.
  Ran RunUntil(const std::vector<std::string>& arguments, bool json,
               const std::function<bool(const Ran&)>& enough) {
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    for (;;) {
      Ran ran = Run(arguments, json);
      if (enough(ran) || absl::Now() > deadline) return ran;
    }
  }

  Ran Submit(const std::string& unit, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "dossiers", "submit",      "--center",       center_,  "--procedure",
        kProcedure, "--full-name", "Nguyễn Thị Mẫu", "--unit", unit};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  // A personnel service with some staff. A province with its communes, the first of which is
  // filled and the second of which has the posts for its people; without any where that failed.
  load::ProvinceUnits StartPersonnelOf(const std::string& province_code) {
    auto personnel = load::StartPersonnel(
        places_, "personnel", absl::StrCat("sqlite:", places_.work_dir, "/personnel.db"),
        registry_->address());
    EXPECT_TRUE(personnel.ok()) << personnel.status();
    if (!personnel.ok()) return {};
    personnel_ = *std::move(personnel);
    const auto filled = load::PrepareStaff(registry_->address(), personnel_->address(), 34);
    EXPECT_TRUE(filled.ok()) << filled.status();
    const auto provinces = load::ListProvinces(registry_->address());
    EXPECT_TRUE(provinces.ok()) << provinces.status();
    if (!filled.ok() || !provinces.ok()) return {};
    for (const load::ProvinceUnits& province : *provinces) {
      if (province.code == province_code) return province;
    }
    return {};
  }

  // Writes a CSV file of dossiers; its path.
  std::string DossierFile(const std::string& rows) const {
    std::string path = absl::StrCat(places_.work_dir, "/open_dossiers.csv");
    std::ofstream file(path);
    file << "external_code,center,return_center,procedure_code,unit_code,case_key,channel,kind,"
            "full_name,identity_number,phone,address,submit_time,accept_time,pauses,process_time,"
            "result_id,assignee,components,source_due_time,owning_system,history,fees\n"
         << rows;
    EXPECT_TRUE(file.flush().good()) << path;
    return path;
  }

  std::optional<load::Server> routing_;
  std::optional<load::Server> personnel_;  // Of tests about staff.
  std::string center_;
  std::string unit_;
};

TEST_F(CtlTest, AStepIsRepeatedWithItsRequestIdAlone) {
  const std::string name = Parsed<v1::SubmitDossierResponse>(Submit(unit_)).dossier().name();
  const Ran first = Run({"dossiers", "accept", name, "--request-id", kFirstId});
  ASSERT_TRUE(first.status.ok()) << first.status;
  EXPECT_THAT(first.err, IsEmpty());
  const std::vector<std::string> ask = {"dossiers",      "request-supplement", name,     "--reason",
                                        "Thiếu bản sao", "--request-id",       kSecondId};
  const Ran asked = Run(ask);
  ASSERT_TRUE(asked.status.ok()) << asked.status;
  const Ran provided = Run({"dossiers", "provide-supplement", name});
  ASSERT_TRUE(provided.status.ok()) << provided.status;
  EXPECT_THAT(provided.err, StartsWith("request_id: "));

  EXPECT_EQ(Run({"dossiers", "accept", name, "--request-id", kFirstId}).out, first.out);
  EXPECT_EQ(Run(ask).out, asked.out);
  EXPECT_EQ(Parsed<v1::ListDossierEntriesResponse>(Run({"dossiers", "track", name})).entries_size(),
            4);

  // The same id with another note is another request.
  const Ran other = Run({"dossiers", "accept", name, "--note", "khác", "--request-id", kFirstId});
  EXPECT_EQ(ctl::ReasonOf(other.status), "REQUEST_ID_REUSED") << other.status;
}

// The refusal was the first answer, whatever became possible since.
TEST_F(CtlTest, ARefusedStepIsRepeatedAsRefused) {
  const std::string name = Parsed<v1::SubmitDossierResponse>(Submit(unit_)).dossier().name();
  const std::vector<std::string> complete = {"dossiers", "complete",     name,    "--result",
                                             "KQ-1",     "--request-id", kFirstId};
  const Ran refused = Run(complete);
  ASSERT_EQ(ctl::ExitCodeOf(refused.status), ctl::kRefused) << refused.status;
  ASSERT_TRUE(Run({"dossiers", "accept", name}).status.ok());
  const Ran again = Run(complete);
  EXPECT_EQ(again.status.message(), refused.status.message());
  EXPECT_EQ(ctl::ReasonOf(again.status), ctl::ReasonOf(refused.status));
}

TEST_F(CtlTest, AUnitIsNamedByCodeByAddressOrByResourceName) {
  // 20233 was Phường Thạch Thang's. Phường Hải Châu is also the name of a ward that ended.
  for (const char* unit : {unit_.c_str(), kCode, "20233", "Phường Hải Châu, Đà Nẵng",
                           "Phường Thạch Thang, Quận Hải Châu, Đà Nẵng"}) {
    EXPECT_EQ(Parsed<v1::SubmitDossierResponse>(Submit(unit)).dossier().unit(), unit_) << unit;
  }
  const Ran by_name = Run({"route", "explain", kProcedure, "thach thang, hai chau, da nang"});
  EXPECT_EQ(Parsed<v1::ResolveCompetenceResponse>(by_name).competence().unit(), unit_);
  EXPECT_THAT(Run({"centers", "list", "--unit", kCode}).out, HasSubstr(center_));
}

TEST_F(CtlTest, AUnitThatIsNotOneUnitIsRefusedWithWhatItMayBe) {
  const Ran divided = Submit("Phường Điện Biên, Quận Ba Đình, Hà Nội");
  EXPECT_EQ(divided.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(divided.status.message()), HasSubstr("Phường Ba Đình, 00004"));
  const Ran several = Submit("An Phú");
  EXPECT_EQ(ctl::ReasonOf(several.status), "AMBIGUOUS_NAME") << several.status;
  EXPECT_THAT(std::string(several.status.message()), HasSubstr("it may be units/"));
  const Ran nowhere = Submit("Phường Không Có");
  EXPECT_EQ(ctl::ReasonOf(nowhere.status), "UNIT_NOT_FOUND") << nowhere.status;
}

TEST_F(CtlTest, AComponentSaysWhetherItIsAnOriginal) {
  const auto response = Parsed<v1::SubmitDossierResponse>(
      Submit(kCode, {"--component", "Tờ khai: mẫu 01", "--component", "copy:Bản sao căn cước",
                     "--component", "electronic:Ảnh"}));
  ASSERT_EQ(response.dossier().components_size(), 3);
  EXPECT_EQ(response.dossier().components(0).kind(), v1::COMPONENT_KIND_ORIGINAL);
  EXPECT_EQ(response.dossier().components(0).title(), "Tờ khai: mẫu 01");
  EXPECT_EQ(response.dossier().components(1).kind(), v1::COMPONENT_KIND_COPY);
  EXPECT_EQ(response.dossier().components(1).title(), "Bản sao căn cước");
  EXPECT_EQ(response.dossier().components(2).kind(), v1::COMPONENT_KIND_ELECTRONIC);
  const Ran misspelt = Submit(kCode, {"--component", "copi:Bản sao căn cước"});
  EXPECT_EQ(misspelt.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(misspelt.status.message()), HasSubstr("original, copy, electronic"));
}

TEST_F(CtlTest, AProcedureIsShownWithItsCasesDemandsAndVersions) {
  const Ran published = Run({"call", "routing.PublishProcedure", R"json({
      "parent": "provinces/48", "procedure_code": "1.115801",
      "content": {
        "display_name": "Hỗ trợ ngư dân bám biển", "line": "AGENCY_LINE_LOCAL",
        "cases": [
          {"case_key": "boat", "title": "Có tàu", "level": "COMPETENCE_LEVEL_COMMUNE",
           "term": {"value": 3, "unit": "TERM_UNIT_WORKING_DAY"}, "fee_vnd": "0",
           "steps": [{"body": "Bộ phận một cửa", "term": {"value": 1, "unit": "TERM_UNIT_WORKING_DAY"}},
                     {"body": "Phòng Kinh tế", "term": {"value": 2, "unit": "TERM_UNIT_WORKING_DAY"}}]},
          {"case_key": "crew", "title": "Thuyền viên", "level": "COMPETENCE_LEVEL_PROVINCE",
           "term": {"value": 5, "unit": "TERM_UNIT_WORKING_DAY"}}],
        "requirements": {
          "components": [{"title": "Đơn đề nghị", "originals": 1, "required": true}],
          "results": [{"title": "Quyết định hỗ trợ", "kind": "PROCEDURE_RESULT_KIND_DECISION"}],
          "channels": ["CHANNEL_DIRECT", "CHANNEL_ONLINE"]}},
      "first_date": {"year": 2099, "month": 1, "day": 1}, "act": {"number": "12/QĐ-UBND"}})json"});
  ASSERT_TRUE(published.status.ok()) << published.status;
  const std::vector<std::string> of_danang = {"1.115801", "--province", "48"};
  const auto words = [&](const std::string& command, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"procedures", command};
    arguments.insert(arguments.end(), of_danang.begin(), of_danang.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  const Ran shown =
      RunUntil(words("show", {"--as-of", "2099-01-01"}), /*json=*/false,
               [](const Ran& ran) { return ctl::ReasonOf(ran.status) != "PROCEDURE_NOT_FOUND"; });
  ASSERT_TRUE(shown.status.ok()) << shown.status;
  for (const char* part : {"1, of province 48", "12/QĐ-UBND", "boat",
                           "Bộ phận một cửa 1 working day, then Phòng Kinh tế", "5 working days",
                           "0 đồng", "not known", "Đơn đề nghị", "Quyết định hỗ trợ", "decision",
                           "direct, online", "from 2099-01-01"}) {
    EXPECT_THAT(shown.out, HasSubstr(part));
  }
  const Ran ended =
      Run(words("end", {"--from", "2100-01-01", "--act", "13/QĐ-UBND", "--etag", "\"1\""}),
          /*json=*/false);
  ASSERT_TRUE(ended.status.ok()) << ended.status;
  EXPECT_THAT(ended.out, HasSubstr("2099-01-01 to 2099-12-31"));
  const Ran versions = RunUntil(words("versions", {}), /*json=*/false, [](const Ran& ran) {
    return absl::StrContains(ran.out, "13/QĐ-UBND");
  });
  EXPECT_THAT(versions.out, HasSubstr("ends on 2100-01-01"));
  const Ran list = Run({"procedures", "list", "--province", "48", "--own", "--as-of", "2099-01-01"},
                       /*json=*/false);
  EXPECT_THAT(list.out, HasSubstr("Hỗ trợ ngư dân bám biển"));
  EXPECT_THAT(list.out, HasSubstr("published  1"));
}

TEST_F(CtlTest, AnImportShowsTheIdItIsRepeatedWith) {
  const Ran made_up = Run({"import", "catalogue", "services/routing/data"});
  ASSERT_TRUE(made_up.status.ok()) << made_up.status;
  ASSERT_THAT(made_up.err, StartsWith("request_id: "));
  const std::string id = made_up.err.substr(std::string("request_id: ").size(), 36);
  const Ran repeated = Run({"import", "catalogue", "services/routing/data", "--request-id", id});
  EXPECT_THAT(repeated.err, IsEmpty());
  EXPECT_EQ(repeated.out, made_up.out);
  // The id is the service's too: it is refused with other tables.
  const Ran other = Run({"import", "catalogue", "services/registry/data", "--request-id", id});
  EXPECT_EQ(ctl::ExitCodeOf(other.status), ctl::kRefused) << other.status;
}

TEST_F(CtlTest, DossiersOfAnotherSystemAreTakenOverFromAFile) {
  const auto row = [&](const std::string& code, const std::string& unit,
                       const std::string& accepted, const std::string& due) {
    return absl::StrCat(code, ",", center_, ",,", kProcedure, ",", unit,
                        ",,ONLINE,CITIZEN,Nguyễn Thị Mẫu,,,,2026-10-05T08:00,", accepted, ",,,,,,",
                        due, ",,,\n");
  };
  const std::string system = "provinces/48/informationSystems/old";
  const std::string good = row("X-1", kCode, "2026-10-05T09:00", "2026-12-31");
  const std::string wrong =
      DossierFile(good + row("X-2", "99999", "2026-10-04T09:00", "") + row("X-3", kCode, "", ""));
  const Ran refused = Run({"dossiers", "import", wrong, "--system", system});
  EXPECT_EQ(ctl::ExitCodeOf(refused.status), ctl::kLocalFault) << refused.status;
  EXPECT_THAT(refused.err, HasSubstr(absl::StrCat(wrong, ":3:unit_code: ")));
  EXPECT_THAT(refused.err, HasSubstr(absl::StrCat(wrong, ":3:accept_time: ")));
  EXPECT_THAT(refused.err, ::testing::Not(HasSubstr(":4:")));
  const std::string file = DossierFile(good + row("X-3", kCode, "", ""));
  const std::vector<std::string> list = {"dossiers", "list", "48", "--external-code", "X-1"};
  const auto tried = Parsed<v1::ImportDossiersResponse>(
      Run({"dossiers", "import", file, "--system", system, "--dry-run"}));
  EXPECT_EQ(tried.added(), 2);
  EXPECT_EQ(Parsed<v1::ListDossiersResponse>(Run(list)).dossiers_size(), 0);

  const auto done =
      Parsed<v1::ImportDossiersResponse>(Run({"dossiers", "import", file, "--system", system}));
  EXPECT_EQ(done.added(), 2);
  EXPECT_EQ(done.due_differences(), 1);
  const auto found = Parsed<v1::ListDossiersResponse>(Run(list));
  ASSERT_EQ(found.dossiers_size(), 1);
  EXPECT_EQ(found.dossiers(0).state(), v1::DOSSIER_STATE_RECEIVED);
  const auto again =
      Parsed<v1::ImportDossiersResponse>(Run({"dossiers", "import", file, "--system", system}));
  EXPECT_EQ(again.unchanged(), 2);
}

TEST_F(CtlTest, DossiersOfASuspendedCenterAreReroutedAsTheDryRunShowed) {
  const auto dossier = Parsed<v1::SubmitDossierResponse>(Submit(unit_)).dossier();
  const auto competence =
      Parsed<v1::ResolveCompetenceResponse>(Run({"route", "explain", kProcedure, kCode}));
  ASSERT_GE(competence.competence().reception_places_size(), 2);
  const std::string successor = competence.competence().reception_places(1).center();
  const std::string today = absl::FormatCivilTime(VietnamDay(absl::Now()));
  const Ran suspended = Run({"centers", "suspend", center_, "--from", today, "--act", "1/QĐ-UBND",
                             "--successor", successor});
  ASSERT_TRUE(suspended.status.ok()) << suspended.status;
  const std::vector<std::string> dry_run = {"dossiers", "reroute", "48",
                                            "--center", center_,   "--dry-run"};
  // The suspension comes with the feed.
  const auto shown =
      Parsed<v1::PreviewReroutingResponse>(RunUntil(dry_run, /*json=*/true, [](const Ran& ran) {
        return Parsed<v1::PreviewReroutingResponse>(ran).dossiers_size() > 0;
      }));
  ASSERT_EQ(shown.dossiers_size(), 1);
  EXPECT_EQ(shown.dossiers(0).name(), dossier.name());
  EXPECT_EQ(shown.dossiers(0).rerouting().to().center(), successor);
  std::vector<std::string> reroute = dry_run;
  reroute.back() = "--reason";
  EXPECT_EQ(ctl::ExitCodeOf(Run({"dossiers", "reroute", "48"}).status), ctl::kLocalFault)
      << "no reason";
  reroute.emplace_back("1/QĐ-UBND");
  const auto done = Parsed<v1::RerouteDossiersResponse>(Run(reroute));
  ASSERT_EQ(done.dossiers_size(), 1);
  EXPECT_EQ(done.dossiers(0).SerializeAsString(), shown.dossiers(0).SerializeAsString());
  EXPECT_EQ(Parsed<v1::RerouteDossiersResponse>(Run(reroute)).dossiers_size(), 0);
  const auto listed =
      Parsed<v1::ListDossiersResponse>(Run({"dossiers", "list", "48", "--center", successor}));
  ASSERT_EQ(listed.dossiers_size(), 1);
  EXPECT_EQ(listed.dossiers(0).code(), dossier.code());
}

TEST_F(CtlTest, PutsDossiersBesideTheStaff) {
  const load::ProvinceUnits province = StartPersonnelOf("48");
  ASSERT_FALSE(province.communes.empty());
  const std::string& unit = province.communes[0];
  const auto competence =
      Parsed<v1::ResolveCompetenceResponse>(Run({"route", "explain", kProcedure, unit}));
  center_ = competence.competence().reception_places(0).center();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Submit(unit).status.ok());
  const absl::CivilDay today = VietnamDay(absl::Now());
  const auto text = [](absl::CivilDay day) { return absl::FormatCivilTime(day); };
  const auto workload = [&](absl::CivilDay first) {
    return Run(
        {"staff", "workload", "--province", "48", "--first", text(first), "--end", text(today + 1)},
        /*json=*/false);
  };
  // Periods beyond one call to routing are added up.
  for (const int days : {0, 70}) {
    const Ran ran = workload(today - days);
    ASSERT_TRUE(ran.status.ok()) << ran.status;
    std::vector<std::string> row;
    for (const absl::string_view line : absl::StrSplit(ran.out, '\n')) {
      if (absl::StartsWith(line, unit)) row = absl::StrSplit(line, ' ', absl::SkipEmpty());
    }
    // Two officials.
    EXPECT_THAT(row, ElementsAre(unit, _, "2", "2", "2", "0", "1.0")) << ran.out;
  }
  EXPECT_EQ(ctl::ExitCodeOf(workload(today - 400).status), ctl::kLocalFault);
}

TEST_F(CtlTest, APlanMayCarryThePlacesOfItsPeople) {
  const load::ProvinceUnits province = StartPersonnelOf("48");
  ASSERT_GE(province.communes.size(), 2U);
  const std::string day = absl::FormatCivilTime(VietnamDay(absl::Now()) + 30);
  const auto create = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"staff",      "plan",
                                          "create",     "Sáp nhập",
                                          "--province", "48",
                                          "--date",     day,
                                          "--act",      "1/NQ-UBTVQH16",
                                          "--from",     province.communes[0],
                                          "--to",       province.communes[1]};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Parsed<personnel::v1::CreateReorganisationPlanResponse>(Run(arguments)).plan();
  };
  const personnel::v1::ReorganisationPlan plan = create({"--carry-places"});
  EXPECT_TRUE(plan.carries_places());
  EXPECT_EQ(plan.people(), 2);
  EXPECT_THAT(plan.to_units(), ElementsAre(province.communes[1]));
  EXPECT_FALSE(create({}).carries_places());
}

// The ends of what changes by year and month, and days in between that nobody chose.
TEST_F(CtlTest, TheCountryHasOneBodyForEveryQuestionOfAnyDate) {
  const absl::CivilDay first(2025, 7, 1);
  const absl::CivilDay known(2026, 9, 1);  // By then the whole published table is known.
  std::vector<absl::CivilDay> days = {first, absl::CivilDay(2025, 12, 31), known - 1, known,
                                      absl::CivilDay(2027, 1, 1)};
  absl::BitGen random;
  for (int i = 0; i < 3; ++i) days.push_back(first + absl::Uniform(random, 0, 1000));
  for (const absl::CivilDay day : days) {
    const std::string date = absl::FormatCivilTime(day);
    const auto coverage =
        Parsed<v1::CheckCoverageResponse>(Run({"route", "coverage", "--as-of", date}));
    EXPECT_EQ(coverage.holes(), 0) << date;
    EXPECT_EQ(coverage.overlaps(), 0) << date;
    EXPECT_EQ(coverage.units(), 34 + 3'321) << date;
    EXPECT_TRUE(day < known || coverage.procedures() >= 803) << date;
  }
}

TEST_F(CtlTest, GrantsForALaterYearWaitForIt) {
  const load::ProvinceUnits province = StartPersonnelOf("48");
  ASSERT_FALSE(province.communes.empty());
  const int64_t year = VietnamDay(absl::Now()).year() + 1;
  const auto granted = Parsed<personnel::v1::GrantQuotaResponse>(
      Run({"staff", "grant", province.communes[0], "--province", "48", "--line", "civil_servant",
           "--posts", "3", "--year", absl::StrCat(year), "--act", "20/NQ-HĐND"}));
  EXPECT_EQ(granted.quota().granted(), 2);
  const Ran shown = Run({"staff", "quotas", "--province", "48", "--unit", province.communes[0]},
                        /*json=*/false);
  EXPECT_THAT(shown.out, HasSubstr(absl::StrCat("3 from ", year, "-01-01"))) << shown.status;
}

}  // namespace
}  // namespace twotier::e2e
