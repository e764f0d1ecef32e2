#include "common/rpc/encoded.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/protobuf/any.pb.h"
#include "google/rpc/status.pb.h"

namespace twotier::rpc {
namespace {

using google::rpc::Status;

google::protobuf::Any Detail(const std::string& value) {
  google::protobuf::Any detail;
  detail.set_value(value);
  return detail;
}

// What a client makes of the bytes that gRPC sends.
Status Received(Encoded<Status> encoded) {
  const grpc::ByteBuffer buffer = std::move(encoded).ToBuffer();
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  Status status;
  EXPECT_TRUE(status.ParseFromString(bytes));
  return status;
}

TEST(EncodedTest, PartsMakeOneMessage) {
  Status expected;
  expected.set_code(5);
  expected.set_message("không có");
  // Lengths of one, two and three bytes on the wire, and none.
  for (const size_t size : {1, 0, 127, 128, 20'000}) {
    *expected.add_details() = Detail(std::string(size, 'x'));
  }
  Status rest;
  rest.set_code(expected.code());
  rest.set_message(expected.message());

  Encoded<Status> encoded;
  for (int i = 0; i < expected.details_size(); ++i) {
    if (i == 2) encoded.Add(rest);
    encoded.AddMessage(Status::kDetailsFieldNumber, expected.details(i).SerializeAsString());
  }
  EXPECT_EQ(Received(encoded).SerializeAsString(), expected.SerializeAsString());
}

TEST(EncodedTest, NothingIsAnEmptyMessage) {
  EXPECT_EQ(Received(Encoded<Status>()).ByteSizeLong(), 0u);
}

}  // namespace
}  // namespace twotier::rpc
