#include "services/routing/handlers/import_plan.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/organisation_id.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/routing/convert.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/dossier_import.h"
#include "services/routing/handlers/entries.h"
#include "services/routing/handlers/steps.h"
#include "services/routing/store/dossier_store.h"
#include "services/routing/store/import_store.h"
#include "services/routing/store/rerouting_store.h"

namespace twotier::routing::handlers {
namespace {

// Violations of one dossier of the request.
class RowViolations {
 public:
  RowViolations(int index, error::Violations& all)
      : prefix_(absl::StrCat("dossiers[", index, "].")), all_(all) {}

  void Record(absl::string_view field, absl::string_view description) {
    Add(absl::StrCat("record.", field), description);
  }
  void Applicant(absl::string_view field, absl::string_view description) {
    Add(absl::StrCat("applicant.", field), description);
  }
  bool ok() const { return ok_; }

 private:
  void Add(const std::string& field, absl::string_view description) {
    all_.Add(prefix_ + field, description);
    ok_ = false;
  }

  const std::string prefix_;
  error::Violations& all_;
  bool ok_ = true;
};

// Names of the fields in which two messages of one type differ.
class DifferingFields final : public google::protobuf::util::MessageDifferencer::Reporter {
 public:
  using Path = std::vector<google::protobuf::util::MessageDifferencer::SpecificField>;

  static std::set<std::string> Of(const google::protobuf::Message& a,
                                  const google::protobuf::Message& b) {
    DifferingFields fields;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesTo(&fields);
    differencer.Compare(a, b);
    return std::move(fields.names_);
  }

  void ReportAdded(const google::protobuf::Message&, const google::protobuf::Message&,
                   const Path& path) override {
    Add(path);
  }
  void ReportDeleted(const google::protobuf::Message&, const google::protobuf::Message&,
                     const Path& path) override {
    Add(path);
  }
  void ReportModified(const google::protobuf::Message&, const google::protobuf::Message&,
                      const Path& path) override {
    Add(path);
  }

 private:
  void Add(const Path& path) {
    if (!path.empty() && path[0].field != nullptr) names_.insert(path[0].field->name());
  }

  std::set<std::string> names_;
};

constexpr absl::string_view kDiffers = "differs from what was imported under this external_code";

// Fields of a record that name something of one province.
bool IsPlace(absl::string_view field) {
  constexpr absl::string_view kPlaces[] = {"unit", "unit_code", "return_center", "owning_system",
                                           "assignee"};
  return std::find(std::begin(kPlaces), std::end(kPlaces), field) != std::end(kPlaces);
}

// It was imported before: what it was then is told by its first entry and by its applicant.
absl::Status PlanKnown(const ImportBasis& basis, const v1::ImportedDossier& given, db::Tx& tx,
                       PlannedDossier& planned, RowViolations& violations) {
  const std::string& province = planned.key_use.province_code;
  const std::string& code = *planned.imported_as;
  ASSIGN_OR_RETURN(std::optional<Dossier> dossier, store::LoadDossier(tx, province, code));
  ASSIGN_OR_RETURN(const std::optional<store::ApplicantRow> applicant,
                   store::LoadApplicant(tx, province, code));
  if (!dossier || !applicant) {
    return error::WithReason(absl::StatusCode::kDataLoss,
                             absl::StrCat("the imported dossier ", code, " is not there"),
                             "UNREADABLE_ROW", {{"subject", code}});
  }
  ASSIGN_OR_RETURN(v1::DossierEventBody first, FirstEntryOf(tx, province, code));
  // It was told as of another province: its places and its system had other names then.
  const bool moved = province != basis.center->province_code;
  const std::string& center = moved ? dossier->center : first.center();
  if (center != basis.request.center() ||
      (!moved && first.source_system() != basis.request.source_system())) {
    violations.Record("external_code", absl::StrCat("was imported from ", first.source_system(),
                                                    " as received at ", center));
  }
  // Either form of the organisation id stands for the same code.
  first.mutable_imported()->set_external_code(given.record().external_code());
  for (const std::string& field : DifferingFields::Of(first.imported(), given.record())) {
    if (!moved || !IsPlace(field)) violations.Record(field, kDiffers);
  }
  for (const std::string& field : DifferingFields::Of(ToProto(*applicant), given.applicant())) {
    violations.Applicant(field, kDiffers);
  }
  planned.dossier = *std::move(dossier);
  planned.unchanged = true;
  return absl::OkStatus();
}

// The field of the record that a refusal of ResolveBody is about.
absl::string_view FieldOf(const absl::Status& refusal, const v1::ImportedRecord& record) {
  const std::optional<error::Reason> reason = error::ReasonOf(refusal);
  const std::string name = reason ? reason->reason : "";
  if (name == "UNIT_NOT_FOUND" || name == "UNIT_ENDED" || name == "WRONG_UNIT_TIER") {
    return record.unit().empty() ? "unit_code" : "unit";
  }
  if (name == "CASE_REQUIRED" || name == "CASE_UNKNOWN" || name == "NO_COMPETENT_BODY" ||
      name == "ASSIGNMENTS_CONFLICT") {
    return "case_key";
  }
  return "procedure_code";
}

// The day of reception, or the first one that the catalogue knows in the province.
absl::CivilDay ReceivedOn(const CatalogueEntry& entry, const std::string& province_code,
                          const v1::ImportedRecord& record) {
  const absl::CivilDay received =
      VietnamDay(FromProto(record.has_accept_time() ? record.accept_time() : record.submit_time()));
  return std::max(received, entry.PeriodsIn(province_code).front().days.first);
}

// Who decides it from today on. A dossier outlives its procedure: where that has ended since, who
// decided on the day of reception still does, in the units of today.
absl::StatusOr<Competence> CompetenceFrom(const ImportBasis& basis, CompetenceQuery query,
                                          const v1::ImportedRecord& record) {
  const Catalogue& catalogue = *basis.snapshot->catalogue;
  absl::StatusOr<Competence> today = ResolveBody(catalogue, *basis.snapshot->units, query);
  const std::optional<error::Reason> reason = error::ReasonOf(today.status());
  if (!reason || reason->reason != "PROCEDURE_ENDED") return today;
  query.units_as_of = query.as_of;
  query.as_of =
      ReceivedOn(*catalogue.Find(query.procedure_code), basis.center->province_code, record);
  return ResolveBody(catalogue, *basis.snapshot->units, query);
}

// nullopt: what is wrong was added.
std::optional<Competence> CompetenceOf(const ImportBasis& basis, const v1::ImportedRecord& record,
                                       RowViolations& violations) {
  if (record.unit().empty() == record.unit_code().empty()) {
    violations.Record("unit", "exactly one of unit and unit_code must be set");
    return std::nullopt;
  }
  CompetenceQuery query;
  query.procedure_code = record.procedure_code();
  query.unit = record.unit();
  query.unit_code = record.unit_code();
  query.case_key = record.case_key();
  query.as_of = VietnamDay(basis.call.now);
  absl::StatusOr<Competence> competence = CompetenceFrom(basis, query, record);
  if (!competence.ok()) {
    violations.Record(FieldOf(competence.status(), record), competence.status().message());
    return std::nullopt;
  }
  if (competence->unit_version->province_code != basis.center->province_code) {
    violations.Record(record.unit().empty() ? "unit_code" : "unit",
                      "lies in another province than the center");
    return std::nullopt;
  }
  return *std::move(competence);
}

// Sets version and term: of the version in force in the province on the day of reception, or of the
// first one for a day before the catalogue begins; of the one of today where that version has no
// proven term for the case.
void Pin(const Competence& competence, const v1::ImportedRecord& record, Dossier& dossier) {
  const std::string& province = competence.unit_version->province_code;
  const std::optional<PinnedVersion> then = competence.entry->PinOn(
      province, ReceivedOn(*competence.entry, province, record), record.case_key());
  dossier.case_key = record.case_key();
  dossier.procedure_version = (then ? then->version : competence.procedure)->version;
  dossier.term = then ? *then->term : competence.term();
}

// Fields of `pauses[i]` whose contents need the register: bodies that have dossiers now.
ImportedLife LifeOf(const ImportBasis& basis, const v1::ImportedRecord& record,
                    RowViolations& violations) {
  ImportedLife life;
  life.submit_time = FromProto(record.submit_time());
  if (record.has_accept_time()) life.accept_time = FromProto(record.accept_time());
  if (record.has_process_time()) life.process_time = FromProto(record.process_time());
  life.result_id = record.result_id();
  life.assignee = record.assignee();
  for (int i = 0; i < record.pauses_size(); ++i) {
    const v1::ClockPause& given = record.pauses(i);
    ClockPause pause;
    pause.kind = static_cast<PauseKind>(given.kind());
    pause.start = FromProto(given.start_time());
    if (given.has_end_time()) pause.end = FromProto(given.end_time());
    if (given.has_answer_by_time()) pause.answer_by = FromProto(given.answer_by_time());
    pause.agency.unit = given.agency_unit();
    pause.agency.title = given.agency_title();
    if (given.due_vnd() != 0) pause.payment.due_vnd = given.due_vnd();
    pause.payment.gateway = static_cast<PaymentGateway>(given.gateway());
    pause.payment.reference = given.reference();
    if (!pause.agency.unit.empty() && !pause.end) {
      absl::StatusOr<CompetentBody> body =
          BodyOfUnit(*basis.snapshot->units, pause.agency.unit, pause.agency.title,
                     VietnamDay(basis.call.now));
      if (body.ok()) {
        pause.agency = *std::move(body);
      } else {
        violations.Record(absl::StrCat("pauses[", i, "].agency_unit"), body.status().message());
      }
    }
    life.pauses.push_back(std::move(pause));
  }
  for (const v1::ImportedFee& given : record.fees()) {
    life.fees.push_back({static_cast<FeeDue>(given.due_at()), FromProto(given.pay_time()),
                         given.paid_vnd(), static_cast<PaymentGateway>(given.gateway()),
                         given.reference()});
  }
  for (const error::FieldViolation& problem : ProblemsOf(life, basis.call.now)) {
    violations.Record(problem.field, problem.description);
  }
  return life;
}

void CheckPlaces(const ImportBasis& basis, const v1::ImportedRecord& record, const Dossier& dossier,
                 RowViolations& violations) {
  const absl::StatusOr<const CenterVersion*> returns =
      OperatingCenter(basis.snapshot->units->FindCenter(dossier.return_center),
                      dossier.return_center, VietnamDay(basis.call.now));
  if (!returns.ok()) violations.Record("return_center", returns.status().message());
  const std::string prefix = absl::StrCat("provinces/", basis.center->province_code, "/");
  if (!absl::StartsWith(dossier.return_center, prefix)) {
    violations.Record("return_center", "must be a center of the same province");
  }
  if (!record.owning_system().empty() && !absl::StartsWith(record.owning_system(), prefix)) {
    violations.Record("owning_system", "must be a system of the same province");
  }
}

// Whose code it is: of the center that has the organisation id on its day and gives its numbers
// then, else of one that has it on other days. Null: of none of the province.
const CenterRecord* NumberedBy(const ImportBasis& basis, const DossierCode& code) {
  const CenterRecord* other = nullptr;
  for (const CenterRecord* center :
       basis.snapshot->units->CentersOfOrganisation(code.organisation_id)) {
    if (center->province_code != basis.center->province_code) continue;
    const CenterVersion* version = center->On(code.day);
    if (version != nullptr && version->organisation_id == code.organisation_id) return center;
    if (other == nullptr || center == basis.center) other = center;
  }
  return other;
}

// Sets planned.kept when the dossier keeps its code.
void PlanCode(const ImportBasis& basis, PlannedDossier& planned, RowViolations& violations) {
  std::optional<DossierCode> code = ParseDossierCode(planned.external_key);
  const CenterRecord* numbered_by =
      code && code->number <= kKeptNumberMax ? NumberedBy(basis, *code) : nullptr;
  if (numbered_by == nullptr) {
    const absl::StatusOr<const CenterVersion*> numbers =
        OperatingCenter(basis.center, basis.center->name, VietnamDay(basis.call.now));
    if (!numbers.ok()) {
      violations.Record("external_code",
                        absl::StrCat("cannot be kept, and the center gives no number today: ",
                                     numbers.status().message()));
    }
    return;
  }
  if (numbered_by != basis.center) {
    violations.Record("external_code", absl::StrCat("is a code of ", numbered_by->name));
    return;
  }
  if (code->day > VietnamDay(basis.call.now)) {
    violations.Record("external_code", "is a code of a day to come");
    return;
  }
  if (planned.key_use.is_code)
    violations.Record("external_code", "is the code of another dossier here");
  planned.dossier.code = planned.external_key;
  planned.kept = std::move(code);
}

void PlanNew(const ImportBasis& basis, int index, const v1::ImportedDossier& given,
             PlannedDossier& planned, RowViolations& violations) {
  const v1::ImportedRecord& record = given.record();
  Dossier& dossier = planned.dossier;
  dossier.province_code = basis.center->province_code;
  dossier.procedure_code = record.procedure_code();
  dossier.center = basis.request.center();
  dossier.return_center =
      record.return_center().empty() ? basis.request.center() : record.return_center();
  dossier.channel = record.channel();
  dossier.applicant_kind = given.applicant().kind();
  dossier.applicant_ref = basis.call.NewId(index);
  dossier.components = PackComponents(record.components());
  dossier.owning_system = record.owning_system();
  dossier.account_verified = given.applicant().account_verified();
  dossier.external_code = record.external_code();
  if (record.has_source_due_time()) dossier.source_due_time = FromProto(record.source_due_time());
  dossier.version = 1;
  CheckPlaces(basis, record, dossier, violations);
  PlanCode(basis, planned, violations);
  const ImportedLife life = LifeOf(basis, record, violations);
  const std::optional<Competence> competence = CompetenceOf(basis, record, violations);
  if (!competence || !violations.ok()) return;
  Pin(*competence, record, dossier);
  dossier.unit = competence->unit->name;
  dossier.body = competence->body;
  // The calendar may not reach that far, back or ahead.
  const absl::Status lived = Live(dossier, life, basis.call.now, *basis.snapshot->calendar);
  if (!lived.ok()) violations.Record("accept_time", lived.message());
}

// The country's form of a code: it is given once, whatever system tells it.
bool IsGivenOnce(const PlannedDossier& planned) {
  return ParseDossierCode(planned.external_key).has_value();
}

// Sets `imported_as` where it was imported in this province before. Any number but a code of the
// country is its system's own.
absl::Status FindKnown(const ImportBasis& basis, db::Tx& tx, PlannedDossier& planned) {
  for (const store::ImportedCode& imported : planned.key_use.imported) {
    ASSIGN_OR_RETURN(const std::string system,
                     SourceSystemOf(tx, planned.key_use.province_code, imported));
    if (system == basis.request.source_system() || IsGivenOnce(planned)) {
      planned.imported_as = imported.code;
    }
  }
  return absl::OkStatus();
}

// The same of what was imported before it went over to this province, where its key is a code of
// the country. Any other may be that of another dossier there.
absl::Status AddMoved(const ImportBasis& basis, absl::Span<const std::string> keys, db::Tx& tx,
                      std::vector<PlannedDossier>& planned) {
  const std::string& here = basis.center->province_code;
  ASSIGN_OR_RETURN(const std::vector<std::string> provinces, store::ProvincesIn(tx, here));
  for (const std::string& province_code : provinces) {
    if (province_code == here) continue;
    ASSIGN_OR_RETURN(std::vector<store::KeyUse> there, store::UsesOf(tx, province_code, keys));
    for (size_t i = 0; i < keys.size(); ++i) {
      PlannedDossier& one = planned[i];
      if (one.imported_as || there[i].imported.empty() || !IsGivenOnce(one)) continue;
      const std::string code = there[i].imported.front().code;
      ASSIGN_OR_RETURN(const std::optional<Dossier> dossier,
                       store::LoadDossier(tx, province_code, code));
      if (!dossier || rpc::ProvinceOf(dossier->center) != here) continue;
      one.key_use = std::move(there[i]);
      one.imported_as = code;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PlannedDossier>> PlanImport(const ImportBasis& basis, db::Tx& tx) {
  std::vector<std::string> keys;
  for (const v1::ImportedDossier& given : basis.request.dossiers()) {
    keys.push_back(CodeLeftToRight(given.record().external_code()));
  }
  ASSIGN_OR_RETURN(std::vector<store::KeyUse> uses,
                   store::UsesOf(tx, basis.center->province_code, keys));
  std::vector<PlannedDossier> planned(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    planned[i].external_key = keys[i];
    planned[i].key_use = std::move(uses[i]);
    RETURN_IF_ERROR(FindKnown(basis, tx, planned[i]));
  }
  RETURN_IF_ERROR(AddMoved(basis, keys, tx, planned));
  error::Violations violations;
  for (int i = 0; i < basis.request.dossiers_size(); ++i) {
    const v1::ImportedDossier& given = basis.request.dossiers(i);
    PlannedDossier& one = planned[static_cast<size_t>(i)];
    RowViolations row(i, violations);
    if (one.imported_as) {
      RETURN_IF_ERROR(PlanKnown(basis, given, tx, one, row));
    } else {
      PlanNew(basis, i, given, one, row);
    }
  }
  RETURN_IF_ERROR(violations.ToStatus("IMPORT_ROW_INVALID"));
  return planned;
}

}  // namespace twotier::routing::handlers
