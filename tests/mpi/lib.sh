#!/usr/bin/env bash
# lib.sh: what the scripts of whole runs share; they source it. $dir is a folder that goes when the script ends, with the processes
# whose runs are in it.
set -euo pipefail
glibrl=$GLIBRL_BUILD/glibrl mpirun=("$GLIBRL_BUILD/mpirun" --bind-to none)
dir=$(mktemp -d)
export TMPDIR=$dir   # the launcher's files too: what a killed one leaves, under its process number, would be in the way of a later one
clean_up() { pkill -9 -f -- "--out $dir/" 2>/dev/null || true; rm -rf "$dir"; }
trap clean_up EXIT
failed=0 log=$dir/log
patience=${GLIBRL_PATIENCE:-1}   # how much longer than usual to wait: programs are slow under a checker
fail() { echo "$*"; failed=1; }

# configure PRESET KEY=VALUE...: what train takes; without a preset: "". Keys in GLIBRL_SMALL come before: sizes for slow checkers
configure() {
  local key
  settings=(${1:+--preset "$1"})
  for key in ${GLIBRL_SMALL:-} "${@:2}"; do settings+=(--set "$key"); done
}

# train NAME RANKS [OPTION...]: becomes the run in $dir/NAME, with what it says in $log; its exit code is that of the run
train() {
  local start=()
  [ "$2" = 1 ] || start=("${mpirun[@]}" -n "$2")
  exec "${start[@]}" "$glibrl" train "${settings[@]}" --out "$dir/$1" "${@:3}" >"$log" 2>&1
}

# run NAME RANKS [OPTION...]: that run, which must end well
run() {
  (train "$@") || { echo "train $1 on $2 ranks failed:"; cat "$log"; exit 1; }
}

# expect FILE EXPRESSION VALUE: the Python expression of the JSON d
expect() {
  local found
  found=$(python3 -c "import json; d = json.load(open('$1')); print(($2))")
  [ "$found" = "$3" ] || fail "$1: $2 is $found, not $3"
}

digest_of() { "$glibrl" digest "$dir/$1"; }
state() { python3 -c "import json; s = json.load(open('$dir/$1/status.json')); print(s['state'], s['exit'])"; }
rows() { cat "$dir/$1/metrics.jsonl" 2>/dev/null | wc -l; }   # one a round

# await NAME ROWS PROCESS: until the run has so many rows of metrics or the process has ended
await() {
  local i
  for ((i = 0; i < 3000 * patience; i++)); do
    [ "$(rows "$1")" -lt "$2" ] && kill -0 "$3" 2>/dev/null || break
    sleep 0.01
  done
}

processes() { pgrep -f -- "glibrl train .*--out $dir/$1" || true; }
rank_of() { tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | sed -nE 's/^(OMPI_COMM_WORLD_RANK|PMIX_RANK)=//p' | head -n 1; }
