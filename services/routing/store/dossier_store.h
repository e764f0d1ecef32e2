// Rows of dossiers, their numbers and their applicants. Errors of all functions: those of db::Tx.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_STORE_H_
#define TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "common/db/database.h"
#include "common/db/db.h"
#include "services/routing/domain/dossier.h"
#include "services/routing/domain/register.h"

namespace twotier::routing::store {

// State of the tables that a submission was decided on.
struct DecidedOn {
  int64_t snapshot_id = 0;        // Of the replica.
  int64_t units_change = 0;       // common/units/snapshot_state.h.
  int64_t catalogue_version = 0;  // Of its head.
};

// Takes the next number of `center` on `day`, if center, units and catalogue still stand where the
// caller decided on them: one transaction, so a center that was suspended meanwhile hands out no
// number, and a procedure that was replaced meanwhile is not submitted to. nullopt: one of them
// moved on; nothing was taken. The code of the dossier begins with `organisation_id`.
absl::StatusOr<std::optional<int64_t>> TakeNumber(db::Tx& tx, const CenterRecord& center,
                                                  const std::string& organisation_id,
                                                  const DecidedOn& decided_on, absl::CivilDay day);
// What TakeNumber asks.
db::BoundStatement ReadNumberQuery(const CenterRecord& center, const std::string& organisation_id,
                                   const DecidedOn& decided_on, absl::CivilDay day);

// Personal data of an applicant; the only place where they are stored.
struct ApplicantRow {
  int kind = 0;
  std::string full_name;
  std::string identity_number;
  std::string phone;
  std::string address;
  bool account_verified = false;
};

// Adds a new dossier with its applicant, without waiting for the result.
absl::Status InsertDossier(db::Tx& tx, const Dossier& dossier, absl::string_view applicant_digest);
absl::Status InsertApplicant(db::Tx& tx, absl::string_view province_code,
                             absl::string_view applicant_ref, const ApplicantRow& applicant);

// Writes what a step may change. `version_before` is the version the step started from; another one
// is a conflict and the unit runs again.
absl::Status UpdateDossier(db::Tx& tx, const Dossier& dossier, int64_t version_before);

// Writes the version it is pinned to, its term, and the body that decides by it. `version_before`
// as above.
absl::Status PinDossier(db::Tx& tx, const Dossier& dossier, int64_t version_before);

// nullopt when there is none.
absl::StatusOr<std::optional<Dossier>> LoadDossier(db::Tx& tx, absl::string_view province_code,
                                                   absl::string_view code);
// What LoadDossier asks.
db::BoundStatement LoadDossierQuery(absl::string_view province_code, absl::string_view code);

// A dossier, and the versions of the calendar that its clock runs on and of the catalogue's head
// (0: there is none), and the state of the units.
struct ClockedDossier {
  Dossier dossier;
  int64_t calendar_version = 0;
  int64_t catalogue_version = 0;
  int64_t units_change = 0;  // common/units/snapshot_state.h.
};
// All in one statement. nullopt when there is none.
absl::StatusOr<std::optional<ClockedDossier>> LoadClockedDossier(db::Tx& tx,
                                                                 absl::string_view province_code,
                                                                 absl::string_view code);
// What LoadClockedDossier asks.
db::BoundStatement LoadClockedDossierQuery(absl::string_view province_code, absl::string_view code);
absl::StatusOr<std::optional<ApplicantRow>> LoadApplicant(db::Tx& tx,
                                                          absl::string_view province_code,
                                                          absl::string_view code);

enum class DossierOrder {
  kCode,          // In byte order.
  kDueTime,       // Only dossiers that are accepted and not processed.
  kOverdueFirst,  // Of these part by part (OverduePart), each by due time.
};

// Parts of a list in the order kOverdueFirst, one behind the other.
enum class OverduePart {
  kSentBack,  // More than once: overdue whenever they are due.
  kRuns,      // The clock runs, or stood still too late: overdue as soon as the date has passed.
  kStopped,   // The clock stands still in time: not overdue, however old the date is.
};
OverduePart PartOf(const Dossier& dossier);

// A page of dossiers.
struct DossierQuery {
  std::string province_code;
  std::string center;                           // Empty: of the whole province.
  DossierState state = DossierState::kUnknown;  // kUnknown: in any state.
  // Of the competent body; the line and level only with a unit, the unit only in an order by due
  // time. Empty and kUnknown: any.
  std::string body_unit;
  Line body_line = Line::kUnknown;
  Level body_level = Level::kUnknown;
  std::string assignee;  // Post; only in an order by due time. Empty: any, and none.
  // What the name of its center begins with; only with a body or a post. Empty: any.
  std::string lies_in;
  DossierOrder order = DossierOrder::kCode;
  // Of the last row of the page before.
  OverduePart part = OverduePart::kSentBack;  // In which it is (kOverdueFirst).
  int64_t after_due_us = 0;
  std::string after_code;
  int limit = 0;
};
absl::StatusOr<std::vector<Dossier>> ListDossiers(db::Tx& tx, const DossierQuery& query);
// The same of several provinces, in one order: of query.province_code, and of the others what lies
// in that one. Whatever else they have is not the caller's to see.
absl::StatusOr<std::vector<Dossier>> ListDossiers(db::Tx& tx, DossierQuery query,
                                                  absl::Span<const std::string> provinces);
// Leaves the page that `query` asks for, in its order, of dossiers that belong into its list.
void MakePage(const DossierQuery& query, std::vector<Dossier>& dossiers);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_STORE_H_
