#include "common/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace twotier {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A file that the log writes and the test reads.
class LogFile {
 public:
  LogFile() : file_(std::tmpfile()) {}
  ~LogFile() { std::fclose(file_); }
  int descriptor() const { return fileno(file_); }

  std::vector<std::string> Lines() const {
    std::ifstream in("/proc/self/fd/" + std::to_string(descriptor()));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

 private:
  std::FILE* const file_;
};

google::protobuf::Struct Parse(const std::string& line) {
  google::protobuf::Struct parsed;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &parsed).ok()) << line;
  return parsed;
}

TEST(LogTest, WritesOneJsonObjectALine) {
  LogFile file;
  Log log(file.descriptor());
  log.Write(Severity::kWarning, "rpc",
            {{"text", "a\"b\\c\nd\x01 Đà Nẵng"},
             {"number", int64_t{42}},
             {"ms", 0.5},
             {"truth", true},
             {"empty", ""}});
  log.Flush();
  ASSERT_EQ(file.Lines().size(), 1u);
  const google::protobuf::Struct line = Parse(file.Lines()[0]);
  EXPECT_EQ(line.fields().at("severity").string_value(), "WARNING");
  EXPECT_EQ(line.fields().at("event").string_value(), "rpc");
  EXPECT_EQ(line.fields().at("text").string_value(), "a\"b\\c\nd\x01 Đà Nẵng");
  EXPECT_EQ(line.fields().at("number").number_value(), 42);
  EXPECT_EQ(line.fields().at("ms").number_value(), 0.5);
  EXPECT_TRUE(line.fields().at("truth").bool_value());
  EXPECT_EQ(line.fields().count("empty"), 0u);
  EXPECT_THAT(line.fields().at("time").string_value(),
              ::testing::MatchesRegex("20..-..-..T..:..:..[.]......Z"));
}

TEST(LogTest, CutsALongTextBetweenCharacters) {
  LogFile file;
  Log log(file.descriptor());
  std::string text(Log::kTextBytesMax - 1, 'x');
  text += "ẵẵẵ";
  log.Write(Severity::kInfo, "long", {{"text", text}});
  log.Flush();
  ASSERT_EQ(file.Lines().size(), 1u);
  const std::string read = Parse(file.Lines()[0]).fields().at("text").string_value();
  EXPECT_EQ(read, std::string(Log::kTextBytesMax - 1, 'x') + "…");
}

TEST(LogTest, ThreadsNeverMixTheirLines) {
  constexpr int kThreads = 4;
  constexpr int kLinesEach = 2000;
  LogFile file;
  {
    Log log(file.descriptor());
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < kLinesEach; ++i) log.Write(Severity::kInfo, "line", {{"i", i}});
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(log.lines_dropped(), 0);
  }  // Writes out the rest.
  const std::vector<std::string> lines = file.Lines();
  ASSERT_EQ(lines.size(), static_cast<size_t>(kThreads * kLinesEach));
  for (const std::string& line : lines) {
    ASSERT_EQ(line.front(), '{');
    ASSERT_EQ(line.back(), '}');
  }
}

// A reader that does not read must not make callers wait or memory grow.
TEST(LogTest, DropsAndCountsWhatDoesNotFit) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  auto log = std::make_unique<Log>(pipe[1]);
  const std::string text(Log::kTextBytesMax, 'x');
  constexpr int kLines = 2 * static_cast<int>(Log::kBufferBytesMax / Log::kTextBytesMax) + 100;
  for (int i = 0; i < kLines; ++i) log->Write(Severity::kInfo, "full", {{"text", text}});
  EXPECT_GT(log->lines_dropped(), 0);
  std::thread reader([&] {
    std::array<char, 65536> bytes;
    while (::read(pipe[0], bytes.data(), bytes.size()) > 0) {
    }
  });
  log.reset();
  ::close(pipe[1]);
  reader.join();
  ::close(pipe[0]);
}

TEST(LogTest, CountsWhatTheDescriptorRefuses) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  {
    Log log(full);
    log.Write(Severity::kInfo, "lost", {});
    log.Flush();
    EXPECT_EQ(log.lines_dropped(), 1);
  }
  ::close(full);
}

}  // namespace
}  // namespace twotier
