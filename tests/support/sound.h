// That an independent checker finds nothing wrong with what a test has left in a database.
#ifndef TWOTIER_TESTS_SUPPORT_SOUND_H_
#define TWOTIER_TESTS_SUPPORT_SOUND_H_

#include <gtest/gtest.h>

#include "absl/status/statusor.h"
#include "tools/verify/report.h"

namespace twotier::testing_support {

// ExpectSound(verify::VerifyUnits(url)): the test fails once for each finding.
inline void ExpectSound(const absl::StatusOr<verify::Report>& report) {
  ASSERT_TRUE(report.ok()) << report.status();
  for (const verify::Finding& finding : report->findings) {
    ADD_FAILURE() << finding.rule << ": " << finding.what;
  }
}

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_SOUND_H_
