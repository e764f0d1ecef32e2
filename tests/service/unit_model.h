// What the register must answer after any changes of units by law, in plain maps.
//
// The model shares no code with services/registry: it states the rules of the contract once more,
// without versions of records, indexes and transactions. An event that is taken back never was: the
// model forgets it and does everything else again.
#ifndef TWOTIER_TESTS_SERVICE_UNIT_MODEL_H_
#define TWOTIER_TESTS_SERVICE_UNIT_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"

namespace twotier::registry::model {

using Day = absl::CivilDay;
using Share = std::optional<int64_t>;  // Parts per million; absent: not known.

// A unit from one day on.
struct Facts {
  bool is_province = false;
  std::string code;
  int type = 0;
  std::string full_name;
  std::string short_name;
  std::string parent;
  std::string province;
  std::optional<int64_t> population;
  int64_t area = 0;
  std::string act;

  friend bool operator==(const Facts& a, const Facts& b) = default;
};

// What a unit is from each day on; nothing once it has ended. Names are resource names.
using History = std::map<Day, std::optional<Facts>>;

struct Shares {
  Share population;
  Share area;
  friend bool operator==(const Shares& a, const Shares& b) = default;
  friend std::ostream& operator<<(std::ostream& out, const Shares& shares) {
    return out << shares.population.value_or(-1) << "/" << shares.area.value_or(-1);
  }
};

// Relation of a part by what is known of it, as a number of the contract.
int RelationOf(const Shares& shares);

struct Step {
  std::string source;
  std::string target;
  Day day;
  Shares shares;
  // Number of the contract; 0: the unit goes on undivided, and what it is says how it relates.
  int relation = 0;
};

// Where the people and the area of a unit are, and how that relates to the unit.
struct Reached {
  Shares shares;
  int relation = 0;       // Number of the contract.
  bool rejoined = false;  // Several ways led here.
  friend bool operator==(const Reached& a, const Reached& b) {
    return a.shares == b.shares && a.relation == b.relation;
  }
  friend std::ostream& operator<<(std::ostream& out, const Reached& reached) {
    return out << reached.shares << " by " << reached.relation;
  }
};

// A unit after a change. What is empty stays as it is.
struct Target {
  std::string unit;
  bool founded = false;
  std::string code = {};
  int type = 0;
  std::string full_name = {};
  std::string short_name = {};
  std::string parent = {};
};

struct Edge {
  std::string source;
  std::string target;
  Shares shares;
};

struct Change {
  std::string event;
  Day day;
  std::string act;
  std::vector<std::string> sources;
  std::vector<Target> targets;
  std::vector<Edge> edges;
  std::string caretaker;
};

// What the unit is right from `first` on, until it changes again. What is empty was right.
struct FactCorrection {
  std::string unit;
  Day first;
  std::string full_name = {};
  std::string code = {};
  int type = 0;
};

// Shares of every step out of a unit on a day.
struct ShareCorrection {
  std::string source;
  Day day;
  std::map<std::string, Shares> shares;  // By target.
};

// A center closes, another one serves what it served.
struct Closing {
  std::string center;
  std::string successor;
  Day day;
};

// A center from one day on.
struct Site {
  bool open = true;
  std::set<std::string> served;
  friend bool operator==(const Site& a, const Site& b) = default;
};

struct Center {
  std::string province;
  bool is_provincial = false;
  std::map<Day, Site> sites;  // As planned.
  // When a change took its last unit: from then on it is closed, whatever is planned.
  std::optional<Day> closed_by_law = {};
};

// What is recorded of a change.
struct Recorded {
  Change change;
  std::set<int> kinds;  // Numbers of the contract.
};

// Everything at one moment of knowledge.
struct World {
  std::map<std::string, History> units;
  std::vector<Step> steps;
  std::map<std::string, Center> centers;
  std::map<std::string, Recorded> events;

  // Null where the unit does not exist.
  const Facts* On(const std::string& unit, Day day) const;
  // The last day on which something of the unit is recorded to change.
  Day LastChange(const std::string& unit) const;
  Site SiteOn(const std::string& center, Day day) const;
  // True when an open center serves the unit.
  bool IsServed(const std::string& unit, Day day) const;
  // Days on which something changes.
  std::set<Day> Days() const;
  std::set<std::string> UnitsOn(Day day) const;
  // Where the people and the area of `unit` are later, and out of which units they came.
  std::map<std::string, Reached> Forwards(const std::string& unit, Day from, Day to) const;
  std::map<std::string, Reached> Backwards(const std::string& unit, Day from, Day to) const;
};

class UnitModel {
 public:
  explicit UnitModel(World start) : start_(std::move(start)), world_(start_) {}

  const World& world() const { return world_; }

  // Rules that the change breaks, by their reasons; none: it is planned.
  std::set<std::string> Broken(const Change& change) const;
  // True when another unit has the corrected code while the corrected facts hold.
  bool IsTaken(const FactCorrection& correction) const;
  // The same for taking an event back.
  std::set<std::string> BrokenByCancelling(const std::string& event, Day today) const;

  void Do(const Change& change) { Add(change); }
  void Do(const FactCorrection& correction) { Add(correction); }
  void Do(const ShareCorrection& correction) { Add(correction); }
  void Do(const Closing& closing) { Add(closing); }
  void Cancel(const std::string& event);
  // The closing never was decided.
  void CancelClosing(const std::string& center);
  std::vector<Closing> Closings() const;
  bool IsCancelled(const std::string& event) const { return cancelled_.contains(event); }
  // As it was recorded.
  const Recorded& Cancelled(const std::string& event) const { return cancelled_.at(event); }

 private:
  using Deed = std::variant<Change, FactCorrection, ShareCorrection, Closing>;

  void Add(Deed deed);
  void DoAgain();

  const World start_;
  std::vector<Deed> deeds_;  // In order, without the events that were taken back.
  World world_;
  std::map<std::string, Recorded> cancelled_;
};

}  // namespace twotier::registry::model

#endif  // TWOTIER_TESTS_SERVICE_UNIT_MODEL_H_
