// Whether a service's code and its contract know the same reasons.
#ifndef TWOTIER_TESTS_SUPPORT_REASONS_H_
#define TWOTIER_TESTS_SUPPORT_REASONS_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace twotier::testing_support {

// What is wrong, each in words: a reason that code in services/`service` gives and that is neither
// one of `reasons`, whose names begin with `prefix`, nor common to all services; one of `reasons`
// that neither that code nor the code in `rooms`, which refuses on behalf of several services,
// knows.
std::vector<std::string> ReasonsOutOfStep(const std::string& service,
                                          const google::protobuf::EnumDescriptor& reasons,
                                          const std::string& prefix,
                                          const std::vector<std::string>& rooms = {});

}  // namespace twotier::testing_support

#endif  // TWOTIER_TESTS_SUPPORT_REASONS_H_
