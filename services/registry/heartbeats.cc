#include "services/registry/heartbeats.h"

#include "common/status_macros.h"
#include "services/registry/store/system_store.h"

namespace twotier::registry {

void Heartbeats::Report(absl::string_view province_code, absl::string_view system_id,
                        absl::Time heard) {
  absl::MutexLock lock(&mutex_);
  const auto [it, added] =
      heard_.try_emplace(Key(std::string(province_code), std::string(system_id)), Heard{heard});
  if (!added && it->second.time < heard) it->second = {heard, false};
}

std::optional<absl::Time> Heartbeats::LastOf(absl::string_view province_code,
                                             absl::string_view system_id) const {
  absl::MutexLock lock(&mutex_);
  const auto it = heard_.find(Key(std::string(province_code), std::string(system_id)));
  if (it == heard_.end()) return std::nullopt;
  return it->second.time;
}

absl::Status Heartbeats::Exchange(db::Database& database) {
  std::vector<store::Heartbeat> unwritten;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [key, heard] : heard_) {
      if (!heard.written) unwritten.push_back({key.first, key.second, heard.time});
    }
  }
  if (!unwritten.empty()) {
    const auto write = [&](db::Tx& tx) -> absl::Status {
      for (const store::Heartbeat& heartbeat : unwritten) {
        RETURN_IF_ERROR(store::WriteHeartbeat(tx, heartbeat));
      }
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(database.Write({{"", "system_heartbeats"}}, write));
  }
  std::vector<store::Heartbeat> stored;
  RETURN_IF_ERROR(database.ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stored, store::LoadHeartbeats(tx));
    return absl::OkStatus();
  }));
  absl::MutexLock lock(&mutex_);
  for (const store::Heartbeat& heartbeat : stored) {
    const auto [it, added] = heard_.try_emplace(Key(heartbeat.province_code, heartbeat.system_id),
                                                Heard{heartbeat.heard, true});
    if (!added && it->second.time <= heartbeat.heard) it->second = {heartbeat.heard, true};
  }
  return absl::OkStatus();
}

}  // namespace twotier::registry
