#include "services/routing/domain/alarm.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

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
  dossier.province_code = "48";
  dossier.code = "H48.1-261102-0001";
  dossier.center = "provinces/48/centers/H48.1";
  dossier.state = DossierState::kInProgress;
  dossier.accept_time = At(2, 9);
  dossier.due_time = At(5, 17);
  return dossier;
}

TEST(AlarmTest, IsSetOffAtOnceWhenNobodyLooksThereAgain) {
  using Change = std::function<void(Dossier&)>;
  const auto waits_from = [](absl::Time time) {
    return [time](Dossier& dossier) {
      dossier.state = DossierState::kSupplementRequested;
      dossier.pause_time = time;
    };
  };
  const struct {
    const char* what;
    Change change;
    absl::Time now;
    AlarmKind expected;  // kUnknown: none.
  } cases[] = {
      {"not received", [](Dossier& d) { d = Dossier(); }, At(9, 9), AlarmKind::kUnknown},
      {"far ahead", [](Dossier&) {}, At(3, 9), AlarmKind::kUnknown},
      {"a day ahead", [](Dossier&) {}, At(4, 17), AlarmKind::kUnknown},
      {"less than a day ahead", [](Dossier&) {}, At(4, 17) + absl::Microseconds(1),
       AlarmKind::kDueSoon},
      {"at its last instant", [](Dossier&) {}, At(5, 17), AlarmKind::kDueSoon},
      {"past", [](Dossier&) {}, At(5, 17) + absl::Microseconds(1), AlarmKind::kOverdue},
      {"received a day before", [](Dossier& d) { d.accept_time = At(4, 17); }, At(5, 9),
       AlarmKind::kDueSoon},
      {"received on the day", [](Dossier& d) { d.accept_time = At(5, 8); }, At(5, 9),
       AlarmKind::kUnknown},
      {"received on the day, past", [](Dossier& d) { d.accept_time = At(5, 8); }, At(5, 18),
       AlarmKind::kOverdue},
      {"stands still, near", waits_from(At(4, 9)), At(5, 9), AlarmKind::kUnknown},
      {"stood still in time", waits_from(At(5, 17)), At(9, 9), AlarmKind::kUnknown},
      {"stood still too late", waits_from(At(5, 18)), At(9, 9), AlarmKind::kOverdue},
      {"ended", [](Dossier& d) { d.state = DossierState::kStopped; }, At(9, 9),
       AlarmKind::kUnknown},
  };
  for (const auto& c : cases) {
    Dossier dossier = Accepted();
    c.change(dossier);
    const std::optional<Alarm> alarm = AlarmAtOnce(dossier, c.now);
    EXPECT_EQ(alarm ? alarm->kind : AlarmKind::kUnknown, c.expected) << c.what;
    if (!alarm) continue;
    EXPECT_EQ(alarm->code, dossier.code) << c.what;
    EXPECT_EQ(alarm->due, *dossier.due_time) << c.what;
    EXPECT_EQ(alarm->fired, c.now) << c.what;
    EXPECT_EQ(alarm->center, dossier.center) << c.what;
  }
}

// Only of what is told and nothing else: the others are found by their dates whenever they come.
TEST(AlarmTest, ASilenceOfBeforeIsToldAtOnceWhereNothingElseFollows) {
  Dossier owned = Accepted();
  owned.owning_system = "provinces/48/informationSystems/s";
  EXPECT_FALSE(SilenceAtOnce(owned, At(9, 9))) << "nobody is asked";
  owned.agency.unit = "units/p";
  owned.answer_by = At(4, 12);
  EXPECT_FALSE(SilenceAtOnce(owned, At(4, 12))) << "not past";
  const std::optional<Alarm> alarm = SilenceAtOnce(owned, At(4, 13));
  ASSERT_TRUE(alarm.has_value());
  EXPECT_EQ(alarm->kind, AlarmKind::kAgencySilent);
  EXPECT_EQ(alarm->due, At(4, 12));
  EXPECT_EQ(alarm->fired, At(4, 13));
  EXPECT_EQ(alarm->code, owned.code);
  EXPECT_EQ(alarm->center, owned.center);
  Dossier asked = owned;
  asked.agency = {};
  asked.state = DossierState::kPaymentRequested;
  ASSERT_TRUE(SilenceAtOnce(asked, At(4, 13)).has_value());
  EXPECT_EQ(SilenceAtOnce(asked, At(4, 13))->kind, AlarmKind::kUnanswered);
  owned.owning_system.clear();
  EXPECT_FALSE(SilenceAtOnce(owned, At(4, 13))) << "it is taken back";
}

}  // namespace
}  // namespace twotier::routing
