#include "tests/service/budget_norms_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/file.h"
#include "google/protobuf/text_format.h"
#include "services/budget/norm_files.h"

namespace twotier::budget::testing {
namespace {

constexpr char kNorms[] = R"pb(
  title: "Supplement"
  act { number: "1/NQ-HĐND" }
  body: BODY_COUNCIL
  decision_date { year: 2025 month: 12 day: 9 }
  first_year: 2026
  last_year: 2027
  recipients { tier: NORM_TIER_COMMUNE without_unit_codes: "20196" }
  result: "total"
  pools { key: "supplement" title: "Supplement" }
  inputs { key: "population" title: "People" unit: "person" source: NORM_INPUT_SOURCE_REGISTRY }
  inputs { key: "least" title: "At least" unit: "VND" source: NORM_INPUT_SOURCE_GIVEN }
  inputs {
    key: "kind"
    title: "Kind"
    words: [ "plain", "border" ]
    source: NORM_INPUT_SOURCE_GIVEN
  }
  choices {
    key: "step"
    question: "?"
    number { value: "1" unit: "VND" }
    reason: "r"
    citation: "c"
  }
  choices {
    key: "mode"
    question: "?"
    word: "half_up"
    alternatives: [ "half_up", "down" ]
    reason: "r"
    citation: "c"
  }
  choices {
    key: "moment"
    question: "?"
    word: "each_line"
    alternatives: [ "each_line", "result" ]
    reason: "r"
    citation: "c"
  }
  rounding { step_choice: "step" mode_choice: "mode" moment_choice: "moment" }
  lines {
    key: "lump"
    title: "Border"
    citation: "Art. 1"
    unit: "VND"
    pool: "supplement"
    amount {
      cases {
        input: "kind"
        cases {
          words: "border"
          value { number { value: "10" unit: "VND" } }
        }
        otherwise { number { value: "0" unit: "VND" } }
      }
    }
  }
  lines {
    key: "by_people"
    title: "By people"
    citation: "Art. 2"
    unit: "VND"
    pool: "supplement"
    distribution {
      share_of_remainder: "100%"
      weight { input: "population" }
      floor { input: "least" }
    }
  }
  lines {
    key: "total"
    title: "Total"
    citation: "Art. 3"
    unit: "VND"
    amount { sum_of_lines { lines: [ "lump", "by_people" ] } }
  }
)pb";

std::string ShippedFile(const std::string& name) {
  const auto text = ReadFile(absl::StrCat("services/budget/data/norms/48/", name));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

}  // namespace

v1::NormSetContent ShippedNorms(const std::string& norm_set_id) {
  const std::string name = absl::StrCat(norm_set_id, kNormFileEnding);
  const auto content = ReadNormText(name, ShippedFile(name));
  EXPECT_TRUE(content.ok()) << content.status();
  return content.ok() ? *content : v1::NormSetContent();
}

ctl::AllocationFacts ShippedFacts(const std::string& norm_set_id) {
  const std::string name = absl::StrCat(norm_set_id, ".inputs.csv");
  RowErrors errors;
  ctl::AllocationFacts facts = ctl::ReadAllocationFacts(name, ShippedFile(name), errors);
  for (const auto& each : errors.all()) ADD_FAILURE() << each.field << ": " << each.description;
  return facts;
}

v1::NormSetContent SupplementNorms() {
  v1::NormSetContent content;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kNorms, &content));
  return content;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& each : error::FieldViolationsOf(status)) fields.push_back(each.field);
  return fields;
}

absl::StatusOr<v1::NormSet> NormsTest::Publish(const std::string& norm_set_id,
                                               const v1::NormSetContent& content,
                                               const std::string& etag) {
  v1::PublishNormSetRequest request;
  request.set_parent("provinces/48");
  request.set_norm_set_id(norm_set_id);
  *request.mutable_content() = content;
  request.set_etag(etag);
  request.set_request_id(RequestId());
  const auto response = server_.Call(&Stub::PublishNormSet, request);
  if (!response.ok()) return response.status();
  return response->norm_set();
}

void NormsTest::KnowUnits(const std::vector<std::string>& codes) {
  std::vector<registry::v1::Resource> units;
  for (const std::string& code : codes) {
    if (code == "20194") continue;  // The played registry has it.
    units.push_back(testing_support::UnitResource(absl::StrCat("units/commune", code),
                                                  registry::v1::TIER_COMMUNE, code,
                                                  absl::StrCat("Xã ", code)));
  }
  registry_.Send(std::move(units));
}

v1::AllocationPlan NormsTest::ShippedPlan(const std::string& norm_set_id) {
  const ctl::AllocationFacts facts = ShippedFacts(norm_set_id);
  v1::AllocationPlan plan;
  plan.set_norm_set(absl::StrCat("provinces/48/normSets/", norm_set_id));
  plan.set_year(2026);
  testing_support::SetDate(plan.mutable_as_of(), 2026, 1, 1);
  for (const std::string& code : facts.unit_codes) plan.add_unit_codes(code);
  for (const v1::AllocationInput& input : facts.inputs) *plan.add_inputs() = input;
  KnowUnits(facts.unit_codes);
  testing_support::ServiceHost::WaitUntil(
      [&] { return ReasonOf(Simulate(plan).status()) != "UNIT_NOT_FOUND"; }, "the units");
  return plan;
}

absl::StatusOr<v1::SimulateAllocationResponse> NormsTest::Simulate(
    const v1::AllocationPlan& plan, std::vector<std::string> explained) {
  v1::SimulateAllocationRequest request;
  request.set_parent("provinces/48");
  *request.mutable_plan() = plan;
  for (std::string& code : explained) request.add_explained_unit_codes(std::move(code));
  return server_.Call(&Stub::SimulateAllocation, request);
}

absl::StatusOr<v1::CreateAllocationRunResponse> NormsTest::Create(const v1::AllocationPlan& plan) {
  v1::CreateAllocationRunRequest request;
  request.set_parent("provinces/48");
  *request.mutable_plan() = plan;
  request.set_request_id(RequestId());
  return server_.Call(&Stub::CreateAllocationRun, request);
}

v1::ApproveAllocationRunRequest NormsTest::Approval(const v1::AllocationRun& run) {
  v1::ApproveAllocationRunRequest request;
  request.set_name(run.name());
  request.mutable_act()->set_number("45/NQ-HĐND");
  request.set_body(v1::BODY_COUNCIL);
  testing_support::SetDate(request.mutable_decision_date(), 2026, 11, 1);
  request.set_etag(run.etag());
  request.set_request_id(RequestId());
  return request;
}

absl::StatusOr<v1::ApproveAllocationRunResponse> NormsTest::Approve(
    const v1::ApproveAllocationRunRequest& request, const std::string& principal) {
  grpc::ClientContext context;
  testing_support::Identify(context, principal);
  v1::ApproveAllocationRunResponse response;
  const grpc::Status status = server_.stub().ApproveAllocationRun(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  return response;
}

absl::StatusOr<v1::ApproveAllocationRunResponse> NormsTest::Approve(const v1::AllocationRun& run,
                                                                    const std::string& principal) {
  return Approve(Approval(run), principal);
}

std::string NormsTest::FundProvince(int64_t amount_vnd, const std::string& journal) {
  const std::vector<std::string> names =
      Open("48", {Key(testing_support::kDaNang, v1::STAGE_SOURCE),
                  Key(testing_support::kDaNang, v1::STAGE_ESTIMATE),
                  Key(testing_support::kDaNang, v1::STAGE_APPROVED)});
  const auto posted = Post(
      journal, {PostOf(names[0], names[1], amount_vnd), PostOf(names[1], names[2], amount_vnd)});
  EXPECT_TRUE(posted.ok()) << posted.status();
  return names[2];
}

v1::PostAllocationRunRequest NormsTest::PostingOf(const v1::AllocationRun& run) {
  v1::PostAllocationRunRequest request;
  request.set_name(run.name());
  *request.mutable_from() = Key(testing_support::kDaNang, v1::STAGE_APPROVED);
  *request.mutable_to() = Key("", v1::STAGE_APPROVED);
  request.add_provinces("provinces/48");
  testing_support::SetDate(request.mutable_effective_date(), 2026, 11, 2);
  request.set_etag(run.etag());
  request.set_request_id(RequestId());
  return request;
}

}  // namespace twotier::budget::testing
