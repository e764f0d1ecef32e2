// Events as they stand in a service's database, and what chains them.
#ifndef TWOTIER_TOOLS_VERIFY_EVENT_CHAIN_H_
#define TWOTIER_TOOLS_VERIFY_EVENT_CHAIN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "common/db/connection.h"

namespace twotier::verify {

struct EventRow {
  std::string province_code;
  std::string subject;
  int64_t version = 0;
  std::string kind;
  std::string body;
  std::string hash;
  std::string previous_hash;
  std::string group_id;
  std::optional<int64_t> position;
  std::optional<int64_t> known_us;
  bool last_of_group = false;
};

// The columns of table `event` in the order of EventRow.
#define TWOTIER_VERIFY_EVENT_COLUMNS                                                      \
  "province_code, subject, version, kind, body, hash, previous_hash, group_id, position," \
  " known_us, last_of_group"

EventRow EventOf(const db::Row& row);

// 32 bytes.
std::string Sha256(const std::string& bytes);

// What is wrong with `event` as the one that follows `before` (null: it is the first of its
// subject): a version is missing, it is not chained, or its content does not give its hash. Empty
// when nothing is.
std::string ChainProblem(const EventRow& event, const EventRow* before);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_EVENT_CHAIN_H_
