// Pages of a list: sizes, and tokens that cannot be altered or moved to another query.
#ifndef TWOTIER_COMMON_PAGE_H_
#define TWOTIER_COMMON_PAGE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"

namespace twotier::page {

// AIP-158: what a caller gets who does not say, and the most anybody gets: 1,000 rows of the widest
// list are about 1 MiB, an eighth of the largest message.
inline constexpr int kSizeDefault = 50;
inline constexpr int kSizeMax = 1000;

// 0 is kSizeDefault, more than kSizeMax is kSizeMax, negative is INVALID_ARGUMENT with the
// violation of `page_size`.
absl::StatusOr<int> Size(int32_t asked);

// The same check for a semantic validator, so that it is reported together with other violations.
void CheckSize(int32_t asked, error::Violations& violations);

// Seals cursors into page tokens. A token holds the cursor in the open (it is no secret: the caller
// has seen the row) and an HMAC-SHA256 over method, query and cursor. The key comes from the
// database (rpc::kPageTokenSecret): a token stays good across restarts and on every process of the
// service. Thread-safe.
class Sealer {
 public:
  explicit Sealer(std::string key) : key_(std::move(key)) {}

  // Token of the page after `cursor`, which is the sort key of the last row in any form. `query` is
  // the text of everything that must not change between pages, for example the serialised request
  // without page fields.
  std::string Seal(absl::string_view method, absl::string_view query,
                   absl::string_view cursor) const;

  // The cursor of `token`; empty for an empty token. INVALID_ARGUMENT `WRONG_PAGE_TOKEN` when the
  // token was made for another method or query, or was altered.
  absl::StatusOr<std::string> Open(absl::string_view method, absl::string_view query,
                                   absl::string_view token) const;

 private:
  const std::string key_;
};

}  // namespace twotier::page

#endif  // TWOTIER_COMMON_PAGE_H_
