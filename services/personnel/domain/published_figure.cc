#include "services/personnel/domain/published_figure.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_join.h"

namespace twotier::personnel {
namespace {

// The ledger keeps the act of a grant; it takes no longer one (docs/ledger.md).
constexpr size_t kActBytesMax = 256;

// Empty: the figure may be granted.
absl::string_view WhyNotGranted(const PublishedFigure& figure) {
  if (figure.measure != PublishedMeasure::kQuota) return "must be empty where it is no QUOTA";
  if (figure.province_code.empty() || !figure.unit_code.empty()) {
    return "must be empty where the figure is not of a whole province";
  }
  if (!figure.last_day) return "must be empty where the last day is not known";
  return figure.proven ? "" : "must be empty where the figure is not proven";
}

// Sums up what is granted of the figures that count.
std::vector<PublishedQuota> LinesOf(absl::Span<const PublishedFigure> figures,
                                    absl::string_view province_code,
                                    absl::FunctionRef<bool(const PublishedFigure&)> counts) {
  std::map<QuotaKind, PublishedQuota> lines;
  std::map<QuotaKind, std::vector<absl::string_view>> documents;
  for (const PublishedFigure& figure : figures) {
    if (figure.quota_kind == QuotaKind::kNone || figure.province_code != province_code) continue;
    if (!counts(figure)) continue;
    PublishedQuota& line = lines[figure.quota_kind];
    line.kind = figure.quota_kind;
    line.posts += figure.value;
    line.year = std::max(line.year, static_cast<int>(figure.as_of.year()));
    std::vector<absl::string_view>& of_line = documents[figure.quota_kind];
    if (std::find(of_line.begin(), of_line.end(), figure.document) == of_line.end()) {
      of_line.push_back(figure.document);
    }
  }
  std::vector<PublishedQuota> quotas;
  for (auto& [kind, line] : lines) {
    line.act = absl::StrJoin(documents[kind], "; ");
    quotas.push_back(std::move(line));
  }
  return quotas;
}

}  // namespace

std::vector<WrongFigure> WrongAmong(absl::Span<const PublishedFigure> figures) {
  std::vector<WrongFigure> wrong;
  std::set<decltype(figures[0].Key())> seen;
  std::set<std::tuple<absl::string_view, QuotaKind, PublishedStaff>> granted;
  std::map<absl::string_view, size_t> last_of_province;  // Of those that are granted.
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
    last_of_province[figure.province_code] = i;
    if (const absl::string_view why = WhyNotGranted(figure); !why.empty()) {
      wrong.push_back({i, "quota_kind", why});
    }
    if (!granted.insert({figure.province_code, figure.quota_kind, figure.staff}).second) {
      wrong.push_back({i, "quota_kind", "must not grant a quota of this staff again"});
    }
  }
  for (const auto& [province_code, i] : last_of_province) {
    // All together, whatever the day: those of one day are fewer.
    const auto any = [](const PublishedFigure&) { return true; };
    for (const PublishedQuota& quota : LinesOf(figures, province_code, any)) {
      if (quota.act.size() <= kActBytesMax) continue;
      wrong.push_back({i, "document", "must not make those of one line longer than 256 bytes"});
    }
  }
  return wrong;
}

std::vector<PublishedQuota> QuotasOf(absl::Span<const PublishedFigure> figures,
                                     absl::string_view province_code, absl::CivilDay day) {
  return LinesOf(figures, province_code, [day](const PublishedFigure& figure) {
    return figure.as_of <= day && figure.last_day && day <= *figure.last_day;
  });
}

}  // namespace twotier::personnel
