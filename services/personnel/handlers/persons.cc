#include "services/personnel/handlers/persons.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/crypto.h"
#include "common/etag.h"
#include "common/status_macros.h"
#include "common/text.h"
#include "services/personnel/convert.h"
#include "services/personnel/domain/salary.h"
#include "services/personnel/handlers/lookups.h"
#include "services/personnel/store/appointment_store.h"

namespace twotier::personnel::handlers {
namespace {

// Twelve digits (Law 26/2023/QH15 Art. 12).
constexpr size_t kNationalIdDigits = 12;
// Most corrections of a person in one answer.
constexpr int kCorrectionsMax = 100;

bool IsNationalId(absl::string_view text) {
  return text.size() == kNationalIdDigits &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

void SetQualifications(const v1::Qualifications& message, Person& person) {
  const std::optional<absl::CivilMonth> pension = person.qualifications.pension_from;
  person.qualifications = personnel::FromProto(message);
  person.qualifications.pension_from = pension;
  person.grade = message.grade();
  person.rank_hundredths = message.rank_coefficient_hundredths();
}

// Fills in who it is, and what follows from it.
void SetData(const v1::PersonalData& message, store::PersonRow& row) {
  row.data.full_name = message.full_name();
  row.data.birth = personnel::FromProto(message.birth_date());
  row.data.sex = static_cast<Sex>(message.sex());
  row.data.national_id = message.national_id();
  row.person.qualifications.pension_from = PensionFrom(row.data.sex, row.data.birth);
}

// Takes the national id of `row` for its person.
absl::Status Claim(const Env& env, const store::PersonRow& row, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::string holder,
                   store::ClaimNationalId(tx, ClaimOf(env, row.data.national_id), row.person.id));
  if (holder == row.person.id) return absl::OkStatus();
  return error::WithReason(absl::StatusCode::kAlreadyExists,
                           absl::StrCat("persons/", holder, " has this national id"),
                           "NATIONAL_ID_TAKEN", {{"person", absl::StrCat("persons/", holder)}});
}

absl::Status CheckManagedBy(const std::string& province, const Person& person) {
  if (person.managing_province == ProvinceCodeOf(province)) return absl::OkStatus();
  return error::WithReason(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat(person.Name(), " is managed by province ", person.managing_province),
      "PERSON_OF_OTHER_PROVINCE",
      {{"managing_province", absl::StrCat("provinces/", person.managing_province)}});
}

// Names of the fields that differ.
std::vector<std::string> Differing(const store::PersonalData& before,
                                   const store::PersonalData& after) {
  std::vector<std::string> fields;
  if (before.full_name != after.full_name) fields.push_back("full_name");
  if (before.birth != after.birth) fields.push_back("birth_date");
  if (before.sex != after.sex) fields.push_back("sex");
  if (before.national_id != after.national_id) fields.push_back("national_id");
  return fields;
}

// Who somebody is concerns the province that manages the person, and any where they have a post,
// now or signed for later.
absl::StatusOr<bool> MaySee(const Call& call, const Person& person, db::Tx& tx) {
  if (CheckScope(call, person.managing_province).ok()) return true;
  ASSIGN_OR_RETURN(const std::vector<store::StoredAppointment> running,
                   store::LoadOfPerson(tx, person.Name(), VietnamDay(call.now)));
  return std::any_of(running.begin(), running.end(), [&](const store::StoredAppointment& stored) {
    const Appointment& appointment = stored.appointment;
    return appointment.valid.first < appointment.valid.end &&
           CheckScope(call, appointment.province_code).ok();
  });
}

// As much of `row` as the caller may see.
void FillSeen(const store::PersonRow& row, bool may_see, v1::Person* out) {
  v1::Person whole;
  personnel::ToProto(row, &whole);
  if (may_see) {
    *out = std::move(whole);
    return;
  }
  out->set_name(whole.name());
  out->set_state(whole.state());
  out->set_managing_province(whole.managing_province());
}

}  // namespace

std::string ClaimOf(const Env& env, absl::string_view national_id) {
  return Hmac(env.claim_key, national_id);
}

store::PersonRow NewPerson(absl::string_view province_code, absl::string_view id,
                           const v1::PersonalData& data, const v1::Qualifications& qualifications,
                           bool synthetic) {
  store::PersonRow row;
  row.person.id = std::string(id);
  row.person.managing_province = std::string(province_code);
  row.person.synthetic = synthetic;
  SetData(data, row);
  SetQualifications(qualifications, row.person);
  return row;
}

absl::Status ManageWhereAppointed(Person person, const Appointment& begun, db::Tx& tx) {
  if (!IsMain(begun.kind) || person.managing_province == begun.province_code) {
    return absl::OkStatus();
  }
  person.managing_province = begun.province_code;
  ++person.version;
  return store::UpdatePerson(tx, person);
}

bool IsWhoIsMeant(const store::PersonalData& data, const v1::PersonalData& listed) {
  return text::Fold(data.full_name) == text::Fold(listed.full_name()) &&
         data.birth == personnel::FromProto(listed.birth_date()) &&
         data.sex == static_cast<Sex>(listed.sex());
}

void CheckPersonalData(const v1::PersonalData& data, absl::string_view prefix,
                       error::Violations& violations) {
  if (!IsNationalId(data.national_id())) {
    violations.Add(absl::StrCat(prefix, "national_id"), "must be twelve digits");
  }
}

void CheckQualifications(const v1::Qualifications& qualifications, absl::string_view prefix,
                         error::Violations& violations) {
  const int rank = qualifications.rank_coefficient_hundredths();
  if (rank < 0 || rank > kCoefficientMaxHundredths) {
    violations.Add(absl::StrCat(prefix, "rank_coefficient_hundredths"),
                   absl::StrCat("must lie between 0 and ", kCoefficientMaxHundredths));
  }
}

absl::StatusOr<v1::RegisterPersonResponse> RegisterPerson(const Env& env, const Call& call,
                                                          const v1::RegisterPersonRequest& request,
                                                          db::Tx& tx) {
  const store::PersonRow row =
      NewPerson(ProvinceCodeOf(request.parent()), call.new_id, request.data(),
                request.qualifications(), request.synthetic());
  RETURN_IF_ERROR(Claim(env, row, tx));
  RETURN_IF_ERROR(store::InsertPerson(tx, row));
  v1::RegisterPersonResponse response;
  response.set_person(row.person.Name());
  response.set_etag(EtagOf(row.person.version));
  return response;
}

void ValidateRegisterPerson(const v1::RegisterPersonRequest& request,
                            error::Violations& violations) {
  CheckPersonalData(request.data(), "data.", violations);
  CheckQualifications(request.qualifications(), "qualifications.", violations);
}

absl::StatusOr<v1::UpdateQualificationsResponse> UpdateQualifications(
    const Env&, const Call&, const v1::UpdateQualificationsRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(Person person, RequirePerson(tx, request.name()));
  RETURN_IF_ERROR(CheckManagedBy(request.parent(), person));
  RETURN_IF_ERROR(CheckEtag(request.etag(), person.version));
  SetQualifications(request.qualifications(), person);
  ++person.version;
  RETURN_IF_ERROR(store::UpdatePerson(tx, person));
  v1::UpdateQualificationsResponse response;
  personnel::ToProto(person, response.mutable_qualifications());
  response.set_etag(EtagOf(person.version));
  return response;
}

void ValidateUpdateQualifications(const v1::UpdateQualificationsRequest& request,
                                  error::Violations& violations) {
  CheckQualifications(request.qualifications(), "qualifications.", violations);
}

absl::StatusOr<v1::CorrectPersonResponse> CorrectPerson(const Env& env, const Call& call,
                                                        const v1::CorrectPersonRequest& request,
                                                        db::Tx& tx) {
  ASSIGN_OR_RETURN(std::optional<store::PersonRow> row, store::LoadPersonRow(tx, request.name()));
  if (!row) return PersonNotFound(request.name());
  RETURN_IF_ERROR(CheckManagedBy(request.parent(), row->person));
  RETURN_IF_ERROR(CheckEtag(request.etag(), row->person.version));
  const store::PersonalData before = row->data;
  SetData(request.data(), *row);
  std::vector<std::string> fields = Differing(before, row->data);
  if (request.serves() && row->person.state != PersonState::kActive) {
    RETURN_IF_ERROR(ServeAgain(row->person, VietnamDay(call.now), tx));
    fields.push_back("state");
  }
  if (fields.empty()) {
    error::Violations violations;
    violations.Add("data", "must differ from what stands: nothing is corrected");
    return violations.ToStatus();
  }
  if (before.national_id != row->data.national_id) {
    RETURN_IF_ERROR(Claim(env, *row, tx));
    RETURN_IF_ERROR(store::DeleteClaim(tx, ClaimOf(env, before.national_id), row->person.id));
  }
  ++row->person.version;
  RETURN_IF_ERROR(store::CorrectPerson(tx, *row));
  RETURN_IF_ERROR(store::InsertCorrection(
      tx, row->person, {row->person.version, fields, request.reason(), call.now}));
  v1::CorrectPersonResponse response;
  for (const std::string& field : fields) response.add_fields(field);
  response.set_etag(EtagOf(row->person.version));
  return response;
}

void ValidateCorrectPerson(const v1::CorrectPersonRequest& request, error::Violations& violations) {
  CheckPersonalData(request.data(), "data.", violations);
}

absl::StatusOr<v1::GetPersonResponse> GetPerson(const Env&, const Call& call,
                                                const v1::GetPersonRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::optional<store::PersonRow> row,
                   store::LoadPersonRow(tx, request.name()));
  if (!row) return PersonNotFound(request.name());
  v1::GetPersonResponse response;
  ASSIGN_OR_RETURN(const bool may_see, MaySee(call, row->person, tx));
  FillSeen(*row, may_see, response.mutable_person());
  if (!may_see) return response;
  ASSIGN_OR_RETURN(const std::vector<store::PersonCorrection> corrections,
                   store::LoadCorrections(tx, row->person, kCorrectionsMax));
  for (const store::PersonCorrection& correction : corrections) {
    v1::PersonCorrection* added = response.add_corrections();
    added->set_version(correction.version);
    for (const std::string& field : correction.fields) added->add_fields(field);
    added->set_reason(correction.reason);
    personnel::ToProto(correction.corrected, added->mutable_create_time());
  }
  return response;
}

absl::StatusOr<v1::FindPersonByNationalIdResponse> FindPersonByNationalId(
    const Env& env, const Call& call, const v1::FindPersonByNationalIdRequest& request,
    db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::optional<std::string> holder,
                   store::FindClaim(tx, ClaimOf(env, request.national_id())));
  // The number itself goes into no message.
  if (!holder) return PersonNotFound("known by this national id");
  ASSIGN_OR_RETURN(const std::optional<store::PersonRow> row,
                   store::LoadPersonRow(tx, absl::StrCat("persons/", *holder)));
  if (!row) return PersonNotFound(*holder);
  v1::FindPersonByNationalIdResponse response;
  ASSIGN_OR_RETURN(const bool may_see, MaySee(call, row->person, tx));
  FillSeen(*row, may_see, response.mutable_person());
  return response;
}

void ValidateFindPersonByNationalId(const v1::FindPersonByNationalIdRequest& request,
                                    error::Violations& violations) {
  if (!IsNationalId(request.national_id())) {
    violations.Add("national_id", "must be twelve digits");
  }
}

}  // namespace twotier::personnel::handlers
