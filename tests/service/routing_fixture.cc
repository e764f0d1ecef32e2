#include "tests/service/routing_fixture.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/feed/feed.h"

namespace twotier::routing::testing {
namespace {

namespace registry_v1 = registry::v1;

registry_v1::Resource UnitResource(const std::string& name, registry_v1::Tier tier,
                                   const std::string& code, const std::string& full_name) {
  registry_v1::Resource resource;
  resource.set_subject(name);
  resource.set_version(1);
  resource.set_kind("unit.imported");
  resource.mutable_unit()->set_name(name);
  registry_v1::Unit* unit = resource.mutable_unit()->add_versions();
  unit->set_name(name);
  unit->set_tier(tier);
  unit->set_code(code);
  unit->set_full_name(full_name);
  unit->set_province_code(code.substr(0, 2) == "01" || code == "01" ? "01"
                          : code.substr(0, 2) == "99"               ? "99"
                                                                    : "48");
  unit->mutable_act()->set_number("1659/NQ-UBTVQH15");
  SetDate(unit->mutable_valid()->mutable_first_date(), 2025, 7, 1);
  return resource;
}

registry_v1::Resource EndedUnit() {
  registry_v1::Resource resource =
      UnitResource(kEnded, registry_v1::TIER_COMMUNE, "20001", "Phường Thạch Thang");
  common::v1::DateRange* valid = resource.mutable_unit()->mutable_versions(0)->mutable_valid();
  SetDate(valid->mutable_first_date(), 2025, 6, 30);
  SetDate(valid->mutable_end_date(), 2025, 7, 1);
  for (const char* target : {kHaiChau, kAnHai}) {
    registry_v1::Succession* step = resource.mutable_unit()->add_successions();
    step->set_source(kEnded);
    step->set_target(target);
    SetDate(step->mutable_effective_date(), 2025, 7, 1);
  }
  return resource;
}

registry_v1::Resource CenterResource(const std::string& name, registry_v1::CenterKind kind,
                                     std::vector<std::string> served) {
  registry_v1::Resource resource;
  resource.set_subject(name);
  resource.set_version(1);
  resource.set_kind("center.imported");
  registry_v1::Center* center = resource.mutable_center()->add_versions();
  const std::string id = name.substr(name.rfind('/') + 1);
  center->set_name(name);
  center->set_kind(kind);
  center->set_state(registry_v1::CENTER_STATE_OPERATING);
  center->set_display_name(absl::StrCat("Trung tâm ", id));
  for (std::string& unit : served) center->add_served_units(std::move(unit));
  center->set_organisation_id(id);
  SetDate(center->mutable_valid()->mutable_first_date(), 2025, 7, 1);
  return resource;
}

std::vector<registry_v1::Resource> Country() {
  using registry_v1::TIER_COMMUNE;
  using registry_v1::TIER_PROVINCE;
  std::vector<registry_v1::Resource> all = {
      UnitResource(kDaNang, TIER_PROVINCE, "48", "Thành phố Đà Nẵng"),
      UnitResource(kHaiChau, TIER_COMMUNE, "20194", "Phường Hải Châu"),
      UnitResource(kAnHai, TIER_COMMUNE, "20195", "Phường An Hải"),
      UnitResource(kHoaVang, TIER_COMMUNE, "20196", "Xã Hòa Vang"),
      EndedUnit(),
      UnitResource(kHaNoi, TIER_PROVINCE, "01", "Thành phố Hà Nội"),
      UnitResource(kLonely, TIER_COMMUNE, "99001", "Xã Không Trung Tâm"),
      CenterResource(kProvincialCenter, registry_v1::CENTER_KIND_PROVINCIAL, {kDaNang, kHoaVang}),
      CenterResource(kCenter, registry_v1::CENTER_KIND_COMMUNE, {kHaiChau}),
      CenterResource(kOtherCenter, registry_v1::CENTER_KIND_COMMUNE, {kAnHai}),
      CenterResource(kSuspendedCenter, registry_v1::CENTER_KIND_RECEPTION_POINT, {kHaiChau}),
      CenterResource(kHaNoiCenter, registry_v1::CENTER_KIND_PROVINCIAL, {kHaNoi})};
  for (registry_v1::Resource& resource : all) {
    if (resource.subject() == kSuspendedCenter) {
      resource.mutable_center()->mutable_versions(0)->set_state(
          registry_v1::CENTER_STATE_SUSPENDED);
    }
  }
  return all;
}

}  // namespace

PlayedRegistry::PlayedRegistry() : snapshot_(Country()) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
}

PlayedRegistry::~PlayedRegistry() { Stop(); }

std::string PlayedRegistry::address() const { return absl::StrCat("127.0.0.1:", port_); }

void PlayedRegistry::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  server_->Shutdown();
}

registry_v1::Resource PlayedRegistry::CenterIn(const std::string& center,
                                               registry_v1::CenterState state) {
  absl::MutexLock lock(&mutex_);
  for (registry_v1::Resource& resource : snapshot_) {
    if (resource.subject() != center) continue;
    resource.set_version(resource.version() + 1);
    resource.mutable_center()->mutable_versions(0)->set_state(state);
    return resource;
  }
  std::abort();
}

void PlayedRegistry::SetCenterState(const std::string& center, registry_v1::CenterState state) {
  registry_v1::Resource changed = CenterIn(center, state);
  absl::MutexLock lock(&mutex_);
  changes_.push_back(std::move(changed));
}

void PlayedRegistry::SetOrganisationId(const std::string& center,
                                       const std::string& organisation_id) {
  absl::MutexLock lock(&mutex_);
  for (registry_v1::Resource& resource : snapshot_) {
    if (resource.subject() != center) continue;
    resource.set_version(resource.version() + 1);
    resource.mutable_center()->mutable_versions(0)->set_organisation_id(organisation_id);
    changes_.push_back(resource);
  }
}

grpc::Status PlayedRegistry::WatchChanges(
    grpc::ServerContext* context, const registry_v1::WatchChangesRequest* request,
    grpc::ServerWriter<registry_v1::WatchChangesResponse>* writer) {
  size_t next = 0;
  registry_v1::WatchChangesResponse message;
  if (request->resume_token().empty()) {
    {
      absl::MutexLock lock(&mutex_);
      next = changes_.size();
      for (const auto& resource : snapshot_) {
        *message.mutable_snapshot_part()->add_resources() = resource;
      }
    }
    writer->Write(message);
    message.Clear();
    message.mutable_snapshot_end()->set_resume_token(absl::StrCat(next));
    writer->Write(message);
  } else if (!absl::SimpleAtoi(request->resume_token(), &next)) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "not a token of this registry");
  }
  while (!context->IsCancelled()) {
    message.Clear();
    {
      absl::MutexLock lock(&mutex_);
      const auto something = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopped_ || changes_.size() > next;
      };
      // The time-out only looks whether the caller has gone.
      mutex_.AwaitWithTimeout(absl::Condition(&something), absl::Milliseconds(50));
      if (stopped_) break;
      if (changes_.size() == next) continue;
      *message.mutable_group()->add_changes() = changes_[next++];
      message.mutable_group()->set_resume_token(absl::StrCat(next));
    }
    writer->Write(message);
  }
  return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the registry stops");
}

v1::SubmitDossierRequest Submission(const std::string& procedure, const std::string& center,
                                    const std::string& unit) {
  v1::SubmitDossierRequest request;
  request.set_center(center);
  request.set_procedure_code(procedure);
  request.set_unit(unit);
  request.mutable_applicant()->set_kind(v1::APPLICANT_KIND_CITIZEN);
  request.mutable_applicant()->set_full_name("Trần Thị Bưởi");
  request.mutable_applicant()->set_identity_number("048199001234");
  request.mutable_applicant()->set_phone("0905551234");
  request.mutable_applicant()->set_address("12 ngõ Cây Thị, Thạch Thang");
  request.set_channel(v1::CHANNEL_DIRECT);
  v1::Component* component = request.add_components();
  component->set_title("Tờ khai");
  component->set_kind(v1::COMPONENT_KIND_ORIGINAL);
  request.set_request_id(RequestId());
  return request;
}

void SetDate(google::type::Date* date, int year, int month, int day) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

v1::PublishAssignmentRequest Delegation() {
  v1::PublishAssignmentRequest request;
  request.set_parent("provinces/48");
  request.set_procedure_code(kResidence);
  request.set_basis(v1::ASSIGNMENT_BASIS_DELEGATED);
  request.set_level(v1::COMPETENCE_LEVEL_COMMUNE);
  request.set_line(v1::AGENCY_LINE_LOCAL);
  request.set_body_title("Chủ tịch Ủy ban nhân dân cấp xã");
  request.set_territory(kHaiChau);
  SetDate(request.mutable_first_date(), 2026, 11, 1);
  request.mutable_act()->set_number("31/QĐ-UBND");
  request.set_request_id(RequestId());
  v1::CoProcessingBody* body = request.add_co_processing_bodies();
  body->set_level(v1::COMPETENCE_LEVEL_PROVINCE);
  body->set_body_title("Công an cấp tỉnh");
  return request;
}

absl::StatusOr<v1::Dossier> Submit(RoutingServer& server, const v1::SubmitDossierRequest& request) {
  auto response = Invoke(&v1::RoutingService::Stub::SubmitDossier, server.stub(), request);
  if (!response.ok()) return response.status();
  return response->dossier();
}

absl::StatusOr<v1::Dossier> Accept(RoutingServer& server, const v1::Dossier& dossier) {
  auto response = Invoke(&v1::RoutingService::Stub::AcceptDossier, server.stub(),
                         StepOf<v1::AcceptDossierRequest>(dossier));
  if (!response.ok()) return response.status();
  return response->dossier();
}

absl::StatusOr<v1::Dossier> RequestSupplement(RoutingServer& server, const v1::Dossier& dossier) {
  auto request = StepOf<v1::RequestSupplementRequest>(dossier);
  request.set_reason("Thiếu bản chính");
  auto response = Invoke(&v1::RoutingService::Stub::RequestSupplement, server.stub(), request);
  if (!response.ok()) return response.status();
  return response->dossier();
}

absl::StatusOr<v1::Dossier> ProvideSupplement(RoutingServer& server, const v1::Dossier& dossier) {
  auto request = StepOf<v1::ProvideSupplementRequest>(dossier);
  v1::Component* component = request.add_components();
  component->set_title("Bản chính");
  component->set_kind(v1::COMPONENT_KIND_ORIGINAL);
  auto response = Invoke(&v1::RoutingService::Stub::ProvideSupplement, server.stub(), request);
  if (!response.ok()) return response.status();
  return response->dossier();
}

absl::StatusOr<v1::Dossier> Complete(RoutingServer& server, const v1::Dossier& dossier) {
  auto request = StepOf<v1::CompleteProcessingRequest>(dossier);
  request.set_result_id("KQ-1");
  auto response = Invoke(&v1::RoutingService::Stub::CompleteProcessing, server.stub(), request);
  if (!response.ok()) return response.status();
  return response->dossier();
}

absl::StatusOr<v1::Dossier> Return(RoutingServer& server, const v1::Dossier& dossier) {
  auto response = Invoke(&v1::RoutingService::Stub::ReturnResult, server.stub(),
                         StepOf<v1::ReturnResultRequest>(dossier));
  if (!response.ok()) return response.status();
  return response->dossier();
}

std::vector<v1::TimelineEntry> Timeline(RoutingServer& server, const std::string& name) {
  v1::ListDossierEntriesRequest request;
  request.set_name(name);
  const auto response =
      Invoke(&v1::RoutingService::Stub::ListDossierEntries, server.stub(), request);
  EXPECT_TRUE(response.ok()) << response.status();
  if (!response.ok()) return {};
  std::vector<feed::StoredEvent> events;
  for (const v1::TimelineEntry& entry : response->entries()) {
    feed::StoredEvent stored;
    stored.event.province_code = name.substr(std::string("provinces/").size(), 2);
    stored.event.subject = name;
    stored.event.version = entry.version();
    stored.event.kind = entry.kind();
    stored.event.body = entry.body();
    if (entry.version() > 1) stored.event.previous_hash = entry.previous_hash();
    stored.hash = entry.hash();
    events.push_back(std::move(stored));
  }
  EXPECT_EQ(feed::VerifyChain(events), absl::OkStatus());
  return {response->entries().begin(), response->entries().end()};
}

std::string ReasonOf(const absl::Status& status) {
  const auto reason = error::ReasonOf(status);
  return reason ? reason->reason : "";
}

std::string MetadataOf(const absl::Status& status, absl::string_view key) {
  const auto reason = error::ReasonOf(status);
  if (reason) {
    for (const auto& [name, value] : reason->metadata) {
      if (name == key) return value;
    }
  }
  return "absent";
}

RoutingTest::RoutingTest()
    : database_(GetParam().make()), server_(database_, registry_.address()) {}

}  // namespace twotier::routing::testing
