// Fills a database with dossiers as SubmitDossier writes them, and proves that they are such.
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
// requests for a sample spread over all of them: one is submitted for each prepared request, the
// others are made of those (multiply.h). The database is created when it does not exist. DATA_LOSS
// when `dossiers verify` finds anything, or a timeline of the sample does not chain.
absl::StatusOr<std::shared_ptr<const PreparedCalls>> StoreDossiers(
    const Places& places, const std::string& registry_address, const std::string& database,
    const Workload& workload, int64_t count);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_STORED_H_
