// Open dossiers of another system as a CSV file; docs/dossier_import.md describes it.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_DOSSIER_CSV_H_
#define TWOTIER_TOOLS_TWOTIERCTL_DOSSIER_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/csv.h"
#include "twotier/routing/v1/dossier_import.pb.h"

namespace twotier::ctl {

// One dossier of the file.
struct DossierRow {
  int line = 0;  // Of the file, from 1.
  std::string center;
  bool kept = false;  // The service keeps its code: known from a dry run.
  routing::v1::ImportedDossier dossier;
};

// The rows of `content`. What cannot be read goes to `errors`, named by `file`, line and column;
// the rows are of no use then. What the service checks is left to it. `file` must outlive `errors`.
std::vector<DossierRow> ReadDossierRows(absl::string_view file, absl::string_view content,
                                        RowErrors& errors);

// Rows of one center each, `rows_max` at most, for a call each. Of a center those come first whose
// code is kept: so none of the numbers that the calls give is one that a later row has already.
std::vector<std::vector<const DossierRow*>> BatchesOf(const std::vector<DossierRow>& rows,
                                                      size_t rows_max);

// The column that a field of v1::ImportedDossier was read from: "record.pauses[0].end_time" is
// "pauses". The field itself where there is none.
std::string ColumnOf(absl::string_view field);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_DOSSIER_CSV_H_
