#include "services/budget/handlers/reference.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/feed/feed.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "common/units/snapshot_state.h"
#include "services/budget/convert.h"
#include "services/budget/domain/account.h"
#include "services/budget/reference_convert.h"
#include "services/budget/store/reference_store.h"

namespace twotier::budget::handlers {
namespace {

absl::Status NotLoaded() {
  return error::WithReason(absl::StatusCode::kFailedPrecondition,
                           "no reference data of public finance were imported",
                           "REFERENCE_NOT_LOADED");
}

// Rows of a file and how often each stands there.
std::map<absl::string_view, int64_t> RowsOf(absl::string_view content) {
  std::map<absl::string_view, int64_t> rows;
  bool header = true;
  for (const absl::string_view line : absl::StrSplit(content, '\n', absl::SkipEmpty())) {
    if (!header) ++rows[line];
    header = false;
  }
  return rows;
}

// What makes `before` into `after`.
v1::ReferenceFileEffect EffectOf(const std::string& file_name, absl::string_view before,
                                 absl::string_view after) {
  v1::ReferenceFileEffect effect;
  effect.set_file_name(file_name);
  std::map<absl::string_view, int64_t> change;
  for (const auto& [row, count] : RowsOf(after)) {
    change[row] += count;
    effect.set_rows(effect.rows() + count);
  }
  for (const auto& [row, count] : RowsOf(before)) change[row] -= count;
  for (const auto& [row, count] : change) {
    if (count > 0) effect.set_rows_added(effect.rows_added() + count);
    if (count < 0) effect.set_rows_removed(effect.rows_removed() - count);
  }
  return effect;
}

absl::Status AppendImported(db::Tx& tx, const Call& call, store::ReferenceHead& head,
                            const v1::ImportReferenceDataResponse& body) {
  feed::Event event;
  event.subject = std::string(kReferenceSubject);
  event.version = head.version;
  event.kind = "reference.imported";
  event.body = body.SerializeAsString();
  event.previous_hash = head.chain_hash;
  ASSIGN_OR_RETURN(head.chain_hash, feed::Append(tx, call, event));
  return store::InsertReferenceHead(tx, head, call.now);
}

// The code on the day on which the budget year begins, or the unit's first one: shares are set for
// the whole year.
absl::StatusOr<std::string> CodeOf(const units::Units& units, const std::string& unit, int year) {
  const units::UnitRecord* record = units.FindUnit(unit);
  if (record == nullptr) {
    return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no unit is ", unit),
                             "UNIT_NOT_FOUND", {{"unit", unit}});
  }
  const units::UnitVersion* version = record->On(absl::CivilDay(year, 1, 1));
  return version == nullptr ? record->versions.front().code : version->code;
}

// What the classification calls a segment of the Treasury's code.
const ClassificationCode* MeaningOf(const Reference& reference, absl::string_view segment,
                                    absl::string_view digits, int year) {
  constexpr std::pair<absl::string_view, Segment> kSame[] = {{"budget_level", Segment::kLevel},
                                                             {"chapter", Segment::kChapter},
                                                             {"sector", Segment::kTypeItem},
                                                             {"economic_content", Segment::kItem},
                                                             {"source", Segment::kSource}};
  for (const auto& [name, in_classification] : kSame) {
    if (name != segment) continue;
    const auto* found = reference.classification.Find(in_classification, digits, year);
    // The economic content is an item or one of its sub-items.
    const bool again = found == nullptr && in_classification == Segment::kItem;
    return again ? reference.classification.Find(Segment::kSubItem, digits, year) : found;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Snapshot>> ReferencedSnapshot(const Env& env, db::Tx& tx) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Snapshot> snapshot, CurrentSnapshot(*env.snapshots, tx));
  if (snapshot->reference != nullptr) return snapshot;
  return NotLoaded();
}

absl::StatusOr<std::shared_ptr<const Reference>> ReferenceIn(const Env& env, db::Tx& tx) {
  std::shared_ptr<const Reference> reference = env.snapshots->Get()->reference;
  ASSIGN_OR_RETURN(const store::ReferenceHead head, store::LoadReferenceHead(tx));
  if (reference == nullptr || reference->version != head.version) {
    ASSIGN_OR_RETURN(reference, store::LoadReference(tx, head.version));
  }
  if (reference != nullptr) return reference;
  return NotLoaded();
}

void CheckBudgetYear(int budget_year, error::Violations& violations) {
  if (budget_year >= kFirstYear && budget_year <= kLastYear) return;
  violations.Add("budget_year",
                 absl::StrCat("must be a year from ", kFirstYear, " to ", kLastYear));
}

void CheckAct(const common::v1::LegalAct& act, error::Violations& violations) {
  constexpr size_t kNumberBytesMax = 128;
  if (act.number().empty() || act.number().size() > kNumberBytesMax) {
    violations.Add("act.number", "must have 1 to 128 bytes");
  }
}

std::string FileDigest(const v1::ReferenceFile& file) {
  Sha256 digest;
  digest.Prefixed(file.file_name());
  digest.Prefixed(file.content());
  return absl::BytesToHexString(digest.Finish());
}

absl::StatusOr<v1::ImportReferenceDataResponse> ImportReferenceData(
    const Env& env, const Call& call, const v1::ImportReferenceDataRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(store::ReferenceHead head, store::LoadReferenceHead(tx));
  ASSIGN_OR_RETURN(const ReferenceFiles before, store::LoadReferenceFiles(tx));
  ReferenceFiles after = before;
  for (const v1::ReferenceFile& file : request.files()) after[file.file_name()] = file.content();
  RowErrors errors;
  ReadReference(after, errors);
  RETURN_IF_ERROR(errors.ToStatus("IMPORT_ROW_INVALID"));

  v1::ImportReferenceDataResponse response;
  response.set_version(head.version);
  for (const v1::ReferenceFile& file : request.files()) {
    const auto held = before.find(file.file_name());
    const absl::string_view old = held == before.end() ? absl::string_view() : held->second;
    *response.add_files() = EffectOf(file.file_name(), old, file.content());
    RETURN_IF_ERROR(store::RecordReferenceImport(tx, FileDigest(file), call.now));
    if (held != before.end() && old == file.content()) continue;
    response.set_version(head.version + 1);
    RETURN_IF_ERROR(
        store::InsertReferenceFile(tx, head.version + 1, file.file_name(), file.content()));
  }
  if (response.version() == head.version) return response;
  head.version = response.version();
  RETURN_IF_ERROR(AppendImported(tx, call, head, response));
  RETURN_IF_ERROR(units::CountChange(tx));
  env.appended();
  return response;
}

void ValidateImportReferenceData(const v1::ImportReferenceDataRequest& request,
                                 error::Violations& violations) {
  const absl::Span<const absl::string_view> known = ReferenceFileNames();
  std::set<absl::string_view> seen;
  for (int i = 0; i < request.files_size(); ++i) {
    const std::string& name = request.files(i).file_name();
    const std::string field = absl::StrCat("files[", i, "].file_name");
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      violations.Add(field, absl::StrCat("must be one of ", absl::StrJoin(known, ", ")));
    } else if (!seen.insert(name).second) {
      violations.Add(field, "must not come twice");
    }
  }
}

absl::StatusOr<v1::ListClassificationResponse> ListClassification(
    const Env& env, const Call&, const v1::ListClassificationRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  const std::vector<const ClassificationCode*> codes = snapshot->reference->classification.Of(
      static_cast<Segment>(request.segment()), request.budget_year());
  // Pages are of one version of the data.
  const std::string query = absl::StrCat(rpc::QueryText(request), snapshot->reference->version);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open("ListClassification", query, request.page_token()));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  size_t begin = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &begin)) begin = codes.size();
  const size_t end = std::min(codes.size(), begin + size);
  v1::ListClassificationResponse response;
  for (size_t i = begin; i < end; ++i) ToProto(*codes[i], response.add_codes());
  if (end < codes.size()) {
    response.set_next_page_token(env.pages->Seal("ListClassification", query, absl::StrCat(end)));
  }
  return response;
}

void ValidateListClassification(const v1::ListClassificationRequest& request,
                                error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::ParseTreasuryCodeResponse> ParseTreasuryCode(
    const Env& env, const Call&, const v1::ParseTreasuryCodeRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  const Reference& reference = *snapshot->reference;
  ASSIGN_OR_RETURN(const TreasuryCode code, reference.treasury.Parse(request.code()));
  v1::ParseTreasuryCodeResponse response;
  response.set_formatted_code(TreasuryLayout::Format(code));
  response.set_proven(true);
  for (size_t i = 0; i < code.size(); ++i) {
    const TreasurySegment& segment = reference.treasury.segments()[i];
    v1::TreasuryCodeSegment* out = response.add_segments();
    out->set_segment(segment.name);
    out->set_display_name(segment.display_name);
    out->set_digits(code[i]);
    const ClassificationCode* meaning =
        MeaningOf(reference, segment.name, code[i], request.budget_year());
    if (meaning != nullptr) out->set_meaning(meaning->display_name);
    if (!segment.source.proven) response.set_proven(false);
  }
  return response;
}

absl::StatusOr<v1::GetSharedTaxesResponse> GetSharedTaxes(const Env& env, const Call&,
                                                          const v1::GetSharedTaxesRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  ASSIGN_OR_RETURN(const std::string code,
                   CodeOf(*snapshot->units, request.unit(), request.budget_year()));
  v1::GetSharedTaxesResponse response;
  for (const TaxShare& share : snapshot->reference->tax_shares) {
    if (share.unit_code != code || share.budget_year != request.budget_year()) continue;
    ToProto(share, response.add_shares());
    if (request.collected_vnd() == 0 || !share.applies) continue;
    const SplitAmount split = Split(share, request.collected_vnd());
    v1::TaxSplit* out = response.add_splits();
    out->set_tax(static_cast<v1::SharedTax>(share.tax));
    out->set_central_vnd(split.central_vnd);
    out->set_province_vnd(split.province_vnd);
    out->set_commune_vnd(split.commune_vnd);
  }
  if (!response.shares().empty()) return response;
  return error::WithReason(
      absl::StatusCode::kNotFound,
      absl::StrCat("no shares of ", request.unit(), " are known for ", request.budget_year()),
      "TAX_SHARES_NOT_FOUND",
      {{"unit", request.unit()}, {"budget_year", absl::StrCat(request.budget_year())}});
}

void ValidateGetSharedTaxes(const v1::GetSharedTaxesRequest& request,
                            error::Violations& violations) {
  if (request.collected_vnd() < 0) violations.Add("collected_vnd", "must not be negative");
}

absl::StatusOr<v1::ListCompetenciesResponse> ListCompetencies(
    const Env& env, const Call&, const v1::ListCompetenciesRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  v1::ListCompetenciesResponse response;
  for (const Competency& rule : snapshot->reference->competencies) {
    const bool asked = request.level() == v1::GOVERNMENT_LEVEL_UNSPECIFIED ||
                       static_cast<int>(rule.level) == static_cast<int>(request.level());
    if (asked && rule.years.Has(request.budget_year())) {
      ToProto(rule, response.add_competencies());
    }
  }
  return response;
}

absl::StatusOr<v1::ListLimitsResponse> ListLimits(const Env& env, const Call&,
                                                  const v1::ListLimitsRequest& request,
                                                  db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  v1::ListLimitsResponse response;
  for (const LimitRule& rule : snapshot->reference->limits.rules()) {
    if (rule.years.Has(request.budget_year())) ToProto(rule, response.add_limits());
  }
  for (const CarryRule& rule : snapshot->reference->carry_rules) {
    if (rule.years.Has(request.budget_year())) ToProto(rule, response.add_carry_rules());
  }
  return response;
}

absl::StatusOr<v1::ListRelationCodesResponse> ListRelationCodes(
    const Env& env, const Call& call, const v1::ListRelationCodesRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const auto snapshot, ReferencedSnapshot(env, tx));
  const int year = static_cast<int>(VietnamDay(call.now).year());
  ASSIGN_OR_RETURN(const std::string code, CodeOf(*snapshot->units, request.unit(), year));
  v1::ListRelationCodesResponse response;
  for (const RelationCode& each : snapshot->reference->relation_codes) {
    if (each.unit_code == code) ToProto(each, response.add_codes());
  }
  return response;
}

}  // namespace twotier::budget::handlers
