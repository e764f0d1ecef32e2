#include "tools/twotierctl/session.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/twotierctl/failure.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

namespace registry = twotier::registry::v1;
namespace routing = twotier::routing::v1;

Session NewSession() {
  // Nothing listens on port 1, where only root may.
  return Session({.services = {{"registry", "twotier.registry.v1.RegistryService", "127.0.0.1:1"},
                               {"routing", "twotier.routing.v1.RoutingService", "127.0.0.1:1"}},
                  .principal = "dev"});
}

TEST(FindMethodTest, KnowsAMethodByAllOfItsNames) {
  const Session session = NewSession();
  for (const char* name : {"GetUnit", "registry.GetUnit", "registry/GetUnit",
                           "RegistryService/GetUnit", "twotier.registry.v1.RegistryService/GetUnit",
                           "twotier.registry.v1.RegistryService.GetUnit"}) {
    const auto method = session.FindMethod(name);
    ASSERT_TRUE(method.ok()) << name;
    EXPECT_EQ((*method)->full_name(), "twotier.registry.v1.RegistryService.GetUnit") << name;
    EXPECT_EQ(PathOf(**method), "/twotier.registry.v1.RegistryService/GetUnit");
  }
}

TEST(FindMethodTest, RefusesWhatIsNotThere) {
  const Session session = NewSession();
  for (const char* name : {"", "GetNothing", "routing.GetUnit", "registry.", "nowhere/GetUnit"}) {
    EXPECT_EQ(session.FindMethod(name).status().code(), absl::StatusCode::kNotFound) << name;
  }
}

TEST(FillRequestIdTest, MakesUpAnIdOnlyWhereOneIsMissing) {
  routing::SubmitDossierRequest request;
  const std::string id = FillRequestId(request);
  EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                        "[0-9a-f]{12}"));
  EXPECT_EQ(request.request_id(), id);
  EXPECT_EQ(FillRequestId(request), "");
  EXPECT_EQ(request.request_id(), id);

  registry::GetUnitRequest read;
  EXPECT_EQ(FillRequestId(read), "");
}

TEST(CallTest, TellsThatNobodyListens) {
  Session session = NewSession();
  const auto response =
      session.Call<registry::GetUnitResponse>("registry.GetUnit", registry::GetUnitRequest());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ExitCodeOf(response.status()), kTryLater);
}

}  // namespace
}  // namespace twotier::ctl
