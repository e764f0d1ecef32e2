#include "tests/load/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twotier::load {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReportTest, WritesEveryFieldThatIsSet) {
  const std::string json = ToJson({{.name = "GetDossier",
                                    .engine = "sqlite",
                                    .value = 20'123.4,
                                    .unit = "calls/s",
                                    .reference = "echo",
                                    .reference_value = 40'246.8,
                                    .p50_us = 512.3456,
                                    .p99_us = 2'345,
                                    .cpu_us_per_call = 31.25,
                                    .rss_mb = 88.7,
                                    .in_flight = 256}});
  for (const char* field :
       {R"("name": "GetDossier")", R"("engine": "sqlite")", R"("value": 20123)",
        R"("unit": "calls/s")", R"("reference": "echo")", R"("reference_value": 40247)",
        R"("ratio": 0.5)", R"("p50_us": 512)", R"("p99_us": 2345)", R"("cpu_us_per_call": 31.3)",
        R"("rss_mb": 88.7)", R"("in_flight": 256)"}) {
    EXPECT_THAT(json, HasSubstr(field));
  }
}

TEST(ReportTest, LeavesOutWhatWasNotMeasured) {
  const std::string json = ToJson({{.name = "start", .value = 900, .unit = "ms"}});
  EXPECT_THAT(json, Not(HasSubstr("ratio")));
  EXPECT_THAT(json, Not(HasSubstr("reference")));
}

TEST(ReportTest, TakesTheMedian) {
  EXPECT_EQ(Median({5, 1, 3}), 3);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({}), 0);
}

}  // namespace
}  // namespace twotier::load
