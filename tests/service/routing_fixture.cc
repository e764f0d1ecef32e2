#include "tests/service/routing_fixture.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/feed/feed.h"

namespace twotier::routing::testing {
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

v1::PublishAssignmentRequest AssignmentOfCase(const std::string& case_key) {
  auto request = Delegation();
  request.clear_parent();
  request.clear_territory();
  request.clear_body_title();
  request.clear_co_processing_bodies();
  request.set_procedure_code(kByCase);
  request.set_basis(v1::ASSIGNMENT_BASIS_LAW);
  request.set_case_key(case_key);
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

absl::StatusOr<v1::Dossier> Forward(RoutingServer& server, const v1::Dossier& dossier,
                                    const std::string& unit, const std::string& body_title,
                                    std::optional<absl::Time> answer_by) {
  v1::ForwardDossierRequest request;
  request.set_unit(unit);
  request.set_body_title(body_title);
  request.set_reason("xin ý kiến");
  if (answer_by) request.mutable_answer_by_time()->set_seconds(absl::ToUnixSeconds(*answer_by));
  return TakeStep(&v1::RoutingService::Stub::ForwardDossier, server, dossier, request);
}

absl::Status FillTimeline(RoutingServer& server, v1::Dossier& dossier) {
  v1::AssignDossierRequest request;
  request.set_assignee("provinces/48/posts/20194-tu-phap");
  while (true) {
    const auto assigned =
        TakeStep(&v1::RoutingService::Stub::AssignDossier, server, dossier, request);
    if (!assigned.ok()) return assigned.status();
    dossier = *assigned;
  }
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

RoutingTest::RoutingTest(const RoutingServerOptions& options)
    : database_(GetParam().make()), server_(database_.url(), registry_.address(), options) {}

}  // namespace twotier::routing::testing
