// twotierctl staff workload: the dossiers of a period beside the staff that works on them.
//
// Dossiers are routing's, centers the registry's, posts personnel's. No service keeps a copy of
// another's dossiers, and routing sends no stream of them all: whoever looks joins the answers.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/table.h"
#include "tools/twotierctl/workload.h"
#include "twotier/personnel/v1/personnel_service.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::ctl {
namespace {

// Of one call to routing; longer periods are added up.
constexpr int kDaysOfCall = 31;
// Of one command: each month of a large province is counted for about a second.
constexpr int kDaysMax = 366;

struct WorkloadOptions {
  std::string province;
  std::string first;
  std::string end;
};

absl::StatusOr<routing::v1::GetDossierStatisticsResponse> CountDossiers(const Context& context,
                                                                        const std::string& parent,
                                                                        absl::CivilDay first,
                                                                        absl::CivilDay end) {
  routing::v1::GetDossierStatisticsResponse all;
  for (absl::CivilDay begin = first; begin < end; begin += kDaysOfCall) {
    routing::v1::GetDossierStatisticsRequest request;
    request.set_parent(parent);
    *request.mutable_first_date() = DateOf(begin);
    *request.mutable_end_date() = DateOf(std::min(begin + kDaysOfCall, end));
    ASSIGN_OR_RETURN(const auto counted,
                     context.session->Call<routing::v1::GetDossierStatisticsResponse>(
                         "routing.GetDossierStatistics", request));
    all.mutable_centers()->MergeFrom(counted.centers());
    *all.mutable_count_time() = counted.count_time();
  }
  return all;
}

absl::Status RunWorkload(const Context& context, const WorkloadOptions& options) {
  const std::string parent = absl::StrCat("provinces/", options.province);
  ASSIGN_OR_RETURN(const google::type::Date first, ParseDate(options.first));
  ASSIGN_OR_RETURN(const google::type::Date end, ParseDate(options.end));
  const int64_t days = DayOf(end) - DayOf(first);
  if (days < 1 || days > kDaysMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("--end must be 1 to ", kDaysMax, " days after --first"));
  }
  ASSIGN_OR_RETURN(const auto dossiers, CountDossiers(context, parent, DayOf(first), DayOf(end)));
  registry::v1::ListCentersRequest list;
  list.set_province_code(options.province);
  ASSIGN_OR_RETURN(const auto centers, AllPages(*context.session, "registry.ListCenters", list,
                                                &registry::v1::ListCentersResponse::mutable_centers,
                                                std::numeric_limits<int>::max()));
  personnel::v1::GetStaffingRequest ask;
  ask.set_parent(parent);
  ask.set_by_unit(true);
  ASSIGN_OR_RETURN(const auto staffing, context.session->Call<personnel::v1::GetStaffingResponse>(
                                            "personnel.GetStaffing", ask));
  // What it is joined from, one document after the other.
  if (context.PrintedAsJson(staffing)) {
    context.PrintedAsJson(dossiers);
    return absl::OkStatus();
  }
  Table table({"UNIT", "POSTS", "FILLED", "RECEIVED", "OPEN", "OVERDUE", "A FILLED POST"});
  for (const Workload& line : WorkloadOf(staffing.units(), dossiers.centers(), centers.centers())) {
    table.Add({line.unit.empty() ? "other centers" : line.unit, absl::StrCat(line.posts),
               absl::StrCat(line.filled), absl::StrCat(line.received), absl::StrCat(line.open),
               absl::StrCat(line.overdue),
               absl::StrCat(line.TenthsAPost() / 10, ".", line.TenthsAPost() % 10)});
  }
  *context.out << table.Text(context.terminal_width)
               << Pairs({{"staff on", DateText(staffing.as_of())},
                         {"dossiers counted at", InstantText(dossiers.count_time())}});
  return absl::OkStatus();
}

}  // namespace

void AddStaffWorkload(CLI::App& staff, Command& chosen) {
  AddCommand<WorkloadOptions>(
      staff, chosen, "workload", "Dossiers of a period beside the staff, by unit",
      [](CLI::App& command, WorkloadOptions& options) {
        command.add_option("--province", options.province, "Code of the province")->required();
        command.add_option("--first", options.first, "First day of the period")->required();
        command.add_option("--end", options.end, "Day after the last one")->required();
      },
      RunWorkload);
}

}  // namespace twotier::ctl
