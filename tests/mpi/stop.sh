#!/usr/bin/env bash
# stop.sh: a run that is told to stop leaves a checkpoint and exit code 75, and the same command goes on to the bits of a run
# that was never stopped: by signals, at once and after the round, alone and under mpirun, and by a time limit. A run directory
# has one writer.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

configure cheetah-dir env.horizon=30 train.rounds=12 train.random_rounds=2 train.slots=8 model.updates=3 model.warmup_rounds=2 \
  model.warmup_factor=2 model.refresh=2 model.freeze=4 agent.updates=120 agent.hidden=64 agent.embedding=16 \
  replay.trials=32 eval.interval=2 eval.trials=4 checkpoint.interval=5
run whole 1
digest=$(digest_of whole)
[ "$(state whole)" = "finished 0" ] || fail "status of a whole run: $(state whole)"

# until_done NAME RANKS: runs the command until it ends with 0
until_done() {
  local status=75 tries=0
  while [ "$status" = 75 ] && [ $((tries += 1)) -lt 30 ]; do
    status=0
    (train "$@") || status=$?
  done
  [ "$status" = 0 ] || { fail "$1: exit $status"; cat "$dir/log"; }
  [ "$(digest_of "$1")" = "$digest" ] || fail "$1: another digest than the whole run's"
  [ "$(state "$1")" = "finished 0" ] || fail "$1: status $(state "$1")"
  [ "$(rows "$1")" = 13 ] || fail "$1: $(rows "$1") rows of metrics, not one a round"
}

# stop NAME SIGNAL ROUNDS RANKS: sends the signal when so many rows are in the metrics, to the program or to mpirun. mpirun leaves its
# ranks but a moment after SIGTERM and SIGINT, too short under a checker: there the learner gets them itself.
stop() {
  local name=$1 signal=$2 ranks=$4 pid status=0
  train "$name" "$ranks" &
  pid=$!
  await "$name" "$3" $pid
  local to=$pid process
  if [ "$patience" != 1 ] && [ "$signal" != USR1 ]; then
    for process in $(processes "$name"); do [ "$(rank_of "$process")" != 0 ] || to=$process; done
  fi
  kill -s "$signal" "$to" 2>/dev/null || true
  wait "$pid" || status=$?
  if [ "$status" = 0 ]; then
    echo "$name: done before the signal came"
  elif [ "$ranks" = 1 ]; then
    [ "$status" = 75 ] || { fail "$name: exit $status after SIG$signal"; cat "$dir/log"; }
  fi
  [ "$status" = 0 ] || [ "$(state "$name")" = "stopped 75" ] || { fail "$name: status $(state "$name")"; cat "$dir/log"; }
}

for signal in USR1 TERM INT; do
  stop "one-$signal" "$signal" 4 1
  until_done "one-$signal" 2
  stop "three-$signal" "$signal" 4 3
  until_done "three-$signal" 1
done
stop twice TERM 2 2
stop twice TERM 7 3
until_done twice 1

# time limits: less than the run needs
status=0
(train walltime 1 --set train.rounds=100000 --max-walltime 0:03) || status=$?
[ "$status $(state walltime)" = "75 stopped 75" ] || { fail "--max-walltime: exit $status, $(state walltime)"; cat "$dir/log"; }
status=0
(export SLURM_JOB_END_TIME=$(($(date +%s) + 3)); train slurm 1 --set train.rounds=100000) || status=$?
[ "$status $(state slurm)" = "75 stopped 75" ] || { fail "SLURM_JOB_END_TIME: exit $status, $(state slurm)"; cat "$dir/log"; }
(train bad 1 --max-walltime soon) && fail "--max-walltime soon was taken"
grep -q 'hours:minutes:seconds, not "soon"' "$dir/log" || { fail "--max-walltime soon: no clear message"; cat "$dir/log"; }

# one writer: the second is refused, the first goes on
log=$dir/first train locked 1 --set train.rounds=100000 &
pid=$!
await locked 1 $pid
(train locked 1 --set train.rounds=100000) && fail "two runs wrote to one directory"
grep -q "is being trained by process $pid on" "$dir/log" || { fail "a locked run: no clear message"; cat "$dir/log"; }
before=$(rows locked)
await locked $((before + 1)) $pid
[ "$(rows locked)" -gt "$before" ] || fail "a second run stopped the first"
status=0
kill -TERM $pid
wait $pid || status=$?
[ "$status" = 75 ] || { fail "a second run disturbed the first: exit $status"; cat "$dir/first"; }
exit $failed
