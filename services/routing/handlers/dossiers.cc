#include "services/routing/handlers/dossiers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/feed/feed.h"
#include "common/feed/watch_source.h"
#include "common/organisation_id.h"
#include "common/page.h"
#include "common/rpc/query.h"
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
#include "services/routing/store/import_store.h"
#include "services/routing/store/rerouting_store.h"

namespace twotier::routing::handlers {
namespace {

constexpr absl::string_view kListMethod = "ListDossiers";

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

// Sort key of the last row of a page.
std::string CursorText(const Dossier& last, store::DossierOrder order) {
  if (order == store::DossierOrder::kCode) return last.code;
  const store::OverduePart part = order == store::DossierOrder::kOverdueFirst
                                      ? store::PartOf(last)
                                      : store::OverduePart::kSentBack;
  return absl::StrCat(static_cast<int>(part), "|", absl::ToUnixMicros(*last.due_time), "|",
                      last.code);
}

absl::Status ReadCursor(absl::string_view text, store::DossierQuery& query) {
  if (text.empty()) return absl::OkStatus();
  if (query.order == store::DossierOrder::kCode) {
    query.after_code = std::string(text);
    return absl::OkStatus();
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('|', 2));
  int part = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &part) ||
      !absl::SimpleAtoi(parts[1], &query.after_due_us)) {
    return error::WithReason(absl::StatusCode::kInternal, "a sealed cursor cannot be read",
                             "BROKEN_INVARIANT");
  }
  query.part = static_cast<store::OverduePart>(part);
  query.after_code = std::string(parts[2]);
  return absl::OkStatus();
}

store::DossierOrder OrderOf(v1::DossierOrder order) {
  switch (order) {
    case v1::DOSSIER_ORDER_DUE_TIME:
      return store::DossierOrder::kDueTime;
    case v1::DOSSIER_ORDER_OVERDUE_FIRST:
      return store::DossierOrder::kOverdueFirst;
    default:
      return store::DossierOrder::kCode;
  }
}

store::DossierQuery QueryOf(const v1::ListDossiersRequest& request) {
  store::DossierQuery query;
  query.province_code = std::string(absl::StripPrefix(request.parent(), "provinces/"));
  query.center = request.center();
  query.state = static_cast<DossierState>(request.state());
  query.body_unit = request.competent_unit();
  query.body_line = static_cast<Line>(request.competent_line());
  query.body_level = static_cast<Level>(request.competent_level());
  query.assignee = request.assignee();
  query.order = OrderOf(request.order());
  return query;
}

// Whether a dossier belongs into the list that `query` asks for.
bool Fits(const Dossier& dossier, const store::DossierQuery& query) {
  return (query.center.empty() || dossier.center == query.center) &&
         (query.state == DossierState::kUnknown || dossier.state == query.state) &&
         (query.body_unit.empty() || dossier.body.unit == query.body_unit) &&
         (query.body_line == Line::kUnknown || dossier.body.line == query.body_line) &&
         (query.body_level == Level::kUnknown || dossier.body.level == query.body_level) &&
         (query.assignee.empty() || dossier.assignee == query.assignee) &&
         (query.order == store::DossierOrder::kCode ||
          (dossier.due_time && HolderOf(dossier) != ClockHolder::kNobody));
}

// The provinces under whose code there may be dossiers of the list: those of a center, a body or a
// post may come from a province that was merged, and so may one that was imported.
absl::StatusOr<std::vector<std::string>> ProvincesOf(db::Tx& tx, const store::DossierQuery& query,
                                                     absl::string_view external_code) {
  const bool of_place = !query.center.empty() || !query.body_unit.empty() ||
                        !query.assignee.empty() || !external_code.empty();
  if (of_place) return store::ProvincesIn(tx, query.province_code);
  return std::vector<std::string>{query.province_code};
}

// What was imported under `external_code`: of query.province_code, and of the other `provinces`
// what lies in that one. Each has at most one.
absl::StatusOr<std::vector<Dossier>> FindByExternalCode(db::Tx& tx,
                                                        const store::DossierQuery& query,
                                                        absl::Span<const std::string> provinces,
                                                        absl::string_view external_code) {
  std::vector<Dossier> found;
  for (const std::string& province_code : provinces) {
    ASSIGN_OR_RETURN(const std::optional<std::string> code,
                     store::FindImported(tx, province_code, CodeLeftToRight(external_code)));
    if (!code) continue;
    ASSIGN_OR_RETURN(std::optional<Dossier> dossier, store::LoadDossier(tx, province_code, *code));
    if (!dossier || !Fits(*dossier, query)) continue;
    const bool here = province_code == query.province_code ||
                      rpc::ProvinceOf(dossier->center) == query.province_code;
    if (here) found.push_back(*std::move(dossier));
  }
  return found;
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

absl::StatusOr<v1::ListDossiersResponse> ListDossiers(const Env& env, const Call& call,
                                                      const v1::ListDossiersRequest& request,
                                                      db::Tx& tx) {
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  const std::string sealed_query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(kListMethod, sealed_query, request.page_token()));
  store::DossierQuery query = QueryOf(request);
  query.limit = size + 1;  // One more than the page tells whether there is another page.
  RETURN_IF_ERROR(ReadCursor(cursor, query));
  ASSIGN_OR_RETURN(const std::vector<std::string> provinces,
                   ProvincesOf(tx, query, request.external_code()));
  ASSIGN_OR_RETURN(std::vector<Dossier> dossiers,
                   request.external_code().empty()
                       ? store::ListDossiers(tx, query, provinces)
                       : FindByExternalCode(tx, query, provinces, request.external_code()));
  v1::ListDossiersResponse response;
  if (dossiers.size() > static_cast<size_t>(size)) {
    dossiers.resize(static_cast<size_t>(size));
    response.set_next_page_token(
        env.pages->Seal(kListMethod, sealed_query, CursorText(dossiers.back(), query.order)));
  }
  for (const Dossier& dossier : dossiers) *response.add_dossiers() = ToProto(dossier, call.now);
  return response;
}

void ValidateListDossiers(const v1::ListDossiersRequest& request, error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  CheckCenterIn(request.parent(), request.center(), "center", violations);
  if (request.competent_unit().empty()) {
    if (request.competent_line() != 0) violations.Add("competent_line", "needs competent_unit");
    if (request.competent_level() != 0) violations.Add("competent_level", "needs competent_unit");
  }
  if (OrderOf(request.order()) == store::DossierOrder::kCode &&
      !(request.competent_unit().empty() && request.assignee().empty())) {
    // By code it would be looked for among all dossiers of the province.
    violations.Add("order", "must be one by due time for the dossiers of a body or of a post");
  }
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
      // Each entry is checked by itself and against the one sent before it. An altered one ends the
      // stream.
      [sent = std::vector<feed::StoredEvent>()](const feed::StoredEvent& event,
                                                v1::WatchDossierResponse* out) mutable {
        sent.push_back(event);
        RETURN_IF_ERROR(feed::VerifyChain(sent));
        sent.erase(sent.begin(), sent.end() - 1);
        return ToProto(event, out->mutable_entry());
      });
}

void ValidateWatchDossier(const v1::WatchDossierRequest& request, error::Violations& violations) {
  if (request.after_version() < 0) violations.Add("after_version", "must not be negative");
}

}  // namespace twotier::routing::handlers
