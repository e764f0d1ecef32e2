// Holds the answers of a register against those of a model.
#ifndef TWOTIER_TESTS_SERVICE_MODEL_COMPARISON_H_
#define TWOTIER_TESTS_SERVICE_MODEL_COMPARISON_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/service/registry_fixture.h"
#include "tests/service/unit_model.h"

namespace twotier::registry::model {

// What a service said of an event.
struct Report {
  int64_t open = 0;
  int64_t planned = 0;
};

// Fails the rapidcheck case in which it is used where an answer is another one. Days are all those
// on which something begins, and the days before.
class Comparison {
 public:
  explicit Comparison(RegistryServer& server) : server_(server) {}

  // Lists of units and centers, and the coverage; as believed at `known`, else now.
  void CompareLists(const World& world, std::optional<absl::Time> known);
  // Each unit of each day, by name and code; those that are not there too. `versions` are those of
  // the records, by name.
  void CompareUnits(const World& world, const std::map<std::string, int64_t>& versions);
  // Every unit of every day resolved to every day.
  void CompareResolutions(const World& world);
  // Every event, those that were taken back too.
  void CompareEvents(const UnitModel& model, const std::vector<std::string>& events,
                     const std::map<std::string, int64_t>& versions, Day today);
  // What each event leaves to be done; `reports` are those of the service routing, by event.
  void ComparePlans(const UnitModel& model, const std::vector<std::string>& events,
                    const std::map<std::string, Report>& reports, Day today);

 private:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (v1::RegistryService::Stub::*method)(
                                   grpc::ClientContext*, const Request&, Response*),
                               Request request, std::optional<absl::Time> known) {
    if (known.has_value()) SetTime(*known, request.mutable_as_known_at());
    return server_.Call(method, request);
  }

  std::vector<v1::Center> CentersOn(Day day, std::optional<absl::Time> known);
  void CompareCenters(const World& world, Day day, std::optional<absl::Time> known);
  void CompareCoverage(const World& world, Day day, std::optional<absl::Time> known);
  std::map<std::string, std::map<std::string, Reached>> Resolve(const std::set<std::string>& units,
                                                                Day from, Day to);

  RegistryServer& server_;
};

}  // namespace twotier::registry::model

#endif  // TWOTIER_TESTS_SERVICE_MODEL_COMPARISON_H_
