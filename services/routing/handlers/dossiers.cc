#include "services/routing/handlers/dossiers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/feed/feed.h"
#include "common/feed/watch_source.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "common/units/snapshot_state.h"
#include "services/routing/convert.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/dossier_code.h"
#include "services/routing/domain/requirements.h"
#include "services/routing/handlers/entries.h"
#include "services/routing/handlers/places.h"
#include "services/routing/store/dossier_store.h"

namespace twotier::routing::handlers {
namespace {

// What a submission rests on.
struct Decision {
  Competence competence;
  const CenterRecord* center = nullptr;
  const CenterVersion* center_version = nullptr;
};

// What the version demands of what is handed in; most versions state nothing.
absl::Status CheckDemands(const Requirements& requirements,
                          const v1::SubmitDossierRequest& request) {
  RETURN_IF_ERROR(CheckChannel(requirements, request.channel()));
  if (requirements.components.empty()) return absl::OkStatus();
  std::vector<HandedIn> handed_in;
  for (const v1::Component& component : request.components()) {
    handed_in.push_back({text::Fold(component.title()), component.data_reused()});
  }
  return CheckComponents(requirements, request.case_key(), handed_in);
}

absl::StatusOr<Decision> Decide(const Catalogue& catalogue, const Register& units,
                                const v1::SubmitDossierRequest& request, absl::CivilDay today) {
  CompetenceQuery query;
  query.procedure_code = request.procedure_code();
  query.unit = request.unit();
  query.as_of = today;
  query.case_key = request.case_key();
  Decision decision;
  ASSIGN_OR_RETURN(decision.competence, ResolveCompetence(catalogue, units, query));
  RETURN_IF_ERROR(CheckReception(units, decision.competence, request.center(), today));
  RETURN_IF_ERROR(CheckDemands(decision.competence.procedure->procedure.requirements, request));
  const std::string& returns = request.return_center();
  if (!returns.empty()) {
    RETURN_IF_ERROR(OperatingCenter(units.FindCenter(returns), returns, today).status());
  }
  decision.center = units.FindCenter(request.center());
  decision.center_version = decision.center->On(today);
  return decision;
}

Dossier NewDossier(const Call& call, const v1::SubmitDossierRequest& request,
                   const Decision& decision, int64_t number) {
  const Competence& competence = decision.competence;
  Dossier dossier;
  dossier.province_code = decision.center->province_code;
  dossier.code =
      FormatDossierCode(decision.center_version->organisation_id, VietnamDay(call.now), number);
  dossier.state = DossierState::kRegistered;
  dossier.procedure_code = request.procedure_code();
  dossier.procedure_version = competence.procedure->version;
  dossier.unit = competence.unit->name;
  dossier.center = request.center();
  dossier.return_center =
      request.return_center().empty() ? request.center() : request.return_center();
  dossier.body = competence.body;
  dossier.channel = request.channel();
  dossier.applicant_kind = request.applicant().kind();
  dossier.applicant_ref = call.new_id;
  dossier.components = PackComponents(request.components());
  dossier.case_key = request.case_key();
  dossier.term = competence.term();
  dossier.submit_time = call.now;
  dossier.owning_system = request.owning_system();
  dossier.account_verified = request.applicant().account_verified();
  dossier.support_center = request.support_center();
  dossier.version = 1;
  return dossier;
}

// The first entry of the timeline. Returns its hash.
absl::StatusOr<std::string> AppendSubmitted(db::Tx& tx, const Call& call, const Dossier& dossier,
                                            const std::string& applicant_digest) {
  v1::DossierEventBody body = EntryBody(call, dossier, /*note=*/"");
  body.set_center(dossier.center);
  body.set_procedure_code(dossier.procedure_code);
  body.set_procedure_version(dossier.procedure_version);
  body.set_case_key(dossier.case_key);
  body.set_unit(dossier.unit);
  body.set_applicant_digest(applicant_digest);
  body.set_owning_system(dossier.owning_system);
  body.set_account_verified(dossier.account_verified);
  body.set_support_center(dossier.support_center);
  if (dossier.return_center != dossier.center) body.set_return_center(dossier.return_center);
  TellComponents(dossier.components, &body);
  body.set_channel(static_cast<v1::Channel>(dossier.channel));
  body.set_applicant_kind(static_cast<v1::ApplicantKind>(dossier.applicant_kind));
  return AppendFirstEntry(tx, call, dossier, kEntryKindSubmitted, body);
}

// A decision on what this transaction sees, and the number that it took. `basis` keeps what the
// decision points to.
struct Numbered {
  std::shared_ptr<const Snapshot> basis;
  Decision decision;
  int64_t number = 0;
};

store::DecidedOn StateOf(const Snapshot& snapshot) {
  return {snapshot.replica_id, snapshot.units_change, snapshot.catalogue_version};
}

// nullopt: `basis` is not what the transaction sees; nothing was taken. A refusal is only looked at
// when `basis` is current, so none that rests on old memory is remembered.
absl::StatusOr<std::optional<Numbered>> TryOn(std::shared_ptr<const Snapshot> basis,
                                              const Call& call,
                                              const v1::SubmitDossierRequest& request, db::Tx& tx) {
  const absl::CivilDay today = VietnamDay(call.now);
  absl::StatusOr<Decision> decision = Decide(*basis->catalogue, *basis->units, request, today);
  if (!decision.ok()) {
    ASSIGN_OR_RETURN(const int64_t change, units::LoadChange(tx));
    if (change != basis->change) return std::optional<Numbered>();
    return decision.status();
  }
  ASSIGN_OR_RETURN(
      const std::optional<int64_t> number,
      store::TakeNumber(tx, *decision->center, decision->center_version->organisation_id,
                        StateOf(*basis), today));
  if (!number) return std::optional<Numbered>();
  return std::optional<Numbered>({std::move(basis), *std::move(decision), *number});
}

// Memory is asked first; when what the decision rests on has moved on since, it is made again on
// the rows that this transaction sees, once: they do not change under it. With the number only the
// row of the center that receives is looked at: where another one returns the result, memory is
// asked only while nothing at all has changed.
absl::StatusOr<Numbered> DecideAndNumber(std::shared_ptr<const Snapshot> memory, const Call& call,
                                         const v1::SubmitDossierRequest& request, db::Tx& tx) {
  std::optional<Numbered> numbered;
  bool ask_memory = request.return_center().empty();
  if (!ask_memory) {
    ASSIGN_OR_RETURN(const int64_t change, units::LoadChange(tx));
    ask_memory = change == memory->change;
  }
  if (ask_memory) {
    ASSIGN_OR_RETURN(numbered, TryOn(memory, call, request, tx));
  }
  if (numbered) return *std::move(numbered);
  ASSIGN_OR_RETURN(
      const std::shared_ptr<const Snapshot> fresh,
      LoadForSubmission(tx, *memory, request.procedure_code(), request.unit(), request.center()));
  ASSIGN_OR_RETURN(numbered, TryOn(fresh, call, request, tx));
  if (numbered) return *std::move(numbered);
  return error::WithReason(
      absl::StatusCode::kInternal,
      absl::StrCat("the replica of ", request.center(), " changed within one transaction"),
      "BROKEN_INVARIANT", {{"center", request.center()}});
}

// Whoever helped is a center that is known, whether it operates today or not.
absl::Status CheckSupport(const Env& env, const v1::SubmitDossierRequest& request, db::Tx& tx) {
  const std::string& name = request.support_center();
  if (name.empty() || env.snapshots->Get()->units->FindCenter(name) != nullptr) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> current,
                   CurrentSnapshot(*env.snapshots, tx));
  if (current->units->FindCenter(name) != nullptr) return absl::OkStatus();
  return CenterNotFound(name);
}

}  // namespace

absl::Status DossierNotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no dossier is ", name),
                           "DOSSIER_NOT_FOUND", {{"dossier", std::string(name)}});
}

std::string DigestOf(const Env& env, const v1::Applicant& applicant) {
  std::string text;
  for (const std::string* part : {&applicant.full_name(), &applicant.identity_number(),
                                  &applicant.phone(), &applicant.address()}) {
    absl::StrAppend(&text, part->size(), ":", *part);
  }
  absl::StrAppend(&text, applicant.kind());
  return Hmac(env.applicant_salt, text);
}

absl::StatusOr<v1::SubmitDossierResponse> SubmitDossier(const Env& env, const Call& call,
                                                        const v1::SubmitDossierRequest& request,
                                                        db::Tx& tx) {
  RETURN_IF_ERROR(CheckSupport(env, request, tx));
  ASSIGN_OR_RETURN(const Numbered numbered,
                   DecideAndNumber(env.snapshots->Get(), call, request, tx));
  Dossier dossier = NewDossier(call, request, numbered.decision, numbered.number);
  const std::string digest = DigestOf(env, request.applicant());
  ASSIGN_OR_RETURN(dossier.chain_hash, AppendSubmitted(tx, call, dossier, digest));
  RETURN_IF_ERROR(store::InsertDossier(tx, dossier, digest));
  RETURN_IF_ERROR(store::InsertApplicant(tx, dossier.province_code, dossier.applicant_ref,
                                         FromProto(request.applicant())));
  env.appended();
  v1::SubmitDossierResponse response;
  *response.mutable_dossier() = ToProto(dossier, call.now);
  return response;
}

std::optional<db::BoundStatement> FirstOfSubmitDossier(const Env& env, const Call& call,
                                                       const v1::SubmitDossierRequest& request) {
  const std::shared_ptr<const Snapshot> snapshot = env.snapshots->Get();
  const absl::CivilDay today = VietnamDay(call.now);
  const CenterRecord* center = snapshot->units->FindCenter(request.center());
  const CenterVersion* version = center == nullptr ? nullptr : center->On(today);
  if (version == nullptr) return std::nullopt;
  return store::ReadNumberQuery(*center, version->organisation_id, StateOf(*snapshot), today);
}

void ValidateSubmitDossier(const v1::SubmitDossierRequest& request, error::Violations& violations) {
  if (!request.owning_system().empty() &&
      rpc::ProvinceOf(request.owning_system()) != rpc::ProvinceOf(request.center())) {
    violations.Add("owning_system", "must be a system of the province of center");
  }
  if (!request.support_center().empty() &&
      rpc::ProvinceOf(request.support_center()) != rpc::ProvinceOf(request.center())) {
    violations.Add("support_center", "must be a center of the province of center");
  }
  if (!request.return_center().empty() &&
      rpc::ProvinceOf(request.return_center()) != rpc::ProvinceOf(request.center())) {
    violations.Add("return_center", "must be a center of the province of center");
  }
}

absl::StatusOr<v1::GetDossierResponse> GetDossier(const Env&, const Call& call,
                                                  const v1::GetDossierRequest& request,
                                                  db::Tx& tx) {
  const auto [province_code, code] = SplitDossierName(request.name());
  ASSIGN_OR_RETURN(const std::optional<Dossier> dossier,
                   store::LoadDossier(tx, province_code, code));
  if (!dossier) return DossierNotFound(request.name());
  v1::GetDossierResponse response;
  *response.mutable_dossier() = ToProto(*dossier, call.now);
  return response;
}

db::BoundStatement FirstOfDossier(absl::string_view name) {
  const auto [province_code, code] = SplitDossierName(name);
  return store::LoadDossierQuery(province_code, code);
}

absl::StatusOr<v1::ListDossierEntriesResponse> ListDossierEntries(
    const Env&, const Call&, const v1::ListDossierEntriesRequest& request, db::Tx& tx) {
  const auto [province_code, code] = SplitDossierName(request.name());
  // The row first: entries that are committed in between are newer than it, never missing.
  ASSIGN_OR_RETURN(const std::optional<Dossier> dossier,
                   store::LoadDossier(tx, province_code, code));
  if (!dossier) return DossierNotFound(request.name());
  ASSIGN_OR_RETURN(const std::vector<feed::StoredEvent> events,
                   feed::ListEvents(tx, province_code, request.name(), 0, kTimelineEntriesMax));
  RETURN_IF_ERROR(
      feed::VerifyTimeline(events, request.name(), dossier->version, dossier->chain_hash));
  v1::ListDossierEntriesResponse response;
  for (const feed::StoredEvent& event : events) {
    RETURN_IF_ERROR(ToProto(event, response.add_entries()));
  }
  return response;
}

absl::StatusOr<v1::GetApplicantResponse> GetApplicant(const Env&, const Call&,
                                                      const v1::GetApplicantRequest& request,
                                                      db::Tx& tx) {
  const auto [province_code, code] = SplitDossierName(request.name());
  ASSIGN_OR_RETURN(const std::optional<store::ApplicantRow> applicant,
                   store::LoadApplicant(tx, province_code, code));
  if (!applicant) return DossierNotFound(request.name());
  v1::GetApplicantResponse response;
  *response.mutable_applicant() = ToProto(*applicant);
  return response;
}

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchDossierResponse>>> WatchDossier(
    const Env& env, const Call&, const v1::WatchDossierRequest& request) {
  return feed::SubjectWatchSource<v1::WatchDossierResponse>::Create(
      *env.hub, SplitDossierName(request.name()).first, request.name(), request.after_version(),
      DossierNotFound(request.name()),
      // Each entry is checked by itself and against the one sent before it, the first against the
      // version that the client has. An altered or missing one ends the stream.
      [sent = std::vector<feed::StoredEvent>(), after_version = request.after_version()](
          const feed::StoredEvent& event, v1::WatchDossierResponse* out) mutable {
        sent.push_back(event);
        RETURN_IF_ERROR(feed::VerifyChainAfter(sent, after_version));
        sent.erase(sent.begin(), sent.end() - 1);
        after_version = event.event.version - 1;
        return ToProto(event, out->mutable_entry());
      });
}

void ValidateWatchDossier(const v1::WatchDossierRequest& request, error::Violations& violations) {
  if (request.after_version() < 0) violations.Add("after_version", "must not be negative");
}

}  // namespace twotier::routing::handlers
