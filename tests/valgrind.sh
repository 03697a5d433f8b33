#!/usr/bin/env bash
# valgrind.sh PROGRAM ARGUMENT...: what `deploy/test.sh --valgrind` runs each test by. Programs of ours run under valgrind's memcheck,
# also those that mpirun, scripts and other programs of ours start: what these take for the build folder is one with another `glibrl`,
# which is the real one under memcheck. What memcheck says goes to $GLIBRL_REPORTS.
set -euo pipefail
memcheck=(valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
  --num-callers=40 --suppressions="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/valgrind.supp")
export VALGRIND_OPTS="--log-file=%q{GLIBRL_REPORTS}/valgrind-$$-%p"   # not an argument, so that a test can say otherwise

# stand_in: makes that folder the build folder
stand_in() {
  local folder=$GLIBRL_REPORTS/build-$$
  mkdir "$folder"
  ln -s "$GLIBRL_BUILD"/* "$folder"
  rm "$folder/glibrl"
  printf '#!/bin/sh\nexec %s "$@"\n' "${memcheck[*]@Q} ${GLIBRL_BUILD@Q}/glibrl" >"$folder/glibrl"
  chmod +x "$folder/glibrl"
  export GLIBRL_BUILD=$folder
}

case ${1##*/} in
  mpirun)   # options, then our program
    start=()
    while [[ $1 != */mpi_* ]]; do start+=("$1"); shift; done
    exec "${start[@]}" "${memcheck[@]}" "$@" ;;
  python* | install.sh) exec "$@" ;;   # nothing of ours runs there, or of the build folder itself
  chaos.sh | hosts.sh | slurm.sh)
    echo "left out under valgrind: faults, links and jobs go by the clock, and dozens of runs of up to five ranks would take hours"
    exit 77 ;;
  *.sh) stand_in; exec "$@" ;;
  *) [ -z "${GLIBRL_BUILD:-}" ] || stand_in; exec "${memcheck[@]}" "$@" ;;
esac
