#include "common/crypto.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace twotier {
namespace {

// Test cases 1 and 2 of RFC 4231.
TEST(HmacTest, IsHmacSha256) {
  EXPECT_EQ(absl::BytesToHexString(Hmac(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(absl::BytesToHexString(Hmac("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(RandomBytesTest, AreAsManyAsAskedForAndDiffer) {
  EXPECT_EQ(RandomBytes(32).size(), 32u);
  EXPECT_NE(RandomBytes(32), RandomBytes(32));
  EXPECT_TRUE(RandomBytes(0).empty());
}

TEST(RandomUuidTest, HasTheFormOfVersion4) {
  const std::string uuid = RandomUuid();
  ASSERT_EQ(uuid.size(), 36u);
  for (const size_t hyphen : {8, 13, 18, 23}) EXPECT_EQ(uuid[hyphen], '-') << uuid;
  EXPECT_EQ(uuid[14], '4') << uuid;
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
  EXPECT_NE(RandomUuid(), uuid);
}

}  // namespace
}  // namespace twotier
