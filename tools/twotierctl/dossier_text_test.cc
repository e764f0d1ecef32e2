#include "tools/twotierctl/dossier_text.h"

#include <gmock/gmock.h>

namespace twotier::ctl {
namespace {

using ::testing::HasSubstr;

TEST(DossierTextTest, AReroutingSaysWhichPostWorksOnItNoMore) {
  routing::v1::RerouteDossiersResponse response;
  routing::v1::ReroutedDossier* dossier = response.add_dossiers();
  dossier->set_name("provinces/48/dossiers/H48.1-261102-0001");
  routing::v1::Rerouting* rerouting = dossier->mutable_rerouting();
  rerouting->mutable_to()->set_unit("units/u1");
  rerouting->mutable_to()->set_center("provinces/48/centers/H48.1");
  rerouting->mutable_to()->mutable_competent_body()->set_title("Công an Phường");
  rerouting->set_successor_basis(routing::v1::SUCCESSOR_BASIS_CARETAKER);
  rerouting->set_released_assignee("provinces/48/posts/p1");
  const std::string text = ReroutedTable(response.dossiers()).Text();
  EXPECT_THAT(text, HasSubstr("RELEASED POST"));
  EXPECT_THAT(text, HasSubstr("provinces/48/dossiers/H48.1-261102-0001  units/u1  "
                              "provinces/48/centers/H48.1  Công an Phường  caretaker  "
                              "provinces/48/posts/p1"));
}

}  // namespace
}  // namespace twotier::ctl
