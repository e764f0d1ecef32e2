#include "tests/service/unit_commands.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "twotier/registry/v1/unit.pb.h"

namespace twotier::registry::model {
namespace {

rc::Gen<Command> AnyCommand() {
  const auto kind = rc::gen::weightedElement<Kind>(
      {{4, Kind::kMerge},    {3, Kind::kAbsorb},       {4, Kind::kSplit},
       {4, Kind::kDivide},   {3, Kind::kTransfer},     {3, Kind::kSpinOff},
       {1, Kind::kRefound},  {3, Kind::kRename},       {2, Kind::kRetype},
       {3, Kind::kReparent}, {2, Kind::kRecode},       {1, Kind::kRenameProvince},
       {8, Kind::kCancel},   {3, Kind::kCorrectFacts}, {3, Kind::kCorrectShares},
       {2, Kind::kReport},   {2, Kind::kClose},        {1, Kind::kReopen},
       {1, Kind::kWait},     {2, Kind::kMalformed}});
  const auto number = rc::gen::inRange(0, 1000);
  return rc::gen::resize(rc::kNominalSize,
                         rc::gen::construct<Command>(kind, number, number, number, number, number));
}

// A few codes only, so that they meet.
std::string CodeOf(int number) { return absl::StrFormat("%05d", 1 + number % 12); }

Target Found(const World& world, const std::string& key, const std::string& code,
             const std::string& like, Day day) {
  const Facts* facts = world.On(like, day - 1);
  const std::string parent = facts == nullptr ? "units/uP" : facts->parent;
  return {key, true, code, v1::UNIT_TYPE_WARD, "Phường " + key, key, parent};
}

}  // namespace

rc::Gen<std::vector<Command>> AnyCommands() {
  constexpr int kCommandsMax = 70;
  return rc::gen::resize(kCommandsMax, rc::gen::container<std::vector<Command>>(AnyCommand()));
}

World Beginning() {
  World world;
  const auto add = [&](const std::string& unit, const Facts& facts, const std::string& center) {
    world.units[unit][kReform] = facts;
    world.centers[center] = {facts.province, facts.is_province, {{kReform, {true, {unit}}}}};
  };
  add("units/uP",
      {true,
       "48",
       v1::UNIT_TYPE_CENTRALLY_RUN_CITY,
       "Thành phố Đà Nẵng",
       "Đà Nẵng",
       "",
       "48",
       {},
       0,
       ""},
      "provinces/48/centers/H48");
  add("units/uH",
      {true,
       "01",
       v1::UNIT_TYPE_CENTRALLY_RUN_CITY,
       "Thành phố Hà Nội",
       "Hà Nội",
       "",
       "01",
       {},
       0,
       ""},
      "provinces/01/centers/H01");
  const auto commune = [&](int unit, int code, const char* parent, const std::string& province) {
    const std::string name = absl::StrCat("X", code);
    add(absl::StrCat("units/u", unit),
        {false, absl::StrFormat("%05d", code), v1::UNIT_TYPE_COMMUNE, "Xã " + name, name, parent,
         province, 1000 * code, 100 * code, "9/NQ"},
        absl::StrFormat("provinces/%s/centers/H%s.%05d", province, province, code));
  };
  for (int n = 1; n <= kIn48; ++n) commune(n, n, "units/uP", "48");
  for (int n = 0; n < kIn01; ++n) commune(9 + n, 100 + n, "units/uH", "01");
  return world;
}

std::vector<std::string> Communes(const World& world, Day day, bool free_only) {
  std::vector<std::string> all;
  std::vector<std::string> free;
  for (const auto& [name, history] : world.units) {
    const Facts& first = *history.begin()->second;
    if (first.is_province) continue;
    all.push_back(name);
    if (world.On(name, day - 1) == nullptr) continue;
    if (world.LastChange(name) < day) free.push_back(name);
  }
  return free_only ? free : all;
}

Shares SharesOf(int number) {
  if (number % 4 == 0) return {};
  if (number % 7 == 0) return {1'000'000, 0};
  const int64_t part = 1 + number * 997 % 999'999;
  return number % 3 == 0 ? Shares{part, {}} : Shares{part, 1'000'000 - part / 2};
}

Shares RestOf(const Shares& shares) {
  const auto rest = [](Share share) -> Share {
    if (!share.has_value()) return std::nullopt;
    return 1'000'000 - *share;
  };
  return {rest(shares.population), rest(shares.area)};
}

std::optional<Change> ChangeOf(const World& world, const Command& c) {
  Change change;
  change.day = kEventDays[c.day % std::size(kEventDays)];
  change.act = absl::StrCat(c.value % 3, "/NQ");
  const std::vector<std::string> units = Communes(world, change.day, c.value % 8 != 0);
  if (units.size() < 2) return std::nullopt;
  const std::string& a = units[c.a % units.size()];
  const std::string& b = units[(c.a + 1 + c.b % (units.size() - 1)) % units.size()];
  const Shares shares = SharesOf(c.shares);
  const Shares rest = RestOf(shares);
  const auto goes_on = [](const std::string& unit) { return Target{unit}; };
  Target own{a};
  switch (c.kind) {
    case Kind::kMerge:
      change.sources = {a, b};
      change.targets = {Found(world, "N", CodeOf(c.value), a, change.day)};
      change.edges = {{a, "N", {}}, {b, "N", {}}};
      break;
    case Kind::kAbsorb:
      change.sources = {a, b};
      change.targets = {goes_on(a)};
      change.edges = {{b, a, {}}, {a, a, {}}};
      break;
    case Kind::kSplit:
      change.sources = {a};
      change.targets = {Found(world, "N", CodeOf(c.value), a, change.day),
                        Found(world, "M", CodeOf(c.value + 1), a, change.day)};
      change.edges = {{a, "N", shares}, {a, "M", rest}};
      break;
    case Kind::kDivide:
      change.sources = {a, b};
      change.targets = {Found(world, "N", CodeOf(c.value), a, change.day), goes_on(b)};
      change.edges = {{a, "N", shares}, {a, b, rest}, {b, b, {}}};
      break;
    case Kind::kTransfer:
      change.sources = {a, b};
      change.targets = {goes_on(a), goes_on(b)};
      change.edges = {{a, a, shares}, {a, b, rest}, {b, b, {}}};
      break;
    case Kind::kSpinOff:
      change.sources = {a};
      change.targets = {goes_on(a), Found(world, "N", CodeOf(c.value), a, change.day)};
      change.edges = {{a, a, shares}, {a, "N", rest}};
      break;
    case Kind::kRefound: {
      const Facts* facts = world.On(a, change.day - 1);
      change.sources = {a};
      change.targets = {Found(world, "N", facts == nullptr ? "00001" : facts->code, a, change.day)};
      change.edges = {{a, "N", {}}};
      break;
    }
    case Kind::kRename:
      own.short_name = absl::StrCat("Y", c.value % 3);
      own.full_name = "Xã " + own.short_name;
      break;
    case Kind::kRetype:
      own.type = c.value % 2 == 0 ? v1::UNIT_TYPE_WARD : v1::UNIT_TYPE_COMMUNE;
      break;
    case Kind::kReparent:
      own.parent = c.value % 2 == 0 ? "units/uH" : "units/uP";
      break;
    case Kind::kRecode:
      own.code = CodeOf(c.value);
      break;
    default:
      own = {c.a % 2 == 0 ? "units/uP" : "units/uH"};
      own.short_name = absl::StrCat("Z", c.value % 3);
      own.full_name = "Thành phố " + own.short_name;
  }
  if (change.sources.empty()) {
    change.sources = {own.unit};
    change.targets = {own};
    change.edges = {{own.unit, own.unit, {}}};
  }
  // Some other unit answers now and then.
  change.caretaker = change.targets[0].unit;
  if (c.b % 4 == 0) {
    const auto all = Communes(world, change.day, false);
    change.caretaker = all[c.b % all.size()];
  }
  return change;
}

std::optional<WrongChange> WrongChangeOf(const World& world, const Command& c) {
  const Day day = kEventDays[c.day % std::size(kEventDays)];
  const std::vector<std::string> units = Communes(world, day, true);
  if (units.size() < 2) return std::nullopt;
  const std::string& a = units[c.a % units.size()];
  const std::string& b = units[(c.a + 1) % units.size()];
  Change change{"", day, "1/NQ", {a}, {{a}}, {{a, a, {}}}, ""};
  change.targets[0].short_name = "V";
  change.targets[0].full_name = "Xã V";
  switch (c.value % 8) {
    case 0:
      change = {"", day, "1/NQ", {a, b}, {{a}, {b}}, {}, ""};
      change.edges = {{a, a, {400'000, {}}}, {a, b, {600'001, {}}}, {b, b, {}}};
      return WrongChange{change, {"SHARES_DO_NOT_SUM"}};
    case 1:
      change = {"", day, "1/NQ", {a, b}, {{a}}, {{b, a, {}}}, a};
      change.edges.push_back({a, b, {}});
      change.targets.push_back({b});
      return WrongChange{change, {"SUCCESSION_CYCLE"}};
    case 2:
      change.sources.push_back(b);
      change.caretaker = a;
      return WrongChange{change, {"SOURCE_WITHOUT_TARGET"}};
    case 3:
      change.sources.push_back("units/nobody");
      change.edges.push_back({"units/nobody", a, {}});
      change.caretaker = a;
      return WrongChange{change, {"UNIT_NOT_FOUND"}};
    case 4:
      return WrongChange{change, {"STALE_ETAG"}};
    case 5:
      change.targets[0].type = v1::UNIT_TYPE_TOWNSHIP;
      return WrongChange{change, {"UNIT_TYPE_NOT_ALLOWED"}};
    case 6:
      change.day = Day(2025, 6, 30);
      return WrongChange{change, {"DATE_BEFORE_DATA"}};
    default:
      change = {"", day, "1/NQ", {"units/uP", a}, {{a}}, {}, a};
      change.edges = {{"units/uP", a, {}}, {a, a, {}}};
      return WrongChange{change, {"PROVINCE_BY_IMPORT", "LATER_CHANGE_PLANNED"}};
  }
}

}  // namespace twotier::registry::model
