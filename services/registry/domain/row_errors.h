// What is wrong with imported rows, each named `file:row:column`.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_ROW_ERRORS_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_ROW_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/errors.h"

namespace twotier::registry {

// Where a row came from. The row number counts lines of the file from 1, the header included.
struct RowPlace {
  absl::string_view file;  // A constant of reference_data.h.
  int row = 0;
};

// Collects wrong rows; keeps the first error::Violations::kViolationsMax (100).
class RowErrors {
 public:
  void Add(RowPlace place, absl::string_view column, absl::string_view description) {
    violations_.Add(absl::StrCat(place.file, ":", place.row, ":", column), description);
  }
  // Something about a whole file, for example that it is missing.
  void AddFile(absl::string_view file, absl::string_view description) {
    violations_.Add(file, description);
  }
  bool empty() const { return violations_.empty(); }

  // OK when empty; else INVALID_ARGUMENT `IMPORT_ROW_INVALID` with every violation.
  absl::Status ToStatus() const { return violations_.ToStatus("IMPORT_ROW_INVALID"); }

 private:
  error::Violations violations_;
};

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_ROW_ERRORS_H_
