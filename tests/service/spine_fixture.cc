#include "tests/service/spine_fixture.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/rpc/request_log.h"
#include "common/status_macros.h"

namespace twotier::spine {
namespace {

constexpr db::Statement kUpsert{"put_note",
                                "INSERT INTO note (name, value) VALUES ($1, $2)"
                                " ON CONFLICT (name) DO UPDATE SET value = excluded.value"};
constexpr db::Statement kSelect{"get_note", "SELECT value FROM note WHERE name = $1"};
constexpr db::Statement kCount{"count_requests", "SELECT COUNT(*) FROM request_log"};

std::vector<db::Migration> SpineMigrations() {
  std::vector<db::Migration> migrations = rpc::Migrations();
  migrations.push_back(
      {"spine",
       1,
       "notes",
       {"CREATE TABLE note (name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name))"}});
  return migrations;
}

// What cannot go wrong in a test that is worth running.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << value.status() << std::endl;
  std::abort();
}

// Gives `count` numbers, then waits or ends.
class CountingSource final : public rpc::WatchSource<v1::FollowResponse> {
 public:
  CountingSource(Hooks& hooks, int count) : hooks_(hooks), count_(count) { ++hooks_.sources; }
  ~CountingSource() override { --hooks_.sources; }

  void SetWake(std::function<void()> wake) override {
    if (hooks_.on_wake) hooks_.on_wake(std::move(wake));
  }

  absl::StatusOr<rpc::Pull> Next(v1::FollowResponse* out) override {
    if (next_ < count_) {
      ++hooks_.pulled;
      out->set_number(next_++);
      out->set_padding(std::string(static_cast<size_t>(hooks_.padding_bytes), 'p'));
      return rpc::Pull::kMessage;
    }
    if (!hooks_.follow_ends.has_value()) return rpc::Pull::kWait;
    if (!hooks_.follow_ends->ok()) return *hooks_.follow_ends;
    return rpc::Pull::kEnd;
  }

 private:
  Hooks& hooks_;
  const int count_;
  int next_ = 0;
};

}  // namespace

class SpineServer::Binding final : public v1::SpineService::CallbackService {
 public:
  Binding(rpc::Dispatcher& dispatcher, Hooks& hooks) : dispatcher_(dispatcher), hooks_(hooks) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const v1::EchoRequest* request,
                                 v1::EchoResponse* response) override {
    return dispatcher_.Run(
        "Echo", context, request, response,
        [this](const Call& call, const v1::EchoRequest& asked) -> absl::StatusOr<v1::EchoResponse> {
          if (hooks_.in_memory) hooks_.in_memory();
          v1::EchoResponse answer;
          answer.set_text(asked.text());
          answer.set_principal(call.principal.name);
          answer.set_trace_id(call.trace_id);
          return answer;
        },
        [](const v1::EchoRequest& asked, error::Violations& violations) {
          if (asked.number() < 0) violations.Add("number", "must not be negative");
        });
  }

  grpc::ServerUnaryReactor* GetNote(grpc::CallbackServerContext* context,
                                    const v1::GetNoteRequest* request,
                                    v1::GetNoteResponse* response) override {
    return dispatcher_.Run(
        "GetNote", context, request, response,
        [](const Call&, const v1::GetNoteRequest& asked,
           db::Tx& tx) -> absl::StatusOr<v1::GetNoteResponse> {
          ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kSelect, {asked.name()}));
          if (rows.empty()) {
            return error::WithReason(absl::StatusCode::kNotFound, "no such note", "NOTE_NOT_FOUND");
          }
          v1::GetNoteResponse answer;
          answer.mutable_note()->set_name(asked.name());
          answer.mutable_note()->set_value(rows[0].Text(0));
          return answer;
        });
  }

  grpc::ServerUnaryReactor* PutNote(grpc::CallbackServerContext* context,
                                    const v1::PutNoteRequest* request,
                                    v1::PutNoteResponse* response) override {
    hooks_.write_context = context;
    return dispatcher_.Run(
        "PutNote", context, request, response,
        [this](const Call& call, const v1::PutNoteRequest& asked,
               db::Tx& tx) -> absl::StatusOr<v1::PutNoteResponse> {
          ++hooks_.writes;
          hooks_.write_deadline = call.deadline;
          if (hooks_.in_write) hooks_.in_write();
          RETURN_IF_ERROR(tx.Exec(kUpsert, {asked.note().name(), asked.note().value()}).status());
          if (asked.refuse_with() != 0) {
            const absl::Status refusal = error::WithReason(
                static_cast<absl::StatusCode>(asked.refuse_with()), "refused as asked", "AS_ASKED",
                {{"value", asked.note().value()}});
            return hooks_.refusals_keep_writes ? error::WithWritesKept(refusal) : refusal;
          }
          v1::PutNoteResponse answer;
          *answer.mutable_note() = asked.note();
          answer.set_id(call.new_id);
          return answer;
        });
  }

  grpc::ServerUnaryReactor* PutNational(grpc::CallbackServerContext* context,
                                        const v1::PutNationalRequest* request,
                                        v1::PutNationalResponse* response) override {
    return dispatcher_.Run(
        "PutNational", context, request, response,
        [](const Call&, const v1::PutNationalRequest& asked,
           db::Tx& tx) -> absl::StatusOr<v1::PutNationalResponse> {
          RETURN_IF_ERROR(tx.Exec(kUpsert, {"national", asked.value()}).status());
          return v1::PutNationalResponse();
        });
  }

  grpc::ServerUnaryReactor* Recall(grpc::CallbackServerContext* context,
                                   const v1::RecallRequest* request,
                                   v1::RecallResponse* response) override {
    return dispatcher_.Run("Recall", context, request, response,
                           [](const Call&, const v1::RecallRequest& asked,
                              db::Tx* tx) -> absl::StatusOr<v1::RecallResponse> {
                             v1::RecallResponse answer;
                             answer.set_from_database(tx != nullptr);
                             if (tx == nullptr) return answer;
                             ASSIGN_OR_RETURN(const db::Rows rows,
                                              tx->Query(kSelect, {asked.stored().name()}));
                             if (!rows.empty()) answer.set_value(rows[0].Text(0));
                             return answer;
                           });
  }

  grpc::ServerWriteReactor<v1::FollowResponse>* Follow(grpc::CallbackServerContext* context,
                                                       const v1::FollowRequest* request) override {
    return dispatcher_.RunWatch<v1::FollowResponse>(
        "Follow", context, request,
        [this](const Call&, const v1::FollowRequest& asked)
            -> absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::FollowResponse>>> {
          return std::make_unique<CountingSource>(hooks_, asked.count());
        },
        [](const v1::FollowRequest& asked, error::Violations& violations) {
          if (asked.count() < 0) violations.Add("count", "must not be negative");
        });
  }

 private:
  rpc::Dispatcher& dispatcher_;
  Hooks& hooks_;
};

SpineServer::SpineServer(Settings settings)
    : log_file_(std::tmpfile(), &std::fclose),
      log_(fileno(log_file_.get())),
      clock_(absl::FromUnixSeconds(1'751'328'000)),  // 2025-07-01.
      metrics_(std::make_shared<prometheus::Registry>()) {
  settings.options.listen = "127.0.0.1:0";
  settings.options.metrics_listen = settings.metrics ? "127.0.0.1:0" : "";
  settings.options.database = "sqlite:unused";
  settings.options.drain_notice = absl::ZeroDuration();
  authenticator_ = Must(rpc::CreateDevelopmentAuthenticator(settings.options.listen));
  if (settings.database != nullptr) {
    database_ = Must(
        db::Database::Open(settings.database->url(), SpineMigrations(), settings.database_options));
  }
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      v1::SpineService::service_full_name());
  dispatcher_ = Must(rpc::Dispatcher::Create(service, {.clock = &clock_,
                                                       .authenticator = authenticator_.get(),
                                                       .metrics = metrics_.get(),
                                                       .ids = &ids_,
                                                       .database = database_.get(),
                                                       .log = &log_,
                                                       .streams_max = settings.streams_max}));
  binding_ = std::make_unique<Binding>(*dispatcher_, hooks_);
  server_ = Must(
      server::Server::Start(settings.options, {.service = binding_.get(),
                                               .full_name = v1::SpineService::service_full_name(),
                                               .ready = [this] { return hooks_.ready.load(); },
                                               .begin_drain = [this] { dispatcher_->EndWatches(); },
                                               .database = database_.get(),
                                               .metrics = metrics_,
                                               .log = &log_}));
  channel_ = grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  stub_ = v1::SpineService::NewStub(channel_);
}

SpineServer::~SpineServer() { server_->Drain(); }

std::string SpineServer::address() const { return absl::StrCat("127.0.0.1:", server_->port()); }

double SpineServer::Metric(const std::string& name, const prometheus::Labels& labels) const {
  double sum = 0;
  for (const prometheus::MetricFamily& family : metrics_->Collect()) {
    if (family.name != name) continue;
    for (const prometheus::ClientMetric& metric : family.metric) {
      size_t matching = 0;
      for (const prometheus::ClientMetric::Label& label : metric.label) {
        const auto wanted = labels.find(label.name);
        if (wanted != labels.end() && wanted->second == label.value) ++matching;
      }
      if (matching != labels.size()) continue;
      sum += metric.counter.value + metric.gauge.value +
             static_cast<double>(metric.histogram.sample_count);
    }
  }
  return sum;
}

std::string SpineServer::LogText() {
  log_.Flush();
  std::ifstream in(absl::StrCat("/proc/self/fd/", fileno(log_file_.get())));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

int SpineServer::RequestsRemembered() {
  int64_t count = -1;
  const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kCount, {}));
    count = rows[0].Int(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return static_cast<int>(count);
}

void Identify(grpc::ClientContext& context, const Caller& caller) {
  if (!caller.principal.empty()) context.AddMetadata("x-twotier-principal", caller.principal);
  if (!caller.permissions.empty()) context.AddMetadata("x-twotier-permissions", caller.permissions);
  if (!caller.provinces.empty()) context.AddMetadata("x-twotier-provinces", caller.provinces);
}

absl::Status Echo(SpineServer& server, const v1::EchoRequest& request, const Caller& caller,
                  v1::EchoResponse* response) {
  grpc::ClientContext context;
  Identify(context, caller);
  v1::EchoResponse unused;
  return rpc::FromGrpcStatus(
      server.stub().Echo(&context, request, response == nullptr ? &unused : response));
}

absl::Status PutNote(SpineServer& server, const v1::PutNoteRequest& request, const Caller& caller,
                     v1::PutNoteResponse* response) {
  grpc::ClientContext context;
  Identify(context, caller);
  v1::PutNoteResponse unused;
  return rpc::FromGrpcStatus(
      server.stub().PutNote(&context, request, response == nullptr ? &unused : response));
}

absl::Status GetNote(SpineServer& server, const std::string& name, const Caller& caller,
                     v1::GetNoteResponse* response) {
  grpc::ClientContext context;
  Identify(context, caller);
  v1::GetNoteRequest request;
  request.set_name(name);
  v1::GetNoteResponse unused;
  return rpc::FromGrpcStatus(
      server.stub().GetNote(&context, request, response == nullptr ? &unused : response));
}

absl::Status Recall(SpineServer& server, const v1::RecallRequest& request,
                    v1::RecallResponse* response) {
  grpc::ClientContext context;
  Identify(context);
  return rpc::FromGrpcStatus(server.stub().Recall(&context, request, response));
}

v1::EchoRequest GoodEcho() {
  v1::EchoRequest request;
  request.set_text("hello");
  request.set_colour(v1::COLOUR_RED);
  return request;
}

v1::PutNoteRequest GoodPut(const std::string& value) {
  v1::PutNoteRequest request;
  request.mutable_note()->set_name("provinces/48/notes/n1");
  request.mutable_note()->set_value(value);
  request.set_request_id(RequestId(1));
  return request;
}

std::string Reason(const absl::Status& status) {
  const std::optional<error::Reason> reason = error::ReasonOf(status);
  return reason.has_value() ? reason->reason : "";
}

std::string RequestId(int n) { return absl::StrFormat("a0000000-0000-4000-8000-%012d", n); }

}  // namespace twotier::spine
