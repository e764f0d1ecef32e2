// Import of reference data over gRPC, on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_replace.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/status_macros.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using Code = absl::StatusCode;
using Stub = v1::RegistryService::Stub;
using testing::Files;
using testing::NationalFiles;
using testing::SmallFiles;

class RegistryImportTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  absl::StatusOr<v1::ImportUnitsResponse> Import(const v1::ImportUnitsRequest& request) {
    return server_.Call(&Stub::ImportUnits, request);
  }

  absl::StatusOr<v1::GetUnitResponse> GetUnit(const std::string& name) {
    v1::GetUnitRequest request;
    request.set_name(name);
    return server_.Call(&Stub::GetUnit, request);
  }

  static std::map<std::string, v1::ImportDifference> ByKind(
      const v1::ImportUnitsResponse& response) {
    std::map<std::string, v1::ImportDifference> by_kind;
    for (const v1::ImportDifference& difference : response.differences()) {
      by_kind[difference.kind()] = difference;
    }
    return by_kind;
  }

  testing_support::TestDatabase database_ = GetParam().make();
  RegistryServer server_{database_};
};

INSTANTIATE_TEST_SUITE_P(All, RegistryImportTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryImportTest, LoadsTheCountryOnceAndFindsNothingToDoTheSecondTime) {
  const auto first = Import(ImportOf(NationalFiles(), 1));
  ASSERT_TRUE(first.ok()) << first.status();
  auto by_kind = ByKind(*first);
  EXPECT_EQ(by_kind["unit"].added(), 14008);
  EXPECT_EQ(by_kind["unit_version"].added(), 14164);
  EXPECT_EQ(by_kind["center"].added(), 3355);  // 34 + 3,141 + 54 + 126.
  EXPECT_EQ(by_kind["tier_model"].added(), 34);
  EXPECT_EQ(by_kind["published_count"].added(), 19);
  EXPECT_EQ(by_kind["information_system"].added(), 34);
  EXPECT_EQ(first->counts_size(), 16);
  for (const v1::CountCheck& count : first->counts()) {
    EXPECT_EQ(count.published(), count.counted()) << count.what();
  }
  server_.Await("provinces/48/centers/H48", 1);
  v1::GetUnitRequest request;
  request.set_code("00004");
  EXPECT_EQ(server_.Call(&Stub::GetUnit, request)->unit().full_name(), "Phường Ba Đình");
  EXPECT_EQ(server_.CountEvents(), 14008 + 3355 + 34 + 34);

  const auto second = Import(ImportOf(NationalFiles(), 2));
  ASSERT_TRUE(second.ok());
  for (const v1::ImportDifference& difference : second->differences()) {
    EXPECT_EQ(difference.added() + difference.changed(), 0) << difference.kind();
    EXPECT_GT(difference.unchanged(), 0) << difference.kind();
  }
  EXPECT_EQ(server_.CountEvents(), 14008 + 3355 + 34 + 34);
}

TEST_P(RegistryImportTest, ValidateOnlyTellsTheWholeEffectAndWritesNothing) {
  const auto dry = Import(ImportOf(SmallFiles(), 1, /*validate_only=*/true));
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(ByKind(*dry)["unit"].added(), 6);
  EXPECT_EQ(server_.CountEvents(), 0);
  const auto real = Import(ImportOf(SmallFiles(), 1));
  ASSERT_TRUE(real.ok()) << real.status();
  EXPECT_EQ(ByKind(*real)["unit"].added(), 6);
}

TEST_P(RegistryImportTest, OneWrongRowIsNamedAndNothingIsWritten) {
  Files files = SmallFiles();
  absl::StrReplaceAll({{"uC,00003", "uC,3"}}, &files["communes.csv"]);
  const absl::Status status = Import(ImportOf(files, 1)).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(Reason(status), "IMPORT_ROW_INVALID");
  EXPECT_THAT(error::FieldViolationsOf(status),
              ElementsAre(Field(&error::FieldViolation::field, "communes.csv:5:code")));
  EXPECT_EQ(server_.CountEvents(), 0);
  // Malformed requests are not remembered: the mended data may come under the same id.
  EXPECT_TRUE(Import(ImportOf(SmallFiles(), 1)).ok());
}

TEST_P(RegistryImportTest, CountsThatDifferAreNamedAndNothingIsWritten) {
  Files files = SmallFiles();
  absl::StrReplaceAll({{"communes_of_any_type,2", "communes_of_any_type,3"}},
                      &files["published_counts.csv"]);
  const absl::Status status = Import(ImportOf(files, 1)).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "COUNTS_DIFFER");
  EXPECT_THAT(error::PreconditionsOf(status),
              ElementsAre(Field(&error::PreconditionViolation::subject,
                                "communes_of_any_type on 2025-07-01")));
  EXPECT_EQ(server_.CountEvents(), 0);
}

TEST_P(RegistryImportTest, ARepeatedRequestGetsTheFirstAnswer) {
  const auto first = Import(ImportOf(SmallFiles(), 1));
  ASSERT_TRUE(first.ok());
  const auto again = Import(ImportOf(SmallFiles(), 1));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  Files other = SmallFiles();
  absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &other["communes.csv"]);
  EXPECT_EQ(Reason(Import(ImportOf(other, 1)).status()), "REQUEST_ID_REUSED");
}

TEST_P(RegistryImportTest, AChangeIsANewVersionChainedToTheOldOne) {
  ASSERT_TRUE(Import(ImportOf(SmallFiles(), 1)).ok());
  Files changed = SmallFiles();
  absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &changed["communes.csv"]);
  const auto second = Import(ImportOf(changed, 2));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(ByKind(*second)["unit"].changed(), 1);
  EXPECT_EQ(ByKind(*second)["unit"].unchanged(), 5);
  EXPECT_EQ(ByKind(*second)["center"].changed(), 1);
  server_.Await("units/uN", 2);
  const auto unit = GetUnit("units/uN");
  ASSERT_TRUE(unit.ok());
  EXPECT_EQ(unit->unit().full_name(), "Phường Nam");
  EXPECT_EQ(unit->unit().etag(), "\"2\"");

  std::vector<feed::StoredEvent> events;
  ASSERT_TRUE(server_.database()
                  .ReadNow([&](db::Tx& tx) -> absl::Status {
                    ASSIGN_OR_RETURN(events, feed::ListEvents(tx, "", "units/uN", 0, 10));
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].event.kind, "unit.imported");
  EXPECT_TRUE(feed::VerifyChain(events).ok());
  // What was believed before is kept beside what is believed now.
  EXPECT_THAT(database_.Run("SELECT full_name FROM unit_version WHERE unit_id = 'uN'"
                            " ORDER BY since_version"),
              ElementsAre("Phường N", "Phường Nam"));
}

TEST_P(RegistryImportTest, AMissingFileIsAFieldViolation) {
  Files files = SmallFiles();
  files.erase("tier_models.csv");
  const absl::Status status = Import(ImportOf(files, 1)).status();
  EXPECT_EQ(Reason(status), "IMPORT_ROW_INVALID");
  EXPECT_THAT(error::FieldViolationsOf(status),
              ElementsAre(Field(&error::FieldViolation::field, "tier_models.csv")));
}

// The same commune under another id, in a data set that is right in itself.
Files WithOtherUnit() {
  Files files = SmallFiles();
  absl::StrReplaceAll({{"uB,00002", "uOther,00002"}}, &files["communes.csv"]);
  return files;
}

TEST_P(RegistryImportTest, DataThatDoNotFitWhatIsStoredAreRefusedAndTheRegisterGoesOn) {
  ASSERT_TRUE(Import(ImportOf(SmallFiles(), 1)).ok());
  const int64_t events = server_.CountEvents();
  for (const bool validate_only : {true, false}) {
    const absl::Status status = Import(ImportOf(WithOtherUnit(), 2, validate_only)).status();
    EXPECT_EQ(status.code(), Code::kFailedPrecondition);
    EXPECT_EQ(Reason(status), "CONFLICTS_WITH_STORED");
    const auto conflicts = error::PreconditionsOf(status);
    ASSERT_EQ(conflicts.size(), 1u) << status;
    EXPECT_EQ(conflicts[0].subject, "units/uOther");
    EXPECT_THAT(conflicts[0].description,
                AllOf(HasSubstr("shares code 00002"), HasSubstr("units/uB")));
  }
  EXPECT_EQ(server_.CountEvents(), events);
  // What is stored still makes a register.
  Files changed = SmallFiles();
  absl::StrReplaceAll({{"Phường N,N", "Phường Nam,Nam"}}, &changed["communes.csv"]);
  ASSERT_TRUE(Import(ImportOf(changed, 3)).ok());
  server_.Await("units/uN", 2);
}

TEST_P(RegistryImportTest, StoredCountsBindLaterDataSets) {
  ASSERT_TRUE(Import(ImportOf(SmallFiles(), 1)).ok());
  // One commune more, and nothing said of the number.
  Files files = SmallFiles();
  files["communes.csv"] += "uM,00004,2025-07-01,,,ward,Phường M,M,48,,,,,,,,9/NQ\n";
  files["successions.csv"] += "00003,00004,2025-07-01,part,9/NQ\n";
  const std::string all = "2025-07-01,communes_of_any_type,2,yes,test\n";
  const std::string freed = "2025-07-01,communes_of_any_type,2,no,test\n";
  for (const std::string& row : {std::string(), freed}) {
    Files silent = files;
    absl::StrReplaceAll({{all, row}}, &silent["published_counts.csv"]);
    const absl::Status status = Import(ImportOf(silent, row.empty() ? 2 : 3)).status();
    EXPECT_EQ(Reason(status), "COUNTS_DIFFER") << row << status;
    EXPECT_THAT(error::PreconditionsOf(status),
                ElementsAre(Field(&error::PreconditionViolation::subject,
                                  "communes_of_any_type on 2025-07-01")));
  }
  // The authority counts again, and the data agree.
  absl::StrReplaceAll({{all, "2025-07-01,communes_of_any_type,3,yes,test\n"}},
                      &files["published_counts.csv"]);
  const auto counted = Import(ImportOf(files, 4));
  ASSERT_TRUE(counted.ok()) << counted.status();
  ASSERT_EQ(counted->counts_size(), 1);
  EXPECT_EQ(counted->counts(0).counted(), 3);
}

class RegistryStartTest : public ::testing::TestWithParam<testing_support::EngineParam> {};

INSTANTIATE_TEST_SUITE_P(All, RegistryStartTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryStartTest, ImportsAtTheFirstStartOnlyAndServesFromTheTables) {
  const testing_support::TestDatabase database = GetParam().make();
  {
    RegistryServer first(database, "services/registry/data");
    EXPECT_EQ(first.CountEvents(), 14008 + 3355 + 34 + 34);
  }
  RegistryServer second(database, "services/registry/data");
  EXPECT_EQ(second.CountEvents(), 14008 + 3355 + 34 + 34);
  v1::GetCoverageRequest request;
  const auto coverage = second.Call(&Stub::GetCoverage, request);
  ASSERT_TRUE(coverage.ok());
  EXPECT_EQ(coverage->coverage().communes(), 3321);
  EXPECT_EQ(coverage->coverage().communes_covered(), 3321);
}

}  // namespace
}  // namespace twotier::registry
