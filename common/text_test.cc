#include "common/text.h"

#include <gtest/gtest.h>

namespace twotier::text {
namespace {

TEST(Fold, DropsDiacriticsCaseAndPunctuation) {
  EXPECT_EQ(Fold("Phường Trúc Bạch, Quận Ba Đình"), "phuong truc bach quan ba dinh");
  EXPECT_EQ(Fold("  ĐẮK  LẮK -- (cũ) "), "dak lak cu");
  EXPECT_EQ(Fold("Quận 3"), "quan 3");
  EXPECT_EQ(Fold(""), "");
  EXPECT_EQ(Fold(" ,.- "), "");
}

TEST(Fold, TreatsComposedAndDecomposedAlike) {
  // "ế" as one character and as e, circumflex, acute.
  EXPECT_EQ(Fold("Hu\xE1\xBA\xBF"), Fold("Hue\xCC\x82\xCC\x81"));
  EXPECT_EQ(Fold("Hu\xE1\xBA\xBF"), "hue");
}

TEST(Fold, TakesBrokenUtf8AsSeparator) {
  EXPECT_EQ(Fold("a\xFF"
                 "b"),
            "a b");
}

TEST(WithoutDiacritics, KeepsCaseAndPunctuation) {
  EXPECT_EQ(WithoutDiacritics("Bà Rịa - Vũng Tàu"), "Ba Ria - Vung Tau");
  EXPECT_EQ(WithoutDiacritics("Đắk Lắk"), "Dak Lak");
}

TEST(IsCleanUtf8, RefusesNulAndBrokenBytes) {
  EXPECT_TRUE(IsCleanUtf8("Đống Đa"));
  EXPECT_FALSE(IsCleanUtf8(absl::string_view("a\0b", 3)));
  EXPECT_FALSE(IsCleanUtf8("\xC4"));
  EXPECT_FALSE(IsCleanUtf8("\xED\xA0\x80"));  // A surrogate.
}

}  // namespace
}  // namespace twotier::text
