#include "common/rpc/query.h"

#include <memory>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace twotier::rpc {

void AppendDeterministic(const google::protobuf::Message& message, std::string& bytes) {
  bytes.reserve(bytes.size() + message.ByteSizeLong());  // Also caches the sizes that follow.
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
}

std::string QueryText(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> query(request.New());
  query->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    const google::protobuf::FieldDescriptor* field = query->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) query->GetReflection()->ClearField(query.get(), field);
  }
  std::string bytes;
  AppendDeterministic(*query, bytes);
  return bytes;
}

}  // namespace twotier::rpc
