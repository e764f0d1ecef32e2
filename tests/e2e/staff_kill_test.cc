// Personnel is killed while people are transferred, again and again; what was acknowledged is
// there, once.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/status_macros.h"
#include "tests/e2e/crowd.h"
#include "tests/e2e/suite.h"
#include "tests/load/staff_calls.h"
#include "tests/support/sound.h"
#include "tools/verify/verify_staff.h"
#include "twotier/personnel/v1/personnel_service.grpc.pb.h"

namespace twotier::e2e {
namespace {

namespace v1 = personnel::v1;
using v1::PersonnelService;
using Stub = PersonnelService::Stub;

// Two of each province: what they move meets in its quotas.
constexpr int kCallers = 64;
constexpr int kKills = 4;
constexpr int64_t kOrdersBetweenKills = 200;

struct Signed {
  v1::TransferCivilServantRequest request;
  v1::TransferCivilServantResponse response;
};

// People who go to another commune and back, each with an order of his own.
class Transfers {
 public:
  Transfers(std::string address, std::shared_ptr<load::Commuters> commuters)
      : address_(std::move(address)),
        commuters_(std::move(commuters)),
        crowd_(kCallers, [this](int caller) { return Start(static_cast<size_t>(caller)); }) {}

  Crowd& crowd() { return crowd_; }
  // After the crowd's end.
  const std::vector<Signed>& orders() const { return orders_; }
  int64_t repeated() const { return repeated_; }

 private:
  Crowd::Step Start(size_t number) {
    const std::shared_ptr<Stub> stub = PersonnelService::NewStub(ConnectTo(address_));
    const auto traveller = std::make_shared<load::TransferCaller>(commuters_, number, true);
    return [this, stub, traveller]() -> absl::Status {
      Signed order;
      if (!order.request.ParseFromString(load::ToBytes(traveller->Next().request))) {
        return absl::InternalError("not a request");
      }
      ASSIGN_OR_RETURN(order.response,
                       Insist(*stub, &Stub::TransferCivilServant, order.request, repeated_));
      RETURN_IF_ERROR(traveller->Check(load::ToBuffer(order.response.SerializeAsString())));
      absl::MutexLock lock(&mutex_);
      orders_.push_back(std::move(order));
      return absl::OkStatus();
    };
  }

  const std::string address_;
  const std::shared_ptr<load::Commuters> commuters_;
  std::atomic<int64_t> repeated_{0};
  absl::Mutex mutex_;
  std::vector<Signed> orders_;  // Guarded by mutex_ until the crowd ends.
  Crowd crowd_;                 // Ends first.
};

class StaffKillTest : public SuiteTest, public testing::WithParamInterface<const char*> {
 protected:
  // How often each of the people was appointed.
  static std::map<std::string, int> Appointments(Stub& stub, const load::Commuters& people) {
    std::map<std::string, int> appointments;
    for (const load::Commuter& one : people) {
      v1::GetPersonHistoryRequest request;
      request.set_name(one.person);
      const auto history = load::Ask(stub, &Stub::GetPersonHistory, request);
      EXPECT_TRUE(history.ok()) << history.status();
      appointments[one.person] = history.ok() ? history->appointments_size() : -1;
    }
    return appointments;
  }

  // What was answered is what stands, and is answered again.
  static void ExpectAsAnswered(Stub& stub, const Signed& order) {
    const auto again = load::Ask(stub, &Stub::TransferCivilServant, order.request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), order.response.SerializeAsString());
    v1::GetOrderRequest get;
    get.set_name(order.response.order().name());
    const auto stored = load::Ask(stub, &Stub::GetOrder, get);
    ASSERT_TRUE(stored.ok()) << stored.status();
    EXPECT_EQ(stored->order().SerializeAsString(), order.response.order().SerializeAsString());
    ASSERT_EQ(stored->appointments_size(), 1) << get.name();
    EXPECT_EQ(stored->appointments(0).post(), order.request.post());
  }
};

TEST_P(StaffKillTest, AcknowledgedOrdersAreThereExactlyOnce) {
  const auto database = NewDatabase(GetParam());
  ASSERT_TRUE(database.ok()) << database.status();
  auto personnel = load::StartPersonnel(places_, "personnel", *database, registry_->address());
  ASSERT_TRUE(personnel.ok()) << personnel.status();
  const auto filled = load::PrepareStaff(registry_->address(), personnel->address(), kCallers);
  ASSERT_TRUE(filled.ok()) << filled.status();
  const auto stub = load::StubOf<PersonnelService>(personnel->address());
  std::map<std::string, int> expected = Appointments(*stub, *filled->commuters);

  Transfers transfers(personnel->address(), filled->commuters);
  const absl::Status lived = KillUnder(transfers.crowd(), *personnel, kKills, kOrdersBetweenKills);
  ASSERT_TRUE(lived.ok()) << lived;
  EXPECT_GE(transfers.repeated(), kKills) << "no kill hit a call under way";

  // An order makes one appointment: who was repeated is not moved twice.
  for (const Signed& order : transfers.orders()) {
    ++expected[order.request.person()];
    ExpectAsAnswered(*stub, order);
  }
  EXPECT_EQ(Appointments(*stub, *filled->commuters), expected);
  testing_support::ExpectSound(verify::VerifyStaff(*database));
  RecordProperty("acknowledged", static_cast<int>(transfers.orders().size()));
  RecordProperty("repeated", static_cast<int>(transfers.repeated()));
}

INSTANTIATE_TEST_SUITE_P(Engines, StaffKillTest, testing::Values(kSqlite, kPostgres),
                         [](const auto& engine) { return std::string(engine.param); });

}  // namespace
}  // namespace twotier::e2e
