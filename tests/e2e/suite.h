// The suite's processes on an engine, for one end-to-end test.
#ifndef TWOTIER_TESTS_E2E_SUITE_H_
#define TWOTIER_TESTS_E2E_SUITE_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/load/fleet.h"
#include "tests/load/postgres.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::e2e {

// Values of the parameter of SuiteTest.
inline constexpr char kSqlite[] = "sqlite";
inline constexpr char kPostgres[] = "postgres";

// Owns a registry on SQLite and what tests add; everything is gone with the fixture. Runs in the
// checkout, as ctest does. PostgreSQL is the server of TWOTIER_TEST_POSTGRES; without it, tests
// that need it fail.
class SuiteTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // A new database on `engine`.
  absl::StatusOr<std::string> NewDatabase(const std::string& engine);
  absl::StatusOr<load::Server> StartRouting(const std::string& name, const std::string& database);
  // `count` submissions that the routing at `address` accepts, spread over the country.
  std::vector<routing::v1::SubmitDossierRequest> Submissions(const std::string& address, int count);

  load::Places places_;
  std::vector<load::PostgresDatabase> databases_;  // Outlive the servers.
  std::optional<load::Server> registry_;
};

}  // namespace twotier::e2e

#endif  // TWOTIER_TESTS_E2E_SUITE_H_
