#include "common/page.h"

#include <gtest/gtest.h>

namespace twotier::page {
namespace {

TEST(PageSizeTest, ClampsAndRefusesNegative) {
  EXPECT_EQ(*Size(0), 50);
  EXPECT_EQ(*Size(1), 1);
  EXPECT_EQ(*Size(1000), 1000);
  EXPECT_EQ(*Size(1001), 1000);
  const absl::Status negative = Size(-1).status();
  EXPECT_EQ(negative.code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(error::FieldViolationsOf(negative).size(), 1u);
  EXPECT_EQ(error::FieldViolationsOf(negative)[0].field, "page_size");
  error::Violations violations;
  CheckSize(-1, violations);
  EXPECT_EQ(violations.all().size(), 1u);
}

TEST(SealerTest, OpensWhatItSealedAlsoInAnotherProcessWithTheSameKey) {
  const std::string cursor("a\0b/\xff", 5);
  const std::string token = Sealer("key").Seal("ListUnits", "query", cursor);
  EXPECT_EQ(token.find_first_of("+/="), std::string::npos);
  EXPECT_EQ(*Sealer("key").Open("ListUnits", "query", token), cursor);
  EXPECT_EQ(*Sealer("key").Open("ListUnits", "query", ""), "");
}

TEST(SealerTest, RefusesWhatWasMovedOrAltered) {
  const Sealer sealer("key");
  const std::string token = sealer.Seal("ListUnits", "query", "cursor");
  std::string altered = token;
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  const absl::Status statuses[] = {
      sealer.Open("ListCenters", "query", token).status(),
      sealer.Open("ListUnits", "other", token).status(),
      sealer.Open("ListUnit", "squery", token).status(),
      sealer.Open("ListUnits", "query", altered).status(),
      sealer.Open("ListUnits", "query", token.substr(0, 10)).status(),
      sealer.Open("ListUnits", "query", "not base64!").status(),
      Sealer("other key").Open("ListUnits", "query", token).status(),
  };
  for (const absl::Status& status : statuses) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    ASSERT_TRUE(error::ReasonOf(status).has_value());
    EXPECT_EQ(error::ReasonOf(status)->reason, "WRONG_PAGE_TOKEN");
  }
}

}  // namespace
}  // namespace twotier::page
