#include "services/routing/domain/procedure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Procedure Proven(Level level) {
  Procedure procedure;
  procedure.proven = true;
  procedure.level = level;
  procedure.term = Term{3, false, TermUnit::kWorkingDay, std::nullopt};
  return procedure;
}

TEST(DraftReasons, AProvenLocalLevelWithATermIsPublished) {
  EXPECT_THAT(DraftReasonsOf(Proven(Level::kCommune)), IsEmpty());
  EXPECT_THAT(DraftReasonsOf(Proven(Level::kProvince)), IsEmpty());
}

TEST(DraftReasons, ImmediateIsATermButAnAbsentOneIsNot) {
  Procedure procedure = Proven(Level::kCommune);
  procedure.term = Term{0, false, TermUnit::kImmediate, 900};
  EXPECT_THAT(DraftReasonsOf(procedure), IsEmpty());
  procedure.term.reset();
  EXPECT_THAT(DraftReasonsOf(procedure), ElementsAre(DraftReason::kTermUnknown));
}

TEST(DraftReasons, EveryReasonIsGiven) {
  Procedure procedure = Proven(Level::kMinistryOrLocal);
  procedure.proven = false;
  procedure.term.reset();
  EXPECT_THAT(DraftReasonsOf(procedure),
              ElementsAre(DraftReason::kCompetenceNotProven, DraftReason::kTermUnknown,
                          DraftReason::kLevelDependsOnCase));
  EXPECT_THAT(DraftReasonsOf(Proven(Level::kProvinceOrCommune)),
              ElementsAre(DraftReason::kLevelDependsOnCase));
  EXPECT_THAT(DraftReasonsOf(Proven(Level::kMinistry)), ElementsAre(DraftReason::kMinistryOnly));
}

TEST(DraftReasons, AnUnknownLevelIsNotProvenWhateverTheTableSays) {
  EXPECT_THAT(DraftReasonsOf(Proven(Level::kUnknown)),
              ElementsAre(DraftReason::kCompetenceNotProven));
}

TEST(ParseTermValue, ReadsWholeAndHalfUnits) {
  ASSERT_TRUE(ParseTermValue("15").has_value());
  EXPECT_EQ(ParseTermValue("15")->value, 15);
  EXPECT_FALSE(ParseTermValue("15")->half);
  ASSERT_TRUE(ParseTermValue("1.5").has_value());
  EXPECT_EQ(ParseTermValue("1.5")->value, 1);
  EXPECT_TRUE(ParseTermValue("1.5")->half);
  EXPECT_EQ(ParseTermValue("0.5")->value, 0);
}

TEST(ParseTermValue, RefusesEverythingElse) {
  for (const char* wrong :
       {"", ".5", "-1", "+1", "1.25", "1,5", " 1", "1e3", "3651", "99999999999"}) {
    EXPECT_FALSE(ParseTermValue(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace twotier::routing
