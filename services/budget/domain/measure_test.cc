#include "services/budget/domain/measure.h"

#include <gtest/gtest.h>

#include <string>

namespace twotier::budget {
namespace {

TEST(MeasureTest, PeopleTimesAmountPerPersonIsMoney) {
  const Measure rate = *Measure::Parse("VND/person");
  const Measure people = *Measure::Parse("person");
  EXPECT_EQ(rate * people, *Measure::Parse("VND"));
  EXPECT_EQ(people / *Measure::Parse("km2"), *Measure::Parse("person/km2"));
  EXPECT_TRUE((people / people).bare());
  EXPECT_FALSE(people == *Measure::Parse("post"));
}

TEST(MeasureTest, ReadsBackWhatItWrites) {
  for (const char* text : {"1", "VND", "VND/month/person", "1/post", "VND/km/km"}) {
    EXPECT_EQ(Measure::Parse(text)->Text(), text);
  }
}

TEST(MeasureTest, RefusesWhatIsNoUnit) {
  for (const std::string& text :
       {std::string(), std::string("VND/"), std::string("/person"), std::string("2"),
        std::string("VND/1"), std::string("a b"), std::string(65, 'x')}) {
    EXPECT_EQ(Measure::Parse(text), std::nullopt) << text;
  }
}

TEST(MeasureTest, SpeaksOfThings) {
  EXPECT_EQ(Measure::Parse("post")->Noun(true), "posts");
  EXPECT_EQ(Measure::Parse("post")->Noun(false), "post");
  EXPECT_EQ(Measure::Parse("person")->Noun(true), "people");
  EXPECT_EQ(Measure::Parse("km2")->Noun(true), "km²");
  EXPECT_EQ(Measure::Parse("VND")->Noun(true), "");
  EXPECT_EQ(Measure::Parse("VND/post")->Noun(true), "");
}

}  // namespace
}  // namespace twotier::budget
