// twotierctl staff quotas, grant, published, grant-published: what units may have, and what was
// published of it.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

struct QuotasOptions {
  std::string province;
  std::string unit;
  int limit = kLimitDefault;
};

struct GrantOptions {
  std::string province;
  std::string unit;
  std::string line;
  int64_t posts = 0;
  int year = 0;
  std::string first;
  std::string act;
  std::optional<std::string> etag;
  std::string request_id;
  bool validate_only = false;
};

struct PublishedOptions {
  std::string province;
  bool communes = false;
  int limit = kLimitDefault;
};

struct GrantPublishedOptions {
  std::string province;
  std::string request_id;
  bool validate_only = false;
};

std::string ParentOf(const std::string& province) {
  return province.empty() ? "" : absl::StrCat("provinces/", province);
}

Table TableOfQuotas() {
  return Table({"UNIT", "LINE", "YEAR", "GRANTED", "ALLOWED", "GIVEN ON", "HELD", "USED", "FREE",
                "PLANNED", "ETAG"});
}

void AddQuota(const v1::Quota& quota, Table& table) {
  std::vector<std::string> planned;
  for (const v1::PlannedGrant& grant : quota.planned_grants()) {
    planned.push_back(absl::StrCat(grant.posts(), " from ", DateText(grant.first_date())));
  }
  table.Add({quota.unit(), EnumText(quota.quota_kind()), absl::StrCat(quota.year()),
             absl::StrCat(quota.granted()), absl::StrCat(quota.allowance()),
             absl::StrCat(quota.distributed()), absl::StrCat(quota.held()),
             absl::StrCat(quota.used()), absl::StrCat(quota.available()),
             absl::StrJoin(planned, ", "), quota.etag()});
}

absl::StatusOr<v1::ListQuotasResponse> ListQuotas(const Context& context,
                                                  const std::string& province,
                                                  const std::string& unit, int limit) {
  v1::ListQuotasRequest request;
  request.set_parent(ParentOf(province));
  request.set_unit(unit);
  return AllPages(*context.session, "personnel.ListQuotas", request,
                  &v1::ListQuotasResponse::mutable_quotas, limit);
}

absl::Status RunQuotas(const Context& context, const QuotasOptions& options) {
  std::string unit;
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(unit, ResolveUnitArgument(*context.session, options.unit, ""));
  }
  ASSIGN_OR_RETURN(const v1::ListQuotasResponse response,
                   ListQuotas(context, options.province, unit, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table = TableOfQuotas();
  for (const v1::Quota& quota : response.quotas()) AddQuota(quota, table);
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

// The etag that a grant rests on; empty: nothing was granted before.
absl::StatusOr<std::string> EtagOf(const Context& context, const v1::GrantQuotaRequest& request,
                                   const std::string& province) {
  ASSIGN_OR_RETURN(const v1::ListQuotasResponse quotas,
                   ListQuotas(context, province, request.unit(), v1::QuotaKind_ARRAYSIZE));
  for (const v1::Quota& quota : quotas.quotas()) {
    if (quota.quota_kind() == request.quota_kind()) return quota.etag();
  }
  return "";
}

absl::Status RunGrant(const Context& context, const GrantOptions& options) {
  v1::GrantQuotaRequest request;
  request.set_parent(ParentOf(options.province));
  ASSIGN_OR_RETURN(*request.mutable_unit(),
                   ResolveUnitArgument(*context.session, options.unit, options.first));
  ASSIGN_OR_RETURN(const auto line, ParseEnum<v1::QuotaKind>(options.line));
  request.set_quota_kind(line);
  request.set_posts(options.posts);
  request.set_year(options.year);
  request.mutable_act()->set_number(options.act);
  if (!options.first.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_first_date(), ParseDate(options.first));
  }
  if (options.etag) {
    request.set_etag(*options.etag);
  } else {
    ASSIGN_OR_RETURN(*request.mutable_etag(), EtagOf(context, request, options.province));
  }
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const v1::GrantQuotaResponse response,
                   context.session->Call<v1::GrantQuotaResponse>("personnel.GrantQuota", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table = TableOfQuotas();
  AddQuota(response.quota(), table);
  *context.out << table.Text(context.terminal_width);
  return absl::OkStatus();
}

absl::Status RunPublished(const Context& context, const PublishedOptions& options) {
  v1::ListPublishedFiguresRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_without_communes(!options.communes);
  ASSIGN_OR_RETURN(const auto response,
                   AllPages(*context.session, "personnel.ListPublishedFigures", request,
                            &v1::ListPublishedFiguresResponse::mutable_figures, options.limit));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table({"PROVINCE", "COMMUNE", "STAFF", "WHAT", "NUMBER", "AS OF", "UP TO", "PROVEN",
               "DOCUMENT", "SOURCE", "NOTE"});
  for (const v1::PublishedFigure& figure : response.figures()) {
    table.Add({figure.province_code(), figure.unit_code(), EnumText(figure.staff()),
               EnumText(figure.measure()), absl::StrCat(figure.value()), DateText(figure.as_of()),
               figure.has_last_day() ? DateText(figure.last_day()) : "",
               figure.proven() ? "yes" : "no", figure.document(), figure.source(), figure.note()});
  }
  *context.out << table.Text(context.terminal_width);
  TellOfMore(context, response.next_page_token());
  return absl::OkStatus();
}

absl::Status RunGrantPublished(const Context& context, const GrantPublishedOptions& options) {
  v1::GrantPublishedQuotasRequest request;
  request.set_parent(ParentOf(options.province));
  request.set_request_id(options.request_id);
  request.set_validate_only(options.validate_only);
  context.IdentifyChange(request);
  ASSIGN_OR_RETURN(const v1::GrantPublishedQuotasResponse response,
                   context.session->Call<v1::GrantPublishedQuotasResponse>(
                       "personnel.GrantPublishedQuotas", request));
  if (context.PrintedAsJson(response)) return absl::OkStatus();
  Table table = TableOfQuotas();
  for (const v1::Quota& quota : response.granted()) AddQuota(quota, table);
  if (!table.empty()) *context.out << table.Text(context.terminal_width);
  *context.out << Pairs({{"lines granted", absl::StrCat(response.granted_size())},
                         {"unchanged", absl::StrCat(response.unchanged_size())}});
  return absl::OkStatus();
}

void DeclareGrant(CLI::App& command, GrantOptions& options) {
  command.add_option("unit", options.unit, "The province's own unit, or a commune")->required();
  command.add_option("--province", options.province, "Code of the province")->required();
  command
      .add_option("--line", options.line,
                  "civil_servant, public_employee, part_timer or vice_chair")
      ->required();
  command.add_option("--posts", options.posts, "Posts, all in all")->required();
  command.add_option("--year", options.year, "Year it is for")->required();
  command.add_option("--first", options.first,
                     "First date; otherwise today, or the first of a year to come");
  command.add_option("--act", options.act, "Act that grants")->required();
  command.add_option(
      "--etag", options.etag,
      "Etag the grant rests on, as `quotas` shows it, \"\" for a first one; a repeat "
      "needs that of the first attempt. Otherwise the present one");
  DeclareRepeatable(command, options.request_id, options.validate_only);
}

}  // namespace

void AddStaffQuotaCommands(CLI::App& staff, Command& chosen) {
  AddCommand<QuotasOptions>(
      staff, chosen, "quotas", "What units may have, and how it is used",
      [](CLI::App& command, QuotasOptions& options) {
        command.add_option("--province", options.province, "Code of the province")->required();
        command.add_option("--unit", options.unit, "Only this unit");
        command.add_option("--limit", options.limit, "Most rows")->capture_default_str();
      },
      RunQuotas);
  AddCommand<GrantOptions>(staff, chosen, "grant", "Grant a unit a quota, now or for a later day",
                           DeclareGrant, RunGrant);
  AddCommand<PublishedOptions>(
      staff, chosen, "published", "What was published of staff and quotas",
      [](CLI::App& command, PublishedOptions& options) {
        command.add_option("--province", options.province, "Code of the province");
        command.add_flag("--communes", options.communes, "Also of single communes");
        command.add_option("--limit", options.limit, "Most rows")->capture_default_str();
      },
      RunPublished);
  AddCommand<GrantPublishedOptions>(
      staff, chosen, "grant-published", "Grant a province what was published as its quota",
      [](CLI::App& command, GrantPublishedOptions& options) {
        command.add_option("--province", options.province, "Code of the province")->required();
        DeclareRepeatable(command, options.request_id, options.validate_only);
      },
      RunGrantPublished);
}

}  // namespace twotier::ctl
