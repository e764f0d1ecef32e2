// A model of a dossier's states, and how each step is asked for: what random lives are walked by.
#ifndef TWOTIER_TESTS_SERVICE_DOSSIER_MODEL_H_
#define TWOTIER_TESTS_SERVICE_DOSSIER_MODEL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/type/date.pb.h"
#include "tests/service/routing_server.h"

namespace twotier::routing::testing {

using Names = std::vector<std::string>;

// What a caller knows of a dossier, without the service's rules.
struct Known {
  v1::Dossier dossier;
  bool away = false;  // Another agency has it.
  int asked = 0;      // Supplements.

  bool Waits() const;       // For the applicant.
  bool HoldsClock() const;  // The applicant does, too.
  // Nobody answered in time, so that the service takes a step of its own: not where another system
  // owns the dossier.
  bool Unanswered(absl::Time now) const;
};

// Every step, in the order of the contract. A step is named as its RPC.
const Names& Steps();

// Steps that a dossier allows, in the order in which a refusal names them.
Names Allowed(const Known& known);

// State of `dossier` after a step that is allowed.
v1::DossierState After(const std::string& step, const v1::Dossier& dossier);

// The dossier as a step that was allowed has left it. Empty when that is what the model says, else
// what is not.
std::string Learn(const std::string& step, const v1::Dossier& after, Known& known);

// The step that follows from an answer that did not come.
std::string StepOfSilence(const Known& known);

// The same as Learn for that step: the applicant's silence stops the dossier, or refuses what was
// not received yet, or lets a result lie; another agency's brings it back.
std::string LearnSilence(const v1::Dossier& after, Known& known);

// What the steps are asked with.
struct StepInputs {
  std::string agency_unit;               // Where a dossier is forwarded to.
  google::type::Date new_due_date = {};  // Of an extension.
  int64_t fee_vnd = 8'000;
  std::optional<absl::Time> answer_by = {};  // Of a request to answer; absent: not said.
};

// Takes `step` on the dossier as the caller knows it. Errors: those of the step.
absl::StatusOr<v1::Dossier> Take(const std::string& step, v1::RoutingService::Stub& stub,
                                 const Known& known, const StepInputs& inputs,
                                 const std::string& request_id);

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_DOSSIER_MODEL_H_
