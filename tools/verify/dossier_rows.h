// The rows of a routing database, as they stand there. Reads dossier by dossier, because a province
// has millions.
#ifndef TWOTIER_TOOLS_VERIFY_DOSSIER_ROWS_H_
#define TWOTIER_TOOLS_VERIFY_DOSSIER_ROWS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/verify/event_chain.h"

namespace twotier::verify {

// A lawful term. No value: there is none.
struct TermRow {
  std::optional<int64_t> value;
  bool half = false;
  int64_t unit = 0;  // Numbers of routing/v1/procedure.proto.
  std::optional<int64_t> cutoff_minute;

  friend bool operator==(const TermRow&, const TermRow&) = default;
};

// A version of a procedure.
struct VersionRow {
  std::string province_code;  // Empty: of the country.
  std::string code;
  int64_t version = 0;
  TermRow term;
  std::string content;               // A v1.ProcedureContent; empty: it was imported.
  int64_t level = 0;                 // Numbers of routing/v1/procedure.proto.
  int64_t first_day = 0;             // Since 1970-01-01, like the next and `ended_day`.
  std::optional<int64_t> end_day;    // Of a publication alone.
  int64_t known_us = 0;              // It was published or imported.
  std::optional<int64_t> ended_day;  // The first ending of the code, in the country or a province.
};

// A unit as the copy of the register has it.
struct CopiedUnitRow {
  std::string name;
  std::string history;  // A registry/v1.UnitHistory.
};

// Instants are microseconds since 1970.
struct DossierRow {
  std::string province_code;
  std::string code;
  int64_t state = 0;  // Numbers of routing/v1/dossier.proto.
  std::string center;
  std::string received_center;  // Empty: it still is where it was received.
  std::string return_center;
  std::string procedure_code;
  int64_t procedure_version = 0;
  std::string case_key;
  std::string unit;
  std::string body_unit;
  std::string body_title;
  std::string applicant_digest;
  bool has_applicant = false;
  int64_t term_value = 0;
  bool term_half = false;
  int64_t term_unit = 0;  // Numbers of routing/v1/procedure.proto.
  std::optional<int64_t> cutoff_minute;
  int64_t submit_us = 0;
  std::optional<int64_t> accept_us;
  std::optional<int64_t> due_us;
  std::optional<int64_t> first_due_us;
  bool due_provisional = false;
  int64_t open_due_us = 0;
  std::optional<int64_t> process_us;
  std::optional<int64_t> return_us;
  std::optional<int64_t> end_us;
  std::optional<int64_t> pause_us;
  std::optional<int64_t> pause_extended_us;
  std::optional<int64_t> answer_by_us;
  int64_t supplement_requests = 0;
  int64_t extensions = 0;
  std::optional<int64_t> fee_due_vnd;
  int64_t fee_due_at = 0;  // Numbers of routing/v1/dossier.proto.
  std::optional<int64_t> fee_paid_vnd;
  int64_t fee_paid_total_vnd = 0;
  int64_t channel = 0;
  int64_t applicant_kind = 0;
  std::string components_digest;  // SHA-256 of what is stored.
  std::string result_id;
  std::string assignee;
  std::string agency_unit;
  std::string agency_title;
  int64_t satisfaction = 0;
  std::string owning_system;
  int64_t account_verified = 0;
  std::string support_center;
  std::string external_code;  // Empty: it was submitted here.
  std::optional<int64_t> source_due_us;
  int64_t version = 0;
  std::string chain_hash;
  std::vector<EventRow> entries;  // Its timeline, by version.
};

// A calendar as it was imported.
struct CalendarRow {
  int64_t version = 0;
  std::string content;
  int64_t imported_us = 0;
};

// The last number that a center has given on a day.
struct CounterRow {
  std::string province_code;
  std::string center;
  int64_t day = 0;  // Since 1970-01-01.
  int64_t last = 0;
};

// By which code of another system a dossier is found.
struct ImportedRow {
  std::string province_code;
  std::string external_key;
  std::string source_system;  // Empty: the first entry of the dossier says which.
  std::string code;
};

// An organisation id with which codes of dossiers that a center has or had begin.
struct PlaceRow {
  std::string province_code;
  std::string center;
  std::string organisation_id;
};

// A province in which dossiers of another one lie.
struct HostRow {
  std::string host_code;
  std::string province_code;
};

// An alarm that names another center than its dossier does now.
struct StrayAlarmRow {
  std::string province_code;
  std::string code;
  std::string center;
};

// How far the feed is, and what is there behind the last position that was deleted for its age.
struct FeedRow {
  int64_t head_position = 0;
  int64_t deleted_position = 0;
  int64_t numbered = 0;
  int64_t last_position = 0;
};

// What is called with each row; the rows live as long as the call.
struct DossierVisitor {
  std::function<void(const CalendarRow&)> calendar;  // First; by version.
  std::function<void(const VersionRow&)> version;    // Then; by code and number.
  std::function<void(const CopiedUnitRow&)> unit;    // Then.
  std::function<void(const DossierRow&)> dossier;    // By province and code.
  std::function<void(const EventRow&)> stray;        // An entry of a dossier that is not there.
  std::function<void(const CounterRow&)> counter;  // After all dossiers; by province, center, day.
  std::function<void(const ImportedRow&)> imported;       // After all dossiers.
  std::function<void(const PlaceRow&)> place;             // After all dossiers.
  std::function<void(const HostRow&)> host;               // After all dossiers.
  std::function<void(const StrayAlarmRow&)> stray_alarm;  // After all dossiers.
  std::function<void(const FeedRow&)> feed;               // Last.
};

// The date in Vietnam, in days since 1970-01-01: seven hours ahead of UTC all year.
constexpr int64_t VietnamDayOf(int64_t us) {
  constexpr int64_t kHour = 3600LL * 1000 * 1000;
  return (us + 7 * kHour) / (24 * kHour);
}

// Reads everything in one read-only transaction and holds a thousand dossiers at a time. Errors:
// those of ConnectReadOnly, DATA_LOSS (the feed has no head), those of the engine.
absl::Status ReadDossiers(absl::string_view url, const DossierVisitor& visitor);

}  // namespace twotier::verify

#endif  // TWOTIER_TOOLS_VERIFY_DOSSIER_ROWS_H_
