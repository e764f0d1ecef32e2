// The register as a stream: snapshot, changes, resumption, refusals; on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_replace.h"
#include "services/registry/handlers/watch.h"
#include "tests/service/registry_fixture.h"

namespace twotier::registry {
namespace {

using ::testing::UnorderedElementsAre;
using Stub = v1::RegistryService::Stub;
using testing::Files;
using testing::SmallFiles;

// One open stream.
class Watch {
 public:
  explicit Watch(RegistryServer& server, const std::string& token = "") {
    RegistryServer::Identify(context_);
    v1::WatchChangesRequest request;
    request.set_resume_token(token);
    reader_ = server.stub().WatchChanges(&context_, request);
  }
  ~Watch() {
    context_.TryCancel();
    if (!finished_) reader_->Finish();
  }

  // The next message that is no heartbeat; an empty one at the end.
  v1::WatchChangesResponse Next() {
    v1::WatchChangesResponse message;
    while (reader_->Read(&message)) {
      if (!message.has_heartbeat()) return message;
    }
    return {};
  }

  absl::Status End() {
    v1::WatchChangesResponse message;
    while (reader_->Read(&message)) {
    }
    finished_ = true;
    return rpc::FromGrpcStatus(reader_->Finish());
  }

  // Reads the snapshot; `resources` by subject. Returns the token.
  std::string ReadSnapshot(std::map<std::string, v1::Resource>& resources) {
    while (true) {
      const v1::WatchChangesResponse message = Next();
      if (message.has_snapshot_end()) return message.snapshot_end().resume_token();
      EXPECT_TRUE(message.has_snapshot_part());
      EXPECT_LE(message.snapshot_part().resources_size(), handlers::kSnapshotPartMax);
      for (const v1::Resource& resource : message.snapshot_part().resources()) {
        EXPECT_TRUE(resources.emplace(resource.subject(), resource).second) << resource.subject();
      }
      if (!message.has_snapshot_part()) return "";
    }
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchChangesResponse>> reader_;
  bool finished_ = false;
};

std::set<std::string> Subjects(const v1::ChangeGroup& group) {
  std::set<std::string> subjects;
  for (const v1::Resource& change : group.changes()) subjects.insert(change.subject());
  return subjects;
}

Files Renamed(const std::string& name) {
  Files files = SmallFiles();
  absl::StrReplaceAll({{"Phường N,N", name}}, &files["communes.csv"]);
  return files;
}

class RegistryWatchTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  void Import(const Files& files, int n) {
    const auto response = server_.Call(&Stub::ImportUnits, ImportOf(files, n));
    ASSERT_TRUE(response.ok()) << response.status();
  }

  testing_support::TestDatabase database_ = GetParam().make();
  RegistryServer server_{database_};
};

INSTANTIATE_TEST_SUITE_P(All, RegistryWatchTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryWatchTest, SendsTheSnapshotThenEachChangeAsAWholeGroup) {
  Import(SmallFiles(), 1);
  server_.Await("units/uN", 1);
  Watch watch(server_);
  std::map<std::string, v1::Resource> resources;
  watch.ReadSnapshot(resources);
  EXPECT_EQ(resources.size(), 6u + 3u + 1u + 1u);
  const v1::UnitHistory& went_on = resources["units/uB"].unit();
  ASSERT_EQ(went_on.versions_size(), 2);
  EXPECT_EQ(went_on.versions(1).area_hectares(), 120);
  EXPECT_EQ(resources["units/uC"].unit().successions_size(), 2);
  EXPECT_EQ(resources["provinces/48/centers/H48"].center().versions(0).kind(),
            v1::CENTER_KIND_PROVINCIAL);
  EXPECT_EQ(resources["provinces/48/tierModel"].tier_model().models(0).model(),
            v1::TIER_MODEL_TWO_LEVEL);

  Import(Renamed("Phường Nam,Nam"), 2);
  const v1::WatchChangesResponse change = watch.Next();
  ASSERT_TRUE(change.has_group());
  EXPECT_THAT(Subjects(change.group()),
              UnorderedElementsAre("units/uN", "provinces/48/centers/H48.00001"));
  for (const v1::Resource& resource : change.group().changes()) {
    EXPECT_EQ(resource.version(), 2);
    if (resource.has_unit()) {
      EXPECT_EQ(resource.unit().versions(0).full_name(), "Phường Nam");
    }
  }
  // Whoever sees the change can read it.
  v1::GetUnitRequest request;
  request.set_name("units/uN");
  EXPECT_EQ(server_.Call(&Stub::GetUnit, request)->unit().full_name(), "Phường Nam");
}

TEST_P(RegistryWatchTest, ResumesAfterItsToken) {
  Import(SmallFiles(), 1);
  server_.Await("units/uN", 1);
  std::string token;
  {
    Watch watch(server_);
    std::map<std::string, v1::Resource> resources;
    token = watch.ReadSnapshot(resources);
  }
  Import(Renamed("Phường Nam,Nam"), 2);
  Import(Renamed("Phường Bắc,Bắc"), 3);
  Watch watch(server_, token);
  const v1::WatchChangesResponse first = watch.Next();
  ASSERT_TRUE(first.has_group());
  EXPECT_EQ(first.group().changes_size(), 2);
  const v1::WatchChangesResponse second = watch.Next();
  ASSERT_TRUE(second.has_group());
  EXPECT_GT(second.group().resume_token(), std::string());
  for (const v1::Resource& resource : second.group().changes()) EXPECT_EQ(resource.version(), 3);
}

TEST_P(RegistryWatchTest, RefusesTokensThatAreNotItsOwn) {
  const absl::Status status = Watch(server_, "forged").End();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "WRONG_RESUME_TOKEN");
}

TEST_P(RegistryWatchTest, AnImportTooLargeForOneMessageStartsConsumersAgain) {
  Watch watch(server_);
  std::map<std::string, v1::Resource> resources;
  watch.ReadSnapshot(resources);
  EXPECT_TRUE(resources.empty());
  Import(testing::NationalFiles(), 1);
  const absl::Status status = watch.End();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Reason(status), "RESUME_TOKEN_EXPIRED");
  Watch again(server_);
  again.ReadSnapshot(resources);
  EXPECT_EQ(resources.size(), 14008u + 3355u + 34u + 34u);
}

}  // namespace
}  // namespace twotier::registry
