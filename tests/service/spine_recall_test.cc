// A method of memory that reads the database when, and only when, its read_field is set.
#include <gtest/gtest.h>

#include "tests/service/spine_fixture.h"

namespace twotier::spine {
namespace {

using Code = absl::StatusCode;

v1::RecallRequest Stored() {
  v1::RecallRequest request;
  request.mutable_stored()->set_name("provinces/48/notes/n1");
  return request;
}

class RecallTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  testing_support::TestDatabase database_ = GetParam().make();
  SpineServer server_{Settings{.database = &database_}};
};

INSTANTIATE_TEST_SUITE_P(All, RecallTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RecallTest, TheReadFieldSendsTheCallToTheDatabase) {
  ASSERT_TRUE(PutNote(server_, GoodPut("kept")).ok());
  v1::RecallResponse stored;
  ASSERT_TRUE(Recall(server_, Stored(), &stored).ok());
  EXPECT_TRUE(stored.from_database());
  EXPECT_EQ(stored.value(), "kept");
  v1::RecallResponse memory;
  ASSERT_TRUE(Recall(server_, v1::RecallRequest(), &memory).ok());
  EXPECT_FALSE(memory.from_database());
  EXPECT_EQ(
      server_.Metric("grpc_server_handled_total", {{"grpc_method", "Recall"}, {"grpc_code", "OK"}}),
      2);
}

TEST(RecallWithoutDatabaseTest, MemoryAnswersAndWhatIsStoredIsUnavailable) {
  SpineServer server;
  v1::RecallResponse response;
  EXPECT_TRUE(Recall(server, v1::RecallRequest(), &response).ok());
  const absl::Status status = Recall(server, Stored(), &response);
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(Reason(status), "DATABASE_AWAY");
  v1::RecallRequest malformed = Stored();
  malformed.mutable_stored()->set_name("n1");
  EXPECT_EQ(Reason(Recall(server, malformed, &response)), "MALFORMED_REQUEST");
}

}  // namespace
}  // namespace twotier::spine
