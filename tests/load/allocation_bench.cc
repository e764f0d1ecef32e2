#include "tests/load/allocation_bench.h"

#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/calls.h"
#include "tests/load/workload.h"
#include "twotier/budget/v1/budget_service.grpc.pb.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace v1 = budget::v1;
using Stub = v1::BudgetService::Stub;

constexpr char kSimulation[] = "SimulateAllocation, the country";
constexpr char kCountry[] = "provinces/00";
constexpr char kNormSet[] = "national";
constexpr int kCriteria = 10;
// Simulations of each run.
constexpr int kSimulations = 10;
// About what the State budget divides in a year, and not divisible.
constexpr int64_t kPool = 1'000'000'000'000'007;

// Each criterion divides a tenth of the pool; every third above a floor, every fifth by a scale.
v1::NormSetContent National(int year) {
  v1::NormSetContent content;
  content.set_title("Ten criteria");
  content.mutable_act()->set_number("1/QĐ-TTg");
  content.set_body(v1::BODY_PRIME_MINISTER);
  content.mutable_decision_date()->set_year(2025);
  content.mutable_decision_date()->set_month(12);
  content.mutable_decision_date()->set_day(1);
  content.set_first_year(year);
  content.set_last_year(year);
  content.mutable_recipients()->set_tier(v1::NORM_TIER_COMMUNE);
  content.add_pools()->set_key("pool");
  content.mutable_pools(0)->set_title("What is divided");
  v1::NormChoice* stepping = content.add_choices();
  stepping->set_key("stepping");
  stepping->set_question("How does a begun step count?");
  stepping->set_word("pro_rata");
  stepping->add_alternatives("pro_rata");
  stepping->set_reason("measured");
  stepping->set_citation("none");
  for (int i = 0; i < kCriteria; ++i) {
    v1::NormInput* input = content.add_inputs();
    input->set_key(absl::StrCat("fact_", i));
    input->set_title(input->key());
    input->set_unit("person");
    input->set_source(v1::NORM_INPUT_SOURCE_GIVEN);
    v1::NormLine* line = content.add_lines();
    line->set_key(absl::StrCat("criterion_", i));
    line->set_title(line->key());
    line->set_citation("none");
    line->set_unit("VND");
    line->set_pool("pool");
    v1::NormDistribution* rule = line->mutable_distribution();
    rule->set_share("10%");
    if (i % 5 == 4) {
      v1::NormBands* bands = rule->mutable_weight()->mutable_bands();
      bands->mutable_of()->set_input(input->key());
      v1::NormBand* low = bands->add_bands();
      low->set_from("0");
      low->set_base("10");
      v1::NormBand* high = bands->add_bands();
      high->set_above("10000");
      high->set_base("10");
      high->set_add("2");
      high->set_per("2000");
      bands->set_unit("point");
      bands->set_stepping_choice("stepping");
    } else {
      rule->mutable_weight()->set_input(input->key());
    }
    if (i % 3 == 2) {
      rule->mutable_floor()->mutable_number()->set_value("500000000");
      rule->mutable_floor()->mutable_number()->set_unit("VND");
    }
  }
  v1::NormLine* total = content.add_lines();
  total->set_key("total");
  total->set_title("Total");
  total->set_citation("none");
  total->set_unit("VND");
  for (int i = 0; i < kCriteria; ++i) {
    total->mutable_amount()->mutable_sum_of_lines()->add_lines(absl::StrCat("criterion_", i));
  }
  for (const auto& [key, value] :
       {std::pair("mode", "half_up"), std::pair("moment", "each_line")}) {
    v1::NormChoice* choice = content.add_choices();
    *choice = *stepping;
    choice->set_key(key);
    choice->set_word(value);
    choice->set_alternatives(0, value);
  }
  v1::NormChoice* step = content.add_choices();
  *step = *stepping;
  step->set_key("step");
  step->mutable_number()->set_value("1");
  step->mutable_number()->set_unit("VND");
  content.mutable_rounding()->set_step_choice("step");
  content.mutable_rounding()->set_mode_choice("mode");
  content.mutable_rounding()->set_moment_choice("moment");
  content.set_result("total");
  return content;
}

// Every commune of today with as many made-up facts as there are criteria.
v1::SimulateAllocationRequest RequestOf(const std::vector<registry::v1::Unit>& communes) {
  v1::SimulateAllocationRequest request;
  request.set_parent(kCountry);
  v1::AllocationPlan& plan = *request.mutable_plan();
  plan.set_norm_set(absl::StrCat(kCountry, "/normSets/", kNormSet));
  *plan.mutable_as_of() = Today();
  plan.set_year(plan.as_of().year());
  for (const registry::v1::Unit& commune : communes) plan.add_unit_codes(commune.code());
  for (int i = 0; i < kCriteria; ++i) {
    v1::AllocationInput* input = plan.add_inputs();
    input->set_key(absl::StrCat("fact_", i));
    input->set_certainty(v1::INPUT_CERTAINTY_ASSUMED);
    input->set_source("made up");
    int64_t number = 0;
    for (const registry::v1::Unit& commune : communes) {
      v1::UnitValue* value = input->add_values();
      value->set_unit_code(commune.code());
      value->set_value(absl::StrCat(1'000 + (++number * 7'919 + i * 104'729) % 60'000));
    }
  }
  v1::PoolAmount* pool = plan.add_pools();
  pool->set_pool("pool");
  pool->set_amount_vnd(kPool);
  return request;
}

absl::Status PublishNorms(Stub& budget, int year) {
  v1::PublishNormSetRequest request;
  request.set_parent(kCountry);
  request.set_norm_set_id(kNormSet);
  *request.mutable_content() = National(year);
  request.set_request_id(RequestIds().Next());
  return Ask(budget, &Stub::PublishNormSet, request).status();
}

}  // namespace

absl::StatusOr<std::vector<Row>> MeasureAllocation(const ServiceBenchOptions& options) {
  if (!options.wanted(kSimulation, "nothing")) return std::vector<Row>();
  ASSIGN_OR_RETURN(Server server,
                   StartBudget(options.places, absl::StrCat("allocation_", options.engine),
                               options.database, options.registry_address));
  const auto registry = StubOf<registry::v1::RegistryService>(options.registry_address);
  ASSIGN_OR_RETURN(const std::vector<registry::v1::Unit> communes,
                   ListCommunes(*registry, nullptr));
  const auto budget = StubOf<v1::BudgetService>(server.address());
  const v1::SimulateAllocationRequest request = RequestOf(communes);
  RETURN_IF_ERROR(PublishNorms(*budget, request.plan().year()));
  std::cerr << "bench: " << TitleOf(kSimulation, options.engine, "nothing") << ", "
            << communes.size() << " communes" << std::endl;
  std::vector<double> cpu_us;
  for (int i = 0; i <= options.settings.runs; ++i) {
    ASSIGN_OR_RETURN(const absl::Duration before, server.process().CpuTime());
    for (int j = 0; j < kSimulations; ++j) {
      ASSIGN_OR_RETURN(const v1::SimulateAllocationResponse answer,
                       Ask(*budget, &Stub::SimulateAllocation, request));
      if (answer.total_vnd() != kPool) return absl::InternalError("not all of it was divided");
    }
    ASSIGN_OR_RETURN(const absl::Duration after, server.process().CpuTime());
    // The first run warms up.
    if (i > 0) cpu_us.push_back(absl::ToDoubleMicroseconds(after - before) / kSimulations);
  }
  Row row{.name = kSimulation, .engine = options.engine, .unit = "ms cpu", .in_flight = 1};
  row.cpu_us_per_call = Median(std::move(cpu_us));
  row.value = row.cpu_us_per_call / 1e3;
  ASSIGN_OR_RETURN(row.rss_mb, server.process().ResidentMb());
  return std::vector<Row>{std::move(row)};
}

}  // namespace twotier::load
