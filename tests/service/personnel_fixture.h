// A personnel service in this process beside a registry that the test plays, with a small province.
#ifndef TWOTIER_TESTS_SERVICE_PERSONNEL_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_PERSONNEL_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "tests/service/personnel_server.h"
#include "tests/service/played_registry.h"
#include "tests/support/database.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::personnel::testing {

using testing_support::kAnHai;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::kHaNoi;
using testing_support::kHoaVang;
using testing_support::MetadataOf;
using testing_support::ReasonOf;
absl::CivilDay DayOf(const google::type::Date& date);

// Every engine, with a registry and one server. Đà Nẵng has a quota of 100 civil servants, Hải Châu
// ten of them, An Hải three; the chairs hold their posts, Hải Châu has an office with a head and
// three posts of officials, two of them held, An Hải one with a vacant one.
class PersonnelTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  void SetUp() override;

  v1::Quota Grant(const std::string& unit, v1::QuotaKind kind, int64_t posts,
                  const std::string& province = "provinces/48");
  absl::StatusOr<v1::GrantQuotaResponse> TryGrant(const std::string& unit, v1::QuotaKind kind,
                                                  int64_t posts,
                                                  const std::string& province = "provinces/48");
  // Allows a unit of province 48 a surplus of civil servants that falls by `steps`.
  absl::StatusOr<v1::GrantSurplusAllowanceResponse> Allow(
      const std::string& unit, const std::vector<std::pair<absl::CivilDay, int64_t>>& steps);
  v1::Quota QuotaOf(const std::string& unit, v1::QuotaKind kind = v1::QUOTA_KIND_CIVIL_SERVANT,
                    const std::string& province = "provinces/48");
  v1::ImportStaffRequest List(const std::vector<v1::StaffRow>& rows,
                              const std::string& province = "provinces/48");
  v1::ImportStaffResponse Import(const std::vector<v1::StaffRow>& rows,
                                 const std::string& province = "provinces/48");
  std::string Person(int national_id);
  // Name of the n-th post of a kind in a unit, in the order in which they were made.
  // Somebody without an appointment.
  void Register(int national_id);
  absl::Status EndPost(const std::string& name, absl::CivilDay day = kToday);
  std::string PostOf(const std::string& unit, v1::PostKind kind, int n = 1,
                     const std::string& province = "provinces/48");
  // The main appointment of a person today, or the last one.
  v1::Appointment MainOf(const std::string& person);

  // An order of today signed by the holder of `signer`.
  v1::OrderForm Form(const std::string& signer);
  v1::AppointCivilServantRequest Appointment(const std::string& person, const std::string& post,
                                             const std::string& signer,
                                             absl::CivilDay first = kToday);
  v1::TransferCivilServantRequest Transfer(const std::string& person, const std::string& post,
                                           absl::CivilDay day = kToday);
  v1::EndAppointmentRequest End(const v1::Appointment& appointment, v1::EndReason reason,
                                const std::string& signer, absl::CivilDay day = kToday);

  testing_support::TestDatabase database_ = GetParam().make();
  testing_support::PlayedRegistry registry_;
  PersonnelServer server_{database_.url(), registry_.address()};
  // Posts of the fixture.
  std::string province_chair_;
  std::string council_chair_;
  std::string hai_chau_chair_;
  std::string an_hai_chair_;
};

#define TWOTIER_PERSONNEL_ON_EVERY_ENGINE(suite)                                        \
  INSTANTIATE_TEST_SUITE_P(All, suite, ::testing::ValuesIn(testing_support::Engines()), \
                           testing_support::EngineName)

}  // namespace twotier::personnel::testing

#endif  // TWOTIER_TESTS_SERVICE_PERSONNEL_FIXTURE_H_
