#!/usr/bin/env bash
# same_bits.sh LAG ["KEY=VALUE ..."]: a short cheetah-dir run ends in the same digest with 1, 2, 3 and 5 processes, with 1, 2 and 4 of
# them learning, and when it is stopped and resumed on other numbers of both.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
lag=$1

configure cheetah-dir schedule.lag="$lag" env.horizon=30 train.random_rounds=2 train.slots=16 model.updates=3 model.warmup_rounds=2 \
  model.warmup_factor=2 model.refresh=2 model.freeze=4 agent.updates=20 agent.shards=4 agent.hidden=32 agent.embedding=16 replay.trials=64 \
  eval.interval=2 eval.trials=6 checkpoint.interval=1 ${2:-}

rounds() { run "$1" "$2" --set train.rounds="$3" --set learner.ranks="${4:-1}"; }   # NAME RANKS ROUNDS [LEARNERS]
same() {   # NAME DIGEST
  local found
  found=$(digest_of "$1")
  [ "$found" = "$2" ] || fail "lag $lag: $1 has digest $found, one process has $2"
}

rounds one 1 8
digest=$(digest_of one)
for ranks in 2 3 5; do
  rounds "ranks-$ranks" "$ranks" 8
  same "ranks-$ranks" "$digest"
done

for learners in 2 4; do
  for actors in 1 2; do
    rounds "learners-$learners-$actors" $((learners + actors)) 8 $learners
    same "learners-$learners-$actors" "$digest"
  done
done

rounds resumed 3 2
rounds resumed 4 4 2
rounds resumed 1 5
rounds resumed 5 7 4
rounds resumed 2 8
same resumed "$digest"

rounds shorter 1 7
[ "$(digest_of shorter)" != "$digest" ] || fail "a shorter run has the same digest"
exit $failed
