// Lives of dossiers all over the country, in the mix that was published; drawn from a seed, so that
// they can be told again.
#ifndef TWOTIER_TESTS_SERVICE_DOSSIER_LIVES_H_
#define TWOTIER_TESTS_SERVICE_DOSSIER_LIVES_H_

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/calendar.h"
#include "tests/service/dossier_model.h"
#include "twotier/registry/v1/registry_service.grpc.pb.h"
#include "twotier/routing/v1/routing_service.grpc.pb.h"

namespace twotier::routing::testing {

// A unit of the lower tier, as far as lives need it.
struct Commune {
  std::string unit;
  std::string province;  // The unit it lies in.
  std::string province_code;
  int dossiers_a_day = 0;
};

struct Country {
  std::vector<Commune> communes;
  std::vector<v1::Procedure> procedures;  // Published.
  std::shared_ptr<const calendar::Calendar> calendar;
};

// What the services know on `as_of`; the calendar is read from the file of the checkout that they
// import.
absl::StatusOr<Country> LoadCountry(registry::v1::RegistryService::Stub& registry,
                                    v1::RoutingService::Stub& routing, absl::CivilDay as_of,
                                    const std::string& source_dir = ".");

// The mix, in a thousandth. What is published of the country (docs: tests/load/README.md) is taken
// from there; the rest is made up so that every step occurs.
struct Mix {
  int online = 830;    // Nation, 1 July to 28 October 2025.
  int post = 2;        // Communes of Hà Nội, 1 July to 23 September 2025: 0.24 %.
  int late = 90;       // Nation, 1 July to 15 September 2025: 91 % in time. The most of any source.
  int refused = 20;    // Made up from here on.
  int withdrawn = 15;  // Before it is processed, at any step.
  int stopped = 5;     // The same, by the authority.
  int assigned = 500;
  int forwarded = 30;
  int supplement = 80;
  int second_supplement = 100;  // Of those.
  int unanswered = 60;          // Of all requests.
  int paid = 200;               // Where the catalogue names no fee; where it names one, all.
  int paid_at_reception = 300;  // Of those; the others while it is worked on.
  int paid_at_result = 200;
  int extended = 500;  // Of what is late.
  int rated = 200;
  int saturday = 20;  // Received on a day off, as some communes open on Saturdays.
};

// One dossier from its submission on. Which steps it takes is drawn beforehand, and when the next
// one comes as its dates become known.
class Life {
 public:
  // `first` to `end`: the days on which it may be submitted. Life `number` of a seed is always the
  // same.
  Life(const Country& country, const Mix& mix, uint64_t seed, int number, absl::CivilDay first,
       absl::CivilDay end);

  int number() const { return number_; }
  absl::Time submit_time() const { return submit_time_; }
  // Who asks for what: to ResolveCompetence.
  v1::ResolveCompetenceRequest Question() const;
  // At one of the places that the answer names.
  v1::SubmitDossierRequest Submission(const v1::Competence& competence);

  // No step is left to take; what still waits for its applicant waits for ever.
  bool over() const { return next_ == steps_.size(); }
  const std::string& step() const { return steps_[next_]; }
  // Of the next step.
  StepInputs Inputs(const Known& known, absl::Time now) const;
  // A new one for each call.
  std::string NextRequestId() { return RequestId(number_ * kRequestsMax + requests_++); }
  void Taken() { ++next_; }
  // When the next step comes: on a tick behind `now`.
  absl::Time Next(const Known& known, absl::Time now);

 private:
  // More than the longest life makes.
  static constexpr int kRequestsMax = 32;

  // True `thousandths` times in a thousand.
  bool Draw(int thousandths) { return Below(1000) < thousandths; }
  // 0 to `end` - 1.
  int Below(int end) { return static_cast<int>(random_() % static_cast<uint64_t>(end)); }
  void DrawSteps(const Mix& mix);
  // A fee is asked for; false: nobody pays it.
  bool DrawPayment(const Mix& mix);
  absl::Time Processed(const Known& known, absl::Time now);

  const Country& country_;
  const int number_;
  std::mt19937_64 random_;
  const Commune* commune_ = nullptr;
  const v1::Procedure* procedure_ = nullptr;
  v1::Channel channel_ = v1::CHANNEL_DIRECT;
  absl::Time submit_time_;
  Names steps_;
  size_t next_ = 0;
  int requests_ = 0;
  bool late_ = false;
  bool saturday_ = false;
};

}  // namespace twotier::routing::testing

#endif  // TWOTIER_TESTS_SERVICE_DOSSIER_LIVES_H_
