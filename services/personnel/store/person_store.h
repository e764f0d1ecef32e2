// Persons in the database. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_PERSONNEL_STORE_PERSON_STORE_H_
#define TWOTIER_SERVICES_PERSONNEL_STORE_PERSON_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/db.h"
#include "services/personnel/domain/records.h"

namespace twotier::personnel::store {

// Who somebody is. Goes from the request into the one table, and from it into the answers that are
// for it; never into anything else.
struct PersonalData {
  std::string full_name;
  absl::CivilDay birth;
  Sex sex = Sex::kUnknown;
  std::string national_id;
};

struct PersonRow {
  Person person;
  PersonalData data;
};

// Takes `claim`, the HMAC of the national id, for `person_id`. Returns who has it: `person_id`, or
// the one who was faster.
absl::StatusOr<std::string> ClaimNationalId(db::Tx& tx, absl::string_view claim,
                                            absl::string_view person_id);
// Who has `claim`; nothing when nobody has.
absl::StatusOr<std::optional<std::string>> FindClaim(db::Tx& tx, absl::string_view claim);

// Gives up `claim`, which `person_id` has.
absl::Status DeleteClaim(db::Tx& tx, absl::string_view claim, absl::string_view person_id);

absl::Status InsertPerson(db::Tx& tx, const PersonRow& row);
// Writes qualifications, grade, state, managing province and version; the row holds the version
// before.
absl::Status UpdatePerson(db::Tx& tx, const Person& person);
// Writes who it is, with what follows from it, state and version; the row holds the version before.
absl::Status CorrectPerson(db::Tx& tx, const PersonRow& row);
absl::StatusOr<std::optional<Person>> LoadPerson(db::Tx& tx, absl::string_view name);
db::BoundStatement LoadPersonQuery(absl::string_view name);
absl::StatusOr<std::optional<PersonRow>> LoadPersonRow(db::Tx& tx, absl::string_view name);

struct PersonCorrection {
  int64_t version = 0;  // That it made.
  std::vector<std::string> fields;
  std::string reason;
  absl::Time corrected;
};
absl::Status InsertCorrection(db::Tx& tx, const Person& person, const PersonCorrection& correction);
// At most `limit`, oldest first.
absl::StatusOr<std::vector<PersonCorrection>> LoadCorrections(db::Tx& tx, const Person& person,
                                                              int limit);

// People in main appointments on `today` whose pension begins by `until`, and those who retire by
// an order that is signed. Key posts are counted of all that they hold.
struct RetirementCount {
  absl::CivilMonth pension_from;         // Whoever had reached the age before it rose: long ago.
  std::optional<absl::CivilDay> leaves;  // By a signed order that ends the service;
  bool retires = false;                  // which is their retirement.
  int64_t people = 0;
  int64_t key_posts = 0;
};
absl::StatusOr<std::vector<RetirementCount>> CountRetirements(db::Tx& tx,
                                                              absl::string_view province_code,
                                                              absl::CivilDay today,
                                                              absl::CivilMonth until);

// Coefficients of those in permanent appointments on `today`, but of the Party and of the military
// command, summed by unit.
struct CoefficientSum {
  std::string unit;
  int64_t people = 0;
  int64_t hundredths = 0;
};
absl::StatusOr<std::vector<CoefficientSum>> SumCoefficients(db::Tx& tx,
                                                            absl::string_view province_code,
                                                            absl::CivilDay today);

}  // namespace twotier::personnel::store

#endif  // TWOTIER_SERVICES_PERSONNEL_STORE_PERSON_STORE_H_
