// Any bytes as a norm set, in protobuf's wire form or, when they begin with '#', in its text form:
// whatever is read is compiled, and what is compiled without a violation is evaluated over two
// units; nothing may crash, and a pool is never paid out twice.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/errors.h"
#include "services/budget/domain/norm_evaluation.h"
#include "services/budget/domain/norm_program.h"
#include "services/budget/domain/norm_working.h"
#include "services/budget/norm_convert.h"
#include "services/budget/norm_files.h"

namespace budget = twotier::budget;

namespace {

bool Read(absl::string_view bytes, budget::v1::NormSetContent& content) {
  if (bytes.empty() || bytes[0] != '#') {
    return content.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }
  auto read = budget::ReadNormText("fuzz.textproto", std::string(bytes));
  if (!read.ok()) return false;
  content = std::move(*read);
  return true;
}

budget::NormInputs InputsFor(const budget::NormProgram& program) {
  budget::NormInputs inputs;
  inputs.units = {"20194", "20197"};
  int64_t value = 0;
  for (const budget::NormInput& input : program.set.inputs) {
    const bool word = !input.words.empty();
    inputs.values.push_back({word ? 0 : value, word ? 0 : 7 * value + 1});
    ++value;
  }
  inputs.pools.assign(program.set.pools.size(), 1'000'003);
  return inputs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  budget::v1::NormSetContent content;
  if (!Read({reinterpret_cast<const char*>(data), size}, content)) return 0;
  twotier::error::Violations violations;
  const budget::NormProgram program =
      budget::Compile(budget::FromProto(content), "content.", violations);
  if (!violations.empty()) return 0;
  const budget::NormInputs inputs = InputsFor(program);
  const auto results = budget::Evaluate(program, inputs);
  if (!results.ok()) return 0;
  for (size_t pool = 0; pool < inputs.pools.size(); ++pool) {
    budget::Rational paid = results->pool_rests[pool];
    for (size_t line = 0; line < program.lines.size(); ++line) {
      if (program.lines[line].pool != static_cast<int>(pool)) continue;
      for (const budget::Rational& amount : results->lines[line]) paid = paid + amount;
    }
    if (!(paid == budget::Rational(inputs.pools[pool]))) std::abort();
  }
  for (size_t unit = 0; unit < inputs.units.size(); ++unit) {
    if (budget::WorkingOf(program, inputs, *results, unit).size() != program.lines.size()) {
      std::abort();
    }
  }
  return 0;
}
