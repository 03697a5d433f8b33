#!/usr/bin/env bash
# test.sh: set-up, then every test. The last line is "N passed, N failed"; the exit code is 0 when none failed.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/test.sh [--asan] [--suite NAME]... [SETUP OPTION]...

Builds the program with its tests (deploy/setup.sh) and runs all of them, or some suites:
unit, property, golden, mpi, fuzz, lint.

  --asan         a second build in build-asan with AddressSanitizer, UBSan and assertions
  --suite NAME   only this suite; may be repeated
  --help         this text

All other options go to deploy/setup.sh, for instance --mpicc mpicc.openmpi; see its --help.
HELP
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${GLIBRL_BUILD:-$top/build}
asan= suites=() setup=()
while [ $# -gt 0 ]; do
  case $1 in
    --asan) asan=yes ;;
    --suite | --build)
      [ $# -ge 2 ] || { echo "test: $1 needs a value; see --help" >&2; exit 2; }
      if [ "$1" = --suite ]; then suites+=(--suite "$2"); else build=$2; fi
      shift ;;
    --suite=*) suites+=(--suite "${1#*=}") ;;
    --build=*) build=${1#*=} ;;
    --help) usage; exit 0 ;;
    *) setup+=("$1") ;;
  esac
  shift
done

if [ -n "$asan" ]; then
  setup+=(--venv "$build/venv" -Db_sanitize=address,undefined -Db_lundef=false -Dassertions=true)
  build=$build-asan
  # MPI libraries keep memory until the process ends. The slow unwinder would see more of their frames, but it
  # asks for memory itself where a library registers its frames by hand, as MuJoCo does, and so waits for itself.
  export LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
  export ASAN_OPTIONS=abort_on_error=1
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
fi
"$top/deploy/setup.sh" --tests --build "$build" "${setup[@]}"

log=$build/meson-logs/testlog.json
rm -f "$log"
"$build/meson" test -C "$build" --no-rebuild --print-errorlogs "${suites[@]}" || true

# One JSON object a line and test; a run that made no log has failed.
[ -s "$log" ] || { echo "test: no test was run" >&2; echo "0 passed, 1 failed"; exit 1; }
count() { grep -cE "\"result\": \"($1)\"" "$log" || true; }
passed=$(count 'OK|EXPECTEDFAIL')
skipped=$(count SKIP)
failed=$(($(wc -l <"$log") - passed - skipped))
if [ "$skipped" -gt 0 ]; then
  echo "$skipped skipped:" $(grep -E '"result": "SKIP"' "$log" | sed 's/.*"name": "\([^"]*\)".*/\1/')
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
