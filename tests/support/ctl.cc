#include "tests/support/ctl.h"

#include <algorithm>
#include <sstream>

namespace twotier::testing_support {

CtlRun RunCtl(const CtlOptions& options, std::vector<std::string> arguments) {
  CLI::App app;
  ctl::Command chosen;
  for (const CtlNoun add : options.nouns) add(app, chosen);
  std::reverse(arguments.begin(), arguments.end());  // As CLI11 takes them.
  app.parse(arguments);
  ctl::Session session(options.session);
  std::ostringstream out, err;
  CtlRun run;
  run.status = chosen({.session = &session, .json = options.json, .out = &out, .err = &err});
  run.out = out.str();
  run.err = err.str();
  return run;
}

}  // namespace twotier::testing_support
