#!/usr/bin/env bash
# built.sh: sourced by scripts that run the program: $top, $build (GLIBRL_BUILD, or the folder that the two commands build in), and
# mpi_env.sh. Ends the script where nothing has been built.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${GLIBRL_BUILD:-$top/build}
[ -x "$build/glibrl" ] || { echo "${0##*/}: no $build/glibrl; run deploy/quickstart.sh or deploy/test.sh first" >&2; exit 1; }
. "$top/deploy/mpi_env.sh"
