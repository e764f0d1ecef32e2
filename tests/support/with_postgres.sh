#!/usr/bin/env bash
# Runs a command beside a throwaway PostgreSQL 15 and passes the command's exit code on.
#
#   with_postgres.sh COMMAND [ARGUMENT...]
#
# The command finds the server in TWOTIER_TEST_POSTGRES, a URL of a superuser. Server and data are gone when the
# command ends, also when it or this script is interrupted. fsync stays on: durability is tested and measured.
set -euo pipefail

readonly bin=/usr/lib/postgresql/15/bin
readonly start_tries_max=5  # A port found free may be taken before the server has it.

(($#)) || {
  echo "usage: with_postgres.sh COMMAND [ARGUMENT...]" >&2
  exit 64
}
[[ -x $bin/postgres ]] || {
  echo "with_postgres.sh: $bin/postgres is missing; install the Debian package postgresql-15" >&2
  exit 69
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [[ $(id -u) == 0 ]]; then
    setpriv --reuid postgres --regid postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

home=$(mktemp -d "${TMPDIR:-/tmp}/twotier-postgres.XXXXXX")
readonly home data=$home/data log=$home/log
server_started=false
command_pid=

stop() {
  if $server_started; then
    as_postgres "$bin/pg_ctl" stop -D "$data" -m immediate -s || echo "with_postgres.sh: cannot stop $data" >&2
    server_started=false
  fi
  rm -rf "$home"
}
trap stop EXIT
# The command is told first; waiting for it below then ends, and EXIT stops the server.
trap '[[ -z $command_pid ]] || kill -TERM "$command_pid" 2>/dev/null' INT TERM HUP

# True when nothing listens on the port of 127.0.0.1.
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start() {
  local try port
  for ((try = 0; try < start_tries_max; ++try)); do
    # Below the kernel's range for outgoing connections, which starts at 32768.
    port=$((20000 + RANDOM % 12000))
    port_is_free "$port" || continue
    if as_postgres "$bin/pg_ctl" start -D "$data" -l "$log" -w -s -o "-p $port" >/dev/null; then
      server_started=true
      export TWOTIER_TEST_POSTGRES=postgresql://postgres@127.0.0.1:$port/postgres
      return
    fi
  done
  cat "$log" >&2
  return 1
}

[[ $(id -u) != 0 ]] || chown postgres: "$home"
cd "$home"
as_postgres "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null
# A test opens up to a dozen connections for each service process, and tests run beside each other.
as_postgres tee -a "$data/postgresql.conf" >/dev/null <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
max_wal_size = 4GB
fsync = on
CONF
start
cd "$OLDPWD"

"$@" &
command_pid=$!
code=0
wait "$command_pid" || code=$?
# A trapped signal ends `wait` early: the command's own end is what counts.
while kill -0 "$command_pid" 2>/dev/null; do
  wait "$command_pid" || code=$?
done
exit "$code"
