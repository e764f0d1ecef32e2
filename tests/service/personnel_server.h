// A personnel service in this process, and rows of staff lists.
#ifndef TWOTIER_TESTS_SERVICE_PERSONNEL_SERVER_H_
#define TWOTIER_TESTS_SERVICE_PERSONNEL_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/personnel/personnel.h"
#include "tests/service/service_host.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::personnel::testing {

using testing_support::RequestId;
using Stub = v1::PersonnelService::Stub;

// Today of the tests: Monday, 2 November 2026.
inline const absl::CivilDay kToday(2026, 11, 2);

void Set(google::type::Date* date, absl::CivilDay day);

// One process of personnel, in this process.
class PersonnelServer : public testing_support::ServiceHost {
 public:
  // `database` is a URL.
  PersonnelServer(const std::string& database, const std::string& registry_target,
                  const std::string& reference_data_dir = "");

  // Runs a unary RPC: server.Call(&Stub::GetPost, request).
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) {
    return testing_support::Invoke(method, *stub_, request);
  }
  Stub& stub() { return *stub_; }
  // Moves the clock to 9 o'clock of `day` and waits until everything due has taken effect.
  void GoTo(absl::CivilDay day);
  // Moves it on by `passed` and waits for the next look at what is due.
  void LookAgain(absl::Duration passed);
  // Value of a gauge without labels.
  double Gauge(const std::string& family);

 private:
  void LookAt(absl::Time time);

  const std::unique_ptr<Stub> stub_;
};

// A row of a staff list: post number `number` of its kind, held by the person with `national_id`
// (12 digits are made of it) or vacant when that is 0. Since 1 July 2025.
v1::StaffRow Row(const std::string& unit, v1::BodyKind body, v1::PostKind kind, int number,
                 int national_id);
std::string NationalId(int n);

}  // namespace twotier::personnel::testing

#endif  // TWOTIER_TESTS_SERVICE_PERSONNEL_SERVER_H_
