#!/usr/bin/env bash
# loss.sh [DEATHS]: actors die by SIGKILL at random moments, and the run goes on without them to the bits of an undisturbed one;
# with --on-actor-loss abort it ends and can be resumed. Needs an MPI with ULFM.
set -euo pipefail
deaths=${1:-3}
glibrl=$GLIBRL_BUILD/glibrl mpirun=("$GLIBRL_BUILD/mpirun" --with-ft ulfm --mca coll ^han --bind-to none)
dir=$(mktemp -d)
trap 'pkill -9 -f -- "--out $dir/" 2>/dev/null || true; rm -rf "$dir"' EXIT
failed=0
fail() { echo "$*"; failed=1; }

sets=()
for key in env.horizon=50 train.slots=16 train.rounds=40 train.random_rounds=2 model.updates=4 model.warmup_rounds=0 model.refresh=3 \
  agent.updates=30 agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=5 eval.trials=8 checkpoint.interval=10; do
  sets+=(--set "$key")
done
"$glibrl" train --preset cheetah-dir "${sets[@]}" --out "$dir/whole" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
digest=$("$glibrl" digest "$dir/whole")

rank_of() { tr '\0' '\n' <"/proc/$1/environ" 2>/dev/null | sed -nE 's/^(OMPI_COMM_WORLD_RANK|PMIX_RANK)=//p' | head -n 1; }
rows() { cat "$dir/$1/metrics.jsonl" 2>/dev/null | wc -l; }
actors() {   # NAME: processes of the run that do not learn
  local process
  for process in $(pgrep -f -- "glibrl train .*--out $dir/$1"); do
    [ "$(rank_of "$process")" = 0 ] || [ -z "$(rank_of "$process")" ] || echo "$process"
  done
}

# lose NAME RANKS DEATHS [OPTION...]: kills so many actors; *status gets the exit code
lose() {
  local name=$1 ranks=$2 count=$3 pid victims
  shift 3
  "${mpirun[@]}" -n "$ranks" "$glibrl" train --preset cheetah-dir "${sets[@]}" --out "$dir/$name" "$@" >"$dir/log" 2>&1 &
  pid=$!
  for ((death = 1; death <= count; death++)); do
    for ((i = 0; i < 3000; i++)); do
      [ "$(rows "$name")" -ge $((1 + 8 * death)) ] && break
      kill -0 $pid 2>/dev/null || break
      sleep 0.01
    done
    sleep "0.0$((RANDOM % 10))"
    mapfile -t victims < <(actors "$name")
    [ ${#victims[@]} = 0 ] || kill -9 "${victims[$((RANDOM % ${#victims[@]}))]}" 2>/dev/null || true
  done
  status=0
  wait $pid || status=$?
}

lose continue 4 "$deaths"
[ "$(python3 -c "import json; print(json.load(open('$dir/continue/status.json'))['state'])")" = finished ] ||
  { fail "the run did not finish (exit $status):"; tail -n 40 "$dir/log"; }
[ "$("$glibrl" digest "$dir/continue")" = "$digest" ] || fail "another digest after $deaths deaths"
[ "$(grep -c "was lost, noticed while waiting for" "$dir/log")" = "$deaths" ] || { fail "deaths that were not reported"; cat "$dir/log"; }

lose abort 3 1 --on-actor-loss abort
[ "$status" != 0 ] || fail "--on-actor-loss abort went on"
"$glibrl" train --preset cheetah-dir "${sets[@]}" --out "$dir/abort" >"$dir/log" 2>&1 || { fail "no way to resume"; cat "$dir/log"; }
[ "$("$glibrl" digest "$dir/abort")" = "$digest" ] || fail "another digest after abort and resume"
exit $failed
