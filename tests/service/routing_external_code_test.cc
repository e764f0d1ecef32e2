// Two information systems of one province number their dossiers alike, on both engines.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/errors.h"
#include "common/status_macros.h"
#include "tests/service/routing_import_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Stub = v1::RoutingService::Stub;

constexpr char kOtherSystem[] = "provinces/48/informationSystems/land";
constexpr char kCountryCode[] = "H48.20194-261030-0012";

class RoutingExternalCodeTest : public RoutingTest {
 protected:
  absl::StatusOr<v1::ImportResult> ImportFrom(const std::string& system,
                                              const v1::ImportedDossier& told) {
    auto request = ImportOf({told});
    request.set_source_system(system);
    ASSIGN_OR_RETURN(const auto response, Import(server_, request));
    return response.results(0);
  }

  // Page by page, each of one dossier.
  std::vector<std::string> Find(const std::string& source_system = "") {
    v1::ListDossiersRequest request;
    request.set_parent("provinces/48");
    request.set_external_code("X-1");
    request.set_source_system(source_system);
    request.set_page_size(1);
    std::vector<std::string> names;
    do {
      const auto page = Invoke(&Stub::ListDossiers, server_.stub(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return names;
      for (const v1::Dossier& dossier : page->dossiers()) names.push_back(dossier.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingExternalCodeTest);

TEST_P(RoutingExternalCodeTest, ANumberOfAnotherSystemIsOfAnotherDossier) {
  v1::ImportedDossier other = Told("X-1");
  other.mutable_record()->set_channel(v1::CHANNEL_POST);
  const auto first = ImportFrom(kOldSystem, Told("X-1"));
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = ImportFrom(kOtherSystem, other);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->outcome(), v1::IMPORT_OUTCOME_ADDED);
  const auto is_found = [&] {
    EXPECT_THAT(Find(), ElementsAre(first->dossier().name(), second->dossier().name()));
    EXPECT_THAT(Find(kOldSystem), ElementsAre(first->dossier().name()));
    EXPECT_THAT(Find(kOtherSystem), ElementsAre(second->dossier().name()));
    EXPECT_EQ(ImportFrom(kOldSystem, Told("X-1"))->outcome(), v1::IMPORT_OUTCOME_UNCHANGED);
    EXPECT_EQ(ImportFrom(kOtherSystem, other)->outcome(), v1::IMPORT_OUTCOME_UNCHANGED);
    testing_support::ExpectSound(verify::VerifyDossiers(database_.url()));
  };
  is_found();
  const std::string where =
      absl::StrCat(" WHERE code = '", first->dossier().code(), "' AND external_key = 'X-1'");
  // As a row that was written before the system stood in it.
  database_.Run(absl::StrCat("UPDATE imported_code SET source_system = ''", where));
  is_found();
  database_.Run(absl::StrCat("UPDATE imported_code SET source_system = 'a'", where));
  const auto report = verify::VerifyDossiers(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->findings.size(), 1u);
  EXPECT_THAT(report->findings[0].what, HasSubstr("X-1 is of a, the first entry names provinces/"));
}

TEST_P(RoutingExternalCodeTest, ACodeOfTheCountryIsGivenOnceWhicheverSystemTellsIt) {
  ASSERT_TRUE(ImportFrom(kOldSystem, Told(kCountryCode)).ok());
  const absl::Status again = ImportFrom(kOtherSystem, Told(kCountryCode)).status();
  EXPECT_EQ(ReasonOf(again), "IMPORT_ROW_INVALID") << again;
  const auto violations = error::FieldViolationsOf(again);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_THAT(violations[0].description, HasSubstr("was imported from"));
}

TEST_P(RoutingExternalCodeTest, ASystemIsAskedForWithACode) {
  v1::ListDossiersRequest request;
  request.set_parent("provinces/48");
  request.set_source_system(kOldSystem);
  const absl::Status refused = Invoke(&Stub::ListDossiers, server_.stub(), request).status();
  EXPECT_EQ(ReasonOf(refused), "MALFORMED_REQUEST") << refused;
}

}  // namespace
}  // namespace twotier::routing::testing
