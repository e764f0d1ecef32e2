#include "services/routing/domain/dossier_code.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace twotier::routing {
namespace {

TEST(DossierCode, HasFourDigitsUntilTheyAreUsedUp) {
  const absl::CivilDay day(2026, 7, 1);
  EXPECT_EQ(FormatDossierCode("H17.11", day, 1), "H17.11-260701-0001");
  EXPECT_EQ(FormatDossierCode("H17.11", day, 9999), "H17.11-260701-9999");
  EXPECT_EQ(FormatDossierCode("H17.11", day, 10000), "H17.11-260701-10000");
}

TEST(DossierCode, OtherTextIsNoCode) {
  for (const char* wrong :
       {"", "-", "--", "H17", "H17-260701", "-260701-0001", "H17-260701-", "H17-26071-0001",
        "H17-261301-0001", "H17-260230-0001", "H17-260701-001", "H17-260701-0000",
        "H17-260701-00001", "H17-260701-000a", "H17-260701-9999999999999999999"}) {
    EXPECT_FALSE(ParseDossierCode(wrong).has_value()) << wrong;
  }
}

RC_GTEST_PROP(DossierCode, ReadsBackWhatItWrites, ()) {
  const absl::CivilDay day = absl::CivilDay(2000, 1, 1) + *rc::gen::inRange(0, 36525);
  const int64_t number = *rc::gen::inRange<int64_t>(1, 10'000'000);
  const std::string organisation =
      *rc::gen::element<std::string>("H26", "H17.11", "H15.50.05.13", "000.00.01.H26", "H01-A");
  const auto parsed = ParseDossierCode(FormatDossierCode(organisation, day, number));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == (DossierCode{organisation, day, number}));
}

TEST(DossierCodeTest, ADayLiesBetweenWhatIsBeforeItAndBeforeTheNext) {
  const absl::CivilDay day(2026, 12, 31);
  for (const int64_t number : {1, 9'999, 10'000, 123'456}) {
    const std::string code = FormatDossierCode("H17.11", day, number);
    EXPECT_LT(CodeBefore("H17.11", day), code);
    EXPECT_LT(code, CodeBefore("H17.11", day + 1));
  }
}

}  // namespace
}  // namespace twotier::routing
