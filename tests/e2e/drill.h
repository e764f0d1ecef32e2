// A registry and a routing beside it that live through a change of units, on the national data and
// on every engine. They are in this process because the date they live through lies ahead;
// everything else is as deployed.
#ifndef TWOTIER_TESTS_E2E_DRILL_H_
#define TWOTIER_TESTS_E2E_DRILL_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "tests/service/registry_fixture.h"
#include "tests/service/routing_fixture.h"

namespace twotier::e2e {

using RegistryStub = registry::v1::RegistryService::Stub;
using RoutingStub = routing::v1::RoutingService::Stub;

// The date of the change, a Monday, and an instant before it: later than the data were imported.
inline constexpr absl::CivilDay kDay(2026, 12, 7);
inline const absl::Time kEve =
    absl::FromCivil(absl::CivilSecond(kDay) - 12 * 3600, VietnamTimeZone());

// Wards of Đà Nẵng, and the one that is founded.
inline constexpr char kHaiChau[] = "20242";
inline constexpr char kHoaCuong[] = "20257";
inline constexpr char kNew[] = "20999";

class DrillTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  static std::string SiteOf(absl::string_view code) {
    return absl::StrCat("provinces/48/centers/H48.", code);
  }

  // What the service answers; the test fails when it refuses.
  template <typename Server, typename Stub, typename Request, typename Response>
  static Response Ask(Server& server,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
    const auto response = testing_support::Invoke(method, server.stub(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : Response();
  }

  absl::StatusOr<registry::v1::Unit> UnitByCode(const std::string& code, absl::CivilDay day) {
    registry::v1::GetUnitRequest request;
    request.set_code(code);
    registry::SetDate(day, request.mutable_as_of());
    const auto response = registry_.Call(&RegistryStub::GetUnit, request);
    if (!response.ok()) return response.status();
    return response->unit();
  }

  // The wards become the new one, which is also the caretaker.
  registry::v1::ApplyChangeEventRequest Merger(const std::vector<std::string>& codes) {
    registry::v1::ApplyChangeEventRequest request;
    request.mutable_act()->set_number("999/NQ-UBTVQH16");
    registry::SetDate(kDay, request.mutable_effective_date());
    request.set_request_id("d0000000-0000-4000-8000-000000000001");
    registry::v1::ChangeTarget* founded = request.add_targets();
    founded->set_key("new");
    founded->set_code(kNew);
    founded->set_type(registry::v1::UNIT_TYPE_WARD);
    founded->set_full_name("Phường Sông Hàn");
    founded->set_short_name("Sông Hàn");
    founded->set_parent(UnitByCode("48", kDay)->name());
    request.set_caretaker("new");
    for (const std::string& code : codes) {
      const registry::v1::Unit unit = *UnitByCode(code, kDay - 1);
      registry::v1::ChangeSource* source = request.add_sources();
      source->set_unit(unit.name());
      source->set_etag(unit.etag());
      registry::v1::ChangeEdge* edge = request.add_edges();
      edge->set_source(unit.name());
      edge->set_target("new");
    }
    return request;
  }

  absl::StatusOr<routing::v1::Competence> Competence(const std::string& code) {
    return CompetenceOn(code, std::nullopt);
  }
  absl::StatusOr<routing::v1::Competence> CompetenceOn(const std::string& code,
                                                       std::optional<absl::CivilDay> day) {
    routing::v1::ResolveCompetenceRequest request;
    request.set_procedure_code(routing::testing::kResidence);
    request.set_unit_code(code);
    if (day) registry::SetDate(*day, request.mutable_as_of());
    const auto response =
        testing_support::Invoke(&RoutingStub::ResolveCompetence, routing_.stub(), request);
    if (!response.ok()) return response.status();
    return response->competence();
  }
  // Until routing knows of the change.
  void AwaitRouting() {
    testing_support::ServiceHost::WaitUntil([&] { return CompetenceOn(kNew, kDay).ok(); },
                                            "routing to know of the change");
  }

  absl::StatusOr<routing::v1::Dossier> Submit(const std::string& unit, absl::string_view site) {
    return routing::testing::Submit(
        routing_, routing::testing::Submission(routing::testing::kResidence, SiteOf(site), unit));
  }

  // Undecided dossiers of units that end go to what follows.
  absl::StatusOr<routing::v1::RerouteDossiersResponse> Reroute(const std::string& event) {
    routing::v1::RerouteDossiersRequest request;
    request.set_parent("provinces/48");
    request.mutable_selection()->set_change_event(event);
    request.set_reason("999/NQ-UBTVQH16");
    request.set_request_id("d0000000-0000-4000-8000-000000000003");
    return testing_support::Invoke(&RoutingStub::RerouteDossiers, routing_.stub(), request);
  }

  registry::v1::SuccessionPlan PlanOf(const std::string& event) {
    registry::v1::GetSuccessionPlanRequest request;
    request.set_name(event);
    return Ask(registry_, &RegistryStub::GetSuccessionPlan, request).plan();
  }
  // What the service told the registry: how much rests on the old units, and how much of it is
  // planned.
  void AwaitReport(const std::string& event, const std::string& service, int64_t open,
                   int64_t planned) {
    const std::string name = absl::StrCat(event, "/successions/", service);
    testing_support::ServiceHost::WaitUntil(
        [&] {
          const registry::v1::SuccessionPlan plan = PlanOf(event);
          return std::any_of(plan.reports().begin(), plan.reports().end(), [&](const auto& report) {
            return report.name() == name && report.open() == open && report.planned() == planned;
          });
        },
        absl::StrCat(service, " to report ", open, " open, ", planned, " of them planned"));
  }

  testing_support::TestDatabase registry_database_ = GetParam().make();
  testing_support::TestDatabase routing_database_ = GetParam().make();
  registry::RegistryServer registry_{registry_database_, "services/registry/data"};
  routing::testing::RoutingServer routing_{routing_database_, registry_.address()};
};

}  // namespace twotier::e2e

#endif  // TWOTIER_TESTS_E2E_DRILL_H_
