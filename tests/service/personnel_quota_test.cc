// Bodies, posts and quotas over gRPC.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class QuotaTest : public PersonnelTest {
 protected:
  v1::CreateBodyRequest NewBody(const std::string& unit, v1::BodyKind kind) {
    v1::CreateBodyRequest request;
    request.set_parent("provinces/48");
    request.set_unit(unit);
    request.set_kind(kind);
    request.set_display_name("Phòng Kinh tế");
    Set(request.mutable_first_date(), kToday);
    request.mutable_act()->set_number("20/NQ-HĐND");
    request.set_request_id(RequestId());
    return request;
  }
  v1::CreatePostRequest NewPost(const std::string& body, v1::PostKind kind) {
    v1::CreatePostRequest request;
    request.set_parent(body);
    request.set_kind(kind);
    request.set_title("Trưởng phòng");
    Set(request.mutable_first_date(), kToday);
    request.mutable_act()->set_number("20/NQ-HĐND");
    request.set_request_id(RequestId());
    return request;
  }
  v1::EndPostRequest EndOf(const v1::Post& post, absl::CivilDay day) {
    v1::EndPostRequest request;
    request.set_name(post.name());
    request.set_etag(post.etag());
    Set(request.mutable_end_date(), day);
    request.mutable_act()->set_number("21/NQ-HĐND");
    request.set_request_id(RequestId());
    return request;
  }
  v1::Post Post(const std::string& name) {
    v1::GetPostRequest request;
    request.set_name(name);
    const auto response = server_.Call(&Stub::GetPost, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->post() : v1::Post();
  }
};

TEST_P(QuotaTest, TheChildrenNeverHaveMoreThanTheGrant) {
  const absl::Status above = TryGrant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 86).status();
  EXPECT_EQ(ReasonOf(above), "QUOTA_EXCEEDED") << above;
  EXPECT_EQ(MetadataOf(above, "unit"), kDaNang);
  EXPECT_EQ(MetadataOf(above, "available"), "85");
  EXPECT_EQ(Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 85).available(), 85);
  EXPECT_EQ(QuotaOf(kDaNang).available(), 0);
  // What is distributed or used cannot be taken away; what is free can.
  const absl::Status cut = TryGrant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 99).status();
  EXPECT_EQ(ReasonOf(cut), "QUOTA_BELOW_USE") << cut;
  EXPECT_EQ(MetadataOf(cut, "least"), "100");
  EXPECT_EQ(ReasonOf(TryGrant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 3).status()),
            "QUOTA_BELOW_USE");
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 0);
  EXPECT_EQ(QuotaOf(kDaNang).available(), 85);
}

TEST_P(QuotaTest, RefusesWithAReason) {
  const auto reason = [&](const std::string& unit, v1::QuotaKind kind, int64_t posts,
                          const std::string& province = "provinces/48") {
    return ReasonOf(TryGrant(unit, kind, posts, province).status());
  };
  EXPECT_EQ(reason("units/none", v1::QUOTA_KIND_CIVIL_SERVANT, 1), "UNIT_NOT_FOUND");
  EXPECT_EQ(reason(testing_support::kEnded, v1::QUOTA_KIND_CIVIL_SERVANT, 1), "UNIT_ENDED");
  EXPECT_EQ(reason(kHaNoi, v1::QUOTA_KIND_CIVIL_SERVANT, 1), "UNIT_OUTSIDE_PROVINCE");
  EXPECT_EQ(reason(kHaiChau, v1::QUOTA_KIND_PUBLIC_EMPLOYEE, 1), "QUOTA_NOT_GRANTED");
  EXPECT_EQ(reason(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, -1), "MALFORMED_REQUEST");
  // Three communes: floor(2.5 × 3).
  const absl::Status pool = TryGrant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 8).status();
  EXPECT_EQ(ReasonOf(pool), "VICE_CHAIR_POOL_EXCEEDED");
  EXPECT_EQ(MetadataOf(pool, "pool"), "7");
  EXPECT_EQ(Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7).available(), 7);
  EXPECT_EQ(ReasonOf(Allow(kHoaVang, {{kToday, 3}}).status()), "QUOTA_NOT_GRANTED");
  v1::GrantQuotaRequest stale;
  stale.set_parent("provinces/48");
  stale.set_unit(kHaiChau);
  stale.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
  stale.set_posts(11);
  stale.set_year(2026);
  stale.mutable_act()->set_number("1");
  stale.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::GrantQuota, stale).status()), "STALE_ETAG");
}

TEST_P(QuotaTest, AViceChairCountsInThePoolToo) {
  Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7);
  Import({Row(kHaiChau, v1::BODY_KIND_COMMITTEE, v1::POST_KIND_COMMITTEE_VICE_CHAIR, 1, 0)});
  const std::string post = PostOf(kHaiChau, v1::POST_KIND_COMMITTEE_VICE_CHAIR);
  const auto transfer = [&] {
    return server_.Call(&Stub::TransferCivilServant, Transfer(Person(5), post)).status();
  };
  // The province decides how many each commune has; Hải Châu has none yet.
  EXPECT_EQ(ReasonOf(transfer()), "QUOTA_NOT_GRANTED");
  Grant(kHaiChau, v1::QUOTA_KIND_VICE_CHAIR, 1);
  EXPECT_TRUE(transfer().ok());
  EXPECT_EQ(QuotaOf(kHaiChau, v1::QUOTA_KIND_VICE_CHAIR).used(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 4);
}

TEST_P(QuotaTest, ASurplusIsAllowedAndRunsDown) {
  // Four people on a quota of two, allowed by act: two, one from day 10, none from day 20.
  EXPECT_EQ(ReasonOf(TryGrant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 2).status()),
            "QUOTA_BELOW_USE");
  const auto allowed = Allow(kHaiChau, {{kToday, 2}, {kToday + 10, 1}, {kToday + 20, 0}});
  ASSERT_TRUE(allowed.ok()) << allowed.status();
  EXPECT_EQ(Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 2).available(), 0);
  EXPECT_EQ(QuotaOf(kDaNang).available(), 93);
  v1::GetRunDownPlanRequest plan;
  plan.set_parent("provinces/48");
  plan.set_quota_kind(v1::QUOTA_KIND_CIVIL_SERVANT);
  auto progress = server_.Call(&Stub::GetRunDownPlan, plan);
  ASSERT_TRUE(progress.ok());
  EXPECT_EQ(progress->surplus_first(), 2);
  EXPECT_EQ(progress->surplus(), 2);
  EXPECT_EQ(progress->surplus_max(), 2);
  EXPECT_EQ(progress->units(), 1);

  // It falls while its places are used: overdue, and the next place that comes free is given up.
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 0);
  const auto ended = server_.Call(
      &Stub::EndAppointment,
      End(MainOf(Person(5)), v1::END_REASON_RESIGNATION, hai_chau_chair_, kToday + 10));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->effect().quotas(0).available_after(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).allowance(), 1);

  const absl::Status more = Allow(kHaiChau, {{kToday + 10, 2}}).status();
  EXPECT_EQ(ReasonOf(more), "ALLOWANCE_ONLY_FALLS") << more;
  EXPECT_EQ(MetadataOf(more, "allowed"), "1");
  EXPECT_EQ(ReasonOf(Allow(kHaiChau, {{kToday + 10, 1}, {kToday + 12, 1}}).status()),
            "MALFORMED_REQUEST");
}

TEST_P(QuotaTest, WhatAGrantFreesIsGivenUpFirst) {
  ASSERT_TRUE(Allow(kHaiChau, {{kToday, 2}, {kToday + 10, 1}}).ok());
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 2);
  // The province has granted on 8, uses 2, and has 7 and an allowance of 3.
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  ASSERT_TRUE(Allow(kDaNang, {{kToday, 3}, {kToday + 10, 0}}).ok());
  Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 7);
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 1);
  EXPECT_EQ(QuotaOf(kDaNang).overdue(), 3);

  // What comes back to the province is not granted to somebody else.
  const auto cut = TryGrant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 1);
  ASSERT_TRUE(cut.ok()) << cut.status();
  ASSERT_EQ(cut->changes_size(), 2);
  EXPECT_EQ(cut->changes(1).available_after(), 0);
  EXPECT_EQ(QuotaOf(kDaNang).overdue(), 1);
  EXPECT_EQ(ReasonOf(TryGrant(kAnHai, v1::QUOTA_KIND_CIVIL_SERVANT, 4).status()), "QUOTA_EXCEEDED");
  Grant(kHoaVang, v1::QUOTA_KIND_CIVIL_SERVANT, 0);
  EXPECT_EQ(QuotaOf(kDaNang).overdue(), 0);

  // The commune's own surplus is nearer to its quota, and nobody is appointed.
  Grant(kDaNang, v1::QUOTA_KIND_CIVIL_SERVANT, 9);
  const auto raised = TryGrant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 3);
  ASSERT_TRUE(raised.ok()) << raised.status();
  EXPECT_EQ(raised->changes(0).available_after(), 0);
  EXPECT_EQ(raised->quota().allowance(), 1);
  EXPECT_EQ(raised->quota().overdue(), 0);
  EXPECT_EQ(Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 4).available(), 1);
}

// Nobody takes the place that a leaver gives up, also where he was named before. Who moves within
// the unit keeps his own.
TEST_P(QuotaTest, WhatIsOverdueIsNotPromisedToSuccessors) {
  ASSERT_TRUE(Allow(kHaiChau, {{kToday, 2}, {kToday + 10, 1}}).ok());
  Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 2);
  Register(90);
  const v1::Appointment left = MainOf(Person(5));
  const auto ended = [&](absl::CivilDay day) {
    return server_
        .Call(&Stub::EndAppointment,
              End(MainOf(Person(5)), v1::END_REASON_RESIGNATION, hai_chau_chair_, day))
        .status();
  };
  const auto named = [&](absl::CivilDay day) {
    return server_
        .Call(&Stub::AppointCivilServant,
              Appointment(Person(90), left.post(), hai_chau_chair_, day))
        .status();
  };
  // The allowance will have fallen by then, or has fallen.
  ASSERT_TRUE(ended(kToday + 12).ok());
  EXPECT_EQ(ReasonOf(named(kToday + 12)), "QUOTA_EXCEEDED");
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 1);
  EXPECT_EQ(ReasonOf(named(kToday + 12)), "QUOTA_EXCEEDED");
  v1::TransferCivilServantRequest within =
      Transfer(Person(6), PostOf(kHaiChau, v1::POST_KIND_OFFICIAL, 3), kToday + 11);
  *within.mutable_form() = Form(hai_chau_chair_);
  const auto moved = server_.Call(&Stub::TransferCivilServant, within);
  ASSERT_TRUE(moved.ok()) << moved.status();
  server_.GoTo(kToday + 12);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
  // Nothing is overdue any more: the next one may be followed.
  const v1::Appointment next = MainOf(Person(6));
  ASSERT_TRUE(server_
                  .Call(&Stub::EndAppointment,
                        End(next, v1::END_REASON_RESIGNATION, hai_chau_chair_, kToday + 14))
                  .ok());
  const auto follows =
      server_.Call(&Stub::AppointCivilServant,
                   Appointment(Person(90), next.post(), hai_chau_chair_, kToday + 14));
  ASSERT_TRUE(follows.ok()) << follows.status();
  server_.GoTo(kToday + 14);
  EXPECT_EQ(QuotaOf(kHaiChau).used(), 3);
}

TEST_P(QuotaTest, AnAllowanceBeginsOnItsFirstDay) {
  const auto allowed = Allow(kHaiChau, {{kToday + 10, 3}, {kToday + 20, 1}});
  ASSERT_TRUE(allowed.ok()) << allowed.status();
  EXPECT_EQ(allowed->quota().allowance(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 6);
  EXPECT_EQ(ReasonOf(Allow(kHaiChau, {{kToday + 5, 1}}).status()), "ALLOWANCE_ONLY_FALLS");
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaiChau).allowance(), 3);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 9);
  server_.GoTo(kToday + 20);
  EXPECT_EQ(QuotaOf(kHaiChau).allowance(), 1);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 7);
}

TEST_P(QuotaTest, ALaterActTakesNothingAwayBeforeItsFirstDay) {
  ASSERT_TRUE(Allow(kHaiChau, {{kToday, 10}}).ok());
  EXPECT_EQ(Grant(kHaiChau, v1::QUOTA_KIND_CIVIL_SERVANT, 0).available(), 6);
  const auto later = Allow(kHaiChau, {{kToday + 10, 3}});
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->quota().allowance(), 10);
  EXPECT_EQ(later->quota().available(), 6);
  EXPECT_EQ(later->quota().overdue(), 0);
  EXPECT_EQ(later->quota().allowance_steps_size(), 2);
  server_.GoTo(kToday + 10);
  EXPECT_EQ(QuotaOf(kHaiChau).available(), 0);
  EXPECT_EQ(QuotaOf(kHaiChau).allowance(), 4);
  EXPECT_EQ(QuotaOf(kHaiChau).overdue(), 1);
}

TEST_P(QuotaTest, BodiesFollowTheTypeOfTheirUnit) {
  const absl::Status ward =
      server_.Call(&Stub::CreateBody, NewBody(kHaiChau, v1::BODY_KIND_ECONOMIC_OFFICE)).status();
  EXPECT_EQ(ReasonOf(ward), "BODY_KIND_NOT_ALLOWED");
  EXPECT_THAT(MetadataOf(ward, "allowed"), HasSubstr("ECONOMY_INFRASTRUCTURE_URBAN_OFFICE"));
  const auto commune =
      server_.Call(&Stub::CreateBody, NewBody(kHoaVang, v1::BODY_KIND_ECONOMIC_OFFICE));
  ASSERT_TRUE(commune.ok()) << commune.status();
  EXPECT_EQ(
      ReasonOf(
          server_.Call(&Stub::CreateBody, NewBody("units/none", v1::BODY_KIND_OFFICE)).status()),
      "UNIT_NOT_FOUND");

  v1::CheckOrganisationRequest check;
  check.set_parent("provinces/48");
  check.set_unit(kHoaVang);
  const auto findings = server_.Call(&Stub::CheckOrganisation, check);
  ASSERT_TRUE(findings.ok()) << findings.status();
  EXPECT_EQ(findings->units(), 1);
  EXPECT_EQ(findings->total(), 4);  // All but the economic office are missing.
  EXPECT_EQ(findings->findings_size(), 4);
  for (const v1::OrganisationFinding& finding : findings->findings()) {
    EXPECT_EQ(finding.code(), "BODY_MISSING");
  }
  v1::ListBodiesRequest list;
  list.set_parent("provinces/48");
  list.set_page_size(2);
  int bodies = 0;
  do {
    const auto page = server_.Call(&Stub::ListBodies, list);
    ASSERT_TRUE(page.ok()) << page.status();
    bodies += page->bodies_size();
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(bodies, 7);
  list.set_page_token("x");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::ListBodies, list).status()), "WRONG_PAGE_TOKEN");
}

// The registry says which provinces have centers in their communes, and from when.
TEST_P(QuotaTest, ACenterIsMissingWhereCommunesHaveThem) {
  v1::CheckOrganisationRequest check;
  check.set_parent("provinces/48");
  check.set_unit(kHoaVang);
  const auto centers_missing = [&](absl::CivilDay day) {
    Set(check.mutable_as_of(), day);
    int found = 0;
    const auto response = server_.Call(&Stub::CheckOrganisation, check);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return found;
    for (const v1::OrganisationFinding& finding : response->findings()) {
      found += finding.code() == "BODY_MISSING" && finding.kind() == v1::BODY_KIND_SERVICE_CENTER;
    }
    return found;
  };
  EXPECT_EQ(centers_missing(kToday), 0) << "no model is known";
  registry::v1::Resource models;
  models.set_subject("provinces/48/tierModel");
  registry::v1::ProvinceTierModel* two_level = models.mutable_tier_model()->add_models();
  two_level->set_province_code("48");
  two_level->set_model(registry::v1::TIER_MODEL_TWO_LEVEL);
  Set(two_level->mutable_valid()->mutable_first_date(), absl::CivilDay(2025, 7, 1));
  Set(two_level->mutable_valid()->mutable_end_date(), kToday + 30);
  registry::v1::ProvinceTierModel* single_level = models.mutable_tier_model()->add_models();
  *single_level = *two_level;
  single_level->set_model(registry::v1::TIER_MODEL_SINGLE_LEVEL);
  Set(single_level->mutable_valid()->mutable_first_date(), kToday + 30);
  single_level->mutable_valid()->clear_end_date();
  registry_.Send({models});
  server_.WaitUntil([&] { return centers_missing(kToday) == 1; }, "the model to be known");
  EXPECT_EQ(centers_missing(kToday + 30), 0);
  ASSERT_TRUE(
      server_.Call(&Stub::CreateBody, NewBody(kHoaVang, v1::BODY_KIND_SERVICE_CENTER)).ok());
  EXPECT_EQ(centers_missing(kToday), 0);
}

// A province keeps the pool that it was granted when its communes merge, and it is told.
TEST_P(QuotaTest, APoolThatCommunesNoLongerBearIsTold) {
  Grant(kDaNang, v1::QUOTA_KIND_VICE_CHAIR, 7);
  v1::CheckOrganisationRequest check;
  check.set_parent("provinces/48");
  check.set_unit(kDaNang);
  Set(check.mutable_as_of(), kToday + 30);
  const auto above = [&] {
    std::vector<v1::OrganisationFinding> found;
    const auto response = server_.Call(&Stub::CheckOrganisation, check);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return found;
    for (const v1::OrganisationFinding& finding : response->findings()) {
      if (finding.code() == "VICE_CHAIR_POOL_EXCEEDED") found.push_back(finding);
    }
    return found;
  };
  EXPECT_THAT(above(), IsEmpty());
  registry::v1::Resource unit = registry_.Current(kHaiChau);
  Set(unit.mutable_unit()->mutable_versions(0)->mutable_valid()->mutable_end_date(), kToday + 30);
  registry_.Send({unit});
  server_.WaitUntil([&] { return !above().empty(); }, "the end of the commune to be known");
  EXPECT_EQ(above()[0].unit(), kDaNang);
  EXPECT_EQ(above()[0].found(), 7);
  EXPECT_EQ(above()[0].expected(), 5);
}

TEST_P(QuotaTest, APostEndsWhenNobodyHoldsIt) {
  const auto body =
      server_.Call(&Stub::CreateBody, NewBody(kHoaVang, v1::BODY_KIND_ECONOMIC_OFFICE));
  ASSERT_TRUE(body.ok());
  const std::string name = body->body().name();
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CreatePost, NewPost(name, v1::POST_KIND_PARTY)).status()),
            "POST_KIND_NOT_ALLOWED");
  EXPECT_EQ(
      ReasonOf(
          server_.Call(&Stub::CreatePost, NewPost("provinces/48/bodies/none", v1::POST_KIND_HEAD))
              .status()),
      "BODY_NOT_FOUND");
  v1::CreatePostRequest early = NewPost(name, v1::POST_KIND_HEAD);
  Set(early.mutable_first_date(), kToday - 1);
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::CreatePost, early).status()), "BODY_ENDED");
  const auto post = server_.Call(&Stub::CreatePost, NewPost(name, v1::POST_KIND_HEAD));
  ASSERT_TRUE(post.ok()) << post.status();
  EXPECT_TRUE(post->post().key_post());

  v1::EndBodyRequest end;
  end.set_name(name);
  end.set_etag(body->body().etag());
  Set(end.mutable_end_date(), kToday + 5);
  end.mutable_act()->set_number("21/NQ-HĐND");
  end.set_request_id(RequestId());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::EndBody, end).status()), "BODY_HAS_POSTS");
  const v1::Post held = Post(PostOf(kHaiChau, v1::POST_KIND_HEAD));
  const absl::Status refused = server_.Call(&Stub::EndPost, EndOf(held, kToday + 5)).status();
  EXPECT_EQ(ReasonOf(refused), "POST_HELD");
  EXPECT_EQ(MetadataOf(refused, "appointments"), MainOf(Person(4)).name());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::EndPost, EndOf(post->post(), kToday - 1)).status()),
            "DATE_PAST");
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::EndPost, EndOf(post->post(), kToday)).status()),
            "POST_ENDED");
  ASSERT_TRUE(server_.Call(&Stub::EndPost, EndOf(post->post(), kToday + 5)).ok());
  EXPECT_EQ(ReasonOf(server_.Call(&Stub::EndPost, EndOf(post->post(), kToday + 4)).status()),
            "STALE_ETAG");
  end.set_request_id(RequestId());
  ASSERT_TRUE(server_.Call(&Stub::EndBody, end).ok());
  // Nobody is appointed beyond its end, and its place in the counts goes with it.
  EXPECT_EQ(ReasonOf(server_
                         .Call(&Stub::TransferCivilServant,
                               Transfer(Person(5), post->post().name(), kToday + 5))
                         .status()),
            "POST_ENDED");
  const auto posts = [&] {
    v1::GetStaffingRequest request;
    request.set_parent("provinces/48");
    return server_.Call(&Stub::GetStaffing, request)->total().key_posts();
  };
  EXPECT_EQ(posts(), 6);
  server_.GoTo(kToday + 5);
  EXPECT_EQ(posts(), 5);
}

TWOTIER_PERSONNEL_ON_EVERY_ENGINE(QuotaTest);

}  // namespace
}  // namespace twotier::personnel::testing
