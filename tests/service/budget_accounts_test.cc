#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/service/budget_fixture.h"

namespace twotier::budget::testing {
namespace {

using ::testing::ElementsAre;
using testing_support::kDaNang;
using testing_support::kHaiChau;
using testing_support::kHaNoi;

class AccountsTest : public BudgetTest {
 protected:
  v1::OpenAccountsRequest Request(const v1::AccountKey& key) {
    v1::OpenAccountsRequest request;
    request.set_parent("provinces/48");
    *request.add_keys() = key;
    request.set_request_id(RequestId());
    return request;
  }
};
TWOTIER_BUDGET_ON_EVERY_ENGINE(AccountsTest);

TEST_P(AccountsTest, OpensEachOnce) {
  v1::OpenAccountsRequest request = Request(Key(kHaiChau, v1::STAGE_ALLOCATED));
  const auto opened = server_.Call(&Stub::OpenAccounts, request);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->opened(), 1);
  const v1::Account& account = opened->accounts(0);
  EXPECT_EQ(account.name(), "provinces/48/accounts/2026.allocated.commune20194.x.x.x.x.x");
  EXPECT_EQ(account.state(), v1::ACCOUNT_STATE_OPEN);
  EXPECT_EQ(account.currency_code(), "VND");

  request.set_request_id(RequestId());
  *request.add_keys() = Key(kDaNang, v1::STAGE_APPROVED);
  const auto again = server_.Call(&Stub::OpenAccounts, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->opened(), 1);
  EXPECT_EQ(again->accounts(0).SerializeAsString(), account.SerializeAsString());

  v1::GetAccountRequest get;
  get.set_name(account.name());
  const auto got = server_.Call(&Stub::GetAccount, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->account().SerializeAsString(), account.SerializeAsString());
}

TEST_P(AccountsTest, ValidatesOnlyWhenAsked) {
  v1::OpenAccountsRequest request = Request(Key(kHaiChau, v1::STAGE_ALLOCATED));
  request.set_validate_only(true);
  const auto shown = server_.Call(&Stub::OpenAccounts, request);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->opened(), 1);
  v1::GetAccountRequest get;
  get.set_name(shown->accounts(0).name());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GetAccount, get).status()), "ACCOUNT_NOT_FOUND");
}

TEST_P(AccountsTest, BelongToUnitsOfTheProvince) {
  const auto unknown =
      server_.Call(&Stub::OpenAccounts, Request(Key("units/nowhere", v1::STAGE_ALLOCATED)));
  EXPECT_EQ(ReasonOf(unknown.status()), "UNIT_NOT_FOUND");
  EXPECT_EQ(MetadataOf(unknown.status(), "unit"), "units/nowhere");
  const auto outside = server_.Call(&Stub::OpenAccounts, Request(Key(kHaNoi, v1::STAGE_ALLOCATED)));
  EXPECT_EQ(ReasonOf(outside.status()), "UNIT_OUTSIDE_PROVINCE");
  EXPECT_EQ(MetadataOf(outside.status(), "province_code"), "01");
}

TEST_P(AccountsTest, RefusesEveryMalformedKeyAtOnce) {
  v1::AccountKey key = Key("", v1::STAGE_PAID, 1999);
  key.mutable_line()->set_chapter("8x5");
  v1::OpenAccountsRequest request = Request(key);
  *request.add_keys() = Key(kHaiChau, v1::STAGE_PAID);
  *request.add_keys() = Key(kHaiChau, v1::STAGE_PAID);
  const auto refused = server_.Call(&Stub::OpenAccounts, request);
  std::vector<std::string> fields;
  for (const auto& violation : error::FieldViolationsOf(refused.status())) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields,
              ElementsAre("keys[0].unit", "keys[0].year", "keys[0].line.chapter", "keys[2]"));
}

TEST_P(AccountsTest, AreToldByTheFeedOfTheirProvince) {
  grpc::ClientContext context;
  testing_support::Identify(context);
  v1::WatchChangesRequest watch;
  watch.set_parent("provinces/48");
  const auto stream = server_.stub().WatchChanges(&context, watch);
  v1::WatchChangesResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_FALSE(message.snapshot_end().resume_token().empty());
  Open("01", {Key(kHaNoi, v1::STAGE_APPROVED)});
  const std::vector<std::string> names = Open("48", {Key(kHaiChau, v1::STAGE_ALLOCATED)});
  // What the service published when it started may get its position only now.
  do {
    ASSERT_TRUE(stream->Read(&message));
  } while (!message.has_group() || message.group().changes(0).kind() == "norm_set.published");
  ASSERT_EQ(message.group().changes_size(), 1);
  EXPECT_EQ(message.group().changes(0).subject(), names[0]);
  EXPECT_EQ(message.group().changes(0).kind(), "account.opened");
  context.TryCancel();
}

// What the ledger holds is asked for: a stream begins where the feed stands, or where one ended.
TEST_P(AccountsTest, AreNotToldAgainByAStreamThatBeginsLater) {
  const auto open_stream = [&](grpc::ClientContext& context, const std::string& token) {
    testing_support::Identify(context);
    v1::WatchChangesRequest watch;
    watch.set_parent("provinces/48");
    watch.set_resume_token(token);
    return server_.stub().WatchChanges(&context, watch);
  };
  const std::string before = Open("48", {Key(kHaiChau, v1::STAGE_ALLOCATED)})[0];
  v1::WatchChangesResponse message;
  // Until the feed has told of the account.
  grpc::ClientContext first_context;
  const auto first = open_stream(first_context, "");
  ASSERT_TRUE(first->Read(&message));
  std::string token = message.snapshot_end().resume_token();
  const std::string middle = Open("48", {Key(kHaiChau, v1::STAGE_PAID)})[0];
  bool told = false;
  while (!told && first->Read(&message)) {
    if (!message.has_group()) continue;
    token = message.group().resume_token();
    told = message.group().changes(0).subject() == middle;
  }
  ASSERT_TRUE(told);
  first_context.TryCancel();

  for (const std::string& from : {std::string(), token}) {
    grpc::ClientContext context;
    const auto stream = open_stream(context, from);
    if (from.empty()) {
      ASSERT_TRUE(stream->Read(&message));
      EXPECT_TRUE(message.has_snapshot_end()) << message.ShortDebugString();
    }
    const v1::Stage stage = from.empty() ? v1::STAGE_SETTLED : v1::STAGE_APPROVED;
    const std::string after = Open("48", {Key(kHaiChau, stage)})[0];
    std::vector<std::string> subjects;
    while (std::count(subjects.begin(), subjects.end(), after) == 0 && stream->Read(&message)) {
      for (const v1::Change& change : message.group().changes()) {
        subjects.push_back(change.subject());
      }
    }
    EXPECT_EQ(std::count(subjects.begin(), subjects.end(), before), 0);
    EXPECT_EQ(std::count(subjects.begin(), subjects.end(), middle), 0);
    EXPECT_EQ(std::count(subjects.begin(), subjects.end(), after), 1);
    context.TryCancel();
  }
  grpc::ClientContext context;
  const auto stream = open_stream(context, "rubbish");
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(ReasonOf(rpc::FromGrpcStatus(stream->Finish())), "WRONG_RESUME_TOKEN");
}

}  // namespace
}  // namespace twotier::budget::testing
