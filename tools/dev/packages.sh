# shellcheck shell=bash
# Installs what a subcommand needs. Sourced by ./dev.

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "needs root or sudo for: $*"
  fi
}

missing_packages() {
  local group package
  for group in "$@"; do
    while read -r package; do
      [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done < <(awk -v group="$group" '$1 == group { print $2 }' tools/dev/packages.txt)
  done
}

# need GROUP... : installs the packages of the groups that are missing, and nothing when none is.
need() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "needs the Debian 12 packages: ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  # The tests start their own PostgreSQL; Debian's default cluster is neither needed nor wanted.
  local no_cluster=/etc/postgresql-common/createcluster.d/twotier.conf
  if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
    as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
  fi
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
    "${missing[@]}" >/dev/null
  as_root rm -f "$no_cluster"
}

# Installs the npm tools that tools/npm/package-lock.json pins, once for each lock file.
need_npm() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    need node
  fi
  local lock=tools/npm/package-lock.json stamp=tools/npm/node_modules/.installed-lock
  cmp -s "$lock" "$stamp" && return
  say "installing npm tools: $(awk -F'"' '/^    "/ { printf "%s ", $2 }' tools/npm/package.json)"
  npm ci --prefix tools/npm --loglevel error >&2
  cp "$lock" "$stamp"
}
