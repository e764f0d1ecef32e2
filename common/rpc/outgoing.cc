#include "common/rpc/outgoing.h"

#include "absl/time/clock.h"
#include "common/rpc/authn.h"

namespace twotier::rpc {

absl::Status Outgoing::Begin(grpc::ClientContext& context) {
  context.AddMetadata(std::string(kPrincipalMetadata), principal_);
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
  absl::MutexLock lock(&mutex_);
  if (cancelled_) return absl::CancelledError("the process ends");
  context_ = &context;
  return absl::OkStatus();
}

void Outgoing::End() {
  absl::MutexLock lock(&mutex_);
  context_ = nullptr;
}

void Outgoing::Cancel() {
  absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  if (context_ != nullptr) context_->TryCancel();
}

}  // namespace twotier::rpc
