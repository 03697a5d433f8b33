#!/usr/bin/env bash
# valgrind.sh PROGRAM ARGUMENT...: what `deploy/test.sh --valgrind` runs each test by. Programs of ours run under
# valgrind's memcheck, also those that mpirun starts and the training runs of scripts.
set -euo pipefail
memcheck=(valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
  --num-callers=40 --suppressions="$(dirname "${BASH_SOURCE[0]}")/valgrind.supp")
case ${1##*/} in
  mpirun)   # options, then our program
    start=()
    while [[ $1 != */mpi_* ]]; do start+=("$1"); shift; done
    exec "${start[@]}" "${memcheck[@]}" "$@" ;;
  *.sh) GLIBRL_UNDER=${memcheck[*]} exec "$@" ;;
  python*) exec "$@" ;;
  *) exec "${memcheck[@]}" "$@" ;;
esac
