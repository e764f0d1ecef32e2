// Two callers at once: what one decides rests on what the other writes.
#include <thread>

#include "tests/service/registry_change_fixture.h"

namespace twotier::registry {
namespace {

INSTANTIATE_TEST_SUITE_P(All, RegistryChangeTest, ::testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

TEST_P(RegistryChangeTest, OfTwoRacingEventsThatWantOneCodeOnlyOneIsRecorded) {
  for (int round = 0; round < 5; ++round) {
    const std::string code = absl::StrFormat("%05d", 20 + round);
    std::vector<absl::Status> outcomes(2);
    std::vector<std::thread> callers;
    std::vector<v1::ChangeEvent> made(2);
    for (int i = 0; i < 2; ++i) {
      EventOf event(kMerger, NextId());
      const std::string unit = absl::StrCat("units/u", 1 + i);
      event.From(unit, 1 + 2 * round).GoOn(unit).Edge(unit, unit);
      event.target(0).set_code(code);
      callers.emplace_back([this, i, event, &outcomes, &made]() mutable {
        const auto applied = Apply(event);
        outcomes[i] = applied.status();
        if (applied.ok()) made[i] = applied->change_event();
      });
    }
    for (std::thread& caller : callers) caller.join();
    const int winner = outcomes[0].ok() ? 0 : 1;
    ASSERT_TRUE(outcomes[winner].ok()) << outcomes[0] << outcomes[1];
    ASSERT_EQ(Reason(outcomes[1 - winner]), "CODE_IN_USE") << outcomes[1 - winner];
    // Both have the same version again, so that the next round is as this one.
    ASSERT_TRUE(Cancel(made[winner]).ok());
    EventOf even(kMerger, NextId());
    const std::string loser = absl::StrCat("units/u", 2 - winner);
    even.From(loser, 1 + 2 * round).GoOn(loser).Edge(loser, loser);
    even.target(0).set_code(code);
    const auto applied = Apply(even);
    ASSERT_TRUE(applied.ok()) << applied.status();
    ASSERT_TRUE(Cancel(applied->change_event()).ok());
  }
}

// A report that is recorded was recorded before the cancellation. Transactions of PostgreSQL that
// follow one another have growing numbers; of two that ran beside each other and knew nothing of
// each other, the report would have the larger one in every other round.
TEST_P(RegistryChangeTest, NoReportIsRecordedAfterTheCancellation) {
  constexpr int kRounds = 12;
  int reports = 0;
  for (int round = 0; round < kRounds; ++round) {
    EventOf event(kMerger, NextId());
    event.From("units/u1", 1 + 2 * round).GoOn("units/u1").Edge("units/u1", "units/u1");
    event.target(0).set_code("00020");
    const auto applied = Apply(event);
    ASSERT_TRUE(applied.ok()) << applied.status();
    v1::ReportSuccessionRequest report;
    report.set_name(applied->change_event().name() + "/successions/routing");
    report.set_open(1);
    report.set_request_id(NextId());
    absl::Status reported;
    std::thread reporter(
        [&] { reported = server_->Call(&Stub::ReportSuccession, report).status(); });
    const absl::Status cancelled = Cancel(applied->change_event()).status();
    reporter.join();
    ASSERT_TRUE(cancelled.ok()) << cancelled;
    if (!reported.ok()) {
      ASSERT_EQ(Reason(reported), "CHANGE_EVENT_CANCELLED") << reported;
      continue;
    }
    ++reports;
    if (!database_.is_postgres()) continue;  // There is one writer.
    const std::vector<std::string> in_order = database_.Run(
        "SELECT CASE WHEN report.xmin::text::bigint <= event.xmin::text::bigint THEN 'yes' ELSE"
        " 'no' END FROM succession_report report JOIN change_event event"
        " ON event.event_id = report.event_id AND event.cancelled = 1"
        " ORDER BY report.reported_us, report.event_id");
    EXPECT_EQ(static_cast<int>(in_order.size()), reports);
    EXPECT_THAT(in_order, ::testing::Each("yes")) << "in round " << round;
  }
}

}  // namespace
}  // namespace twotier::registry
