#!/usr/bin/env bash
# fuzz.sh: builds the fuzz targets with clang and runs them for long. The last lines are a table; the exit code is 0 when
# nothing was found.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/fuzz.sh [--target NAME]... [--executions N] [--go-on] [SETUP OPTION]...

Builds the program and its fuzz targets with clang, libFuzzer, AddressSanitizer and UBSan in build-fuzz
(deploy/setup.sh), and gives each target so many made-up inputs. What they are is in tests/fuzz and
docs/reliability.md: frame, config, h5, and image, which runs only when it is named.

  --target NAME    only this target; may be repeated               (default: frame, config, h5)
  --executions N   inputs for each target      (default: 10,000,000 of frame, 1,000,000 of others)
  --go-on          do not stop at a finding; count them
  --help           this text

A finding is an input that ends the process, reaches memory that is not its own, leaks, waits for 20 seconds
or takes a gigabyte. It is kept in build-fuzz/fuzz/NAME/findings; inputs that reach new code are kept beside
it and serve the next run. All other options go to deploy/setup.sh; see its --help.
HELP
}

say() { printf 'fuzz: %s\n' "$*"; }
die() { printf 'fuzz: %s\n' "$*" >&2; exit 1; }

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${GLIBRL_BUILD:-$top/build}
targets=() executions= go_on= setup=()
while [ $# -gt 0 ]; do
  case $1 in
    --target=* | --executions=* | --build=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
  esac
  case $1 in
    --target | --executions | --build)
      [ $# -ge 2 ] || { echo "fuzz: $1 needs a value; see --help" >&2; exit 2; }
      case $1 in
        --target) targets+=("$2") ;;
        --executions) executions=$2 ;;
        --build) build=$2 ;;
      esac
      shift ;;
    --go-on) go_on=yes ;;
    --help) usage; exit 0 ;;
    *) setup+=("$1") ;;
  esac
  shift
done
[ ${#targets[@]} -gt 0 ] || targets=(frame config h5)
for target in "${targets[@]}"; do
  [ -f "$top/tests/fuzz/fuzz_$target.c" ] || die "no target $target; see --help"
done
[[ $executions =~ ^[0-9]*$ ]] || die "--executions $executions: a number is expected"

# clang with the library of libFuzzer, under the name of the distribution or of a version.
find_clang() {
  local name
  for name in ${CC:-} clang clang-{21..11}; do
    if printf '%s\n' '#include <stddef.h>' '#include <stdint.h>' \
      'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);' \
      'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return !data && size; }' |
      "$name" -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null; then
      printf '%s\n' "$name"
      return
    fi
  done
  return 1
}

# HDF5 leaks where it refuses damaged bytes, and that is its own affair.
run_one() {
  local target=$1 leaks=1
  shift
  [ "$target" != image ] || leaks=0
  "$build/tests/fuzz/fuzz_$target" -timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=256 -detect_leaks=$leaks "$@"
}

# The value of a line "stat::NAME: value" of libFuzzer, or the last number behind a word of its progress.
stat_of() { sed -n "s/^stat::$2: *//p" "$1" | tail -n 1; }
last_of() { { grep -oE "$2 *[0-9]+" "$1" || echo 0; } | tail -n 1 | grep -oE '[0-9]+$'; }

limit_of() { case $1 in frame) echo 2048 ;; config) echo 4096 ;; *) echo 16384 ;; esac; }
runs_of() { if [ "$1" = frame ]; then echo 10000000; else echo 1000000; fi; }

# What each kept input does, and how many do it.
summary() {
  local file
  for file in "$build/fuzz/$1/findings"/*; do
    { run_one "$1" "$file" 2>&1 || true; } | grep -aE '^SUMMARY' | sed -E 's/\(?[^ ]*\+0x[0-9a-f]+\)? ?|\(BuildId[^)]*\) ?//g' || true
  done | sort | uniq -c | sort -rn
}

row() { printf '%-8s %12s %9s %6s %9s %9s\n' "$@"; }

run_target() {
  local target=$1 runs=${executions:-$(runs_of "$1")} place=$build/fuzz/$1 more=() before after started seconds done_
  local log=$place/log
  mkdir -p "$place/corpus" "$place/findings"
  [ -z "$go_on" ] || more=(-fork=1 -ignore_crashes=1 -ignore_ooms=1 -ignore_timeouts=1)
  say "$target: $runs executions, output in $log"
  before=$(find "$place/findings" -type f | wc -l)
  started=$SECONDS
  run_one "$target" -runs="$runs" -max_len="$(limit_of "$target")" -print_final_stats=1 \
    -artifact_prefix="$place/findings/" "${more[@]}" \
    "$place/corpus" "$top/tests/fuzz/corpus/$target" >"$log" 2>&1 || true
  seconds=$((SECONDS - started))
  after=$(find "$place/findings" -type f | wc -l)
  done_=$(stat_of "$log" number_of_executed_units)
  done_=${done_:-$(last_of "$log" '^#')}
  table+=("$target $done_ $((done_ / (seconds > 0 ? seconds : 1))) $(last_of "$log" 'cov:') $((after - before)) $seconds")

  # an end before the last execution is a finding, whether libFuzzer has kept an input or not
  if [ "$after" -gt "$before" ] || [ "$done_" -lt "$runs" ]; then
    failed=yes
    say "$target: findings in $place/findings; again: $build/tests/fuzz/fuzz_$target FILE"
    summary "$target"
  fi
}

clang=$(find_clang) || die "clang with libFuzzer is needed. Debian, Ubuntu: apt-get install clang libclang-rt-dev
(where there is no libclang-rt-dev: clang-14 libclang-rt-14-dev, or clang alone). Another clang: CC=..."
setup+=(--venv "$build/venv" --tests -Dfuzz=true)
build=$build-fuzz
CC=$clang "$top/deploy/setup.sh" --build "$build" "${setup[@]}"

export LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
export ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=8
export UBSAN_OPTIONS=print_stacktrace=1
table=() failed=
for target in "${targets[@]}"; do run_target "$target"; done
row target executions 'per s' cov findings seconds
# shellcheck disable=SC2086  # a line is a list of words
for line in "${table[@]}"; do row $line; done
[ -z "$failed" ]
