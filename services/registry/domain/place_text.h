// A place as people write it: "Phường Trúc Bạch, Quận Ba Đình, Hà Nội", "truc bach, ha noi", "P. 1,
// TP. Mỹ Tho".
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_PLACE_TEXT_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_PLACE_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace twotier::registry {

// One part of the text between commas.
struct PlacePart {
  // What the part may be called in the index of names: as written, and with an abbreviated type
  // written out. Folded (common/text.h); one or two entries.
  std::vector<std::string> names;
  // The part with its diacritics, as ExactName gives it; empty when it was written without any.
  std::string exact;
};

// Parts from the unit outwards; empty when the text holds no letter or digit.
std::vector<PlacePart> ParsePlaceText(absl::string_view text);

// `text` folded for the index of names: text::Fold with leading zeros of numbers dropped, because
// both "Phường 01" and "Phường 1" are in use.
std::string IndexName(absl::string_view text);

// `text` in lower case and composed form, diacritics kept: what two spellings with the same marks
// share.
std::string ExactName(absl::string_view text);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_PLACE_TEXT_H_
