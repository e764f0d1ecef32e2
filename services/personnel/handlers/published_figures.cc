#include "services/personnel/handlers/published_figures.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "services/personnel/convert.h"
#include "services/personnel/handlers/grants.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/published_file.h"
#include "services/personnel/store/published_store.h"

namespace twotier::personnel::handlers {
namespace {

// Where the pool of vice chairs comes from.
constexpr absl::string_view kPoolAct = "300/2025/NĐ-CP, Điều 6";

// What was imported, which was checked then.
absl::StatusOr<std::vector<PublishedFigure>> FiguresOf(const store::PublishedFile& file) {
  if (file.version == 0) return std::vector<PublishedFigure>();
  RowErrors errors;
  std::vector<PublishedFigure> figures = ReadPublishedFigures(file.content, errors);
  if (errors.empty()) return figures;
  return error::WithReason(absl::StatusCode::kDataLoss,
                           absl::StrCat("published figures of version ", file.version,
                                        " cannot be read: ", errors.all()[0].field),
                           "UNREADABLE_ROW", {{"version", absl::StrCat(file.version)}});
}

using ByKey =
    std::map<decltype(std::declval<const PublishedFigure&>().Key()), const PublishedFigure*>;

ByKey IndexOf(const std::vector<PublishedFigure>& figures) {
  ByKey index;
  for (const PublishedFigure& figure : figures) index.emplace(figure.Key(), &figure);
  return index;
}

// Figures that are in `these` and not the same in `those`.
int64_t CountOnlyIn(const ByKey& these, const ByKey& those) {
  int64_t count = 0;
  for (const auto& [key, figure] : these) {
    const auto other = those.find(key);
    count += other == those.end() || *other->second != *figure;
  }
  return count;
}

absl::Status WriteFile(const Call& call, store::PublishedFile& file,
                       const v1::ImportPublishedFiguresResponse& body, db::Tx& tx) {
  feed::Event event;
  event.subject = std::string(kFiguresSubject);
  event.version = file.version;
  event.kind = "figures.imported";
  event.body = body.SerializeAsString();
  RETURN_IF_ERROR(AppendEvent(tx, call, std::move(event), file.chain_hash));
  return store::InsertPublished(tx, file, call.now);
}

// What a province is to be granted today: what was published, and the pool of its communes.
std::vector<GrantTerms> TermsOf(const std::vector<PublishedFigure>& figures,
                                const units::Units& units, const std::string& province_code,
                                const std::string& unit, absl::CivilDay today) {
  std::vector<PublishedQuota> quotas = QuotasOf(figures, province_code, today);
  quotas.push_back({QuotaKind::kViceChair, ViceChairPool(CommunesOf(units, province_code, today)),
                    static_cast<int>(today.year()), std::string(kPoolAct)});
  std::vector<GrantTerms> terms;
  for (PublishedQuota& quota : quotas) {
    terms.push_back(
        {{province_code, unit, quota.kind}, today, quota.year, quota.posts, std::move(quota.act)});
  }
  return terms;
}

// What it is to be granted from days to come.
std::vector<GrantTerms> LaterTermsOf(const std::vector<PublishedFigure>& figures,
                                     const std::string& province_code, const std::string& unit,
                                     absl::CivilDay today) {
  std::vector<GrantTerms> terms;
  for (LaterQuota& later : LaterQuotasOf(figures, province_code, today)) {
    PublishedQuota& quota = later.quota;
    terms.push_back({{province_code, unit, quota.kind},
                     later.first,
                     quota.year,
                     quota.posts,
                     std::move(quota.act)});
  }
  return terms;
}

// A line of which everything is yet to come has no act, and no grant.
bool HasGrant(const Quota& quota) { return quota.granted > 0 || !quota.act.empty(); }

bool HasPlanned(const Quota& quota, absl::CivilDay day) {
  return std::any_of(quota.planned.begin(), quota.planned.end(),
                     [day](const PlannedGrant& planned) { return planned.first == day; });
}

}  // namespace

absl::StatusOr<v1::ImportPublishedFiguresResponse> ImportPublishedFigures(
    const Env& env, const Call& call, const v1::ImportPublishedFiguresRequest& request,
    db::Tx& tx) {
  RowErrors errors;
  const std::vector<PublishedFigure> after = ReadPublishedFigures(request.content(), errors);
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));
  ASSIGN_OR_RETURN(store::PublishedFile file, store::LoadPublished(tx));
  ASSIGN_OR_RETURN(const std::vector<PublishedFigure> before, FiguresOf(file));
  v1::ImportPublishedFiguresResponse response;
  response.set_figures(static_cast<int64_t>(after.size()));
  response.set_added(CountOnlyIn(IndexOf(after), IndexOf(before)));
  response.set_removed(CountOnlyIn(IndexOf(before), IndexOf(after)));
  response.set_version(file.version);
  if (file.version > 0 && file.content == request.content()) return response;
  file.content = request.content();
  response.set_version(++file.version);
  RETURN_IF_ERROR(WriteFile(call, file, response, tx));
  env.appended();
  return response;
}

absl::StatusOr<v1::ListPublishedFiguresResponse> ListPublishedFigures(
    const Env& env, const Call&, const v1::ListPublishedFiguresRequest& request, db::Tx& tx) {
  constexpr absl::string_view kMethod = "ListPublishedFigures";
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  ASSIGN_OR_RETURN(const store::PublishedFile file, store::LoadPublished(tx));
  // A place in one file is none in the next one.
  const std::string query = absl::StrCat(rpc::QueryText(request), " version ", file.version);
  ASSIGN_OR_RETURN(const std::string cursor, env.pages->Open(kMethod, query, request.page_token()));
  size_t next = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &next)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  ASSIGN_OR_RETURN(const std::vector<PublishedFigure> figures, FiguresOf(file));
  const std::string province_code = ProvinceCodeOf(request.parent());
  v1::ListPublishedFiguresResponse response;
  response.set_version(file.version);
  for (; next < figures.size(); ++next) {
    const PublishedFigure& figure = figures[next];
    if (!province_code.empty() && figure.province_code != province_code) continue;
    if (request.without_communes() && !figure.unit_code.empty()) continue;
    if (response.figures_size() == size) {
      response.set_next_page_token(env.pages->Seal(kMethod, query, absl::StrCat(next)));
      break;
    }
    ToProto(figure, response.add_figures());
  }
  return response;
}

void ValidateListPublishedFigures(const v1::ListPublishedFiguresRequest& request,
                                  error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::GrantPublishedQuotasResponse> GrantPublishedQuotas(
    const Env& env, const Call& call, const v1::GrantPublishedQuotasRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto units, CurrentUnits(*env.snapshots, tx));
  ASSIGN_OR_RETURN(const store::PublishedFile file, store::LoadPublished(tx));
  if (file.version == 0) {
    return error::WithReason(absl::StatusCode::kFailedPrecondition,
                             "no published figures were imported", "FIGURES_NOT_IMPORTED");
  }
  ASSIGN_OR_RETURN(const std::vector<PublishedFigure> figures, FiguresOf(file));
  const absl::CivilDay today = VietnamDay(call.now);
  const std::string province_code = ProvinceCodeOf(request.parent());
  const units::UnitRecord* province = units->FindUnitByCode(province_code, today);
  if (province == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound,
                             absl::StrCat("no unit is province ", province_code), "UNIT_NOT_FOUND",
                             {{"province_code", province_code}});
  }
  std::vector<GrantTerms> all = TermsOf(figures, *units, province_code, province->name, today);
  std::vector<GrantTerms> later = LaterTermsOf(figures, province_code, province->name, today);
  std::move(later.begin(), later.end(), std::back_inserter(all));
  std::map<QuotaKind, v1::Quota> granted;
  std::map<QuotaKind, v1::Quota> unchanged;
  int number = 0;
  for (GrantTerms& terms : all) {
    const store::QuotaSlot slot = KeptSlot(*units, terms.slot);
    const bool is_later = terms.first > today;
    ASSIGN_OR_RETURN(const std::optional<Quota> there, store::LoadQuota(tx, slot));
    if (there && (is_later ? HasPlanned(*there, terms.first) : HasGrant(*there))) {
      ASSIGN_OR_RETURN(const store::QuotaRow row, store::LoadRow(tx, *there));
      v1::Quota quota;
      ToProto(row, today, &quota);
      unchanged[slot.kind] = std::move(quota);
      continue;
    }
    ASSIGN_OR_RETURN(Grant grant,
                     PrepareGrant(*units, std::move(terms), /*etag=*/nullptr, today, tx));
    ASSIGN_OR_RETURN(v1::GrantQuotaResponse done,
                     is_later ? PlanGrant(call, grant, number, tx)
                              : PutInForce(call, grant, call.NewId(number), number, tx));
    ++number;
    granted[slot.kind] = std::move(*done.mutable_quota());
  }
  v1::GrantPublishedQuotasResponse response;
  for (auto& [kind, quota] : granted) {
    // Communes may have been promised what it would take away.
    RETURN_IF_ERROR(CheckPlannedDays(*units, province_code, kind, today, tx));
    unchanged.erase(kind);
    *response.add_granted() = std::move(quota);
  }
  for (auto& [kind, quota] : unchanged) *response.add_unchanged() = std::move(quota);
  env.appended();
  return response;
}

}  // namespace twotier::personnel::handlers
