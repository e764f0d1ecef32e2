#include "tools/twotierctl/allocation_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace twotier::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kHeader = "input,unit_code,value,certainty,source\n";

TEST(AllocationCsvTest, PutsRowsOfOneOriginTogether) {
  RowErrors errors;
  const AllocationFacts facts = ReadAllocationFacts(
      "f.csv",
      absl::StrCat(kHeader, "people,20197,10,published,registry\n",
                   "zone,*,urban,assumed,no list\n", "people,20194,12,published,registry\n",
                   "people,*,0,published,registry\n"),
      errors);
  ASSERT_TRUE(errors.empty()) << errors.all()[0].field;
  ASSERT_EQ(facts.inputs.size(), 2u);
  EXPECT_EQ(facts.inputs[0].ShortDebugString(),
            "key: \"people\" certainty: INPUT_CERTAINTY_PUBLISHED source: \"registry\" "
            "values { unit_code: \"20197\" value: \"10\" } "
            "values { unit_code: \"20194\" value: \"12\" } others: \"0\"");
  EXPECT_EQ(facts.inputs[1].others(), "urban");
  EXPECT_THAT(facts.unit_codes, ElementsAre("20194", "20197"));
}

TEST(AllocationCsvTest, NamesEveryWrongCell) {
  RowErrors errors;
  ReadAllocationFacts("f.csv",
                      absl::StrCat(kHeader, ",20197,10,published,registry\n",
                                   "people,20194,,guessed,\n", "people,20194,12,published,x\n"),
                      errors);
  std::vector<std::string> fields;
  for (const auto& each : errors.all()) fields.push_back(each.field);
  EXPECT_THAT(fields, ElementsAre("f.csv:2:input", "f.csv:3:value", "f.csv:3:certainty",
                                  "f.csv:3:source", "f.csv:4:unit_code"));
}

}  // namespace
}  // namespace twotier::ctl
