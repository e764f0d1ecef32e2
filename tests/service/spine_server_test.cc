// What surrounds the service: health, reflection, channelz, metrics, the end.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "common/feed/metrics.h"
#include "common/server/metrics.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/service/spine_fixture.h"
#include "tests/support/metric_families.h"

namespace twotier::spine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr char kService[] = "twotier.testing.v1.SpineService";

// Calls a unary or first-answer method by name with raw bytes: health, reflection and channelz are
// gRPC's own and their generated clients are not installed.
struct RawAnswer {
  grpc::Status status;
  std::string bytes;
};
RawAnswer RawCall(SpineServer& server, const std::string& method, const std::string& bytes) {
  grpc::GenericStub stub(server.channel());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  next();
  grpc::Slice slice(bytes);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  next();
  RawAnswer answer;
  grpc::ByteBuffer buffer;
  call->Read(&buffer, nullptr);
  if (next()) {
    std::vector<grpc::Slice> slices;
    if (buffer.Dump(&slices).ok()) {
      for (const grpc::Slice& part : slices) {
        answer.bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
      }
    }
  }
  call->Finish(&answer.status, nullptr);
  next();
  queue.Shutdown();
  return answer;
}

// A message with one text field.
std::string TextField(int number, const std::string& text) {
  return absl::StrCat(std::string(1, static_cast<char>(number << 3 | 2)),
                      std::string(1, static_cast<char>(text.size())), text);
}

// HealthCheckResponse.status of `service`: 1 SERVING, 2 NOT_SERVING; -1 NOT_FOUND.
int Health(SpineServer& server, const std::string& service) {
  const RawAnswer answer =
      RawCall(server, "/grpc.health.v1.Health/Check", service.empty() ? "" : TextField(1, service));
  if (!answer.status.ok()) {
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::NOT_FOUND);
    return -1;
  }
  return answer.bytes.size() == 2 ? answer.bytes[1] : 0;
}

void AwaitHealth(SpineServer& server, const std::string& service, int expected) {
  while (Health(server, service) != expected) std::this_thread::yield();
}

// GET /metrics, over a plain socket.
std::string Scrape(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  constexpr absl::string_view kGet = "GET /metrics HTTP/1.0\r\n\r\n";
  EXPECT_EQ(write(socket, kGet.data(), kGet.size()), static_cast<ssize_t>(kGet.size()));
  std::string text;
  std::array<char, 4096> bytes;
  for (ssize_t count; (count = read(socket, bytes.data(), bytes.size())) > 0;) {
    text.append(bytes.data(), static_cast<size_t>(count));
  }
  close(socket);
  return text;
}

TEST(ServerTest, ReadingHealthDependsOnTheSnapshotAloneAndWritingOnBoth) {
  testing_support::TestDatabase database = testing_support::MakePostgres();
  SpineServer server(Settings{.database = &database});
  const std::string writes = absl::StrCat(kService, ".writes");
  EXPECT_EQ(Health(server, ""), 1);
  EXPECT_EQ(Health(server, kService), 1);
  EXPECT_EQ(Health(server, writes), 1);
  EXPECT_EQ(Health(server, "other"), -1);

  server.hooks().ready = false;
  AwaitHealth(server, kService, 2);
  AwaitHealth(server, "", 2);
  AwaitHealth(server, writes, 2);
  server.hooks().ready = true;
  AwaitHealth(server, writes, 1);

  database.AllowConnections(false);
  database.KillConnections();
  AwaitHealth(server, writes, 2);
  EXPECT_EQ(Health(server, kService), 1) << "reads go on without the database";
  EXPECT_TRUE(Echo(server, GoodEcho()).ok());
  const absl::Status away = PutNote(server, GoodPut());
  EXPECT_EQ(Reason(away), "DATABASE_AWAY") << away;
  EXPECT_TRUE(error::RetryAfterOf(away).has_value());

  database.AllowConnections(true);
  AwaitHealth(server, writes, 1);
  EXPECT_TRUE(PutNote(server, GoodPut()).ok());
}

TEST(ServerTest, ReflectionAndChannelzListTheService) {
  SpineServer server;
  const RawAnswer services = RawCall(
      server, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", TextField(7, "*"));
  EXPECT_TRUE(services.status.ok()) << services.status.error_message();
  EXPECT_THAT(services.bytes, HasSubstr(kService));
  EXPECT_THAT(services.bytes, HasSubstr("grpc.channelz.v1.Channelz"));
  const RawAnswer file =
      RawCall(server, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              TextField(4, "twotier.testing.v1.EchoRequest"));
  EXPECT_THAT(file.bytes, HasSubstr("COLOUR_UNSPECIFIED"));
  const RawAnswer servers = RawCall(server, "/grpc.channelz.v1.Channelz/GetServers", "");
  EXPECT_TRUE(servers.status.ok()) << servers.status.error_message();
  EXPECT_FALSE(servers.bytes.empty());
}

TEST(ServerTest, ADrainFinishesWhatIsInFlightAndRefusesWhatComesAfter) {
  const testing_support::TestDatabase database = testing_support::MakeSqlite();
  auto server = std::make_unique<SpineServer>(Settings{.database = &database});
  absl::Notification begun;
  absl::Notification go_on;
  server->hooks().in_write = [&] {
    begun.Notify();
    go_on.WaitForNotification();
  };
  absl::Status in_flight = absl::UnknownError("not answered");
  std::thread caller([&] { in_flight = PutNote(*server, GoodPut()); });
  begun.WaitForNotification();
  std::thread drain([&] { server->server().Drain(); });
  // Once the drain has begun, new calls are refused: UNAVAILABLE, or CANCELLED by gRPC when a call
  // crosses the GOAWAY on its way. The call in flight is still there.
  absl::Status refused;
  while (refused.ok()) refused = Echo(*server, GoodEcho());
  EXPECT_TRUE(absl::IsUnavailable(refused) || absl::IsCancelled(refused)) << refused;
  EXPECT_EQ(in_flight.code(), absl::StatusCode::kUnknown);
  go_on.Notify();
  caller.join();
  drain.join();
  EXPECT_TRUE(in_flight.ok()) << in_flight;
  EXPECT_THAT(server->LogText(), HasSubstr("\"event\":\"drained\""));

  server = std::make_unique<SpineServer>(Settings{.database = &database});
  EXPECT_TRUE(GetNote(*server, "provinces/48/notes/n1").ok()) << "what was answered is stored";
}

TEST(ServerTest, AnOldConnectionIsReplacedAndItsStreamEndsAfterTheGrace) {
  Settings settings;
  settings.options.connection_age_max = absl::Milliseconds(300);
  settings.options.connection_age_grace = absl::Seconds(3);
  SpineServer server(settings);
  grpc::ClientContext context;
  Identify(context);
  v1::FollowRequest request;
  request.set_count(1);
  const auto stream = server.stub().Follow(&context, request);
  v1::FollowResponse response;
  ASSERT_TRUE(stream->Read(&response));
  // The server says that the connection is over; the stream has its grace.
  ASSERT_TRUE(server.channel()->WaitForStateChange(
      GRPC_CHANNEL_READY, absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
  EXPECT_EQ(server.hooks().sources, 1);
  EXPECT_TRUE(Echo(server, GoodEcho()).ok()) << "a new call has a new connection";
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ServerTest, ADrainCancelsWhatTakesTooLong) {
  Settings settings;
  settings.options.drain_max = absl::Milliseconds(50);
  const testing_support::TestDatabase database = testing_support::MakeSqlite();
  settings.database = &database;
  SpineServer server(settings);
  absl::Notification begun;
  absl::Notification go_on;
  server.hooks().in_write = [&] {
    begun.Notify();
    go_on.WaitForNotification();
  };
  absl::Status in_flight;
  std::thread caller([&] { in_flight = PutNote(server, GoodPut()); });
  begun.WaitForNotification();
  std::thread drain([&] { server.server().Drain(); });
  caller.join();  // Answered while its handler still runs.
  EXPECT_FALSE(in_flight.ok());
  go_on.Notify();
  drain.join();
}

// Calls PutNote with a value of `bytes` bytes from `callers` threads at once; their answers.
std::vector<absl::Status> Flood(SpineServer& server, int callers, int bytes) {
  constexpr int kFirstId = 100;  // Apart from that of GoodPut.
  std::vector<absl::Status> answers(static_cast<size_t>(callers));
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      v1::PutNoteRequest request = GoodPut(std::string(static_cast<size_t>(bytes), 'v'));
      request.set_request_id(RequestId(kFirstId + i));
      answers[static_cast<size_t>(i)] = PutNote(server, request);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

TEST(ServerTest, LargeRequestsBeyondTheBudgetAreRefusedAtOnce) {
  constexpr int kRequestBytes = 1 << 20;
  const testing_support::TestDatabase database = testing_support::MakeSqlite();
  Settings settings;
  settings.database = &database;
  settings.database_options.queue_bytes_max = 2 * kRequestBytes + kRequestBytes / 2;
  SpineServer server(settings);
  // The lane is held until the flood has met it: two have room, one of them on the lane.
  absl::Notification go_on;
  server.hooks().in_write = [&] { go_on.WaitForNotification(); };
  constexpr int kCallers = 8;
  std::vector<absl::Status> answers;
  std::thread flood([&] { answers = Flood(server, kCallers, kRequestBytes); });
  const prometheus::Labels refused = {{"grpc_method", "PutNote"},
                                      {"grpc_code", "ResourceExhausted"}};
  while (server.Metric("grpc_server_handled_total", refused) < kCallers - 2) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(Echo(server, GoodEcho()).ok()) << "others are served meanwhile";
  go_on.Notify();
  flood.join();
  int accepted = 0;
  for (const absl::Status& answer : answers) {
    if (answer.ok()) {
      ++accepted;
      continue;
    }
    EXPECT_EQ(Reason(answer), "QUEUE_FULL") << answer;
    EXPECT_TRUE(error::RetryAfterOf(answer).has_value());
  }
  EXPECT_EQ(accepted, 2);
  EXPECT_TRUE(PutNote(server, GoodPut(std::string(kRequestBytes, 'w'))).ok()) << "there is room";
}

TEST(ServerTest, AFloodBeyondTheMemoryOfTheTransportDoesNotEndTheServer) {
  const testing_support::TestDatabase database = testing_support::MakeSqlite();
  Settings settings;
  settings.database = &database;
  settings.options.transport_bytes_max = 4 << 20;
  SpineServer server(settings);
  // Whatever becomes of each call: every one ends, and the server goes on.
  for (const absl::Status& answer : Flood(server, 16, 2 << 20)) {
    EXPECT_TRUE(answer.ok() || absl::IsResourceExhausted(answer) || absl::IsUnavailable(answer))
        << answer;
  }
  absl::Status after = PutNote(server, GoodPut());
  while (absl::IsUnavailable(after)) after = PutNote(server, GoodPut());
  EXPECT_TRUE(after.ok()) << after;
}

TEST(ServerTest, AnAddressThatIsTakenIsAnError) {
  SpineServer first(Settings{.metrics = true});
  server::Options options;
  options.listen = first.address();
  options.database = "sqlite:unused";
  Log log(STDERR_FILENO);
  v1::SpineService::CallbackService service;
  const absl::Status status =
      server::Server::Start(
          options,
          {.service = &service, .full_name = kService, .ready = [] { return true; }, .log = &log})
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(first.address()));

  options.listen = "127.0.0.1:0";
  options.metrics_listen = absl::StrCat("127.0.0.1:", first.server().metrics_port());
  EXPECT_EQ(
      server::Server::Start(
          options,
          {.service = &service, .full_name = kService, .ready = [] { return true; }, .log = &log})
          .status()
          .code(),
      absl::StatusCode::kUnavailable);
}

// Dashboards and alerts rest on these names: whoever changes one changes this file and them.
TEST(ServerTest, MetricFamiliesAreTheKnownOnes) {
  const testing_support::TestDatabase database = testing_support::MakeSqlite();
  Settings settings;
  settings.database = &database;
  settings.metrics = true;
  SpineServer server(settings);
  server::DatabaseMetrics metrics(server.metrics());
  feed::SequencerMetrics sequencer(server.metrics());
  feed::HubMetrics hub(server.metrics());
  feed::RetentionMetrics retention(server.metrics());
  feed::FollowerMetrics follower(server.metrics(), "registry");
  metrics.OnStatement("get_note", absl::Milliseconds(1), true);
  metrics.OnBatch(3, absl::Milliseconds(2));
  ASSERT_TRUE(Echo(server, GoodEcho()).ok());

  std::set<std::string> families;
  const std::string text = Scrape(server.server().metrics_port());
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() >= 4 && words[1] == "TYPE") {
      families.insert(absl::StrCat(words[2], " ", absl::StripAsciiWhitespace(words[3])));
    }
  }
  EXPECT_EQ(families, testing_support::KnownMetricFamilies("metric_families.txt"));
  EXPECT_THAT(text, HasSubstr("grpc_code=\"OK\""));
  EXPECT_THAT(text, HasSubstr("le=\"0.0001\""));
}

TEST(ProcessMetricsTest, TellsMemoryAndTimeOfThisProcess) {
  Log log(STDERR_FILENO);
  std::map<std::string, double> values;
  for (const prometheus::MetricFamily& family : server::ProcessMetrics(log).Collect()) {
    values[family.name] = family.metric[0].gauge.value + family.metric[0].counter.value;
  }
  EXPECT_GT(values["process_resident_memory_bytes"], 1 << 20);
  EXPECT_LT(values["process_resident_memory_bytes"], 4e9);
  EXPECT_GT(values["process_start_time_seconds"], 1.7e9);
  EXPECT_LE(values["process_start_time_seconds"],
            absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()) + 1);
  EXPECT_GT(values["process_open_fds"], 2);
  EXPECT_EQ(values["twotier_log_lines_dropped_total"], 0);
}

}  // namespace
}  // namespace twotier::spine
