#include "common/units/succession_reporter.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/crypto.h"
#include "common/feed/follower_grpc.h"
#include "common/status_macros.h"

namespace twotier::units {
namespace {

// The registry answers from memory, and writes within some milliseconds.
constexpr absl::Duration kCallTimeout = absl::Seconds(5);
// Somebody else may report between the look at a report and its replacement.
constexpr int kAttemptsMax = 3;

bool SaysTheSame(const registry::v1::SuccessionReport& report,
                 const registry::v1::ReportSuccessionRequest& request) {
  return report.open() == request.open() && report.planned() == request.planned() &&
         std::equal(report.unplanned_items().begin(), report.unplanned_items().end(),
                    request.unplanned_items().begin(), request.unplanned_items().end());
}

}  // namespace

SuccessionReporter::SuccessionReporter(std::shared_ptr<Registry> registry, std::string principal,
                                       std::string service)
    : registry_(std::move(registry)),
      service_(std::move(service)),
      calls_(std::move(principal), kCallTimeout) {}

std::unique_ptr<SuccessionReporter> SuccessionReporter::To(const std::string& target,
                                                           absl::string_view principal,
                                                           absl::string_view service) {
  return std::make_unique<SuccessionReporter>(
      registry::v1::RegistryService::NewStub(feed::CreateFollowerChannel(target)),
      std::string(principal), std::string(service));
}

absl::StatusOr<bool> SuccessionReporter::Report(const SuccessionCount& count) {
  registry::v1::ReportSuccessionRequest request;
  request.set_name(absl::StrCat(count.event, "/successions/", service_));
  request.set_open(count.open);
  request.set_planned(count.planned);
  for (const std::string& item : count.unplanned) request.add_unplanned_items(item);
  registry::v1::GetSuccessionPlanRequest ask;
  ask.set_name(count.event);
  absl::Status status;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    ASSIGN_OR_RETURN(const registry::v1::GetSuccessionPlanResponse plan,
                     calls_.Ask(*registry_, &Registry::GetSuccessionPlan, ask));
    request.clear_etag();
    for (const registry::v1::SuccessionReport& report : plan.plan().reports()) {
      if (report.name() != request.name()) continue;
      if (SaysTheSame(report, request)) return false;
      request.set_etag(report.etag());
    }
    request.set_request_id(RandomUuid());
    status = calls_.Ask(*registry_, &Registry::ReportSuccession, request).status();
    if (status.ok()) return true;
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

}  // namespace twotier::units
