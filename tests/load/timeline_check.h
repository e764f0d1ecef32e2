// Proves that a dossier's timeline is whole, by other code than the engine's.
#ifndef TWOTIER_TESTS_LOAD_TIMELINE_CHECK_H_
#define TWOTIER_TESTS_LOAD_TIMELINE_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::load {

// Recomputes every hash from the bytes of the answer: versions count from 1 without gap, each entry
// names the hash of the one before, and its own hash is SHA-256(hash before or 32 zero bytes ‖
// province ‖ subject ‖ version ‖ kind ‖ body), texts prefixed with their length, numbers in 8 bytes
// big-endian. DATA_LOSS names the first entry that is wrong.
absl::Status CheckTimeline(const std::string& dossier_name,
                           const routing::v1::ListDossierEntriesResponse& timeline);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_TIMELINE_CHECK_H_
