#include "services/budget/domain/account.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace twotier::budget {
namespace {

constexpr absl::string_view kStages[] = {
    "unknown", "source",       "estimate",  "approved",      "allocated", "adjusted",    "paid",
    "settled", "carried-over", "cancelled", "ceiling-grant", "ceiling",   "ceiling-paid"};
constexpr absl::string_view kNotTold = "x";
constexpr absl::string_view kUnits = "units/";
constexpr size_t kPurposeBytesMax = 32;

absl::string_view Segment(absl::string_view value) { return value.empty() ? kNotTold : value; }

std::string Value(absl::string_view segment) {
  return segment == kNotTold ? std::string() : std::string(segment);
}

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// Empty is well formed: the segment is not told apart.
bool IsCode(absl::string_view text, size_t digits) {
  return text.empty() || (text.size() == digits && IsDigits(text));
}

bool IsPurpose(absl::string_view text) {
  if (text.empty()) return true;
  return text.size() <= kPurposeBytesMax && text != kNotTold &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

}  // namespace

absl::string_view NameOf(Stage stage) { return kStages[static_cast<size_t>(stage)]; }

Stage StageOf(absl::string_view name) {
  for (size_t i = 1; i < std::size(kStages); ++i) {
    if (kStages[i] == name) return static_cast<Stage>(i);
  }
  return Stage::kUnknown;
}

std::string AccountIdOf(const AccountKey& key) {
  return absl::StrCat(
      key.year, ".", NameOf(key.stage), ".", Segment(absl::StripPrefix(key.unit, kUnits)), ".",
      absl::StrJoin({Segment(key.line.chapter), Segment(key.line.item), Segment(key.line.sub_item),
                     Segment(key.line.source), Segment(key.purpose)},
                    "."));
}

std::string NameOf(const AccountKey& key) {
  return absl::StrCat("provinces/", key.province_code, "/accounts/", AccountIdOf(key));
}

std::optional<AccountKey> KeyOf(absl::string_view province_code, absl::string_view account_id) {
  const std::vector<absl::string_view> parts = absl::StrSplit(account_id, '.');
  AccountKey key;
  if (parts.size() != 8 || !absl::SimpleAtoi(parts[0], &key.year)) return std::nullopt;
  key.province_code = std::string(province_code);
  key.stage = StageOf(parts[1]);
  if (parts[2] != kNotTold) key.unit = absl::StrCat(kUnits, parts[2]);
  key.line = {Value(parts[3]), Value(parts[4]), Value(parts[5]), Value(parts[6])};
  key.purpose = Value(parts[7]);
  error::Violations violations;
  CheckKey(key, "", violations);
  // A number with a plus or a leading zero would give one account two ids.
  if (!violations.empty() || AccountIdOf(key) != account_id) return std::nullopt;
  return key;
}

std::optional<AccountKey> KeyOfName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[0] != "provinces" || parts[2] != "accounts") return std::nullopt;
  return KeyOf(parts[1], parts[3]);
}

void CheckKey(const AccountKey& key, absl::string_view field, error::Violations& violations) {
  const std::string at = field.empty() ? "" : absl::StrCat(field, ".");
  if (key.unit.empty() != (key.province_code == kCentral)) {
    violations.Add(absl::StrCat(at, "unit"),
                   "is empty for the central budget, and for no other one");
  } else if (!key.unit.empty() && (!absl::StartsWith(key.unit, kUnits) ||
                                   absl::StrContains(key.unit, '.') || key.unit == "units/x")) {
    violations.Add(absl::StrCat(at, "unit"), "is `units/{unit_id}`");
  }
  if (key.year < kFirstYear || key.year > kLastYear) {
    violations.Add(absl::StrCat(at, "year"),
                   absl::StrCat("is from ", kFirstYear, " to ", kLastYear));
  }
  if (key.stage == Stage::kUnknown) violations.Add(absl::StrCat(at, "stage"), "is not known");
  const struct {
    absl::string_view name;
    const std::string& code;
    size_t digits;
  } segments[] = {{"chapter", key.line.chapter, 3},
                  {"item", key.line.item, 3},
                  {"sub_item", key.line.sub_item, 4},
                  {"source", key.line.source, 2}};
  for (const auto& segment : segments) {
    if (IsCode(segment.code, segment.digits)) continue;
    violations.Add(absl::StrCat(at, "line.", segment.name),
                   absl::StrCat("has ", segment.digits, " digits, or is empty"));
  }
  if (!IsPurpose(key.purpose)) {
    violations.Add(absl::StrCat(at, "purpose"),
                   "has at most 32 lower-case letters, digits and hyphens, and is not `x`");
  }
}

}  // namespace twotier::budget
