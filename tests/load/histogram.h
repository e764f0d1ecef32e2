// Counts latencies in buckets whose width is at most 1/64 of their value, so that a quantile is
// read with an error below 1.6 % at any size, in fixed memory. (Debian ships no HdrHistogram.)
#ifndef TWOTIER_TESTS_LOAD_HISTOGRAM_H_
#define TWOTIER_TESTS_LOAD_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace twotier::load {

// Not thread-safe: each thread has its own, and they are added up at the end.
class Histogram {
 public:
  void Record(int64_t value) {
    ++buckets_[IndexOf(static_cast<uint64_t>(std::max<int64_t>(value, 0)))];
    ++count_;
  }

  void Add(const Histogram& other) {
    for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
  }

  int64_t count() const { return count_; }

  // Largest value of the bucket that holds the `quantile`-th (0 to 1) of the recorded values; 0
  // when empty.
  int64_t Quantile(double quantile) const {
    const auto rank = std::max<int64_t>(1, std::llround(quantile * static_cast<double>(count_)));
    int64_t seen = 0;
    for (size_t i = 0; i < buckets_.size() && count_ > 0; ++i) {
      seen += buckets_[i];
      if (seen >= rank) return static_cast<int64_t>(LastOf(i));
    }
    return 0;
  }

 private:
  // Values below 2 * kSub have a bucket each; above, every power of two is cut into kSub buckets.
  static constexpr int kSubBits = 6;
  static constexpr uint64_t kSub = uint64_t{1} << kSubBits;
  // 2^40 ns are 18 minutes: longer than any deadline used here. Larger values share the last
  // bucket.
  static constexpr int kValueBits = 40;
  static constexpr size_t kBuckets = (kValueBits - kSubBits + 1) * kSub;

  static size_t IndexOf(uint64_t value) {
    if (value < 2 * kSub) return value;
    const auto shift = static_cast<uint64_t>(std::bit_width(value)) - 1 - kSubBits;
    return std::min(kBuckets - 1, shift * kSub + (value >> shift));
  }
  static uint64_t LastOf(size_t index) {
    if (index < 2 * kSub) return index;
    const uint64_t shift = index / kSub - 1;
    return ((index - shift * kSub + 1) << shift) - 1;
  }

  std::array<int64_t, kBuckets> buckets_{};
  int64_t count_ = 0;
};

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_HISTOGRAM_H_
