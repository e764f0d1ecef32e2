// What a national allocation costs: 3,321 communes of 34 provinces, ten criteria, simulated over
// gRPC by a budget service in this process. CPU is user and system time of the whole process, so
// that the caller's part, which writes a megabyte and reads half of one, is in the figure.

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/service/budget_fixture.h"
#include "twotier/budget/v1/allocation.pb.h"
#include "twotier/budget/v1/norms.pb.h"

namespace twotier::budget::testing {
namespace {

constexpr int kCommunes = 3321;
constexpr int kProvinces = 34;
constexpr int kCriteria = 10;
constexpr int kWarmUps = 5;
constexpr int kRuns = 51;

std::string CodeOf(int commune) { return absl::StrFormat("%05d", 10'000 + commune); }
std::string ProvinceOf(int commune) { return absl::StrFormat("%02d", 1 + commune % kProvinces); }

// Each criterion divides a tenth of the pool; every third above a floor, every fifth by a scale.
v1::NormSetContent National() {
  v1::NormSetContent content;
  content.set_title("Ten criteria");
  content.mutable_act()->set_number("1/QĐ-TTg");
  content.set_first_year(2026);
  content.set_last_year(2026);
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

v1::SimulateAllocationRequest RequestOf() {
  v1::SimulateAllocationRequest request;
  request.set_parent("provinces/00");
  v1::AllocationPlan& plan = *request.mutable_plan();
  plan.set_norm_set("provinces/00/normSets/national");
  plan.set_year(2026);
  testing_support::SetDate(plan.mutable_as_of(), 2026, 1, 1);
  for (int commune = 0; commune < kCommunes; ++commune) plan.add_unit_codes(CodeOf(commune));
  for (int i = 0; i < kCriteria; ++i) {
    v1::AllocationInput* input = plan.add_inputs();
    input->set_key(absl::StrCat("fact_", i));
    input->set_certainty(v1::INPUT_CERTAINTY_PUBLISHED);
    input->set_source("measured");
    for (int commune = 0; commune < kCommunes; ++commune) {
      v1::UnitValue* value = input->add_values();
      value->set_unit_code(CodeOf(commune));
      value->set_value(absl::StrCat(1'000 + (commune * 7'919 + i * 104'729) % 60'000));
    }
  }
  v1::PoolAmount* pool = plan.add_pools();
  pool->set_pool("pool");
  pool->set_amount_vnd(1'000'000'000'000'007);  // About what the State budget divides in a year.
  return request;
}

int64_t CpuMicros() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

void Measure() {
  testing_support::TestDatabase database = testing_support::MakeSqlite();
  testing_support::PlayedRegistry registry;
  BudgetServer server(database, registry.address());
  std::vector<registry::v1::Resource> units;
  for (int i = 0; i < kCommunes; ++i) {
    units.push_back(testing_support::UnitResource(absl::StrCat("units/measured", i),
                                                  registry::v1::TIER_COMMUNE, CodeOf(i),
                                                  absl::StrCat("Xã số ", i)));
    units.back().mutable_unit()->mutable_versions(0)->set_province_code(ProvinceOf(i));
  }
  registry.Send(std::move(units));
  v1::PublishNormSetRequest publish;
  publish.set_parent("provinces/00");
  publish.set_norm_set_id("national");
  *publish.mutable_content() = National();
  publish.set_request_id(RequestId());
  Require(server.Call(&Stub::PublishNormSet, publish).status());
  const v1::SimulateAllocationRequest request = RequestOf();
  testing_support::ServiceHost::WaitUntil(
      [&] {
        return ReasonOf(server.Call(&Stub::SimulateAllocation, request).status()) !=
               "UNIT_NOT_FOUND";
      },
      "the units");
  std::vector<int64_t> micros;
  int64_t total = 0;
  for (int run = 0; run < kWarmUps + kRuns; ++run) {
    const int64_t before = CpuMicros();
    const auto simulated = server.Call(&Stub::SimulateAllocation, request);
    const int64_t after = CpuMicros();
    Require(simulated.status());
    total = simulated->total_vnd();
    if (run >= kWarmUps) micros.push_back(after - before);
  }
  std::sort(micros.begin(), micros.end());
  std::printf(
      "national allocation, %d communes, %d criteria, %lld đồng to the last: CPU of caller and "
      "service %.1f ms (median of %d; best %.1f, worst %.1f)\n",
      kCommunes, kCriteria, static_cast<long long>(total),
      static_cast<double>(micros[micros.size() / 2]) / 1e3, kRuns,
      static_cast<double>(micros.front()) / 1e3, static_cast<double>(micros.back()) / 1e3);
}

}  // namespace
}  // namespace twotier::budget::testing

int main() {
  twotier::budget::testing::Measure();
  return 0;
}
