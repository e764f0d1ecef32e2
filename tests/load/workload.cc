#include "tests/load/workload.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace reg = registry::v1;
namespace rt = routing::v1;
using reg::RegistryService;
using rt::RoutingService;

// Enough that consecutive calls touch different units and centers, few enough to prepare in
// seconds.
constexpr int kRequests = 1024;
constexpr int kPageSize = 1000;

google::type::Date EveOfTheMerger() {
  google::type::Date date;
  date.set_year(2025);
  date.set_month(6);
  date.set_day(30);
  return date;
}

absl::StatusOr<std::vector<std::string>> CommuneProcedures(RoutingService::Stub& routing) {
  rt::SearchProceduresRequest request;
  request.set_level(rt::COMPETENCE_LEVEL_COMMUNE);
  request.set_state(rt::PROCEDURE_STATE_PUBLISHED);
  request.set_page_size(kPageSize);
  ASSIGN_OR_RETURN(const rt::SearchProceduresResponse page,
                   Ask(routing, &RoutingService::Stub::SearchProcedures, request));
  std::vector<std::string> codes;
  for (const rt::Procedure& procedure : page.procedures()) codes.push_back(procedure.code());
  if (codes.empty()) return absl::FailedPreconditionError("no procedure of communes is published");
  return codes;
}

// The element `i` of `count` that are spread evenly over `all`.
template <typename T>
const T& Spread(const std::vector<T>& all, int i, int count) {
  return all[static_cast<size_t>(i) * all.size() / count];
}

std::string OfMedianSize(std::vector<std::string> answers) {
  const auto middle = answers.begin() + static_cast<int64_t>(answers.size() / 2);
  std::nth_element(answers.begin(), middle, answers.end(),
                   [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  return *middle;
}

rt::SubmitDossierRequest Submission(const rt::Competence& competence) {
  rt::SubmitDossierRequest request;
  request.set_center(competence.reception_places(0).center());
  request.set_procedure_code(competence.procedure().code());
  request.set_unit(competence.unit());
  request.mutable_applicant()->set_kind(rt::APPLICANT_KIND_CITIZEN);
  request.mutable_applicant()->set_full_name("Nguyễn Thị Minh Khai");
  request.mutable_applicant()->set_identity_number("001190000000");
  request.mutable_applicant()->set_phone("0900000000");
  request.mutable_applicant()->set_address("Số 1, phố Tràng Tiền");
  request.set_channel(rt::CHANNEL_ONLINE);
  for (const char* title : {"Tờ khai", "Bản sao giấy tờ"}) {
    rt::Component& component = *request.add_components();
    component.set_title(title);
    component.set_kind(rt::COMPONENT_KIND_ELECTRONIC);
  }
  request.set_request_id(kIdPlaceholder);
  return request;
}

// Who is competent, for units and procedures all over the country.
struct Competences {
  std::vector<rt::ResolveCompetenceRequest> requests;
  std::vector<rt::ResolveCompetenceResponse> responses;  // Parallel; each has a reception place.
};

absl::StatusOr<Competences> ResolveCompetences(RegistryService::Stub& registry,
                                               RoutingService::Stub& routing, int count) {
  ASSIGN_OR_RETURN(const std::vector<reg::Unit> communes, ListCommunes(registry, nullptr));
  ASSIGN_OR_RETURN(const std::vector<std::string> procedures, CommuneProcedures(routing));
  Competences competences;
  absl::Status refused = absl::OkStatus();
  for (int i = 0; i < count; ++i) {
    rt::ResolveCompetenceRequest request;
    request.set_procedure_code(procedures[i % procedures.size()]);
    request.set_unit_code(Spread(communes, i, count).code());
    auto response = Ask(routing, &RoutingService::Stub::ResolveCompetence, request);
    if (!response.ok()) {
      refused = response.status();  // Not every procedure has a place everywhere.
    } else if (response->competence().reception_places_size() > 0) {
      competences.requests.push_back(std::move(request));
      competences.responses.push_back(*std::move(response));
    }
  }
  if (static_cast<int>(competences.requests.size()) < count / 2) {
    return absl::FailedPreconditionError(
        absl::StrCat("most procedures have no reception place: ", refused.ToString()));
  }
  return competences;
}

// Requests of one method of the register. Each is asked once; `answered` refuses an answer that
// says nothing.
template <typename Request, typename Response>
absl::StatusOr<std::shared_ptr<const PreparedCalls>> Prepare(
    RegistryService::Stub& registry, const std::string& method,
    grpc::Status (RegistryService::Stub::*ask)(grpc::ClientContext*, const Request&, Response*),
    const std::vector<Request>& requests, bool (*answered)(const Response&), Workload& workload) {
  auto calls = std::make_shared<PreparedCalls>();
  calls->method = RegistryMethod(method);
  calls->answer_type = &Response::default_instance();
  std::vector<std::string> answers;
  for (const Request& request : requests) {
    ASSIGN_OR_RETURN(const Response response, Ask(registry, ask, request));
    if (!answered(response)) {
      return absl::FailedPreconditionError(
          absl::StrCat(method, " says nothing on ", request.ShortDebugString()));
    }
    calls->requests.push_back(request.SerializeAsString());
    answers.push_back(response.SerializeAsString());
  }
  workload.answers[calls->method] = OfMedianSize(std::move(answers));
  return calls;
}

absl::Status PrepareResolveUnits(RegistryService::Stub& registry,
                                 const std::vector<reg::Unit>& old_communes, Workload& workload) {
  std::vector<reg::ResolveUnitsRequest> requests(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    reg::UnitQuery& query = *requests[i].add_queries();
    const reg::Unit& commune = Spread(old_communes, i, kRequests);
    if (commune.code().empty()) {
      query.set_unit(commune.name());  // Of some old communes no code is published.
    } else {
      query.set_code(commune.code());
    }
    *query.mutable_from_date() = EveOfTheMerger();
  }
  ASSIGN_OR_RETURN(workload.resolve_units,
                   Prepare(
                       registry, "ResolveUnits", &RegistryService::Stub::ResolveUnits, requests,
                       +[](const reg::ResolveUnitsResponse& response) {
                         return !response.resolutions(0).results().empty();
                       },
                       workload));
  return absl::OkStatus();
}

// Names of old communes without diacritics, ten hits at most: what stands under a field while
// somebody types.
absl::Status PrepareSearchUnits(RegistryService::Stub& registry,
                                const std::vector<reg::Unit>& old_communes, Workload& workload) {
  constexpr int kHits = 10;
  std::vector<reg::SearchUnitsRequest> requests(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    requests[i].set_text(Spread(old_communes, i, kRequests).ascii_name());
    requests[i].set_page_size(kHits);
  }
  ASSIGN_OR_RETURN(
      workload.search_units,
      Prepare(
          registry, "SearchUnits", &RegistryService::Stub::SearchUnits, requests,
          +[](const reg::SearchUnitsResponse& response) { return !response.hits().empty(); },
          workload));
  return absl::OkStatus();
}

// The other reads of the register: units of today, the pages of provinces, coverage by day.
absl::Status PrepareReads(RegistryService::Stub& registry, Workload& workload) {
  ASSIGN_OR_RETURN(const std::vector<reg::Unit> communes, ListCommunes(registry, nullptr));
  std::vector<reg::GetUnitRequest> units(kRequests);
  std::vector<reg::ListUnitsRequest> pages(kRequests);
  std::vector<reg::GetCoverageRequest> days(kRequests);
  for (int i = 0; i < kRequests; ++i) {
    const reg::Unit& commune = Spread(communes, i, kRequests);
    units[i].set_code(commune.code());
    pages[i].set_province_code(commune.province_code());
    *days[i].mutable_as_of() = EveOfTheMerger();
    days[i].mutable_as_of()->set_month(7 + i % 6);
    days[i].mutable_as_of()->set_day(1 + i % 28);
  }
  ASSIGN_OR_RETURN(
      workload.get_unit,
      Prepare(
          registry, "GetUnit", &RegistryService::Stub::GetUnit, units,
          +[](const reg::GetUnitResponse& response) { return response.has_unit(); }, workload));
  ASSIGN_OR_RETURN(
      workload.list_units,
      Prepare(
          registry, "ListUnits", &RegistryService::Stub::ListUnits, pages,
          +[](const reg::ListUnitsResponse& response) { return !response.units().empty(); },
          workload));
  ASSIGN_OR_RETURN(
      workload.get_coverage,
      Prepare(
          registry, "GetCoverage", &RegistryService::Stub::GetCoverage, days,
          +[](const reg::GetCoverageResponse& response) { return response.has_coverage(); },
          workload));
  return absl::OkStatus();
}

// Carries one dossier through its life and keeps the answer of each step.
absl::Status CaptureLife(const std::string& routing_address, Workload& workload) {
  grpc::GenericStub stub(grpc::CreateChannel(routing_address, grpc::InsecureChannelCredentials()));
  LifeCaller caller(workload.submit_dossier, 0, /*judge_state=*/true);
  for (size_t i = 0; i < LifeMethods().size(); ++i) {
    NextCall call = caller.Next();
    grpc::ClientContext context;
    context.AddMetadata("x-twotier-principal", "load");
    context.set_deadline(absl::ToChronoTime(absl::Now() + kAskDeadline));
    grpc::CompletionQueue queue;
    grpc::ByteBuffer answer;
    grpc::Status status;
    auto reader = stub.PrepareUnaryCall(&context, *call.method, call.request, &queue);
    reader->StartCall();
    reader->Finish(&answer, &status, nullptr);
    void* tag;
    bool ok;
    queue.Next(&tag, &ok);
    if (!status.ok()) {
      return absl::InternalError(absl::StrCat(*call.method, ": ", status.error_message()));
    }
    workload.answers[*call.method] = ToBytes(answer);
    RETURN_IF_ERROR(caller.Check(answer));
  }
  // A dossier that was just submitted is what the bench of GetDossier reads.
  workload.answers[RoutingMethod("GetDossier")] = workload.answers[RoutingMethod("SubmitDossier")];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<reg::Unit>> ListCommunes(RegistryService::Stub& registry,
                                                    const google::type::Date* as_of) {
  std::vector<reg::Unit> communes;
  reg::ListUnitsRequest request;
  request.set_tier(reg::TIER_COMMUNE);
  request.set_page_size(kPageSize);
  if (as_of != nullptr) *request.mutable_as_of() = *as_of;
  do {
    ASSIGN_OR_RETURN(reg::ListUnitsResponse page,
                     Ask(registry, &RegistryService::Stub::ListUnits, request));
    communes.insert(communes.end(), page.units().begin(), page.units().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (communes.empty()) return absl::FailedPreconditionError("the registry knows no communes");
  return communes;
}

absl::StatusOr<std::vector<rt::SubmitDossierRequest>> MakeSubmissions(
    const std::string& registry_address, const std::string& routing_address, int count) {
  const auto registry = StubOf<RegistryService>(registry_address);
  const auto routing = StubOf<RoutingService>(routing_address);
  ASSIGN_OR_RETURN(const Competences competences, ResolveCompetences(*registry, *routing, count));
  std::vector<rt::SubmitDossierRequest> submissions;
  for (const auto& response : competences.responses) {
    submissions.push_back(Submission(response.competence()));
  }
  return submissions;
}

absl::StatusOr<Workload> PrepareWorkload(const std::string& registry_address,
                                         const std::string& routing_address) {
  const auto registry = StubOf<RegistryService>(registry_address);
  const auto routing = StubOf<RoutingService>(routing_address);
  Workload workload;
  const google::type::Date eve = EveOfTheMerger();
  ASSIGN_OR_RETURN(const std::vector<reg::Unit> old_communes, ListCommunes(*registry, &eve));
  RETURN_IF_ERROR(PrepareResolveUnits(*registry, old_communes, workload));
  RETURN_IF_ERROR(PrepareSearchUnits(*registry, old_communes, workload));
  RETURN_IF_ERROR(PrepareReads(*registry, workload));

  ASSIGN_OR_RETURN(const Competences competences,
                   ResolveCompetences(*registry, *routing, kRequests));
  auto resolve = std::make_shared<PreparedCalls>();
  resolve->method = RoutingMethod("ResolveCompetence");
  resolve->answer_type = &rt::ResolveCompetenceResponse::default_instance();
  auto submit = std::make_shared<PreparedCalls>();
  submit->method = RoutingMethod("SubmitDossier");
  submit->answer_type = &rt::SubmitDossierResponse::default_instance();
  std::vector<std::string> answers;
  for (size_t i = 0; i < competences.requests.size(); ++i) {
    resolve->requests.push_back(competences.requests[i].SerializeAsString());
    submit->requests.push_back(
        Submission(competences.responses[i].competence()).SerializeAsString());
    answers.push_back(competences.responses[i].SerializeAsString());
  }
  workload.answers[resolve->method] = OfMedianSize(std::move(answers));
  workload.resolve_competence = std::move(resolve);
  workload.submit_dossier = std::move(submit);
  RETURN_IF_ERROR(CaptureLife(routing_address, workload));
  return workload;
}

absl::StatusOr<std::shared_ptr<const PreparedCalls>> PrepareGetDossier(
    const std::string& routing_address, const PreparedCalls& submissions) {
  const auto routing = StubOf<RoutingService>(routing_address);
  auto calls = std::make_shared<PreparedCalls>();
  calls->method = RoutingMethod("GetDossier");
  calls->answer_type = &rt::GetDossierResponse::default_instance();
  RequestIds ids;
  for (const std::string& bytes : submissions.requests) {
    rt::SubmitDossierRequest submission;
    if (!submission.ParseFromString(bytes)) return absl::InternalError("not a submission");
    submission.set_request_id(ids.Next());
    ASSIGN_OR_RETURN(const rt::SubmitDossierResponse submitted,
                     Ask(*routing, &RoutingService::Stub::SubmitDossier, submission));
    rt::GetDossierRequest request;
    request.set_name(submitted.dossier().name());
    calls->requests.push_back(request.SerializeAsString());
  }
  return calls;
}

absl::Status WriteAnswers(const std::map<std::string, std::string>& answers,
                          const std::string& directory) {
  std::filesystem::create_directories(directory);
  for (const auto& [method, answer] : answers) {
    const std::string name = absl::StrReplaceAll(method.substr(1), {{"/", "."}});
    std::ofstream file(absl::StrCat(directory, "/", name), std::ios::binary);
    file << answer;
    if (!file.flush()) return absl::InternalError(absl::StrCat("cannot write ", directory));
  }
  return absl::OkStatus();
}

}  // namespace twotier::load
