#include "tests/load/histogram.h"

#include <gtest/gtest.h>

namespace twotier::load {
namespace {

TEST(HistogramTest, IsExactForSmallValues) {
  Histogram histogram;
  for (int64_t value = 1; value <= 100; ++value) histogram.Record(value);
  EXPECT_EQ(histogram.Quantile(0.5), 50);
  EXPECT_EQ(histogram.Quantile(0.99), 99);
  EXPECT_EQ(histogram.Quantile(1), 100);
}

TEST(HistogramTest, KeepsItsErrorBoundAtEverySize) {
  for (int64_t value = 1; value < int64_t{1} << 39; value = value * 5 / 3 + 1) {
    Histogram histogram;
    histogram.Record(value);
    EXPECT_GE(histogram.Quantile(0.5), value);
    EXPECT_LE(histogram.Quantile(0.5), value + value / 64);
  }
}

TEST(HistogramTest, PutsWhatIsTooLongIntoTheLastBucket) {
  Histogram histogram;
  histogram.Record(int64_t{1} << 60);
  EXPECT_EQ(histogram.Quantile(0.99), (int64_t{1} << 40) - 1);
}

TEST(HistogramTest, AddsUp) {
  Histogram fast, slow;
  for (int i = 0; i < 98; ++i) fast.Record(10);
  slow.Record(100'000);
  slow.Record(100'000);
  fast.Add(slow);
  EXPECT_EQ(fast.count(), 100);
  EXPECT_EQ(fast.Quantile(0.98), 10);
  EXPECT_GE(fast.Quantile(0.99), 100'000);
}

TEST(HistogramTest, EmptyHasNoQuantile) { EXPECT_EQ(Histogram().Quantile(0.99), 0); }

}  // namespace
}  // namespace twotier::load
