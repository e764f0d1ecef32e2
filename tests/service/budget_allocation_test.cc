// Norm sets and allocation runs, RPC by RPC, with every reason they refuse with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/service/budget_norms_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::kDaNang;
using testing_support::kHaiChau;

class AllocationTest : public NormsTest {
 protected:
  void SetUp() override { ASSERT_TRUE(Publish("supplement", SupplementNorms()).ok()); }

  // 110 đồng over the two communes of Đà Nẵng that take part.
  static v1::AllocationPlan Plan() {
    v1::AllocationPlan plan;
    plan.set_norm_set("provinces/48/normSets/supplement");
    plan.set_year(2026);
    testing_support::SetDate(plan.mutable_as_of(), 2026, 1, 1);
    Give(plan, "population", {{"20194", "2"}, {"20195", "1"}});
    Give(plan, "least", {{"20194", "0"}, {"20195", "0"}});
    Give(plan, "kind", {{"20194", "plain"}, {"20195", "border"}});
    v1::PoolAmount* pool = plan.add_pools();
    pool->set_pool("supplement");
    pool->set_amount_vnd(110);
    return plan;
  }

  static void Give(v1::AllocationPlan& plan, const std::string& key,
                   const std::vector<std::pair<std::string, std::string>>& values) {
    v1::AllocationInput* input = plan.add_inputs();
    input->set_key(key);
    input->set_certainty(v1::INPUT_CERTAINTY_PUBLISHED);
    input->set_source("test");
    for (const auto& [unit, value] : values) {
      v1::UnitValue* added = input->add_values();
      added->set_unit_code(unit);
      added->set_value(value);
    }
  }

  static v1::AllocationPlan With(const std::string& key, const std::string& unit,
                                 const std::string& value) {
    v1::AllocationPlan plan = Plan();
    for (v1::AllocationInput& input : *plan.mutable_inputs()) {
      if (input.key() != key) continue;
      for (v1::UnitValue& each : *input.mutable_values()) {
        if (each.unit_code() == unit) each.set_value(value);
      }
    }
    return plan;
  }

  std::string ReasonOfSimulation(const v1::AllocationPlan& plan) {
    return ReasonOf(Simulate(plan).status());
  }

  v1::AllocationRun Created(const v1::AllocationPlan& plan = Plan()) {
    const auto created = Create(plan);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->run() : v1::AllocationRun();
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(AllocationTest);

TEST_P(AllocationTest, SimulatesOverAllRecipientsOfTheProvince) {
  const auto simulated = Simulate(Plan(), {"20195"});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  ASSERT_EQ(simulated->units_size(), 2);
  EXPECT_EQ(simulated->units(0).unit(), kHaiChau);
  EXPECT_EQ(simulated->units(0).full_name(), "Phường Hải Châu");
  EXPECT_EQ(simulated->units(0).amount_vnd(), 67);
  EXPECT_EQ(simulated->units(1).amount_vnd(), 43);
  EXPECT_EQ(simulated->total_vnd(), 110);
  EXPECT_EQ(simulated->pools(0).divided_vnd(), 110);
  EXPECT_EQ(simulated->lines(1).total(), "100");
  ASSERT_EQ(simulated->workings_size(), 1);
  EXPECT_EQ(simulated->workings(0).lines(1).text(), "100 × 1 person / 3, at least 0 = 33");
  EXPECT_EQ(simulated->workings(0).lines(1).facts(0).source(), "test");
  EXPECT_EQ(simulated->workings(0).lines(2).text(), "10 + 33 = 43");
}

TEST_P(AllocationTest, TakesFiguresThatAreNotGivenFromTheRegistry) {
  registry::v1::Resource unit = registry_.Current(kHaiChau);
  unit.mutable_unit()->mutable_versions(0)->set_population(3);
  registry_.Send({unit});
  v1::AllocationPlan plan = Plan();
  plan.mutable_inputs(0)->mutable_values()->DeleteSubrange(0, 1);
  testing_support::ServiceHost::WaitUntil([&] { return Simulate(plan).ok(); }, "the population");
  const auto simulated = Simulate(plan, {"20194"});
  ASSERT_TRUE(simulated.ok()) << simulated.status();
  EXPECT_EQ(simulated->units(0).amount_vnd(), 75);
  EXPECT_EQ(simulated->workings(0).lines(1).facts(0).source(), "registry, as of 2026-01-01");
}

TEST_P(AllocationTest, NamesEveryMissingFact) {
  v1::AllocationPlan plan = Plan();
  plan.mutable_inputs(0)->clear_values();
  plan.mutable_inputs(1)->mutable_values()->RemoveLast();
  const auto refused = Simulate(plan);
  EXPECT_EQ(ReasonOf(refused.status()), "ALLOCATION_INPUT_MISSING");
  EXPECT_EQ(MetadataOf(refused.status(), "unit_code"), "20194");
  std::vector<std::string> named;
  for (const auto& each : error::PreconditionsOf(refused.status())) named.push_back(each.subject);
  EXPECT_THAT(named, ElementsAre("20194 population", "20195 population", "20195 least"));
}

TEST_P(AllocationTest, TellsEveryWrongFactAtOnce) {
  v1::AllocationPlan plan = With("population", "20194", "many");
  Give(plan, "nobody", {{"20194", "1"}});
  Give(plan, "kind", {{"20194", "plain"}, {"99001", "plain"}});
  plan.mutable_inputs(2)->mutable_values(1)->set_value("island");
  plan.mutable_pools(0)->set_pool("other");
  EXPECT_THAT(
      FieldsOf(Simulate(plan).status()),
      ElementsAre("plan.inputs[0].values[0].value", "plan.inputs[2].values[1].value",
                  "plan.inputs[3].key", "plan.inputs[4].values[0].unit_code",
                  "plan.inputs[4].values[1].unit_code", "plan.pools[0].pool", "plan.pools"));
  plan = Plan();
  plan.mutable_pools(0)->set_amount_vnd(-1);
  *plan.add_pools() = plan.pools(0);
  plan.add_inputs()->CopyFrom(plan.inputs(1));
  plan.mutable_inputs(3)->clear_values();
  plan.mutable_inputs(3)->set_others("x");
  EXPECT_THAT(FieldsOf(Simulate(plan).status()),
              ElementsAre("plan.inputs[3].others", "plan.pools[0].amount_vnd", "plan.pools[1].pool",
                          "plan.pools[1].amount_vnd"));
  plan = Plan();
  plan.add_unit_codes("20194");
  plan.add_unit_codes("20194");
  plan.set_norm_set_version(-1);
  EXPECT_THAT(FieldsOf(Simulate(plan).status()),
              ElementsAre("plan.norm_set_version", "plan.unit_codes[1]"));
}

TEST_P(AllocationTest, RefusesWhatThePoolCannotPay) {
  v1::AllocationPlan plan = Plan();
  plan.mutable_pools(0)->set_amount_vnd(9);
  const auto exhausted = Simulate(plan);
  EXPECT_EQ(ReasonOf(exhausted.status()), "POOL_EXHAUSTED");
  EXPECT_EQ(MetadataOf(exhausted.status(), "available"), "9");
  EXPECT_EQ(MetadataOf(exhausted.status(), "asked"), "10");
  EXPECT_EQ(ReasonOfSimulation(With("least", "20194", "101")), "POOL_BELOW_FLOORS");
  plan = With("population", "20194", "0");
  plan.mutable_inputs(0)->mutable_values(1)->set_value("0");
  EXPECT_EQ(ReasonOfSimulation(plan), "POOL_WITHOUT_TAKER");
  EXPECT_EQ(ReasonOfSimulation(With("population", "20194", "-1")), "ALLOCATION_NOT_COMPUTABLE");
}

TEST_P(AllocationTest, RefusesAFloorAboveTheCapAndADecisionAboveItsCeiling) {
  v1::NormSetContent content = SupplementNorms();
  v1::NormNumber* cap =
      content.mutable_lines(1)->mutable_distribution()->mutable_cap()->mutable_number();
  cap->set_value("60");
  cap->set_unit("VND");
  ASSERT_TRUE(Publish("supplement", content, "\"1\"").ok());
  EXPECT_EQ(ReasonOfSimulation(With("least", "20194", "61")), "ALLOCATION_FLOOR_ABOVE_CAP");

  v1::NormDecision* decision = content.mutable_lines(0)->mutable_amount()->mutable_decision();
  decision->mutable_value()->set_input("least");
  decision->mutable_ceiling()->mutable_number()->set_value("5");
  decision->mutable_ceiling()->mutable_number()->set_unit("VND");
  content.mutable_inputs()->RemoveLast();
  ASSERT_TRUE(Publish("supplement", content, "\"2\"").ok());
  v1::AllocationPlan plan = With("least", "20195", "6");
  plan.mutable_inputs()->RemoveLast();
  const auto refused = Simulate(plan);
  EXPECT_EQ(ReasonOf(refused.status()), "ALLOCATION_CEILING_EXCEEDED");
  EXPECT_EQ(MetadataOf(refused.status(), "unit_code"), "20195");
}

TEST_P(AllocationTest, NormsHoldForTheirYearsTheirProvinceAndItsUnits) {
  v1::AllocationPlan plan = Plan();
  plan.set_year(2028);
  const auto later = Simulate(plan);
  EXPECT_EQ(ReasonOf(later.status()), "NORM_SET_NOT_IN_FORCE");
  EXPECT_EQ(MetadataOf(later.status(), "last_year"), "2027");
  plan = Plan();
  plan.set_norm_set("provinces/48/normSets/nothing");
  EXPECT_EQ(ReasonOfSimulation(plan), "NORM_SET_NOT_FOUND");
  plan.set_norm_set("provinces/01/normSets/supplement");
  EXPECT_THAT(FieldsOf(Simulate(plan).status()), ElementsAre("plan.norm_set"));
  plan = Plan();
  plan.add_unit_codes("11111");
  EXPECT_EQ(ReasonOfSimulation(plan), "UNIT_NOT_FOUND");
  plan.set_unit_codes(0, "99001");
  EXPECT_EQ(ReasonOfSimulation(plan), "UNIT_OUTSIDE_PROVINCE");
  plan.set_unit_codes(0, "48");
  EXPECT_EQ(ReasonOfSimulation(plan), "UNIT_NOT_FOUND");
  plan.set_unit_codes(0, "20196");
  EXPECT_THAT(std::string(Simulate(plan).status().message()), HasSubstr("leaves out 20196"));
  plan = Plan();
  testing_support::SetDate(plan.mutable_as_of(), 2024, 1, 1);
  EXPECT_EQ(ReasonOfSimulation(plan), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Simulate(Plan(), {"20196"}).status()), "UNIT_NOT_FOUND");
}

TEST_P(AllocationTest, ARunIsFrozenWithItsFacts) {
  const auto created = Create(Plan());
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::AllocationRun& run = created->run();
  EXPECT_EQ(run.state(), v1::ALLOCATION_RUN_STATE_CREATED);
  EXPECT_EQ(run.total_vnd(), 110);
  EXPECT_EQ(run.units(), 2);
  EXPECT_EQ(run.creator(), "officer");
  EXPECT_EQ(created->units(1).amount_vnd(), 43);
  // Neither a later version of the norms nor other figures of the registry change it.
  v1::NormSetContent content = SupplementNorms();
  content.mutable_lines(1)->mutable_distribution()->set_share_of_remainder("50%");
  ASSERT_TRUE(Publish("supplement", content, "\"1\"").ok());
  v1::ExplainAllocationRequest explain;
  explain.set_name(run.name());
  explain.set_unit_code("20194");
  const auto explained = server_.Call(&Stub::ExplainAllocation, explain);
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->working().unit().amount_vnd(), 67);
  EXPECT_EQ(explained->working().lines(1).text(), "100 × 2 people / 3, at least 0 = 67");
  explain.set_unit_code("20196");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ExplainAllocation, explain).status()), "UNIT_NOT_FOUND");
  explain.set_name("provinces/48/allocationRuns/nothing");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ExplainAllocation, explain).status()),
            "ALLOCATION_RUN_NOT_FOUND");
}

TEST_P(AllocationTest, ValidatesOnlyWhenAsked) {
  v1::CreateAllocationRunRequest request;
  request.set_parent("provinces/48");
  *request.mutable_plan() = Plan();
  request.set_request_id(RequestId());
  request.set_validate_only(true);
  const auto shown = server_.Call(&Stub::CreateAllocationRun, request);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->run().total_vnd(), 110);
  v1::ListAllocationRunsRequest list;
  list.set_parent("provinces/48");
  const auto runs = server_.Call(&Stub::ListAllocationRuns, list);
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_THAT(runs->runs(), IsEmpty());
}

TEST_P(AllocationTest, AnotherPersonApproves) {
  const v1::AllocationRun run = Created();
  const auto own = Approve(run, "officer");
  EXPECT_EQ(ReasonOf(own.status()), "APPROVER_IS_CREATOR");
  EXPECT_EQ(MetadataOf(own.status(), "creator"), "officer");
  const auto approved = Approve(run, "chair");
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->run().state(), v1::ALLOCATION_RUN_STATE_APPROVED);
  EXPECT_EQ(approved->run().approver(), "chair");
  EXPECT_EQ(approved->run().approval_act().number(), "45/NQ-HĐND");
  EXPECT_EQ(approved->run().approval_body(), v1::BODY_COUNCIL);
  EXPECT_EQ(approved->run().approval_date().day(), 1);
  EXPECT_EQ(ReasonOf(Approve(run, "chair").status()), "STALE_ETAG");
  const auto again = Approve(approved->run(), "chair");
  EXPECT_EQ(ReasonOf(again.status()), "WRONG_ALLOCATION_RUN_STATE");
  EXPECT_EQ(MetadataOf(again.status(), "state"), "approved");
}

TEST_P(AllocationTest, WhoDecidesOnAllocationApproves) {
  const v1::AllocationRun run = Created();
  v1::ApproveAllocationRunRequest request = Approval(run);
  request.set_body(v1::BODY_CHAIR);
  const absl::Status alone = Approve(request, "chair").status();
  EXPECT_EQ(ReasonOf(alone), "BODY_NOT_COMPETENT");
  EXPECT_EQ(MetadataOf(alone, "matter"), "ALLOCATION");
  EXPECT_EQ(MetadataOf(alone, "competent"), "COUNCIL");
  request = Approval(run);
  testing_support::SetDate(request.mutable_decision_date(), 2026, 11, 3);
  EXPECT_EQ(ReasonOf(Approve(request, "chair").status()), "EFFECTIVE_IN_FUTURE");
  request = Approval(run);
  request.clear_body();
  request.clear_decision_date();
  EXPECT_THAT(FieldsOf(Approve(request, "chair").status()), ElementsAre("body", "decision_date"));
}

TEST_P(AllocationTest, RunsAreListedByYear) {
  const v1::AllocationRun first = Created();
  v1::AllocationPlan plan = Plan();
  plan.set_year(2027);
  const v1::AllocationRun second = Created(plan);
  v1::ListAllocationRunsRequest list;
  list.set_parent("provinces/48");
  list.set_page_size(1);
  const auto page = server_.Call(&Stub::ListAllocationRuns, list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->runs(0).SerializeAsString(), first.SerializeAsString());
  list.set_page_token(page->next_page_token());
  const auto rest = server_.Call(&Stub::ListAllocationRuns, list);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->runs(0).name(), second.name());
  EXPECT_THAT(rest->next_page_token(), IsEmpty());
  list.clear_page_token();
  list.set_year(2027);
  const auto of_year = server_.Call(&Stub::ListAllocationRuns, list);
  ASSERT_TRUE(of_year.ok()) << of_year.status();
  EXPECT_EQ(of_year->runs(0).name(), second.name());
}

TEST_P(AllocationTest, ComparesWithAnEarlierRun) {
  const v1::AllocationRun run = Created();
  v1::SimulateAllocationRequest request;
  request.set_parent("provinces/48");
  *request.mutable_plan() = With("population", "20194", "3");
  request.set_before(run.name());
  const auto compared = server_.Call(&Stub::SimulateAllocation, request);
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_EQ(compared->before_total_vnd(), 110);
  EXPECT_EQ(compared->before_unplaced_vnd(), 0);
  EXPECT_EQ(compared->units(0).before_vnd(), 67);
  EXPECT_EQ(compared->units(0).amount_vnd(), 75);
  request.set_before("provinces/48/allocationRuns/nothing");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::SimulateAllocation, request).status()),
            "ALLOCATION_RUN_NOT_FOUND");
}

class PostAllocationTest : public AllocationTest {
 protected:
  // For schools.
  static v1::PostAllocationRunRequest Request(const v1::AllocationRun& run) {
    v1::PostAllocationRunRequest request = PostingOf(run);
    request.mutable_to()->set_purpose("schools");
    return request;
  }

  std::string ReasonOfPosting(v1::PostAllocationRunRequest request) {
    request.set_request_id(RequestId());
    return ReasonOf(server_.Call(&Stub::PostAllocationRun, request).status());
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(PostAllocationTest);

TEST_P(PostAllocationTest, AnApprovedRunIsOneJournalThatSumsToTheDong) {
  const v1::AllocationRun created = Created();
  EXPECT_EQ(ReasonOfPosting(Request(created)), "WRONG_ALLOCATION_RUN_STATE");
  const v1::AllocationRun approved = Approve(created, "chair")->run();
  EXPECT_EQ(ReasonOfPosting(Request(approved)), "LIMIT_EXCEEDED");
  const std::string province = FundProvince(110);
  const auto posted = server_.Call(&Stub::PostAllocationRun, Request(approved));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_EQ(posted->run().state(), v1::ALLOCATION_RUN_STATE_POSTED);
  v1::GetJournalRequest get;
  get.set_name(posted->run().journal());
  const auto journal = server_.Call(&Stub::GetJournal, get);
  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_EQ(journal->journal().act().number(), "45/NQ-HĐND");
  EXPECT_EQ(journal->journal().entries_size(), 2);
  EXPECT_EQ(BalanceOf(province).balance_vnd(), 0);
  EXPECT_EQ(
      BalanceOf("provinces/48/accounts/2026.approved.commune20194.x.x.x.x.schools").balance_vnd(),
      67);
  EXPECT_EQ(
      BalanceOf("provinces/48/accounts/2026.approved.commune20195.x.x.x.x.schools").balance_vnd(),
      43);
  EXPECT_EQ(ReasonOfPosting(Request(approved)), "STALE_ETAG");
  EXPECT_EQ(ReasonOfPosting(Request(posted->run())), "WRONG_ALLOCATION_RUN_STATE");
}

TEST_P(PostAllocationTest, WhatIsHandedDownLeavesTheContingencyWithinTheLaw) {
  const std::string province = FundProvince(1'000);
  v1::SetContingencyRequest contingency;
  v1::BudgetDecision* decision = contingency.mutable_decision();
  decision->set_parent("provinces/48");
  decision->set_unit(kDaNang);
  decision->set_budget_year(2026);
  decision->set_body(v1::BODY_COUNCIL);
  decision->mutable_act()->set_number("45/NQ-HĐND");
  testing_support::SetDate(decision->mutable_effective_date(), 2026, 11, 2);
  contingency.mutable_totals()->set_expenditure_vnd(1'000);
  contingency.set_contingency_vnd(45);
  contingency.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::SetContingency, contingency).ok());
  const v1::AllocationRun run = Approve(Created(), "chair")->run();
  v1::PostAllocationRunRequest request = Request(run);
  request.set_validate_only(true);
  EXPECT_TRUE(server_.Call(&Stub::PostAllocationRun, request).ok()) << "targeted: in the base";
  // 5 % of 1,000 less the 110 of the run are 44.
  request = Request(run);
  request.mutable_to()->clear_purpose();
  const absl::Status refused = server_.Call(&Stub::PostAllocationRun, request).status();
  EXPECT_EQ(ReasonOf(refused), "CONTINGENCY_OUT_OF_RANGE");
  EXPECT_EQ(MetadataOf(refused, "asked_vnd"), "45");
  EXPECT_EQ(MetadataOf(refused, "base_vnd"), "890");
  EXPECT_EQ(MetadataOf(refused, "max_vnd"), "44");
  EXPECT_EQ(BalanceOf(province).balance_vnd(), 955);
  // A base that grew makes a contingency of 45 too small at most, which holds no run.
  FundProvince(5'000, "more");
  request.set_request_id(RequestId());
  EXPECT_TRUE(server_.Call(&Stub::PostAllocationRun, request).ok());
}

TEST_P(PostAllocationTest, MoneyGoesOnlyTheWayOfTheLaw) {
  const v1::AllocationRun run = Approve(Created(), "chair")->run();
  v1::PostAllocationRunRequest request = Request(run);
  request.set_provinces(0, "provinces/01");
  EXPECT_EQ(ReasonOfPosting(request), "LEDGER_NOT_NAMED");
  request.set_name("provinces/48/allocationRuns/nothing");
  EXPECT_EQ(ReasonOfPosting(request), "ALLOCATION_RUN_NOT_FOUND");
  const auto with = [&](const v1::AccountKey& from, const v1::AccountKey& to,
                        const std::string& purpose = "") {
    request = Request(run);
    *request.mutable_from() = from;
    *request.mutable_to() = to;
    request.mutable_to()->set_purpose(purpose);
    return ReasonOfPosting(request);
  };
  const v1::AccountKey from = Key(kDaNang, v1::STAGE_APPROVED), to = Key("", v1::STAGE_APPROVED);
  EXPECT_EQ(with(from, Key("", v1::STAGE_SETTLED)), "STEP_NOT_ALLOWED");
  // What a commune has is no run's to divide.
  EXPECT_EQ(with(Key(kHaiChau, v1::STAGE_ALLOCATED), to), "STEP_NOT_ALLOWED");
  EXPECT_EQ(with(Key(kHaiChau, v1::STAGE_APPROVED), to), "WRONG_UNIT");
  EXPECT_EQ(with(Key(kDaNang, v1::STAGE_APPROVED, 2027), to), "WRONG_YEAR");
  EXPECT_EQ(with(from, to, "contingency"), "PURPOSE_RESERVED");
  request.mutable_to()->set_unit(kHaiChau);
  request.mutable_from()->set_year(1999);
  EXPECT_THAT(FieldsOf(server_.Call(&Stub::PostAllocationRun, request).status()),
              ElementsAre("from.year", "to.unit"));
}

}  // namespace
}  // namespace twotier::budget::testing
