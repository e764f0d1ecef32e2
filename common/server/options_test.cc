#include "common/server/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"

ABSL_DECLARE_FLAG(std::string, listen);
ABSL_DECLARE_FLAG(std::string, metrics_listen);
ABSL_DECLARE_FLAG(std::string, database);
ABSL_DECLARE_FLAG(int, drain_seconds_max);
ABSL_DECLARE_FLAG(int, message_bytes_max);

namespace twotier::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const Defaults kDefaults = {"127.0.0.1:7401", "127.0.0.1:9401", "sqlite:registry.db"};

class OptionsTest : public ::testing::Test {
 private:
  absl::FlagSaver saver_;
};

TEST_F(OptionsTest, TakesTheServicesOwnWhereNothingIsGiven) {
  const absl::StatusOr<Options> options = OptionsFromFlags(kDefaults);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->listen, "127.0.0.1:7401");
  EXPECT_EQ(options->metrics_listen, "127.0.0.1:9401");
  EXPECT_EQ(options->database, "sqlite:registry.db");
  EXPECT_EQ(options->message_bytes_max, 8 << 20);
}

TEST_F(OptionsTest, NamesEverythingThatIsWrong) {
  absl::SetFlag(&FLAGS_listen, "nowhere");
  absl::SetFlag(&FLAGS_metrics_listen, "127.0.0.1:99999");
  absl::SetFlag(&FLAGS_database, "mysql://u:secret@h/d");
  absl::SetFlag(&FLAGS_drain_seconds_max, -1);
  absl::SetFlag(&FLAGS_message_bytes_max, 1);
  const absl::Status status = OptionsFromFlags(kDefaults).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("--listen"), HasSubstr("--metrics_listen"), HasSubstr("--database"),
                    HasSubstr("--drain_seconds_max"), HasSubstr("--message_bytes_max")));
  EXPECT_THAT(std::string(status.message()), ::testing::Not(HasSubstr("secret")));
}

TEST_F(OptionsTest, MetricsCanBeSwitchedOff) {
  absl::SetFlag(&FLAGS_metrics_listen, "none");
  EXPECT_EQ(OptionsFromFlags(kDefaults)->metrics_listen, "");
}

TEST(WithoutPasswordTest, HidesThePasswordOnly) {
  const struct {
    const char* url;
    const char* shown;
  } cases[] = {
      {"postgresql://u:p@h:5432/d", "postgresql://u:<set>@h:5432/d"},
      {"postgresql://u:p@ss@h/d?x=y", "postgresql://u:<set>@h/d?x=y"},
      {"postgresql://u@h:5432/d", "postgresql://u@h:5432/d"},
      {"postgresql://h/d?password=p&x=y", "postgresql://h/d?password=<set>&x=y"},
      {"sqlite:/var/lib/twotier/a@b.db", "sqlite:/var/lib/twotier/a@b.db"},
  };
  for (const auto& [url, shown] : cases) EXPECT_EQ(WithoutPassword(url), shown);
}

}  // namespace
}  // namespace twotier::server
