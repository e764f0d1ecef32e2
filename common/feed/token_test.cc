#include "common/feed/token.h"

#include "common/errors.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"

namespace twotier::feed {
namespace {

const char kKey[] = "0123456789abcdef0123456789abcdef";

TEST(TokenTest, OpensWhatItSealed) {
  const TokenSealer sealer(kKey, 77);
  for (const int64_t position : {int64_t{0}, int64_t{1}, int64_t{1} << 40, INT64_MAX}) {
    EXPECT_EQ(*sealer.Open(sealer.Seal(position)), position);
  }
}

TEST(TokenTest, RefusesOtherEpochsAndKeys) {
  const std::string token = TokenSealer(kKey, 77).Seal(5);
  for (const TokenSealer& other :
       {TokenSealer(kKey, 78), TokenSealer("0123456789abcdef0123456789abcdeF", 77)}) {
    const auto opened = other.Open(token);
    EXPECT_TRUE(absl::IsInvalidArgument(opened.status()));
    EXPECT_EQ(error::ReasonOf(opened.status())->reason, "WRONG_RESUME_TOKEN");
  }
}

TEST(TokenProperty, RefusesEveryAlteredToken) {
  EXPECT_TRUE(rc::check("an altered, cut or lengthened token is refused", [] {
    const TokenSealer sealer(kKey, 77);
    std::string token = sealer.Seal(*rc::gen::inRange<int64_t>(0, 1'000'000));
    const size_t at = *rc::gen::inRange<size_t>(0, token.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        token[at] ^= static_cast<char>(*rc::gen::inRange(1, 256));
        break;
      case 1:
        token.resize(at);
        break;
      default:
        token += *rc::gen::nonEmpty<std::string>();
    }
    RC_ASSERT(absl::IsInvalidArgument(sealer.Open(token).status()));
  }));
}

}  // namespace
}  // namespace twotier::feed
