#!/usr/bin/env bash
# watch.sh: a rank that does not move is reported by the one that waits for it, with what for; when it moves again, the run goes
# on to the bits of an undisturbed one. Beyond watch.limit the run is given up, and the same command goes on.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

configure cheetah-dir env.horizon=50 train.rounds=25 train.random_rounds=2 model.updates=4 model.warmup_rounds=0 agent.updates=40 \
  agent.hidden=64 agent.embedding=16 replay.trials=160 eval.interval=0 eval.trials=4 watch.patience=0.3
run whole 1

# freeze RANK: stops that rank for a second once the run is under way
freeze() {
  local name=rank-$1 pid victim="" status=0
  train "$name" 3 &
  pid=$!
  await "$name" 5 $pid
  for process in $(processes "$name"); do
    [ "$(rank_of "$process")" != "$1" ] || victim=$process
  done
  [ -n "$victim" ] || { fail "no process of rank $1"; return; }
  kill -STOP "$victim"
  sleep $((2 * patience))
  kill -CONT "$victim"
  wait "$pid" || status=$?
  [ "$status" = 0 ] || { fail "$name: exit $status"; cat "$dir/log"; }
  [ "$(digest_of "$name")" = "$(digest_of whole)" ] || fail "$name: another digest"
  grep -Eq "$2" "$dir/log" || { fail "$name: nobody said so:"; cat "$dir/log"; }
}
freeze 2 "rank [01] has waited .* for (trials: .* missing from rank 2|the .* of a model update|the snapshot|the learner's next order)"
freeze 0 "rank [12] has waited .* for "

# One that never moves again: the run is given up, on all ranks, and goes on later.
train limit 3 --set watch.limit=$((3 * patience)) &
pid=$! status=0
await limit 5 $pid
for process in $(processes limit); do
  [ "$(rank_of "$process")" != 2 ] || kill -STOP "$process"
done
wait "$pid" || status=$?
[ "$status $(state limit)" = "1 failed 1" ] || { fail "watch.limit: exit $status, $(state limit)"; cat "$log"; }
grep -Eq "rank [01] has waited .*, and gives up \(watch.limit\)" "$log" || { fail "watch.limit: nobody said so:"; cat "$log"; }
[ -z "$(processes limit)" ] || fail "watch.limit: still there: $(processes limit)"
run limit 2
[ "$(digest_of limit)" = "$(digest_of whole)" ] || fail "watch.limit: another digest after going on"
exit $failed
