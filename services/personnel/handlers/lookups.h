// What several handlers look up, and how they refuse what is not there.
#ifndef TWOTIER_SERVICES_PERSONNEL_HANDLERS_LOOKUPS_H_
#define TWOTIER_SERVICES_PERSONNEL_HANDLERS_LOOKUPS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/call.h"
#include "common/db/db.h"
#include "common/errors.h"
#include "common/feed/feed.h"
#include "common/units/units.h"
#include "google/type/date.pb.h"
#include "services/personnel/domain/records.h"
#include "services/personnel/domain/signing.h"
#include "services/personnel/store/appointment_store.h"

namespace twotier::personnel::handlers {

std::string Text(absl::CivilDay day);

// Code of the province in which a unit lies on `day`, or is to lie first, or lay last. Before two
// tiers, as on their first day. The unit has versions.
const std::string& LiesIn(const units::UnitRecord& unit, absl::CivilDay day);
// Code of the province under which everything of a unit is kept: in which it lay first. It stays
// when the unit goes over to another province (docs/adr/0030).
const std::string& KeptIn(const units::UnitRecord& unit);

// The unit as it stands on `day`. NOT_FOUND `UNIT_NOT_FOUND`; FAILED_PRECONDITION `UNIT_ENDED`.
absl::StatusOr<const units::UnitVersion*> RequireUnitOn(const units::Units& units,
                                                        absl::string_view unit, absl::CivilDay day);
// The same of one that is kept under `province_code`: also FAILED_PRECONDITION
// `UNIT_OUTSIDE_PROVINCE`.
absl::StatusOr<const units::UnitVersion*> RequireUnit(const units::Units& units,
                                                      absl::string_view unit,
                                                      absl::string_view province_code,
                                                      absl::CivilDay day);
// FAILED_PRECONDITION `UNIT_OUTSIDE_PROVINCE`: the unit is of province `other`.
absl::Status OutsideProvince(absl::string_view unit, absl::string_view province_code,
                             absl::string_view other);
// Whether the unit exists on `day`, wherever it lies.
bool ExistsOn(const units::Units& units, absl::string_view unit, absl::CivilDay day);
// FAILED_PRECONDITION `UNIT_ENDED`.
absl::Status UnitEnded(absl::string_view unit, absl::CivilDay day);
UnitFacts FactsOf(const units::UnitVersion& version);

// NOT_FOUND with the reason of each.
absl::StatusOr<Body> RequireBody(db::Tx& tx, absl::string_view name);
absl::StatusOr<Post> RequirePost(db::Tx& tx, absl::string_view name);
absl::StatusOr<Person> RequirePerson(db::Tx& tx, absl::string_view name);
// FAILED_PRECONDITION `PERSON_NOT_ACTIVE` for somebody who is retired or dead.
absl::Status CheckActive(const Person& person);
absl::Status PersonNotFound(absl::string_view name);
absl::Status PostNotFound(absl::string_view name);
absl::StatusOr<store::StoredAppointment> RequireAppointment(db::Tx& tx, absl::string_view name);

// FAILED_PRECONDITION `POST_RESERVED` where a signed plan has the post.
absl::Status CheckNotReserved(db::Tx& tx, const Post& post);

// The post as far as competence rests on it. A unit that has ended is taken as it last stood, one
// whose founding was taken back as a commune: the province decides where its people go.
PostPlace PlaceOf(const Post& post, const units::Units& units, absl::CivilDay day);

// Who held `post` on `day`, in a main, concurrent, seconded or acting appointment; empty: nobody.
absl::StatusOr<std::string> HolderOn(db::Tx& tx, absl::string_view post, absl::CivilDay day);

// FAILED_PRECONDITION `DATE_PAST` for a day before today.
absl::Status CheckNotPast(absl::CivilDay day, const Call& call);

// INVALID_ARGUMENT where an order says that it will be signed. A signer is looked up as of the date
// of signing, which must have come.
absl::Status CheckSignDay(absl::CivilDay sign_day, const Call& call);

// PERMISSION_DENIED `OUT_OF_SCOPE` where the principal may not act in a province that the rule's
// scope does not name.
absl::Status CheckScope(const Call& call, absl::string_view province_code);

// Adds a violation when both are there and `end` is not behind `first`.
void CheckOrder(const google::type::Date& first, const google::type::Date& end,
                absl::string_view end_field, error::Violations& violations);

// Appends the event of a record that keeps its chain hash, and moves that on.
absl::Status AppendEvent(db::Tx& tx, const Call& call, feed::Event event, std::string& chain_hash,
                         int ordinal = 0);

}  // namespace twotier::personnel::handlers

#endif  // TWOTIER_SERVICES_PERSONNEL_HANDLERS_LOOKUPS_H_
