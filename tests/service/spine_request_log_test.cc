// The same request id gives the first answer and changes nothing, on each engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/ascii.h"
#include "common/rpc/request_log.h"
#include "common/rpc/secret.h"
#include "tests/service/spine_fixture.h"

namespace twotier::spine {
namespace {

using Code = absl::StatusCode;

constexpr char kName[] = "provinces/48/notes/n1";

class RequestLogTest : public ::testing::TestWithParam<testing_support::EngineParam> {
 protected:
  RequestLogTest() : database_(GetParam().make()) { Restart(); }

  // The second life of the same service on the same database.
  void Restart() {
    server_.reset();
    server_ = std::make_unique<SpineServer>(Settings{.database = &database_});
  }

  std::string Stored() {
    v1::GetNoteResponse response;
    const absl::Status status = GetNote(*server_, kName, {}, &response);
    return status.ok() ? response.note().value() : Reason(status);
  }

  testing_support::TestDatabase database_;
  std::unique_ptr<SpineServer> server_;
};

TEST_P(RequestLogTest, ARepeatedCallGetsTheFirstAnswerAlsoAfterARestart) {
  v1::PutNoteResponse first;
  ASSERT_TRUE(PutNote(*server_, GoodPut(), {}, &first).ok());
  ASSERT_EQ(Stored(), "value");
  v1::PutNoteResponse second;
  ASSERT_TRUE(PutNote(*server_, GoodPut(), {}, &second).ok());
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(second.id().size(), 26u);
  EXPECT_EQ(server_->hooks().writes, 1);
  Restart();
  v1::PutNoteResponse third;
  ASSERT_TRUE(PutNote(*server_, GoodPut(), {}, &third).ok());
  EXPECT_EQ(third.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(server_->hooks().writes, 0);
}

TEST_P(RequestLogTest, TheIdIsComparedWithoutCase) {
  ASSERT_TRUE(PutNote(*server_, GoodPut()).ok());
  v1::PutNoteRequest request = GoodPut();
  request.set_request_id(absl::AsciiStrToUpper(request.request_id()));
  ASSERT_NE(request.request_id(), GoodPut().request_id());
  EXPECT_TRUE(PutNote(*server_, request).ok());
  EXPECT_EQ(server_->hooks().writes, 1);
}

TEST_P(RequestLogTest, AnotherRequestWithTheSameIdIsRefused) {
  ASSERT_TRUE(PutNote(*server_, GoodPut("first")).ok());
  const absl::Status status = PutNote(*server_, GoodPut("second"));
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "REQUEST_ID_REUSED");
  EXPECT_EQ(Stored(), "first");
  EXPECT_EQ(server_->hooks().writes, 1);
}

TEST_P(RequestLogTest, IdsOfOtherPrincipalsAndProvincesAreOtherIds) {
  ASSERT_TRUE(PutNote(*server_, GoodPut(), {.principal = "a"}).ok());
  ASSERT_TRUE(PutNote(*server_, GoodPut(), {.principal = "b"}).ok());
  v1::PutNoteRequest elsewhere = GoodPut();
  elsewhere.mutable_note()->set_name("provinces/01/notes/n1");
  ASSERT_TRUE(PutNote(*server_, elsewhere, {.principal = "a"}).ok());
  EXPECT_EQ(server_->hooks().writes, 3);
  EXPECT_EQ(server_->RequestsRemembered(), 3);
}

TEST_P(RequestLogTest, ARefusalByARuleIsRememberedWithAllItsDetails) {
  v1::PutNoteRequest request = GoodPut();
  for (const Code code : {Code::kFailedPrecondition, Code::kNotFound, Code::kAlreadyExists,
                          Code::kOutOfRange, Code::kPermissionDenied}) {
    request.set_refuse_with(static_cast<int>(code));
    request.set_request_id(RequestId(static_cast<int>(code)));
    const absl::Status first = PutNote(*server_, request);
    const int runs = server_->hooks().writes;  // A unit may run twice before it is committed.
    const absl::Status second = PutNote(*server_, request);
    EXPECT_EQ(first.code(), code);
    EXPECT_EQ(second.code(), code);
    EXPECT_EQ(second.message(), first.message());
    EXPECT_EQ(Reason(second), "AS_ASKED");
    EXPECT_EQ(error::ReasonOf(second)->metadata, (error::Metadata{{"value", "value"}}));
    EXPECT_EQ(server_->hooks().writes, runs) << first;
    EXPECT_EQ(Stored(), "NOTE_NOT_FOUND") << "what a refused handler wrote must be undone";
  }
}

TEST_P(RequestLogTest, ARefusalMayKeepWhatItsHandlerWrote) {
  server_->hooks().refusals_keep_writes = true;
  v1::PutNoteRequest request = GoodPut();
  request.set_refuse_with(static_cast<int>(Code::kFailedPrecondition));
  const absl::Status first = PutNote(*server_, request);
  EXPECT_EQ(Stored(), "value");
  EXPECT_EQ(PutNote(*server_, request).message(), first.message());
  EXPECT_EQ(server_->hooks().writes, 1);
  // A fault undoes everything, whatever it says of itself.
  v1::PutNoteRequest other = GoodPut("other");
  other.set_refuse_with(static_cast<int>(Code::kInternal));
  other.set_request_id(RequestId(77));
  EXPECT_EQ(PutNote(*server_, other).code(), Code::kInternal);
  EXPECT_EQ(Stored(), "value");
}

TEST_P(RequestLogTest, AFaultIsNotRemembered) {
  v1::PutNoteRequest request = GoodPut();
  for (const Code code : {Code::kInvalidArgument, Code::kAborted, Code::kUnavailable,
                          Code::kResourceExhausted, Code::kInternal}) {
    request.set_refuse_with(static_cast<int>(code));
    request.set_request_id(RequestId(static_cast<int>(code)));
    EXPECT_EQ(PutNote(*server_, request).code(), code);
    EXPECT_EQ(Stored(), "NOTE_NOT_FOUND");
    EXPECT_EQ(server_->RequestsRemembered(), 0) << absl::StatusCodeToString(code);
    server_->hooks().writes = 0;
    EXPECT_EQ(PutNote(*server_, request).code(), code);
    EXPECT_GE(server_->hooks().writes, 1) << "the second try runs again";
  }
}

TEST_P(RequestLogTest, ValidateOnlyGivesTheWholeAnswerAndLeavesNothing) {
  v1::PutNoteRequest request = GoodPut();
  request.set_validate_only(true);
  v1::PutNoteResponse response;
  ASSERT_TRUE(PutNote(*server_, request, {}, &response).ok());
  EXPECT_EQ(response.note().value(), "value");
  EXPECT_EQ(Stored(), "NOTE_NOT_FOUND");
  EXPECT_EQ(server_->RequestsRemembered(), 0);
  request.set_refuse_with(9);
  EXPECT_EQ(PutNote(*server_, request).code(), Code::kFailedPrecondition);
  EXPECT_EQ(server_->RequestsRemembered(), 0);
  EXPECT_TRUE(PutNote(*server_, GoodPut()).ok()) << "the id is still free";
}

TEST_P(RequestLogTest, OfManyRacingUsesOfOneIdOneRuns) {
  constexpr int kRacers = 16;
  std::vector<v1::PutNoteResponse> responses(kRacers);
  std::vector<std::thread> racers;
  for (v1::PutNoteResponse& response : responses) {
    racers.emplace_back([this, &response] {
      const absl::Status status = PutNote(*server_, GoodPut(), {}, &response);
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  for (std::thread& racer : racers) racer.join();
  for (const v1::PutNoteResponse& response : responses) EXPECT_EQ(response.id(), responses[0].id());
  EXPECT_EQ(server_->RequestsRemembered(), 1);
}

TEST_P(RequestLogTest, OldRowsAreForgottenInBoundedSlices) {
  constexpr int kOld = 5;
  for (int i = 0; i < kOld; ++i) {
    v1::PutNoteRequest request = GoodPut();
    request.set_request_id(RequestId(i));
    ASSERT_TRUE(PutNote(*server_, request).ok());
  }
  server_->clock().Advance(rpc::kRequestLogKept);
  v1::PutNoteRequest recent = GoodPut();
  recent.set_request_id(RequestId(kOld));
  ASSERT_TRUE(PutNote(*server_, recent).ok());

  const absl::Time now = server_->clock().Now();
  EXPECT_EQ(*rpc::PurgeOnce(server_->database(), now, 3), 0) << "not older than 90 days yet";
  const absl::Time later = now + absl::Seconds(1);
  EXPECT_EQ(*rpc::PurgeOnce(server_->database(), later, 3), 3);
  EXPECT_EQ(*rpc::PurgeOnce(server_->database(), later, 3), 2);
  EXPECT_EQ(*rpc::PurgeOnce(server_->database(), later, 3), 0);
  EXPECT_EQ(server_->RequestsRemembered(), 1);
}

TEST_P(RequestLogTest, SecretsAreRandomAndStay) {
  const std::string pages = *rpc::LoadSecret(server_->database(), rpc::kPageTokenSecret);
  const std::string digests = *rpc::LoadSecret(server_->database(), rpc::kRequestDigestSecret);
  EXPECT_EQ(pages.size(), rpc::kSecretBytes);
  EXPECT_NE(pages, digests);
  Restart();
  EXPECT_EQ(*rpc::LoadSecret(server_->database(), rpc::kPageTokenSecret), pages);
}

INSTANTIATE_TEST_SUITE_P(All, RequestLogTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::spine
