// What an account is for, as keys and values that the ledger does not understand ("chapter" →
// "805"), each from a day on. Kept apart from the account, because it changes while the account
// stays. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_COMMON_LEDGER_CLASSIFICATION_H_
#define TWOTIER_COMMON_LEDGER_CLASSIFICATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/db.h"
#include "common/ledger/ledger.h"
#include "common/ledger/reads.h"

namespace twotier::ledger {

struct Classification {
  std::string key = {};
  std::string value = {};  // Empty: it has none any more.
  absl::CivilDay from_day = {};

  friend bool operator==(const Classification&, const Classification&) = default;
};

// An account and what it is classified as from some days on.
struct Classified {
  AccountId account = {};
  std::vector<Classification> values = {};
};

// Adds values. One of a later day is a change; one of the same day corrects the one before, which
// stays and is told as what was known. `subject` and `version` name the event, of the account's
// province, that tells of it (Journal::subject).
absl::Status Classify(db::Tx& tx, absl::Span<const Classified> classified,
                      absl::string_view subject, int64_t version);

// What each account is classified as on the day, by key, without the keys that have no value. One
// flight.
absl::StatusOr<std::vector<std::vector<Classification>>> ClassificationsAt(
    db::Tx& tx, absl::Span<const AccountId> ids, const AsOf& as_of);

// Accounts of a province whose `key` has this value on the day, by id, after `after`.
absl::StatusOr<std::vector<AccountId>> AccountsClassified(
    db::Tx& tx, absl::string_view province_code, absl::string_view key, absl::string_view value,
    const AsOf& as_of, absl::string_view after, int limit);

}  // namespace twotier::ledger

#endif  // TWOTIER_COMMON_LEDGER_CLASSIFICATION_H_
