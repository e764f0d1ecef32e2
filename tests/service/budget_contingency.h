// The estimate of a commune and its contingency, for tests.
#ifndef TWOTIER_TESTS_SERVICE_BUDGET_CONTINGENCY_H_
#define TWOTIER_TESTS_SERVICE_BUDGET_CONTINGENCY_H_

#include <map>
#include <string>
#include <vector>

#include "tests/service/budget_decisions.h"

namespace twotier::budget::testing {

class ContingencyTest : public DecisionsTest {
 protected:
  // A commune with money that is approved and not allocated: 1,000 of its own and 2,000 that the
  // province gave for a purpose; and 10,000 allocated.
  std::map<v1::Stage, std::string> FundCommune() {
    auto accounts = Fund(testing_support::kHaiChau, 10'000);
    const auto posted =
        Post("more", {PostOf(accounts[v1::STAGE_SOURCE], accounts[v1::STAGE_ESTIMATE], 1'000),
                      PostOf(accounts[v1::STAGE_ESTIMATE], accounts[v1::STAGE_APPROVED], 1'000)});
    EXPECT_TRUE(posted.ok()) << posted.status();
    Supplement("given", "flood", 2'000);
    return accounts;
  }
  // What the province's Council approves and hands to the commune.
  void Supplement(const std::string& journal, const std::string& purpose, int64_t amount_vnd) {
    std::vector<v1::AccountKey> keys = {Key(testing_support::kDaNang, v1::STAGE_SOURCE),
                                        Key(testing_support::kDaNang, v1::STAGE_ESTIMATE),
                                        Key(testing_support::kDaNang, v1::STAGE_APPROVED),
                                        Key(testing_support::kHaiChau, v1::STAGE_APPROVED)};
    for (v1::AccountKey& key : keys) key.set_purpose(purpose);
    const auto names = Open("48", keys);
    const auto posted = Post(
        journal, {PostOf(names[0], names[1], amount_vnd), PostOf(names[1], names[2], amount_vnd),
                  PostOf(names[2], names[3], amount_vnd)});
    EXPECT_TRUE(posted.ok()) << posted.status();
  }

  v1::SetContingencyRequest Contingency(int64_t amount_vnd) {
    v1::SetContingencyRequest request;
    *request.mutable_decision() =
        Decision(testing_support::kHaiChau, v1::BODY_COUNCIL, absl::CivilDay(2027, 1, 4));
    request.mutable_totals()->set_revenue_vnd(13'000);
    request.mutable_totals()->set_expenditure_vnd(13'000);
    request.mutable_totals()->set_targeted_received_vnd(2'000);
    request.set_contingency_vnd(amount_vnd);
    request.set_request_id(RequestId());
    return request;
  }
};

}  // namespace twotier::budget::testing

#endif  // TWOTIER_TESTS_SERVICE_BUDGET_CONTINGENCY_H_
