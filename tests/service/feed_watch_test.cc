// The feed from one process to another: a source with sequencer, hub and stream, and a follower
// that keeps a copy over a real connection.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/feed/epoch.h"
#include "common/feed/follower.h"
#include "common/feed/follower_grpc.h"
#include "common/feed/hub.h"
#include "common/feed/sequencer.h"
#include "common/feed/testing.h"
#include "common/feed/watch_source.h"
#include "common/id.h"
#include "common/rpc/authn.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/status.h"
#include "common/status_macros.h"
#include "grpcpp/grpcpp.h"
#include "prometheus/registry.h"
#include "tests/support/database.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"

namespace twotier::feed {
namespace {

namespace v1 = registry::v1;
using Response = v1::WatchChangesResponse;
using Versions = std::map<std::string, int64_t>;

constexpr char kLoopback[] = "127.0.0.1:0";
// A part of the snapshot has this many resources, so that there are several.
constexpr size_t kPartResources = 3;

constexpr db::Statement kPut{
    "test_put",
    "INSERT INTO followed (snapshot_id, subject, version) VALUES ($1, $2, $3)"
    " ON CONFLICT (snapshot_id, subject) DO UPDATE SET version = excluded.version"
    " WHERE followed.version < excluded.version"};
constexpr db::Statement kDropOthers{"test_drop", "DELETE FROM followed WHERE snapshot_id <> $1"};
constexpr db::Statement kList{"test_list",
                              "SELECT subject, version FROM followed WHERE snapshot_id = $1"};

// What a service holds in memory: the newest version of each subject, up to a position.
struct State {
  int64_t position = 0;
  Versions versions;
};

class Parts final : public SnapshotProducer<Response> {
 public:
  explicit Parts(State state) : state_(std::move(state)), next_(state_.versions.begin()) {}
  int64_t position() const override { return state_.position; }
  bool Next(Response* out) override {
    if (next_ == state_.versions.end()) return false;
    auto* part = out->mutable_snapshot_part();
    for (size_t i = 0; i < kPartResources && next_ != state_.versions.end(); ++i, ++next_) {
      auto* resource = part->add_resources();
      resource->set_subject(next_->first);
      resource->set_version(next_->second);
    }
    return true;
  }

 private:
  const State state_;
  Versions::const_iterator next_;
};

google::protobuf::Timestamp StampOf(absl::Time time) {
  const int64_t us = absl::ToUnixMicros(time);
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(us / 1'000'000);
  stamp.set_nanos(static_cast<int>(us % 1'000'000) * 1000);
  return stamp;
}

// One running process of a service that has a feed.
class Source final : public v1::RegistryService::CallbackService {
 public:
  Source(const testing_support::TestDatabase& files, const std::string& listen,
         HubOptions hub_options = {})
      : database_(OpenForTest(files)) {
    hub_options.heartbeat_interval = absl::Milliseconds(20);
    hub_ = Hub::Create(database_.get(), &clock_, hub_options).value();
    sequencer_ = Sequencer::Create(
                     database_.get(), &clock_,
                     {.pause_min = absl::ZeroDuration(), .on_sequenced = [this] { hub_->Wake(); }})
                     .value();
    authenticator_ = rpc::CreateDevelopmentAuthenticator(listen).value();
    dispatcher_ = rpc::Dispatcher::Create(
                      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
                          v1::RegistryService::service_full_name()),
                      {.clock = &clock_,
                       .authenticator = authenticator_.get(),
                       .metrics = &metrics_,
                       .ids = &ids_})
                      .value();
    hub_->OnGroup([this](const GroupPtr& group) {
      absl::MutexLock lock(&mutex_);
      for (const StoredEvent& event : group->events) {
        state_.versions[event.event.subject] = event.event.version;
      }
      state_.position = group->position();
    });
    hub_->Start(0);
    sequencer_->Start();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  ~Source() override {
    dispatcher_->EndWatches();
    server_->Shutdown();
    sequencer_->Stop();
    hub_->Stop();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  db::Database& database() { return *database_; }
  Hub& hub() { return *hub_; }

  void Commit(const std::string& group, const std::vector<std::string>& subjects) {
    ASSERT_TRUE(WriteGroup(*database_, group, subjects).ok());
    sequencer_->Poke();
  }

  // Waits until the service's own state has `position`.
  State AwaitPosition(int64_t position) {
    absl::MutexLock lock(&mutex_);
    const auto there = [this, position] { return state_.position >= position; };
    mutex_.Await(absl::Condition(&there));
    return state_;
  }

  grpc::ServerWriteReactor<Response>* WatchChanges(
      grpc::CallbackServerContext* context, const v1::WatchChangesRequest* request) override {
    return dispatcher_->RunWatch<Response>(
        "WatchChanges", context, request,
        [this](const Call&, const v1::WatchChangesRequest& asked) {
          return GroupWatchSource<Response>::Create(*hub_, asked.resume_token(), Mapping());
        });
  }

  int padding_bytes = 0;  // Of each change.

 private:
  WatchMapping<Response> Mapping() {
    WatchMapping<Response> mapping;
    mapping.snapshot = [this]() -> absl::StatusOr<std::unique_ptr<SnapshotProducer<Response>>> {
      absl::MutexLock lock(&mutex_);
      return std::make_unique<Parts>(state_);
    };
    mapping.snapshot_end = [](std::string token, Response* out) {
      out->mutable_snapshot_end()->set_resume_token(std::move(token));
    };
    mapping.group = [this](const Group& group, std::string token,
                           Response* out) -> absl::StatusOr<bool> {
      for (const StoredEvent& event : group.events) {
        auto* change = out->mutable_group()->add_changes();
        change->set_subject(event.event.subject);
        change->set_version(event.event.version);
        change->set_kind(std::string(padding_bytes, 'x'));
      }
      *out->mutable_group()->mutable_known_time() = StampOf(group.known_time());
      out->mutable_group()->set_resume_token(std::move(token));
      return true;
    };
    mapping.heartbeat = [](absl::Time known_time, std::string token, Response* out) {
      *out->mutable_heartbeat()->mutable_known_time() = StampOf(known_time);
      out->mutable_heartbeat()->set_resume_token(std::move(token));
    };
    return mapping;
  }

  const SystemClock clock_;
  IdSource ids_;
  prometheus::Registry metrics_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<rpc::Authenticator> authenticator_;
  std::unique_ptr<rpc::Dispatcher> dispatcher_;
  absl::Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_);
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

void Identify(grpc::ClientContext& context) {
  context.AddMetadata(std::string(rpc::kPrincipalMetadata), "follower");
}

// A process that follows.
class Copy {
 public:
  explicit Copy(const std::string& address) : files_(testing_support::MakeSqlite()) {
    std::vector<db::Migration> migrations = Migrations();
    migrations.push_back({.module = "test",
                          .version = 1,
                          .name = "followed",
                          .statements = {"CREATE TABLE followed (snapshot_id BIGINT NOT NULL,"
                                         " subject TEXT NOT NULL, version BIGINT NOT NULL,"
                                         " PRIMARY KEY (snapshot_id, subject))"}});
    database_ = db::Database::Open(files_.url(), migrations, {}).value();
    FollowerSink sink;
    sink.swap = [](db::Tx& tx, int64_t snapshot_id) {
      return tx.Exec(kDropOthers, {snapshot_id}).status();
    };
    sink.applied = [this] { Reload(); };
    follower_ = std::make_unique<Follower>(database_.get(), &clock_, MakeFeed(address), sink,
                                           FollowerOptions{.source = "registry",
                                                           .backoff_min = absl::Milliseconds(5),
                                                           .backoff_max = absl::Milliseconds(50)});
    follower_->Start();
  }

  // Waits until the copy is `wanted`; a copy that never becomes it ends with the test's timeout.
  void Await(const Versions& wanted) {
    absl::MutexLock lock(&mutex_);
    const auto same = [this, &wanted] { return held_ == wanted; };
    mutex_.Await(absl::Condition(&same));
  }

  FollowerStats stats() const { return follower_->stats(); }

 private:
  static std::unique_ptr<FollowedFeed> MakeFeed(const std::string& address) {
    std::shared_ptr<v1::RegistryService::Stub> stub =
        v1::RegistryService::NewStub(CreateFollowerChannel(address));
    return std::make_unique<GrpcFeed<Response>>(
        [stub](grpc::ClientContext* context, const std::string& token, grpc::CompletionQueue* queue,
               void* tag) {
          Identify(*context);
          v1::WatchChangesRequest request;
          request.set_resume_token(token);
          return stub->AsyncWatchChanges(context, request, queue, tag);
        },
        [](db::Tx& tx, int64_t snapshot_id, const Response& response) -> absl::Status {
          const auto& resources = response.has_group() ? response.group().changes()
                                                       : response.snapshot_part().resources();
          for (const v1::Resource& resource : resources) {
            RETURN_IF_ERROR(
                tx.Exec(kPut, {snapshot_id, resource.subject(), resource.version()}).status());
          }
          return absl::OkStatus();
        });
  }

  void Reload() {
    Versions versions;
    const absl::Status status = database_->ReadNow([&](db::Tx& tx) -> absl::Status {
      versions.clear();
      ASSIGN_OR_RETURN(const int64_t snapshot_id, SnapshotInUse(tx, "registry"));
      ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(kList, {snapshot_id}));
      for (const db::Row& row : rows) versions[row.Text(0)] = row.Int(1);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    absl::MutexLock lock(&mutex_);
    held_ = std::move(versions);
  }

  testing_support::TestDatabase files_;
  const SystemClock clock_;
  std::unique_ptr<db::Database> database_;
  absl::Mutex mutex_;
  Versions held_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<Follower> follower_;  // First to go: it uses all of the above.
};

class FeedWatchTest : public testing::TestWithParam<testing_support::EngineParam> {
 protected:
  testing_support::TestDatabase files_ = GetParam().make();
};

TEST_P(FeedWatchTest, ACopyBecomesAndStaysTheSame) {
  Source source(files_, kLoopback);
  for (int i = 0; i < 10; ++i) {
    source.Commit(absl::StrCat("g", i), {absl::StrCat("s", i), "shared"});
  }
  source.AwaitPosition(20);
  Copy copy(source.address());
  copy.Await(source.AwaitPosition(20).versions);
  for (int i = 10; i < 20; ++i) {
    source.Commit(absl::StrCat("g", i), {absl::StrCat("s", i % 7), "shared"});
  }
  copy.Await(source.AwaitPosition(40).versions);
  EXPECT_EQ(copy.stats().snapshots, 1);
  EXPECT_TRUE(copy.stats().connected);
}

TEST_P(FeedWatchTest, ACopyGoesOnAfterTheSourceWasAway) {
  auto source = std::make_unique<Source>(files_, kLoopback);
  const std::string address = source->address();
  source->Commit("g1", {"a", "b"});
  source->AwaitPosition(2);
  Copy copy(address);
  copy.Await({{"a", 1}, {"b", 1}});
  source->Commit("g2", {"a"});
  copy.Await({{"a", 2}, {"b", 1}});
  source.reset();
  source = std::make_unique<Source>(files_, address);
  source->Commit("g3", {"b", "c"});
  copy.Await({{"a", 2}, {"b", 2}, {"c", 1}});
  EXPECT_EQ(copy.stats().snapshots, 1) << "its token still holds";
}

TEST_P(FeedWatchTest, ACopyTakesANewSnapshotAfterARestore) {
  auto source = std::make_unique<Source>(files_, kLoopback);
  const std::string address = source->address();
  source->Commit("g1", {"a"});
  source->AwaitPosition(1);
  Copy copy(address);
  copy.Await({{"a", 1}});
  ASSERT_TRUE(NewEpoch(source->database()).ok());
  source.reset();
  source = std::make_unique<Source>(files_, address);
  source->Commit("g2", {"a"});
  copy.Await({{"a", 2}});
  EXPECT_EQ(copy.stats().snapshots, 2);
}

// What the client would refuse is not sent, else its stream would end the same way for ever.
TEST_P(FeedWatchTest, AGroupTooLargeForAClientsMessageAsksForASnapshot) {
  Source source(files_, kLoopback);
  source.padding_bytes = 5 << 20;
  const auto stub = v1::RegistryService::NewStub(
      grpc::CreateChannel(source.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  Identify(context);
  const auto reader = stub->WatchChanges(&context, v1::WatchChangesRequest());
  Response response;
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(response.has_snapshot_end());
  source.Commit("g1", {"a"});
  while (reader->Read(&response)) EXPECT_TRUE(response.has_heartbeat());
  const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
  EXPECT_TRUE(absl::IsOutOfRange(status)) << status;
  EXPECT_EQ(error::ReasonOf(status)->reason, "RESUME_TOKEN_EXPIRED");
}

TEST_P(FeedWatchTest, WrongTokensAreRefusedWithTheirReason) {
  Source source(files_, kLoopback);
  const auto stub = v1::RegistryService::NewStub(
      grpc::CreateChannel(source.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  Identify(context);
  v1::WatchChangesRequest request;
  request.set_resume_token("rubbish");
  const auto reader = stub->WatchChanges(&context, request);
  Response response;
  EXPECT_FALSE(reader->Read(&response));
  const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_EQ(error::ReasonOf(status)->reason, "WRONG_RESUME_TOKEN");
}

TEST_P(FeedWatchTest, AConsumerThatDoesNotReadIsCutOff) {
  constexpr int kGroups = 64;
  Source source(files_, kLoopback, {.ring_groups_max = 4});
  source.padding_bytes = 256 * 1024;  // Fills the connection's windows soon.
  const auto stub = v1::RegistryService::NewStub(
      grpc::CreateChannel(source.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  Identify(context);
  const auto reader = stub->WatchChanges(&context, {});
  Response response;
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(response.has_snapshot_end());
  source.Commit("g0", {"s"});
  do {
    ASSERT_TRUE(reader->Read(&response));
  } while (!response.has_group());  // It has reached the ring.
  // One by one, so that the ring moves on.
  for (int i = 1; i < kGroups; ++i) {
    source.Commit(absl::StrCat("g", i), {"s"});
    source.AwaitPosition(1 + i);
  }
  int groups = 0;
  while (reader->Read(&response)) groups += response.has_group() ? 1 : 0;
  const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(error::ReasonOf(status)->reason, "SLOW_CONSUMER");
  EXPECT_LT(groups, kGroups - 4) << "nothing is buffered without bound";
  EXPECT_EQ(source.hub().stats().slow_consumers, 1);
}

INSTANTIATE_TEST_SUITE_P(All, FeedWatchTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::feed
