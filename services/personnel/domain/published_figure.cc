#include "services/personnel/domain/published_figure.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_join.h"

namespace twotier::personnel {
namespace {

// The ledger keeps the act of a grant; it takes no longer one (docs/ledger.md).
constexpr size_t kActBytesMax = 256;
// Before every figure.
constexpr absl::CivilDay kFirstDay(1, 1, 1);

// Empty: the figure may be granted.
absl::string_view WhyNotGranted(const PublishedFigure& figure) {
  if (figure.measure != PublishedMeasure::kQuota) return "must be empty where it is no QUOTA";
  if (figure.province_code.empty() || !figure.unit_code.empty()) {
    return "must be empty where the figure is not of a whole province";
  }
  if (!figure.last_day) return "must be empty where the last day is not known";
  return figure.proven ? "" : "must be empty where the figure is not proven";
}

// Where the last day is not known, that is on no day.
bool HoldsOn(const PublishedFigure& figure, absl::CivilDay day) {
  return figure.as_of <= day && figure.last_day && day <= *figure.last_day;
}

std::vector<const PublishedFigure*> GrantedTo(absl::Span<const PublishedFigure> figures,
                                              absl::string_view province_code) {
  std::vector<const PublishedFigure*> granted;
  for (const PublishedFigure& figure : figures) {
    const bool is_granted = figure.quota_kind != QuotaKind::kNone && figure.last_day;
    if (is_granted && figure.province_code == province_code) granted.push_back(&figure);
  }
  return granted;
}

// Line by line.
std::vector<PublishedQuota> SumUp(const std::vector<const PublishedFigure*>& figures) {
  std::map<QuotaKind, PublishedQuota> lines;
  std::map<QuotaKind, std::vector<absl::string_view>> documents;
  for (const PublishedFigure* figure : figures) {
    PublishedQuota& line = lines[figure->quota_kind];
    line.kind = figure->quota_kind;
    line.posts += figure->value;
    line.year = std::max(line.year, static_cast<int>(figure->as_of.year()));
    std::vector<absl::string_view>& of_line = documents[figure->quota_kind];
    if (std::find(of_line.begin(), of_line.end(), figure->document) == of_line.end()) {
      of_line.push_back(figure->document);
    }
  }
  std::vector<PublishedQuota> quotas;
  for (auto& [kind, line] : lines) {
    line.act = absl::StrJoin(documents[kind], "; ");
    quotas.push_back(std::move(line));
  }
  return quotas;
}

// What cannot be granted beside another one, and what is too long together. `granted`: indices of
// the figures that are granted.
void CheckTogether(absl::Span<const PublishedFigure> figures, std::vector<size_t> granted,
                   std::vector<WrongFigure>& wrong) {
  // Staff of one line by first day, so that what overlaps stands side by side.
  std::stable_sort(granted.begin(), granted.end(), [&](size_t a, size_t b) {
    const auto order = [&](const PublishedFigure& figure) {
      return std::tie(figure.province_code, figure.quota_kind, figure.staff, figure.as_of);
    };
    return order(figures[a]) < order(figures[b]);
  });
  const PublishedFigure* longest = nullptr;  // Of the same staff: who holds the longest.
  for (const size_t i : granted) {
    const PublishedFigure& figure = figures[i];
    const bool same = longest != nullptr && longest->province_code == figure.province_code &&
                      longest->quota_kind == figure.quota_kind && longest->staff == figure.staff;
    if (same && longest->last_day >= figure.as_of) {
      wrong.push_back(
          {i, "quota_kind", "must not grant a quota of this staff twice on the same day"});
    }
    if (!same || figure.last_day > longest->last_day) longest = &figure;
  }
  std::set<absl::string_view> provinces;
  for (const size_t i : granted) provinces.insert(figures[i].province_code);
  for (const absl::string_view province_code : provinces) {
    for (const LaterQuota& later : LaterQuotasOf(figures, province_code, kFirstDay)) {
      if (later.quota.act.size() <= kActBytesMax) continue;
      const size_t i = *std::find_if(granted.begin(), granted.end(), [&](size_t at) {
        const PublishedFigure& figure = figures[at];
        return figure.province_code == province_code && figure.as_of == later.first &&
               figure.quota_kind == later.quota.kind;
      });
      wrong.push_back({i, "document", "must not make those of one line longer than 256 bytes"});
    }
  }
}

}  // namespace

std::vector<WrongFigure> WrongAmong(absl::Span<const PublishedFigure> figures) {
  std::vector<WrongFigure> wrong;
  std::set<decltype(figures[0].Key())> seen;
  std::vector<size_t> granted;
  for (size_t i = 0; i < figures.size(); ++i) {
    const PublishedFigure& figure = figures[i];
    if (!figure.unit_code.empty() && figure.province_code.empty()) {
      wrong.push_back({i, "unit_code", "must come with the province of the commune"});
    }
    if (!seen.insert(figure.Key()).second) {
      wrong.push_back({i, "as_of", "must not say the same of the same day again"});
    }
    if (figure.last_day && *figure.last_day < figure.as_of) {
      wrong.push_back({i, "last_day", "must not be before as_of"});
    }
    if (figure.quota_kind == QuotaKind::kNone) continue;
    const absl::string_view why = WhyNotGranted(figure);
    if (why.empty()) {
      granted.push_back(i);
    } else {
      wrong.push_back({i, "quota_kind", why});
    }
  }
  CheckTogether(figures, std::move(granted), wrong);
  return wrong;
}

std::vector<PublishedQuota> QuotasOf(absl::Span<const PublishedFigure> figures,
                                     absl::string_view province_code, absl::CivilDay day) {
  std::vector<const PublishedFigure*> hold;
  for (const PublishedFigure* figure : GrantedTo(figures, province_code)) {
    if (HoldsOn(*figure, day)) hold.push_back(figure);
  }
  return SumUp(hold);
}

std::vector<LaterQuota> LaterQuotasOf(absl::Span<const PublishedFigure> figures,
                                      absl::string_view province_code, absl::CivilDay day) {
  std::vector<const PublishedFigure*> granted = GrantedTo(figures, province_code);
  std::erase_if(granted, [day](const PublishedFigure* figure) { return figure->last_day < day; });
  std::set<std::pair<absl::CivilDay, QuotaKind>> begin;
  for (const PublishedFigure* figure : granted) {
    if (figure->as_of > day) begin.emplace(figure->as_of, figure->quota_kind);
  }
  std::vector<LaterQuota> later;
  for (const auto& [first, kind] : begin) {
    std::map<PublishedStaff, const PublishedFigure*> newest;
    for (const PublishedFigure* figure : granted) {
      if (figure->quota_kind != kind || figure->as_of > first) continue;
      const PublishedFigure*& of_staff = newest[figure->staff];
      if (of_staff == nullptr || of_staff->as_of < figure->as_of) of_staff = figure;
    }
    std::vector<const PublishedFigure*> then;
    for (const auto& [staff, figure] : newest) then.push_back(figure);
    later.push_back({first, SumUp(then)[0]});
  }
  return later;
}

}  // namespace twotier::personnel
