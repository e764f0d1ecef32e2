// What the commands of allocations share: runs and workings for people, calls that take a while.
#ifndef TWOTIER_TOOLS_TWOTIERCTL_ALLOCATION_TEXT_H_
#define TWOTIER_TOOLS_TWOTIERCTL_ALLOCATION_TEXT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tools/twotierctl/context.h"
#include "tools/twotierctl/progress.h"
#include "twotier/budget/v1/allocation.pb.h"

namespace twotier::ctl {

void ShowRun(const Context& context, const budget::v1::AllocationRun& run);
// The working line by line; with `facts` also what each line rests on, and where it is from.
void ShowWorking(const Context& context, const budget::v1::UnitWorking& working, bool facts);

// A run over the whole country takes well under a second; a loaded server may need longer.
inline constexpr absl::Duration kRunTimeout = absl::Seconds(60);

// Calls a method and shows that time passes.
template <typename Response>
absl::StatusOr<Response> CallWithBar(const Context& context, absl::string_view method,
                                     const google::protobuf::Message& request, Progress& progress) {
  const absl::Time start = absl::Now();
  context.session->set_timeout(kRunTimeout);
  context.session->set_on_wait(
      [&] { progress.Show(WaitingLine("allocating", absl::Now() - start)); });
  absl::StatusOr<Response> response = context.session->Call<Response>(method, request);
  context.session->set_on_wait(nullptr);
  return response;
}

// Among the commands of `budget`: what happens to runs that there are.
void AddAllocationRunCommands(CLI::App& budget, Command& chosen);

}  // namespace twotier::ctl

#endif  // TWOTIER_TOOLS_TWOTIERCTL_ALLOCATION_TEXT_H_
