#include "common/crypto.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace twotier {
namespace {

TEST(Sha256Test, IsSha256OfWhatItWasGiven) {
  Sha256 digest;  // FIPS 180-4, example of one block.
  digest.Bytes("ab");
  digest.Bytes("c");
  EXPECT_EQ(absl::BytesToHexString(digest.Finish()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Test, TextsWithTheirLengthsAreToldApart) {
  const auto of = [](absl::string_view a, absl::string_view b) {
    Sha256 digest;
    digest.Prefixed(a);
    digest.Prefixed(b);
    return digest.Finish();
  };
  EXPECT_NE(of("ab", "c"), of("a", "bc"));
}

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
