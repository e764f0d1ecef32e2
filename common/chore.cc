#include "common/chore.h"

#include <utility>

namespace twotier {

Chore::Chore(Options options, std::function<absl::StatusOr<bool>()> slice, Log* log)
    : options_(std::move(options)),
      slice_(std::move(slice)),
      log_(*log),
      thread_([this] { Run(); }) {}

Chore::~Chore() { Stop(); }

void Chore::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Chore::Run() {
  for (;;) {
    const absl::StatusOr<bool> more = slice_();
    if (!more.ok()) {
      log_.Write(Severity::kWarning, "chore failed",
                 {{"name", options_.name}, {"message", more.status().message()}});
    }
    absl::MutexLock lock(&mutex_);
    const absl::Duration wait = more.ok() && *more ? options_.pause : options_.rest;
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), wait)) return;
  }
}

}  // namespace twotier
