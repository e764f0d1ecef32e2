#include "tests/load/watchers.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "tests/load/ask.h"
#include "tests/load/calls.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::load {
namespace {

namespace reg = registry::v1;
using reg::RegistryService;

// Below the 1,024 streams that a server allows on one connection.
constexpr int kStreamsPerConnection = 1000;
// Longest wait for all watchers to be live (a heartbeat comes every five seconds), and for the
// change to reach them.
constexpr absl::Duration kPatience = absl::Seconds(60);

// Token of a stream that got its first heartbeat: nothing that was committed before is on its way
// any more. Nothing when the stream ended before: the first import is numbered as one group, too
// large for a message, and who began before it begins again.
absl::StatusOr<std::optional<std::string>> TryCurrentToken(const std::string& address,
                                                           absl::Time deadline) {
  grpc::ClientContext context;
  context.AddMetadata("x-twotier-principal", "load");
  context.set_deadline(absl::ToChronoTime(deadline));
  const auto stub = StubOf<RegistryService>(address);
  const auto reader = stub->WatchChanges(&context, {});
  std::string token;
  reg::WatchChangesResponse message;
  while (reader->Read(&message)) {
    if (message.has_snapshot_end()) token = message.snapshot_end().resume_token();
    if (message.has_group()) token = message.group().resume_token();
    if (!message.has_heartbeat()) continue;
    context.TryCancel();
    static_cast<void>(reader->Finish());  // CANCELLED, as asked.
    return std::optional<std::string>(std::move(token));
  }
  const grpc::Status status = reader->Finish();
  if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE) return std::optional<std::string>();
  return absl::InternalError(absl::StrCat("no snapshot: ", status.error_message()));
}

absl::StatusOr<std::string> CurrentToken(const std::string& address) {
  const absl::Time deadline = absl::Now() + kPatience;
  for (;;) {
    ASSIGN_OR_RETURN(std::optional<std::string> token, TryCurrentToken(address, deadline));
    if (token.has_value()) return *std::move(token);
  }
}

// What the watchers have seen. Thread-safe.
class Board {
 public:
  explicit Board(size_t watchers) : watchers_(watchers) {}

  void Live() {
    absl::MutexLock lock(&mutex_);
    ++live_;
  }
  void Changed() {
    const absl::Time now = absl::Now();
    absl::MutexLock lock(&mutex_);
    arrivals_.push_back(now);
  }
  void Ended(const grpc::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (error_.ok() && !ending_) {
      error_ = absl::InternalError(absl::StrCat("a stream ended: ", status.error_message()));
    }
    ++ended_;
  }

  absl::Status AwaitLive() {
    return Await([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return live_; });
  }
  absl::Status AwaitChange() {
    return Await([this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return arrivals_.size(); });
  }
  // From now on streams may end. The caller ends them.
  void BeginEnd() {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  void AwaitEnd() {
    absl::MutexLock lock(&mutex_);
    const auto all_ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return ended_ == watchers_;
    };
    mutex_.Await(absl::Condition(&all_ended));
  }

  // When the change came to each, sorted.
  std::vector<absl::Time> Arrivals() const {
    absl::MutexLock lock(&mutex_);
    std::vector<absl::Time> arrivals = arrivals_;
    std::sort(arrivals.begin(), arrivals.end());
    return arrivals;
  }

 private:
  template <typename Count>
  absl::Status Await(Count count) {
    absl::MutexLock lock(&mutex_);
    const auto reached = [this, &count]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return !error_.ok() || count() == watchers_;
    };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&reached), kPatience)) {
      return absl::DeadlineExceededError(
          absl::StrCat(watchers_ - count(), " of ", watchers_, " watchers are still waiting"));
    }
    return error_;
  }

  const size_t watchers_;
  mutable absl::Mutex mutex_;
  size_t live_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t ended_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<absl::Time> arrivals_ ABSL_GUARDED_BY(mutex_);
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
};

// One stream. Lives until the board has counted its end.
class Watcher final : public grpc::ClientReadReactor<reg::WatchChangesResponse> {
 public:
  Watcher(RegistryService::Stub& stub, const reg::WatchChangesRequest& request, Board& board)
      : board_(board) {
    context_.AddMetadata("x-twotier-principal", "load");
    stub.async()->WatchChanges(&context_, &request, this);
    StartRead(&message_);
    StartCall();
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (!std::exchange(live_, true)) board_.Live();
    if (message_.has_group() && !std::exchange(changed_, true)) board_.Changed();
    StartRead(&message_);
  }
  void OnDone(const grpc::Status& status) override { board_.Ended(status); }

 private:
  Board& board_;
  grpc::ClientContext context_;
  reg::WatchChangesResponse message_;
  bool live_ = false;
  bool changed_ = false;
};

// All streams. Ends them when it is destroyed.
class Watchers {
 public:
  Watchers(const WatchersOptions& options, std::string token) : board_(options.watchers) {
    request_.set_resume_token(std::move(token));
    for (int i = 0; i < options.watchers; ++i) {
      if (i % kStreamsPerConnection == 0) {
        grpc::ChannelArguments arguments;
        arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
        stubs_.push_back(RegistryService::NewStub(grpc::CreateCustomChannel(
            options.address, grpc::InsecureChannelCredentials(), arguments)));
      }
      watchers_.push_back(std::make_unique<Watcher>(*stubs_.back(), request_, board_));
    }
  }
  ~Watchers() {
    board_.BeginEnd();
    for (const auto& watcher : watchers_) watcher->Cancel();
    board_.AwaitEnd();
  }

  Board& board() { return board_; }

 private:
  Board board_;
  reg::WatchChangesRequest request_;
  std::vector<std::unique_ptr<RegistryService::Stub>> stubs_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace

absl::StatusOr<WatchersResult> RunWatchers(const WatchersOptions& options) {
  ASSIGN_OR_RETURN(std::string token, CurrentToken(options.address));
  Watchers watchers(options, std::move(token));
  RETURN_IF_ERROR(watchers.board().AwaitLive());
  RETURN_IF_ERROR(options.at_rest());
  RETURN_IF_ERROR(options.change());
  const absl::Time answered = absl::Now();
  RETURN_IF_ERROR(watchers.board().AwaitChange());
  const std::vector<absl::Time> arrivals = watchers.board().Arrivals();
  const absl::Time begin = std::min(answered, arrivals.front());
  return WatchersResult{.to_middle = arrivals[arrivals.size() / 2] - begin,
                        .to_last = arrivals.back() - begin,
                        .spread = arrivals.back() - arrivals.front()};
}

absl::Status RenameAWard(const Places& places, const std::string& address) {
  reg::ImportUnitsRequest request;
  request.set_request_id(RequestIds().Next());
  const std::string data = absl::StrCat(places.source_dir, "/services/registry/data");
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    if (entry.path().extension() != ".csv") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    reg::ImportFile* file = request.add_files();
    file->set_file_name(entry.path().filename().string());
    file->set_content(absl::StrReplaceAll(std::string(std::istreambuf_iterator<char>(in), {}),
                                          {{"Phường Ba Đình,Ba Đình,01", "Phường Mới,Mới,01"}}));
  }
  return Ask(*StubOf<RegistryService>(address), &RegistryService::Stub::ImportUnits, request)
      .status();
}

}  // namespace twotier::load
