#include "services/routing/store/dossier_count_store.h"

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "services/routing/domain/dossier_code.h"

namespace twotier::routing::store {
namespace {

constexpr db::Statement kListNumbering{
    "routing_list_numbering",
    "SELECT center, organisation_id FROM center_organisation WHERE province_code = $1"
    " AND ($2 = '' OR center = $2) ORDER BY center, organisation_id"};

// Codes between $2 and $3: those of a center's days stand together in the primary key, so that
// counting needs no index, and submitting pays nothing for it.
constexpr db::Statement kVisitDossiers{
    "routing_visit_dossiers",
    "SELECT code, state, due_us, first_due_us, process_us, supplement_us, end_us,"
    " supplement_requests FROM dossier WHERE province_code = $1 AND code > $2 AND code < $3"
    " AND (received_center = $4 OR (received_center = '' AND center = $4))"
    " ORDER BY code LIMIT $5"};

// Rows that are held at a time.
constexpr int64_t kVisitedAtATime = 5000;

std::optional<absl::Time> TimeOf(std::optional<int64_t> micros) {
  if (!micros) return std::nullopt;
  return absl::FromUnixMicros(*micros);
}

void Fill(const db::Row& row, Dossier& dossier) {
  dossier.state = static_cast<DossierState>(row.Int(1));
  dossier.due_time = TimeOf(row.OptInt(2));
  dossier.first_due_time = TimeOf(row.OptInt(3));
  dossier.process_time = TimeOf(row.OptInt(4));
  dossier.pause_time = TimeOf(row.OptInt(5));
  dossier.end_time = TimeOf(row.OptInt(6));
  dossier.supplement_requests = static_cast<int>(row.Int(7));
}

}  // namespace

absl::Status VisitDossiers(db::Tx& tx, const DossierPeriod& period,
                           absl::FunctionRef<void(const Dossier&)> visit) {
  ASSIGN_OR_RETURN(const db::Rows numbering,
                   tx.Query(kListNumbering, {period.province_code, period.center}));
  Dossier dossier;
  for (const db::Row& numbers : numbering) {
    dossier.center = numbers.Text(0);
    std::string after = CodeBefore(numbers.Text(1), period.first);
    const std::string end = CodeBefore(numbers.Text(1), period.end);
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(const db::Rows rows,
                       tx.Query(kVisitDossiers, {period.province_code, after, end, dossier.center,
                                                 kVisitedAtATime}));
      for (const db::Row& row : rows) {
        Fill(row, dossier);
        visit(dossier);
      }
      more = static_cast<int64_t>(rows.size()) == kVisitedAtATime;
      if (more) after = rows.back().Text(0);
    }
  }
  return absl::OkStatus();
}

}  // namespace twotier::routing::store
