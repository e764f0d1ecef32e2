// twotierctl staff: who holds which post, what is vacant, how staff stands against quota,
// transfers.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/unit_argument.h"
#include "twotier/personnel/v1/personnel_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

struct VacanciesOptions {
  std::string province;
  int days = 0;
  int limit = kLimitDefault;
};

struct ShowOptions {
  std::string what;
  std::string province;
  std::string as_of;
  int limit = kLimitDefault;
};

struct ReportOptions {
  std::string province;
  bool by_unit = false;
};

struct TransferOptions {
  std::string appointment;
  std::string post;
  std::string date;
  std::string number;
  std::string sign_date;
  std::string signer;
  std::string agreement;
  std::string request_id;
  bool validate_only = false;
};

struct SeveranceOptions {
  std::string rule;
  std::string departure;
  std::string leave_date;
  std::string decision_date;
  std::string birth_date;
  std::string sex;
  int rank_hundredths = 0;
  int post_hundredths = 0;
  int64_t monthly_vnd = 0;
  int service_months = 0;
};

std::string ParentOf(const std::string& province) {
  return province.empty() ? "" : absl::StrCat("provinces/", province);
}

absl::Status RunVacancies(const Context& context, const VacanciesOptions& options) {
  v1::ListVacanciesRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_vacant_days_min(options.days);
  ASSIGN_OR_RETURN(const v1::ListVacanciesResponse response,
                   AllPages(*context.session, "personnel.ListVacancies", request,
                            &v1::ListVacanciesResponse::mutable_vacancies, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"UNIT", "POST", "KIND", "VACANT SINCE", "DAYS", "ACTING", "FILLED FROM"});
  for (const v1::Vacancy& vacancy : response.vacancies()) {
    table.Add({vacancy.post().unit(), vacancy.post().name(), EnumText(vacancy.post().kind()),
               DateText(vacancy.vacant_since()), absl::StrCat(vacancy.vacant_days()),
               vacancy.acting() ? "yes" : "no", DateText(vacancy.filled_from())});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

void AddAppointments(const google::protobuf::RepeatedPtrField<v1::Appointment>& appointments,
                     Table& table) {
  for (const v1::Appointment& appointment : appointments) {
    table.Add({RangeText(appointment.valid()), EnumText(appointment.kind()), appointment.post(),
               appointment.unit(), appointment.person(),
               appointment.end_reason() == 0 ? "" : EnumText(appointment.end_reason()),
               appointment.name()});
  }
}

template <class Response, class Request>
absl::Status ShowHistory(const Context& context, const char* method, const std::string& name) {
  Request request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const Response response, context.session->Call<Response>(method, request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"HOLDS", "KIND", "POST", "UNIT", "PERSON", "ENDS BY", "APPOINTMENT"});
  AddAppointments(response.appointments(), table);
  *context.out << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status ShowUnit(const Context& context, const ShowOptions& options) {
  v1::ListIncumbentsRequest request;
  request.set_parent(ParentOf(options.province));
  ASSIGN_OR_RETURN(const std::string unit,
                   ResolveUnitArgument(*context.session, options.what, options.as_of));
  request.set_unit(unit);
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ParseDate(options.as_of));
  }
  ASSIGN_OR_RETURN(const v1::ListIncumbentsResponse response,
                   AllPages(*context.session, "personnel.ListIncumbents", request,
                            &v1::ListIncumbentsResponse::mutable_incumbents, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"NAME", "TITLE", "KIND", "SINCE", "PERSON", "POST"});
  for (const v1::Incumbent& incumbent : response.incumbents()) {
    const v1::Appointment& appointment = incumbent.appointment();
    table.Add({incumbent.full_name(), incumbent.title(),
               absl::StrCat(EnumText(appointment.kind()),
                            incumbent.seconded_away() ? ", seconded away" : ""),
               DateText(appointment.valid().first_date()), appointment.person(),
               appointment.post()});
  }
  *context.out << table.Text(context.terminal_width);
  for (const std::string& successor : response.successors()) {
    *context.out << "became " << successor << "\n";
  }
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunShow(const Context& context, const ShowOptions& options) {
  if (absl::StartsWith(options.what, "persons/")) {
    return ShowHistory<v1::GetPersonHistoryResponse, v1::GetPersonHistoryRequest>(
        context, "personnel.GetPersonHistory", options.what);
  }
  if (absl::StrContains(options.what, "/posts/")) {
    return ShowHistory<v1::GetPostHistoryResponse, v1::GetPostHistoryRequest>(
        context, "personnel.GetPostHistory", options.what);
  }
  if (!options.province.empty()) return ShowUnit(context, options);
  return absl::InvalidArgumentError("the staff of a unit needs its province: --province CODE");
}

void AddStaffing(const std::string& what, const v1::UnitStaffing& staffing, Table& table) {
  for (const v1::StaffingLine& line : staffing.lines()) {
    table.Add({what, EnumText(line.quota_kind()), absl::StrCat(line.posts()),
               absl::StrCat(line.granted()), absl::StrCat(line.allowance()),
               absl::StrCat(line.used()), absl::StrCat(line.held()), absl::StrCat(line.available()),
               absl::StrCat(line.surplus())});
  }
}

absl::Status RunReport(const Context& context, const ReportOptions& options) {
  v1::GetStaffingRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_by_unit(options.by_unit);
  ASSIGN_OR_RETURN(
      const v1::GetStaffingResponse response,
      context.session->Call<v1::GetStaffingResponse>("personnel.GetStaffing", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"", "LINE", "POSTS", "GRANTED", "ALLOWED", "USED", "HELD", "FREE", "SURPLUS"});
  AddStaffing("all", response.total(), table);
  for (const v1::UnitStaffing& province : response.provinces()) {
    AddStaffing(province.province(), province, table);
  }
  for (const v1::UnitStaffing& unit : response.units()) AddStaffing(unit.unit(), unit, table);
  *context.out << table.Text(context.terminal_width)
               << Pairs({{"key posts", absl::StrCat(response.total().key_posts())},
                         {"of them vacant", absl::StrCat(response.total().key_posts_vacant())}});
  return absl::OkStatus();
}

void PrintEffect(const Context& context, const v1::Order& order, const v1::OrderEffect& effect) {
  *context.out << Pairs({{"order", order.name()},
                         {"takes effect", DateText(order.effective_date())},
                         {"in force", order.in_force() ? "yes" : "on its day"}});
  Table appointments({"", "HOLDS", "KIND", "POST", "UNIT"});
  for (const v1::AppointmentChange& change : effect.appointments()) {
    const v1::Appointment& appointment = change.appointment();
    appointments.Add({change.begins() ? "begins" : "ends", RangeText(appointment.valid()),
                      EnumText(appointment.kind()), appointment.post(), appointment.unit()});
  }
  *context.out << appointments.Text(context.terminal_width);
  Table quotas({"QUOTA", "LINE", "FREE BEFORE", "FREE AFTER", "HELD", "USED"});
  for (const v1::QuotaChange& change : effect.quotas()) {
    quotas.Add({change.unit(), EnumText(change.quota_kind()),
                absl::StrCat(change.available_before()), absl::StrCat(change.available_after()),
                absl::StrCat(change.held_after()), absl::StrCat(change.used_after())});
  }
  if (!quotas.empty()) *context.out << quotas.Text(context.terminal_width);
}

absl::Status RunTransfer(const Context& context, const TransferOptions& options) {
  v1::GetAppointmentRequest get;
  get.set_name(options.appointment);
  ASSIGN_OR_RETURN(
      const v1::GetAppointmentResponse left,
      context.session->Call<v1::GetAppointmentResponse>("personnel.GetAppointment", get));
  v1::TransferCivilServantRequest request;
  request.set_appointment(options.appointment);
  request.set_etag(left.appointment().etag());
  request.set_person(left.appointment().person());
  request.set_post(options.post);
  ASSIGN_OR_RETURN(*request.mutable_effective_date(), ParseDate(options.date));
  request.mutable_form()->set_number(options.number);
  ASSIGN_OR_RETURN(*request.mutable_form()->mutable_sign_date(), ParseDate(options.sign_date));
  request.mutable_form()->set_signer_post(options.signer);
  if (!options.agreement.empty()) request.mutable_agreement()->set_number(options.agreement);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const v1::TransferCivilServantResponse response,
                   context.session->Call<v1::TransferCivilServantResponse>(
                       "personnel.TransferCivilServant", request));
  if (!context.PrintedAsJson(response)) PrintEffect(context, response.order(), response.effect());
  return absl::OkStatus();
}

absl::StatusOr<v1::ComputeSeveranceRequest> SeveranceRequest(const SeveranceOptions& options) {
  v1::ComputeSeveranceRequest request;
  ASSIGN_OR_RETURN(const v1::SeveranceRule rule, ParseEnum<v1::SeveranceRule>(options.rule));
  request.set_rule(rule);
  ASSIGN_OR_RETURN(const v1::Departure departure, ParseEnum<v1::Departure>(options.departure));
  request.set_departure(departure);
  ASSIGN_OR_RETURN(*request.mutable_leave_date(), ParseDate(options.leave_date));
  if (!options.decision_date.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_apparatus_decision_date(), ParseDate(options.decision_date));
  }
  if (!options.birth_date.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_birth_date(), ParseDate(options.birth_date));
    ASSIGN_OR_RETURN(const v1::Sex sex, ParseEnum<v1::Sex>(options.sex));
    request.set_sex(sex);
  }
  request.set_rank_coefficient_hundredths(options.rank_hundredths);
  request.set_post_coefficient_hundredths(options.post_hundredths);
  request.set_monthly_vnd(options.monthly_vnd);
  request.set_service_months(options.service_months);
  return request;
}

absl::Status RunSeverance(const Context& context, const SeveranceOptions& options) {
  ASSIGN_OR_RETURN(const v1::ComputeSeveranceRequest request, SeveranceRequest(options));
  ASSIGN_OR_RETURN(
      const v1::ComputeSeveranceResponse response,
      context.session->Call<v1::ComputeSeveranceResponse>("personnel.ComputeSeverance", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"PART", "QUANTITY", "SALARIES EACH", "ĐỒNG", "ARTICLE", "NOTE"});
  for (const v1::SeveranceLine& line : response.lines()) {
    const int halves = line.quantity_halves();
    table.Add({line.part(),
               absl::StrCat(halves / 2, halves % 2 == 0 ? "" : ".5", " ", EnumText(line.unit())),
               absl::StrCat(line.rate_hundredths() / 100, ".", line.rate_hundredths() / 10 % 10,
                            line.rate_hundredths() % 10),
               absl::StrCat(line.amount_vnd()), line.article(), line.note()});
  }
  *context.out << table.Text(context.terminal_width)
               << Pairs({{"monthly", absl::StrCat(response.monthly_vnd())},
                         {"total", absl::StrCat(response.total_vnd())}});
  return absl::OkStatus();
}

void DeclareTransfer(CLI::App& command, TransferOptions& options) {
  command.add_option("appointment", options.appointment, "provinces/.../appointments/... left")
      ->required();
  command.add_option("post", options.post, "provinces/.../posts/... taken")->required();
  command.add_option("--date", options.date, "First day on the new post")->required();
  command.add_option("--number", options.number, "Number of the order")->required();
  command.add_option("--sign-date", options.sign_date, "Date of signing")->required();
  command.add_option("--signer", options.signer, "provinces/.../posts/... of the signer")
      ->required();
  command.add_option("--agreement", options.agreement,
                     "Act by which another province agrees, across provinces");
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

void DeclareSeverance(CLI::App& command, SeveranceOptions& options) {
  command.add_option("rule", options.rule, "decree_178 or decree_154")->required();
  command
      .add_option("departure", options.departure,
                  "early_retirement, leave, move_out_of_budget or part_timer_leave")
      ->required();
  command.add_option("--leave", options.leave_date, "First day out of service")->required();
  command.add_option("--decision", options.decision_date, "Date of the decision on the apparatus");
  command.add_option("--birth", options.birth_date, "Date of birth");
  command.add_option("--sex", options.sex, "male or female");
  command.add_option("--rank", options.rank_hundredths, "Coefficient of the rank, in hundredths");
  command.add_option("--post", options.post_hundredths, "Coefficient of the post, in hundredths");
  command.add_option("--monthly", options.monthly_vnd, "Or the monthly pay in đồng");
  command.add_option("--service-months", options.service_months, "Months of service");
}

}  // namespace

void AddStaffCommands(CLI::App& app, Command& chosen) {
  // The commands use messages of other files: this links the service's descriptor in.
  static_cast<void>(v1::WatchChangesRequest::descriptor());
  CLI::App& staff = *app.add_subcommand("staff", "Posts, quotas and appointments");
  staff.require_subcommand(1);
  AddCommand<VacanciesOptions>(
      staff, chosen, "vacancies", "Key posts without a holder",
      [](CLI::App& command, VacanciesOptions& options) {
        command.add_option("--province", options.province, "Code of the province");
        command.add_option("--days", options.days, "Vacant for longer than so many days");
        command.add_option("--limit", options.limit, "Most rows")->capture_default_str();
      },
      RunVacancies);
  AddCommand<ShowOptions>(
      staff, chosen, "show", "Who works in a unit, or the history of a person or a post",
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("what", options.what, "Unit, persons/... or provinces/.../posts/...")
            ->required();
        command.add_option("--province", options.province, "Code of the unit's province");
        command.add_option("--as-of", options.as_of, "Date of the answer");
        command.add_option("--limit", options.limit, "Most rows")->capture_default_str();
      },
      RunShow);
  AddCommand<ReportOptions>(
      staff, chosen, "report", "Staff against quota",
      [](CLI::App& command, ReportOptions& options) {
        command.add_option("--province", options.province, "Code of the province");
        command.add_flag("--by-unit", options.by_unit, "Tell each unit too");
      },
      RunReport);
  AddCommand<TransferOptions>(staff, chosen, "transfer", "Transfer somebody to another post",
                              DeclareTransfer, RunTransfer);
  AddCommand<SeveranceOptions>(staff, chosen, "severance", "Compute a severance with its working",
                               DeclareSeverance, RunSeverance);
  AddStaffQuotaCommands(staff, chosen);
  AddStaffPlanCommands(staff, chosen);
  AddEstimateStaff(staff, chosen);
  AddStaffWorkload(staff, chosen);
  AddImportStaff(staff, chosen);
  AddGenerateStaff(staff, chosen);
  AddVerifyStaff(staff, chosen);
}

}  // namespace twotier::ctl
