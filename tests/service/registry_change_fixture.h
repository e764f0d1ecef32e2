// A register with six small communes, and short ways to change them by law.
#ifndef TWOTIER_TESTS_SERVICE_REGISTRY_CHANGE_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_REGISTRY_CHANGE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {

inline constexpr char kProvincial[] = "provinces/48/centers/H48";
inline constexpr absl::CivilDay kMerger(2027, 1, 1);  // Ahead of the fixture's clock.

// Center of commune `n` of province 48.
inline std::string SiteOf(int n) { return absl::StrFormat("provinces/48/centers/H48.%05d", n); }

// Province 48 (two-level) with the communes u1, u2 and so on, codes 00001, 00002 and so on, and
// province 01 (single-level) with the communes u9 and so on, codes 00100 and so on.
inline testing::Files CommunesOf(int in_48, int in_01) {
  testing::Files files = testing::SmallFiles();
  const std::string& header = files["provinces.csv"];
  const std::string columns = header.substr(0, header.find('\n') + 1);
  files["provinces.csv"] =
      columns +
      "uP,48,2025-06-30,,,centrally_run_city,Thành phố Đà Nẵng,Đà Nẵng,,,,,,,,,\n"
      "uH,01,2025-06-30,,,centrally_run_city,Thành phố Hà Nội,Hà Nội,,,,,,,,,\n";
  files["districts.csv"] =
      columns +
      "uD,490,2025-06-30,2025-07-01,,district,Quận Liên Chiểu,Liên Chiểu,48,,,,,,,,\n"
      "uDH,001,2025-06-30,2025-07-01,,district,Quận Ba Đình,Ba Đình,01,,,,,,,,\n";
  std::string& communes = files["communes.csv"];
  communes = columns;
  const auto add = [&](const std::string& id, int code, const char* district,
                       const char* province) {
    const std::string name = absl::StrCat("Xã X", code);
    absl::StrAppend(
        &communes, absl::StrFormat("%s,%05d,2025-06-30,2025-07-01,,commune,%s,X%d,%s,,,,,,,,\n", id,
                                   code, name, code, district));
    absl::StrAppend(
        &communes,
        absl::StrFormat("%s,%05d,2025-07-01,,unchanged,commune,%s,X%d,%s,%d,two_sources,%d,"
                        "one_source,%d,16.1,108.1,9/NQ\n",
                        id, code, name, code, province, 100 * code, 1000 * code, 1000 * code));
  };
  for (int n = 1; n <= in_48; ++n) add(absl::StrCat("u", n), n, "490", "48");
  for (int n = 0; n < in_01; ++n) add(absl::StrCat("u", 9 + n), 100 + n, "001", "01");
  files["successions.csv"] = "source,target,effective_from,relation,act\n";
  files["tier_models.csv"] += "01,single_level,reception_point,2025-07-01,,test\n";
  files["published_counts.csv"] =
      absl::StrCat("counted_on,what,count,binding,source\n2025-07-01,communes_of_any_type,",
                   in_48 + in_01, ",yes,test\n");
  return files;
}

// u1 to u5, and u9.
inline testing::Files SixCommunes() { return CommunesOf(5, 1); }

// Builds a request step by step.
class EventOf {
 public:
  EventOf(absl::CivilDay day, std::string request_id) {
    registry::SetDate(day, request_.mutable_effective_date());
    request_.mutable_act()->set_number("77/NQ-UBTVQH16");
    request_.set_request_id(std::move(request_id));
  }

  EventOf& From(const std::string& unit, int version = 1) {
    v1::ChangeSource* source = request_.add_sources();
    source->set_unit(unit);
    source->set_etag(absl::StrCat("\"", version, "\""));
    return *this;
  }
  // A unit that is founded in province 48.
  EventOf& Found(const std::string& key, const std::string& code) {
    v1::ChangeTarget* target = request_.add_targets();
    target->set_key(key);
    target->set_code(code);
    target->set_type(v1::UNIT_TYPE_WARD);
    target->set_full_name("Phường " + key);
    target->set_short_name(key);
    target->set_parent("units/uP");
    return *this;
  }
  // A unit that goes on.
  EventOf& GoOn(const std::string& unit) {
    request_.add_targets()->set_unit(unit);
    return *this;
  }
  EventOf& Edge(const std::string& source, const std::string& target) {
    v1::ChangeEdge* edge = request_.add_edges();
    edge->set_source(source);
    edge->set_target(target);
    return *this;
  }
  EventOf& Edge(const std::string& source, const std::string& target, int population_ppm,
                int area_ppm) {
    Edge(source, target);
    v1::ChangeEdge* edge = request_.mutable_edges(request_.edges_size() - 1);
    edge->set_population_ppm(population_ppm);
    edge->set_area_ppm(area_ppm);
    return *this;
  }
  EventOf& Caretaker(const std::string& unit) {
    request_.set_caretaker(unit);
    return *this;
  }
  v1::ChangeTarget& target(int i) { return *request_.mutable_targets(i); }
  v1::ApplyChangeEventRequest& request() { return request_; }

 private:
  v1::ApplyChangeEventRequest request_;
};

class RegistryChangeTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  using Stub = v1::RegistryService::Stub;

  void SetUp() override {
    const auto imported = server_->Call(&Stub::ImportUnits, ImportOf(SixCommunes(), 1));
    ASSERT_TRUE(imported.ok()) << imported.status();
    server_->Await(SiteOf(1), 1);
  }

  std::string NextId() { return absl::StrFormat("c0000000-0000-4000-8000-%012d", ++ids_); }

  // u1, u2 and u3 become ward N; u4 is divided between N and u5.
  EventOf ThreeMergeAndOneIsDivided() {
    EventOf event(kMerger, NextId());
    event.From("units/u1").From("units/u2").From("units/u3").From("units/u4").From("units/u5");
    event.Found("N", "00010").GoOn("units/u5");
    event.Edge("units/u1", "N").Edge("units/u2", "N").Edge("units/u3", "N");
    event.Edge("units/u4", "N", 600'000, 250'000).Edge("units/u4", "units/u5", 400'000, 750'000);
    event.Edge("units/u5", "units/u5").Caretaker("N");
    return event;
  }

  absl::StatusOr<v1::ApplyChangeEventResponse> Apply(EventOf& event) {
    return server_->Call(&Stub::ApplyChangeEvent, event.request());
  }

  absl::StatusOr<v1::CancelChangeEventResponse> Cancel(const v1::ChangeEvent& event) {
    v1::CancelChangeEventRequest request;
    request.set_name(event.name());
    request.set_reason("78/NQ-UBTVQH16");
    request.set_etag(event.etag());
    request.set_request_id(NextId());
    return server_->Call(&Stub::CancelChangeEvent, request);
  }

  absl::StatusOr<v1::Unit> UnitOn(const std::string& name, absl::CivilDay day) {
    v1::GetUnitRequest request;
    request.set_name(name);
    registry::SetDate(day, request.mutable_as_of());
    const auto response = server_->Call(&Stub::GetUnit, request);
    if (!response.ok()) return response.status();
    return response->unit();
  }

  absl::StatusOr<v1::Center> CenterOn(const std::string& name, absl::CivilDay day) {
    v1::GetCenterRequest request;
    request.set_name(name);
    registry::SetDate(day, request.mutable_as_of());
    const auto response = server_->Call(&Stub::GetCenter, request);
    if (!response.ok()) return response.status();
    return response->center();
  }

  // What became of a unit, by name: how much of its people is where, in parts per million; -1 where
  // that is not known.
  std::map<std::string, int> Resolve(const std::string& unit, absl::CivilDay from,
                                     absl::CivilDay to) {
    v1::ResolveUnitsRequest request;
    v1::UnitQuery* query = request.add_queries();
    query->set_unit(unit);
    registry::SetDate(from, query->mutable_from_date());
    registry::SetDate(to, request.mutable_to_date());
    const auto response = server_->Call(&Stub::ResolveUnits, request);
    std::map<std::string, int> found;
    if (!response.ok()) return found;
    for (const v1::ResolvedUnit& result : response->resolutions(0).results()) {
      found[result.unit().name()] = result.has_population_ppm() ? result.population_ppm() : -1;
    }
    return found;
  }

  absl::StatusOr<v1::SuccessionPlan> Plan(const std::string& event) {
    v1::GetSuccessionPlanRequest request;
    request.set_name(event);
    const auto response = server_->Call(&Stub::GetSuccessionPlan, request);
    if (!response.ok()) return response.status();
    return response->plan();
  }

  v1::Coverage CoverageOn(absl::CivilDay day) {
    v1::GetCoverageRequest request;
    registry::SetDate(day, request.mutable_as_of());
    const auto response = server_->Call(&Stub::GetCoverage, request);
    return response.ok() ? response->coverage() : v1::Coverage();
  }

  // When version `version` of a subject became known.
  absl::Time KnownAt(const std::string& subject, int version) {
    const std::vector<std::string> rows = database_.Run(absl::StrCat(
        "SELECT known_us FROM event WHERE subject = '", subject, "' AND version = ", version));
    int64_t us = 0;
    EXPECT_TRUE(rows.size() == 1 && absl::SimpleAtoi(rows[0], &us));
    return absl::FromUnixMicros(us);
  }

  static std::vector<std::string> Served(const v1::Center& center) {
    return {center.served_units().begin(), center.served_units().end()};
  }

  testing_support::TestDatabase database_ = GetParam().make();
  std::unique_ptr<RegistryServer> server_ = std::make_unique<RegistryServer>(database_);
  int ids_ = 0;
};

}  // namespace twotier::registry

#endif  // TWOTIER_TESTS_SERVICE_REGISTRY_CHANGE_FIXTURE_H_
