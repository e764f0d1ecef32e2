#include "services/routing/handlers/pinning.h"

#include <optional>

#include "common/errors.h"
#include "common/status_macros.h"
#include "services/routing/domain/competence.h"
#include "services/routing/domain/rerouting.h"
#include "services/routing/handlers/dossiers.h"

namespace twotier::routing::handlers {
namespace {

// The version of `snapshot` that a dossier is to be pinned to on the day of valid reception, in the
// province that its unit lies in then. Nothing where it is pinned to it, or none is in force that
// has a term for it.
std::optional<PinnedVersion> OtherVersion(const Snapshot& snapshot, absl::CivilDay day,
                                          const Dossier& dossier) {
  const CatalogueEntry* entry = snapshot.catalogue->Find(dossier.procedure_code);
  if (entry == nullptr) return std::nullopt;
  const auto pinned =
      entry->PinOn(ProvinceOn(*snapshot.units, dossier, day), day, dossier.case_key);
  const bool other = pinned && pinned->version->version != dossier.procedure_version;
  return other ? pinned : std::nullopt;
}

}  // namespace

absl::Status Pin(const Env& env, db::Tx& tx, absl::CivilDay day,
                 const std::shared_ptr<const Snapshot>& rules, Dossier& dossier) {
  if (rules != nullptr && !OtherVersion(*rules, day, dossier)) return absl::OkStatus();
  // Who decides rests on units too, as the transaction sees them.
  std::shared_ptr<const Snapshot> snapshot = rules;
  if (snapshot == nullptr) {
    ASSIGN_OR_RETURN(snapshot, LoadForSubmission(tx, *env.snapshots->Get(), dossier.procedure_code,
                                                 dossier.unit, dossier.center));
  }
  const std::optional<PinnedVersion> pinned = OtherVersion(*snapshot, day, dossier);
  if (!pinned) return absl::OkStatus();
  const absl::StatusOr<Competence> competence =
      ResolveBody(*snapshot->catalogue, *snapshot->units,
                  {.procedure_code = dossier.procedure_code,
                   .unit = dossier.unit,
                   .unit_code = "",
                   .as_of = day,
                   .explain = false,
                   .case_key = dossier.case_key});
  if (absl::IsUnavailable(competence.status())) return competence.status();
  const auto reason = error::ReasonOf(competence.status());
  const bool unit_ended = reason.has_value() && reason->reason == "UNIT_ENDED";
  if (!competence.ok() && !unit_ended) return absl::OkStatus();
  dossier.procedure_version = pinned->version->version;
  dossier.term = *pinned->term;
  // One whose unit has ended stays where it is: a re-routing moves it.
  if (competence.ok()) dossier.body = competence->body;
  return absl::OkStatus();
}

}  // namespace twotier::routing::handlers
