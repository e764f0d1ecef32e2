// What must hold of the dossiers in a database, whatever happened to the servers.
#ifndef TWOTIER_TESTS_E2E_PROOF_H_
#define TWOTIER_TESTS_E2E_PROOF_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/e2e/callers.h"

namespace twotier::e2e {

// Asks the server at `address` and proves, for the dossiers of `acknowledged`, which must be all
// that were ever submitted:
// - each is there exactly once, and there is no other one in their provinces;
// - repeating its request id gives the first answer;
// - the numbers of each center and day are 1, 2, 3 ... without gap or repeat;
// - its timeline is whole and every hash chains.
// DATA_LOSS says what does not hold.
absl::Status ProveDossiers(const std::string& address,
                           const std::vector<Acknowledged>& acknowledged);

}  // namespace twotier::e2e

#endif  // TWOTIER_TESTS_E2E_PROOF_H_
