#!/usr/bin/env bash
# test.sh: set-up, then every test. The last line is "N passed, N failed"; the exit code is 0 when none failed.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: deploy/test.sh [--asan | --tsan | --valgrind] [--suite NAME]... [SETUP OPTION]...

Builds the program with its tests (deploy/setup.sh) and runs all of them, or some suites:
unit, property, golden, mpi, slurm, fuzz, lint, docs.

  --asan         a second build in build-asan with AddressSanitizer, UBSan and assertions
  --tsan         a second build in build-tsan with ThreadSanitizer
  --valgrind     a second build in build-valgrind, its C programs run by valgrind, also those that
                 mpirun and scripts start; slow: give it suites
  --suite NAME   only this suite; may be repeated
  --help         this text

What a checker reports stands in build-CHECKER/reports, is printed at the end, and counts as a
failure also where no test failed by it. Time limits are longer under a checker, and under the last
two the networks and batches of training runs are smaller where a test does not say how large.

All other options go to deploy/setup.sh, for instance --mpicc mpicc.openmpi; see its --help.
HELP
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${GLIBRL_BUILD:-$top/build}
check= suites=() setup=() slow=() wrapper=
while [ $# -gt 0 ]; do
  case $1 in
    --asan | --tsan | --valgrind) check=${1#--} ;;
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

[ -z "$check" ] || { setup=(--venv "$build/venv" "${setup[@]}") build=$build-$check; }   # a --venv that was given stands
# What a checker says goes into files: a test may expect its program to fail, or not look at what a killed one said.
reports=
if [ -n "$check" ]; then
  rm -rf "$build/reports"
  mkdir -p "$build/reports"
  reports=$(cd "$build/reports" && pwd)
fi
# batches and networks of slow runs, where a test does not say how large
small="agent.hidden=16 agent.embedding=8 agent.batch_trials=4 agent.batch_steps=4 model.hidden=8 model.tasks=4 model.warmup_factor=1"
case $check in
  asan)
    slow=(--timeout-multiplier 5)
    export GLIBRL_PATIENCE=2
    setup+=(-Db_sanitize=address,undefined -Db_lundef=false -Dassertions=true)
    # MPI libraries keep memory until the process ends. The slow unwinder would see more of their frames, but it
    # asks for memory itself where a library registers its frames by hand, as MuJoCo does, and so waits for itself.
    export LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
    export ASAN_OPTIONS=log_path=$reports/asan:abort_on_error=1:verify_asan_link_order=0   # tests preload libraries of their own
    export UBSAN_OPTIONS=abort_on_error=1:print_stacktrace=1:halt_on_error=1 ;;   # its exit code 1 would be what some tests expect
  tsan)
    slow=(--timeout-multiplier 20)
    export GLIBRL_PATIENCE=5 GLIBRL_SMALL=$small
    setup+=(-Db_sanitize=thread -Db_lundef=false)
    # What MPI brings must not stand where the sanitizer's memory is, nor watch a thread's memory after its end.
    export PMIX_MCA_gds=hash UCX_MEM_MMAP_HOOK_MODE=none UCX_MEM_EVENTS=no
    export TSAN_OPTIONS=log_path=$reports/tsan:halt_on_error=1:abort_on_error=1 ;;
  valgrind)
    setup+=(--march x86-64-v3)   # valgrind knows no AVX-512, neither here nor in OpenBLAS
    export OPENBLAS_CORETYPE=Haswell
    export OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,sm PMIX_MCA_gds=hash   # as little of MPI's own as will do
    slow=(--timeout-multiplier 100 --wrapper "$top/tests/valgrind.sh") wrapper=-valgrind.sh
    export GLIBRL_PATIENCE=50 GLIBRL_SMALL=$small GLIBRL_REPORTS=$reports ;;
esac
"$top/deploy/setup.sh" --tests --build "$build" "${setup[@]}"

log=$build/meson-logs/testlog$wrapper.json
rm -f "$log"
"$build/meson" test -C "$build" --no-rebuild --print-errorlogs "${slow[@]}" "${suites[@]}" || true

# One JSON object a line and test; a run that made no log has failed.
[ -s "$log" ] || { echo "test: no test was run" >&2; echo "0 passed, 1 failed"; exit 1; }
count() { grep -cE "\"result\": \"($1)\"" "$log" || true; }
passed=$(count 'OK|EXPECTEDFAIL')
skipped=$(count SKIP)
failed=$(($(wc -l <"$log") - passed - skipped))
if [ "$skipped" -gt 0 ]; then
  echo "$skipped skipped:" $(grep -E '"result": "SKIP"' "$log" | sed 's/.*"name": "\([^"]*\)".*/\1/')
fi
if [ -n "$check" ]; then
  mapfile -t said < <(find "$reports" -maxdepth 1 -type f -size +0)
  for file in "${said[@]}"; do echo "--- $file"; cat "$file"; done
  echo "$check: ${#said[@]} reports"
  [ "$failed" -gt 0 ] || failed=${#said[@]}
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
