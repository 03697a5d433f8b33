#!/usr/bin/env bash
# watch.sh: a rank that does not move is reported by the one that waits for it, with what for; when it moves again, the run goes
# on to the bits of an undisturbed one.
set -euo pipefail
glibrl=$GLIBRL_BUILD/glibrl mpirun=("$GLIBRL_BUILD/mpirun" --bind-to none)
dir=$(mktemp -d)
trap 'pkill -9 -f -- "--out $dir/" 2>/dev/null || true; rm -rf "$dir"' EXIT
failed=0
fail() { echo "$*"; failed=1; }

sets=()
for key in env.horizon=50 train.rounds=25 train.random_rounds=2 model.updates=4 model.warmup_rounds=0 agent.updates=40 \
  agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=0 eval.trials=4 watch.patience=0.3; do
  sets+=(--set "$key")
done
"$glibrl" train --preset cheetah-dir "${sets[@]}" --out "$dir/whole" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }

rank_of() { tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | sed -nE 's/^(OMPI_COMM_WORLD_RANK|PMIX_RANK)=//p' | head -n 1; }

# freeze RANK: stops that rank for a second once the run is under way
freeze() {
  local name=rank-$1 pid victim="" status=0
  "${mpirun[@]}" -n 3 "$glibrl" train --preset cheetah-dir "${sets[@]}" --out "$dir/$name" >"$dir/log" 2>&1 &
  pid=$!
  for ((i = 0; i < 3000; i++)); do
    [ "$(cat "$dir/$name/metrics.jsonl" 2>/dev/null | wc -l)" -ge 5 ] && break
    sleep 0.01
  done
  for process in $(pgrep -f -- "glibrl train .*--out $dir/$name"); do
    [ "$(rank_of "$process")" != "$1" ] || victim=$process
  done
  [ -n "$victim" ] || { fail "no process of rank $1"; return; }
  kill -STOP "$victim"
  sleep 1.5
  kill -CONT "$victim"
  wait "$pid" || status=$?
  [ "$status" = 0 ] || { fail "$name: exit $status"; cat "$dir/log"; }
  [ "$("$glibrl" digest "$dir/$name")" = "$("$glibrl" digest "$dir/whole")" ] || fail "$name: another digest"
  grep -Eq "$2" "$dir/log" || { fail "$name: nobody said so:"; cat "$dir/log"; }
}
freeze 2 "rank [01] has waited .* for (trials: .* missing from rank 2|the .* of a model update|the snapshot|the learner's next order)"
freeze 0 "rank [12] has waited .* for "
exit $failed
