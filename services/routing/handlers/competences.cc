#include "services/routing/handlers/competences.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/status_macros.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/routing/convert.h"
#include "services/routing/domain/competence_report.h"
#include "services/routing/handlers/as_of.h"
#include "services/routing/handlers/catalogue_version.h"

namespace twotier::routing::handlers {
namespace {

// What ListCompetences asks of one procedure: who decides it in the unit on the date, and, where it
// is to be compared, on the other one.
class CompetenceLines {
 public:
  CompetenceLines(const Snapshot& snapshot, const v1::ListCompetencesRequest& request,
                  absl::CivilDay day)
      : snapshot_(snapshot),
        unit_(*snapshot.units->FindUnit(request.unit())),
        day_(day),
        compare_(request.has_differs_from()),
        other_(compare_ ? FromProto(request.differs_from()) : day) {}

  // One line for each case, in their order; nothing for what does not belong into the list.
  std::vector<v1::CompetenceLine> Of(const CatalogueEntry& entry) const {
    std::set<std::string> cases = CasesOn(entry, day_);
    if (compare_) cases.merge(CasesOn(entry, other_));
    std::vector<v1::CompetenceLine> lines;
    for (const std::string& case_key : cases) {
      v1::CompetenceLine line = LineOf(entry, case_key);
      if (!compare_ || !SameOnBoth(line)) lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  std::string ProvinceOn(absl::CivilDay day) const {
    const UnitVersion* version = unit_.On(day);
    return version == nullptr ? "" : version->province_code;
  }

  // Cases that have an answer on the day; the empty one stands for a procedure without any. None:
  // it is not routed.
  std::set<std::string> CasesOn(const CatalogueEntry& entry, absl::CivilDay day) const {
    const std::string province_code = ProvinceOn(day);
    const ProcedureVersion* version = entry.In(province_code, day);
    if (version == nullptr || !entry.Routed(*version, province_code, day)) return {};
    const std::vector<std::string> cases = entry.CasesOf(*version, province_code, day);
    return {cases.begin(), cases.end()};
  }

  absl::StatusOr<Competence> Ask(const CatalogueEntry& entry, absl::string_view case_key,
                                 absl::CivilDay day) const {
    CompetenceQuery query;
    query.procedure_code = entry.code;
    query.unit = unit_.name;
    query.as_of = day;
    query.case_key = case_key;
    return ResolveBody(*snapshot_.catalogue, *snapshot_.units, query);
  }

  v1::CompetenceLine LineOf(const CatalogueEntry& entry, const std::string& case_key) const {
    v1::CompetenceLine line;
    line.set_procedure_code(entry.code);
    line.set_case_key(case_key);
    const absl::CivilDay last = std::max(day_, other_);
    const ProcedureVersion* version = entry.In(ProvinceOn(last), last);
    if (version != nullptr) line.set_display_name(version->procedure.display_name);
    const absl::StatusOr<Competence> now = Ask(entry, case_key, day_);
    if (now.ok()) {
      ToProto(now->body, line.mutable_competent_body());
      line.set_basis(static_cast<v1::AssignmentBasis>(
          now->assignment == nullptr ? AssignmentBasis::kLaw : now->assignment->basis));
    } else if (const auto reason = error::ReasonOf(now.status()); reason.has_value()) {
      line.set_reason(reason->reason);
    }
    if (!compare_) return line;
    const absl::StatusOr<Competence> then = Ask(entry, case_key, other_);
    if (then.ok()) {
      ToProto(then->body, line.mutable_former_body());
    } else if (const auto reason = error::ReasonOf(then.status()); reason.has_value()) {
      line.set_former_reason(reason->reason);
    }
    return line;
  }

  static bool SameOnBoth(const v1::CompetenceLine& line) {
    return line.reason() == line.former_reason() &&
           google::protobuf::util::MessageDifferencer::Equals(line.competent_body(),
                                                              line.former_body());
  }

  const Snapshot& snapshot_;
  const UnitRecord& unit_;
  const absl::CivilDay day_;
  const bool compare_;
  const absl::CivilDay other_;
};

void ToProto(const std::string& ministry, const DecentralizationLine& line,
             v1::DecentralizationLine* out) {
  const auto count = [&line](Level level) {
    const auto it = line.by_level.find(level);
    return it == line.by_level.end() ? 0 : it->second;
  };
  out->set_ministry(ministry);
  out->set_procedures(line.procedures);
  out->set_at_ministry(count(Level::kMinistry));
  out->set_at_province(count(Level::kProvince));
  out->set_at_commune(count(Level::kCommune));
  out->set_at_province_or_commune(count(Level::kProvinceOrCommune));
  out->set_at_ministry_or_local(count(Level::kMinistryOrLocal));
  out->set_not_proven(count(Level::kUnknown));
  out->set_ministry_ppm(line.MinistryPpm());
}

}  // namespace

absl::StatusOr<v1::ListCompetencesResponse> ListCompetences(
    const Env& env, const Call& call, const v1::ListCompetencesRequest& request, db::Tx* tx) {
  constexpr absl::string_view kMethod = "ListCompetences";
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot, SnapshotFor(env, request, tx));
  RETURN_IF_ERROR(RequireUnits(*snapshot->units));
  if (snapshot->units->FindUnit(request.unit()) == nullptr) return UnitNotFound(request.unit());
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const PageOfDay page, OpenPage(*env.pages, kMethod, query, request, call));
  const auto& [day, after] = page;
  v1::ListCompetencesResponse response;
  routing::ToProto(day, response.mutable_as_of());
  response.set_catalogue_version(snapshot->catalogue_version);
  const CompetenceLines lines(*snapshot, request, day);
  // In the order of the entries and of their cases, as a text.
  const auto key_of = [](const v1::CompetenceLine& line) {
    return absl::StrCat(line.procedure_code(), " ", line.case_key());
  };
  for (const CatalogueEntry* entry : snapshot->catalogue->entries()) {
    if (absl::StrCat(entry->code, "!") <= after) continue;  // '!' follows the space.
    for (v1::CompetenceLine& line : lines.Of(*entry)) {
      if (key_of(line) <= after) continue;
      if (response.lines_size() == size) {
        response.set_next_page_token(
            SealPage(*env.pages, kMethod, query, day, key_of(response.lines(size - 1))));
        return response;
      }
      *response.add_lines() = std::move(line);
    }
  }
  return response;
}

void ValidateListCompetences(const v1::ListCompetencesRequest& request,
                             error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
}

absl::StatusOr<v1::CheckCoverageResponse> CheckCoverage(const Env& env, const Call& call,
                                                        const v1::CheckCoverageRequest& request,
                                                        db::Tx& tx) {
  // That nothing is wrong with no units at all would be no proof: it asks what is committed.
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                   CurrentSnapshot(*env.snapshots, tx));
  const absl::CivilDay day = AsOf(request, call);
  const CoverageReport report =
      routing::CheckCoverage(*snapshot->catalogue, *snapshot->units, request.province_code(), day);
  v1::CheckCoverageResponse response;
  response.set_procedures(report.procedures);
  response.set_units(report.units);
  response.set_questions(report.questions);
  response.set_holes(report.holes);
  response.set_overlaps(report.overlaps);
  response.set_catalogue_version(snapshot->catalogue_version);
  for (const CoverageFault& fault : report.faults) {
    v1::CoverageFault* out = response.add_faults();
    out->set_procedure_code(fault.procedure_code);
    out->set_unit(fault.unit);
    out->set_case_key(fault.case_key);
    out->set_reason(fault.reason);
  }
  routing::ToProto(day, response.mutable_as_of());
  return response;
}

absl::StatusOr<v1::GetDecentralizationResponse> GetDecentralization(
    const Env& env, const Call& call, const v1::GetDecentralizationRequest& request) {
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  const absl::CivilDay day = AsOf(request, call);
  const Decentralization levels = CountLevels(*snapshot->catalogue, request.province_code(), day);
  v1::GetDecentralizationResponse response;
  ToProto("", levels.total, response.mutable_total());
  for (const auto& [ministry, line] : levels.by_ministry) {
    ToProto(ministry, line, response.add_by_ministry());
  }
  routing::ToProto(day, response.mutable_as_of());
  return response;
}

}  // namespace twotier::routing::handlers
