#include "services/routing/domain/deciding_body.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace twotier::routing {
namespace {

using Spelling = std::pair<absl::string_view, absl::string_view>;

// Spellings of the same words in the published tables.
constexpr auto kSpellings = std::to_array<Spelling>({{"Uỷ ban", "Ủy ban"},
                                                     {"uỷ ban", "Ủy ban"},
                                                     {"ủy ban", "Ủy ban"},
                                                     {"UBND", "Ủy ban nhân dân"},
                                                     {"Nhân dân", "nhân dân"},
                                                     {"Tư Pháp", "Tư pháp"},
                                                     {"cấp Xã", "cấp xã"},
                                                     {"cấp Tỉnh", "cấp tỉnh"},
                                                     {"(Cấp ", "(cấp "},
                                                     {"Đăng ký đất đai", "đăng ký đất đai"}});

// Stands for a comma inside the name of one body.
constexpr char kInnerComma = '\x1f';
constexpr auto kInnerCommas = std::to_array<Spelling>(
    {{"nhân dân cấp xã, phường, thị trấn", "nhân dân cấp xã"},
     {"nhân dân xã, phường, thị trấn", "nhân dân cấp xã"},
     {"nhân dân tỉnh, thành phố trực thuộc trung ương", "nhân dân cấp tỉnh"},
     {"nhân dân tỉnh và thành phố trực thuộc trung ương", "nhân dân cấp tỉnh"},
     {"nhân dân tỉnh và thành phố trực thuộc Trung ương", "nhân dân cấp tỉnh"},
     {"trật tự, xã hội", "trật tự xã hội"},
     {"phân cấp, ủy quyền", "phân cấp\x1f ủy quyền"},
     {"phòng cháy, chữa cháy và cứu nạn, cứu hộ",
      "phòng cháy\x1f chữa cháy và cứu nạn\x1f cứu hộ"}});

// Where the name of a province begins that published its own list; the body is a kind all the same.
constexpr absl::string_view kPlaces[] = {" - tỉnh ", " - TP", " Thành phố ", " TP.", " TP "};

constexpr absl::string_view kCommittee = "Ủy ban nhân dân ";

// A body of which each unit of one level has exactly one.
struct Kind {
  absl::string_view published;
  Level level;
  Line line;
  absl::string_view title_prefix;
};
constexpr Kind kKinds[] = {
    {"Ủy ban nhân dân cấp tỉnh", Level::kProvince, Line::kLocal, kCommittee},
    {"Ủy ban nhân dân cấp xã", Level::kCommune, Line::kLocal, kCommittee},
    {"Chủ tịch Ủy ban nhân dân cấp tỉnh", Level::kProvince, Line::kLocal,
     "Chủ tịch Ủy ban nhân dân "},
    {"Chủ tịch Ủy ban nhân dân cấp xã", Level::kCommune, Line::kLocal, "Chủ tịch Ủy ban nhân dân "},
    {"Chủ tịch Ủy ban nhân dân xã", Level::kCommune, Line::kLocal, "Chủ tịch Ủy ban nhân dân "},
    {"Hội đồng nhân dân cấp tỉnh", Level::kProvince, Line::kLocal, "Hội đồng nhân dân "},
    {"Văn phòng đăng ký đất đai", Level::kProvince, Line::kLocal, "Văn phòng đăng ký đất đai "},
    {"Công an cấp tỉnh", Level::kProvince, Line::kPolice, "Công an "},
    {"Công an tỉnh", Level::kProvince, Line::kPolice, "Công an "},
    {"Công an cấp xã", Level::kCommune, Line::kPolice, "Công an "},
};

// What a published body names: its level and line, and the title's beginning.
struct NamedBody {
  Level level = Level::kUnknown;
  Line line = Line::kUnknown;
  std::string title_prefix;
};

// With one spelling for each word.
std::string Spelled(absl::string_view text) { return absl::StrReplaceAll(text, kSpellings); }

// The bodies a title lists, each once, without the place that published it.
std::vector<std::string> Bodies(absl::string_view title) {
  std::vector<std::string> bodies;
  const std::string text = absl::StrReplaceAll(Spelled(title), kInnerCommas);
  for (absl::string_view part : absl::StrSplit(text, absl::ByAnyChar(",;"))) {
    for (absl::string_view place : kPlaces) part = part.substr(0, part.find(place));
    part = absl::StripAsciiWhitespace(absl::StripSuffix(absl::StripAsciiWhitespace(part), "."));
    std::string body(part);
    std::replace(body.begin(), body.end(), kInnerComma, ',');
    const bool fresh = std::find(bodies.begin(), bodies.end(), body) == bodies.end();
    if (!body.empty() && fresh) bodies.push_back(std::move(body));
  }
  return bodies;
}

std::optional<NamedBody> Named(absl::string_view body, Line line) {
  for (const Kind& kind : kKinds) {
    if (kind.published == body) {
      return NamedBody{kind.level, kind.line, std::string(kind.title_prefix)};
    }
  }
  // Departments of the provincial People's Committee, and their sub-departments.
  if (absl::StartsWith(body, "Sở ") || absl::StartsWith(body, "Chi cục ")) {
    return NamedBody{Level::kProvince, Line::kLocal, absl::StrCat(body, " ")};
  }
  // A division of the provincial police; the commune's police has none.
  if (absl::StartsWith(body, "Phòng ") && line == Line::kPolice) {
    return NamedBody{Level::kProvince, Line::kPolice, absl::StrCat(body, " Công an ")};
  }
  // Departments of ministries. The district's police ended on 1 July 2025 with its level.
  if (absl::StartsWith(body, "Cục ") || absl::StartsWith(body, "Bộ ")) {
    return NamedBody{Level::kMinistry, line, ""};
  }
  if (body == "Công an huyện") return NamedBody{Level::kUnknown, Line::kPolice, ""};
  return std::nullopt;
}

// The name of a procedure says where it is carried out, and that is not its level.
bool NameContradicts(const Procedure& procedure) {
  const std::string name = Spelled(procedure.display_name);
  if (absl::StrContains(name, "(thực hiện tại cấp trung ương)")) return true;
  if (absl::StrContains(name, "(thực hiện tại cấp huyện)")) return true;
  const absl::string_view other =
      procedure.level == Level::kCommune ? "(thực hiện tại cấp tỉnh)" : "(thực hiện tại cấp xã)";
  return absl::StrContains(name, other);
}

absl::string_view GeneralPrefix(Line line, Level level) {
  switch (line) {
    case Line::kPolice:
      return "Công an ";
    case Line::kMilitary:
      return level == Level::kCommune ? "Ban Chỉ huy Quân sự " : "Bộ Chỉ huy Quân sự ";
    case Line::kCentralVertical:
      return "Cơ quan ngành dọc trung ương tại ";
    case Line::kLocal:
    case Line::kUnknown:
      return kCommittee;
  }
  return kCommittee;
}

// A body that the People's Committee chooses.
bool IsDesignated(absl::string_view body) {
  return absl::StrContains(body, "do Ủy ban nhân dân cấp tỉnh chỉ định") ||
         absl::StrContains(body, "ủy quyền của Ủy ban nhân dân");
}

}  // namespace

DecidingBody DecidingBodyOf(const Procedure& procedure) {
  const std::vector<std::string> bodies = Bodies(procedure.body_title);
  std::optional<NamedBody> named;
  if (bodies.size() == 1) named = Named(bodies.front(), procedure.line);
  Line line = procedure.line;
  if (line == Line::kUnknown && named) line = named->line;
  if (line == Line::kUnknown) line = Line::kLocal;
  const auto general = [&](BodyBasis basis, absl::string_view because) {
    return DecidingBody{basis, line, std::string(GeneralPrefix(line, procedure.level)), because};
  };
  // A body of local government that is published for another line tells against the line.
  if (named && named->line == Line::kLocal && line != Line::kLocal) {
    line = Line::kLocal;
    return general(BodyBasis::kContradicted, "published body contradicts the line");
  }
  if (NameContradicts(procedure)) {
    return general(BodyBasis::kContradicted, "published name contradicts the level");
  }
  if (bodies.empty()) return general(BodyBasis::kUnstated, "");
  if (bodies.size() > 1) {
    return general(BodyBasis::kSeveral, "it names several bodies, and not which of them decides");
  }
  if (IsDesignated(bodies.front())) {
    return general(BodyBasis::kDesignated,
                   "the People's Committee designates the body, and whom it designated is unknown");
  }
  if (!named) {
    return general(BodyBasis::kNotOfAUnit,
                   "it names no body of which a unit of the level has exactly one");
  }
  if (named->level != procedure.level) {
    return general(BodyBasis::kContradicted, "published body contradicts the level");
  }
  if (named->line != line) {
    return general(BodyBasis::kContradicted, "published body contradicts the line");
  }
  return {BodyBasis::kPublished, line, named->title_prefix,
          "published for the procedure, and it names exactly one body of the unit"};
}

}  // namespace twotier::routing
