// The steps of a plan of reorganisation.
#ifndef TWOTIER_TESTS_SERVICE_PERSONNEL_PLAN_STEPS_H_
#define TWOTIER_TESTS_SERVICE_PERSONNEL_PLAN_STEPS_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/service/personnel_fixture.h"

namespace twotier::personnel::testing {

class PlanSteps : public PersonnelTest {
 protected:
  // A plan of everybody in `from`, with the posts that are proposed.
  v1::ReorganisationPlan Draft(const std::vector<std::string>& from, const std::string& to,
                               absl::CivilDay day, bool carries = true) {
    v1::CreateReorganisationPlanRequest create;
    create.set_parent("provinces/48");
    create.set_display_name("Sắp xếp");
    Set(create.mutable_effective_date(), day);
    create.mutable_act()->set_number("30/NQ-HĐND");
    for (const std::string& unit : from) create.add_from_units(unit);
    create.add_to_units(to);
    create.set_carries_places(carries);
    create.set_request_id(RequestId());
    const auto created = server_.Call(&Stub::CreateReorganisationPlan, create);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return {};
    v1::ProposeReorganisationPlanRequest propose;
    propose.set_name(created->plan().name());
    const auto proposal = server_.Call(&Stub::ProposeReorganisationPlan, propose);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    if (!proposal.ok() || proposal->choices_size() == 0) return created->plan();
    v1::EditReorganisationPlanRequest edit;
    edit.set_name(created->plan().name());
    edit.set_etag(created->plan().etag());
    for (const v1::PlanChoice& choice : proposal->choices()) *edit.add_choices() = choice;
    edit.set_request_id(RequestId());
    const auto edited = server_.Call(&Stub::EditReorganisationPlan, edit);
    EXPECT_TRUE(edited.ok()) << edited.status();
    return edited.ok() ? edited->plan() : created->plan();
  }
  // The plan with other posts.
  v1::ReorganisationPlan Choose(const v1::ReorganisationPlan& plan,
                                const std::vector<std::pair<std::string, std::string>>& posts) {
    v1::EditReorganisationPlanRequest edit;
    edit.set_name(plan.name());
    edit.set_etag(plan.etag());
    for (const auto& [person, post] : posts) {
      v1::PlanChoice* choice = edit.add_choices();
      choice->set_person(person);
      choice->set_post(post);
    }
    edit.set_request_id(RequestId());
    const auto edited = server_.Call(&Stub::EditReorganisationPlan, edit);
    EXPECT_TRUE(edited.ok()) << edited.status();
    return edited.ok() ? edited->plan() : plan;
  }
  absl::StatusOr<v1::SignReorganisationPlanResponse> Sign(const v1::ReorganisationPlan& plan) {
    v1::SignReorganisationPlanRequest request;
    request.set_name(plan.name());
    request.set_etag(plan.etag());
    *request.mutable_form() = Form(province_chair_);
    request.set_request_id(RequestId());
    return server_.Call(&Stub::SignReorganisationPlan, request);
  }
  absl::StatusOr<v1::ExecuteReorganisationPlanResponse> Execute(
      const v1::ReorganisationPlan& plan) {
    v1::ExecuteReorganisationPlanRequest request;
    request.set_name(plan.name());
    request.set_request_id(RequestId());
    return server_.Call(&Stub::ExecuteReorganisationPlan, request);
  }
};

}  // namespace twotier::personnel::testing

#endif  // TWOTIER_TESTS_SERVICE_PERSONNEL_PLAN_STEPS_H_
