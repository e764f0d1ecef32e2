#include "tools/twotierctl/division_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace twotier::ctl {
namespace {

using ::testing::ElementsAre;

constexpr absl::string_view kHeader = "item,left_vnd,unit,amount_vnd\n";

TEST(DivisionCsvTest, APlanToFillInNamesEveryItemAndSuccessor) {
  budget::v1::GetSuccessionResponse succession;
  for (const char* unit : {"units/a", "units/b"}) succession.add_successors()->set_unit(unit);
  budget::v1::AccountBalance* account = succession.add_accounts();
  account->set_account("provinces/48/accounts/2027.allocated.u1.x.x.x.x.x");
  account->mutable_balance()->set_balance_vnd(-7);
  budget::v1::Hold* hold = succession.add_holds();
  hold->mutable_ref()->set_journal("provinces/48/journals/h-1");
  hold->mutable_ref()->set_number(2);
  hold->set_remaining_vnd(5);
  EXPECT_EQ(DivisionCsv(succession), absl::StrCat(kHeader,
                                                  "48/2027.allocated.u1.x.x.x.x.x,-7,units/a,\n"
                                                  "48/2027.allocated.u1.x.x.x.x.x,-7,units/b,\n"
                                                  "48/h-1#2,5,units/a,\n"
                                                  "48/h-1#2,5,units/b,\n"));
}

TEST(DivisionCsvTest, RowsOfOneItemAreItsParts) {
  budget::v1::PlanSuccessionRequest plan;
  RowErrors errors;
  ReadDivision("plan.csv",
               absl::StrCat(kHeader, "48/2027.source.u1.x.x.x.x.x,-7,units/a,-3\n",
                            "48/h-1#2,5,units/a,5\n", "48/2027.source.u1.x.x.x.x.x,,units/b,-4\n"),
               plan, errors);
  ASSERT_TRUE(errors.empty()) << errors.all()[0].field;
  EXPECT_EQ(
      plan.ShortDebugString(),
      "accounts { account: \"provinces/48/accounts/2027.source.u1.x.x.x.x.x\" "
      "parts { unit: \"units/a\" amount_vnd: -3 } parts { unit: \"units/b\" amount_vnd: -4 } } "
      "holds { hold { journal: \"provinces/48/journals/h-1\" number: 2 } "
      "parts { unit: \"units/a\" amount_vnd: 5 } }");
}

TEST(DivisionCsvTest, NamesEveryWrongCell) {
  budget::v1::PlanSuccessionRequest plan;
  RowErrors errors;
  ReadDivision("plan.csv",
               absl::StrCat(kHeader, "48/a,1,units/a,\n", ",1,,x\n", "48/h#x,1,units/a,1\n"), plan,
               errors);
  std::vector<std::string> fields;
  for (const auto& violation : errors.all()) fields.push_back(violation.field);
  EXPECT_THAT(fields,
              ElementsAre("plan.csv:2:amount_vnd", "plan.csv:2:amount_vnd", "plan.csv:3:item",
                          "plan.csv:3:unit", "plan.csv:3:amount_vnd", "plan.csv:4:item"));
  EXPECT_EQ(plan.accounts_size() + plan.holds_size(), 0);
}

}  // namespace
}  // namespace twotier::ctl
