// Every name that a unit has or had, found by any part of it or by a spelling near it. Immutable.
#ifndef TWOTIER_SERVICES_REGISTRY_DOMAIN_NAME_INDEX_H_
#define TWOTIER_SERVICES_REGISTRY_DOMAIN_NAME_INDEX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/registry/domain/unit_tree.h"

namespace twotier::registry {

// Most names near a text that are looked at closely: those that share most with it. A text that is
// near more names than this says too little to find one of them.
inline constexpr size_t kNearNamesMax = 200;

// One name that matched.
struct FoundName {
  uint32_t name = 0;  // For NameIndex::VersionsOf.
  NameMatch match = NameMatch::kUnspecified;
  bool without_type = false;  // The short name matched, not (only) the full one.
  uint8_t edits = 0;          // kNear: letters that differ.
  friend bool operator==(const FoundName& a, const FoundName& b) = default;
};

// Three letters in a row (trigrams) of the names, each with the names that hold it: a part of a
// name is searched only among names that hold all its trigrams. National data: 9,441 names, about
// 2 MB. Thread-safe, because nothing changes after construction.
class NameIndex {
 public:
  NameIndex() = default;
  explicit NameIndex(const UnitTree& tree);

  // Names that one of `texts` (folded, as PlacePart::names) is, begins or is part of; when there
  // are none, names near one of them. Each name once, with its best match, in no order.
  std::vector<FoundName> Find(absl::Span<const std::string> texts) const;

  // All versions that have a name, by unit and date.
  absl::Span<const VersionRef> VersionsOf(uint32_t name) const;

 private:
  // A full name, and within it, or behind it after a line feed, the short one.
  struct Name {
    uint32_t begin = 0;  // In letters_.
    uint16_t full_size = 0;
    uint16_t short_begin = 0;
    uint16_t size = 0;
    uint32_t first_version = 0;  // In versions_.
  };

  absl::string_view TextOf(const Name& name) const;
  absl::Span<const uint32_t> NamesWith(uint32_t trigram) const;
  FoundName Compare(uint32_t name, absl::string_view key) const;
  std::vector<uint32_t> Holding(absl::string_view key) const;
  void FindContaining(absl::string_view key, std::vector<FoundName>& found) const;
  void FindNear(absl::string_view key, std::vector<FoundName>& found) const;

  std::string letters_;
  std::vector<Name> names_;  // One more than there are, as the end of the last one.
  std::vector<VersionRef> versions_;
  std::vector<uint32_t> trigrams_;        // Sorted.
  std::vector<uint32_t> postings_begin_;  // Of each trigram in postings_, and the end.
  std::vector<uint32_t> postings_;        // Names, ascending for each trigram.
};

// `folded` (text::Fold) as names are compared in a search: without spaces, k as c (but not before
// h), y as i. "Đắk Lắk" and "Dac Lac", "K'Dang" and "Kdang" are the same.
std::string SearchKey(absl::string_view folded);

// Fewest letters to put in, leave out, replace or swap with a neighbour to make one text of the
// other; more than `max` is max + 1.
size_t Edits(absl::string_view a, absl::string_view b, size_t max);

}  // namespace twotier::registry

#endif  // TWOTIER_SERVICES_REGISTRY_DOMAIN_NAME_INDEX_H_
