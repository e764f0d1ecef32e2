#include "services/routing/handlers/dossier_import.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/feed/feed.h"
#include "common/organisation_id.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/alarm.h"
#include "services/routing/domain/dossier_code.h"
#include "services/routing/domain/dossier_import.h"
#include "services/routing/handlers/dossiers.h"
#include "services/routing/handlers/import_plan.h"
#include "services/routing/store/alarm_store.h"
#include "services/routing/store/dossier_store.h"
#include "services/routing/store/import_store.h"

namespace twotier::routing::handlers {
namespace {

// The counters of a center for the days that an import touches.
class Numbers {
 public:
  Numbers(const CenterRecord& center, db::Tx& tx) : center_(center), tx_(tx) {}

  // `number` of `day` is given away.
  absl::Status Keep(const DossierCode& code) {
    ASSIGN_OR_RETURN(int64_t * last, LastOf(code.day));
    *last = std::max(*last, code.number);
    organisations_.insert(code.organisation_id);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> NextCode(const std::string& organisation_id, absl::CivilDay day) {
    ASSIGN_OR_RETURN(int64_t * last, LastOf(day));
    organisations_.insert(organisation_id);
    return FormatDossierCode(organisation_id, day, ++*last);
  }

  absl::Status Store() {
    for (const auto& [day, last] : last_) {
      RETURN_IF_ERROR(store::StoreLastNumber(tx_, center_.province_code, center_.name, day, last));
    }
    for (const std::string& id : organisations_) {
      RETURN_IF_ERROR(store::AddOrganisation(tx_, center_.province_code, center_.name, id));
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<int64_t*> LastOf(absl::CivilDay day) {
    const auto [it, added] = last_.try_emplace(day);
    if (added) {
      ASSIGN_OR_RETURN(it->second,
                       store::LastNumber(tx_, center_.province_code, center_.name, day));
    }
    return &it->second;
  }

  const CenterRecord& center_;
  db::Tx& tx_;
  std::map<absl::CivilDay, int64_t> last_;
  std::set<std::string> organisations_;
};

// The codes that are kept first, so that no number that one of them has is given to another.
absl::Status NumberAll(const ImportBasis& basis, db::Tx& tx, std::vector<PlannedDossier>& planned) {
  Numbers numbers(*basis.center, tx);
  for (const PlannedDossier& one : planned) {
    if (one.kept) RETURN_IF_ERROR(numbers.Keep(*one.kept));
  }
  const absl::CivilDay today = VietnamDay(basis.call.now);
  for (PlannedDossier& one : planned) {
    if (one.kept || one.unchanged) continue;
    ASSIGN_OR_RETURN(one.dossier.code,
                     numbers.NextCode(basis.center->On(today)->organisation_id, today));
  }
  return numbers.Store();
}

std::string BodyOf(const ImportBasis& basis, const v1::ImportedRecord& record,
                   const Dossier& dossier, const std::string& applicant_digest) {
  v1::DossierEventBody body;
  body.set_time_us(absl::ToUnixMicros(basis.call.now));
  body.set_principal(basis.call.principal.name);
  body.set_state(static_cast<v1::DossierState>(dossier.state));
  if (dossier.due_time) {
    body.set_due_time_us(absl::ToUnixMicros(*dossier.due_time));
    ToProto(VietnamDay(basis.call.now), body.mutable_calendar_date());
  }
  if (dossier.answer_by) body.set_answer_by_us(absl::ToUnixMicros(*dossier.answer_by));
  body.set_note(absl::StrCat(record.external_code(), " of ", basis.request.source_system()));
  body.set_center(dossier.center);
  body.set_procedure_code(dossier.procedure_code);
  body.set_procedure_version(dossier.procedure_version);
  body.set_case_key(dossier.case_key);
  body.set_unit(dossier.unit);
  body.set_applicant_digest(applicant_digest);
  body.set_owning_system(dossier.owning_system);
  body.set_account_verified(dossier.account_verified);
  body.set_source_system(basis.request.source_system());
  TellComponents(dossier.components, &body);
  *body.mutable_imported() = record;
  return body.SerializeAsString();
}

absl::Status Write(const Env& env, const ImportBasis& basis, int index, db::Tx& tx,
                   PlannedDossier& planned) {
  const v1::ImportedDossier& given = basis.request.dossiers(index);
  Dossier& dossier = planned.dossier;
  const std::string digest = DigestOf(env, given.applicant());
  feed::Event event;
  event.province_code = dossier.province_code;
  event.subject = dossier.Name();
  event.version = dossier.version;
  event.kind = std::string(kEntryKindImported);
  event.body = BodyOf(basis, given.record(), dossier, digest);
  ASSIGN_OR_RETURN(dossier.chain_hash, feed::Append(tx, basis.call, event, index));
  RETURN_IF_ERROR(store::InsertImported(tx, dossier, planned.external_key,
                                        basis.request.source_system(), digest));
  RETURN_IF_ERROR(store::InsertApplicant(tx, dossier.province_code, dossier.applicant_ref,
                                         FromProto(given.applicant())));
  for (const std::optional<Alarm>& alarm :
       {AlarmAtOnce(dossier, basis.call.now), SilenceAtOnce(dossier, basis.call.now)}) {
    if (alarm) RETURN_IF_ERROR(store::InsertAlarm(tx, *alarm).status());
  }
  return absl::OkStatus();
}

void Tell(const ImportBasis& basis, const std::vector<PlannedDossier>& planned,
          v1::ImportDossiersResponse& response) {
  for (const PlannedDossier& one : planned) {
    v1::ImportResult* result = response.add_results();
    result->set_external_code(one.dossier.external_code);
    result->set_outcome(one.unchanged ? v1::IMPORT_OUTCOME_UNCHANGED : v1::IMPORT_OUTCOME_ADDED);
    *result->mutable_dossier() = ToProto(one.dossier, basis.call.now);
    result->set_due_differs(one.dossier.source_due_time &&
                            DueDiffers(one.dossier, *one.dossier.source_due_time));
    response.set_added(response.added() + (one.unchanged ? 0 : 1));
    response.set_unchanged(response.unchanged() + (one.unchanged ? 1 : 0));
    response.set_due_differences(response.due_differences() + (result->due_differs() ? 1 : 0));
  }
}

}  // namespace

absl::StatusOr<v1::ImportDossiersResponse> ImportDossiers(const Env& env, const Call& call,
                                                          const v1::ImportDossiersRequest& request,
                                                          db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> snapshot,
                   CurrentSnapshot(*env.snapshots, tx));
  const CenterRecord* center = snapshot->units->FindCenter(request.center());
  if (center == nullptr) return CenterNotFound(request.center());
  const ImportBasis basis{call, request, snapshot, center};
  ASSIGN_OR_RETURN(std::vector<PlannedDossier> planned, PlanImport(basis, tx));
  RETURN_IF_ERROR(NumberAll(basis, tx, planned));
  for (size_t i = 0; i < planned.size(); ++i) {
    if (planned[i].unchanged) continue;
    RETURN_IF_ERROR(Write(env, basis, static_cast<int>(i), tx, planned[i]));
  }
  env.appended();
  v1::ImportDossiersResponse response;
  Tell(basis, planned, response);
  return response;
}

void ValidateImportDossiers(const v1::ImportDossiersRequest& request,
                            error::Violations& violations) {
  if (rpc::ProvinceOf(request.source_system()) != rpc::ProvinceOf(request.center())) {
    violations.Add("source_system", "must be a system of the province of center");
  }
  std::set<std::string> seen;
  for (int i = 0; i < request.dossiers_size(); ++i) {
    const std::string& code = request.dossiers(i).record().external_code();
    if (!code.empty() && !seen.insert(CodeLeftToRight(code)).second) {
      violations.Add(absl::StrCat("dossiers[", i, "].record.external_code"),
                     "must not stand in the request twice");
    }
  }
}

}  // namespace twotier::routing::handlers
