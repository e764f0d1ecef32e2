// twotierctl staff generate: fills communes with posts and made-up people for a demonstration.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/failure.h"
#include "tools/twotierctl/format.h"
#include "tools/twotierctl/pages.h"
#include "tools/twotierctl/progress.h"
#include "tools/twotierctl/staff_generator.h"
#include "tools/twotierctl/table.h"
#include "twotier/personnel/v1/personnel_service.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::personnel::v1;

constexpr int kUnitsMax = 10'000;
// Communes of one call: 15 × 32 rows, below the 500 that one call takes.
constexpr size_t kCommunesOfCall = 15;
constexpr absl::Duration kCallTimeout = absl::Minutes(1);
constexpr char kAct[] = "759/QĐ-TTg";

struct GenerateOptions {
  std::string province;
};

absl::StatusOr<std::vector<registry::v1::Unit>> UnitsOf(Session& session, registry::v1::Tier tier,
                                                        const std::string& province) {
  registry::v1::ListUnitsRequest request;
  request.set_tier(tier);
  request.set_province_code(province);
  ASSIGN_OR_RETURN(registry::v1::ListUnitsResponse response,
                   AllPages(session, "registry.ListUnits", request,
                            &registry::v1::ListUnitsResponse::mutable_units, kUnitsMax));
  return std::vector<registry::v1::Unit>(response.units().begin(), response.units().end());
}

// A quota that is there stays as it is: a demonstration is filled once.
absl::Status Grant(const Context& context, const registry::v1::Unit& unit, v1::QuotaKind kind,
                   int64_t posts) {
  v1::GrantQuotaRequest request;
  request.set_parent(absl::StrCat("provinces/", unit.province_code()));
  request.set_unit(unit.name());
  request.set_quota_kind(kind);
  request.set_year(2026);
  request.set_posts(posts);
  request.mutable_act()->set_number(kAct);
  FillRequestId(request);
  const absl::Status status =
      context.session->Call<v1::GrantQuotaResponse>("personnel.GrantQuota", request).status();
  return ReasonOf(status) == "STALE_ETAG" ? absl::OkStatus() : status;
}

absl::Status Import(const Context& context, const std::string& province,
                    const std::vector<v1::StaffRow>& rows, v1::ImportStaffResponse& all) {
  v1::ImportStaffRequest request;
  request.set_parent(absl::StrCat("provinces/", province));
  for (const v1::StaffRow& row : rows) *request.add_rows() = row;
  *request.mutable_list_date() = DateOf(kReformDay);
  request.mutable_act()->set_number(kAct);
  FillRequestId(request);
  ASSIGN_OR_RETURN(
      const v1::ImportStaffResponse response,
      context.session->Call<v1::ImportStaffResponse>("personnel.ImportStaff", request));
  all.set_posts(all.posts() + response.posts());
  all.set_persons(all.persons() + response.persons());
  all.set_appointments(all.appointments() + response.appointments());
  all.set_unchanged(all.unchanged() + response.unchanged());
  return absl::OkStatus();
}

// One province: the centre's grant, the communes' grants out of it, then the lists. `number` is the
// place of its first commune in the country.
absl::Status FillProvince(const Context& context, const registry::v1::Unit& province,
                          const std::vector<registry::v1::Unit>& communes, int province_number,
                          int number, v1::ImportStaffResponse& all) {
  const auto count = static_cast<int64_t>(communes.size());
  RETURN_IF_ERROR(Grant(context, province, v1::QUOTA_KIND_CIVIL_SERVANT,
                        count * kPostsOfCommune + kPostsOfProvince));
  RETURN_IF_ERROR(
      Grant(context, province, v1::QUOTA_KIND_VICE_CHAIR, count * kViceChairsOfCommune));
  RETURN_IF_ERROR(
      Import(context, province.province_code(), SyntheticStaff(province, province_number), all));
  std::vector<v1::StaffRow> rows;
  for (size_t i = 0; i < communes.size(); ++i) {
    RETURN_IF_ERROR(Grant(context, communes[i], v1::QUOTA_KIND_CIVIL_SERVANT, kPostsOfCommune));
    RETURN_IF_ERROR(Grant(context, communes[i], v1::QUOTA_KIND_VICE_CHAIR, kViceChairsOfCommune));
    for (v1::StaffRow& row : SyntheticStaff(communes[i], number + static_cast<int>(i))) {
      rows.push_back(std::move(row));
    }
    if ((i + 1) % kCommunesOfCall != 0 && i + 1 < communes.size()) continue;
    RETURN_IF_ERROR(Import(context, province.province_code(), rows, all));
    rows.clear();
  }
  return absl::OkStatus();
}

absl::Status RunGenerate(const Context& context, const GenerateOptions& options) {
  context.session->set_timeout(kCallTimeout);
  ASSIGN_OR_RETURN(const std::vector<registry::v1::Unit> provinces,
                   UnitsOf(*context.session, registry::v1::TIER_PROVINCE, ""));
  Progress progress(*context.err, context.progress);
  v1::ImportStaffResponse all;
  int number = 0;
  for (size_t i = 0; i < provinces.size(); ++i) {
    progress.Show(
        ProgressLine("filling", static_cast<int64_t>(i), static_cast<int64_t>(provinces.size())));
    ASSIGN_OR_RETURN(
        const std::vector<registry::v1::Unit> communes,
        UnitsOf(*context.session, registry::v1::TIER_COMMUNE, provinces[i].province_code()));
    if (options.province.empty() || provinces[i].province_code() == options.province) {
      RETURN_IF_ERROR(
          FillProvince(context, provinces[i], communes, static_cast<int>(i), number, all));
    }
    // Numbers are those of the whole country, whatever part of it is filled.
    number += static_cast<int>(communes.size());
  }
  if (context.PrintedAsJson(all)) return absl::OkStatus();
  *context.out << Pairs({{"posts", absl::StrCat(all.posts())},
                         {"made-up persons", absl::StrCat(all.persons())},
                         {"appointments", absl::StrCat(all.appointments())},
                         {"unchanged", absl::StrCat(all.unchanged())}});
  return absl::OkStatus();
}

}  // namespace

void AddGenerateStaff(CLI::App& staff, Command& chosen) {
  AddCommand<GenerateOptions>(
      staff, chosen, "generate", "Fill communes with posts and made-up people",
      [](CLI::App& command, GenerateOptions& options) {
        command.add_option("--province", options.province, "Only this province");
      },
      RunGenerate);
}

}  // namespace twotier::ctl
