#!/usr/bin/env bash
# `./dev up` as a newcomer types it, in a home and on ports of its own: the main job runs to its end on the national
# data, what it wrote proves sound, a second `up` finds the services running, and `down` ends exactly them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

home=$(mktemp -d)
readonly home
export TWOTIER_HOME=$home
# Below the range from which systems give ports away. Whoever took one in between is told by `up` itself.
export TWOTIER_PORT_BASE=$((20000 + RANDOM % 1000 * 10))
export TWOTIER_METRICS_PORT_BASE=$((TWOTIER_PORT_BASE + 5))
trap './dev down; rm -rf "$home"' EXIT

fail() {
  echo "up_test.sh: $*" >&2
  cat "$home/up.log" >&2
  exit 1
}

says() { grep -qF -- "$1" "$home/up.log" || fail "up did not say: $1"; }

./dev up >"$home/up.log" 2>&1 || fail "up ended with $?"
says "Phường Hải Châu"                    # What became of the address.
says "divided, told apart by location"    # And of one that has several answers.
says "dossier.returned"                   # The timeline to its end.
says "LIMIT_EXCEEDED"                     # What must be refused was.
says "VICE_CHAIR_POOL_EXCEEDED"
pids=$(cat "$home"/{registry,routing,personnel,budget}.pid)

./dev ctl units verify "--database=sqlite:$home/registry.db"
./dev ctl dossiers verify "--database=sqlite:$home/routing.db"
./dev ctl staff verify "--database=sqlite:$home/personnel.db"
./dev ctl budget verify "--database=sqlite:$home/budget.db"

./dev up >"$home/up.log" 2>&1 || fail "the second up ended with $?"
says "registry runs already"
[[ $(cat "$home"/{registry,routing,personnel,budget}.pid) == "$pids" ]] || fail "a service was started again"

./dev down
for pid in $pids; do
  [[ ! -e /proc/$pid ]] || fail "process $pid is still there"
done
