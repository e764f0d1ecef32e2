# shellcheck shell=bash disable=SC2154
# fmt and lint. Sourced by ./dev, which defines `cores`.

buf=tools/npm/node_modules/@bufbuild/buf-linux-$(uname -m | sed 's/x86_64/x64/')/bin/buf
readonly buf
readonly googleapis=/usr/src/bazel-bootstrap/third_party/googleapis
# A file that does not fit in one reader's head is two files. Contracts are exempt: a service's messages stay
# beside its methods.
readonly lines_max=450

# files PATTERN... : files of the tree, also those not yet added to git.
files() {
  git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r file; do
    [[ ! -f $file ]] || echo "$file"
  done
}
cpp_files() { files '*.cc' '*.h'; }
product_files() { cpp_files | grep -vE '_(test|fuzz)\.cc$|^tests/|^tools/'; }
shell_files() { files dev .ci/run '*.sh'; }

fix_format() {
  need lint
  need_npm
  cpp_files | xargs -r -n 20 -P "$cores" clang-format -i
  "$buf" format -w proto
}

check_format() {
  cpp_files | xargs -r -n 20 -P "$cores" clang-format --dry-run --Werror
  "$buf" format --diff --exit-code proto
}

# descriptors ROOT OUT: what protoc makes of the contracts below ROOT. buf reads these, so that it resolves no
# import itself and fetches nothing.
descriptors() {
  local protos
  mapfile -t protos < <(cd "$1" && find twotier -name '*.proto' | sort)
  protoc -I "$1" -I "$googleapis" --include_imports --include_source_info -o "$2" "${protos[@]}"
}

check_contracts() {
  local old=build/contracts-before
  mkdir -p build
  descriptors proto build/contracts.binpb
  "$buf" lint build/contracts.binpb --config proto/buf.yaml --path twotier
  rm -rf "$old"
  mkdir -p "$old"
  git archive "$(base_commit)" proto 2>/dev/null | tar -x -C "$old" || return 0  # There was no proto/ yet.
  descriptors "$old/proto" "$old/contracts.binpb"
  "$buf" breaking build/contracts.binpb --against "$old/contracts.binpb" --config proto/buf.yaml --path twotier
}

# The commit that changes are compared with: origin/main where it is another one, else the commit before.
base_commit() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
  if [[ $base == "$(git rev-parse HEAD)" ]]; then
    git rev-parse --verify -q HEAD~1 || echo "$base"
  else
    echo "$base"
  fi
}

check_scripts() { shell_files | xargs -r shellcheck --severity=info; }

# Each rule prints what breaks it; any output fails the check.
broken_house_rules() {
  local service other
  for service in services/*/; do
    service=$(basename "$service")
    for other in services/*/; do
      other=$(basename "$other")
      [[ $service == "$other" ]] || files "services/$service/*.h" "services/$service/*.cc" |
        xargs -r grep -Hn "#include \"services/$other/" | sed 's|$|  <- services meet in proto and feed only|'
    done
  done
  files 'services/*/domain/*.h' 'services/*/domain/*.cc' 'common/calendar/*.h' 'common/calendar/*.cc' |
    xargs -r grep -HnE '#include [<"](grpc|google/protobuf|twotier/|common/(db|rpc|feed|server)/|sqlite3|libpq)' |
    sed 's|$|  <- rules are pure: Abseil only|'
  { cpp_files; shell_files; files '*.mjs'; } | xargs -r wc -l |
    awk -v max="$lines_max" '$2 != "total" && $1 > max { print $2 ": " $1 " lines, at most " max }'
  { cpp_files; files '*.proto'; shell_files; } | grep -v '^tools/dev/checks.sh$' |
    xargs -r grep -HnE '\b(TODO|FIXME)\b' | sed 's|$|  <- do it, or open an issue|'
  [[ $(<README.md) == *"$(<tests/interop/suite_client.js)"* ]] ||
    echo "README.md: does not show tests/interop/suite_client.js as it is"
  reasons_out_of_step
}

# Every reason that code gives stands in an errors.proto, and every reason there is given by some code.
reasons_out_of_step() {
  local declared=build/reasons-declared given=build/reasons-given literals=build/reasons-literals
  files 'proto/*/errors.proto' 'proto/**/errors.proto' | xargs sed -nE \
    's/^  (COMMON|REGISTRY|ROUTING|PERSONNEL|BUDGET)_REASON_([A-Z0-9_]+) = [1-9][0-9]*;.*/\2/p' |
    sort -u >"$declared"
  # shellcheck disable=SC2016  # The dollars are perl's.
  product_files | xargs -r perl -0777 -ne '
    while (/\b(?:WithReason|ToStatus)\s*\(([^;]*?);/gs) {
      my $call = $1;
      print "$1\n" while $call =~ /"([A-Z][A-Z0-9]*_[A-Z0-9_]+)"/g;
    }' | sort -u >"$given"
  product_files | xargs -r grep -hoE '"[A-Z][A-Z0-9_]+"' |
    tr -d '"' | sort -u >"$literals"
  comm -23 "$given" "$declared" | sed 's|$|  <- reason given in code, not declared in any errors.proto|'
  comm -13 "$literals" "$declared" | sed 's|$|  <- reason declared in errors.proto, never given|'
}

check_house_rules() {
  local broken
  broken=$(broken_house_rules)
  [[ -z $broken ]] || {
    echo "$broken"
    return 1
  }
}

# check_tidy --all | changed: every source that is compiled, or those that differ from the base commit.
check_tidy() {
  local database=build/tidy/compile_commands.json
  build_preset release twotier_proto twotier_ctl_health  # The generated headers.
  mkdir -p "${database%/*}"
  # clang cannot read gcc's precompiled header; every file includes what it uses anyway.
  sed -E 's/ -Winvalid-pch -include [^ ]*cmake_pch\.hxx//' build/release/compile_commands.json >"$database"
  if [[ $1 == --all ]]; then
    files '*.cc'
  else
    {
      git diff --name-only --diff-filter=d "$(base_commit)" -- '*.cc'
      git ls-files --others --exclude-standard -- '*.cc'
    } | sort -u
  fi | while read -r source; do
    ! grep -qF "\"$PWD/$source\"" "$database" || echo "$source"
  done | xargs -r -n 1 -P "$cores" clang-tidy -p "${database%/*}" --quiet 2>/dev/null
}

check_all() {
  local mode=${1:-changed} check code failed=0
  local checks=(check_format check_contracts check_scripts check_house_rules)
  [[ $mode =~ ^(changed|--quick|--all)$ ]] || die "lint takes --quick or --all"
  [[ $mode == --quick ]] || checks+=(check_tidy)
  need build lint
  need_npm
  for check in "${checks[@]}"; do
    say "${check/_/ing }"
    # Not `"$check" || failed=1`: bash would ignore errexit inside the check.
    set +e
    (
      set -e
      "$check" "$mode"
    )
    code=$?
    set -e
    ((code == 0)) || failed=1
  done
  ((!failed)) || die "lint found faults"
  say "lint found no fault"
}
