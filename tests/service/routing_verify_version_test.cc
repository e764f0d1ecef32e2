// The independent checker knows which version of a procedure was in force when a dossier was
// accepted.
#include <gmock/gmock.h>

#include <string>

#include "tests/service/routing_fixture.h"
#include "tests/service/routing_publications.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

class RoutingVerifyVersionTest : public RoutingTest {
 protected:
  // One dossier is accepted on Monday; from Tuesday on version 2 holds, and another one is.
  void SetUp() override {
    const auto monday = Accept(server_, *Submit(server_, Submission()));
    ASSERT_TRUE(monday.ok()) << monday.status();
    ASSERT_EQ(monday->procedure_version(), 1);
    auto publication = Shortened(2, "");
    SetDate(publication.mutable_first_date(), 2026, 11, 3);
    const auto published = Publish(server_, publication);
    ASSERT_TRUE(published.ok()) << published.status();
    server_.clock().Advance(absl::Hours(24));
    const auto tuesday = Accept(server_, *Submit(server_, Submission()));
    ASSERT_TRUE(tuesday.ok()) << tuesday.status();
    ASSERT_EQ(tuesday->procedure_version(), 2);
    testing_support::ExpectSound(verify::VerifyDossiers(database_.url()));
  }

  void ExpectNamed(const char* what) {
    const auto report = verify::VerifyDossiers(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_THAT(report->findings, ElementsAre(Field(&verify::Finding::what, HasSubstr(what))));
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingVerifyVersionTest);

TEST_P(RoutingVerifyVersionTest, NamesADossierUnderAVersionThatHadBeenSuperseded) {
  database_.Run(
      "UPDATE procedure_version SET known_from_day = known_from_day - 1,"
      " imported_us = imported_us - 86400000000 WHERE code = '1.004194' AND version = 2");
  ExpectNamed(
      "H48.20194-261102-0001 is pinned to version 1 of 1.004194, and version 2 was in force");
}

TEST_P(RoutingVerifyVersionTest, NamesADossierUnderAVersionThatDidNotHoldYet) {
  database_.Run(
      "UPDATE procedure_version SET known_from_day = known_from_day + 1"
      " WHERE code = '1.004194' AND version = 2");
  ExpectNamed(
      "H48.20194-261103-0001 is pinned to version 2 of 1.004194, and version 1 was in force");
}

}  // namespace
}  // namespace twotier::routing::testing
