#include "common/rpc/dispatcher.h"

#include <iterator>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/request_log.h"
#include "common/rpc/rules.h"
#include "common/rpc/status.h"
#include "common/rpc/validate.h"
#include "common/status_macros.h"

namespace twotier::rpc {
namespace {

using google::protobuf::Message;

absl::Status Broken(absl::string_view what) {
  return error::WithReason(absl::StatusCode::kInternal, what, "BROKEN_INVARIANT");
}

}  // namespace

// A transactional call while it waits for its lane or reader. Kept alive by the closures of its
// unit of work; gRPC's context, request and response live until Finish, which `done` alone calls.
struct Dispatcher::Pending {
  Arrival arrival;
  grpc::ServerUnaryReactor* reactor = nullptr;
  Message* response = nullptr;
  std::function<absl::Status(const Call&, db::Tx&)> handler;
  RequestKey key;        // KIND_WRITE only.
  absl::Status outcome;  // KIND_WRITE only: what the caller gets once the unit is committed.

  absl::Status Handle(db::Tx& tx) {
    return WithoutExceptions([&] { return handler(arrival.call, tx); });
  }
};

class Dispatcher::Core {
 public:
  explicit Core(const Options& options)
      : options_(options), chain_(*options.clock, *options.authenticator, options.log) {}

  // Reads rules and constraints. FAILED_PRECONDITION lists every problem.
  absl::Status Load(const google::protobuf::ServiceDescriptor& service);

  const Options& options() const { return options_; }
  const Chain& chain() const { return chain_; }
  const RequestLog* request_log() const { return request_log_.get(); }

  // Null when the binding names a method that the service does not have.
  const Method* Find(absl::string_view name) const {
    const auto found = methods_.find(name);
    return found == methods_.end() ? nullptr : &found->second;
  }

  // Counts, logs and answers.
  void Complete(const Arrival& arrival, grpc::ServerUnaryReactor& reactor,
                const absl::Status& status) const {
    chain_.End(arrival, status);
    reactor.Finish(ToGrpcStatus(status));
  }

  absl::Status AddWatch(WatchStreamBase& stream) ABSL_LOCKS_EXCLUDED(watches_mutex_);
  void RemoveWatch(WatchStreamBase& stream) ABSL_LOCKS_EXCLUDED(watches_mutex_);
  void EndWatches() ABSL_LOCKS_EXCLUDED(watches_mutex_);

 private:
  const Options options_;
  const Chain chain_;
  Validator validator_;
  absl::flat_hash_map<std::string, Method> methods_;
  std::unique_ptr<RequestLog> request_log_;

  absl::Mutex watches_mutex_;
  absl::flat_hash_map<WatchStreamBase*, std::weak_ptr<WatchStreamBase>> watches_
      ABSL_GUARDED_BY(watches_mutex_);
  bool watches_ended_ ABSL_GUARDED_BY(watches_mutex_) = false;
};

absl::Status Dispatcher::Core::Load(const google::protobuf::ServiceDescriptor& service) {
  std::vector<std::string> problems;
  absl::StatusOr<std::vector<MethodRule>> rules = ReadRules(service);
  if (!rules.ok()) problems.emplace_back(rules.status().message());
  for (int i = 0; i < service.method_count(); ++i) {
    validator_.Plan(*service.method(i)->input_type(), problems);
  }
  if (!problems.empty()) return absl::FailedPreconditionError(absl::StrJoin(problems, "\n"));

  bool writes = false;
  for (MethodRule& rule : *rules) {
    writes = writes || rule.kind == common::v1::KIND_WRITE;
    const google::protobuf::MethodDescriptor& descriptor = *rule.descriptor;
    Method& method = methods_[descriptor.name()];
    method.full_name = absl::StrCat(service.full_name(), "/", descriptor.name());
    method.plan = validator_.Plan(*descriptor.input_type(), problems);
    method.metrics = std::make_unique<MethodMetrics>(descriptor, *options_.metrics);
    method.rule = std::move(rule);
  }
  if (!writes || options_.database == nullptr) return absl::OkStatus();
  if (options_.ids == nullptr) return absl::InvalidArgumentError("writing needs a source of ids");
  ASSIGN_OR_RETURN(request_log_, RequestLog::Open(*options_.database));
  return absl::OkStatus();
}

absl::Status Dispatcher::Core::AddWatch(WatchStreamBase& stream) {
  absl::MutexLock lock(&watches_mutex_);
  if (watches_ended_) return error::ShuttingDown();
  if (watches_.size() >= options_.streams_max) {
    return error::WithRetryAfter(
        error::WithReason(absl::StatusCode::kResourceExhausted, "too many open streams",
                          "TOO_MANY_STREAMS"),
        absl::Seconds(10));  // Streams are long: a quick return would find the same.
  }
  watches_.emplace(&stream, stream.weak_from_this());
  return absl::OkStatus();
}

void Dispatcher::Core::RemoveWatch(WatchStreamBase& stream) {
  absl::MutexLock lock(&watches_mutex_);
  watches_.erase(&stream);
}

void Dispatcher::Core::EndWatches() {
  std::vector<std::shared_ptr<WatchStreamBase>> streams;
  {
    absl::MutexLock lock(&watches_mutex_);
    watches_ended_ = true;
    for (const auto& [stream, weak] : watches_) {
      if (auto alive = weak.lock()) streams.push_back(std::move(alive));
    }
  }
  for (const auto& stream : streams) stream->End(error::ShuttingDown());
}

absl::StatusOr<std::unique_ptr<Dispatcher>> Dispatcher::Create(
    const google::protobuf::ServiceDescriptor* service, Options options) {
  if (options.clock == nullptr || options.authenticator == nullptr || options.metrics == nullptr) {
    return absl::InvalidArgumentError("a dispatcher needs a clock, an authenticator and metrics");
  }
  auto core = std::make_unique<Core>(options);
  RETURN_IF_ERROR(core->Load(*service));
  return absl::WrapUnique(new Dispatcher(std::move(core)));
}

Dispatcher::Dispatcher(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::EndWatches() { core_->EndWatches(); }

bool Dispatcher::Reads(absl::string_view method_name, const Message& request) const {
  const Method* method = core_->Find(method_name);
  return method != nullptr && ReadsDatabase(method->rule, request);
}

grpc::ServerUnaryReactor* Dispatcher::RunMemory(
    absl::string_view method_name, grpc::CallbackServerContext* context, const Message& request,
    SemanticCheck check, absl::FunctionRef<absl::Status(const Call&)> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Method* method = core_->Find(method_name);
  if (method == nullptr || method->rule.kind != common::v1::KIND_MEMORY ||
      ReadsDatabase(method->rule, request)) {
    reactor->Finish(ToGrpcStatus(Broken("the handler does not fit the rule of the method")));
    return reactor;
  }
  Arrival arrival = Chain::Begin(*method, *context);
  const absl::Status status = WithoutExceptions([&]() -> absl::Status {
    RETURN_IF_ERROR(core_->chain().Admit(arrival, request, check));
    return handler(arrival.call);
  });
  if (status.ok()) method->metrics->Sent();
  core_->Complete(arrival, *reactor, status);
  return reactor;
}

grpc::ServerUnaryReactor* Dispatcher::RunTransaction(
    absl::string_view method_name, grpc::CallbackServerContext* context, const Message* request,
    Message* response, SemanticCheck check, FirstQuery first,
    std::function<absl::Status(const Call&, db::Tx&)> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Method* method = core_->Find(method_name);
  const bool writes = method != nullptr && method->rule.kind == common::v1::KIND_WRITE;
  // What a write answers is remembered as a message.
  if (method == nullptr ||
      (writes ? response == nullptr : !ReadsDatabase(method->rule, *request))) {
    reactor->Finish(ToGrpcStatus(Broken("the handler does not fit the rule of the method")));
    return reactor;
  }
  auto pending = std::make_shared<Pending>();
  pending->arrival = Chain::Begin(*method, *context);
  pending->reactor = reactor;
  pending->response = response;
  pending->handler = std::move(handler);
  const absl::Status admitted =
      WithoutExceptions([&] { return core_->chain().Admit(pending->arrival, *request, check); });
  if (!admitted.ok()) {
    core_->Complete(pending->arrival, *reactor, admitted);
  } else if (core_->options().database == nullptr) {
    core_->Complete(
        pending->arrival, *reactor,
        error::WithReason(absl::StatusCode::kUnavailable, "there is no database", "DATABASE_AWAY"));
  } else if (writes) {
    SubmitWrite(std::move(pending), *request, first);
  } else {
    SubmitRead(std::move(pending), *request, first);
  }
  return reactor;
}

void Dispatcher::SubmitRead(std::shared_ptr<Pending> pending, const Message& request,
                            FirstQuery first) {
  db::Read read;
  std::vector<db::BoundStatement> queries = first(pending->arrival.call);
  if (!queries.empty()) read.first = std::move(queries.front());
  read.bytes = request.ByteSizeLong();
  read.work = [pending](db::Tx& tx) { return pending->Handle(tx); };
  read.wanted = [pending] { return StillWanted(pending->arrival); };
  read.done = [core = core_.get(), pending](absl::Status status) {
    Answer(*core, *pending, std::move(status));
  };
  core_->options().database->Submit(std::move(read));
}

void Dispatcher::SubmitWrite(std::shared_ptr<Pending> pending, const Message& request,
                             FirstQuery first) {
  Arrival& arrival = pending->arrival;
  const MethodRule& rule = arrival.method->rule;
  arrival.call.new_id = core_->options().ids->New(arrival.call.now);
  arrival.call.validate_only = request.GetReflection()->GetBool(request, rule.validate_only);
  pending->key =
      core_->request_log()->KeyOf(arrival.method->full_name, arrival.scope,
                                  arrival.call.principal.name, request, *rule.request_id);
  arrival.call.request_id = pending->key.request_id;

  db::Unit unit;
  unit.bytes = request.ByteSizeLong();
  unit.keys = KeysOf(rule, request);
  unit.dry_run = arrival.call.validate_only;
  if (unit.dry_run) {
    unit.work = [pending](db::Tx& tx) { return pending->Handle(tx); };
  } else {
    unit.first.push_back(RequestLog::First(pending->key));
    unit.work = [pending](db::Tx& tx) {
      return RequestLog::Run(
          tx, pending->key, pending->arrival.call.now, [&] { return pending->Handle(tx); },
          *pending->response, pending->outcome);
    };
  }
  std::vector<db::BoundStatement> queries = first(arrival.call);
  absl::c_move(queries, std::back_inserter(unit.first));
  unit.wanted = [pending] { return StillWanted(pending->arrival); };
  unit.done = [core = core_.get(), pending](absl::Status status) {
    Answer(*core, *pending, status.ok() ? pending->outcome : std::move(status));
  };
  core_->options().database->Submit(std::move(unit));
}

void Dispatcher::Answer(const Core& core, Pending& pending, absl::Status status) {
  // The database says DEADLINE_EXCEEDED also for a caller that has gone before its deadline.
  if (absl::IsDeadlineExceeded(status) && pending.arrival.context->IsCancelled()) {
    status = NotWanted(pending.arrival);
  }
  if (status.ok()) pending.arrival.method->metrics->Sent();
  core.Complete(pending.arrival, *pending.reactor, status);
}

void Dispatcher::BeginWatch(absl::string_view method_name, grpc::CallbackServerContext* context,
                            const Message& request, SemanticCheck check, WatchStreamBase& stream,
                            absl::FunctionRef<absl::Status(const Call&)> open) {
  const Method* method = core_->Find(method_name);
  if (method == nullptr || method->rule.kind != common::v1::KIND_WATCH) {
    stream.End(Broken("the handler does not fit the rule of the method"));
    return;
  }
  auto arrival = std::make_shared<Arrival>(Chain::Begin(*method, *context));
  stream.SetObserver([method] { method->metrics->Sent(); },
                     [core = core_.get(), arrival, &stream](const absl::Status& status) {
                       core->RemoveWatch(stream);
                       core->chain().End(*arrival, status);
                     });
  const absl::Status status = WithoutExceptions([&]() -> absl::Status {
    RETURN_IF_ERROR(core_->chain().Admit(*arrival, request, check));
    RETURN_IF_ERROR(core_->AddWatch(stream));
    return open(arrival->call);
  });
  if (status.ok()) {
    stream.Start();
  } else {
    stream.End(status);
  }
}

}  // namespace twotier::rpc
