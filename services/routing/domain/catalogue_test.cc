#include "services/routing/domain/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text.h"

namespace twotier::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kToday(2026, 11, 2);

ProcedureVersion Named(std::string code, std::string name, Level level, bool proven = true) {
  ProcedureVersion version;
  version.procedure.code = std::move(code);
  version.procedure.display_name = std::move(name);
  version.procedure.level = level;
  version.procedure.proven = proven;
  version.procedure.term = Term{1, false, TermUnit::kWorkingDay, std::nullopt};
  version.procedure.known_from = absl::CivilDay(2026, 6, 1);
  version.version = 1;
  version.draft_reasons = DraftReasonsOf(version.procedure);
  version.folded_name = text::Fold(version.procedure.display_name);
  return version;
}

class CatalogueSearchTest : public ::testing::Test {
 protected:
  std::vector<std::string> Search(absl::string_view words, CatalogueQuery query = {},
                                  std::optional<CatalogueCursor> after = {}, size_t limit = 100) {
    query.folded_words = text::Fold(words);
    query.code = std::string(words);
    query.as_of = kToday;
    std::vector<std::string> codes;
    for (const CatalogueHit& hit : catalogue_->Search(query, after, limit)) {
      codes.push_back(hit.entry->code);
    }
    return codes;
  }

  std::shared_ptr<const Catalogue> catalogue_ = Catalogue::Of({
      Named("1.000001", "Thủ tục đăng ký kết hôn", Level::kCommune),
      Named("1.000002", "Đăng ký kết hôn có yếu tố nước ngoài", Level::kCommune),
      Named("1.000003", "Kết quả hôn nhân: đăng ký lại", Level::kProvince),
      Named("1.000004", "Đăng ký khai sinh", Level::kCommune, false),
  });
};

TEST_F(CatalogueSearchTest, FindsWithoutDiacriticsInOrderOfRelevance) {
  EXPECT_THAT(Search("dang ky ket hon"), ElementsAre("1.000002", "1.000001", "1.000003"));
  EXPECT_THAT(Search("ĐĂNG KÝ KẾT HÔN"), ElementsAre("1.000002", "1.000001", "1.000003"));
  EXPECT_THAT(Search("hon dang"), ElementsAre("1.000001", "1.000002", "1.000003"));
}

TEST_F(CatalogueSearchTest, EveryWordMustBeginAWord) {
  EXPECT_THAT(Search("khai sinh nuoc"), IsEmpty());
  EXPECT_THAT(Search("inh"), IsEmpty());
  EXPECT_THAT(Search("khai si"), ElementsAre("1.000004"));
}

TEST_F(CatalogueSearchTest, FindsByCodeAndListsAllWithoutWords) {
  EXPECT_THAT(Search("1.000003"), ElementsAre("1.000003"));
  EXPECT_THAT(Search(""), ElementsAre("1.000001", "1.000002", "1.000003", "1.000004"));
}

TEST_F(CatalogueSearchTest, FiltersByLevelAndState) {
  CatalogueQuery commune;
  commune.level = Level::kCommune;
  commune.published = true;
  EXPECT_THAT(Search("dang ky", commune), ElementsAre("1.000002", "1.000001"));
}

TEST_F(CatalogueSearchTest, GoesOnAfterACursor) {
  EXPECT_THAT(Search("dang ky ket hon", {}, std::nullopt, 1), ElementsAre("1.000002"));
  EXPECT_THAT(Search("dang ky ket hon", {}, CatalogueCursor{1, "1.000002"}, 1),
              ElementsAre("1.000001"));
  EXPECT_THAT(Search("dang ky ket hon", {}, CatalogueCursor{3, "1.000003"}, 1), IsEmpty());
}

}  // namespace
}  // namespace twotier::routing
