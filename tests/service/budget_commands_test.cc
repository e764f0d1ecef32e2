// twotierctl's commands on allocations, on statements of the Treasury and on the end of a year.
#include "tests/service/budget_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/clock.h"
#include "tests/service/budget_norms_fixture.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_decisions.h"

namespace twotier::budget::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::kHaiChau;
using Arguments = std::vector<std::string>;

constexpr char kNorms[] = "provinces/48/normSets/supplement";
constexpr char kFrom[] = "2026.approved.province48.x.x.x.x.x";

// What stands behind a label, as Pairs shows it.
std::string ValueOf(const std::string& shown, const std::string& label) {
  for (absl::string_view line : absl::StrSplit(shown, '\n')) {
    if (absl::ConsumePrefix(&line, label)) return std::string(absl::StripAsciiWhitespace(line));
  }
  ADD_FAILURE() << "no " << label << " in\n" << shown;
  return "";
}

class CommandsTest : public NormsTest {
 protected:
  void SetDay(int year, int month, int day) {
    server_.clock().Set(absl::FromCivil(absl::CivilHour(year, month, day, 9), VietnamTimeZone()));
  }
  std::string Run(Arguments arguments, const std::string& principal = "planner") {
    arguments.insert(arguments.begin(), "budget");
    const Shown shown = RunCommand(server_, std::move(arguments), principal);
    EXPECT_TRUE(shown.status.ok()) << shown.err;
    return shown.out;
  }
  // What a refused run tells.
  std::string Refused(Arguments arguments, const std::string& principal = "planner") {
    arguments.insert(arguments.begin(), "budget");
    const Shown shown = RunCommand(server_, std::move(arguments), principal);
    EXPECT_FALSE(shown.status.ok()) << shown.out;
    return shown.err;
  }

  // 110 đồng over two communes.
  static Arguments Allocation(const std::string& command) {
    const std::string facts = FileOf(
        "input,unit_code,value,certainty,source\n"
        "population,20194,2,published,test\n"
        "population,20195,1,assumed,test\n"
        "least,*,0,published,test\n"
        "kind,20194,plain,published,test\n"
        "kind,20195,border,published,test\n");
    return {command,      kNorms,    "--year", "2026",   "--as-of",
            "2026-01-01", "--facts", facts,    "--pool", "supplement=110"};
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(CommandsTest);

TEST_P(CommandsTest, SimulateKeepsNothing) {
  ASSERT_TRUE(Publish("supplement", SupplementNorms()).ok());
  Arguments simulate = Allocation("simulate");
  simulate.insert(simulate.end(), {"--explain", "20195"});
  EXPECT_THAT(Run(simulate), AllOf(HasSubstr("Phường Hải Châu"), HasSubstr("67"),
                                   HasSubstr("100 × 1 person / 3, at least 0 = 33"),
                                   HasSubstr("People: 1 person, assumed"), HasSubstr("total")));
  EXPECT_THAT(Run({"runs", "--province", "48"}), Not(HasSubstr("allocationRuns")));
  simulate.back() = "20196";
  EXPECT_THAT(Refused(simulate), HasSubstr("UNIT_NOT_FOUND"));
}

TEST_P(CommandsTest, ARunIsApprovedBySomebodyElseAndEntered) {
  ASSERT_TRUE(Publish("supplement", SupplementNorms()).ok());
  const std::string created = Run(Allocation("allocate"));
  EXPECT_EQ(ValueOf(created, "created by"), "planner");
  EXPECT_EQ(ValueOf(created, "assumed facts"), "1");
  const std::string run = ValueOf(created, "run");
  EXPECT_THAT(Run({"runs", "--province", "48", "--year", "2026"}),
              AllOf(HasSubstr(run), HasSubstr("created"), HasSubstr("110")));
  EXPECT_THAT(Run({"explain", run, "20195"}), HasSubstr("10 + 33 = 43"));

  Arguments approve = {"approve",   run,          "--act",  "45/NQ-HĐND",
                       "--decided", "2026-11-01", "--etag", ValueOf(created, "etag")};
  EXPECT_THAT(Refused(approve, "planner"),
              AllOf(HasSubstr("FAILED_PRECONDITION"), HasSubstr("APPROVER_IS_CREATOR")));
  Arguments alone = approve;
  alone.insert(alone.end(), {"--body", "chair"});
  EXPECT_THAT(Refused(alone, "chair"), HasSubstr("BODY_NOT_COMPETENT"));
  const std::string approved = Run(approve, "chair");
  EXPECT_EQ(ValueOf(approved, "decided by"), "council");
  EXPECT_EQ(ValueOf(approved, "decided on"), "2026-11-01");
  EXPECT_EQ(ValueOf(approved, "approved by"), "chair");
  EXPECT_EQ(ValueOf(approved, "state"), "approved");

  const Arguments post = {"post-run", run,
                          "--from",   kFrom,
                          "--to",     "2026.approved.x.x.x.x.x.balancing",
                          "--date",   "2026-11-02",
                          "--etag",   ValueOf(approved, "etag")};
  EXPECT_THAT(Refused(post, "chair"),
              AllOf(HasSubstr("LIMIT_EXCEEDED"), HasSubstr("available"), HasSubstr("asked")));
  FundProvince(110);
  const std::string posted = Run(post, "chair");
  EXPECT_EQ(ValueOf(posted, "state"), "posted");
  EXPECT_THAT(ValueOf(posted, "journal"), HasSubstr("provinces/48/journals/allocation-"));
  EXPECT_EQ(
      BalanceOf("provinces/48/accounts/2026.approved.commune20194.x.x.x.x.balancing").balance_vnd(),
      67);
  testing_support::ExpectSound(verify::VerifyBudget(database_.url()));
  const struct {
    std::string change, undo, what;
  } faults[] = {{"UPDATE allocation_part SET amount_vnd = amount_vnd + 1 WHERE unit_code = '20194'",
                 "UPDATE allocation_part SET amount_vnd = amount_vnd - 1 WHERE unit_code = '20194'",
                 "add up to 111, its total is 110"},
                {"UPDATE allocation_run SET units = units + 1",
                 "UPDATE allocation_run SET units = units - 1", "2 parts of 3"},
                {"UPDATE allocation_part SET unit = 'units/x' WHERE unit_code = '20194'",
                 "UPDATE allocation_part SET unit = 'units/commune20194' WHERE unit_code = '20194'",
                 "is not what its journal gave"}};
  for (const auto& fault : faults) {
    database_.Run(fault.change);
    const auto report = verify::VerifyBudget(database_.url());
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_FALSE(report->findings.empty()) << fault.what;
    EXPECT_EQ(report->findings[0].rule, "allocation");
    EXPECT_THAT(report->findings[0].what, HasSubstr(fault.what));
    database_.Run(fault.undo);
  }
  EXPECT_THAT(Refused({"post-run", run, "--from", "2026.approved", "--to", kFrom, "--date",
                       "2026-11-02", "--etag", "\"3\""}),
              HasSubstr("year.stage.unit.chapter.item.sub_item.source.purpose"));
}

TEST_P(CommandsTest, AJournalShowsWhoDecidedAndOnWhichRevenue) {
  auto accounts = Fund(kHaiChau, 10'000);
  ASSERT_TRUE(
      Post("estimate", {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 5)}).ok());
  Run({"post", "48", "approve", "--debit", "48/2026.estimate.commune20194.x.x.x.x.x", "--credit",
       "48/2026.approved.commune20194.x.x.x.x.x", "--amount", "5", "--date", "2026-11-02", "--act",
       "31/NQ-HĐND", "--body", "council", "--revenue", "10005"});
  const std::string shown = Run({"journal", "48/approve"});
  EXPECT_EQ(ValueOf(shown, "decided by"), "council");
  EXPECT_EQ(ValueOf(shown, "revenue"), "10,005");
  EXPECT_THAT(shown, Not(HasSubstr("supplements")));
  EXPECT_THAT(shown, Not(HasSubstr("expenditure")));
}

TEST_P(CommandsTest, ReconcileShowsWhatDoesNotMatch) {
  SetDay(2027, 4, 1);
  auto accounts = Fund(kHaiChau, 10'000, 2027);
  for (const auto& [id, amount] : {std::pair("UNC-1", 100), std::pair("UNC-2", 200)}) {
    v1::PostJournalRequest payment =
        JournalOf(id, {PostOf(accounts[v1::STAGE_ALLOCATED], accounts[v1::STAGE_PAID], amount)});
    testing_support::SetDate(payment.mutable_effective_date(), 2027, 3, 2);
    ASSERT_TRUE(Post(payment).ok());
  }
  const std::string header =
      "line_id,value_date,direction,amount_vnd,reference,treasury_code,text\n";
  const auto reconcile = [&](const std::string& rows) {
    return Arguments{"reconcile",  "--province",  "48",         "--unit",
                     kHaiChau,     "--year",      "2027",       "--first-date",
                     "2027-03-01", "--last-date", "2027-03-31", FileOf(header + rows)};
  };
  EXPECT_THAT(Refused(reconcile("1,2027-03-02,AWAY,100,UNC-1,,\n")),
              HasSubstr("statement.csv:2:direction"));
  Arguments imported = reconcile("1,2027-03-02,OUT,100,UNC-1,,\n2,2027-03-05,OUT,7000,UNC-9,,\n");
  imported.push_back("--validate-only");
  EXPECT_THAT(Run(imported), Not(HasSubstr("UNC-2")));
  imported.pop_back();
  const std::string shown = Run(imported);
  EXPECT_THAT(shown, AllOf(HasSubstr("in the file"), HasSubstr("matched:"), HasSubstr("7,000"),
                           HasSubstr("UNC-2")));
  // Without a file: the breaks alone, with their age.
  EXPECT_THAT(
      Run({"reconcile", "--province", "48", "--unit", kHaiChau, "--year", "2027"}),
      AllOf(HasSubstr("27 d"), HasSubstr("7,000"), HasSubstr("UNC-2"), Not(HasSubstr("UNC-1"))));
}

TEST_P(CommandsTest, CloseShowsWhatBecomesOfWhatIsLeft) {
  SetDay(2028, 1, 20);
  auto accounts = Fund(kHaiChau, 10'000, 2027);
  Arguments close = {"close", "--province", "48",        "--unit", kHaiChau,    "--year",
                     "2027",  "--act",      "7/QĐ-UBND", "--date", "2027-12-30"};
  EXPECT_THAT(Refused(close), HasSubstr("YEAR_NOT_OVER"));
  close.back() = "2028-01-15";
  close.push_back("--validate-only");
  const std::string lapses = "10,000";
  EXPECT_THAT(Run(close), HasSubstr(lapses));
  EXPECT_EQ(BalanceOf(accounts[v1::STAGE_ALLOCATED]).balance_vnd(), 10'000);
  Arguments carry = close;
  carry.insert(carry.end(), {"--carry", "48/2027.allocated.commune20194.x.x.x.x.x=investment"});
  EXPECT_THAT(Run(carry), HasSubstr("investment"));
  carry.back() = "48/2027.allocated.commune20194.x.x.x.x.roads=investment";
  EXPECT_THAT(Refused(carry), HasSubstr("ACCOUNT_NOT_FOUND"));
  carry.back() = "investment";
  EXPECT_THAT(Refused(carry), HasSubstr("account=category"));
  close.pop_back();
  EXPECT_THAT(Run(close), AllOf(HasSubstr(lapses), HasSubstr("all of these")));
  EXPECT_EQ(BalanceOf(accounts[v1::STAGE_ALLOCATED]).balance_vnd(), 0);
  EXPECT_THAT(Refused(close), HasSubstr("YEAR_CLOSED"));
  close.back() = "2028-01-20";
  close.push_back("--reopen");
  EXPECT_THAT(Run(close), HasSubstr("1 journals reversed"));
  EXPECT_EQ(BalanceOf(accounts[v1::STAGE_ALLOCATED]).balance_vnd(), 10'000);
}

}  // namespace
}  // namespace twotier::budget::testing
