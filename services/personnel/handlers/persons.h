// Persons.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_PERSONS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_PERSONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "services/personnel/domain/appointment.h"
#include "services/personnel/handlers/env.h"
#include "services/personnel/store/person_store.h"
#include "twotier/personnel/v1/person.pb.h"

namespace twotier::personnel::handlers {

absl::StatusOr<v1::RegisterPersonResponse> RegisterPerson(const Env& env, const Call& call,
                                                          const v1::RegisterPersonRequest& request,
                                                          db::Tx& tx);
void ValidateRegisterPerson(const v1::RegisterPersonRequest& request,
                            error::Violations& violations);

absl::StatusOr<v1::UpdateQualificationsResponse> UpdateQualifications(
    const Env& env, const Call& call, const v1::UpdateQualificationsRequest& request, db::Tx& tx);
void ValidateUpdateQualifications(const v1::UpdateQualificationsRequest& request,
                                  error::Violations& violations);

absl::StatusOr<v1::CorrectPersonResponse> CorrectPerson(const Env& env, const Call& call,
                                                        const v1::CorrectPersonRequest& request,
                                                        db::Tx& tx);
void ValidateCorrectPerson(const v1::CorrectPersonRequest& request, error::Violations& violations);

absl::StatusOr<v1::GetPersonResponse> GetPerson(const Env& env, const Call& call,
                                                const v1::GetPersonRequest& request, db::Tx& tx);

absl::StatusOr<v1::FindPersonByNationalIdResponse> FindPersonByNationalId(
    const Env& env, const Call& call, const v1::FindPersonByNationalIdRequest& request, db::Tx& tx);
void ValidateFindPersonByNationalId(const v1::FindPersonByNationalIdRequest& request,
                                    error::Violations& violations);

// What a claim table is asked with instead of the national id.
std::string ClaimOf(const Env& env, absl::string_view national_id);

// The row of a new person.
store::PersonRow NewPerson(absl::string_view province_code, absl::string_view id,
                           const v1::PersonalData& data, const v1::Qualifications& qualifications,
                           bool synthetic);

// Takes back that `person`, who is retired or dead, was recorded so on something that never began;
// the caller writes it. FAILED_PRECONDITION `CORRECTION_NOT_POSSIBLE` where a main appointment says
// so.
absl::Status ServeAgain(Person& person, absl::CivilDay today, db::Tx& tx);

// Whoever begins a main appointment in another province is managed there from now on. `person` is
// as stored, and is written where that changes something.
absl::Status ManageWhereAppointed(Person person, const Appointment& begun, db::Tx& tx);

// Whether `data` may be what a list calls `listed`: the national id apart, and however the name is
// spelled.
bool IsWhoIsMeant(const store::PersonalData& data, const v1::PersonalData& listed);

// Malformed fields below `prefix`, which ends with a dot.
void CheckPersonalData(const v1::PersonalData& data, absl::string_view prefix,
                       error::Violations& violations);
void CheckQualifications(const v1::Qualifications& qualifications, absl::string_view prefix,
                         error::Violations& violations);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_PERSONS_H_
