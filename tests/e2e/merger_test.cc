// Two wards of Đà Nẵng merge, and everything that rests on them goes to the new one: staff with
// their posts and quotas, the dossiers they work on, and the money. All four services are there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/e2e/drill.h"
#include "tests/service/budget_fixture.h"
#include "tests/service/personnel_server.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_dossiers.h"
#include "tools/verify/verify_ledger.h"
#include "tools/verify/verify_staff.h"
#include "tools/verify/verify_units.h"

namespace twotier::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using BudgetStub = budget::v1::BudgetService::Stub;
using PersonnelStub = personnel::v1::PersonnelService::Stub;
using personnel::testing::Row;
using testing_support::ExpectSound;
using testing_support::RequestId;
using testing_support::ServiceHost;

constexpr char kParent[] = "provinces/48";

class MergerTest : public DrillTest {
 protected:
  void SetUp() override {
    SetClocks(kEve);
    province_ = UnitByCode("48", kDay)->name();
    for (const char* code : {kHaiChau, kHoaCuong}) {
      old_units_.push_back(UnitByCode(code, kDay - 1)->name());
    }
    Hire();
    for (const std::string& unit : old_units_) Fund(unit);
  }

  void SetClocks(absl::Time now) {
    registry_.clock().Set(now);
    for (ServiceHost* host : std::vector<ServiceHost*>{&routing_, &personnel_, &budget_}) {
      host->clock().Set(now);
    }
  }

  // Of the unit's quota; empty before the first grant.
  std::string EtagOf(const std::string& unit) {
    personnel::v1::ListQuotasRequest request;
    request.set_parent(kParent);
    request.set_unit(unit);
    const auto response = Ask(personnel_, &PersonnelStub::ListQuotas, request);
    return response.quotas().empty() ? "" : response.quotas(0).etag();
  }
  void Grant(const std::string& unit, int64_t posts) {
    personnel::v1::GrantQuotaRequest request;
    request.set_parent(kParent);
    request.set_unit(unit);
    request.set_quota_kind(personnel::v1::QUOTA_KIND_CIVIL_SERVANT);
    request.set_posts(posts);
    request.set_year(2026);
    request.mutable_act()->set_number("15/QĐ-UBND");
    request.set_etag(EtagOf(unit));
    request.set_request_id(RequestId());
    Ask(personnel_, &PersonnelStub::GrantQuota, request);
  }
  void Import(const std::vector<personnel::v1::StaffRow>& rows) {
    personnel::v1::ImportStaffRequest request;
    request.set_parent(kParent);
    request.mutable_rows()->Assign(rows.begin(), rows.end());
    personnel::testing::Set(request.mutable_list_date(), absl::CivilDay(2025, 7, 1));
    request.mutable_act()->set_number("759/QĐ-TTg");
    request.set_request_id(RequestId());
    Ask(personnel_, &PersonnelStub::ImportStaff, request);
  }
  // The chair of the province, who signs; a chair and officials in both wards. The province has
  // granted on everything it has.
  void Hire() {
    Grant(province_, 8);
    Grant(old_units_[0], 4);
    Grant(old_units_[1], 3);
    using personnel::v1::BODY_KIND_COMMITTEE, personnel::v1::BODY_KIND_OFFICE;
    using personnel::v1::POST_KIND_COMMITTEE_CHAIR, personnel::v1::POST_KIND_OFFICIAL;
    Import({Row(province_, BODY_KIND_COMMITTEE, POST_KIND_COMMITTEE_CHAIR, 1, 1),
            Row(old_units_[0], BODY_KIND_COMMITTEE, POST_KIND_COMMITTEE_CHAIR, 1, 2),
            Row(old_units_[0], BODY_KIND_OFFICE, POST_KIND_OFFICIAL, 1, 3),
            Row(old_units_[0], BODY_KIND_OFFICE, POST_KIND_OFFICIAL, 2, 4),
            Row(old_units_[1], BODY_KIND_COMMITTEE, POST_KIND_COMMITTEE_CHAIR, 1, 5),
            Row(old_units_[1], BODY_KIND_OFFICE, POST_KIND_OFFICIAL, 1, 6)});
  }
  // Vacant posts of an office of the new unit, from its first day on.
  std::vector<std::string> MakePosts(const std::string& unit, int count) {
    personnel::v1::CreateBodyRequest body;
    body.set_parent(kParent);
    body.set_unit(unit);
    body.set_kind(personnel::v1::BODY_KIND_OFFICE);
    body.set_display_name("Văn phòng HĐND và UBND");
    personnel::testing::Set(body.mutable_first_date(), kDay);
    body.mutable_act()->set_number("16/QĐ-UBND");
    body.set_request_id(RequestId());
    const auto office = Ask(personnel_, &PersonnelStub::CreateBody, body);
    std::vector<std::string> posts;
    for (int i = 0; i < count; ++i) {
      personnel::v1::CreatePostRequest post;
      post.set_parent(office.body().name());
      post.set_kind(personnel::v1::POST_KIND_OFFICIAL);
      post.set_title("Chuyên viên");
      post.set_grade(personnel::v1::GRADE_EXPERT);
      personnel::testing::Set(post.mutable_first_date(), kDay);
      post.mutable_act()->set_number("16/QĐ-UBND");
      post.set_request_id(RequestId());
      posts.push_back(Ask(personnel_, &PersonnelStub::CreatePost, post).post().name());
    }
    return posts;
  }
  // Who holds a post in the unit today, by person.
  using Staff = std::map<std::string, personnel::v1::Appointment>;
  Staff StaffOf(const std::string& unit) {
    personnel::v1::ListIncumbentsRequest request;
    request.set_parent(kParent);
    request.set_unit(unit);
    Staff staff;
    const auto response = Ask(personnel_, &PersonnelStub::ListIncumbents, request);
    for (const personnel::v1::Incumbent& incumbent : response.incumbents()) {
      staff[incumbent.appointment().person()] = incumbent.appointment();
    }
    return staff;
  }
  // Posts that the unit has today.
  int PostsOf(const std::string& unit) {
    personnel::v1::ListPostsRequest request;
    request.set_parent(kParent);
    request.set_unit(unit);
    return Ask(personnel_, &PersonnelStub::ListPosts, request).posts_size();
  }
  // By the chair of the province.
  personnel::v1::OrderForm Form(absl::CivilDay day) {
    personnel::v1::OrderForm form;
    form.set_number("99/QĐ-UBND");
    personnel::testing::Set(form.mutable_sign_date(), day);
    form.set_signer_post(StaffOf(province_).begin()->second.post());
    return form;
  }
  void Transfer(const personnel::v1::Appointment& left, const std::string& post) {
    personnel::v1::TransferCivilServantRequest request;
    request.set_appointment(left.name());
    request.set_etag(left.etag());
    request.set_person(left.person());
    request.set_post(post);
    personnel::testing::Set(request.mutable_effective_date(), kDay);
    *request.mutable_form() = Form(kDay);
    request.set_request_id(RequestId());
    Ask(personnel_, &PersonnelStub::TransferCivilServant, request);
  }
  // Whom no plan moves, each with who answers for the person.
  std::map<std::string, std::string> Unplanned() {
    personnel::v1::ListUnplannedStaffRequest request;
    request.set_parent(kParent);
    std::map<std::string, std::string> caretakers;
    const auto response = Ask(personnel_, &PersonnelStub::ListUnplannedStaff, request);
    for (const personnel::v1::UnplannedStaff& one : response.staff()) {
      caretakers[one.person()] = one.caretaker();
    }
    return caretakers;
  }
  // The line of civil servants of a unit; "" is the whole province.
  personnel::v1::StaffingLine Quota(const std::string& unit) {
    personnel::v1::GetStaffingRequest request;
    request.set_parent(kParent);
    request.set_by_unit(true);
    const auto response = Ask(personnel_, &PersonnelStub::GetStaffing, request);
    std::vector<personnel::v1::UnitStaffing> all(response.units().begin(), response.units().end());
    all.push_back(response.total());
    for (const personnel::v1::UnitStaffing& staffing : all) {
      if (staffing.unit() != unit) continue;
      for (const personnel::v1::StaffingLine& line : staffing.lines()) {
        if (line.quota_kind() == personnel::v1::QUOTA_KIND_CIVIL_SERVANT) return line;
      }
    }
    return {};
  }
  // Signs a plan by which everybody of the old units takes a vacant post of `unit` on the day.
  void PlanStaff(const std::string& unit);

  // 1,000,003 đồng for the unit; some are paid and some held.
  void Fund(const std::string& unit) {
    budget::v1::OpenAccountsRequest open;
    open.set_parent(kParent);
    for (const budget::v1::Stage stage :
         {budget::v1::STAGE_SOURCE, budget::v1::STAGE_ESTIMATE, budget::v1::STAGE_APPROVED,
          budget::v1::STAGE_ALLOCATED, budget::v1::STAGE_PAID}) {
      *open.add_keys() = budget::testing::Key(unit, stage);
    }
    open.set_request_id(RequestId());
    const auto opened = Ask(budget_, &BudgetStub::OpenAccounts, open);
    ASSERT_EQ(opened.accounts_size(), 5);
    std::vector<budget::v1::Transfer> transfers;
    const auto name = [&](int stage) { return opened.accounts(stage).name(); };
    for (int stage = 0; stage < 3; ++stage) {
      transfers.push_back(budget::testing::PostOf(name(stage), name(stage + 1), 1'000'003));
    }
    transfers.push_back(budget::testing::PostOf(name(3), name(4), 250'000));
    transfers.push_back(budget::testing::HoldOf(name(3), name(4), 100'001, 5));
    budget::v1::PostJournalRequest journal =
        budget::testing::JournalOf(absl::StrCat("fund-", unit.substr(6)), transfers);
    registry::SetDate(kDay - 1, journal.mutable_effective_date());
    Ask(budget_, &BudgetStub::PostJournal, journal);
  }
  // What the accounts hold, and how much of it is held back, by unit and stage.
  using Money = std::map<std::pair<std::string, budget::v1::Stage>, std::pair<int64_t, int64_t>>;
  Money Balances() {
    budget::v1::GetBalancesRequest request;
    request.set_parent(kParent);
    request.set_page_size(1000);
    Money money;
    const auto response = Ask(budget_, &BudgetStub::GetBalances, request);
    for (const budget::v1::AccountBalance& one : response.balances()) {
      const std::pair<int64_t, int64_t> held{one.balance().balance_vnd(), one.balance().held_vnd()};
      if (held == std::pair<int64_t, int64_t>()) continue;
      money[{one.key().unit(), one.key().stage()}] = held;
    }
    return money;
  }
  // The same as if all of it were one unit's.
  static Money AsOf(const std::string& unit, const Money& money) {
    Money sums;
    for (const auto& [key, held] : money) {
      std::pair<int64_t, int64_t>& sum = sums[{unit, key.second}];
      sum.first += held.first;
      sum.second += held.second;
    }
    return sums;
  }

  // A dossier of the ward that somebody works on.
  routing::v1::Dossier OpenDossier(const std::string& code, const std::string& unit,
                                   const std::string& post) {
    const auto submitted = Submit(unit, code);
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    const auto accepted = routing::testing::Accept(routing_, *submitted);
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return Assign(*accepted, post);
  }
  routing::v1::Dossier Assign(const routing::v1::Dossier& dossier, const std::string& post) {
    routing::v1::AssignDossierRequest assign;
    assign.set_assignee(post);
    const auto assigned =
        routing::testing::TakeStep(&RoutingStub::AssignDossier, routing_, dossier, assign);
    EXPECT_TRUE(assigned.ok()) << assigned.status();
    return assigned.value_or(routing::v1::Dossier());
  }
  // Names of the dossiers that a unit has to decide.
  std::vector<std::string> Inbox(const std::string& unit) {
    routing::v1::ListDossiersRequest request;
    request.set_parent(kParent);
    request.set_competent_unit(unit);
    request.set_order(routing::v1::DOSSIER_ORDER_DUE_TIME);
    std::vector<std::string> names;
    const auto response = Ask(routing_, &RoutingStub::ListDossiers, request);
    for (const routing::v1::Dossier& dossier : response.dossiers()) names.push_back(dossier.name());
    return names;
  }
  // The dossier is as it was, but for who is competent; what was done before stays on record.
  void ExpectWentOn(const routing::v1::Dossier& before, const routing::v1::Dossier& after,
                    const std::vector<routing::v1::TimelineEntry>& history) {
    EXPECT_EQ(after.code(), before.code());
    EXPECT_EQ(after.due_time().seconds(), before.due_time().seconds());
    EXPECT_EQ(after.state(), before.state());
    const auto now = routing::testing::Timeline(routing_, before.name());
    ASSERT_THAT(now, SizeIs(history.size() + 1));
    for (size_t i = 0; i < history.size(); ++i) {
      EXPECT_EQ(now[i].SerializeAsString(), history[i].SerializeAsString());
    }
    EXPECT_EQ(now.back().kind(), "dossier.rerouted");
  }

  testing_support::TestDatabase personnel_database_ = GetParam().make();
  testing_support::TestDatabase budget_database_ = GetParam().make();
  personnel::testing::PersonnelServer personnel_{personnel_database_.url(), registry_.address()};
  budget::testing::BudgetServer budget_{budget_database_, registry_.address()};
  std::string province_;
  std::vector<std::string> old_units_;
};

INSTANTIATE_TEST_SUITE_P(All, MergerTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

void MergerTest::PlanStaff(const std::string& unit) {
  personnel::v1::CreateReorganisationPlanRequest create;
  create.set_parent(kParent);
  create.set_display_name("Nhập phường");
  personnel::testing::Set(create.mutable_effective_date(), kDay);
  create.mutable_act()->set_number("999/NQ-UBTVQH16");
  create.mutable_from_units()->Assign(old_units_.begin(), old_units_.end());
  create.add_to_units(unit);
  create.set_carries_places(true);  // There is no free place for anybody.
  create.set_request_id(RequestId());
  personnel::v1::ReorganisationPlan plan =
      Ask(personnel_, &PersonnelStub::CreateReorganisationPlan, create).plan();
  personnel::v1::ProposeReorganisationPlanRequest propose;
  propose.set_name(plan.name());
  personnel::v1::EditReorganisationPlanRequest edit;
  *edit.mutable_choices() =
      Ask(personnel_, &PersonnelStub::ProposeReorganisationPlan, propose).choices();
  edit.set_name(plan.name());
  edit.set_etag(plan.etag());
  edit.set_request_id(RequestId());
  plan = Ask(personnel_, &PersonnelStub::EditReorganisationPlan, edit).plan();
  personnel::v1::SignReorganisationPlanRequest sign;
  sign.set_name(plan.name());
  sign.set_etag(plan.etag());
  *sign.mutable_form() = Form(kDay - 1);
  sign.set_request_id(RequestId());
  Ask(personnel_, &PersonnelStub::SignReorganisationPlan, sign);
  personnel::v1::ExecuteReorganisationPlanRequest execute;
  execute.set_name(plan.name());
  execute.set_request_id(RequestId());
  Ask(personnel_, &PersonnelStub::ExecuteReorganisationPlan, execute);
}

TEST_P(MergerTest, StaffDossiersAndMoneyGoToTheNewUnit) {
  Staff staff = StaffOf(old_units_[0]);
  ASSERT_THAT(staff, SizeIs(3));
  const auto& [worker, desk] = *staff.begin();
  const auto first = OpenDossier(kHaiChau, old_units_[0], desk.post());
  const auto second = OpenDossier(kHaiChau, old_units_[0], desk.post());
  staff.merge(StaffOf(old_units_[1]));
  ASSERT_THAT(staff, SizeIs(5));
  const std::map<std::string, std::vector<routing::v1::TimelineEntry>> histories = {
      {first.name(), routing::testing::Timeline(routing_, first.name())},
      {second.name(), routing::testing::Timeline(routing_, second.name())}};
  const Money money = Balances();
  ASSERT_THAT(money, SizeIs(6));  // Source, allocated and paid of both.

  const auto applied =
      registry_.Call(&RegistryStub::ApplyChangeEvent, Merger({kHaiChau, kHoaCuong}));
  ASSERT_TRUE(applied.ok()) << applied.status();
  const std::string event = applied->change_event().name();
  const std::string founded = applied->change_event().founded_units(0);
  AwaitRouting();
  AwaitReport(event, "routing", 2, 0);
  AwaitReport(event, "budget", 6, 6);
  AwaitReport(event, "personnel", 5, 0);
  const std::vector<std::string> posts = MakePosts(founded, 6);
  PlanStaff(founded);
  AwaitReport(event, "personnel", 5, 5);
  // Somebody comes when the plan is signed already.
  Import({Row(old_units_[1], personnel::v1::BODY_KIND_OFFICE, personnel::v1::POST_KIND_OFFICIAL, 2,
              7)});
  AwaitReport(event, "personnel", 6, 5);
  EXPECT_EQ(Balances(), money) << "nothing moves before its day";
  EXPECT_THAT(StaffOf(founded), IsEmpty());
  const personnel::v1::StaffingLine quota = Quota("");
  EXPECT_EQ(quota.used(), 7);
  EXPECT_EQ(quota.held(), 0);
  EXPECT_EQ(Quota(province_).available(), 0);

  SetClocks(kEve + absl::Hours(21));
  AwaitReport(event, "budget", 0, 0);
  EXPECT_EQ(Balances(), AsOf(founded, money));
  AwaitReport(event, "personnel", 1, 0);
  EXPECT_EQ(PlanOf(event).answerable_unit(), founded);
  Staff moved = StaffOf(founded);
  EXPECT_THAT(moved, SizeIs(5));
  for (const auto& [person, appointment] : staff) EXPECT_TRUE(moved.contains(person)) << person;
  const Staff late = StaffOf(old_units_[1]);
  ASSERT_THAT(late, SizeIs(1));
  EXPECT_THAT(Unplanned(), ElementsAre(Pair(late.begin()->first, founded)));
  EXPECT_EQ(Quota("").used(), quota.used());
  EXPECT_EQ(Quota(founded).granted(), 5);

  // The caretaker finds a post for who was left, on the place that was free in the other ward, and
  // the old quotas go back to the province.
  Grant(old_units_[0], 0);
  Grant(founded, 6);
  for (const std::string& post : posts) {
    const auto taken = [&](const auto& one) { return one.second.post() == post; };
    if (std::any_of(moved.begin(), moved.end(), taken)) continue;
    Transfer(late.begin()->second, post);
  }
  AwaitReport(event, "personnel", 0, 0);
  moved = StaffOf(founded);
  EXPECT_TRUE(moved.contains(late.begin()->first));
  EXPECT_THAT(Unplanned(), IsEmpty());
  Grant(old_units_[1], 0);
  for (const std::string& unit : old_units_) {
    EXPECT_EQ(Quota(unit).used() + Quota(unit).held() + Quota(unit).granted(), 0);
    ServiceHost::WaitUntil([&] { return PostsOf(unit) == 0; }, "the posts of a ward to end");
  }
  EXPECT_EQ(Quota("").used(), quota.used());
  EXPECT_EQ(Quota(founded).used(), 6);
  EXPECT_EQ(Quota(founded).available(), 0);
  EXPECT_EQ(Quota(province_).available(), 8 - 1 - 6);

  // The dossiers keep what they are, and who worked on them goes on in the new post.
  const auto rerouted = Reroute(event);
  ASSERT_TRUE(rerouted.ok()) << rerouted.status();
  EXPECT_THAT(Inbox(founded), UnorderedElementsAre(first.name(), second.name()));
  for (const std::string& unit : old_units_) EXPECT_THAT(Inbox(unit), IsEmpty());
  EXPECT_EQ(Competence(kNew)->unit(), founded);
  for (const routing::v1::Dossier& before : {first, second}) {
    routing::v1::GetDossierRequest get;
    get.set_name(before.name());
    const auto after = Ask(routing_, &RoutingStub::GetDossier, get).dossier();
    ExpectWentOn(before, after, histories.at(before.name()));
    const auto completed =
        routing::testing::Complete(routing_, Assign(after, moved.at(worker).post()));
    EXPECT_TRUE(completed.ok()) << completed.status();
  }
  routing_.clock().Advance(absl::Minutes(2));  // Dossiers are counted once a minute.
  AwaitReport(event, "routing", 2, 2);

  ExpectSound(verify::VerifyUnits(registry_database_.url()));
  ExpectSound(verify::VerifyDossiers(routing_database_.url()));
  ExpectSound(verify::VerifyStaff(personnel_database_.url()));
  ExpectSound(verify::VerifyLedger(budget_database_.url()));
}

}  // namespace
}  // namespace twotier::e2e
