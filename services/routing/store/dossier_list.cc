// Pages of dossiers: ListDossiers of dossier_store.h.
#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "services/routing/store/dossier_rows.h"
#include "services/routing/store/dossier_store.h"

namespace twotier::routing::store {
namespace {

#define TWOTIER_BY_CODE \
  "SELECT " TWOTIER_DOSSIER_COLUMNS " FROM dossier WHERE province_code = $1 AND code > $2"

constexpr db::Statement kListByCode{
    "routing_list_by_code", TWOTIER_BY_CODE " AND ($3 = 0 OR state = $3) ORDER BY code LIMIT $4"};

// What waits at a counter, or for somebody to come to one, has an index: it is little of all that
// was ever handed in. The literals are those of the index and of WaitsAtCounter.
#define TWOTIER_AT_COUNTER " AND state IN (1, 6, 9) AND state = $3"

constexpr db::Statement kListAtCounterByCode{"routing_list_at_counter_by_code",
                                             TWOTIER_BY_CODE TWOTIER_AT_COUNTER
                                             " ORDER BY code LIMIT $4"};

constexpr db::Statement kListOrganisations{
    "routing_list_organisations",
    "SELECT organisation_id FROM center_organisation WHERE province_code = $1 AND center = $2"
    " ORDER BY organisation_id"};

// Codes between $2 and $6.
constexpr db::Statement kListCenterByCode{
    "routing_list_center_by_code", TWOTIER_BY_CODE
    " AND code < $6 AND ($3 = 0 OR state = $3) AND center = $5"
    " ORDER BY code LIMIT $4"};

constexpr db::Statement kListCenterAtCounterByCode{
    "routing_list_center_at_counter_by_code",
    TWOTIER_BY_CODE " AND code < $6" TWOTIER_AT_COUNTER " AND center = $5 ORDER BY code LIMIT $4"};

bool WaitsAtCounter(DossierState state) {
  return state == DossierState::kRegistered || state == DossierState::kPaymentRequested ||
         state == DossierState::kProcessed;
}

// Accepted and not processed, by due time. Each of the statements has an index of its own.
#define TWOTIER_OPEN_DOSSIERS                                  \
  "SELECT " TWOTIER_DOSSIER_COLUMNS                            \
  " FROM dossier WHERE province_code = $1 AND open_due_us > 0" \
  " AND (open_due_us, code) > ($5, $2) AND ($3 = 0 OR state = $3)"
#define TWOTIER_DUE_ORDER " ORDER BY open_due_us, code LIMIT $4"

// The literals are kSupplementRequestsOnTime: a parameter would keep an index out.
static_assert(kSupplementRequestsOnTime == 1);
// All of them with kSupplementRequestsAny; with kSupplementRequestsOnTime the part kRuns.
#define TWOTIER_ANY_OR_RUNS         \
  " AND supplement_requests <= $6 " \
  " AND ($6 > 1 OR supplement_us IS NULL OR supplement_us > open_due_us)"

constexpr db::Statement kListByDue{"routing_list_by_due",
                                   TWOTIER_OPEN_DOSSIERS TWOTIER_ANY_OR_RUNS TWOTIER_DUE_ORDER};

constexpr db::Statement kListCenterByDue{"routing_list_center_by_due",
                                         TWOTIER_OPEN_DOSSIERS TWOTIER_ANY_OR_RUNS
                                         " AND center = $7" TWOTIER_DUE_ORDER};

// Where the center lies that has it: $11 is what the center's name begins with, empty for any.
#define TWOTIER_LIES_IN " AND substr(center, 1, length($11)) = $11"

constexpr db::Statement kListBodyByDue{
    "routing_list_body_by_due", TWOTIER_OPEN_DOSSIERS TWOTIER_ANY_OR_RUNS
    " AND body_unit = $7 AND ($8 = '' OR center = $8)"
    " AND ($9 = 0 OR body_line = $9) AND ($10 = 0 OR body_level = $10)" TWOTIER_LIES_IN
        TWOTIER_DUE_ORDER};

constexpr db::Statement kListPostByDue{
    "routing_list_post_by_due", TWOTIER_OPEN_DOSSIERS TWOTIER_ANY_OR_RUNS
    " AND assignee <> '' AND assignee = $12"
    " AND ($7 = '' OR body_unit = $7) AND ($8 = '' OR center = $8)"
    " AND ($9 = 0 OR body_line = $9) AND ($10 = 0 OR body_level = $10)" TWOTIER_LIES_IN
        TWOTIER_DUE_ORDER};

// The parts kSentBack and kStopped: each has an index of its own for the whole province.
#define TWOTIER_OF_ANYONE                                           \
  " AND ($6 = '' OR center = $6) AND ($7 = '' OR body_unit = $7)"   \
  " AND ($8 = 0 OR body_line = $8) AND ($9 = 0 OR body_level = $9)" \
  " AND ($10 = '' OR assignee = $10)" TWOTIER_LIES_IN

constexpr db::Statement kListSentBack{
    "routing_list_sent_back",
    TWOTIER_OPEN_DOSSIERS " AND supplement_requests > 1" TWOTIER_OF_ANYONE TWOTIER_DUE_ORDER};

constexpr db::Statement kListStopped{
    "routing_list_stopped", TWOTIER_OPEN_DOSSIERS
    " AND supplement_us <= open_due_us AND supplement_requests <= 1" TWOTIER_OF_ANYONE
        TWOTIER_DUE_ORDER};

void AddDossiers(const db::Rows& rows, std::vector<Dossier>& dossiers) {
  dossiers.reserve(dossiers.size() + rows.size());
  for (const db::Row& row : rows) dossiers.push_back(DossierOf(row));
}

// A center's dossiers stand together in the order of codes, behind each of its organisation ids;
// an index of its own would cost every submission a page of the log.
absl::Status ListCenterByCode(db::Tx& tx, const DossierQuery& query,
                              std::vector<Dossier>& dossiers) {
  ASSIGN_OR_RETURN(const db::Rows organisations,
                   tx.Query(kListOrganisations, {query.province_code, query.center}));
  const db::Statement& statement =
      WaitsAtCounter(query.state) ? kListCenterAtCounterByCode : kListCenterByCode;
  std::string after = query.after_code;
  for (const db::Row& organisation : organisations) {
    const int64_t left = query.limit - static_cast<int64_t>(dossiers.size());
    if (left <= 0) break;
    // '.' follows '-' in the order of bytes, so what begins with the id and '-' lies between.
    const std::string end = absl::StrCat(organisation.Text(0), ".");
    after = std::max(after, absl::StrCat(organisation.Text(0), "-"));
    if (after >= end) continue;
    ASSIGN_OR_RETURN(const db::Rows rows,
                     tx.Query(statement, {query.province_code, after, static_cast<int>(query.state),
                                          left, query.center, end}));
    AddDossiers(rows, dossiers);
    after = end;  // Ids may begin with another one: nothing is listed twice.
  }
  return absl::OkStatus();
}

absl::Status ListProvinceByCode(db::Tx& tx, const DossierQuery& query,
                                std::vector<Dossier>& dossiers) {
  const db::Statement& statement = WaitsAtCounter(query.state) ? kListAtCounterByCode : kListByCode;
  ASSIGN_OR_RETURN(const db::Rows rows,
                   tx.Query(statement, {query.province_code, query.after_code,
                                        static_cast<int>(query.state), query.limit}));
  AddDossiers(rows, dossiers);
  return absl::OkStatus();
}

constexpr OverduePart kOverdueParts[] = {OverduePart::kSentBack, OverduePart::kRuns,
                                         OverduePart::kStopped};

// No filter on the number of supplement requests: more than anybody has made.
constexpr int64_t kSupplementRequestsAny = 1'000'000;

// Open dossiers with at most `supplement_requests_max` requests.
absl::Status ListOpen(db::Tx& tx, const DossierQuery& query, int64_t supplement_requests_max,
                      std::vector<Dossier>& dossiers) {
  std::vector<db::Value> values = {
      query.province_code, query.after_code,   static_cast<int>(query.state),
      query.limit,         query.after_due_us, supplement_requests_max};
  const db::Statement* statement = &kListByDue;
  if (!query.body_unit.empty() || !query.assignee.empty()) {
    statement = &kListBodyByDue;
    values.insert(values.end(), {query.body_unit, query.center, static_cast<int>(query.body_line),
                                 static_cast<int>(query.body_level), query.lies_in});
    if (!query.assignee.empty()) {
      statement = &kListPostByDue;
      values.emplace_back(query.assignee);
    }
  } else if (!query.center.empty()) {
    statement = &kListCenterByDue;
    values.emplace_back(query.center);
  }
  ASSIGN_OR_RETURN(const db::Rows rows, tx.Query(*statement, db::Values(values)));
  AddDossiers(rows, dossiers);
  return absl::OkStatus();
}

absl::Status ListPart(db::Tx& tx, const DossierQuery& query, std::vector<Dossier>& dossiers) {
  if (query.part == OverduePart::kRuns) {
    return ListOpen(tx, query, kSupplementRequestsOnTime, dossiers);
  }
  const db::Statement& statement =
      query.part == OverduePart::kSentBack ? kListSentBack : kListStopped;
  ASSIGN_OR_RETURN(
      const db::Rows rows,
      tx.Query(statement, {query.province_code, query.after_code, static_cast<int>(query.state),
                           query.limit, query.after_due_us, query.center, query.body_unit,
                           static_cast<int>(query.body_line), static_cast<int>(query.body_level),
                           query.assignee, query.lies_in}));
  AddDossiers(rows, dossiers);
  return absl::OkStatus();
}

// A page may hold the end of one part and the beginning of the next.
absl::Status ListOverdueFirst(db::Tx& tx, DossierQuery query, std::vector<Dossier>& dossiers) {
  const int limit = query.limit;
  for (const OverduePart part : kOverdueParts) {
    if (part < query.part) continue;
    if (part > query.part) {
      query.part = part;
      query.after_due_us = 0;
      query.after_code.clear();
    }
    RETURN_IF_ERROR(ListPart(tx, query, dossiers));
    query.limit = limit - static_cast<int>(dossiers.size());
    if (query.limit == 0) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace

OverduePart PartOf(const Dossier& dossier) {
  if (dossier.supplement_requests > kSupplementRequestsOnTime) return OverduePart::kSentBack;
  const bool in_time =
      dossier.pause_time && dossier.due_time && *dossier.pause_time <= *dossier.due_time;
  return in_time ? OverduePart::kStopped : OverduePart::kRuns;
}

absl::StatusOr<std::vector<Dossier>> ListDossiers(db::Tx& tx, const DossierQuery& query) {
  std::vector<Dossier> dossiers;
  switch (query.order) {
    case DossierOrder::kCode:
      if (!query.center.empty()) {
        RETURN_IF_ERROR(ListCenterByCode(tx, query, dossiers));
        return dossiers;
      }
      RETURN_IF_ERROR(ListProvinceByCode(tx, query, dossiers));
      return dossiers;
    case DossierOrder::kDueTime:
      RETURN_IF_ERROR(ListOpen(tx, query, kSupplementRequestsAny, dossiers));
      return dossiers;
    case DossierOrder::kOverdueFirst:
      RETURN_IF_ERROR(ListOverdueFirst(tx, query, dossiers));
      return dossiers;
  }
  return dossiers;
}

absl::StatusOr<std::vector<Dossier>> ListDossiers(db::Tx& tx, DossierQuery query,
                                                  absl::Span<const std::string> provinces) {
  const std::string host_code = query.province_code;
  std::vector<Dossier> all;
  for (const std::string& province_code : provinces) {
    query.province_code = province_code;
    query.lies_in = province_code == host_code ? "" : absl::StrCat("provinces/", host_code, "/");
    ASSIGN_OR_RETURN(std::vector<Dossier> dossiers, ListDossiers(tx, query));
    std::move(dossiers.begin(), dossiers.end(), std::back_inserter(all));
  }
  if (provinces.size() > 1) MakePage(query, all);
  return all;
}

void MakePage(const DossierQuery& query, std::vector<Dossier>& dossiers) {
  const bool by_part = query.order == DossierOrder::kOverdueFirst;
  const bool by_due = query.order != DossierOrder::kCode;
  // A code is given once in the country.
  const auto key = [&](const Dossier& dossier) {
    return std::tuple(by_part ? PartOf(dossier) : OverduePart::kSentBack,
                      by_due ? *dossier.due_time : absl::InfinitePast(),
                      absl::string_view(dossier.code));
  };
  const auto last = std::tuple(
      query.part, by_due ? absl::FromUnixMicros(query.after_due_us) : absl::InfinitePast(),
      absl::string_view(query.after_code));
  std::erase_if(dossiers, [&](const Dossier& dossier) { return key(dossier) <= last; });
  std::sort(dossiers.begin(), dossiers.end(),
            [&](const Dossier& a, const Dossier& b) { return key(a) < key(b); });
  dossiers.resize(std::min(dossiers.size(), static_cast<size_t>(query.limit)));
}

}  // namespace twotier::routing::store
