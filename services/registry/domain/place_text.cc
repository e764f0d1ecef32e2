#include "services/registry/domain/place_text.h"

#include <utf8proc.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text.h"

namespace twotier::registry {
namespace {

// Abbreviations of types as they stand in addresses and on identity cards, folded.
constexpr std::pair<absl::string_view, absl::string_view> kTypeAbbreviations[] = {
    {"tp", "thanh pho"}, {"tx", "thi xa"}, {"tt", "thi tran"}, {"dk", "dac khu"}, {"p", "phuong"},
    {"q", "quan"},       {"h", "huyen"},   {"x", "xa"},        {"t", "tinh"},
};

// Names that are written short more often than in full.
constexpr std::pair<absl::string_view, absl::string_view> kNameAbbreviations[] = {
    {"hcm", "ho chi minh"},
    {"tphcm", "ho chi minh"},
    {"tp hcm", "ho chi minh"},
    {"tp ho chi minh", "ho chi minh"},
};

PlacePart ParsePart(absl::string_view text) {
  PlacePart part;
  std::string folded = IndexName(text);
  if (folded.empty()) return part;
  for (const auto& [abbreviation, name] : kNameAbbreviations) {
    if (folded == abbreviation) part.names.emplace_back(name);
  }
  for (const auto& [abbreviation, type] : kTypeAbbreviations) {
    absl::string_view rest = folded;
    if (!absl::ConsumePrefix(&rest, abbreviation) || rest.empty()) continue;
    // "P. 1", and as on identity cards "P1"; "Tân" is not "T. ân".
    if (absl::ConsumePrefix(&rest, " ") || absl::ascii_isdigit(rest[0])) {
      part.names.push_back(absl::StrCat(type, " ", rest));
    }
  }
  part.names.insert(part.names.begin(), std::move(folded));
  std::string exact = ExactName(text);
  if (text::WithoutDiacritics(exact) != exact) part.exact = std::move(exact);
  return part;
}

}  // namespace

std::vector<PlacePart> ParsePlaceText(absl::string_view text) {
  std::vector<PlacePart> parts;
  for (const absl::string_view piece : absl::StrSplit(text, absl::ByAnyChar(",;"))) {
    PlacePart part = ParsePart(piece);
    if (!part.names.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

std::string IndexName(absl::string_view text) {
  const std::string folded = text::Fold(text);
  if (folded.find('0') == std::string::npos) return folded;
  std::vector<absl::string_view> words = absl::StrSplit(folded, ' ');
  for (absl::string_view& word : words) {
    while (word.size() > 1 && word[0] == '0' && absl::ascii_isdigit(word[1])) {
      word.remove_prefix(1);
    }
  }
  return absl::StrJoin(words, " ");
}

std::string ExactName(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  if (size < 0) return std::string();  // Not UTF-8: nothing equals it.
  std::string exact(reinterpret_cast<const char*>(mapped), static_cast<size_t>(size));
  std::free(mapped);
  return exact;
}

}  // namespace twotier::registry
