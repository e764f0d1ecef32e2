#include "common/rpc/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "spine.pb.h"

namespace twotier::rpc {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const google::protobuf::ServiceDescriptor& Service(const char* name) {
  return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
}

TEST(ReadRulesTest, ReadsEveryMethod) {
  testing::v1::EchoRequest::descriptor();  // Links the file.
  const auto rules = ReadRules(Service("twotier.testing.v1.SpineService"));
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_EQ(rules->size(), 6u);
  EXPECT_EQ((*rules)[0].kind, common::v1::KIND_MEMORY);
  EXPECT_EQ((*rules)[0].permission, "spine.echo");
  EXPECT_EQ((*rules)[2].request_id->name(), "request_id");
  EXPECT_THAT((*rules)[3].roots, SizeIs(1));
  EXPECT_EQ((*rules)[0].read_field, nullptr);
  EXPECT_EQ((*rules)[5].read_field->name(), "stored");
}

TEST(ReadRulesTest, NamesEveryProblemOfAService) {
  const absl::Status status = ReadRules(Service("twotier.testing.v1.WrongService")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  const std::vector<std::string> problems = absl::StrSplit(status.message(), '\n');
  const struct {
    const char* method;
    const char* problem;
  } expected[] = {
      {"NoRule", "has no rule"},
      {"NoPermission", "has no permission"},
      {"NoKind", "has no kind"},
      {"WriteWithoutId", "no text field request_id"},
      {"WriteWithoutId", "no bool field validate_only"},
      {"WrongScope", "has no field nowhere"},
      {"NumberScope", "number is not a text field"},
      {"WrongBump", "has no field note.nothing"},
      {"BumpingRead", "bumps aggregates but does not write"},
      {"ReadFieldOfARead", "has a read_field but is not KIND_MEMORY"},
      {"ReadFieldWithoutPresence", "whose absence can be told"},
      {"UnknownReadField", "whose absence can be told"},
      {"LeakingWrite", "sensitive field twotier.testing.v1.Person.full_name"},
      {"WatchWithoutStream", "is KIND_WATCH but does not stream"},
      {"StreamingRead", "streams to the client but is not KIND_WATCH"},
      {"ClientStream", "streams from the client"},
  };
  for (const auto& [method, problem] : expected) {
    EXPECT_THAT(problems, Contains(AllOf(HasSubstr(method), HasSubstr(problem))));
  }
  EXPECT_THAT(problems, SizeIs(std::size(expected)));
}

TEST(ReadsDatabaseTest, IsAQuestionOfTheKindAndOfTheReadField) {
  const auto rules = ReadRules(Service("twotier.testing.v1.SpineService"));
  ASSERT_TRUE(rules.ok());
  EXPECT_FALSE(ReadsDatabase((*rules)[0], testing::v1::EchoRequest()));
  EXPECT_TRUE(ReadsDatabase((*rules)[1], testing::v1::GetNoteRequest()));
  EXPECT_FALSE(ReadsDatabase((*rules)[2], testing::v1::PutNoteRequest()));
  testing::v1::RecallRequest recall;
  EXPECT_FALSE(ReadsDatabase((*rules)[5], recall));
  recall.mutable_stored();
  EXPECT_TRUE(ReadsDatabase((*rules)[5], recall));
}

TEST(KeysOfTest, TakesValuesAndRootsWithoutRepetition) {
  const auto rules = ReadRules(Service("twotier.testing.v1.SpineService"));
  ASSERT_TRUE(rules.ok());
  testing::v1::PutNoteRequest request;
  EXPECT_THAT(KeysOf((*rules)[2], request), IsEmpty());
  request.mutable_note()->set_name("provinces/48/notes/a");
  const std::vector<db::Key> keys = KeysOf((*rules)[2], request);
  ASSERT_THAT(keys, SizeIs(1));
  EXPECT_EQ(keys[0].province_code, "48");
  EXPECT_EQ(keys[0].name, "provinces/48/notes/a");
  EXPECT_EQ(KeysOf((*rules)[3], testing::v1::PutNationalRequest())[0].name, "national");
}

TEST(KeysOfTest, NamesOneAggregateOfEachProvinceThatValuesLieIn) {
  const auto rules = ReadRules(Service("twotier.testing.v1.SpineService"));
  ASSERT_TRUE(rules.ok());
  testing::v1::PutNationalRequest request;
  for (const char* name :
       {"provinces/48/notes/a", "provinces/01/notes/a", "provinces/48/notes/b"}) {
    request.add_notes()->set_name(name);
  }
  std::vector<std::string> keys;
  for (const db::Key& key : KeysOf((*rules)[3], request)) {
    keys.push_back(key.province_code + "/" + key.name);
  }
  EXPECT_THAT(keys, ElementsAre("48/pool", "01/pool", "/national"));
}

TEST(FieldPathTest, ReadsRepeatedTextOnlyWhenAllowed) {
  const auto& echo = *testing::v1::EchoRequest::descriptor();
  EXPECT_FALSE(FieldPath::Find(echo, "tags", false).ok());
  EXPECT_FALSE(FieldPath::Find(echo, "items.title", false).ok());
  EXPECT_TRUE(FieldPath::Find(echo, "items.title", true).ok());
  EXPECT_FALSE(FieldPath::Find(echo, "text.more", true).ok());
  const auto tags = FieldPath::Find(echo, "tags", true);
  ASSERT_TRUE(tags.ok());
  testing::v1::EchoRequest request;
  request.add_tags("a");
  request.add_tags("b");
  EXPECT_THAT(tags->Values(request), ElementsAre("a", "b"));
}

TEST(ProvinceOfTest, ReadsTwoDigitsOnly) {
  EXPECT_EQ(ProvinceOf("provinces/48/dossiers/x"), "48");
  EXPECT_EQ(ProvinceOf("provinces/01"), "01");
  for (const char* name : {"", "units/u1", "provinces/", "provinces/4", "provinces/480",
                           "provinces/ab/x", "province/48/x", "provinces//x"}) {
    EXPECT_EQ(ProvinceOf(name), "") << name;
  }
}

}  // namespace
}  // namespace twotier::rpc
