// What a caller of the register may do, as plain data that can be shrunk, and what it means for the
// units that there are.
#ifndef TWOTIER_TESTS_SERVICE_UNIT_COMMANDS_H_
#define TWOTIER_TESTS_SERVICE_UNIT_COMMANDS_H_

#include <rapidcheck.h>

#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/service/unit_model.h"

namespace twotier::registry::model {

// Communes of CommunesOf (registry_change_fixture.h).
inline constexpr int kIn48 = 6;
inline constexpr int kIn01 = 2;
// The first day of the model.
inline constexpr Day kReform(2025, 7, 1);

// Days of events and closings: past, today and ahead.
inline constexpr Day kEventDays[] = {Day(2025, 9, 1),  Day(2026, 6, 1), Day(2026, 11, 22),
                                     Day(2026, 12, 1), Day(2027, 1, 1), Day(2027, 1, 2),
                                     Day(2027, 3, 1),  Day(2027, 7, 1)};

enum class Kind {
  kMerge,     // Some become one that is founded.
  kAbsorb,    // One goes on with another one in it.
  kSplit,     // One becomes two that are founded.
  kDivide,    // One is divided between one that is founded and one that goes on.
  kTransfer,  // A part goes to another one.
  kSpinOff,   // A part becomes one that is founded.
  kRefound,   // Ends, and begins again under another name.
  kRename,
  kRetype,
  kReparent,
  kRecode,
  kRenameProvince,
  kCancel,
  kCorrectFacts,  // Name, code or type.
  kCorrectShares,
  kReport,
  kClose,      // A center closes.
  kReopen,     // A closing is taken back.
  kWait,       // Two weeks pass.
  kMalformed,  // A request that no register would take.
};

// What one caller does. The numbers choose among what there is at that moment.
struct Command {
  Kind kind;
  int a;
  int b;
  int day;
  int shares;
  int value;
};

inline std::ostream& operator<<(std::ostream& out, const Command& c) {
  return out << "{Kind(" << static_cast<int>(c.kind) << "), " << c.a << ", " << c.b << ", " << c.day
             << ", " << c.shares << ", " << c.value << "}";
}

// Up to some dozens of commands.
rc::Gen<std::vector<Command>> AnyCommands();

// The world of CommunesOf.
World Beginning();

// Communes, in order of their names: all there ever were, or those of the day before `day` of which
// nothing later is known.
std::vector<std::string> Communes(const World& world, Day day, bool free_only);

// Shares of one of two parts, and those of the other one.
Shares SharesOf(int number);
Shares RestOf(const Shares& shares);

// The change that a command of the kinds up to kRenameProvince means; founded units are called "N"
// and "M". Nothing where there are not enough units.
std::optional<Change> ChangeOf(const World& world, const Command& command);

// A change that no register would take, for one of `reasons`; for STALE_ETAG the caller states an
// etag that never was.
struct WrongChange {
  Change change;
  std::set<std::string> reasons;
};
// Nothing where there are not enough units.
std::optional<WrongChange> WrongChangeOf(const World& world, const Command& command);

}  // namespace twotier::registry::model

#endif  // TWOTIER_TESTS_SERVICE_UNIT_COMMANDS_H_
