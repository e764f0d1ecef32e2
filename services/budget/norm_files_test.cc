#include "services/budget/norm_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/errors.h"
#include "common/file.h"
#include "services/budget/domain/norm_program.h"
#include "services/budget/norm_convert.h"

namespace twotier::budget {
namespace {

TEST(NormFilesTest, SaysWhereAMistakeStands) {
  const auto read = ReadNormText("x.textproto", "title: \"a\"\nlines { kex: \"b\" }\n");
  ASSERT_EQ(error::FieldViolationsOf(read.status()).size(), 1u);
  EXPECT_EQ(error::FieldViolationsOf(read.status())[0].field, "x.textproto:2:12");
}

TEST(NormFilesTest, DoesNotFollowEndlessNesting) {
  std::string text = "lines { amount { ";
  for (int i = 0; i < 10'000; ++i) text += "sum { operands { ";
  EXPECT_EQ(ReadNormText("x.textproto", text).status().code(), absl::StatusCode::kInvalidArgument);
}

class ShippedNormsTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ShippedNormsTest, CanBePublished) {
  const auto text = ReadFile(std::string("services/budget/data/norms/") + GetParam());
  ASSERT_TRUE(text.ok()) << text.status();
  const auto content = ReadNormText(GetParam(), *text);
  ASSERT_TRUE(content.ok()) << content.status();
  error::Violations violations;
  Compile(FromProto(*content), "", violations);
  for (const auto& each : violations.all()) ADD_FAILURE() << each.field << ": " << each.description;
}

INSTANTIATE_TEST_SUITE_P(DaNang, ShippedNormsTest,
                         ::testing::Values("48/recurrent-2026.textproto",
                                           "48/investment-2026.textproto"));

}  // namespace
}  // namespace twotier::budget
