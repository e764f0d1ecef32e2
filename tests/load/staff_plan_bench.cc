#include <sys/resource.h>

#include <iostream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "tests/load/staff_bench.h"
#include "tests/load/staff_calls.h"
#include "tests/service/staff_plan.h"
#include "tools/verify/verify_staff.h"

namespace twotier::load {
namespace {

namespace staff = personnel::testing;

// Ho Chi Minh City has 168 communes, the most of all provinces.
constexpr char kProvince[] = "79";
// From each of the first half of its communes to the other half: 10,080 people in all.
constexpr int kPeopleEach = 120;
constexpr char kPlan[] = "a plan of 10,080 people";

absl::StatusOr<staff::StaffPlanOptions> OptionsOf(const std::string& registry_address) {
  ASSIGN_OR_RETURN(const std::vector<ProvinceUnits> provinces, ListProvinces(registry_address));
  for (const ProvinceUnits& province : provinces) {
    if (province.code != kProvince) continue;
    staff::StaffPlanOptions options{
        .province_code = province.code, .province_unit = province.unit, .people_each = kPeopleEach};
    const size_t half = province.communes.size() / 2;
    options.from_units.assign(province.communes.begin(), province.communes.begin() + half);
    options.to_units.assign(province.communes.begin() + half, province.communes.end());
    return options;
  }
  return absl::NotFoundError(absl::StrCat("no province has the code ", kProvince));
}

// The most memory that this process has used so far.
double PeakMb() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

}  // namespace

absl::StatusOr<std::vector<Row>> MeasurePlan(const ServiceBenchOptions& options) {
  if (!options.wanted(kPlan, "nothing")) return std::vector<Row>();
  std::cerr << "bench: " << TitleOf(kPlan, options.engine, "nothing") << std::endl;
  ASSIGN_OR_RETURN(const staff::StaffPlanOptions plan, OptionsOf(options.registry_address));
  staff::PersonnelServer server(options.database, options.registry_address);
  ASSIGN_OR_RETURN(const staff::StaffPlanFigures figures, staff::RunStaffPlan(server, plan));
  const double peak_mb = PeakMb();
  ASSIGN_OR_RETURN(const verify::Report report, verify::VerifyStaff(options.database));
  if (!report.findings.empty()) {
    return absl::InternalError(
        absl::StrCat(report.findings.size(), " findings, the first: ", report.findings[0].what));
  }
  const std::pair<const char*, absl::Duration> steps[] = {
      {"proposed", figures.proposed},
      {"edited", figures.edited},
      {"signed", figures.signed_in},
      {"held", figures.held},
      {"longest slice", figures.slice_max},
      {"in force", figures.in_force},
      {"longest wait of others", figures.blocked_max}};
  std::vector<Row> rows;
  for (const auto& [step, took] : steps) {
    rows.push_back({.name = absl::StrCat(kPlan, ", ", step),
                    .engine = options.engine,
                    .value = absl::ToDoubleMilliseconds(took),
                    .unit = "ms"});
  }
  rows.back().rss_mb = peak_mb;
  return rows;
}

}  // namespace twotier::load
