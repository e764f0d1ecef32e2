// Dossiers of a province whose centers stop and whose units are merged and divided; proved sound
// behind every test.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_REROUTE_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_REROUTE_FIXTURE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/routing_fixture.h"
#include "tests/service/routing_reform.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {

class RoutingRerouteTest : public RoutingTest {
 protected:
  // Hải Châu and An Hải become one ward on Tuesday; the center of An Hải closes.
  void Merge() {
    registry_.Send(Merger(registry_));
    AwaitOn(3, [&] { return Resolves(kMergedCode, 3); });
  }

  // Hải Châu is divided between An Hải and Hòa Vang on Tuesday; An Hải answers for it.
  void Divide(const std::string& caretaker = kAnHai) {
    std::vector<registry::v1::Resource> group = {
        EndsAs(registry_.Current(kHaiChau), {kAnHai, kHoaVang}),
        Becomes(registry_.Current(kCenter), registry::v1::CENTER_STATE_CLOSED, {})};
    if (!caretaker.empty()) group.push_back(Event({kHaiChau}, caretaker));
    registry_.Send(std::move(group));
    AwaitOn(3, [&] { return !Resolves("20194", 3); });
  }

  bool Resolves(const std::string& unit_code, int day) {
    v1::ResolveCompetenceRequest request;
    request.set_procedure_code(kResidence);
    request.set_unit_code(unit_code);
    SetDate(request.mutable_as_of(), 2026, 11, day);
    return Invoke(&v1::RoutingService::Stub::ResolveCompetence, server_.stub(), request).ok();
  }

  static void AwaitOn(int day, const std::function<bool()>& known) {
    RoutingServer::WaitUntil(known, absl::StrCat("what changes on day ", day));
  }

  void Suspend(const std::string& center) {
    registry_.SetCenterState(center, registry::v1::CENTER_STATE_SUSPENDED);
    auto probe = Submission(kResidence, center, kHaiChau);
    probe.set_validate_only(true);
    RoutingServer::WaitUntil(
        [&] { return ReasonOf(Submit(server_, probe).status()) == "CENTER_NOT_ACCEPTING"; },
        "the suspension");
  }

  absl::StatusOr<v1::PreviewReroutingResponse> Preview(int day,
                                                       v1::ReroutingSelection selection = {}) {
    v1::PreviewReroutingRequest request;
    request.set_parent("provinces/48");
    *request.mutable_selection() = std::move(selection);
    SetDate(request.mutable_as_of(), 2026, 11, day);
    return Invoke(&v1::RoutingService::Stub::PreviewRerouting, server_.stub(), request);
  }

  v1::RerouteDossiersRequest Slice(v1::ReroutingSelection selection = {}) {
    v1::RerouteDossiersRequest request;
    request.set_parent("provinces/48");
    *request.mutable_selection() = std::move(selection);
    request.set_reason("12/NQ-HĐND");
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::RerouteDossiersResponse> Run(const v1::RerouteDossiersRequest& request) {
    return Invoke(&v1::RoutingService::Stub::RerouteDossiers, server_.stub(), request);
  }

  v1::Dossier Read(const std::string& name) {
    v1::GetDossierRequest request;
    request.set_name(name);
    const auto response = Invoke(&v1::RoutingService::Stub::GetDossier, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->dossier() : v1::Dossier();
  }

  v1::Dossier Open(const std::string& center = kCenter, const std::string& unit = kHaiChau,
                   const std::string& procedure = kResidence) {
    const auto submitted = Submit(server_, Submission(procedure, center, unit));
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    return submitted.value_or(v1::Dossier());
  }

  v1::Dossier Accepted(const std::string& center = kCenter, const std::string& unit = kHaiChau) {
    const auto accepted = Accept(server_, Open(center, unit));
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return accepted.value_or(v1::Dossier());
  }

  std::vector<std::string> ListOf(const std::string& center, v1::DossierOrder order) {
    v1::ListDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_center(center);
    request.set_order(order);
    const auto response = Invoke(&v1::RoutingService::Stub::ListDossiers, server_.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> names;
    for (const v1::Dossier& dossier : response->dossiers()) names.push_back(dossier.name());
    return names;
  }

  // All pages of `size`, one behind the other.
  std::vector<std::string> List(v1::ListDossiersRequest request, int size = 0) {
    request.set_page_size(size);
    std::vector<std::string> names;
    do {
      const auto page = Invoke(&v1::RoutingService::Stub::ListDossiers, server_.stub(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return names;
      for (const v1::Dossier& dossier : page->dossiers()) names.push_back(dossier.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  absl::StatusOr<v1::Dossier> Assign(const v1::Dossier& dossier, const std::string& post) {
    v1::AssignDossierRequest request;
    request.set_assignee(post);
    return TakeStep(&v1::RoutingService::Stub::AssignDossier, server_, dossier, request);
  }

  void TearDown() override {
    testing_support::ExpectSound(verify::VerifyDossiers(database_.url()));
  }
};

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_REROUTE_FIXTURE_H_
