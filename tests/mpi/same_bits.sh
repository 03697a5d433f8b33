#!/usr/bin/env bash
# same_bits.sh LAG [KEY=VALUE ...]: a short cheetah-dir run ends in the same digest with 1, 2, 3 and 5 processes, and when it is stopped
# and resumed on another number of ranks.
set -euo pipefail
lag=$1
glibrl=$GLIBRL_BUILD/glibrl mpirun=("$GLIBRL_BUILD/mpirun" --bind-to none)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

keys="schedule.lag=$lag env.horizon=30 train.random_rounds=2 train.slots=16 model.updates=3 model.warmup_rounds=2
  model.warmup_factor=2 model.refresh=2 model.freeze=4 agent.updates=6 agent.hidden=32 agent.embedding=16 replay.trials=64
  eval.interval=2 eval.trials=6 checkpoint.interval=1 ${2:-}"
sets=()
for key in $keys; do sets+=(--set "$key"); done

# run NAME RANKS ROUNDS
run() {
  local start=()
  [ "$2" = 1 ] || start=("${mpirun[@]}" -n "$2")
  "${start[@]}" "$glibrl" train --preset cheetah-dir "${sets[@]}" --set train.rounds="$3" --out "$dir/$1" >"$dir/log" 2>&1 ||
    { echo "train $1 on $2 ranks failed:"; cat "$dir/log"; exit 1; }
}

failed=0
expect() {   # NAME DIGEST
  local found
  found=$("$glibrl" digest "$dir/$1")
  [ "$found" = "$2" ] && return
  echo "lag $lag: $1 has digest $found, one process has $2"
  failed=1
}

run one 1 8
digest=$("$glibrl" digest "$dir/one")
for ranks in 2 3 5; do
  run "ranks-$ranks" "$ranks" 8
  expect "ranks-$ranks" "$digest"
done

run resumed 3 3
run resumed 1 5
run resumed 2 8
expect resumed "$digest"

run shorter 1 7
[ "$("$glibrl" digest "$dir/shorter")" != "$digest" ] || { echo "a shorter run has the same digest"; failed=1; }
exit $failed
