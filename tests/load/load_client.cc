// Loads one method of a running server and prints what it measured; for a closer look than the
// bench gives, for example under perf.
//
//   load_client --addresses=127.0.0.1:7402 --method=twotier.routing.v1.RoutingService/GetDossier
//       --request=request.bin [--in_flight=256] [--rate=0] [--seconds=5]

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/load/calls.h"
#include "tests/load/driver.h"

ABSL_FLAG(std::vector<std::string>, addresses, {"127.0.0.1:7402"}, "Servers, dealt out in turn.");
ABSL_FLAG(std::string, method, "", "package.Service/Method.");
ABSL_FLAG(std::string, request, "",
          "File with the serialised request; the id 00000000-0000-4000-8000-000000000000 in it is "
          "replaced by a new one in each call.");
ABSL_FLAG(int, in_flight, 256, "Calls at a time.");
ABSL_FLAG(int, threads, 1, "Client threads.");
ABSL_FLAG(int, connections, 4, "Connections to each server.");
ABSL_FLAG(double, rate, 0, "Calls a second of an open loop; 0 for a closed loop.");
ABSL_FLAG(int, seconds, 5, "Measured time.");

namespace twotier::load {
namespace {

// Looks at nothing but the status: any method can be loaded.
class AnyAnswerCaller final : public Caller {
 public:
  explicit AnyAnswerCaller(std::shared_ptr<const PreparedCalls> calls)
      : replay_(std::move(calls), 0) {}
  NextCall Next() override { return replay_.Next(); }
  absl::Status Check(const grpc::ByteBuffer&) override { return absl::OkStatus(); }

 private:
  ReplayCaller replay_;
};

int Main() {
  std::ifstream file(absl::GetFlag(FLAGS_request), std::ios::binary);
  auto calls = std::make_shared<PreparedCalls>();
  calls->method = absl::StrCat("/", absl::GetFlag(FLAGS_method));
  calls->requests.emplace_back(std::istreambuf_iterator<char>(file),
                               std::istreambuf_iterator<char>());

  LoadOptions options;
  options.addresses = absl::GetFlag(FLAGS_addresses);
  options.in_flight = absl::GetFlag(FLAGS_in_flight);
  options.threads = absl::GetFlag(FLAGS_threads);
  options.connections = absl::GetFlag(FLAGS_connections);
  options.rate = absl::GetFlag(FLAGS_rate);
  options.duration = absl::Seconds(absl::GetFlag(FLAGS_seconds));
  options.make_caller = [calls](int) { return std::make_unique<AnyAnswerCaller>(calls); };
  const absl::StatusOr<LoadResult> result = RunLoad(options);
  if (!result.ok()) {
    std::cerr << result.status() << "\n";
    return 1;
  }
  std::cout << absl::StrFormat("%.0f calls/s, p50 %.0f us, p99 %.0f us\n", result->per_second,
                               result->latency.Quantile(0.5) / 1e3,
                               result->latency.Quantile(0.99) / 1e3);
  return 0;
}

}  // namespace
}  // namespace twotier::load

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return twotier::load::Main();
}
