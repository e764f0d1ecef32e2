// Writes the first inputs of request_fuzz into a directory: for every RPC a request that keeps its
// contract, so that the fuzzer does not have to find the wire format first.
//
//   request_seeds DIRECTORY

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/message.h"
#include "twotier/common/v1/rule.pb.h"
#include "twotier/registry/v1/registry_service.pb.h"
#include "twotier/routing/v1/routing_service.pb.h"

namespace twotier::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Messages nest at most this deep in the contracts.
constexpr int kDepthMax = 4;

std::string SampleOf(const common::v1::Constraint& constraint) {
  if (!constraint.resource().empty()) {
    return absl::StrReplaceAll(constraint.resource(),
                               {{"provinces/*", "provinces/48"}, {"*", "H48"}});
  }
  switch (constraint.format()) {
    case common::v1::FORMAT_UUID:
      return "00000000-0000-4000-8000-000000000000";
    case common::v1::FORMAT_UNIT_CODE:
      return "00004";
    case common::v1::FORMAT_PROCEDURE_CODE:
      return "1.004194";
    case common::v1::FORMAT_PROVINCE_CODE:
      return "48";
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

int Main(const std::string& directory) {
  std::filesystem::create_directories(directory);
  // As request_fuzz numbers them.
  int number = 0;
  for (const auto* service : {registry::v1::GetUnitRequest::descriptor()->file()->service(0),
                              routing::v1::GetDossierRequest::descriptor()->file()->service(0)}) {
    for (int i = 0; i < service->method_count(); ++i, ++number) {
      const auto* type = service->method(i)->input_type();
      const std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      Fill(*request, 0);
      std::ofstream file(absl::StrCat(directory, "/", type->name()), std::ios::binary);
      file << static_cast<char>(number) << request->SerializeAsString();
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
  if (argc == 2) return twotier::rpc::Main(argv[1]);
  std::cerr << "usage: request_seeds DIRECTORY\n";
  return 64;
}
