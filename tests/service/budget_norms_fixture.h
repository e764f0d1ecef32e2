// Norm sets and allocations over gRPC: the communes of Đà Nẵng beside a registry that the test
// plays.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_NORMS_FIXTURE_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_NORMS_FIXTURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/service/budget_fixture.h"
#include "tools/twotierctl/allocation_csv.h"
#include "twotier/budget/v1/allocation.pb.h"
#include "twotier/budget/v1/norms.pb.h"

namespace twotier::budget::testing {

// The norm set and the facts that come with the service, by its id: "recurrent-2026".
v1::NormSetContent ShippedNorms(const std::string& norm_set_id);
ctl::AllocationFacts ShippedFacts(const std::string& norm_set_id);

// Norms of a pool that is divided by people above a floor, after a lump for some.
v1::NormSetContent SupplementNorms();

// Fields of a refusal's violations.
std::vector<std::string> FieldsOf(const absl::Status& status);

class NormsTest : public BudgetTest {
 protected:
  NormsTest() = default;
  explicit NormsTest(const std::string& personnel_target) : BudgetTest(personnel_target) {}

  // Publishes for province 48; the whole answer.
  absl::StatusOr<v1::NormSet> Publish(const std::string& norm_set_id,
                                      const v1::NormSetContent& content,
                                      const std::string& etag = "");
  // Makes the units with these codes known that are not.
  void KnowUnits(const std::vector<std::string>& codes);
  // A plan over shipped norms, which the server has published when it started, and their facts; its
  // units are known.
  v1::AllocationPlan ShippedPlan(const std::string& norm_set_id);

  absl::StatusOr<v1::SimulateAllocationResponse> Simulate(const v1::AllocationPlan& plan,
                                                          std::vector<std::string> explained = {});
  absl::StatusOr<v1::CreateAllocationRunResponse> Create(const v1::AllocationPlan& plan);
  // By another person than who created it.
  // By the Council, the day before Monday().
  static v1::ApproveAllocationRunRequest Approval(const v1::AllocationRun& run);
  absl::StatusOr<v1::ApproveAllocationRunResponse> Approve(
      const v1::ApproveAllocationRunRequest& request, const std::string& principal);
  absl::StatusOr<v1::ApproveAllocationRunResponse> Approve(const v1::AllocationRun& run,
                                                           const std::string& principal);
  // Gives the province's approved account what a run divides; returns its name.
  std::string FundProvince(int64_t amount_vnd, const std::string& journal = "fund");
  // From the province's approved money to that of each commune.
  static v1::PostAllocationRunRequest PostingOf(const v1::AllocationRun& run);
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_NORMS_FIXTURE_H_
