// Whatever is submitted, in whatever company: the database ends as a map would that ran the units
// one by one, and every unit is told what the map would have told it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/db/account_fixture.h"
#include "common/db/database.h"
#include "common/status_macros.h"
#include "tests/support/database.h"

namespace twotier::db {
namespace {

constexpr Statement kDelete{"remove_account",
                            "DELETE FROM account WHERE province_code = $1 AND name = $2"};

// One unit on one account.
struct Action {
  enum class Kind {
    kInsert,         // ALREADY_EXISTS by the engine when it is there.
    kTake,           // FAILED_PRECONDITION by the engine when it falls below zero.
    kRemove,         // NOT_FOUND by the handler, without writing.
    kAddThenRefuse,  // Writes, then fails.
    kGuardedAdd,     // Writes in a guard that fails, then writes.
    kDryInsert,      // Leaves nothing.
  };
  Kind kind;
  int account;
  int64_t amount;
};

std::string NameOf(const Action& action) { return absl::StrCat("account", action.account); }

absl::Status Add(Tx& tx, const std::string& name, int64_t amount) {
  ASSIGN_OR_RETURN(const int64_t rows, tx.Exec(kAdd, {"48", name, amount}));
  return rows == 1 ? absl::OkStatus() : absl::NotFoundError(name);
}

absl::Status RunOnDatabase(Tx& tx, const Action& action) {
  const std::string name = NameOf(action);
  switch (action.kind) {
    case Action::Kind::kInsert:
    case Action::Kind::kDryInsert:
      return tx.Write(kInsert, {"48", name, action.amount});
    case Action::Kind::kTake:
      return Add(tx, name, -action.amount);
    case Action::Kind::kRemove: {
      ASSIGN_OR_RETURN(const int64_t rows, tx.Exec(kDelete, {"48", name}));
      return rows == 1 ? absl::OkStatus() : absl::NotFoundError(name);
    }
    case Action::Kind::kAddThenRefuse:
      RETURN_IF_ERROR(Add(tx, name, action.amount));
      return absl::OutOfRangeError(name);
    case Action::Kind::kGuardedAdd: {
      const absl::Status refused = tx.Guard([&]() -> absl::Status {
        RETURN_IF_ERROR(Add(tx, name, 1000));
        return absl::OutOfRangeError(name);
      });
      if (absl::IsNotFound(refused)) return refused;
      return Add(tx, name, action.amount);
    }
  }
  return absl::InternalError("unreachable");
}

// The same on a map.
absl::StatusCode RunOnModel(std::map<std::string, int64_t>& model, const Action& action) {
  const std::string name = NameOf(action);
  const bool there = model.contains(name);
  switch (action.kind) {
    case Action::Kind::kInsert:
      if (there) return absl::StatusCode::kAlreadyExists;
      model[name] = action.amount;
      return absl::StatusCode::kOk;
    case Action::Kind::kDryInsert:
      return there ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kOk;
    case Action::Kind::kTake:
      if (!there) return absl::StatusCode::kNotFound;
      if (model[name] < action.amount) return absl::StatusCode::kFailedPrecondition;
      model[name] -= action.amount;
      return absl::StatusCode::kOk;
    case Action::Kind::kRemove:
      return model.erase(name) == 1 ? absl::StatusCode::kOk : absl::StatusCode::kNotFound;
    case Action::Kind::kAddThenRefuse:
      return there ? absl::StatusCode::kOutOfRange : absl::StatusCode::kNotFound;
    case Action::Kind::kGuardedAdd:
      if (!there) return absl::StatusCode::kNotFound;
      model[name] += action.amount;
      return absl::StatusCode::kOk;
  }
  return absl::StatusCode::kInternal;
}

rc::Gen<Action> AnyAction() {
  using Kind = Action::Kind;
  return rc::gen::construct<Action>(rc::gen::weightedElement<Kind>({{6, Kind::kInsert},
                                                                    {6, Kind::kTake},
                                                                    {2, Kind::kRemove},
                                                                    {1, Kind::kAddThenRefuse},
                                                                    {2, Kind::kGuardedAdd},
                                                                    {1, Kind::kDryInsert}}),
                                    rc::gen::inRange(0, 6), rc::gen::inRange<int64_t>(0, 10));
}

using LanePropertyTest = AccountTest;

TEST_P(LanePropertyTest, BehavesAsAMap) {
  const bool held = rc::check([&] {
    const auto actions = *rc::gen::container<std::vector<Action>>(AnyAction());
    test_database_.Run("DELETE FROM account");
    std::map<std::string, int64_t> model;
    Outcomes outcomes;
    for (size_t i = 0; i < actions.size(); ++i) {
      Unit unit;
      unit.keys = {
          {"48", NameOf(actions[i])}};  // One account, one lane: its units keep their order.
      unit.work = [&, i](Tx& tx) { return RunOnDatabase(tx, actions[i]); };
      unit.dry_run = actions[i].kind == Action::Kind::kDryInsert;
      unit.done = outcomes.Done(absl::StrCat(i));
      database_->Submit(std::move(unit));
    }
    outcomes.Wait(actions.size());
    for (size_t i = 0; i < actions.size(); ++i) {
      RC_ASSERT(outcomes.Of(absl::StrCat(i)).code() == RunOnModel(model, actions[i]));
    }
    std::vector<std::string> expected;
    for (const auto& [name, amount] : model) expected.push_back(absl::StrCat(name, "=", amount));
    RC_ASSERT(test_database_.Run("SELECT name || '=' || amount FROM account ORDER BY name") ==
              expected);
  });
  EXPECT_TRUE(held);
}

INSTANTIATE_TEST_SUITE_P(All, LanePropertyTest, testing::ValuesIn(testing_support::Engines()),
                         testing_support::EngineName);

}  // namespace
}  // namespace twotier::db
