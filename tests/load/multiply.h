// Makes many dossiers of some, row by row as SubmitDossier writes them.
#ifndef TWOTIER_TESTS_LOAD_MULTIPLY_H_
#define TWOTIER_TESTS_LOAD_MULTIPLY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace twotier::load {

// Adds `count` dossiers to the database at `url`, which no service has open and whose events all
// have their positions. Each is one that was submitted there, handed in again on one of the sixty
// days before `now`: with a number of its center and day, its own applicant's record, its own first
// timeline entry with its hash and position, and its own remembered answer under a random request
// id. What differs from a submission: the digest of the request is the original's, so that
// repeating such a request id is refused. Returns the names of a sample, at most `sample` of them,
// spread over all. FAILED_PRECONDITION when no dossier was submitted.
absl::StatusOr<std::vector<std::string>> MultiplyDossiers(const std::string& url, int64_t count,
                                                          int64_t sample, absl::Time now);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_MULTIPLY_H_
