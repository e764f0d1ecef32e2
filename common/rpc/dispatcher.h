// The one chain that every RPC passes:
//
//   start timer → authenticate → permission and scope → deadline left? → declared constraints and
//   semantic validator → memory: handler on this thread | read, or memory with its read_field set:
//   reader pool | write: lane, request log, handler, commit → count, time, log → Finish
//
// docs/life_of_an_rpc.md walks through it.
#ifndef TWOTIER_COMMON_RPC_DISPATCHER_H_
#define TWOTIER_COMMON_RPC_DISPATCHER_H_

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/clock.h"
#include "common/db/database.h"
#include "common/errors.h"
#include "common/id.h"
#include "common/log.h"
#include "common/rpc/authn.h"
#include "common/rpc/chain.h"
#include "common/rpc/encoded.h"
#include "common/rpc/watch.h"
#include "common/rpc/watch_stream.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "prometheus/registry.h"

namespace twotier::rpc {

// What a dispatcher needs. Nothing is owned; everything outlives the dispatcher.
struct Options {
  const Clock* clock = nullptr;                  // Required.
  const Authenticator* authenticator = nullptr;  // Required.
  prometheus::Registry* metrics = nullptr;       // Required.
  IdSource* ids = nullptr;           // Required when the service has a KIND_WRITE method.
  db::Database* database = nullptr;  // Null: only KIND_MEMORY and KIND_WATCH are answered, the
                                     // others are UNAVAILABLE `DATABASE_AWAY`.
  Log* log = nullptr;                // Null: no log lines.
  // Open streams at a time, as many as the feed's hub takes (feed::HubOptions::streams_max). An
  // idle one costs about 17 KB: 850 MB when all are open. One more is refused with
  // RESOURCE_EXHAUSTED `TOO_MANY_STREAMS`.
  size_t streams_max = 50'000;
};

// Stands for "no semantic validator".
struct NoValidator {};
// Stands for "what the handler asks the database first is not known beforehand".
struct NoFirst {};

// Runs the RPCs of one service. Thread-safe. Outlives the gRPC server that calls it.
//
// Handlers come in four forms; the rule of the method must fit the form:
//   KIND_MEMORY        absl::StatusOr<Response>(const Call&, const Request&)
//   with a read_field  absl::StatusOr<Response>(const Call&, const Request&, db::Tx*)
//                      null unless the request sets that field
//   KIND_READ, _WRITE  absl::StatusOr<Response>(const Call&, const Request&, db::Tx&)
//   KIND_WATCH         absl::StatusOr<std::unique_ptr<WatchSource<Response>>>(const Call&, const
//   Request&)
// A semantic validator is void(const Request&, error::Violations&); it must bear requests that
// violate the declared constraints, because all violations are reported together.
//
// A handler of KIND_MEMORY or KIND_READ may answer with Encoded<Response> (encoded.h).
//
// A `first` is std::optional<db::BoundStatement>(const Call&, const Request&), or returns several
// in a std::vector: the queries that a KIND_READ (the first of them) or KIND_WRITE handler begins
// with, so that the calls that wait ask the database in one flight (db::Read::first,
// db::Unit::first). It runs on the gRPC thread.
//
// `Call::new_id` and `Call::request_id` are set for KIND_WRITE only.
class Dispatcher {
 public:
  // FAILED_PRECONDITION lists every wrong rule and constraint of the service (rules.h, validate.h).
  // UNAVAILABLE when the request log's salt cannot be read. Waits for the database: for start-up
  // only.
  static absl::StatusOr<std::unique_ptr<Dispatcher>> Create(
      const google::protobuf::ServiceDescriptor* service, Options options);

  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Runs one unary RPC. `method` is the short name, for example "SubmitDossier". The handler is
  // copied and may run twice (KIND_WRITE), on another thread. Returns the reactor that the binding
  // returns to gRPC.
  template <typename Request, typename Response, typename Handler, typename Validator = NoValidator,
            typename First = NoFirst>
  grpc::ServerUnaryReactor* Run(absl::string_view method, grpc::CallbackServerContext* context,
                                const Request* request, Response* response, Handler handler,
                                Validator validator = {}, First first = {}) {
    const auto check = [&](error::Violations& violations) {
      if constexpr (!std::is_same_v<Validator, NoValidator>) validator(*request, violations);
    };
    const auto begin = [&](const Call& call) { return FirstOf(first, call, *request); };
    if constexpr (std::is_invocable_v<Handler&, const Call&, const Request&, db::Tx&>) {
      return RunTransaction(
          method, context, request, MessageOf(response), check, begin,
          [handler = std::move(handler), request, response](const Call& call, db::Tx& tx) mutable {
            return Fill(handler(call, *request, tx), response);
          });
    } else if constexpr (std::is_invocable_v<Handler&, const Call&, const Request&, db::Tx*>) {
      if (!Reads(method, *request)) {
        return RunMemory(method, context, *request, check, [&](const Call& call) {
          return Fill(handler(call, *request, nullptr), response);
        });
      }
      return RunTransaction(
          method, context, request, MessageOf(response), check, begin,
          [handler = std::move(handler), request, response](const Call& call, db::Tx& tx) mutable {
            return Fill(handler(call, *request, &tx), response);
          });
    } else {
      return RunMemory(method, context, *request, check,
                       [&](const Call& call) { return Fill(handler(call, *request), response); });
    }
  }

  // Runs one server stream of KIND_WATCH. `open` is the handler: it makes the source on the gRPC
  // thread.
  template <typename Response, typename Request, typename Open, typename Validator = NoValidator>
  grpc::ServerWriteReactor<Response>* RunWatch(absl::string_view method,
                                               grpc::CallbackServerContext* context,
                                               const Request* request, Open open,
                                               Validator validator = {}) {
    const auto check = [&](error::Violations& violations) {
      if constexpr (!std::is_same_v<Validator, NoValidator>) validator(*request, violations);
    };
    const std::shared_ptr<WatchStream<Response>> stream = WatchStream<Response>::Create();
    BeginWatch(method, context, *request, check, *stream, [&](const Call& call) -> absl::Status {
      absl::StatusOr<std::unique_ptr<WatchSource<Response>>> source = open(call, *request);
      if (!source.ok()) return std::move(source).status();
      stream->SetSource(std::move(*source));
      return absl::OkStatus();
    });
    return stream.get();
  }

  // Ends every open stream with UNAVAILABLE `SHUTTING_DOWN`, so that a drain need not wait for
  // them; streams that come later end at once.
  void EndWatches();

 private:
  struct Pending;
  class Core;
  using FirstQuery = absl::FunctionRef<std::vector<db::BoundStatement>(const Call&)>;
  template <typename First, typename Request>
  static std::vector<db::BoundStatement> FirstOf(const First& first, const Call& call,
                                                 const Request& request) {
    if constexpr (std::is_same_v<First, NoFirst>) {
      return {};
    } else {
      auto queries = first(call, request);
      if constexpr (std::is_same_v<decltype(queries), std::vector<db::BoundStatement>>) {
        return queries;
      } else if (queries.has_value()) {
        return {*std::move(queries)};
      } else {
        return {};
      }
    }
  }

  explicit Dispatcher(std::unique_ptr<Core> core);

  template <typename Response>
  static absl::Status Fill(absl::StatusOr<Response> answer, Response* response) {
    if (!answer.ok()) return std::move(answer).status();
    *response = *std::move(answer);
    return absl::OkStatus();
  }
  template <typename Response>
  static absl::Status Fill(absl::StatusOr<Encoded<Response>> answer, grpc::ByteBuffer* response) {
    if (!answer.ok()) return std::move(answer).status();
    *response = (*std::move(answer)).ToBuffer();
    return absl::OkStatus();
  }

  // Null for an answer that is encoded.
  static google::protobuf::Message* MessageOf(google::protobuf::Message* response) {
    return response;
  }
  static google::protobuf::Message* MessageOf(grpc::ByteBuffer*) { return nullptr; }

  // Whether the rule of `method` sends this request to the reader pool.
  bool Reads(absl::string_view method, const google::protobuf::Message& request) const;
  grpc::ServerUnaryReactor* RunMemory(absl::string_view method,
                                      grpc::CallbackServerContext* context,
                                      const google::protobuf::Message& request, SemanticCheck check,
                                      absl::FunctionRef<absl::Status(const Call&)> handler);
  grpc::ServerUnaryReactor* RunTransaction(
      absl::string_view method, grpc::CallbackServerContext* context,
      const google::protobuf::Message* request, google::protobuf::Message* response,
      SemanticCheck check, FirstQuery first,
      std::function<absl::Status(const Call&, db::Tx&)> handler);
  void SubmitRead(std::shared_ptr<Pending> pending, const google::protobuf::Message& request,
                  FirstQuery first);
  void SubmitWrite(std::shared_ptr<Pending> pending, const google::protobuf::Message& request,
                   FirstQuery first);
  static void Answer(const Core& core, Pending& pending, absl::Status status);
  void BeginWatch(absl::string_view method, grpc::CallbackServerContext* context,
                  const google::protobuf::Message& request, SemanticCheck check,
                  WatchStreamBase& stream, absl::FunctionRef<absl::Status(const Call&)> open);

  std::unique_ptr<Core> core_;
};

}  // namespace twotier::rpc

#endif  // TWOTIER_COMMON_RPC_DISPATCHER_H_
