#!/usr/bin/env bash
# trace.sh: `glibrl train --trace` on several ranks and as one process: the file is JSON in which each rank's events nest and
# leave few gaps, rollouts run beside the agent's updates with schedule.lag = 1 and not with 0, and the metrics of a round add up to
# its time. A run that is stopped leaves its trace too, and one that cannot be written is refused at the start.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
here=$(dirname "${BASH_SOURCE[0]}")

configure cheetah-dir env.horizon=60 train.rounds=8 train.slots=16 train.random_rounds=1 model.updates=4 model.warmup_rounds=1 \
  model.warmup_factor=2 model.refresh=2 agent.updates=40 agent.hidden=64 agent.embedding=16 replay.trials=64 eval.interval=3 \
  eval.trials=8 checkpoint.interval=2

traced() {   # NAME RANKS [OPTION...]
  run "$1" "$2" --trace "$dir/$1/trace.json" "${@:3}"
  python3 "$here/trace.py" "$dir/$1" || fail "the trace of $1"
}
run plain 1
digest=$(digest_of plain)
traced one 1
traced ahead 3
traced five 5 --set train.slots=16
traced two 4 --set learner.ranks=2
for name in one ahead five two; do
  [ "$(digest_of $name)" = "$digest" ] || fail "$name: tracing changed the result"
done
traced behind 2 --set schedule.lag=0

# stopped after a round, by mpirun: whole; at once: what could be had
stopped() {   # NAME SIGNAL
  local pid status=0
  train "$1" 3 --set train.rounds=100000 --trace "$dir/$1/trace.json" &
  pid=$!
  await "$1" 5 $pid
  kill -s "$2" "$(processes "$1" | while read -r p; do [ "$(rank_of "$p")" != 0 ] || echo "$p"; done)"
  wait $pid || status=$?
  [ "$(state "$1")" = "stopped 75" ] || { fail "$1: exit $status, status $(state "$1")"; cat "$log"; }
  python3 "$here/trace.py" "$dir/$1" || { fail "the trace of $1"; cat "$log"; }
}
stopped soon USR1
stopped now TERM

(train refused 1 --trace "$dir/no/such/folder/trace.json") && fail "a trace in no folder was taken"
grep -q "make the folder first" "$log" || { fail "a trace in no folder: no clear message"; cat "$log"; }
[ ! -e "$dir/refused/metrics.jsonl" ] || fail "a run began whose trace cannot be written"
exit $failed
