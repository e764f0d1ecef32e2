// A register with two small provinces, and short ways to change its centers.
#ifndef TWOTIER_TESTS_SERVICE_REGISTRY_CENTER_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_REGISTRY_CENTER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {

inline constexpr char kProvincial[] = "provinces/48/centers/H48";
inline constexpr char kNorth[] = "provinces/48/centers/H48.00001";  // Of units/uN.
inline constexpr char kSouth[] = "provinces/48/centers/H48.00002";  // Of units/uB.

// The small province 48 (two-level, communes uN and uB) beside 01 (single-level, commune uX).
inline testing::Files TwoProvinces() {
  testing::Files files = testing::SmallFiles();
  files["provinces.csv"] +=
      "uH,01,2025-06-30,,,centrally_run_city,Thành phố Hà Nội,Hà Nội,,,,,,,,,\n";
  files["districts.csv"] +=
      "uDH,001,2025-06-30,2025-07-01,,district,Quận Ba Đình,Ba Đình,01,,,,,,,,\n";
  files["communes.csv"] +=
      "uX,00100,2025-06-30,2025-07-01,,ward,Phường X,X,001,,,,,,,,\n"
      "uX,00100,2025-07-01,,unchanged,ward,Phường X,X,01,,,,,,,,9/NQ\n";
  files["tier_models.csv"] += "01,single_level,reception_point,2025-07-01,,test\n";
  absl::StrReplaceAll({{"communes_of_any_type,2", "communes_of_any_type,3"}},
                      &files["published_counts.csv"]);
  return files;
}

class RegistryCenterTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  using Stub = v1::RegistryService::Stub;

  void SetUp() override {
    const auto imported = server_->Call(&Stub::ImportUnits, ImportOf(TwoProvinces(), 1));
    ASSERT_TRUE(imported.ok()) << imported.status();
    server_->Await(kNorth, 1);
  }

  // Ends the server and starts another one on the same database.
  void Restart() {
    server_.reset();
    server_ = std::make_unique<RegistryServer>(database_);
  }

  std::string NextId() { return absl::StrFormat("b0000000-0000-4000-8000-%012d", ++ids_); }

  template <typename Request>
  void FillAct(Request& request) {
    if constexpr (requires { request.mutable_act(); }) {
      request.mutable_act()->set_number("12/QĐ-UBND");
    }
  }

  // A request on a center with the etag of version `version`, effective on a day of 2026 or later.
  template <typename Request>
  Request Of(const std::string& name, int version, absl::CivilDay day) {
    Request request;
    request.set_name(name);
    request.set_etag(absl::StrCat("\"", version, "\""));
    request.set_request_id(NextId());
    registry::SetDate(day, request.mutable_effective_date());
    FillAct(request);
    return request;
  }

  v1::CreateCenterRequest NewCenter(const std::string& id, v1::CenterKind kind,
                                    const std::string& unit) {
    v1::CreateCenterRequest request;
    request.set_parent("provinces/48");
    request.set_center_id(id);
    request.set_kind(kind);
    request.set_unit(unit);
    registry::SetDate(absl::CivilDay(2026, 12, 1), request.mutable_effective_date());
    FillAct(request);
    request.set_request_id(NextId());
    return request;
  }

  v1::RecordReadinessRequest AllReady(const std::string& name, int version) {
    v1::RecordReadinessRequest request;
    request.set_name(name);
    request.set_etag(absl::StrCat("\"", version, "\""));
    request.set_request_id(NextId());
    for (int item = 1; item < v1::ReadinessItem_ARRAYSIZE; ++item) {
      v1::ReadinessRecord* record = request.add_items();
      record->set_item(static_cast<v1::ReadinessItem>(item));
      registry::SetDate(absl::CivilDay(2026, 12, 10), record->mutable_done_date());
    }
    return request;
  }

  absl::StatusOr<v1::Center> Center(const std::string& name, absl::CivilDay day) {
    v1::GetCenterRequest request;
    request.set_name(name);
    registry::SetDate(day, request.mutable_as_of());
    const auto response = server_->Call(&Stub::GetCenter, request);
    if (!response.ok()) return response.status();
    return response->center();
  }

  static std::vector<std::string> Served(const v1::Center& center) {
    return {center.served_units().begin(), center.served_units().end()};
  }

  testing_support::TestDatabase database_ = GetParam().make();
  std::unique_ptr<RegistryServer> server_ = std::make_unique<RegistryServer>(database_);
  int ids_ = 0;
};

}  // namespace twotier::registry

#endif  // TWOTIER_TESTS_SERVICE_REGISTRY_CENTER_FIXTURE_H_
