#include "common/file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace twotier {
namespace {

TEST(ReadFile, GivesTheBytesAsTheyAre) {
  for (const std::string& content :
       {std::string(), std::string("a\r\n\0b", 5), std::string(200'000, 'x')}) {
    const std::string path = absl::StrCat(testing::TempDir(), "/file_test.bin");
    std::ofstream(path, std::ios::binary) << content;
    const auto read = ReadFile(path);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, content);
  }
}

TEST(ReadFile, NamesThePathItCannotRead) {
  const auto missing = ReadFile("/nowhere/a.csv");
  EXPECT_TRUE(absl::IsNotFound(missing.status())) << missing.status();
  EXPECT_TRUE(absl::StrContains(missing.status().message(), "/nowhere/a.csv"));
  EXPECT_FALSE(ReadFile(testing::TempDir()).ok());
}

}  // namespace
}  // namespace twotier
