#include "services/budget/domain/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace twotier::budget {
namespace {

using ::testing::ElementsAre;

AccountKey HaiChau() {
  return {"48",        "units/u20194", 2027, Stage::kAllocated, {"805", "341", "6001", "12"},
          "flood-2026"};
}

std::vector<std::string> Wrong(const AccountKey& key) {
  error::Violations violations;
  CheckKey(key, "keys[0]", violations);
  std::vector<std::string> fields;
  for (const error::FieldViolation& violation : violations.all()) fields.push_back(violation.field);
  return fields;
}

TEST(AccountTest, TheNameSaysTheKeyAndNothingElse) {
  EXPECT_EQ(NameOf(HaiChau()),
            "provinces/48/accounts/2027.allocated.u20194.805.341.6001.12.flood-2026");
  const AccountKey pool{"00", "", 2027, Stage::kApproved};
  EXPECT_EQ(NameOf(pool), "provinces/00/accounts/2027.approved.x.x.x.x.x.x");
  for (const AccountKey& key : {HaiChau(), pool}) EXPECT_EQ(KeyOfName(NameOf(key)), key);
}

TEST(AccountTest, EveryStageHasAName) {
  for (int i = 1; i <= static_cast<int>(Stage::kCeilingPaid); ++i) {
    EXPECT_EQ(StageOf(NameOf(static_cast<Stage>(i))), static_cast<Stage>(i));
  }
  EXPECT_EQ(StageOf("unknown"), Stage::kUnknown);
}

TEST(AccountTest, NamesOfOtherFormAreNoAccounts) {
  for (const char* name : {"", "provinces/48/journals/2027.allocated.u1.x.x.x.x.x",
                           "provinces/48/accounts/2027.allocated.u1.x.x.x.x",
                           "provinces/48/accounts/02027.allocated.u1.x.x.x.x.x",
                           "provinces/48/accounts/2027.unknown.u1.x.x.x.x.x",
                           "provinces/48/accounts/2027.allocated.x.x.x.x.x.x",
                           "provinces/48/accounts/2027.allocated.u1.80.x.x.x.x"}) {
    EXPECT_FALSE(KeyOfName(name).has_value()) << name;
  }
}

TEST(AccountTest, NamesEverythingThatIsWrong) {
  EXPECT_THAT(Wrong(HaiChau()), ElementsAre());
  const AccountKey wrong{"48", "", 1999, Stage::kUnknown, {"1", "34a", "12", "1234"}, "Lũ lụt"};
  EXPECT_THAT(Wrong(wrong),
              ElementsAre("keys[0].unit", "keys[0].year", "keys[0].stage", "keys[0].line.chapter",
                          "keys[0].line.item", "keys[0].line.sub_item", "keys[0].line.source",
                          "keys[0].purpose"));
  EXPECT_THAT(Wrong({"00", "units/u1", 2027, Stage::kPaid}), ElementsAre("keys[0].unit"));
}

}  // namespace
}  // namespace twotier::budget
