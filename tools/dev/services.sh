# shellcheck shell=bash
# Starts and stops the services of a local installation, and runs the main job on it. Sourced by ./dev.

readonly home=${TWOTIER_HOME:-.run}
readonly ctl=build/release/bin/twotierctl
readonly port_base=${TWOTIER_PORT_BASE:-7400} metrics_port_base=${TWOTIER_METRICS_PORT_BASE:-9400}
# Service and the number added to both port bases, in the order in which they start.
readonly services=("registry 1" "routing 2" "personnel 3" "budget 4")
readonly ctl_targets=(
  --registry "127.0.0.1:$((port_base + 1))"
  --routing "127.0.0.1:$((port_base + 2))"
  --personnel "127.0.0.1:$((port_base + 3))"
  --budget "127.0.0.1:$((port_base + 4))"
)
# A cold start imports the national data; two seconds are usual.
readonly health_seconds_max=60
readonly stop_seconds_max=30

# pid_of SERVICE: prints the pid if that process runs the service's binary, built now or before.
pid_of() {
  local pid exe
  pid=$(cat "$home/$1.pid" 2>/dev/null) || return 1
  exe=$(readlink "/proc/$pid/exe" 2>/dev/null) || return 1
  [[ ${exe% (deleted)} == "$PWD/build/release/bin/$1" ]] && echo "$pid"
}

runs_this_build() { [[ $(readlink "/proc/$2/exe") == "$PWD/build/release/bin/$1" ]]; }

# Who answers there is asked for its health, and would be given the main job.
require_free_port() {
  if (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    die "something else listens on 127.0.0.1:$1; stop it, or set TWOTIER_PORT_BASE and TWOTIER_METRICS_PORT_BASE"
  fi
}

start_service() {
  local name=$1 offset=$2 pid
  if pid=$(pid_of "$name"); then
    if runs_this_build "$name" "$pid"; then
      say "$name runs already (pid $pid)"
      return
    fi
    say "$name runs an older build: starting it again"
    stop_service "$name"
  fi
  require_free_port $((port_base + offset))
  require_free_port $((metrics_port_base + offset))
  local flags=(
    "--listen=127.0.0.1:$((port_base + offset))"
    "--metrics_listen=127.0.0.1:$((metrics_port_base + offset))"
    "--database=sqlite:$home/$name.db"
  )
  [[ ! -d services/$name/data ]] || flags+=("--reference_data_dir=services/$name/data")
  [[ $name == registry ]] || flags+=("--registry_target=127.0.0.1:$((port_base + 1))")
  [[ $name != budget ]] || flags+=("--personnel_target=127.0.0.1:$((port_base + 3))")
  say "starting $name on 127.0.0.1:$((port_base + offset)), data $home/$name.db, log $home/$name.log"
  setsid "$PWD/build/release/bin/$name" "${flags[@]}" </dev/null >>"$home/$name.log" 2>&1 &
  echo $! >"$home/$name.pid"
}

stop_service() {
  local name=$1 pid
  if pid=$(pid_of "$name"); then
    say "stopping $name (pid $pid)"
    kill -TERM "$pid"
    timeout "$stop_seconds_max" tail --pid="$pid" -s 0.1 -f /dev/null || {
      say "$name did not end within $stop_seconds_max s: killing it"
      kill -KILL "$pid"
    }
  fi
  rm -f "$home/$name.pid"
}

services_up() {
  need build run
  build_preset release registry routing personnel budget twotierctl
  mkdir -p "$home"
  local entry name
  for entry in "${services[@]}"; do
    # shellcheck disable=SC2086  # An entry is two words.
    start_service $entry
  done
  say "waiting for health"
  "$ctl" "${ctl_targets[@]}" health --wait-seconds "$health_seconds_max" || {
    for entry in "${services[@]}"; do
      name=${entry% *}
      pid_of "$name" >/dev/null || say "$name has ended"
      echo "--- last lines of $home/$name.log" >&2
      tail -n 15 "$home/$name.log" >&2
    done
    die "the services are not healthy"
  }
  tools/dev/main_job.sh "$ctl" "${ctl_targets[@]}"
}

services_down() {
  local i
  for ((i = ${#services[@]} - 1; i >= 0; --i)); do
    stop_service "${services[i]% *}"
  done
}
