#include "common/id.h"

#include <openssl/rand.h>

#include <cstdlib>

#include "absl/numeric/int128.h"

namespace twotier {
namespace {

constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// Writes the low `5 * size` bits of `value`, most significant digit first.
void Put(char* out, int size, absl::uint128 value) {
  for (int i = size - 1; i >= 0; --i) {
    out[i] = kAlphabet[static_cast<size_t>(value & 31)];
    value >>= 5;
  }
}

}  // namespace

std::string IdSource::New(absl::Time now) {
  const uint64_t milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(now));
  std::string id(kIdSize, '0');
  absl::MutexLock lock(&mutex_);
  if (!begun_ || milliseconds > milliseconds_) {
    begun_ = true;
    milliseconds_ = milliseconds;
    std::array<unsigned char, 10> bytes;
    // Without random bytes ids could repeat: there is nothing better to do than to stop.
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) std::abort();
    random_high_ = static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
    random_low_ = 0;
    for (size_t i = 2; i < bytes.size(); ++i) random_low_ = random_low_ << 8 | bytes[i];
  } else if (++random_low_ == 0 && ++random_high_ == 0) {
    ++milliseconds_;  // 2^80 ids in one millisecond.
  }
  Put(id.data(), 10, milliseconds_);
  Put(id.data() + 10, 16, absl::MakeUint128(random_high_, random_low_));
  return id;
}

}  // namespace twotier
