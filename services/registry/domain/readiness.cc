#include "services/registry/domain/readiness.h"

#include <algorithm>

namespace twotier::registry {
namespace {

constexpr ReadinessItem kItems[] = {
    ReadinessItem::kStaffInPost, ReadinessItem::kProceduresPublished,
    ReadinessItem::kTreasuryAccount, ReadinessItem::kSeal, ReadinessItem::kPremisesAndEquipment};

}  // namespace

void RecordReadiness(CenterHistory& center, const std::vector<ReadinessEntry>& entries) {
  for (const ReadinessEntry& entry : entries) {
    const auto at = std::find_if(center.readiness.begin(), center.readiness.end(),
                                 [&](const Readiness& r) { return r.item == entry.item; });
    if (at != center.readiness.end()) center.readiness.erase(at);
    if (entry.done) center.readiness.push_back({entry.item, *entry.done, entry.note});
  }
  std::sort(center.readiness.begin(), center.readiness.end(),
            [](const Readiness& a, const Readiness& b) { return a.item < b.item; });
}

std::vector<ReadinessItem> MissingReadiness(const CenterHistory& center, CenterKind kind,
                                            absl::CivilDay day) {
  const bool own_seal = kind == CenterKind::kProvincial || kind == CenterKind::kCommune;
  std::vector<ReadinessItem> missing;
  for (const ReadinessItem item : kItems) {
    const bool needed =
        own_seal || (item != ReadinessItem::kTreasuryAccount && item != ReadinessItem::kSeal);
    const bool done =
        std::any_of(center.readiness.begin(), center.readiness.end(),
                    [&](const Readiness& r) { return r.item == item && r.done <= day; });
    if (needed && !done) missing.push_back(item);
  }
  return missing;
}

absl::string_view NameOf(ReadinessItem item) {
  switch (item) {
    case ReadinessItem::kStaffInPost:
      return "staff_in_post";
    case ReadinessItem::kProceduresPublished:
      return "procedures_published";
    case ReadinessItem::kTreasuryAccount:
      return "treasury_account";
    case ReadinessItem::kSeal:
      return "seal";
    case ReadinessItem::kPremisesAndEquipment:
      return "premises_and_equipment";
    case ReadinessItem::kUnspecified:
      break;
  }
  return "unspecified";
}

}  // namespace twotier::registry
