// The columns of a dossier's row, for every statement that reads whole dossiers.
#ifndef TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_ROWS_H_
#define TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_ROWS_H_

#include "common/db/db.h"
#include "services/routing/domain/dossier.h"

namespace twotier::routing::store {

// Columns in the order in which DossierOf takes them: those of a submission, and those that later
// steps fill. The latter have defaults, so that a submission need not write them.
#define TWOTIER_SUBMITTED_COLUMNS                                                               \
  "province_code, code, state, procedure_code, procedure_version, unit, center, return_center," \
  " body_unit, body_unit_full_name, body_level, body_line, body_title, channel,"                \
  " applicant_kind, applicant_ref, components, term_value, term_half, term_unit,"               \
  " cutoff_minute, submit_us, accept_us, due_us, due_provisional, process_us, return_us,"       \
  " supplement_requests, supplement_us, result_id, version, chain_hash, case_key"
#define TWOTIER_DOSSIER_COLUMNS                                                                \
  TWOTIER_SUBMITTED_COLUMNS                                                                    \
  ", assignee, agency_unit, agency_unit_full_name, agency_level, agency_title, fee_due_vnd,"   \
  " fee_paid_vnd, fee_gateway, fee_reference, answer_by_us, first_due_us, extensions, end_us," \
  " satisfaction, owning_system, external_code, source_due_us, account_verified,"              \
  " support_center, pause_extended_us, fee_paid_total_vnd, received_center, fee_due_at"

// A row that begins with TWOTIER_DOSSIER_COLUMNS.
Dossier DossierOf(const db::Row& row);

}  // namespace twotier::routing::store

#endif  // TWOTIER_SERVICES_ROUTING_STORE_DOSSIER_ROWS_H_
