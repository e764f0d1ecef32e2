// People who are transferred from one post to another and back, for the benches of personnel.
#ifndef TWOTIER_TESTS_LOAD_STAFF_CALLS_H_
#define TWOTIER_TESTS_LOAD_STAFF_CALLS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tests/load/calls.h"
#include "twotier/personnel/v1/order.pb.h"

namespace twotier::load {

// A province and its communes of today.
struct ProvinceUnits {
  std::string code;
  std::string unit;
  std::vector<std::string> communes;

  std::string Name() const { return absl::StrCat("provinces/", code); }
};
absl::StatusOr<std::vector<ProvinceUnits>> ListProvinces(const std::string& registry_address);

// Somebody and two posts, of two communes of one province.
struct Commuter {
  std::string appointment;  // As it stands now, with its etag.
  std::string etag;
  std::string person;
  std::string post;   // Where the person is going next ...
  std::string other;  // ... and the post that is left.
  std::string signer_post;
};
using Commuters = std::vector<Commuter>;

// Transfers a commuter there and back. Against a server that always answers the same
// (`judge` false), he never moves. Of one commuter only one caller at a time.
class TransferCaller final : public Caller {
 public:
  TransferCaller(std::shared_ptr<Commuters> commuters, size_t number, bool judge);
  NextCall Next() override;
  absl::Status Check(const grpc::ByteBuffer& answer) override;

 private:
  const std::shared_ptr<Commuters> commuters_;
  Commuter& commuter_;
  const bool judge_;
  const google::type::Date today_ = Today();
  RequestIds ids_;
};

struct StaffCalls {
  std::shared_ptr<Commuters> commuters;
  // For each method, an answer: what the echo answers.
  std::map<std::string, std::string> answers = {};
};

// Fills two communes of every province of a personnel service with at least `commuters` people and
// as many vacant posts, and transfers one.
absl::StatusOr<StaffCalls> PrepareStaff(const std::string& registry_address,
                                        const std::string& personnel_address, int commuters);

}  // namespace twotier::load

#endif  // TWOTIER_TESTS_LOAD_STAFF_CALLS_H_
