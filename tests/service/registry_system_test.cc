// Information systems, heartbeats and incidents over gRPC, on both engines.
#include "common/errors.h"
#include "tests/service/registry_center_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using Code = absl::StatusCode;

constexpr char kSystem[] = "provinces/48/informationSystems/case-handling";

class RegistrySystemTest : public RegistryCenterTest {
 protected:
  absl::StatusOr<v1::InformationSystem> System(const std::string& name = kSystem) {
    v1::GetInformationSystemRequest request;
    request.set_name(name);
    const auto response = server_->Call(&Stub::GetInformationSystem, request);
    if (!response.ok()) return response.status();
    return response->information_system();
  }

  absl::Status Beat(const std::string& name = kSystem) {
    v1::ReportHeartbeatRequest request;
    request.set_name(name);
    return server_->Call(&Stub::ReportHeartbeat, request).status();
  }

  v1::RegisterInformationSystemRequest Platform() {
    v1::RegisterInformationSystemRequest request;
    request.set_parent("provinces/48");
    request.set_system_id("lgsp");
    request.mutable_information_system()->set_kind(v1::SYSTEM_KIND_DATA_SHARING);
    request.mutable_information_system()->set_display_name("Nền tảng tích hợp, chia sẻ dữ liệu");
    request.set_request_id(NextId());
    return request;
  }

  v1::OpenIncidentRequest Outage(absl::CivilDay due) {
    v1::OpenIncidentRequest request;
    request.set_parent(kSystem);
    request.mutable_incident()->set_title("Không đồng bộ được hồ sơ");
    request.mutable_incident()->set_severity(v1::INCIDENT_SEVERITY_MAJOR);
    request.mutable_incident()->set_owner("team-lgsp");
    registry::SetDate(due, request.mutable_incident()->mutable_due_date());
    request.set_request_id(NextId());
    return request;
  }

  std::vector<std::string> Titles(v1::IncidentFilter filter) {
    v1::ListIncidentsRequest request;
    request.set_province_code("48");
    request.set_filter(filter);
    const auto response = server_->Call(&Stub::ListIncidents, request);
    std::vector<std::string> titles;
    for (const v1::Incident& incident : response->incidents()) titles.push_back(incident.title());
    return titles;
  }
};

INSTANTIATE_TEST_SUITE_P(All, RegistrySystemTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistrySystemTest, ConnectionFollowsTheAgeOfTheLastHeartbeat) {
  EXPECT_EQ(System()->connection(), v1::CONNECTION_STATE_DOWN) << "never heard";
  EXPECT_FALSE(System()->has_last_heartbeat_time());
  EXPECT_TRUE(System()->operator_provisional());
  const int64_t events = server_->CountEvents();
  ASSERT_TRUE(Beat().ok());
  EXPECT_EQ(System()->connection(), v1::CONNECTION_STATE_CONNECTED);
  EXPECT_EQ(System()->last_heartbeat_time().seconds(), kNowSeconds);
  server_->clock().Advance(absl::Seconds(180));
  EXPECT_EQ(System()->connection(), v1::CONNECTION_STATE_CONNECTED);
  server_->clock().Advance(absl::Seconds(1));
  EXPECT_EQ(System()->connection(), v1::CONNECTION_STATE_SILENT);
  server_->clock().Advance(absl::Seconds(1620));
  EXPECT_EQ(System()->connection(), v1::CONNECTION_STATE_DOWN);
  v1::ListInformationSystemsRequest down;
  down.set_connection(v1::CONNECTION_STATE_DOWN);
  EXPECT_EQ(server_->Call(&Stub::ListInformationSystems, down)->information_systems_size(), 1);
  EXPECT_EQ(Reason(Beat("provinces/48/informationSystems/none")), "SYSTEM_NOT_FOUND");
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(Beat().ok());
  EXPECT_EQ(server_->CountEvents(), events) << "heartbeats are no events";
  EXPECT_THAT(database_.Run("SELECT COUNT(*) FROM request_log"), ElementsAre("1"));
}

TEST_P(RegistrySystemTest, ARestartKnowsTheLastHeartbeat) {
  ASSERT_TRUE(Beat().ok());
  Restart();
  EXPECT_EQ(System()->connection(), v1::CONNECTION_STATE_CONNECTED);
  EXPECT_EQ(System()->last_heartbeat_time().seconds(), kNowSeconds);
  EXPECT_EQ(server_->Gauge("twotier_registry_systems", "connected"), 1);
}

TEST_P(RegistrySystemTest, SystemsAreRegisteredAndChanged) {
  const auto registered = server_->Call(&Stub::RegisterInformationSystem, Platform());
  ASSERT_TRUE(registered.ok()) << registered.status();
  EXPECT_EQ(registered->information_system().silent_after_seconds(), 180);
  const absl::Status twice = server_->Call(&Stub::RegisterInformationSystem, Platform()).status();
  EXPECT_EQ(twice.code(), Code::kAlreadyExists);
  EXPECT_EQ(Reason(twice), "SYSTEM_EXISTS");
  auto nowhere = Platform();
  nowhere.set_parent("provinces/99");
  EXPECT_EQ(Reason(server_->Call(&Stub::RegisterInformationSystem, nowhere).status()),
            "UNIT_NOT_FOUND");
  const std::string name = registered->information_system().name();
  server_->Await(name, 1);

  v1::UpdateInformationSystemRequest update;
  update.set_name(name);
  update.mutable_update_mask()->add_paths("down_after_seconds");
  update.mutable_information_system()->set_down_after_seconds(180);
  update.set_etag("\"1\"");
  update.set_request_id(NextId());
  EXPECT_EQ(server_->Call(&Stub::UpdateInformationSystem, update).status().code(),
            Code::kInvalidArgument)
      << "not more than the silence";
  update.mutable_information_system()->set_down_after_seconds(600);
  update.set_request_id(NextId());
  const auto updated = server_->Call(&Stub::UpdateInformationSystem, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->information_system().version(), 2);
  update.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::UpdateInformationSystem, update).status()), "STALE_ETAG");
  update.set_name("provinces/48/informationSystems/none");
  update.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::UpdateInformationSystem, update).status()),
            "SYSTEM_NOT_FOUND");
}

TEST_P(RegistrySystemTest, MalformedSystemsNameEveryField) {
  v1::RegisterInformationSystemRequest request = Platform();
  request.set_system_id("Bad Id");
  request.mutable_information_system()->clear_display_name();
  request.mutable_information_system()->set_down_after_seconds(90'000);
  request.clear_request_id();
  const absl::Status status = server_->Call(&Stub::RegisterInformationSystem, request).status();
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(status)) fields.push_back(violation.field);
  EXPECT_THAT(fields, UnorderedElementsAre("system_id", "information_system.display_name",
                                           "information_system.down_after_seconds", "request_id"));
}

TEST_P(RegistrySystemTest, AnImportKeepsAChangedSystem) {
  v1::UpdateInformationSystemRequest update;
  update.set_name(kSystem);
  update.mutable_update_mask()->add_paths("operator_name");
  update.mutable_information_system()->set_operator_name("Sở Khoa học và Công nghệ");
  update.set_etag("\"1\"");
  update.set_request_id(NextId());
  ASSERT_TRUE(server_->Call(&Stub::UpdateInformationSystem, update).ok());
  const auto imported = server_->Call(&Stub::ImportUnits, ImportOf(TwoProvinces(), 2));
  ASSERT_TRUE(imported.ok()) << imported.status();
  for (const v1::ImportDifference& difference : imported->differences()) {
    EXPECT_EQ(difference.kept(), difference.kind() == "information_system" ? 1 : 0);
  }
  server_->Await(kSystem, 2);
  EXPECT_EQ(System()->operator_name(), "Sở Khoa học và Công nghệ");
}

TEST_P(RegistrySystemTest, IncidentsAgeAndStandOutWhenTheyAreOverdue) {
  const absl::CivilDay today(2026, 11, 22);
  const auto opened = server_->Call(&Stub::OpenIncident, Outage(today));
  ASSERT_TRUE(opened.ok()) << opened.status();
  const std::string name = opened->incident().name();
  EXPECT_FALSE(opened->incident().overdue()) << "due today";
  server_->clock().Advance(absl::Hours(36));
  const auto second = server_->Call(&Stub::OpenIncident, Outage(today + 30));
  ASSERT_TRUE(second.ok());
  server_->Await(second->incident().name(), 1);
  EXPECT_EQ(Titles(v1::INCIDENT_FILTER_UNSPECIFIED).size(), 2u);
  EXPECT_EQ(Titles(v1::INCIDENT_FILTER_OVERDUE).size(), 1u);
  EXPECT_EQ(System()->open_incidents(), 2);
  EXPECT_EQ(System()->overdue_incidents(), 1);
  EXPECT_EQ(server_->Gauge("twotier_registry_incidents_overdue", "48"), 1);
  EXPECT_EQ(server_->Gauge("twotier_registry_incidents_open", "48"), 2);

  v1::UpdateIncidentRequest update;
  update.set_name(name);
  update.mutable_update_mask()->add_paths("due_date");
  update.mutable_update_mask()->add_paths("severity");
  registry::SetDate(today + 60, update.mutable_incident()->mutable_due_date());
  update.mutable_incident()->set_severity(v1::INCIDENT_SEVERITY_CRITICAL);
  update.set_etag("\"1\"");
  update.set_request_id(NextId());
  const auto updated = server_->Call(&Stub::UpdateIncident, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->incident().age_days(), 1);
  EXPECT_FALSE(updated->incident().overdue());

  v1::ResolveIncidentRequest resolve;
  resolve.set_name(name);
  resolve.set_resolution("Đã khởi động lại");
  resolve.set_etag("\"2\"");
  resolve.set_request_id(NextId());
  const auto resolved = server_->Call(&Stub::ResolveIncident, resolve);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  server_->Await(name, 3);
  EXPECT_EQ(Titles(v1::INCIDENT_FILTER_OPEN).size(), 1u);
  resolve.set_etag("\"3\"");
  resolve.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::ResolveIncident, resolve).status()), "INCIDENT_RESOLVED");
  Restart();
  EXPECT_EQ(Titles(v1::INCIDENT_FILTER_UNSPECIFIED).size(), 2u);
}

TEST_P(RegistrySystemTest, IncidentsOfNothingAreRefusedAndListsArePaged) {
  auto nowhere = Outage(absl::CivilDay(2026, 12, 1));
  nowhere.set_parent("provinces/48/informationSystems/none");
  EXPECT_EQ(Reason(server_->Call(&Stub::OpenIncident, nowhere).status()), "SYSTEM_NOT_FOUND");
  v1::ResolveIncidentRequest resolve;
  resolve.set_name(absl::StrCat(kSystem, "/incidents/none"));
  resolve.set_resolution("x");
  resolve.set_etag("\"1\"");
  resolve.set_request_id(NextId());
  EXPECT_EQ(Reason(server_->Call(&Stub::ResolveIncident, resolve).status()), "INCIDENT_NOT_FOUND");

  std::string last;
  for (int i = 0; i < 3; ++i) {
    const auto opened = server_->Call(&Stub::OpenIncident, Outage(absl::CivilDay(2026, 12, 1 + i)));
    ASSERT_TRUE(opened.ok()) << opened.status();
    last = opened->incident().name();
  }
  server_->Await(last, 1);
  v1::ListIncidentsRequest request;
  request.set_parent(kSystem);
  request.set_page_size(2);
  const auto first = server_->Call(&Stub::ListIncidents, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->incidents_size(), 2);
  request.set_page_token(first->next_page_token());
  const auto second = server_->Call(&Stub::ListIncidents, request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->incidents_size(), 1);
  EXPECT_EQ(second->incidents(0).name(), last);
  EXPECT_EQ(second->next_page_token(), "");
  request.set_filter(v1::INCIDENT_FILTER_OPEN);
  EXPECT_EQ(Reason(server_->Call(&Stub::ListIncidents, request).status()), "WRONG_PAGE_TOKEN");
}

}  // namespace
}  // namespace twotier::registry
