#include "tests/service/routing_publications.h"

#include "absl/strings/str_cat.h"

namespace twotier::routing::testing {
namespace {

using Stub = v1::RoutingService::Stub;

// Shortened(), with what `change` makes of it.
absl::Status PublishWith(RoutingServer& server,
                         const std::function<void(v1::PublishProcedureRequest&)>& change) {
  v1::PublishProcedureRequest request = Shortened();
  change(request);
  return Publish(server, request).status();
}

absl::Status MintTwice(RoutingServer& server, const std::string& second_parent) {
  // The second caller finds what the first one minted, or what stands there from the case before.
  const absl::Status first = Publish(server, Minted()).status();
  if (!first.ok() && ReasonOf(first) != "PROCEDURE_VERSIONS_CONFLICT") return first;
  v1::PublishProcedureRequest request = Minted();
  request.set_parent(second_parent);
  return Publish(server, request).status();
}

absl::Status PublishSteps(RoutingServer& server) {
  return PublishWith(server, [](auto& request) {
    v1::TermStep* step = request.mutable_content()->add_term_steps();
    step->set_body("Bộ phận một cửa");
    SetTerm(step->mutable_term(), 1);
  });
}

// Nobody decides the case in March.
absl::Status AssignWithAGap(RoutingServer& server) {
  auto until_march = AssignmentOfCase("gapped");
  SetDate(until_march.mutable_end_date(), 2027, 3, 1);
  EXPECT_TRUE(Invoke(&Stub::PublishAssignment, server.stub(), until_march).ok());
  auto from_april = AssignmentOfCase("gapped");
  SetDate(from_april.mutable_first_date(), 2027, 4, 1);
  return Invoke(&Stub::PublishAssignment, server.stub(), from_april).status();
}

// A fee that the table states, or else one that the country publishes.
absl::Status RaiseAFee(RoutingServer& server) {
  const auto fee = [&server](const std::string& parent, int64_t fee_vnd) {
    return PublishWith(server, [&](auto& request) {
      request.set_procedure_code(kCopies);
      request.mutable_content()->clear_term();
      request.set_parent(parent);
      request.mutable_content()->set_fee_vnd(fee_vnd);
    });
  };
  EXPECT_EQ(fee("", 1'000), absl::OkStatus());
  return fee("provinces/48", 1'001);
}

// Submits today under a national version that demands what a submission of this test lacks.
absl::Status SubmitUnder(RoutingServer& server, const std::string& code,
                         const std::function<void(v1::ProcedureContent&)>& demand) {
  EXPECT_EQ(PublishWith(server,
                        [&](auto& request) {
                          request.set_procedure_code(code);
                          request.clear_parent();
                          request.mutable_content()->clear_term();
                          demand(*request.mutable_content());
                        }),
            absl::OkStatus());
  return Submit(server, Submission(code)).status();
}

absl::Status AskForMoreThanTheFee(RoutingServer& server) {
  EXPECT_EQ(SubmitUnder(server, "1.001766", [](auto& content) { content.set_fee_vnd(1'000); }),
            absl::OkStatus());
  const auto dossier = Submit(server, Submission("1.001766"));
  if (!dossier.ok()) return dossier.status();
  const auto accepted = Accept(server, *dossier);
  if (!accepted.ok()) return accepted.status();
  v1::RequestPaymentRequest ask;
  ask.set_due_vnd(1'001);
  return TakeStep(&Stub::RequestPayment, server, *accepted, ask).status();
}

absl::Status SubmitWithoutComponent(RoutingServer& server) {
  return SubmitUnder(server, kBirth, [](v1::ProcedureContent& content) {
    v1::ProcedureComponent* component = content.mutable_requirements()->add_components();
    component->set_title("Giấy chứng sinh");
    component->set_required(true);
  });
}

absl::Status SubmitByOtherChannel(RoutingServer& server) {
  return SubmitUnder(server, "1.004873", [](v1::ProcedureContent& content) {
    content.mutable_requirements()->add_channels(v1::CHANNEL_ONLINE);
  });
}

// The country ends a procedure with today.
absl::Status ResolveEnded(RoutingServer& server) {
  constexpr char kEndedCode[] = "2.000528";
  v1::EndProcedureRequest end;
  end.set_name(absl::StrCat("procedures/", kEndedCode));
  SetDate(end.mutable_end_date(), 2026, 11, 2);
  end.mutable_act()->set_number("99/QĐ-BTP");
  end.set_etag("\"1\"");
  end.set_request_id(RequestId());
  const auto ended = Invoke(&Stub::EndProcedure, server.stub(), end);
  EXPECT_TRUE(ended.ok()) << ended.status();
  return Submit(server, Submission(kEndedCode)).status();
}

absl::Status SubmitWithCase(RoutingServer& server) {
  auto request = Submission();
  request.set_case_key("domestic");
  return Submit(server, request).status();
}

}  // namespace

void SetTerm(v1::Term* term, int value, v1::TermUnit unit) {
  term->set_value(value);
  term->set_unit(unit);
}

v1::PublishProcedureRequest Shortened(int days, const std::string& parent) {
  v1::PublishProcedureRequest request;
  request.set_parent(parent);
  request.set_procedure_code(kResidence);
  SetTerm(request.mutable_content()->mutable_term(), days);
  SetDate(request.mutable_first_date(), 2026, 11, 2);
  request.mutable_act()->set_number("12/QĐ-UBND");
  request.set_request_id(RequestId());
  return request;
}

v1::PublishProcedureRequest Minted() {
  v1::PublishProcedureRequest request = Shortened(3);
  request.set_procedure_code(kOwnCode);
  request.mutable_content()->set_display_name("Hỗ trợ ngư dân bám biển");
  request.mutable_content()->set_field("Thủy sản");
  request.mutable_content()->set_level(v1::COMPETENCE_LEVEL_COMMUNE);
  request.mutable_content()->set_line(v1::AGENCY_LINE_LOCAL);
  return request;
}

void AddCase(v1::ProcedureContent* content, const std::string& key, v1::CompetenceLevel level,
             int days) {
  v1::ProcedureCase* added = content->add_cases();
  added->set_case_key(key);
  added->set_title("Trường hợp " + key);
  added->set_level(level);
  SetTerm(added->mutable_term(), days);
}

void AddComponent(v1::ProcedureContent* content, const std::string& title, bool reusable) {
  v1::ProcedureComponent* component = content->mutable_requirements()->add_components();
  component->set_title(title);
  component->set_originals(1);
  component->set_required(true);
  component->set_data_reusable(reusable);
}

absl::StatusOr<v1::PublishProcedureResponse> Publish(RoutingServer& server,
                                                     v1::PublishProcedureRequest request) {
  request.set_request_id(RequestId());
  return Invoke(&Stub::PublishProcedure, server.stub(), request);
}

Refusals PublicationRefusals(RoutingServer& server) {
  return {
      {"ASSIGNMENTS_GAPPED",
       {absl::StatusCode::kFailedPrecondition, [&server] { return AssignWithAGap(server); }}},
      {"PROCEDURE_ENDED",
       {absl::StatusCode::kFailedPrecondition, [&server] { return ResolveEnded(server); }}},
      {"CASE_UNKNOWN",
       {absl::StatusCode::kFailedPrecondition, [&server] { return SubmitWithCase(server); }}},
      {"FIRST_DATE_PAST",
       {absl::StatusCode::kFailedPrecondition,
        [&server] {
          return PublishWith(
              server, [](auto& request) { SetDate(request.mutable_first_date(), 2026, 11, 1); });
        }}},
      {"PROCEDURE_CODE_TAKEN",
       {absl::StatusCode::kFailedPrecondition,
        [&server] { return MintTwice(server, "provinces/01"); }}},
      {"PROCEDURE_VERSIONS_CONFLICT",
       {absl::StatusCode::kFailedPrecondition,
        [&server] { return MintTwice(server, "provinces/48"); }}},
      {"TERM_STEPS_DIFFER",
       {absl::StatusCode::kFailedPrecondition, [&server] { return PublishSteps(server); }}},
      {"TERM_LONGER_THAN_NATIONAL",
       {absl::StatusCode::kFailedPrecondition,
        [&server] {
          return PublishWith(
              server, [](auto& request) { SetTerm(request.mutable_content()->mutable_term(), 4); });
        }}},
      {"FEE_HIGHER_THAN_NATIONAL",
       {absl::StatusCode::kFailedPrecondition, [&server] { return RaiseAFee(server); }}},
      {"DIFFERS_FROM_NATIONAL",
       {absl::StatusCode::kFailedPrecondition,
        [&server] {
          return PublishWith(server, [](auto& request) {
            request.mutable_content()->set_line(v1::AGENCY_LINE_MILITARY);
          });
        }}},
      {"COMPONENTS_MISSING",
       {absl::StatusCode::kFailedPrecondition,
        [&server] { return SubmitWithoutComponent(server); }}},
      {"FEE_EXCEEDED",
       {absl::StatusCode::kFailedPrecondition, [&server] { return AskForMoreThanTheFee(server); }}},
      {"CHANNEL_NOT_ALLOWED",
       {absl::StatusCode::kFailedPrecondition, [&server] { return SubmitByOtherChannel(server); }}},
  };
}

}  // namespace twotier::routing::testing
