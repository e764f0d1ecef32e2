#!/usr/bin/env bash
# Measures the built services beside their references; see README.md.
#
#   tests/load/bench.sh [--json FILE] [--quick] [--large] [--lives N] [--stored N] [--only TITLE] [--beside BIN_DIR]
#
# The binaries are those of TWOTIER_BUILD_DIR, or build/release. PostgreSQL is the server of TWOTIER_TEST_POSTGRES,
# or a throwaway one.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build_dir=$(realpath "${TWOTIER_BUILD_DIR:-$source_dir/build/release}")
readonly source_dir build_dir

[[ -x $build_dir/bin/bench ]] || {
  echo "bench.sh: $build_dir/bin/bench is missing; build the target bench" >&2
  exit 69
}
if [[ -z ${TWOTIER_TEST_POSTGRES:-} ]]; then
  exec "$source_dir/tests/support/with_postgres.sh" "$0" "$@"
fi

# Beside the build, because /tmp may be memory: what is measured is a disk.
work_dir=$(mktemp -d "$build_dir/bench.XXXXXX")
readonly work_dir
keep_logs() {
  local code=$?
  if ((code)); then
    # A bench that failed before it started a server has no logs to keep.
    mkdir -p "$build_dir/bench_logs"
    if cp "$work_dir"/*.log "$build_dir/bench_logs/"; then
      echo "bench.sh: the logs of the servers are in $build_dir/bench_logs" >&2
    else
      echo "bench.sh: there are no logs of servers to keep" >&2
    fi
  fi
  rm -rf "$work_dir"
}
trap keep_logs EXIT

"$build_dir/bin/bench" --bin_dir="$build_dir/bin" --source_dir="$source_dir" --work_dir="$work_dir" \
  --postgres="$TWOTIER_TEST_POSTGRES" "$@"
