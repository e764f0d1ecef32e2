// Quotas that are granted from published figures, on the national data.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "tests/e2e/suite.h"
#include "tests/load/ask.h"
#include "tests/load/calls.h"
#include "tests/load/staff_calls.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

namespace v1 = personnel::v1;
using v1::PersonnelService;
using Stub = PersonnelService::Stub;

// Pools of vice chairs of commune committees by province: 2.5 for each of its units of today,
// rounded down, worked out by hand (Decree 300/2025 Art. 6).
const std::map<std::string, int64_t>& Pools() {
  static const auto* const kPools = new std::map<std::string, int64_t>{
      {"01", 315}, {"04", 140}, {"08", 310}, {"11", 112}, {"12", 95},  {"14", 187}, {"15", 247},
      {"19", 230}, {"20", 162}, {"22", 135}, {"24", 247}, {"25", 370}, {"31", 285}, {"33", 260},
      {"37", 322}, {"38", 415}, {"40", 325}, {"42", 172}, {"44", 195}, {"46", 100}, {"48", 235},
      {"51", 240}, {"52", 337}, {"56", 162}, {"66", 255}, {"68", 310}, {"75", 237}, {"79", 420},
      {"80", 240}, {"82", 255}, {"86", 310}, {"91", 255}, {"92", 257}, {"96", 160}};
  return *kPools;
}

class PublishedQuotasTest : public SuiteTest {};

TEST_F(PublishedQuotasTest, EveryProvinceGetsItsPoolAndWhatWasPublished) {
  const std::string database = absl::StrCat("sqlite:", places_.work_dir, "/personnel.db");
  const auto personnel = load::StartPersonnel(places_, "personnel", database, registry_->address());
  ASSERT_TRUE(personnel.ok()) << personnel.status();
  const auto stub = load::StubOf<PersonnelService>(personnel->address());
  load::RequestIds ids;
  v1::ImportPublishedFiguresRequest import;
  const auto content = ReadFile("services/personnel/data/published_figures.csv");
  ASSERT_TRUE(content.ok()) << content.status();
  import.set_content(*content);
  import.set_request_id(ids.Next());
  const auto imported = load::Ask(*stub, &Stub::ImportPublishedFigures, import);
  ASSERT_TRUE(imported.ok()) << imported.status();

  const auto provinces = load::ListProvinces(registry_->address());
  ASSERT_TRUE(provinces.ok()) << provinces.status();
  std::map<std::string, int64_t> pools;
  std::map<std::string, int64_t> others;  // Province and line.
  for (const load::ProvinceUnits& province : *provinces) {
    v1::GrantPublishedQuotasRequest request;
    request.set_parent(province.Name());
    request.set_request_id(ids.Next());
    const auto granted = load::Ask(*stub, &Stub::GrantPublishedQuotas, request);
    ASSERT_TRUE(granted.ok()) << granted.status();
    for (const v1::Quota& quota : granted->granted()) {
      EXPECT_EQ(quota.available(), quota.granted());
      if (quota.quota_kind() == v1::QUOTA_KIND_VICE_CHAIR) {
        pools[province.code] = quota.granted();
      } else {
        others[absl::StrCat(province.code, " ", v1::QuotaKind_Name(quota.quota_kind()))] =
            quota.granted();
      }
    }
  }
  EXPECT_EQ(pools, Pools());
  // What was published is over, or not known to hold.
  EXPECT_EQ(others, (std::map<std::string, int64_t>()));
  testing_support::ExpectSound(verify::VerifyStaff(database));
}

}  // namespace
}  // namespace twotier::e2e
