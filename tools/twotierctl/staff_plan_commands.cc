// twotierctl staff plan: plans of reorganisation.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/personnel/v1/personnel_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

// A province's plan is solved in some seconds; a busy machine takes longer.
constexpr absl::Duration kSolveTimeout = absl::Minutes(2);
// Choices of one call.
constexpr int kChoicesMax = 1'000;

struct PlanOptions {
  std::string plan;
  bool adopt = false;
};

struct CreateOptions {
  std::string province;
  std::string display_name;
  std::string date;
  std::string act;
  std::vector<std::string> from;
  std::vector<std::string> to;
  bool carry_places = false;
  std::string request_id;
  bool validate_only = false;
};

struct SignOptions {
  std::string plan;
  std::string number;
  std::string sign_date;
  std::string signer;
  std::string request_id;
  bool validate_only = false;
};

absl::StatusOr<v1::ReorganisationPlan> GetPlan(Session& session, const std::string& name) {
  v1::GetReorganisationPlanRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(
      const v1::GetReorganisationPlanResponse response,
      session.Call<v1::GetReorganisationPlanResponse>("personnel.GetReorganisationPlan", request));
  return response.plan();
}

void PrintPlan(const Context& context, const v1::ReorganisationPlan& plan) {
  *context.out << Pairs({{"plan", plan.name()},
                         {"called", plan.display_name()},
                         {"from", DateText(plan.effective_date())},
                         {"state", EnumText(plan.state())},
                         {"people", absl::StrCat(plan.people())},
                         {"placed", absl::StrCat(plan.placed())},
                         {"held", absl::StrCat(plan.held())},
                         {"empties", absl::StrJoin(plan.emptied_units(), " ")},
                         {"carries places", plan.carries_places() ? "yes" : "no"},
                         {"order", plan.order()}});
}

absl::Status RunCreate(const Context& context, const CreateOptions& options) {
  v1::CreateReorganisationPlanRequest request;
  request.set_parent(absl::StrCat("provinces/", options.province));
  request.set_display_name(options.display_name);
  ASSIGN_OR_RETURN(*request.mutable_effective_date(), ParseDate(options.date));
  request.mutable_act()->set_number(options.act);
  for (const std::string& unit : options.from) {
    ASSIGN_OR_RETURN(*request.add_from_units(), ResolveUnitArgument(*context.session, unit, ""));
  }
  for (const std::string& unit : options.to) {
    ASSIGN_OR_RETURN(*request.add_to_units(),
                     ResolveUnitArgument(*context.session, unit, options.date));
  }
  request.set_carries_places(options.carry_places);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const v1::CreateReorganisationPlanResponse response,
                   context.session->Call<v1::CreateReorganisationPlanResponse>(
                       "personnel.CreateReorganisationPlan", request));
  if (!context.PrintedAsJson(response)) PrintPlan(context, response.plan());
  return absl::OkStatus();
}

absl::Status RunShow(const Context& context, const PlanOptions& options) {
  ASSIGN_OR_RETURN(const v1::ReorganisationPlan plan, GetPlan(*context.session, options.plan));
  if (!context.PrintedAsJson(plan)) PrintPlan(context, plan);
  return absl::OkStatus();
}

absl::Status Adopt(const Context& context, const std::string& name,
                   const v1::ProposeReorganisationPlanResponse& proposal) {
  Progress progress(*context.err, context.progress);
  ASSIGN_OR_RETURN(v1::ReorganisationPlan plan, GetPlan(*context.session, name));
  for (int begin = 0; begin < proposal.choices_size(); begin += kChoicesMax) {
    progress.Show(ProgressLine("choosing", begin, proposal.choices_size()));
    v1::EditReorganisationPlanRequest request;
    request.set_name(name);
    request.set_etag(plan.etag());
    for (int i = begin; i < std::min(begin + kChoicesMax, proposal.choices_size()); ++i) {
      *request.add_choices() = proposal.choices(i);
    }
    context.IdentifyChange(request);
    ASSIGN_OR_RETURN(const v1::EditReorganisationPlanResponse response,
                     context.session->Call<v1::EditReorganisationPlanResponse>(
                         "personnel.EditReorganisationPlan", request));
    plan = response.plan();
  }
  return absl::OkStatus();
}

absl::Status RunPropose(const Context& context, const PlanOptions& options) {
  context.session->set_timeout(kSolveTimeout);
  v1::ProposeReorganisationPlanRequest request;
  request.set_name(options.plan);
  ASSIGN_OR_RETURN(const v1::ProposeReorganisationPlanResponse response,
                   context.session->Call<v1::ProposeReorganisationPlanResponse>(
                       "personnel.ProposeReorganisationPlan", request));
  if (options.adopt) RETURN_IF_ERROR(Adopt(context, options.plan, response));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  *context.out << Pairs({{"people", absl::StrCat(response.choices_size())},
                         {"unplaced", absl::StrCat(response.unplaced())},
                         {"wishes not granted", absl::StrCat(response.wish_sum())},
                         {"kilometres", absl::StrCat(response.distance_sum() / 10)},
                         {"chosen", options.adopt ? "yes" : "no: --adopt chooses them"}});
  return absl::OkStatus();
}

absl::Status RunCheck(const Context& context, const PlanOptions& options) {
  v1::CheckReorganisationPlanRequest request;
  request.set_name(options.plan);
  ASSIGN_OR_RETURN(const v1::CheckReorganisationPlanResponse response,
                   context.session->Call<v1::CheckReorganisationPlanResponse>(
                       "personnel.CheckReorganisationPlan", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"PERSON", "REASON", "WHAT"});
  for (const v1::PlanConflict& conflict : response.conflicts()) {
    table.Add({conflict.person(), conflict.reason(), conflict.description()});
  }
  if (!table.empty()) *context.out << table.Text(context.terminal_width);
  *context.out << response.total() << " conflicts\n";
  for (const std::string& appointment : response.ending()) {
    *context.out << appointment << " ends with it\n";
  }
  return absl::OkStatus();
}

absl::Status RunSign(const Context& context, const SignOptions& options) {
  ASSIGN_OR_RETURN(const v1::ReorganisationPlan plan, GetPlan(*context.session, options.plan));
  v1::SignReorganisationPlanRequest request;
  request.set_name(options.plan);
  request.set_etag(plan.etag());
  request.mutable_form()->set_number(options.number);
  ASSIGN_OR_RETURN(*request.mutable_form()->mutable_sign_date(), ParseDate(options.sign_date));
  request.mutable_form()->set_signer_post(options.signer);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const v1::SignReorganisationPlanResponse response,
                   context.session->Call<v1::SignReorganisationPlanResponse>(
                       "personnel.SignReorganisationPlan", request));
  if (!context.PrintedAsJson(response)) PrintPlan(context, response.plan());
  return absl::OkStatus();
}

// Goes on where an earlier run, or another one, has stopped.
absl::Status RunExecute(const Context& context, const PlanOptions& options) {
  Progress progress(*context.err, context.progress);
  v1::ReorganisationPlan plan;
  int64_t held = -1;
  do {
    if (plan.held() == held) return absl::DataLossError("a slice held nobody, and some are left");
    held = plan.held();
    v1::ExecuteReorganisationPlanRequest request;
    request.set_name(options.plan);
    context.IdentifyChange(request);
    ASSIGN_OR_RETURN(const v1::ExecuteReorganisationPlanResponse response,
                     context.session->Call<v1::ExecuteReorganisationPlanResponse>(
                         "personnel.ExecuteReorganisationPlan", request));
    plan = response.plan();
    progress.Show(ProgressLine("holding", plan.held(), plan.people()));
  } while (plan.held() < plan.people());
  if (!context.PrintedAsJson(plan)) PrintPlan(context, plan);
  return absl::OkStatus();
}

void DeclareCreate(CLI::App& command, CreateOptions& options) {
  command.add_option("display-name", options.display_name, "What it is called")->required();
  command.add_option("--province", options.province, "Code of the province")->required();
  command.add_option("--date", options.date, "First day of the new order")->required();
  command.add_option("--act", options.act, "Act that it rests on")->required();
  command.add_option("--from", options.from, "Unit whose staff moves; several")->required();
  command.add_option("--to", options.to, "Unit whose posts are taken; several")->required();
  command.add_flag("--carry-places", options.carry_places,
                   "The places of the quota go along with their people");
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

void DeclarePlan(CLI::App& command, PlanOptions& options) {
  command.add_option("plan", options.plan, "provinces/.../reorganisationPlans/...")->required();
}

}  // namespace

void AddStaffPlanCommands(CLI::App& staff, Command& chosen) {
  CLI::App& plan = *staff.add_subcommand("plan", "Plans of reorganisation");
  plan.require_subcommand(1);
  AddCommand<CreateOptions>(plan, chosen, "create", "Begin a plan with the staff of units",
                            DeclareCreate, RunCreate);
  AddCommand<PlanOptions>(plan, chosen, "show", "A plan and its progress", DeclarePlan, RunShow);
  AddCommand<PlanOptions>(
      plan, chosen, "propose", "Propose posts for everybody who has none",
      [](CLI::App& command, PlanOptions& options) {
        DeclarePlan(command, options);
        command.add_flag("--adopt", options.adopt, "Choose them in the plan");
      },
      RunPropose);
  AddCommand<PlanOptions>(plan, chosen, "check", "What stands against a plan", DeclarePlan,
                          RunCheck);
  AddCommand<SignOptions>(
      plan, chosen, "sign", "Sign a plan",
      [](CLI::App& command, SignOptions& options) {
        command.add_option("plan", options.plan, "provinces/.../reorganisationPlans/...")
            ->required();
        command.add_option("--number", options.number, "Number of the order")->required();
        command.add_option("--sign-date", options.sign_date, "Date of signing")->required();
        command.add_option("--signer", options.signer, "Post of the provincial chair")->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunSign);
  AddCommand<PlanOptions>(plan, chosen, "execute", "Hold posts and quota, slice by slice",
                          DeclarePlan, RunExecute);
}

}  // namespace twotier::ctl
