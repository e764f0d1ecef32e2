// Fills a database with dossiers as SubmitDossier writes them, and proves on a sample that they
// chain.
#ifndef TWOTIER_TESTS_LOAD_STORED_H_
#define TWOTIER_TESTS_LOAD_STORED_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/load/calls.h"
#include "tests/load/fleet.h"
#include "tests/load/workload.h"

namespace twotier::load {

// Stores `count` dossiers in `database` (a URL, as a service takes it) and returns GetDossier
// requests for a sample spread over all of them. The database is created when it does not exist.
// DATA_LOSS when a dossier of the sample does not chain.
absl::StatusOr<std::shared_ptr<const PreparedCalls>> StoreDossiers(
    const Places& places, const std::string& registry_address, const std::string& database,
    const Workload& workload, int64_t count);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_STORED_H_
