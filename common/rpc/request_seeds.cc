// Writes the first inputs of request_fuzz or suite_fuzz into a directory: for every RPC a request
// that keeps its contract, so that the fuzzer does not have to find the wire format first.
//
//   request_seeds DIRECTORY [--unary]     --unary: of the RPCs that answer once, as suite_fuzz
//   numbers them

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/fuzzed_services.h"
#include "google/protobuf/message.h"
#include "twotier/common/v1/rule.pb.h"

namespace twotier::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Messages nest at most this deep in the contracts.
constexpr int kDepthMax = 4;

// Things that are in the national data, so that handlers get past their first look-up.
std::string SampleOf(const common::v1::Constraint& constraint) {
  const std::string pattern = constraint.resource().substr(0, constraint.resource().find('|'));
  if (pattern == "units/*") return "units/u79a6a29ad95f6474";
  if (pattern == "procedures/*") return "procedures/1.000110";
  if (pattern == "provinces/*/centers/*") return "provinces/01/centers/H01.00004";
  if (!pattern.empty()) {
    return absl::StrReplaceAll(pattern, {{"provinces/*", "provinces/01"}, {"*", "H01"}});
  }
  switch (constraint.format()) {
    case common::v1::FORMAT_UUID:
      return "00000000-0000-4000-8000-000000000000";
    case common::v1::FORMAT_UNIT_CODE:
      return "00004";
    case common::v1::FORMAT_PROCEDURE_CODE:
      return "1.000110";
    case common::v1::FORMAT_PROVINCE_CODE:
      return "01";
    case common::v1::FORMAT_SHA256:
      return std::string(64, 'a');
    default:
      return "Trúc Bạch";
  }
}

void Fill(Message& message, int depth);

void FillField(Message& message, const FieldDescriptor& field, int depth) {
  const auto& reflection = *message.GetReflection();
  const std::string text = SampleOf(field.options().GetExtension(common::v1::constraint));
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      field.is_repeated() ? reflection.AddString(&message, &field, text)
                          : reflection.SetString(&message, &field, text);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth < kDepthMax) {
        Fill(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                 : *reflection.MutableMessage(&message, &field),
             depth + 1);
      }
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      if (!field.is_repeated()) reflection.SetEnumValue(&message, &field, 1);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      if (!field.is_repeated()) reflection.SetInt32(&message, &field, 7);
      break;
    case FieldDescriptor::CPPTYPE_INT64:  // An amount, which is never 0.
      if (!field.is_repeated()) reflection.SetInt64(&message, &field, 7);
      break;
    default:
      break;  // Numbers and flags stay at 0: that is always allowed.
  }
}

void Fill(Message& message, int depth) {
  if (auto* date = dynamic_cast<google::type::Date*>(&message)) {
    date->set_year(2026);
    date->set_month(7);
    date->set_day(1);
    return;
  }
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    FillField(message, *message.GetDescriptor()->field(i), depth);
  }
}

int Main(const std::string& directory, bool unary_only) {
  std::filesystem::create_directories(directory);
  // As the fuzzers number them.
  int number = 0;
  for (const auto* service : FuzzedServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (unary_only && service->method(i)->server_streaming()) continue;
      const auto* type = service->method(i)->input_type();
      const std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      Fill(*request, 0);
      std::ofstream file(absl::StrCat(directory, "/", type->full_name()), std::ios::binary);
      file << static_cast<char>(number++) << request->SerializeAsString();
      if (!file.flush()) {
        std::cerr << "cannot write to " << directory << "\n";
        return 1;
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace twotier::rpc

int main(int argc, char** argv) {
  const bool unary_only = argc == 3 && std::string(argv[2]) == "--unary";
  if (argc == 2 || unary_only) return twotier::rpc::Main(argv[1], unary_only);
  std::cerr << "usage: request_seeds DIRECTORY [--unary]\n";
  return 64;
}
