#include "services/routing/domain/dossier_count.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/time/civil_time.h"
#include "common/clock.h"

namespace twotier::routing {
namespace {

absl::Time At(int day, int hour) {
  return absl::FromCivil(absl::CivilHour(2026, 11, day, hour), VietnamTimeZone());
}

// Accepted on the 2nd, due on the 5th at 17:00.
Dossier Accepted() {
  Dossier dossier;
  dossier.state = DossierState::kInProgress;
  dossier.accept_time = At(2, 9);
  dossier.due_time = At(5, 17);
  return dossier;
}

TEST(TimelinessTest, SaysHowTheTermIsKept) {
  using Change = std::function<void(Dossier&)>;
  const struct {
    const char* what;
    Change change;
    absl::Time now;
    Timeliness expected;
  } cases[] = {
      {"registered", [](Dossier& d) { d.due_time.reset(); }, At(9, 9), Timeliness::kNoTerm},
      {"withdrawn before reception",
       [](Dossier& d) {
         d.due_time.reset();
         d.end_time = At(3, 9);
       },
       At(9, 9), Timeliness::kNoTerm},
      {"open at its last instant", [](Dossier&) {}, At(5, 17), Timeliness::kInTerm},
      {"open behind it", [](Dossier&) {}, At(5, 17) + absl::Microseconds(1), Timeliness::kOverdue},
      {"its clock stood still before", [](Dossier& d) { d.pause_time = At(5, 16); }, At(9, 9),
       Timeliness::kInTerm},
      {"its clock stood still too late", [](Dossier& d) { d.pause_time = At(6, 9); }, At(9, 9),
       Timeliness::kOverdue},
      {"processed the day before", [](Dossier& d) { d.process_time = At(4, 23); }, At(9, 9),
       Timeliness::kEarly},
      {"processed on the day", [](Dossier& d) { d.process_time = At(5, 0); }, At(9, 9),
       Timeliness::kOnTime},
      {"processed at the last instant", [](Dossier& d) { d.process_time = At(5, 17); }, At(9, 9),
       Timeliness::kOnTime},
      {"processed behind it",
       [](Dossier& d) { d.process_time = At(5, 17) + absl::Microseconds(1); }, At(9, 9),
       Timeliness::kLate},
      {"stopped in time", [](Dossier& d) { d.end_time = At(3, 9); }, At(9, 9), Timeliness::kEarly},
      {"stopped late because nobody answered a request that was in time",
       [](Dossier& d) {
         d.pause_time = At(5, 9);
         d.end_time = At(30, 9);
       },
       At(30, 10), Timeliness::kOnTime},
      {"in time by an extended date, open",
       [](Dossier& d) {
         d.first_due_time = d.due_time;
         d.due_time = At(10, 17);
       },
       At(6, 9), Timeliness::kOverdue},
      {"in time by an extended date, processed",
       [](Dossier& d) {
         d.first_due_time = d.due_time;
         d.due_time = At(10, 17);
         d.process_time = At(6, 9);
       },
       At(20, 9), Timeliness::kLate},
      {"extended and processed before the first date all the same",
       [](Dossier& d) {
         d.first_due_time = d.due_time;
         d.due_time = At(10, 17);
         d.process_time = At(4, 9);
       },
       At(20, 9), Timeliness::kEarly},
      {"a second supplement, open", [](Dossier& d) { d.supplement_requests = 2; }, At(3, 9),
       Timeliness::kOverdue},
      {"a second supplement, processed early",
       [](Dossier& d) {
         d.supplement_requests = 2;
         d.process_time = At(3, 9);
       },
       At(9, 9), Timeliness::kLate},
  };
  for (const auto& c : cases) {
    Dossier dossier = Accepted();
    c.change(dossier);
    EXPECT_EQ(TimelinessOf(dossier, c.now), c.expected) << c.what;
  }
}

TEST(DossierCountTest, EachDossierCountsOnceOnEachSide) {
  DossierCount count;
  Dossier dossier = Accepted();
  count.Add(dossier, At(3, 9));
  count.Add(dossier, At(9, 9));
  dossier.state = DossierState::kProcessed;
  dossier.process_time = At(4, 9);
  DossierCount more;
  more.Add(dossier, At(9, 9));
  count.Add(more);
  EXPECT_EQ(count.total, 3);
  const std::map<DossierState, int64_t> states = {{DossierState::kInProgress, 2},
                                                  {DossierState::kProcessed, 1}};
  EXPECT_EQ(count.states, states);
  const std::map<Timeliness, int64_t> timeliness = {
      {Timeliness::kInTerm, 1}, {Timeliness::kOverdue, 1}, {Timeliness::kEarly, 1}};
  EXPECT_EQ(count.timeliness, timeliness);
}

}  // namespace
}  // namespace twotier::routing
