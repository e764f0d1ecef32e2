// An applicant's data stand in one table and nowhere else.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/service/routing_import_fixture.h"

namespace twotier::routing::testing {
namespace {

using RoutingPrivacyTest = RoutingTest;
TWOTIER_ON_EVERY_ENGINE(RoutingPrivacyTest);

// Everything in `table` as hexadecimal bytes, column by column.
std::string Dump(testing_support::TestDatabase& database, const std::string& table) {
  std::string dump;
  if (!database.is_postgres()) {
    for (const std::string& column :
         database.Run(absl::StrCat("SELECT name FROM pragma_table_info('", table, "')"))) {
      for (const std::string& cell :
           database.Run(absl::StrCat("SELECT hex(\"", column, "\") FROM \"", table, "\""))) {
        absl::StrAppend(&dump, absl::AsciiStrToLower(cell), "\n");
      }
    }
    return dump;
  }
  for (const std::string& column : database.Run(
           absl::StrCat("SELECT column_name FROM information_schema.columns WHERE table_schema ="
                        " 'public' AND table_name = '",
                        table, "'"))) {
    const bool bytes = database.Run(absl::StrCat(
                           "SELECT data_type FROM information_schema.columns WHERE table_name = '",
                           table, "' AND column_name = '", column, "'"))[0] == "bytea";
    const std::string value = bytes ? absl::StrCat("\"", column, "\"")
                                    : absl::StrCat("convert_to(\"", column, "\"::text, 'UTF8')");
    for (const std::string& cell : database.Run(absl::StrCat(
             "SELECT coalesce(encode(", value, ", 'hex'), '') FROM \"", table, "\""))) {
      absl::StrAppend(&dump, cell, "\n");
    }
  }
  return dump;
}

std::vector<std::string> Tables(testing_support::TestDatabase& database) {
  return database.Run(
      database.is_postgres()
          ? "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
          : "SELECT name FROM sqlite_master WHERE type = 'table'");
}

TEST_P(RoutingPrivacyTest, StandInTheApplicantTableOnly) {
  const auto request = Submission();
  auto dossier = Submit(server_, request);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  ASSERT_TRUE(Submit(server_, request).ok()) << "the repeated call reads what was remembered";
  dossier = Accept(server_, *dossier);
  dossier = Complete(server_, *dossier);
  ASSERT_TRUE(Return(server_, *dossier).ok());
  const v1::ImportedDossier told = Told("X-1");  // The same applicant.
  ASSERT_TRUE(Import(server_, ImportOf({told})).ok());
  auto changed = told;
  changed.mutable_record()->set_channel(v1::CHANNEL_POST);
  ASSERT_FALSE(Import(server_, ImportOf({changed})).ok());
  auto refused = Submission(kResidence, kSuspendedCenter);
  ASSERT_FALSE(Submit(server_, refused).ok());
  refused.set_channel(v1::CHANNEL_UNSPECIFIED);
  ASSERT_FALSE(Submit(server_, refused).ok());

  const v1::Applicant& applicant = request.applicant();
  const std::vector<std::string> data = {applicant.full_name(), applicant.identity_number(),
                                         applicant.phone(), applicant.address()};
  const std::string stored = Dump(database_, "applicant");
  for (const std::string& datum : data) {
    EXPECT_TRUE(absl::StrContains(stored, absl::BytesToHexString(datum)))
        << "the search must be able to find it";
  }
  const std::vector<std::string> tables = Tables(database_);
  EXPECT_THAT(tables, ::testing::IsSupersetOf({"applicant", "dossier", "event", "request_log"}));
  for (const std::string& table : tables) {
    if (table == "applicant") continue;
    const std::string dump = Dump(database_, table);
    for (const std::string& datum : data) {
      EXPECT_FALSE(absl::StrContains(dump, absl::BytesToHexString(datum)))
          << table << ": " << datum;
    }
  }
  const std::string log = server_.LogText();
  EXPECT_TRUE(absl::StrContains(log, "SubmitDossier"));
  for (const std::string& datum : data) EXPECT_FALSE(absl::StrContains(log, datum)) << datum;
}

TEST_P(RoutingPrivacyTest, DigestsAreSaltedForEachDatabase) {
  ASSERT_TRUE(Submit(server_, Submission()).ok());
  ASSERT_TRUE(Submit(server_, Submission()).ok());
  const std::string same = "SELECT COUNT(*) FROM (SELECT DISTINCT applicant_digest FROM dossier) d";
  EXPECT_EQ(database_.Run(same)[0], "1") << "one applicant, one digest";
  testing_support::TestDatabase other_database = GetParam().make();
  {
    RoutingServer other(other_database, registry_.address());
    ASSERT_TRUE(Submit(other, Submission()).ok());
    EXPECT_NE(Dump(other_database, "dossier").find(absl::BytesToHexString("H48.20194")),
              std::string::npos);
  }
  const auto digest = [](testing_support::TestDatabase& database) {
    return database.Run(database.is_postgres()
                            ? "SELECT encode(applicant_digest, 'hex') FROM dossier"
                            : "SELECT lower(hex(applicant_digest)) FROM dossier")[0];
  };
  EXPECT_NE(digest(database_), digest(other_database));
}

}  // namespace
}  // namespace twotier::routing::testing
