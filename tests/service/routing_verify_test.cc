// The independent checker finds nothing wrong with what routing writes, and names every way in
// which a dossier can be damaged.
#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/feed/feed.h"
#include "tests/service/routing_import_fixture.h"
#include "tests/service/routing_publications.h"
#include "tests/support/ctl.h"
#include "tools/twotierctl/failure.h"
#include "tools/verify/verify_dossiers.h"

namespace twotier::routing::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Stub = v1::RoutingService::Stub;
using verify::Finding;

std::string Listed(const std::vector<Finding>& findings) {
  std::string all;
  for (const auto& [rule, what] : findings) absl::StrAppend(&all, rule, ": ", what, "\n");
  return all;
}

class RoutingVerifyTest : public RoutingTest {
 protected:
  // Number 1 was returned after a supplement, number 2 is with another agency, number 3 only
  // submitted.
  void SetUp() override {
    const auto first = Submit(server_, Submission());
    ASSERT_TRUE(first.ok()) << first.status();
    const auto waiting = RequestSupplement(server_, *Accept(server_, *first));
    ASSERT_TRUE(waiting.ok()) << waiting.status();
    server_.clock().Advance(absl::Hours(25));
    const auto processed = Complete(server_, *ProvideSupplement(server_, *waiting));
    ASSERT_TRUE(processed.ok()) << processed.status();
    ASSERT_TRUE(Return(server_, *processed).ok());
    server_.clock().Set(Monday());
    const auto second = Accept(server_, *Submit(server_, Submission()));
    ASSERT_TRUE(second.ok()) << second.status();
    ASSERT_TRUE(Forward(server_, *second, kDaNang, "Sở Tư pháp").ok());
    ASSERT_TRUE(Submit(server_, Submission()).ok());
  }

  // Gives the last entry of a dossier another body, and the hashes that go with it.
  void Rewrite(const std::string& name, const v1::TimelineEntry& entry, const std::string& body) {
    feed::Event event;
    event.province_code = "48";
    event.subject = name;
    event.version = entry.version();
    event.kind = entry.kind();
    event.body = body;
    event.previous_hash = entry.previous_hash();
    const std::string hash = feed::HashOf(event);
    const std::string where =
        absl::StrCat(" WHERE subject = '", name, "' AND version = ", entry.version());
    database_.Run(
        absl::StrCat("UPDATE event SET body = ", Bytes(body), ", hash = ", Bytes(hash), where));
    const std::string code = name.substr(name.rfind('/') + 1);
    database_.Run(absl::StrCat("UPDATE dossier SET chain_hash = ", Bytes(hash), " WHERE code = '",
                               code, "'"));
  }

  // A literal of the engine.
  std::string Bytes(const std::string& bytes) {
    const std::string hex = absl::BytesToHexString(bytes);
    return database_.is_postgres() ? absl::StrCat("'\\x", hex, "'::bytea")
                                   : absl::StrCat("x'", hex, "'");
  }

  // That, and no chain that is broken.
  void ExpectFound(const std::string& what) {
    const std::vector<Finding> found = Findings();
    EXPECT_THAT(found, Contains(Field(&Finding::what, HasSubstr(what)))) << Listed(found);
    EXPECT_THAT(found, Not(Contains(Field(&Finding::rule, "timeline")))) << Listed(found);
  }

  std::vector<Finding> Findings() {
    const auto report = verify::VerifyDossiers(database_.url());
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? report->findings : std::vector<Finding>();
  }

  // A statement that damages, what the checker says then, and a statement that mends.
  struct Damage {
    const char* rule;
    const char* what;
    std::string damage;
    std::string mend;
  };
  void ExpectNamed(const std::vector<Damage>& damages) {
    for (const auto& [rule, what, damage, mend] : damages) {
      database_.Run(damage);
      const std::vector<Finding> found = Findings();
      EXPECT_THAT(found, Contains(AllOf(Field(&Finding::rule, rule),
                                        Field(&Finding::what, HasSubstr(what)))))
          << damage << "\n"
          << Listed(found);
      database_.Run(mend);
      const std::vector<Finding> left = Findings();
      ASSERT_THAT(left, IsEmpty()) << "not mended: " << damage << "\n" << Listed(left);
    }
  }
};

TWOTIER_ON_EVERY_ENGINE(RoutingVerifyTest);

TEST_P(RoutingVerifyTest, WhatTheServiceWritesBreaksNoRule) {
  const auto report = verify::VerifyDossiers(database_.url());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->findings, IsEmpty()) << Listed(report->findings);
  EXPECT_EQ(report->checked[0].second, "10 entries of 3 dossiers");
  EXPECT_EQ(report->checked[6].second, "1 counters of a center and day");
}

TEST_P(RoutingVerifyTest, EachDamageIsNamed) {
  ASSERT_THAT(Findings(), IsEmpty()) << Listed(Findings());
  const auto dossier = [](int number) {
    return absl::StrCat(" WHERE code = 'H48.20194-261102-000", number, "'");
  };
  const auto entry = [](int number, int version) {
    return absl::StrCat(" WHERE subject = 'provinces/48/dossiers/H48.20194-261102-000", number,
                        "' AND version = ", version);
  };
  ExpectNamed({
      {"timeline", "0001 has another content than its hash says at version 2",
       "UPDATE event SET kind = 'dossier.refused'" + entry(1, 2),
       "UPDATE event SET kind = 'dossier.accepted'" + entry(1, 2)},
      {"timeline", "0001 lacks version 3", "UPDATE event SET version = 33" + entry(1, 3),
       "UPDATE event SET version = 3" + entry(1, 33)},
      {"timeline", "0001 has version 7 and 6 entries",
       "UPDATE dossier SET version = 7" + dossier(1),
       "UPDATE dossier SET version = 6" + dossier(1)},
      {"timeline", "0003 has another hash than its last entry",
       "UPDATE dossier SET chain_hash = (SELECT d.chain_hash FROM dossier d" + dossier(1) + ")" +
           dossier(3),
       "UPDATE dossier SET chain_hash = (SELECT hash FROM event" + entry(3, 1) + ")" + dossier(3)},
      {"timeline", "0009 has an entry 1 and no dossier",
       "UPDATE event SET subject = 'provinces/48/dossiers/H48.20194-261102-0009'" + entry(3, 1),
       "UPDATE event SET subject = 'provinces/48/dossiers/H48.20194-261102-0003'" + entry(9, 1)},
      {"life", "0001 has an entry of unknown kind dossier.lost at version 4",
       "UPDATE event SET kind = 'dossier.lost'" + entry(1, 4),
       "UPDATE event SET kind = 'dossier.supplement_provided'" + entry(1, 4)},
      {"life",
       "0001 goes by dossier.returned from DOSSIER_STATE_IN_PROGRESS to DOSSIER_STATE_PROCESSED",
       "UPDATE event SET kind = 'dossier.returned'" + entry(1, 5),
       "UPDATE event SET kind = 'dossier.processed'" + entry(1, 5)},
      {"record", "0002 has state 5, its entries give 4",
       "UPDATE dossier SET state = 5" + dossier(2), "UPDATE dossier SET state = 4" + dossier(2)},
      {"record", "0002 has due_us 1, its entries give",
       "UPDATE dossier SET due_us = 1" + dossier(2),
       "UPDATE dossier SET due_us = open_due_us" + dossier(2)},
      {"record", "0002 has supplement_us nothing, its entries give",
       "UPDATE dossier SET supplement_us = NULL" + dossier(2),
       "UPDATE dossier SET supplement_us = accept_us" + dossier(2)},
      {"record", "0002 has pause_extended_us 1, its entries give nothing",
       "UPDATE dossier SET pause_extended_us = 1" + dossier(2),
       "UPDATE dossier SET pause_extended_us = NULL" + dossier(2)},
      {"record", "0002 has fee_paid_total_vnd 1, its entries give 0",
       "UPDATE dossier SET fee_paid_total_vnd = 1" + dossier(2),
       "UPDATE dossier SET fee_paid_total_vnd = 0" + dossier(2)},
      {"record", "0001 has supplement_requests 0, its entries give 1",
       "UPDATE dossier SET supplement_requests = 0" + dossier(1),
       "UPDATE dossier SET supplement_requests = 1" + dossier(1)},
      {"record", "0002 has agency_title '', its entries give 'Sở Tư pháp'",
       "UPDATE dossier SET agency_title = ''" + dossier(2),
       "UPDATE dossier SET agency_title = 'Sở Tư pháp'" + dossier(2)},
      {"record", "0001 has satisfaction 4, its entries give 0",
       "UPDATE dossier SET satisfaction = 4" + dossier(1),
       "UPDATE dossier SET satisfaction = 0" + dossier(1)},
      {"record", "0003 has owning_system 'x', its entries give ''",
       "UPDATE dossier SET owning_system = 'x'" + dossier(3),
       "UPDATE dossier SET owning_system = ''" + dossier(3)},
      {"record", "0003 has case_key 'domestic', its entries give ''",
       "UPDATE dossier SET case_key = 'domestic'" + dossier(3),
       "UPDATE dossier SET case_key = ''" + dossier(3)},
      {"record", "0003 has procedure_version 9, its entries give 1",
       "UPDATE dossier SET procedure_version = 9" + dossier(3),
       "UPDATE dossier SET procedure_version = 1" + dossier(3)},
      {"version",
       "0003 has the term 4 TERM_UNIT_WORKING_DAY, version 1 of 1.004194 has 3 "
       "TERM_UNIT_WORKING_DAY",
       "UPDATE dossier SET term_value = 4" + dossier(3),
       "UPDATE dossier SET term_value = 3" + dossier(3)},
      {"version", "0001 is pinned to version 1 of 1.004194, which is not there",
       "UPDATE procedure_version SET version = 7 WHERE code = '1.004194'",
       "UPDATE procedure_version SET version = 1 WHERE code = '1.004194'"},
      {"version", "0001 is pinned to version 1 of 1.004194, of province 01",
       "UPDATE procedure_version SET province_code = '01' WHERE code = '1.004194'",
       "UPDATE procedure_version SET province_code = '' WHERE code = '1.004194'"},
      {"due dates", "0001 is said to be due at", "UPDATE dossier SET term_value = 4" + dossier(1),
       "UPDATE dossier SET term_value = 3" + dossier(1)},
      {"due dates", "0002 is said to be due at",
       "UPDATE calendar_version SET imported_us = imported_us + 3600000000",
       "UPDATE calendar_version SET imported_us = imported_us - 3600000000"},
      {"due dates", "calendar 1 cannot be read",
       "UPDATE calendar_version SET content = 'x' || content",
       "UPDATE calendar_version SET content = substr(content, 2)"},
      {"record", "0001 has account_verified 1, its entries give",
       "UPDATE dossier SET account_verified = 1" + dossier(1),
       "UPDATE dossier SET account_verified = 0" + dossier(1)},
      {"record", "0001 has support_center 'x', its entries give",
       "UPDATE dossier SET support_center = 'x'" + dossier(1),
       "UPDATE dossier SET support_center = ''" + dossier(1)},
      {"record", "0002 has other components than its entries tell",
       "UPDATE dossier SET components = (SELECT d.chain_hash FROM dossier d" + dossier(3) + ")" +
           dossier(2),
       "UPDATE dossier SET components = (SELECT d.components FROM dossier d" + dossier(3) + ")" +
           dossier(2)},
      {"due list", "0002 is listed as due at 0 instead of",
       "UPDATE dossier SET open_due_us = 0" + dossier(2),
       "UPDATE dossier SET open_due_us = due_us" + dossier(2)},
      {"due list", "0001 is listed as due at 1 instead of 0",
       "UPDATE dossier SET open_due_us = 1" + dossier(1),
       "UPDATE dossier SET open_due_us = 0" + dossier(1)},
      {"applicant", "0003 has no applicant",
       "UPDATE dossier SET applicant_ref = 'x' || applicant_ref" + dossier(3),
       "UPDATE dossier SET applicant_ref = substr(applicant_ref, 2)" + dossier(3)},
      {"applicant", "0003 has another digest than its first entry",
       "UPDATE dossier SET applicant_digest = chain_hash, chain_hash = applicant_digest" +
           dossier(3),
       "UPDATE dossier SET applicant_digest = chain_hash, chain_hash = applicant_digest" +
           dossier(3)},
      {"numbers", "counts 2 numbers on day 20759, its 3 dossiers go up to 3",
       "UPDATE dossier_counter SET last = 2", "UPDATE dossier_counter SET last = 3"},
      {"numbers", "has given 3 numbers on day 20759 and counts none",
       "UPDATE dossier_counter SET day = 1", "UPDATE dossier_counter SET day = 20759"},
      {"numbers", "0003 has not the date of its submission",
       "UPDATE dossier SET submit_us = submit_us - 86400000000" + dossier(3),
       "UPDATE dossier SET submit_us = submit_us + 86400000000" + dossier(3)},
  });
}

TEST_P(RoutingVerifyTest, DamagesOfImportedDossiersAreNamed) {
  v1::ImportedDossier told = Told("G09.20-20261030-0092637");
  SetTime(told.mutable_record()->mutable_source_due_time(), 11, 6, 17);
  AddPause(told, v1::PAUSE_KIND_SUPPLEMENT);
  ASSERT_TRUE(Import(server_, ImportOf({told, Told("H48.20194-261030-0012")})).ok());
  ASSERT_THAT(Findings(), IsEmpty()) << Listed(Findings());
  const std::string where = " WHERE code = 'H48.20194-261102-0004'";
  const std::string kept = " WHERE code = 'H48.20194-261030-0012'";
  ExpectNamed({
      {"record", "0004 has state 2, its entries give 5", "UPDATE dossier SET state = 2" + where,
       "UPDATE dossier SET state = 5" + where},
      {"record", "0004 has supplement_requests 2, its entries give 1",
       "UPDATE dossier SET supplement_requests = 2" + where,
       "UPDATE dossier SET supplement_requests = 1" + where},
      {"record", "0004 has source_due_us 1, its entries give",
       "UPDATE dossier SET source_due_us = 1" + where,
       "UPDATE dossier SET source_due_us = 1793959200000000" + where},
      {"record", "0004 has external_code 'G', its entries give 'G09.20-20261030-0092637'",
       "UPDATE dossier SET external_code = 'G'" + where,
       "UPDATE dossier SET external_code = 'G09.20-20261030-0092637'" + where},
      {"life", "0004 has an entry of unknown kind dossier.found at version 1",
       "UPDATE event SET kind = 'dossier.found' WHERE kind = 'dossier.imported'",
       "UPDATE event SET kind = 'dossier.imported' WHERE kind = 'dossier.found'"},
      {"imports", "0012 is not found by its code H48.20194-261030-0012",
       "UPDATE imported_code SET code = 'x'" + kept,
       "UPDATE imported_code SET code = 'H48.20194-261030-0012' WHERE code = 'x'"},
      {"imports", "48/x-1 stands for H48.20194-261102-0004, which has not that code",
       "UPDATE imported_code SET external_key = 'x-1'" + where,
       "UPDATE imported_code SET external_key = 'G09.20-20261030-0092637'" + where},
      {"numbers", "counts 13 numbers on day 20756, its 1 dossiers go up to 12",
       "UPDATE dossier_counter SET last = 13 WHERE day = 20756",
       "UPDATE dossier_counter SET last = 12 WHERE day = 20756"},
  });
}

TEST_P(RoutingVerifyTest, ADossierHasTheTermOfItsCase) {
  auto publication = Shortened(1, "");
  publication.set_procedure_code(kByCase);
  publication.mutable_content()->clear_term();
  AddCase(publication.mutable_content(), "domestic", v1::COMPETENCE_LEVEL_COMMUNE, 3);
  AddCase(publication.mutable_content(), "foreign_element", v1::COMPETENCE_LEVEL_COMMUNE, 7);
  ASSERT_TRUE(Publish(server_, publication).ok());
  auto submission = Submission(kByCase);
  submission.set_case_key("foreign_element");
  ASSERT_TRUE(Submit(server_, submission).ok());
  ASSERT_THAT(Findings(), IsEmpty()) << Listed(Findings());
  const std::string where = absl::StrCat(" WHERE procedure_code = '", kByCase, "'");
  database_.Run("UPDATE dossier SET term_value = 3" + where);
  ExpectFound("0004 has the term 3 TERM_UNIT_WORKING_DAY");
  database_.Run("UPDATE dossier SET case_key = 'other'" + where);
  ExpectFound("0004 has case 'other', which version 2 of 1.000314");
}

// The service takes number 2 back when the agency has not answered.
TEST_P(RoutingVerifyTest, NoDossierWaitsForEverAndNobodyIsGoneOnWithoutBeforeItsDate) {
  const std::string name = "provinces/48/dossiers/H48.20194-261102-0002";
  v1::TimelineEntry entry = Timeline(server_, name).back();
  v1::DossierEventBody body;
  const auto finds = [&](const char* what) {
    Rewrite(name, entry, body.SerializeAsString());
    ExpectFound(what);
  };
  ASSERT_TRUE(body.ParseFromString(entry.body()));
  const int64_t answer_by_us = body.answer_by_us();
  ASSERT_NE(answer_by_us, 0) << "it was forwarded";
  body.clear_answer_by_us();
  finds("0002 waits for an answer, and nothing says");
  Rewrite(name, entry, entry.body());
  server_.clock().Set(absl::FromUnixMicros(answer_by_us + 1));
  RoutingServer::WaitUntil([&] { return Timeline(server_, name).size() == 4; }, "the way back");
  ASSERT_THAT(Findings(), IsEmpty()) << Listed(Findings());
  entry = Timeline(server_, name).back();
  ASSERT_TRUE(body.ParseFromString(entry.body()));
  body.set_time_us(answer_by_us);
  finds("0002 is gone on with before the date");
  ASSERT_TRUE(body.ParseFromString(entry.body()));
  body.mutable_forwarded_to()->set_title("Sở Tư pháp");
  finds("0002 is taken back by another body");
}

// Handed in on Monday, when communes decide; received on Tuesday, from when on the province does.
TEST_P(RoutingVerifyTest, ADossierGoesToTheBodyOfTheVersionOfItsReception) {
  const auto dossier = Submit(server_, Submission());
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  auto publication = Shortened(2, "");
  SetDate(publication.mutable_first_date(), 2026, 11, 3);
  publication.mutable_content()->set_level(v1::COMPETENCE_LEVEL_PROVINCE);
  const auto published = Publish(server_, publication);
  ASSERT_TRUE(published.ok()) << published.status();
  server_.clock().Advance(absl::Hours(24));
  const auto accepted = Accept(server_, *dossier);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->procedure_version(), published->procedure().version());
  EXPECT_EQ(accepted->term().value(), 2);
  EXPECT_EQ(accepted->competent_body().unit(), kDaNang);
  EXPECT_EQ(accepted->competent_body().level(), v1::COMPETENCE_LEVEL_PROVINCE);
  // Stored, and told: what comes back comes back to that body.
  const auto away = Forward(server_, *accepted, kHaiChau, "Ủy ban nhân dân Phường Hải Châu");
  ASSERT_TRUE(away.ok()) << away.status();
  EXPECT_EQ(away->competent_body().SerializeAsString(),
            accepted->competent_body().SerializeAsString());
  server_.clock().Advance(absl::Hours(24));
  const auto back = Forward(server_, *away, kDaNang, accepted->competent_body().title());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->clock_holder(), v1::CLOCK_HOLDER_AUTHORITY);
  EXPECT_THAT(Findings(), IsEmpty()) << Listed(Findings());
  database_.Run("UPDATE dossier SET body_title = 'Sở' WHERE code = 'H48.20194-261102-0004'");
  ExpectFound("0004 has body_title 'Sở'");
}

TEST_P(RoutingVerifyTest, ACaseThatAMinistryDecidesByNowStaysWhereItWasHandedIn) {
  auto publication = Shortened(1, "");
  publication.set_procedure_code(kByCase);
  publication.mutable_content()->clear_term();
  AddCase(publication.mutable_content(), "domestic", v1::COMPETENCE_LEVEL_COMMUNE, 3);
  AddCase(publication.mutable_content(), "foreign_element", v1::COMPETENCE_LEVEL_PROVINCE, 7);
  ASSERT_TRUE(Publish(server_, publication).ok());
  auto submission = Submission(kByCase);
  submission.set_case_key("domestic");
  const auto dossier = Submit(server_, submission);
  ASSERT_TRUE(dossier.ok()) << dossier.status();
  publication.mutable_content()->mutable_cases(0)->set_level(v1::COMPETENCE_LEVEL_MINISTRY);
  publication.mutable_content()->mutable_cases(0)->mutable_term()->set_value(9);
  SetDate(publication.mutable_first_date(), 2026, 11, 3);
  const auto published = Publish(server_, publication);
  ASSERT_TRUE(published.ok()) << published.status();
  server_.clock().Advance(absl::Hours(24));
  submission.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(Submit(server_, submission).status()), "PROCEDURE_NOT_PUBLISHED");
  const auto accepted = Accept(server_, *dossier);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->procedure_version(), dossier->procedure_version());
  EXPECT_EQ(accepted->term().value(), 3);
  EXPECT_EQ(accepted->competent_body().unit(), kHaiChau);
  EXPECT_THAT(Findings(), IsEmpty()) << Listed(Findings());
}

// What moves a dossier must begin where it was and let its clock alone, and what moves its due date
// must begin with the one it had. The chain is mended with each lie, so that only the rule is
// broken.
TEST_P(RoutingVerifyTest, AnEntryThatMovesADossierTellsWhereItWas) {
  registry_.SetCenterState(kCenter, registry::v1::CENTER_STATE_SUSPENDED);
  v1::RerouteDossiersRequest reroute;
  reroute.set_parent("provinces/48");
  reroute.set_reason("tạm dừng");
  RoutingServer::WaitUntil(
      [&] {
        reroute.set_request_id(RequestId());
        const auto response = Invoke(&Stub::RerouteDossiers, server_.stub(), reroute);
        return response.ok() && response->dossiers_size() >= 2;
      },
      "the suspension");
  ASSERT_THAT(Findings(), IsEmpty()) << Listed(Findings());
  const std::string name = "provinces/48/dossiers/H48.20194-261102-0002";
  const v1::TimelineEntry entry = Timeline(server_, name).back();
  v1::DossierEventBody truth;
  ASSERT_TRUE(truth.ParseFromString(entry.body()));
  using Lie = std::function<void(v1::DossierEventBody&)>;
  const std::pair<const char*, Lie> cases[] = {
      {"moves its due date by a re-routing", [](auto& body) { body.set_due_time_us(1); }},
      {"is said to be due at", [](auto& body) { body.set_first_due_time_us(1); }},
      {"is re-routed from another unit",
       [](auto& body) { body.mutable_rerouting()->mutable_from()->set_unit(kAnHai); }},
      {"is re-routed from another center",
       [](auto& body) { body.mutable_rerouting()->mutable_from()->set_center(kOtherCenter); }},
      {"is re-routed from another return center",
       [](auto& body) { body.mutable_rerouting()->mutable_from()->clear_return_center(); }},
      {"is re-routed from another agency",
       [](auto& body) { body.mutable_rerouting()->mutable_from()->clear_agency(); }},
      {"has return_center 'provinces/48/centers/H48', its entries give",
       [](auto& body) { body.mutable_rerouting()->mutable_to()->set_return_center(kOtherCenter); }},
      {"has body_title",
       [](auto& body) {
         body.mutable_rerouting()->mutable_to()->mutable_competent_body()->set_title("Sở");
       }},
  };
  for (const auto& [what, lie] : cases) {
    v1::DossierEventBody body = truth;
    lie(body);
    Rewrite(name, entry, body.SerializeAsString());
    ExpectFound(what);
  }
  Rewrite(name, entry, entry.body());
  EXPECT_THAT(Findings(), IsEmpty()) << Listed(Findings());
}

TEST_P(RoutingVerifyTest, TheCommandEndsWithOneWhenSomethingIsWrong) {
  const auto run = [&](std::string* text) {
    const testing_support::CtlRun ran =
        testing_support::RunCtl({.nouns = {ctl::AddDossierCommands}},
                                {"dossiers", "verify", "--database", database_.url()});
    *text = ran.out;
    return ctl::ExitCodeOf(ran.status);
  };
  std::string text;
  EXPECT_EQ(run(&text), ctl::kDone);
  EXPECT_THAT(text, HasSubstr("nothing is wrong"));
  database_.Run("UPDATE dossier_counter SET last = 4");
  EXPECT_EQ(run(&text), ctl::kLocalFault);
  EXPECT_THAT(text, AllOf(HasSubstr("numbers: provinces/48/centers/H48.20194 counts 4 numbers"),
                          Not(HasSubstr("nothing is wrong"))));
}

}  // namespace
}  // namespace twotier::routing::testing
