#include "tools/twotierctl/dossier_csv.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/csv_cells.h"
#include "common/organisation_id.h"

namespace twotier::ctl {
namespace {

namespace v1 = ::twotier::routing::v1;

constexpr absl::string_view kColumns[] = {
    "external_code", "center",    "return_center", "procedure_code", "unit_code",
    "case_key",      "channel",   "kind",          "full_name",      "identity_number",
    "phone",         "address",   "submit_time",   "accept_time",    "pauses",
    "process_time",  "result_id", "assignee",      "components",     "source_due_time",
    "owning_system", "history",   "fees"};

// A history of a hundred steps with their notes.
constexpr size_t kTextBytesMax = 60 << 10;

constexpr Word<v1::Channel> kChannels[] = {
    {"DIRECT", v1::CHANNEL_DIRECT}, {"ONLINE", v1::CHANNEL_ONLINE}, {"POST", v1::CHANNEL_POST}};
constexpr Word<v1::ApplicantKind> kApplicants[] = {
    {"CITIZEN", v1::APPLICANT_KIND_CITIZEN},
    {"ENTERPRISE", v1::APPLICANT_KIND_ENTERPRISE},
    {"HOUSEHOLD_BUSINESS", v1::APPLICANT_KIND_HOUSEHOLD_BUSINESS}};
const std::map<absl::string_view, v1::PauseKind>& PauseKinds() {
  static const auto* const kinds =
      new std::map<absl::string_view, v1::PauseKind>{{"SUPPLEMENT", v1::PAUSE_KIND_SUPPLEMENT},
                                                     {"PAYMENT", v1::PAUSE_KIND_PAYMENT},
                                                     {"OTHER_AGENCY", v1::PAUSE_KIND_OTHER_AGENCY}};
  return *kinds;
}
const std::map<absl::string_view, v1::FeeDue>& FeeTimes() {
  static const auto* const times = new std::map<absl::string_view, v1::FeeDue>{
      {"AT_RECEPTION", v1::FEE_DUE_AT_RECEPTION}, {"AT_RESULT", v1::FEE_DUE_AT_RESULT}};
  return *times;
}
const std::map<absl::string_view, v1::PaymentGateway>& Gateways() {
  static const auto* const gateways = new std::map<absl::string_view, v1::PaymentGateway>{
      {"NATIONAL_PORTAL", v1::PAYMENT_GATEWAY_NATIONAL_PORTAL},
      {"LOCAL", v1::PAYMENT_GATEWAY_LOCAL}};
  return *gateways;
}
const std::map<absl::string_view, v1::ComponentKind>& ComponentKinds() {
  static const auto* const kinds = new std::map<absl::string_view, v1::ComponentKind>{
      {"ORIGINAL", v1::COMPONENT_KIND_ORIGINAL},
      {"COPY", v1::COMPONENT_KIND_COPY},
      {"ELECTRONIC", v1::COMPONENT_KIND_ELECTRONIC}};
  return *kinds;
}

// The end of the working day: how a date that names no hour is kept.
constexpr int kDayEndsHour = 17;

// "2026-10-05T09:00", "2026-10-05 09:00:30", on the clock of Vietnam; or with an offset of its own.
std::optional<absl::Time> InstantOf(absl::string_view text) {
  absl::Time time;
  std::string error;
  for (const char* format :
       {"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%E*S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%E*S"}) {
    if (absl::ParseTime(format, text, VietnamTimeZone(), &time, &error)) return time;
  }
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return std::nullopt;
}

constexpr absl::string_view kNoInstant =
    "must be a time like 2026-10-05T09:00 on the clock of Vietnam, or with an offset";

// Sets `out`; false: `text` is no instant.
bool ReadInstant(absl::string_view text, google::protobuf::Timestamp* out) {
  const std::optional<absl::Time> time = InstantOf(text);
  if (!time) return false;
  const int64_t seconds = absl::ToUnixSeconds(*time);
  out->set_seconds(seconds);
  out->set_nanos(
      static_cast<int32_t>((*time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
  return true;
}

// The parts of one item of a cell, `A|B|C`; those left out at the end are empty.
class Parts {
 public:
  explicit Parts(absl::string_view item) : parts_(absl::StrSplit(item, '|')) {}

  absl::string_view Next() {
    return next_ < parts_.size() ? absl::StripAsciiWhitespace(parts_[next_++])
                                 : absl::string_view();
  }
  bool done() const { return next_ >= parts_.size(); }

 private:
  const std::vector<absl::string_view> parts_;
  size_t next_ = 0;
};

// Items of a cell, `X;Y;Z`.
std::vector<absl::string_view> ItemsOf(absl::string_view cell) {
  return absl::StrSplit(cell, ';', absl::SkipWhitespace());
}

// The words of a list cell; the enumeration's 0 for another one.
template <typename E>
E WordOf(const std::map<absl::string_view, E>& words, absl::string_view text) {
  const auto found = words.find(text);
  return found == words.end() ? E() : found->second;
}

// What is wrong with an item; empty when nothing is.
std::string ReadPause(absl::string_view item, v1::ClockPause& pause) {
  Parts parts(item);
  pause.set_kind(WordOf(PauseKinds(), parts.Next()));
  if (pause.kind() == 0) return "must begin with SUPPLEMENT, PAYMENT or OTHER_AGENCY";
  if (!ReadInstant(parts.Next(), pause.mutable_start_time())) return std::string(kNoInstant);
  const absl::string_view end = parts.Next();
  if (!end.empty() && !ReadInstant(end, pause.mutable_end_time())) return std::string(kNoInstant);
  if (pause.kind() == v1::PAUSE_KIND_OTHER_AGENCY) {
    pause.set_agency_unit(std::string(parts.Next()));
    pause.set_agency_title(std::string(parts.Next()));
  }
  const absl::string_view answer_by = parts.Next();
  if (!answer_by.empty() && !ReadInstant(answer_by, pause.mutable_answer_by_time())) {
    return std::string(kNoInstant);
  }
  if (pause.kind() == v1::PAUSE_KIND_PAYMENT) {
    int64_t due_vnd = 0;
    if (!absl::SimpleAtoi(parts.Next(), &due_vnd)) return "must have the fee in đồng";
    pause.set_due_vnd(due_vnd);
    const absl::string_view gateway = parts.Next();
    pause.set_gateway(WordOf(Gateways(), gateway));
    if (!gateway.empty() && pause.gateway() == 0) return "must name NATIONAL_PORTAL or LOCAL";
    pause.set_reference(std::string(parts.Next()));
  }
  return parts.done() ? "" : "has too many parts";
}

std::string ReadFee(absl::string_view item, v1::ImportedFee& fee) {
  Parts parts(item);
  fee.set_due_at(WordOf(FeeTimes(), parts.Next()));
  if (fee.due_at() == 0) return "must begin with AT_RECEPTION or AT_RESULT";
  if (!ReadInstant(parts.Next(), fee.mutable_pay_time())) return std::string(kNoInstant);
  int64_t paid_vnd = 0;
  if (!absl::SimpleAtoi(parts.Next(), &paid_vnd)) return "must have the fee in đồng";
  fee.set_paid_vnd(paid_vnd);
  const absl::string_view gateway = parts.Next();
  fee.set_gateway(WordOf(Gateways(), gateway));
  if (!gateway.empty() && fee.gateway() == 0) return "must name NATIONAL_PORTAL or LOCAL";
  fee.set_reference(std::string(parts.Next()));
  return parts.done() ? "" : "has too many parts";
}

std::string ReadComponent(absl::string_view item, v1::Component& component) {
  Parts parts(item);
  component.set_kind(WordOf(ComponentKinds(), parts.Next()));
  if (component.kind() == 0) return "must begin with ORIGINAL, COPY or ELECTRONIC";
  component.set_title(std::string(parts.Next()));
  return parts.done() ? "" : "has more parts than kind and title";
}

std::string ReadStep(absl::string_view item, v1::ImportedStep& step) {
  Parts parts(item);
  if (!ReadInstant(parts.Next(), step.mutable_time())) return std::string(kNoInstant);
  step.set_what(std::string(parts.Next()));
  step.set_by(std::string(parts.Next()));
  step.set_note(std::string(parts.Next()));
  return parts.done() ? "" : "has more parts than time, what, by and note";
}

// Reads the items of the next cell with `read`.
template <typename Item>
void ReadItems(CsvCells& cells, std::string (*read)(absl::string_view, Item&),
               google::protobuf::RepeatedPtrField<Item>* out) {
  const std::string cell = cells.Text(/*required=*/false);
  int number = 0;
  for (const absl::string_view item : ItemsOf(cell)) {
    ++number;
    const std::string problem = read(item, *out->Add());
    if (!problem.empty()) cells.Wrong(absl::StrCat("item ", number, " ", problem));
  }
}

// The next cell as an instant; `out` gives the field to set.
template <typename Mutable>
void ReadTime(CsvCells& cells, bool required, Mutable out) {
  const std::string cell = cells.Text(required);
  if (!cell.empty() && !ReadInstant(cell, out())) cells.Wrong(kNoInstant);
}

// A due date may name no hour.
void ReadDue(CsvCells& cells, v1::ImportedRecord& record) {
  const std::string cell = cells.Text(/*required=*/false);
  if (cell.empty()) return;
  absl::CivilDay day;
  const std::string text = absl::ParseCivilTime(cell, &day) && cell.size() == 10
                               ? absl::StrCat(cell, "T", kDayEndsHour, ":00")
                               : cell;
  if (!ReadInstant(text, record.mutable_source_due_time())) cells.Wrong(kNoInstant);
}

DossierRow RowOf(const CsvRow& row, RowErrors& errors) {
  CsvCells cells(row, kColumns, kTextBytesMax, errors);
  DossierRow read;
  read.line = row.place.row;
  v1::ImportedRecord& record = *read.dossier.mutable_record();
  v1::Applicant& applicant = *read.dossier.mutable_applicant();
  record.set_external_code(cells.Text(/*required=*/true));
  read.center = cells.Text(/*required=*/true);
  record.set_return_center(cells.Text(/*required=*/false));
  record.set_procedure_code(cells.Text(/*required=*/true));
  record.set_unit_code(cells.Text(/*required=*/true));
  record.set_case_key(cells.Text(/*required=*/false));
  record.set_channel(cells.OneOf<v1::Channel>(kChannels, /*required=*/true));
  applicant.set_kind(cells.OneOf<v1::ApplicantKind>(kApplicants, /*required=*/true));
  applicant.set_full_name(cells.Text(/*required=*/true));
  applicant.set_identity_number(cells.Text(/*required=*/false));
  applicant.set_phone(cells.Text(/*required=*/false));
  applicant.set_address(cells.Text(/*required=*/false));
  ReadTime(cells, /*required=*/true, [&] { return record.mutable_submit_time(); });
  ReadTime(cells, /*required=*/false, [&] { return record.mutable_accept_time(); });
  ReadItems<v1::ClockPause>(cells, ReadPause, record.mutable_pauses());
  ReadTime(cells, /*required=*/false, [&] { return record.mutable_process_time(); });
  record.set_result_id(cells.Text(/*required=*/false));
  record.set_assignee(cells.Text(/*required=*/false));
  ReadItems<v1::Component>(cells, ReadComponent, record.mutable_components());
  ReadDue(cells, record);
  record.set_owning_system(cells.Text(/*required=*/false));
  ReadItems<v1::ImportedStep>(cells, ReadStep, record.mutable_history());
  ReadItems<v1::ImportedFee>(cells, ReadFee, record.mutable_fees());
  return read;
}

}  // namespace

std::vector<DossierRow> ReadDossierRows(absl::string_view file, absl::string_view content,
                                        RowErrors& errors) {
  std::vector<DossierRow> rows;
  std::map<std::string, int> seen;
  bool complete = true;
  for (const CsvRow& row : ReadCsv(file, content, kColumns, errors, complete)) {
    rows.push_back(RowOf(row, errors));
    // In either form of the organisation id it is one dossier.
    const std::string code = CodeLeftToRight(rows.back().dossier.record().external_code());
    const auto [first, added] = seen.emplace(code, row.place.row);
    if (!added)
      errors.Add(row.place, "external_code", absl::StrCat("stands in line ", first->second));
  }
  return rows;
}

std::vector<std::vector<const DossierRow*>> BatchesOf(const std::vector<DossierRow>& rows,
                                                      size_t rows_max) {
  std::map<std::string, std::vector<const DossierRow*>> of_center;
  for (const DossierRow& row : rows) of_center[row.center].push_back(&row);
  std::vector<std::vector<const DossierRow*>> batches;
  for (auto& [center, all] : of_center) {
    std::stable_partition(all.begin(), all.end(), [](const DossierRow* row) { return row->kept; });
    for (size_t first = 0; first < all.size(); first += rows_max) {
      batches.emplace_back(
          all.begin() + static_cast<ptrdiff_t>(first),
          all.begin() + static_cast<ptrdiff_t>(std::min(first + rows_max, all.size())));
    }
  }
  return batches;
}

std::string ColumnOf(absl::string_view field) {
  absl::string_view column = field;
  if (!absl::ConsumePrefix(&column, "record.")) absl::ConsumePrefix(&column, "applicant.");
  column = column.substr(0, column.find_first_of("[."));
  if (column == "unit") return "unit_code";
  return std::string(column);
}

}  // namespace twotier::ctl
