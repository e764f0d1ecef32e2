#include "services/routing/handlers/rerouting.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "common/db/late_keys.h"
#include "common/page.h"
#include "common/rpc/query.h"
#include "common/rpc/rules.h"
#include "common/status_macros.h"
#include "services/routing/convert.h"
#include "services/routing/domain/rerouting.h"
#include "services/routing/handlers/as_of.h"
#include "services/routing/handlers/entries.h"
#include "services/routing/handlers/places.h"
#include "services/routing/store/alarm_store.h"
#include "services/routing/store/dossier_rows.h"
#include "services/routing/store/dossier_store.h"
#include "services/routing/store/rerouting_store.h"

namespace twotier::routing::handlers {
namespace {

// Dossiers that one slice changes: some tens of milliseconds of a lane.
constexpr int kSliceMax = 200;
// Dossiers that one slice looks at, and one query of it. Most of a province's are closed.
constexpr int64_t kExaminedMax = 5000;
constexpr int kScanned = 500;

// A dossier's key, or a place in their order.
struct Key {
  std::string province_code;
  std::string code;
};

// What a slice is about.
struct Question {
  // Of its dossiers, and of those of other provinces that lie in it.
  std::string province_code;
  std::string center;                                           // Empty: of any.
  std::string unit;                                             // Empty: of any.
  std::optional<absl::flat_hash_set<std::string>> ended_units;  // Absent: of any.
  // Those that the same change put into another province.
  absl::flat_hash_set<std::string> moved_units;
  SuccessorChoices choices;
  absl::CivilDay day;
  Key after;  // Without a province: the beginning.
  size_t limit = 0;
};

absl::Status ChangeEventNotFound(absl::string_view name) {
  return error::WithReason(absl::StatusCode::kNotFound, absl::StrCat("no change event is ", name),
                           "CHANGE_EVENT_NOT_FOUND", {{"change_event", std::string(name)}});
}

absl::Status ReadChoices(const Register& units, const v1::ReroutingSelection& selection,
                         Question& question) {
  for (const v1::UnitSuccessor& choice : selection.unit_successors()) {
    const UnitRecord* unit = units.FindUnit(choice.unit());
    if (unit == nullptr) return UnitNotFound(choice.unit());
    RETURN_IF_ERROR(CheckSuccessor(units, *unit, choice.successor(), question.day));
    question.choices.of_unit.emplace(choice.unit(), choice.successor());
  }
  for (const v1::DossierSuccessor& choice : selection.dossier_successors()) {
    question.choices.of_dossier.emplace(choice.dossier(), choice.successor());
  }
  return absl::OkStatus();
}

absl::StatusOr<Question> QuestionOf(const Register& units, absl::string_view parent,
                                    const v1::ReroutingSelection& selection, absl::CivilDay day) {
  Question question;
  question.province_code = std::string(absl::StripPrefix(parent, "provinces/"));
  question.day = day;
  question.center = selection.center();
  question.unit = selection.unit();
  if (!question.center.empty() && units.FindCenter(question.center) == nullptr) {
    return CenterNotFound(question.center);
  }
  if (!question.unit.empty() && units.FindUnit(question.unit) == nullptr) {
    return UnitNotFound(question.unit);
  }
  if (!selection.change_event().empty()) {
    const ChangeRecord* change = units.FindChange(selection.change_event());
    if (change == nullptr) return ChangeEventNotFound(selection.change_event());
    question.ended_units.emplace(change->ended_units.begin(), change->ended_units.end());
    for (const UnitRecord* unit : units.MovedBy(*change)) question.moved_units.insert(unit->name);
  }
  RETURN_IF_ERROR(ReadChoices(units, selection, question));
  return question;
}

bool RestsOnAny(const DossierBasis& basis, const absl::flat_hash_set<std::string>& units) {
  const auto rests_on = UnitsOf(basis);
  return std::any_of(rests_on.begin(), rests_on.end(),
                     [&](absl::string_view unit) { return units.contains(unit); });
}

bool IsAsked(const Question& question, const Register& units, const std::string& province_code,
             const DossierBasis& basis) {
  // Another province's may lie in a third one.
  const bool here = province_code == question.province_code ||
                    rpc::ProvinceOf(basis.center) == question.province_code;
  if (!here) return false;
  if (!question.center.empty() && basis.center != question.center) return false;
  if (!question.unit.empty() && basis.unit != question.unit) return false;
  if (question.ended_units && !RestsOnAny(basis, *question.ended_units) &&
      !question.moved_units.contains(basis.unit)) {
    return false;
  }
  return IsAffected(units, basis, question.day);
}

// What was looked at and decided.
struct Slice {
  struct Decided {
    Dossier dossier;  // As it was.
    Rerouting rerouting;
  };
  std::vector<Decided> decided;
  std::vector<std::pair<std::string, absl::Status>> blocked;  // Names, and why.
  int64_t examined = 0;
  Key last;           // What was looked at.
  bool more = false;  // Something may lie behind it.

  size_t size() const { return decided.size() + blocked.size(); }
};

void DecideOne(const Snapshot& basis, const Question& question, Dossier dossier, Slice& slice) {
  absl::StatusOr<std::optional<Rerouting>> rerouting =
      Reroute(*basis.catalogue, *basis.units, dossier, question.choices, question.day);
  if (!rerouting.ok()) {
    slice.blocked.emplace_back(dossier.Name(), rerouting.status());
  } else if (*rerouting) {
    slice.decided.push_back({std::move(dossier), **std::move(rerouting)});
  }
}

// The dossiers of `rows` that are asked for, at most `most`, in one flight. `rows` is cut behind
// the last one that was looked at.
absl::StatusOr<std::vector<Dossier>> LoadAsked(db::Tx& tx, const Snapshot& basis,
                                               const Question& question,
                                               const std::string& province_code, size_t most,
                                               absl::Span<const store::BasisRow>& rows) {
  std::vector<db::BoundStatement> queries;
  size_t looked_at = 0;
  for (; looked_at < rows.size() && queries.size() < most; ++looked_at) {
    const store::BasisRow& row = rows[looked_at];
    if (!IsAsked(question, *basis.units, province_code, row.basis)) continue;
    queries.push_back(store::LoadDossierQuery(province_code, row.code));
  }
  rows = rows.first(looked_at);
  ASSIGN_OR_RETURN(const std::vector<db::Rows> found, tx.QueryAll(queries));
  std::vector<Dossier> dossiers;
  for (const db::Rows& one : found) {
    if (!one.empty()) dossiers.push_back(store::DossierOf(one[0]));
  }
  return dossiers;
}

// Looks at dossiers in the order of their codes, province by province, until the slice is full.
absl::StatusOr<Slice> Decide(db::Tx& tx, const Snapshot& basis, const Question& question) {
  ASSIGN_OR_RETURN(const std::vector<std::string> provinces,
                   store::ProvincesIn(tx, question.province_code));
  auto province = std::find(
      provinces.begin(), provinces.end(),
      question.after.province_code.empty() ? question.province_code : question.after.province_code);
  Slice slice;
  slice.last = question.after;
  while (province != provinces.end() && slice.examined < kExaminedMax &&
         slice.size() < question.limit) {
    slice.last.province_code = *province;
    ASSIGN_OR_RETURN(const std::vector<store::BasisRow> scanned,
                     store::ScanDossiers(tx, *province, slice.last.code, kScanned));
    absl::Span<const store::BasisRow> rows = scanned;
    ASSIGN_OR_RETURN(std::vector<Dossier> asked, LoadAsked(tx, basis, question, *province,
                                                           question.limit - slice.size(), rows));
    for (Dossier& dossier : asked) DecideOne(basis, question, std::move(dossier), slice);
    slice.examined += static_cast<int64_t>(rows.size());
    if (!rows.empty()) slice.last.code = rows.back().code;
    if (scanned.size() == kScanned || rows.size() < scanned.size()) continue;
    if (++province != provinces.end()) slice.last = {*province, ""};
  }
  slice.more = province != provinces.end();
  return slice;
}

// What page tokens are sealed for. Those of before a cursor named its province are of neither.
constexpr char kPreviewPages[] = "PreviewRerouting by province";
constexpr char kReroutePages[] = "RerouteDossiers by province";

std::string CursorText(const Key& key) { return absl::StrCat(key.province_code, "|", key.code); }

Key ReadCursor(absl::string_view text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('|', 1));
  return {parts.first, parts.second};
}

void ToProto(const Placement& placement, v1::Placement* out) {
  out->set_unit(placement.unit);
  out->set_center(placement.center);
  out->set_return_center(placement.return_center);
  routing::ToProto(placement.body, out->mutable_competent_body());
  if (!placement.agency.unit.empty()) routing::ToProto(placement.agency, out->mutable_agency());
}

void ToProto(const Rerouting& rerouting, v1::Rerouting* out) {
  ToProto(rerouting.from, out->mutable_from());
  ToProto(rerouting.to, out->mutable_to());
  out->set_successor_basis(static_cast<v1::SuccessorBasis>(rerouting.basis));
  if (!rerouting.change_events.empty()) out->set_change_event(rerouting.change_events.front());
  out->set_released_assignee(rerouting.released_assignee);
}

template <typename Response>
Response Answer(const Slice& slice) {
  Response response;
  for (const Slice::Decided& decided : slice.decided) {
    v1::ReroutedDossier* out = response.add_dossiers();
    out->set_name(decided.dossier.Name());
    out->set_version(decided.dossier.version + 1);
    ToProto(decided.rerouting, out->mutable_rerouting());
  }
  for (const auto& [name, status] : slice.blocked) {
    v1::BlockedDossier* out = response.add_blocked();
    out->set_name(name);
    out->set_message(std::string(status.message()));
    const std::optional<error::Reason> reason = error::ReasonOf(status);
    if (!reason) continue;
    out->set_reason(reason->reason);
    for (const auto& [key, value] : reason->metadata) (*out->mutable_metadata())[key] = value;
  }
  response.set_examined(slice.examined);
  return response;
}

// What must not change from slice to slice. A change's request id and reason may.
std::string QueryOf(absl::string_view parent, const v1::ReroutingSelection& selection) {
  return absl::StrCat(parent, "|", rpc::QueryText(selection));
}

// Writes what was decided: one entry of the timeline each.
absl::Status Move(db::Tx& tx, const Call& call, absl::string_view reason, const Slice& slice) {
  int ordinal = 0;
  std::set<std::pair<std::string, std::string>> hosts;
  for (const Slice::Decided& decided : slice.decided) {
    const Rerouting& rerouting = decided.rerouting;
    Dossier dossier = decided.dossier;
    Apply(rerouting, dossier);
    v1::DossierEventBody body = EntryBody(call, dossier, reason);
    ToProto(rerouting, body.mutable_rerouting());
    RETURN_IF_ERROR(StoreWithEntry(
        tx, call, dossier, kEntryKindRerouted, body,
        [&] { return store::MoveDossier(tx, decided.dossier, dossier); }, ordinal++));
    for (const std::string& event : rerouting.change_events) {
      RETURN_IF_ERROR(store::RecordRerouting(tx, dossier, event));
    }
    if (rerouting.province_code != dossier.province_code) {
      hosts.emplace(rerouting.province_code, dossier.province_code);
    }
  }
  for (const auto& [host_code, province_code] : hosts) {
    RETURN_IF_ERROR(store::RecordHost(tx, host_code, province_code));
  }
  // An alarm that is set off meanwhile would name the center that is left.
  std::set<std::string> provinces;
  for (const Slice::Decided& decided : slice.decided) {
    provinces.insert(decided.dossier.province_code);
  }
  std::vector<db::Key> alarms;
  for (const std::string& province_code : provinces) {
    alarms.push_back(store::AlarmsKey(province_code));
  }
  return db::DeclareLate(tx, alarms);
}

void ValidateSelection(const std::string& parent, const v1::ReroutingSelection& selection,
                       error::Violations& violations) {
  const std::string within = absl::StrCat(parent, "/");
  CheckCenterIn(parent, selection.center(), "selection.center", violations);
  std::set<absl::string_view> seen;
  for (int i = 0; i < selection.unit_successors_size(); ++i) {
    if (seen.insert(selection.unit_successors(i).unit()).second) continue;
    violations.Add(absl::StrCat("selection.unit_successors[", i, "].unit"), "must be named once");
  }
  for (int i = 0; i < selection.dossier_successors_size(); ++i) {
    const std::string& dossier = selection.dossier_successors(i).dossier();
    const std::string field = absl::StrCat("selection.dossier_successors[", i, "].dossier");
    if (!seen.insert(dossier).second) violations.Add(field, "must be named once");
    if (!absl::StartsWith(dossier, within)) {
      violations.Add(field, "must be a dossier of the province in parent");
    }
  }
}

}  // namespace

absl::StatusOr<v1::PreviewReroutingResponse> PreviewRerouting(
    const Env& env, const Call& call, const v1::PreviewReroutingRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  ASSIGN_OR_RETURN(Question question, QuestionOf(*basis->units, request.parent(),
                                                 request.selection(), AsOf(request, call)));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  question.limit = static_cast<size_t>(size);
  const std::string query = rpc::QueryText(request);
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(kPreviewPages, query, request.page_token()));
  question.after = ReadCursor(cursor);
  ASSIGN_OR_RETURN(const Slice slice, Decide(tx, *basis, question));
  auto response = Answer<v1::PreviewReroutingResponse>(slice);
  if (slice.more) {
    response.set_next_page_token(env.pages->Seal(kPreviewPages, query, CursorText(slice.last)));
  }
  return response;
}

void ValidatePreviewRerouting(const v1::PreviewReroutingRequest& request,
                              error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  ValidateSelection(request.parent(), request.selection(), violations);
}

absl::StatusOr<v1::RerouteDossiersResponse> RerouteDossiers(
    const Env& env, const Call& call, const v1::RerouteDossiersRequest& request, db::Tx& tx) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> basis,
                   CurrentSnapshot(*env.snapshots, tx));
  ASSIGN_OR_RETURN(Question question, QuestionOf(*basis->units, request.parent(),
                                                 request.selection(), VietnamDay(call.now)));
  ASSIGN_OR_RETURN(const int size, page::Size(request.page_size()));
  question.limit = static_cast<size_t>(std::min(size, kSliceMax));
  const std::string query = QueryOf(request.parent(), request.selection());
  ASSIGN_OR_RETURN(const std::string cursor,
                   env.pages->Open(kReroutePages, query, request.page_token()));
  question.after = ReadCursor(cursor);
  ASSIGN_OR_RETURN(const Slice slice, Decide(tx, *basis, question));
  RETURN_IF_ERROR(Move(tx, call, request.reason(), slice));
  if (!slice.decided.empty()) env.appended();
  auto response = Answer<v1::RerouteDossiersResponse>(slice);
  if (slice.more) {
    response.set_next_page_token(env.pages->Seal(kReroutePages, query, CursorText(slice.last)));
  }
  return response;
}

void ValidateRerouteDossiers(const v1::RerouteDossiersRequest& request,
                             error::Violations& violations) {
  page::CheckSize(request.page_size(), violations);
  ValidateSelection(request.parent(), request.selection(), violations);
}

}  // namespace twotier::routing::handlers
