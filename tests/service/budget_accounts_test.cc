#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_EQ(account.name(), "provinces/48/accounts/2027.allocated.commune20194.x.x.x.x.x");
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

}  // namespace
}  // namespace twotier::budget::testing
