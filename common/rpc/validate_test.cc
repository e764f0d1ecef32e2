#include "common/rpc/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spine.pb.h"

namespace twotier::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using testing::v1::EchoRequest;

class ValidateTest : public ::testing::Test {
 protected:
  ValidateTest() { request_.set_colour(testing::v1::COLOUR_RED); }

  std::vector<error::FieldViolation> Violations() {
    std::vector<std::string> problems;
    const MessagePlan* plan = validator_.Plan(*EchoRequest::descriptor(), problems);
    EXPECT_THAT(problems, IsEmpty());
    error::Violations violations;
    CheckConstraints(*plan, request_, violations);
    return violations.all();
  }

  std::vector<std::string> Fields() {
    std::vector<std::string> fields;
    for (const error::FieldViolation& violation : Violations()) fields.push_back(violation.field);
    return fields;
  }

  Validator validator_;
  EchoRequest request_;
};

TEST_F(ValidateTest, AcceptsAWellFormedRequest) {
  request_.set_text("Đà Nẵng");
  request_.set_code("20194");
  request_.set_name("provinces/48/centers/H48.20194");
  request_.add_items()->set_title("a");
  request_.mutable_as_of()->set_year(2024);
  request_.mutable_as_of()->set_month(2);
  request_.mutable_as_of()->set_day(29);
  request_.set_content(std::string("\0\0", 2));
  (*request_.mutable_labels())["a"] = "b";
  EXPECT_THAT(Fields(), IsEmpty());
}

TEST_F(ValidateTest, ReportsEveryViolationWithItsPath) {
  request_.set_colour(testing::v1::COLOUR_UNSPECIFIED);
  request_.set_text(std::string("a\0b", 3));
  request_.set_code("1234");
  request_.set_name("provinces/48/centers");
  request_.add_items();
  request_.add_items()->set_title("ninebytes");
  request_.mutable_items(1)->add_items()->set_title("");
  request_.add_tags("ok");
  request_.add_tags("");
  request_.mutable_as_of()->set_year(2025);
  EXPECT_THAT(Fields(), UnorderedElementsAre("text", "code", "name", "colour", "items[0].title",
                                             "items[1].title", "items[1].items[0].title", "as_of",
                                             "tags[1]"));
}

TEST_F(ValidateTest, DefaultLimitsHold) {
  request_.set_text(std::string(kBytesMaxDefault, 'x'));
  for (uint32_t i = 0; i < kItemsMaxDefault; ++i) request_.add_items()->set_title("x");
  EXPECT_THAT(Fields(), IsEmpty());
  request_.set_text(std::string(kBytesMaxDefault + 1, 'x'));
  request_.add_items()->set_title("x");
  EXPECT_THAT(Fields(), ElementsAre("text", "items"));
  EXPECT_THAT(Violations()[0].description, HasSubstr("1025 bytes; the most is 1024"));
}

TEST_F(ValidateTest, UnknownEnumValuesAreNamed) {
  request_.set_colour(static_cast<testing::v1::Colour>(7));
  ASSERT_EQ(Violations().size(), 1u);
  EXPECT_THAT(Violations()[0].description, HasSubstr("unknown value 7"));
}

TEST_F(ValidateTest, DatesAreFullCalendarDates) {
  const struct {
    int year, month, day;
    bool valid;
  } cases[] = {
      {2025, 7, 1, true},   {2024, 2, 29, true},  {2025, 2, 29, false}, {2025, 4, 31, false},
      {2025, 7, 0, false},  {2025, 0, 1, false},  {0, 7, 1, false},     {2025, 13, 1, false},
      {9999, 12, 31, true}, {10000, 1, 1, false}, {0, 0, 0, false},     {-1, 1, 1, false},
  };
  for (const auto& [year, month, day, valid] : cases) {
    request_.mutable_as_of()->set_year(year);
    request_.mutable_as_of()->set_month(month);
    request_.mutable_as_of()->set_day(day);
    EXPECT_EQ(Fields().empty(), valid) << year << "-" << month << "-" << day;
  }
}

TEST_F(ValidateTest, InstantsAreThoseThatATimestampMayHold) {
  const struct {
    int64_t seconds;
    int32_t nanos;
    bool valid;
  } cases[] = {
      {0, 0, true},
      {1'795'323'600, 999'999'999, true},
      {1'795'323'600, 1'000'000'000, false},
      {1'795'323'600, -1, false},
      {-62'135'596'800, 0, true},
      {-62'135'596'801, 0, false},
      {253'402'300'799, 0, true},
      {253'402'300'800, 0, false},
  };
  for (const auto& [seconds, nanos, valid] : cases) {
    request_.mutable_known_at()->set_seconds(seconds);
    request_.mutable_known_at()->set_nanos(nanos);
    EXPECT_EQ(Fields().empty(), valid) << seconds << "." << nanos;
  }
}

TEST_F(ValidateTest, MapsAreWalked) {
  (*request_.mutable_labels())["a"] = std::string("\0", 1);
  EXPECT_THAT(Fields(), ElementsAre("labels[0].value"));
}

TEST(PlanTest, NamesConstraintsThatDoNotFitTheirField) {
  Validator validator;
  std::vector<std::string> problems;
  validator.Plan(*testing::v1::WrongRequest::descriptor(), problems);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("format_on_number"), HasSubstr("items_on_singular"),
                                    HasSubstr("required_bool"), HasSubstr("bytes_on_number"),
                                    HasSubstr("odd_pattern")));
}

TEST(FormatTest, KnowsEachForm) {
  using common::v1::Format;
  const struct {
    Format format;
    std::vector<std::string> good;
    std::vector<std::string> bad;
  } cases[] = {
      {common::v1::FORMAT_UUID,
       {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"},
       {"123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", "x"}},
      {common::v1::FORMAT_UNIT_CODE, {"48", "490", "00004"}, {"4", "1234", "123456", "4a", "４８"}},
      {common::v1::FORMAT_PROCEDURE_CODE,
       {"1.004194", "2.000635.H17", "1.004194.000.00.00.H17"},
       {"1.00419", "10.04194", "1.004194.", "1.004194..H17", "1.004194H17", "a.004194"}},
      {common::v1::FORMAT_PROVINCE_CODE, {"01"}, {"1", "001", "x1"}},
      {common::v1::FORMAT_SHA256,
       {std::string(64, 'a')},
       {std::string(63, 'a'), std::string(64, 'A'), std::string(64, 'g')}},
  };
  for (const auto& [format, good, bad] : cases) {
    for (const std::string& text : good) EXPECT_TRUE(HasFormat(format, text)) << text;
    for (const std::string& text : bad) EXPECT_FALSE(HasFormat(format, text)) << text;
  }
}

TEST(ResourceTest, MatchesSegmentBySegment) {
  EXPECT_TRUE(MatchesResource("provinces/*/centers/*", "provinces/48/centers/H48.20194"));
  EXPECT_TRUE(MatchesResource("assignments/*|provinces/*/assignments/*", "assignments/a1"));
  EXPECT_TRUE(
      MatchesResource("assignments/*|provinces/*/assignments/*", "provinces/48/assignments/a1"));
  EXPECT_FALSE(MatchesResource("assignments/*|provinces/*/assignments/*", "provinces/48"));
  EXPECT_TRUE(MatchesResource("units/*", "units/u0123"));
  const struct {
    const char* pattern;
    const char* name;
  } wrong[] = {
      {"provinces/*/centers/*", "provinces/48/centers"},
      {"provinces/*/centers/*", "provinces/48/centers/"},
      {"provinces/*/centers/*", "provinces/48/centers/a/b"},
      {"provinces/*/centers/*", "provinces/48/dossiers/a"},
      {"provinces/*/centers/*", "provinces/480/centers/a"},
      {"provinces/*/centers/*", "/provinces/48/centers/a"},
      {"units/*", "units/a b"},
      {"units/*", "units/ă"},
      {"units/*", "units"},
      {"units/*", "units//"},
  };
  for (const auto& [pattern, name] : wrong) EXPECT_FALSE(MatchesResource(pattern, name)) << name;
}

}  // namespace
}  // namespace twotier::rpc
