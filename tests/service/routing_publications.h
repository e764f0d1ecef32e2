// Publications of procedures that tests make, and how they are refused.
#ifndef TWOTIER_TESTS_SERVICE_ROUTING_PUBLICATIONS_H_
#define TWOTIER_TESTS_SERVICE_ROUTING_PUBLICATIONS_H_

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/service/routing_fixture.h"

namespace twotier::routing::testing {

inline constexpr char kOwnCode[] = "1.115801";  // Of no national procedure.
inline constexpr char kDaNangProvince[] = "provinces/48";

void SetTerm(v1::Term* term, int value, v1::TermUnit unit = v1::TERM_UNIT_WORKING_DAY);

// The residence procedure, which the country decides within three working days, within `days` of
// them in Đà Nẵng (an empty parent: in the country), from 2 November 2026 on.
v1::PublishProcedureRequest Shortened(int days = 2, const std::string& parent = kDaNangProvince);

// A procedure of the province's own, decided by communes.
v1::PublishProcedureRequest Minted();

void AddCase(v1::ProcedureContent* content, const std::string& key, v1::CompetenceLevel level,
             int days);
// A required one.
void AddComponent(v1::ProcedureContent* content, const std::string& title, bool reusable);

// Publishes under a new request id.
absl::StatusOr<v1::PublishProcedureResponse> Publish(RoutingServer& server,
                                                     v1::PublishProcedureRequest request);

// What makes a server refuse, by reason.
using Refusals = std::map<std::string, std::pair<absl::StatusCode, std::function<absl::Status()>>>;
// Those of publications, assignments beside them, and of what they demand.
Refusals PublicationRefusals(RoutingServer& server);

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_ROUTING_PUBLICATIONS_H_
